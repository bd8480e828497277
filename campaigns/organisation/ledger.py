"""The ledger of events (活动台账): an event once, its participants below it, each with unit, level and score."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.names import optional_name
from campaigns.ledgers.spec import About, Draft, Ledger, Unit
from campaigns.ledgers.titles import day_in, name_reader, place_in
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.livelihood.job_words import clean_count
from campaigns.models import Event, Participant
from households.access import within
from households.intake.columns import Column, Doubt, as_text, read_date, text_cleaner, tidy
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.places import current_index

KINDS = {
    Event.Kind.LAUNCH: ("启动会", "启动仪式", "动员会", "启动"),
    Event.Kind.TRAINING: ("培训班", "培训", "培训会", "业务培训", "骨干培训"),
    Event.Kind.CONTEST: ("擂台赛", "竞赛", "比赛", "评比", "汇报赛"),
    Event.Kind.SHOWCASE: ("项目展示", "展示", "展示会", "成果展示", "观摩"),
    Event.Kind.FAIR: ("对接会", "招聘会", "项目对接会", "对接"),
    Event.Kind.OTHER: ("其他活动", "其他", "其它"),
}
LEVELS = {
    Participant.Level.CITY: ("市级", "市", "市直"),
    Participant.Level.COUNTY: ("县级", "县", "区级", "区", "县直", "县区", "县（市、区）级", "县（市、区）"),
    Participant.Level.TOWNSHIP: ("乡级", "乡镇", "乡镇级", "乡", "镇", "街道", "镇级"),
    Participant.Level.VILLAGE: ("村级", "村", "社区", "村社区"),
}
ROLES = {
    Participant.Role.CADRE: ("妇联干部", "干部", "妇联主席", "主席", "执委"),
    Participant.Role.VOLUNTEER: ("巾帼志愿者", "志愿者"),
    Participant.Role.OTHER: ("其他", "其它", "企业", "女企业家", "妇女代表"),
}
# What stands between the columns of a pasted line, and behind a score.
SEPARATORS, POINTS = ("\t", "，", ",", "、"), "分"
# What an event's name says about its kind, where no column does.
_SIGNS = (
    (re.compile(r"启动|动员"), Event.Kind.LAUNCH),
    (re.compile(r"培训"), Event.Kind.TRAINING),
    (re.compile(r"擂台|竞赛|比赛"), Event.Kind.CONTEST),
    (re.compile(r"展示|观摩"), Event.Kind.SHOWCASE),
    (re.compile(r"对接|招聘"), Event.Kind.FAIR),
)
_RANGE = re.compile(
    r"(?:(\d{4})[年./-])?(\d{1,2})[月./-](\d{1,2})日?(?:至|到|—|–|~|-|－)+(?:(?:(\d{4})[年./-])?(\d{1,2})[月./-])?(\d{1,2})日?"
)
_MANY = re.compile(r"妇联|干部|人员|群众|全体|代表|志愿|妇女|主席|\d|余人|各[县区乡镇村]")
# A planned event may lie ahead, but not further.
_FURTHEST = timedelta(days=400)


def clean_days(cell: CellValue) -> Any:
    """One day, or a first and a last day (2018年6月13日至15日) as "first/last" in ISO; "-06-13" where the year is not told."""
    text = unicodedata.normalize("NFKC", tidy(as_text(cell))).replace(" ", "")
    found = _RANGE.fullmatch(text) if isinstance(cell, str) else None
    if found is None or not (found[1] or re.search(r"[月.]", text)):
        return clean_done(cell)
    year, month, day, year_2, month_2, day_2 = (int(part) if part else None for part in found.groups())
    assert month and day and day_2
    try:
        first, last = date(year or 2000, month, day), date(year_2 or year or 2000, month_2 or month, day_2)
    except ValueError:
        return Doubt(None, ("DATE_UNREADABLE",), {"written": text[:40]}, Policy.HELD)
    return f"{first.isoformat()}/{last.isoformat()}" if year else f"-{first:-%m-%d}/-{last:-%m-%d}"


def clean_score(cell: CellValue) -> Any:
    """A score of 0 to 100 as text with at most two decimals; another one is held."""
    text = unicodedata.normalize("NFKC", tidy(as_text(cell))).replace(" ", "").removesuffix(POINTS)
    if text in ("", "/", "-", "—", "无"):
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", text):
        return Doubt(None, ("NUMBER_UNREADABLE",), {"written": text[:40]}, Policy.HELD)
    score = Decimal(text).quantize(Decimal("0.01"))
    return str(score) if score <= 100 else Doubt(None, ("NUMBER_OUT_OF_RANGE",), {"written": text[:40]})


def clean_who(cell: CellValue) -> Any:
    """Somebody's name; words for many (妇联干部, 全体人员) are nobody's and hold the row."""
    written = tidy(as_text(cell))
    return (
        Doubt(None, ("NAME_SUSPECT",), {"written": written[:40]}, Policy.HELD)
        if _MANY.search(written)
        else optional_name(cell)
    )


NAME = Column("event_name", "活动名称", text_cleaner(100))
KIND = Column("event_kind", "类别", official_word_cleaner(KINDS))
DAYS = Column("event_days", "日期", clean_days)
UNTIL = Column("event_until", "结束日期", read_date)
PLACE = Column("event_place", "地点", text_cleaner(100))
ORGANISER = Column("organiser", "主办单位", text_cleaner(100))
HEADCOUNT = Column("event_headcount", "参加人数", clean_count)
WHO = Column("participant", "参加人姓名", clean_who)
UNIT = Column("participant_unit", "单位", text_cleaner(100))
LEVEL = Column("participant_level", "级别", official_word_cleaner(LEVELS))
ROLE = Column("participant_role", "身份", official_word_cleaner(ROLES))
HOME = Column("participant_county", "所在县（市、区）", text_cleaner(60))
SCORE = Column("score", "得分", clean_score)
COLUMNS = (NAME, KIND, DAYS, UNTIL, PLACE, ORGANISER, HEADCOUNT, WHO, UNIT, LEVEL, ROLE, HOME, SCORE)
ALIASES = {
    "活动": "event_name", "名称": "event_name", "会议名称": "event_name", "培训班名称": "event_name", "培训名称": "event_name",
    "活动主题": "event_name", "活动类别": "event_kind", "活动类型": "event_kind", "类型": "event_kind", "时间": "event_days",
    "活动时间": "event_days", "活动日期": "event_days", "起止时间": "event_days", "起止日期": "event_days", "开始日期": "event_days",
    "举办时间": "event_days", "培训时间": "event_days", "截止日期": "event_until", "活动地点": "event_place", "举办地点": "event_place",
    "培训地点": "event_place", "举办单位": "organiser", "承办单位": "organiser", "姓名": "participant", "参加人": "participant",
    "参加人员": "participant", "参会人员": "participant", "学员姓名": "participant", "参训人员": "participant", "汇报人": "participant",
    "选手": "participant", "参加人单位": "participant_unit", "工作单位": "participant_unit", "所在单位": "participant_unit",
    "参赛单位": "participant_unit", "单位及职务": "participant_unit", "层级": "participant_level", "人员类别": "participant_role",
    "人员身份": "participant_role", "县区": "participant_county", "县(市、区)": "participant_county", "所属县区": "participant_county",
    "区县": "participant_county", "县市区": "participant_county", "县(市)区": "participant_county", "分数": "score",
    "成绩": "score", "人数": "event_headcount", "培训人数": "event_headcount", "评分": "score", "总分": "score", "得分(分)": "score",
}  # fmt: skip

_HELD = r"(?:活动|会议|培训|举办|召开|开展|比赛|举行|起止)"
_WHO = r"(?:参赛|参加|参会|参训|获奖|到会|与会|汇报|演讲)"
PATTERNS = {
    r"(?:活动|会议|培训班|培训|赛事)的?(?:名称|主题|题目)": "event_name",
    rf"{_HELD}+的?(?:时间|日期)": "event_days",
    rf"{_HELD}+的?(?:地点|场所|地址)": "event_place",
    r"(?:主办|承办|举办|组织|牵头)+(?:\((?:承办|主办)\)|[/、](?:承办|主办))?的?(?:单位|机构|部门)": "organiser",
    rf"(?:实际|实)?(?:{_WHO}|签到|到场|出席|实到)的?(?:人员|学员|妇女)?(?:总|人)?(?:人数|人次|数)": "event_headcount",
    rf"{_WHO}的?(?:选手|人员|人|学员|代表|者|干部)(?:姓名)?|(?:选手|学员)姓名": "participant",
    rf"(?:{_WHO}人?|选手|所在|工作|选送|推荐)+的?单位(?:名称)?|单位[及、/]?职务": "participant_unit",
    r"(?:所在|所属|代表)?(?:县\(市、?区\)|县\(市\)、?区|县区|县市区|区县)": "participant_county",
    r"(?:最终|最后|综合|平均|总)?(?:得分|成绩|评分|分数|总分)": "score",
}
TITLED = {
    NAME.field: name_reader("培训班|培训|讲座|会议?|[竞比]?赛|活动|仪式|展示|展览?|班"),
    DAYS.field: day_in,
    PLACE.field: place_in,
}


@dataclass(slots=True)
class Known:
    """The uploader's recorded events by name and by first day, and the drafts of those that the file brings, by name and first day."""

    region: str
    by_name: dict[str, list[Event]]
    on_day: dict[date, list[Event]]
    brought: dict[tuple[str, date], Draft] = field(default_factory=dict)


def _known(_rows: list[CheckedRow], frame: Frame) -> Known:
    region = frame.scope[0] if frame.scope else ""
    by_name: dict[str, list[Event]] = defaultdict(list)
    on_day: dict[date, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(voided_at=None, region_id=region).order_by("first_day"):
        by_name[event.name].append(event)
        on_day[event.first_day].append(event)
    return Known(region, by_name, on_day)


def _drafts(row: CheckedRow, _unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """The row's event and, where it names one, its participant."""
    if not any(row.values.get(column.label) is not None for column in COLUMNS):
        return []
    days = _days(row, known, frame)
    if days is None:
        return []
    event, recorded = _event(row, known, *days)
    drafts = [event]
    if name := row.values.get(WHO.label):
        drafts.append(_participant(row, name, recorded.pk if recorded else event, known, frame))
    elif WHO.label in row.values and any(row.values.get(one.label) is not None for one in (UNIT, LEVEL, ROLE, SCORE)):
        row.add_compared("NAME_MISSING", WHO.field)
    return drafts


def _days(row: CheckedRow, known: Known, frame: Frame) -> tuple[date, date | None] | None:
    """First and last day (None: not told); None with a finding where the row leaves it open which event is meant."""
    name, told, until = (row.values.get(column.label) for column in (NAME, DAYS, UNTIL))
    if not name:
        row.add_compared("EVENT_UNCLEAR", NAME.field)
        return None
    if told is None:
        found: list[Any] = [*known.by_name.get(name, [])]
        found = found or [one for one in known.brought.values() if one.same["name"] == name]
        if len(found) == 1 and not any(one.field == DAYS.field for one in row.findings):
            one = found[0]
            return (one.first_day if isinstance(one, Event) else one.same["first_day"]), None
        row.add_compared("EVENT_UNCLEAR", DAYS.field)
        return None
    if told.startswith("-"):
        told = row.values[DAYS.label] = "/".join(f"{frame.as_of.year}-{part.lstrip('-')}" for part in told.split("/"))
    first, last = (date.fromisoformat(part) for part in (told.split("/") if "/" in told else (told, until or told)))
    if last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
    if last > frame.as_of + _FURTHEST:
        latest = (frame.as_of + _FURTHEST).isoformat()
        row.add_compared("DATE_IN_FUTURE", DAYS.field, written=last.isoformat(), expected=latest)
    return first, last if "/" in told or until else None


def _event(row: CheckedRow, known: Known, first: date, last: date | None) -> tuple[Draft, Event | None]:
    """The event's draft, shared by its rows, and the recorded event that it means."""
    name = str(row.values[NAME.label])
    recorded = next((one for one in known.by_name.get(name, []) if one.first_day == first), None)
    if recorded is None:
        similar = [one for one in known.on_day.get(first, ()) if one.name in name or name in one.name]
        if similar:
            row.add_compared("EVENT_SIMILAR", NAME.field, before=similar[0].name)
    kind, soft = stored(KINDS, row.values.get(KIND.label)), frozenset[str]()
    if kind is None:
        soft = frozenset({"kind"})
        kind = next((value for sign, value in _SIGNS if sign.search(name)), Event.Kind.OTHER)
    if last is None:
        soft |= {"last_day"}
    values = {
        "kind": str(kind),
        "last_day": last or (None if recorded else first),
        "place": row.values.get(PLACE.label),
        "organiser": row.values.get(ORGANISER.label),
        "headcount": row.values.get(HEADCOUNT.label),
    }
    draft = Draft(
        Event,
        {"name": name, "first_day": first, "region_id": known.region},
        values,
        soft=soft,
        labels={
            "kind": KIND.label,
            "last_day": UNTIL.label,
            "place": PLACE.label,
            "organiser": ORGANISER.label,
            "headcount": HEADCOUNT.label,
        },
    )
    return _shared(draft, known, name, first), recorded


def _shared(draft: Draft, known: Known, name: str, first: date) -> Draft:
    """One draft for all rows of an event: later rows add what earlier ones left open; a contradiction stays apart."""
    before = known.brought.setdefault((name, first), draft)
    values = draft.values
    clash = any(
        values[key] is not None
        and before.values[key] not in (None, values[key])
        and key not in draft.soft | before.soft
        for key in values
    )
    if clash:
        return draft
    for key, value in values.items():
        if before.values[key] is None or (key in before.soft and key not in draft.soft):
            before.values[key] = value
    before.soft &= draft.soft
    return before


def _participant(row: CheckedRow, name: str, event: int | Draft, known: Known, frame: Frame) -> Draft:
    score = row.values.get(SCORE.label)
    return Draft(
        Participant,
        {
            **({"event": event} if isinstance(event, Draft) else {"event_id": event}),
            "name": name,
            "unit": row.values.get(UNIT.label) or "",
        },
        {
            "level": stored(LEVELS, row.values.get(LEVEL.label)),
            "role": stored(ROLES, row.values.get(ROLE.label)),
            "score": Decimal(score) if score is not None else None,
            "region_id": _home(row, known, frame),
        },
        soft=frozenset() if row.values.get(HOME.label) else frozenset({"region_id"}),
        labels={"level": LEVEL.label, "role": ROLE.label, "score": SCORE.label, "region_id": HOME.label},
    )


def _home(row: CheckedRow, known: Known, frame: Frame) -> str:
    """The county that the row names, the event's region where it names none."""
    written = row.values.get(HOME.label)
    if not written:
        return known.region
    found = [code for code in current_index().counties(written).codes if within(code, list(frame.scope))]
    if len(found) != 1:
        row.add_compared("REGION_UNKNOWN", HOME.field, written=written)
        return known.region
    return str(found[0])


EVENTS = Ledger(
    name="events",
    title=_("活动台账"),
    about=About.NOBODY,
    columns=COLUMNS,
    aliases=ALIASES,
    patterns=PATTERNS,
    titled=TITLED,
    required=(frozenset({"event_name"}), frozenset({"event_days", "event_kind", "participant"})),
    keys=("event_name", "participant", "participant_unit"),
    starts=("event_name",),
    filled=frozenset({"event_name", "event_kind", "event_days", "event_until", "event_place", "organiser", "event_headcount"}),
    known=_known,
    drafts=_drafts,
    models=(Event, Participant),
    template=(
        "活动名称", "类别", "日期", "结束日期", "地点", "主办单位", "参加人数", "参加人姓名", "单位", "级别", "身份",
        "所在县（市、区）", "得分",
    ),
    lists={
        "类别": tuple(words[0] for words in KINDS.values()),
        "级别": tuple(words[0] for words in LEVELS.values()),
        "身份": tuple(words[0] for words in ROLES.values()),
    },
    named="参加人姓名",
)  # fmt: skip

LEDGERS = (EVENTS,)
