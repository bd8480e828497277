"""The blank roster."""

from typing import IO

from django.utils.translation import gettext as _

from households.blank_workbook import Blank, write_blank
from households.codes import code_list
from households.models import User

COLUMNS = (
    "县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "性别", "证件号码", "出生日期", "与户主关系", "民族", "文化程度", "在校生状况",
    "健康状况", "劳动技能", "脱贫属性", "贫困户属性", "主要致贫原因", "人均纯收入", "户主联系电话", "家庭住址", "备注",
)  # fmt: skip
_LISTS = {
    "性别": "sex", "与户主关系": "relation", "民族": "nation", "文化程度": "education", "在校生状况": "school_status",
    "健康状况": "health", "劳动技能": "labour", "脱贫属性": "exit_status", "贫困户属性": "household_attr", "主要致贫原因": "main_cause",
}  # fmt: skip


def write_template(file: IO[bytes], user: User) -> None:
    """Write the blank roster for this user's regions."""
    blank = Blank(
        sheet="花名册",
        columns=COLUMNS,
        required=frozenset({"乡镇", "行政村", "姓名", "证件号码"}),
        lists={label: list(dict.fromkeys(code_list(name).values())) for label, name in _LISTS.items()},
        numbers=frozenset({"人均纯收入"}),
        instructions=(
            _("一、一人一行，同一户的人排在一起；户编号、户主姓名等户内相同的栏，每行都填，或只填该户第一行。"),
            _("二、带*的栏必须填写。乡镇和行政村从下拉列表中选择，名称见“村名”页。"),
            _("三、证件号码、户编号、电话已设为文本格式，请直接录入，不要改成数字格式；残疾人填20位残疾人证号。"),
            _("四、没有证件号码的人（如新生儿），证件号码栏留空，并填写性别和出生日期（如2018-01-02）。"),
            _("五、健康状况可填多项，用顿号分开；人均纯收入以元为单位，只填数字。"),
            _("六、只登记妇女儿童的，户主不在名册中也请填写户主姓名。"),
            _("七、填好后在系统中“上传名册”，先核对、后导入；有问题的单元格会标出原因。"),
        ),
    )
    write_blank(file, user, blank)
