"""A small dirty roster of known truth for the tour: what offices really send, and what must become of every row.

County 130207 (丰南区). The people are invented and new to the demonstration's register, but for one household of it whose
telephone and income changed. `ROWS` is the truth; the workbook is made from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from campaigns.demo.families import REPORTING_DAY
from campaigns.demo.people import UNASSIGNED_PREFIX
from campaigns.demo.users import TOUR_COUNTY
from households.identity import check_character
from households.models import Household, HouseholdSpell, Membership, Region

FILE_NAME = "demo_roster_dirty.xlsx"
TITLE = "丰南区建档立卡贫困户妇女儿童花名册（演示，人物均为虚构）"
HEADERS = (
    "序号", "县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "性别", "证件号码", "与户主关系", "民族", "文化程度",
    "在校生状况", "健康状况", "劳动技能", "脱贫属性", "贫困户属性", "主要致贫原因", "人均纯收入", "联系电话", "备注",
)  # fmt: skip
FIRST_ROW = 4  # under two title rows and the header
COUNTY, TOWN, VILLAGE = "丰南区", "小集镇", "宋家营一村"
_ADULT = {"民族": "汉族", "文化程度": "初中", "在校生状况": "非在校生", "健康状况": "健康", "劳动技能": "普通劳动力"}
_CHILD = {"民族": "汉族", "在校生状况": "小学", "健康状况": "健康", "劳动技能": "无劳动力"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roster and its truth: `status` and `codes` as in the result of an intake."""

    values: dict[str, Any]
    status: str = "imported"
    codes: frozenset[str] = field(default_factory=frozenset)
    why: str = ""


def number(born: str, sequence: int) -> str:
    """A valid identity number of the unassigned prefix; `born` YYYYMMDD, even sequence = woman."""
    first_17 = f"{UNASSIGNED_PREFIX}{born}{sequence:03d}"
    return first_17 + check_character(first_17)


def _wrong(valid: str) -> str:
    """The same number with another last digit."""
    return valid[:17] + ("1" if valid[17] != "1" else "2")


def _line(
    household: int, head: str, name: str | None, sex: str, id_number: object, relation: str, **more: object
) -> dict[str, Any]:
    """A line of one household; keyword arguments replace single cells by header."""
    adult = relation in ("户主", "配偶", "妻子", "之母", "之儿媳")
    return {
        "县": COUNTY, "乡镇": TOWN, "行政村": VILLAGE, "户编号": f"130207103202{household:04d}", "户主姓名": head,
        "姓名": name, "性别": sex, "证件号码": id_number, "与户主关系": relation, **(_ADULT if adult else _CHILD),
        "脱贫属性": "未脱贫", "贫困户属性": "一般贫困户", "主要致贫原因": "因病", "人均纯收入": 3100 + household,
        "联系电话": f"1440315{9000 + household}", "备注": None, **more,
    }  # fmt: skip


def _is(status: str, *codes: str, why: str = "") -> dict[str, Any]:
    return {"status": status, "codes": frozenset(codes), "why": why}


_TWIN = number("19840917", 482)
_TWO_HOMES = number("20080623", 562)

ROWS: tuple[Row, ...] = (
    # Clean, in the ways people write.
    Row(_line(1, "赵立新", "赵立新", "男", number("19710305", 311), "户主")),
    Row(_line(1, "赵立新", "马秀芹", "女", number("19730811", 342), "妻子")),
    Row(_line(1, "赵立新", "赵一诺", "女", number("20070914", 268), "之女", 在校生状况="四年级")),
    Row(_line(2, "韩桂芝", "韩桂芝", "女", " " + number("19490127", 144) + "\t", "户主"), why="号码首尾有空白"),
    Row(_line(3, "周永强", "周永强", "男", number("19820219", 733), "户主", 行政村="宋家营一村村委会")),
    Row(_line(3, "周永强", "董　敏", "女", number("19841130", 526), "配偶"), why="两字姓名中间加空格对齐"),
    Row(_line(3, "周永强", "周浩宇", "男", number("20120506", 357), "长子", 在校生状况="学前教育")),
    Row(_line(4, "崔振海", "崔振海", "男", number("19600702", 917) + "43", "户主", 健康状况="残疾"), why="20位残疾人证"),
    Row(_line(4, "崔振海", "于翠平", "女", number("19620418", 604).lower(), "配偶", 健康状况="长期慢性病")),
    # Imported with a hint.
    Row(_line(5, "孙国恩", "孙可馨", "女", number("20050321", 446), "之孙女", 在校生状况="七年级"),
        **_is("imported_flagged", "HOUSEHOLD_NO_HEAD", why="名册里没有户主这一行")),
    Row(_line(6, "郭建民", "郭建民", "男", number("19680213", 519)[:6] + "680213519", "户主"),
        **_is("imported_flagged", "ID_15_DIGIT", why="15位旧号")),
    Row(_line(6, "郭建民", "冯海霞", "女", number("19700608", 288), "配偶", 联系电话="1440315"),
        **_is("imported_flagged", "PHONE_INVALID", why="电话只有7位")),
    Row(_line(6, "郭建民", "郭佳琪", "女", number("20100125", 628), "之女", 健康状况="良好偏弱"),
        **_is("imported_flagged", "ENUM_UNKNOWN", why="健康状况不在选项中")),
    Row(_line(7, "宋爱国", "宋爱国", "男", number("19550929", 875), "户主", 人均纯收入="三千左右"),
        **_is("imported_flagged", "NUMBER_UNREADABLE", why="收入写成文字")),
    Row(_line(7, "宋爱国", "田玉霞", "女", number("19571204", 266), "配偶", 性别=None),
        **_is("imported_flagged", "SEX_FROM_ID", why="性别空着，从号码得到")),
    # The same person twice.
    Row(_line(8, "许春生", "许春生", "男", number("19790717", 339), "户主")),
    Row(_line(8, "许春生", "石红艳", "女", _TWIN, "配偶")),
    Row(_line(8, "许春生", "石红艳", "女", "'" + _TWIN, "配偶"), **_is("merged", "DUPLICATE_IN_FILE", why="同一行抄了两遍")),
    Row(_line(9, "任志刚", "任志刚", "男", number("19800204", 953), "户主")),
    Row(_line(9, "任志刚", "任若曦", "女", _TWO_HOMES, "之女"), **_is("held", "PERSON_IN_TWO_HOUSEHOLDS", why="父母两户都填了")),
    Row(_line(10, "邢淑华", "邢淑华", "女", number("19770330", 822), "户主")),
    Row(_line(10, "邢淑华", "任若曦", "女", _TWO_HOMES, "之女"), **_is("held", "PERSON_IN_TWO_HOUSEHOLDS", why="父母两户都填了")),
    # Parked for a decision.
    Row(_line(11, "武宝山", "武宝山", "男", number("19690806", 177), "户主")),
    Row(_line(11, "武宝山", "安桂荣", "男", number("19710923", 448), "配偶"), **_is("held", "SEX_MISMATCH", why="性别与号码不符")),
    Row(_line(12, "尹学军", "尹学军", "男", number("19740112", 695), "户主"), **_is("held", "HOUSEHOLD_MULTIPLE_HEADS", why="两名户主")),
    Row(_line(12, "尹学军", "常月英", "女", number("19751018", 284), "户主"), **_is("held", "HOUSEHOLD_MULTIPLE_HEADS", why="两名户主")),
    Row(_line(13, "康立军", "康立军", "男", number("19660425", 551), "户主")),
    Row(_line(13, "康立军", "白志敏（去世）", "女", number("19681207", 366), "配偶"), **_is("held", "NAME_SUSPECT", why="姓名里有备注")),
    # Sent back.
    Row(_line(14, "齐海波", "齐海波", "男", number("19760519", 613), "户主")),
    Row(_line(14, "齐海波", "毕丽华", "女", 130299197808152000, "配偶"),
        **_is("rejected", "ID_PRECISION_LOST", why="号码存成数字，末三位变成000")),
    Row(_line(14, "齐海波", "齐梓涵", "女", _wrong(number("20090210", 244)), "之女"), **_is("rejected", "ID_CHECKSUM", why="抄错一位")),
    Row(_line(14, "齐海波", "齐雨桐", "女", number("20130230", 124), "之女"), **_is("rejected", "ID_BIRTHDATE", why="2月30日")),
    Row(_line(15, "龚庆余", "龚庆余", "男", number("19520611", 715), "户主")),
    Row(_line(15, "龚庆余", "邸凤兰", "女", number("19541103", 402)[:17], "配偶"), **_is("rejected", "ID_LENGTH", why="少一位")),
    Row(_line(16, "翟小刚", "翟小刚", "男", number("19830721", 279), "户主", 行政村="宋家营九村"),
        **_is("rejected", "REGION_UNKNOWN", why="没有这个村")),
    Row(_line(17, "鲁金良", "鲁金良", "男", number("19781014", 837), "户主", 县="迁西县", 乡镇="兴城镇", 行政村="东岭村"),
        **_is("rejected", "REGION_OUT_OF_SCOPE", why="外县的村")),
    Row(_line(18, "薛会来", "薛会来", "男", number("19670906", 491), "户主")),
    Row(_line(18, "薛会来", None, "女", number("19690228", 188), "配偶"), **_is("rejected", "NAME_MISSING", why="没有姓名")),
)  # fmt: skip


def registered_rows() -> list[Row]:
    """A household of the register as the county's list shows it half a year later: another telephone, more income."""
    spell = (
        HouseholdSpell.objects.filter(village__code__startswith=TOUR_COUNTY, status=HouseholdSpell.Status.NOT_EXITED)
        .filter(period__contains=REPORTING_DAY)
        .order_by("household__number")
    )
    for household in Household.objects.filter(pk__in=spell.values("household")).order_by("number"):
        members = list(household.memberships.select_related("person").order_by("pk"))
        if len(members) == 2 and household.spells.count() == 1 and all(_is_plain(member) for member in members):
            return [Row(_as_registered(household, member)) for member in members]
    return []


def _is_plain(member: Membership) -> bool:
    return (
        member.period.upper is None and member.person.school_status == "非在校生" and not member.person.disability_level
    )


def _as_registered(household: Household, member: Membership) -> dict[str, Any]:
    village, person = household.spells.select_related("village").get().village, member.person
    township = Region.objects.get(code=village.code[:9])
    return {
        "县": COUNTY, "乡镇": township.short_name, "行政村": village.short_name, "户编号": household.number,
        "户主姓名": household.head_name, "姓名": person.name, "性别": person.get_sex_display(), "证件号码": person.id_number,
        "与户主关系": member.relation, "民族": person.nation, "文化程度": person.education, "在校生状况": person.school_status,
        "健康状况": "、".join(person.health), "劳动技能": person.labour, "脱贫属性": "未脱贫", "贫困户属性": household.attribute,
        "主要致贫原因": household.main_cause, "人均纯收入": int(household.income_per_head or 0) + 260,
        "联系电话": "14403158888", "备注": None,
    }  # fmt: skip


def numbered(rows: list[Row]) -> Iterator[tuple[int, Row]]:
    """Row number in the sheet and row."""
    return enumerate(rows, start=FIRST_ROW)


def write_dirty_roster(path: Path) -> list[Row]:
    """Make the workbook (needs the demonstration's register for its last household); return its rows in order."""
    rows = [*ROWS, *registered_rows()]
    book = Workbook()
    sheet = book.active
    sheet.title = "花名册"
    sheet.append([TITLE])
    sheet.append(["填报单位：丰南区妇联", *[None] * 7, "填报时间：2018年6月30日"])
    sheet.append(list(HEADERS))
    for serial, row in enumerate(rows, start=1):
        sheet.append([serial, *(row.values.get(header) for header in HEADERS[1:])])
    sheet.append([None, "合计", None, None, None, None, len(rows)])
    sheet.append(["审核人：", None, None, None, "填表人："])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for column in "EI":
        sheet.column_dimensions[column].width = 22
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return rows


def roster_file() -> Path:
    """Where `prepare --demo` puts the workbook."""
    return Path(settings.DATA_DIR) / "demo" / FILE_NAME
