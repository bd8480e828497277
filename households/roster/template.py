"""The blank roster: text cells so that no number loses its digits, drop-downs, the officer's own villages, instructions."""

from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from households.codes import code_list
from households.models import Region, User
from households.places import display_name

ROWS = 2000
COLUMNS = (
    "县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "性别", "证件号码", "出生日期", "与户主关系", "民族", "文化程度", "在校生状况",
    "健康状况", "劳动技能", "脱贫属性", "贫困户属性", "主要致贫原因", "人均纯收入", "户主联系电话", "家庭住址", "备注",
)  # fmt: skip
_REQUIRED = frozenset({"乡镇", "行政村", "姓名", "证件号码"})
_LISTS = {
    "性别": "sex", "与户主关系": "relation", "民族": "nation", "文化程度": "education", "在校生状况": "school_status",
    "健康状况": "health", "劳动技能": "labour", "脱贫属性": "exit_status", "贫困户属性": "household_attr", "主要致贫原因": "main_cause",
}  # fmt: skip
_WIDTHS = {"证件号码": 22, "户编号": 20, "家庭住址": 24, "备注": 20, "行政村": 16, "出生日期": 13, "户主联系电话": 14}
PLACES, CHOICES = "村名", "选项"
_HEAD = PatternFill("solid", fgColor="9B2039")


def write_template(file: IO[bytes], user: User) -> None:
    """Write the .xlsx for this user's regions; filled in, it goes through the intake like any other roster."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "花名册"
    _header(sheet)
    places = _places(book.create_sheet(PLACES), user)
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    for number, (label, name) in enumerate(_LISTS.items(), start=1):
        values = list(dict.fromkeys(code_list(name).values()))
        for row, value in enumerate(values, start=1):
            choices.cell(row, number, value)
        letter = get_column_letter(number)
        # Several words may stand in 健康状况: a word that is not in the list is asked about, not refused.
        _drop_down(sheet, label, f"{CHOICES}!${letter}$1:${letter}${len(values)}", strict=False)
    _drop_down(sheet, "县", f"{PLACES}!$E$2:$E${places.counties + 1}", strict=True)
    _drop_down(sheet, "乡镇", f"{PLACES}!$F$2:$F${places.townships + 1}", strict=True)
    town = f"$B2,{PLACES}!$B$2:$B${places.villages + 1}"
    _drop_down(
        sheet, "行政村",
        f"OFFSET({PLACES}!$C$1,MATCH({town},0),0,COUNTIF({PLACES}!$B$2:$B${places.villages + 1},$B2),1)", strict=False,
    )  # fmt: skip
    _instructions(book.create_sheet("填表说明"))
    book.save(file)


def _header(sheet: Worksheet) -> None:
    for column, label in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, column, label + ("*" if label in _REQUIRED else ""))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(label, 12)
        for row in range(2, ROWS + 2):
            sheet.cell(row, column).number_format = "General" if label == "人均纯收入" else "@"
    sheet.row_dimensions[1].height = 28
    sheet.freeze_panes = "A2"


class _Sizes:
    """How many names stand in each list of the sheet of places."""

    def __init__(self, counties: int, townships: int, villages: int) -> None:
        self.counties, self.townships, self.villages = counties, townships, villages


def _places(sheet: Worksheet, user: User) -> _Sizes:
    """County, township and village in official order, and each county and township once (columns E and F)."""
    regions = Region.objects.visible_to(user).filter(level=Region.Level.VILLAGE).order_by("position")
    names = dict(Region.objects.values_list("code", "name"))
    villages = [
        (names[code[:6]], names[code[:9]], display_name(code, names[code]))
        for code in regions.values_list("code", flat=True)
    ]
    for column, label in enumerate(("县", "乡镇", "行政村"), start=1):
        sheet.cell(1, column, label)
        sheet.column_dimensions[get_column_letter(column)].width = 26
    for row, place in enumerate(villages, start=2):
        for column, name in enumerate(place, start=1):
            sheet.cell(row, column, name)
    unique = [list(dict.fromkeys(place[level] for place in villages)) for level in (0, 1)]
    for column, found in zip((5, 6), unique, strict=True):
        for row, name in enumerate(found, start=2):
            sheet.cell(row, column, name)
    sheet.freeze_panes = "A2"
    return _Sizes(max(len(unique[0]), 1), max(len(unique[1]), 1), max(len(villages), 1))


def _drop_down(sheet: Worksheet, label: str, source: str, *, strict: bool) -> None:
    letter = get_column_letter(COLUMNS.index(label) + 1)
    rule = DataValidation(type="list", formula1=f"={source}", allow_blank=True, showErrorMessage=True)
    rule.errorStyle = "stop" if strict else "warning"
    rule.errorTitle = label
    rule.error = _("不在列表中。请从下拉列表中选择。")
    rule.add(f"{letter}2:{letter}{ROWS + 1}")
    sheet.add_data_validation(rule)


def _instructions(sheet: Worksheet) -> None:
    lines = (
        _("填表说明"),
        _("一、一人一行，同一户的人排在一起；户编号、户主姓名等户内相同的栏，每行都填，或只填该户第一行。"),
        _("二、带*的栏必须填写。乡镇和行政村从下拉列表中选择，名称见“村名”页。"),
        _("三、证件号码、户编号、电话已设为文本格式，请直接录入，不要改成数字格式；残疾人填20位残疾人证号。"),
        _("四、没有证件号码的人（如新生儿），证件号码栏留空，并填写性别和出生日期（如2018-01-02）。"),
        _("五、健康状况可填多项，用顿号分开；人均纯收入以元为单位，只填数字。"),
        _("六、只登记妇女儿童的，户主不在名册中也请填写户主姓名。"),
        _("七、填好后在系统中“上传名册”，先核对、后导入；有问题的单元格会标出原因。"),
    )
    for row, text in enumerate(lines, start=1):
        cell = sheet.cell(row, 1, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 100
