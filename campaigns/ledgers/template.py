"""The blank workbook of a ledger."""

from django.utils.translation import gettext as _

from campaigns.ledgers.spec import About, Ledger
from households.blank_workbook import Blank

_MUST = {
    About.PERSON: frozenset({"姓名", "证件号码"}),
    About.HOUSEHOLD: frozenset({"行政村", "户主姓名"}),
    About.HOUSEHOLD_OR_PERSON: frozenset({"行政村", "户主姓名"}),
    About.NOBODY: frozenset[str](),
    About.ANYBODY: frozenset({"姓名"}),
}
_AMOUNTS = frozenset(
    {
        "助学金额", "捐赠金额", "实物折价", "清洁轮次", "清洁评分", "救助金额", "捐款金额", "物资折价", "招聘人数", "可培训人数", "学时",
        "月均工资", "就业前收入", "贷款金额", "得分", "参训人数", "参加人数",
    }
)  # fmt: skip


def blank_of(ledger: Ledger) -> Blank:
    """What the blank workbook of the ledger looks like."""
    who = {
        About.PERSON: _("一、一人一行。证件号码是认人的依据，请填完整；没有证件号码的，姓名、行政村和户主姓名都要填。"),
        About.HOUSEHOLD: _("一、一户一行。户主姓名和行政村是认户的依据；同村有同名户主的，请加填户主证件号码。"),
        About.HOUSEHOLD_OR_PERSON: _("一、一户一行；集中培训一人一行，写参加人的姓名和证件号码。"),
        About.ANYBODY: _(
            "一、一人一行。登记簿中的人请填证件号码；登记簿以外的人也可以填，按姓名记下，不会登记为建档立卡人员。"
        ),
        About.NOBODY: _("一、一人一行，写清单位和电话，以便区分同名的人。"),
    }
    done = [str(column.label) for column in ledger.columns if column.field in ledger.done]
    lines = [str(ledger.first_line or who[ledger.about])]
    if done:
        lines.append(
            _(
                "二、“%(columns)s”填完成日期（如2018-06-15）；只打√的按数据截止日登记，只写月份的按月底登记，并加提示。没有完成的留空。"
            )
            % {"columns": "”“".join(done)}
        )
    if ledger.hint:
        lines.append(str(ledger.hint))
    if ledger.outsiders:
        lines.append(_("没有建档立卡的也可以登记：“是否建档立卡”填“否”，并写明乡镇、行政村和姓名。"))
    lines += [
        _("三、证件号码、电话、保单号已设为文本格式，请直接录入，不要改成数字格式。"),
        _("四、填好后在系统中上传，“上传的是”选“%(kind)s”；先核对、后导入，有问题的单元格会标出原因。")
        % {"kind": str(ledger.title).replace("“", "").replace("”", "")},
    ]
    return Blank(
        sheet=str(ledger.title).replace("“", "").replace("”", ""),
        columns=ledger.template,
        required=_MUST[ledger.about] & frozenset(ledger.template) - ({"证件号码"} if ledger.outsiders else set()),
        lists=ledger.lists,
        numbers=_AMOUNTS,
        instructions=lines,
    )
