"""The ledger of home cleaning (家居清洁台账), and how any ledger tells a round of cleaning or a re-check."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from campaigns.cleaning.items import clean_items
from campaigns.cleaning.models import Cleaning, Recheck
from campaigns.cleaning.rules import round_out_of_order
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, stored
from households.access import in_scope
from households.codes import plain
from households.intake.columns import Column, Doubt, as_text, text_cleaner, tidy
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.roster.fields import clean_count

_count = clean_count(99)
_ROUNDS = {"首": 1, "初": 1} | {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
_ROUND = re.compile(r"第?([首初一二三四五六七八九十]|\d{1,2})(?:轮|次|遍)?(?:清洁|保洁|打扫)?")


def _clean_round(cell: CellValue) -> Any:
    """第一轮, 首轮, 2; a round that nobody can read waits, because the first one counts."""
    found = _ROUND.fullmatch(plain(as_text(cell)))
    number = _count(_ROUNDS.get(found[1], found[1]) if found else cell)
    return number._replace(policy=Policy.HELD) if isinstance(number, Doubt) else number


CLEANING = Column("cleaning", "清洁", clean_done)
CLEANERS = Column("cleaners", "清洁人员", text_cleaner(200))
ROUND = Column("round", "清洁轮次", _clean_round)
SCORE = Column("score", "清洁评分", clean_count(100))
_BETWEEN = re.compile(r"[、,，;；/\s+]+")
_EVERYTHING = frozenset({"全部", "全做", "五净", "五净全部", "五个干净", "都做", "全清", "√", "是"})
PASSED, FAILED = "passed", "failed"
RESULTS = {
    PASSED: ("合格", "通过", "达标", "保持", "保持整洁", "保持干净", "整洁", "干净", "良好", "好", "优", "√", "是"),
    FAILED: (
        "需整改",
        "不合格",
        "整改",
        "未通过",
        "不达标",
        "未达标",
        "未保持",
        "不整洁",
        "不干净",
        "差",
        "反弹",
        "×",
        "否",
    ),
}


def _split_items(cell: CellValue) -> Any:
    """The words between commas, None for none; which of them are items, the rules say."""
    written = tidy(as_text(cell))
    return [word for word in _BETWEEN.split(written) if word] or None


ITEMS = Column("clean_items", "清洁项目", _split_items)
RESULT = Column("recheck_result", "复查结果", official_word_cleaner(RESULTS))
RECHECKED = Column("rechecked", "复查日期", clean_done)
CHECKER = Column("checker", "复查人", text_cleaner(60))
WANTS = Column("wants", "整改内容", text_cleaner(200))
DUE = Column("due", "整改期限", clean_done)
SETTLED = Column("settled", "整改完成日期", clean_done)
ALIASES = {
    "清洁时间": "cleaning", "清洁日期": "cleaning", "家居清洁": "cleaning", "家居清洁时间": "cleaning", "首轮清洁": "cleaning",
    "首轮清洁时间": "cleaning", "家居洁净": "cleaning", "是否清洁": "cleaning", "清洁情况": "cleaning", "环境清洁": "cleaning",
    "清洁完成时间": "cleaning", "参加人员": "cleaners", "志愿者": "cleaners", "帮助人员": "cleaners", "轮次": "round",
    "第几轮": "round", "评分": "score", "得分": "score", "分数": "score",
}  # fmt: skip
# Words of this ledger only: in a combined one they mean nothing certain.
_OWN_ALIASES = {
    "项目": "clean_items", "清洁内容": "clean_items",
    "五净": "clean_items", "五净项目": "clean_items", "复查": "recheck_result", "复查情况": "recheck_result",
    "复查是否合格": "recheck_result", "回访结果": "recheck_result", "复查时间": "rechecked", "回访时间": "rechecked",
    "回访日期": "rechecked", "检查人": "checker", "复查人员": "checker", "需整改内容": "wants", "整改事项": "wants",
    "存在问题": "wants", "整改要求": "wants", "整改时限": "due", "限期整改日期": "due", "整改完成时间": "settled",
    "整改时间": "settled", "整改日期": "settled",
}  # fmt: skip

_FIRST = r"(?:第一轮|第1轮|一轮|首轮|首次|初次|第一次|第1次)"
_WORK = r"(?:家居|家庭|居家|室内|环境|卫生)*(?:清洁|保洁|打扫|清扫|清理|整理)(?:互助)?"
PATTERNS = {
    rf"{_FIRST}?{_WORK}(?:完成)?的?(?:时间|日期|情况)": "cleaning",
    rf"{_FIRST}(?:{_WORK})?(?:完成)?的?(?:时间|日期|情况)?": "cleaning",
    rf"是否(?:已)?(?:完成)?{_FIRST}?{_WORK}": "cleaning",
    rf"(?:参加|参与|帮助|{_WORK})的?(?:巾帼)?(?:志愿者|人员|人|人员姓名|志愿者姓名)": "cleaners",
    rf"(?:{_WORK})?(?:的)?(?:得分|评分|分数|打分)": "score",
}
_CHECKED = r"(?:复查|验收|复核|检查|回访|抽查|核查)"
# Of this ledger only: elsewhere a check is of something else.
_OWN_PATTERNS = PATTERNS | {
    r"是否(?:已|按时)?(?:完成|达标|合格|落实|到位)|(?:完成|落实|达标)(?:情况|状态|与否)|状态": "cleaning",
    rf"{_CHECKED}的?(?:结果|情况|结论|是否合格|评定)": "recheck_result",
    rf"{_CHECKED}的?(?:时间|日期)": "rechecked",
    rf"{_CHECKED}(?:人|人员|员|干部)(?:姓名|签字)?": "checker",
    rf"(?:五净|六净|{_WORK})的?(?:项目|内容|标准)": "clean_items",
    r"(?:需|要求|限期)?整改的?(?:内容|事项|问题|意见|要求)": "wants",
    r"(?:限期)?整改(?:期限|时限|截止)(?:时间|日期)?": "due",
    r"整改的?完成(?:时间|日期)": "settled",
    r"是否(?:已|实际)?入户": "whether",
}
# What a form may give a column of its own to tick; which of them are items, the rules say.
_ITEM_WORDS = (
    "院内", "院落", "庭院", "院子", "院外", "门前", "室内", "屋内", "客厅", "厅堂", "卧室", "厨房", "厕所", "卫生间", "个人", "个人卫生",
    "床铺", "被褥", "圈舍",
)  # fmt: skip


def cleaning_drafts(row: CheckedRow, unit: Unit, known_items: Sequence[str] = ()) -> list[Draft]:
    """The round of cleaning that the row tells, if any; `known_items`: those of the rules, in order."""
    day = row.values.get(CLEANING.label)
    if day is None:
        return []
    return [
        Draft(
            Cleaning,
            {
                "household_id": unit.household_id,
                "round_number": row.values.get(ROUND.label) or row.values.get("turn") or 1,
            },
            {
                "done_on": date.fromisoformat(day),
                "helpers": row.values.get(CLEANERS.label),
                "score": row.values.get(SCORE.label),
                "items": _items(row, known_items),
            },
            soft=frozenset({"done_on"} if is_soft(row, CLEANING.field) else ()),
            labels={"done_on": CLEANING.label, "helpers": CLEANERS.label, "score": SCORE.label, "items": ITEMS.label},
        )
    ]


def _items(row: CheckedRow, known: Sequence[str]) -> list[str] | None:
    """The items told that the rules know, in their order; other words are told back."""
    written = row.values.get(ITEMS.label)
    if not written:
        return None
    if any(plain(word) in _EVERYTHING for word in written):
        return list(known)
    meant = {word: _item(plain(word), known) for word in written}
    if unknown := [word for word, item in meant.items() if item is None]:
        row.add_compared("ENUM_UNKNOWN", ITEMS.field, written="、".join(unknown)[:40])
    return [item for item in known if item in meant.values()] or None


def _item(word: str, known: Sequence[str]) -> str | None:
    """The one item that a word means: 厨房灶台 is 厨房, 院 is 院内; 内 could be several."""
    fits = [item for item in known if plain(item) in word] or [item for item in known if word in plain(item)]
    return fits[0] if len(fits) == 1 else None


def recheck_drafts(row: CheckedRow, unit: Unit) -> list[Draft]:
    """The re-check that the row tells, if any: it needs its day, and a household that has been cleaned."""
    result = stored(RESULTS, row.values.get(RESULT.label))
    if result is None:
        if row.values.get(RECHECKED.label):
            row.add_compared("RECHECK_WITHOUT_RESULT", RECHECKED.field)
        return []
    day = row.values.get(RECHECKED.label)
    if day is None or is_soft(row, RECHECKED.field):
        row.add_compared("RECHECK_WITHOUT_DAY", RECHECKED.field)
        return []
    checked_on, passed = date.fromisoformat(day), result == PASSED
    values: dict[str, Any] = {"passed": passed, "checker": row.values.get(CHECKER.label)}
    if not passed:
        values["wants"] = row.values.get(WANTS.label) or "需整改（台账未写明）"
        for name, column in (("due_on", DUE), ("settled_on", SETTLED)):
            if (told := row.values.get(column.label)) and not is_soft(row, column.field):
                values[name] = date.fromisoformat(told)
                if values[name] < checked_on:
                    row.add_compared("RECHECK_DAYS", column.field)
                    return []
    return [
        Draft(
            Recheck,
            {"household_id": unit.household_id, "checked_on": checked_on},
            values,
            labels={
                "passed": RESULT.label, "checker": CHECKER.label, "wants": WANTS.label, "due_on": DUE.label,
                "settled_on": SETTLED.label,
            },
        )
    ]  # fmt: skip


class _Known(NamedTuple):
    """The items of the rules; since when households have been cleaned; re-checks by household and day: were they passed?"""

    items: list[str]
    cleaned: dict[int, date]
    checked: dict[tuple[int, date], bool]


def _known(_rows: list[CheckedRow], frame: Frame) -> _Known:
    here = in_scope("village_id", list(frame.scope))
    cleaned = Cleaning.objects.filter(here, voided_at=None).values_list("household_id").annotate(first=Min("done_on"))
    checked = Recheck.objects.filter(here, voided_at=None).values_list("household_id", "checked_on", "passed")
    return _Known(clean_items(), dict(cleaned), {(home, day): passed for home, day, passed in checked})


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, _frame: Frame) -> list[Draft]:
    if unit is None:
        return []
    drafts = cleaning_drafts(row, unit, known.items)
    checked = recheck_drafts(row, unit)
    for one in checked:
        day = one.same["checked_on"]
        first = min((d for d in (known.cleaned.get(unit.household_id), *_days(drafts)) if d), default=None)
        if first is None or first > day:
            row.add_compared("RECHECK_NOT_CLEANED", RESULT.field)
        elif known.checked.get((unit.household_id, day), one.values["passed"]) != one.values["passed"]:
            row.add_compared("RECHECK_CONTRADICTS", RESULT.field)
    return [*drafts, *checked]


def review_rounds(rows: list[CheckedRow], planned: Mapping[int, list[Any]], _known: Any) -> None:
    """Rounds that would not follow each other in time wait, beside what is recorded and beside the file's other rows."""
    told = [
        (at, one.draft)
        for at, all_of in planned.items()
        for one in all_of
        if one.draft.model is Cleaning and (one.record is None or "done_on" in one.changes)
    ]
    told.sort(key=lambda each: "done_on" not in each[1].soft)  # a row that tells the day outweighs one that assumes it
    days: dict[int, dict[int, date]] = defaultdict(dict)
    homes = {draft.same["household_id"] for _at, draft in told}
    recorded = Cleaning.objects.filter(household__in=homes, voided_at=None)
    for home, number, day in recorded.values_list("household_id", "round_number", "done_on"):
        days[home][number] = day
    for _at, draft in told:
        days[draft.same["household_id"]][draft.same["round_number"]] = draft.values["done_on"]
    for at, draft in told:
        home, number = draft.same["household_id"], draft.same["round_number"]
        if against := round_out_of_order(days[home], number, days[home][number]):
            rows[at].add_compared(
                "ROUND_OUT_OF_ORDER",
                CLEANING.field,
                written=days[home][number].isoformat(),
                before=str(against[0]),
                expected=against[1].isoformat(),
            )


def _days(drafts: list[Draft]) -> list[date]:
    return [draft.values["done_on"] for draft in drafts]


CLEANINGS = Ledger(
    name="cleanings",
    title=_("家居清洁台账"),
    about=About.HOUSEHOLD,
    columns=(CLEANING, ROUND, CLEANERS, ITEMS, SCORE, RESULT, RECHECKED, CHECKER, WANTS, DUE, SETTLED),
    done={"cleaning": "cleaners", "rechecked": "checker", "settled": ""},
    aliases=ALIASES
    | _OWN_ALIASES
    | {"日期": "cleaning", "时间": "cleaning", "完成时间": "cleaning", "完成日期": "cleaning"},
    patterns=_OWN_PATTERNS,
    labelled=frozenset({"cleaning", "cleaners", "round"}),
    ticks={"clean_items": _ITEM_WORDS},
    series={name: name for name in ("cleaning", "round", "cleaners", "clean_items", "score")},
    required=(frozenset({"cleaning", "recheck_result"}), frozenset({"village", "address", "id_no", "household_no"})),
    known=_known,
    drafts=_drafts,
    review=review_rounds,
    models=(Cleaning, Recheck),
    template=(
        "乡镇", "行政村", "户主姓名", "证件号码", "清洁", "清洁轮次", "清洁人员", "清洁项目", "清洁评分", "复查日期", "复查结果",
        "复查人", "整改内容", "整改期限", "整改完成日期",
    ),
    lists={"复查结果": ("合格", "需整改")},
)  # fmt: skip

LEDGERS = (CLEANINGS,)
