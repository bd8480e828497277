"""The lists of training projects with their sessions (培训项目) and of who came (培训学员花名册, 签到表)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_done, is_plainly_a_name
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.titles import day_in, name_reader, place_in
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.livelihood.job_words import clean_count, is_handicraft
from campaigns.livelihood.models import Attendance, TrainingProject, TrainingSession
from campaigns.livelihood.offices import county_of, held_by, near_or_above
from households.access import within
from households.codes import plain
from households.intake.columns import Column, Doubt, ReadDate, as_text, read_date, text_cleaner, tidy
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue

Kind, Mark = TrainingProject.Kind, Attendance.Mark
KINDS = {
    Kind.HANDICRAFT: ("手工技能", "手工", "手工技能培训", "手工培训", "手工制作", "手工编织", "手工类"),
    Kind.AGRICULTURE: (
        "现代农业科技", "现代农业科技培训", "农业科技", "农业", "农业技术", "种植养殖", "种养殖", "种植", "养殖", "实用技术",
    ),
    Kind.OTHER: ("其他技能", "其他", "家政", "家政服务", "电商", "电子商务", "月嫂", "育婴", "烹饪", "创业", "职业技能"),
}  # fmt: skip
_AGRICULTURE = re.compile(r"农业|种植|养殖|栽培|大棚|果树|食用菌|农技|蔬菜|板栗|花生|畜牧|农业科技")
MARKS = {
    Mark.PRESENT: ("到", "√", "✓", "✔", "已到", "出勤", "签到", "是", "1", "到场", "参加", "正常", "已签到", "已参加"),
    Mark.LATE: ("迟到", "迟"),
    Mark.EARLY: ("早退", "△", "▲", "早"),
    Mark.EXCUSED: ("告假", "×", "✗", "✘", "x", "请假", "假", "事假", "病假"),
    Mark.ABSENT: ("未到", "○", "〇", "●", "不到", "缺席", "旷课", "缺勤", "否", "0", "没到", "未签到", "未参加"),
}
NEAR = 0.6  # of 1: how much two names of courses have in common that may be one
LONGEST_COURSE = 62  # days that "from … to …" may mean


def clean_days(cell: CellValue) -> Any:
    """Days of sessions as texts: 2018-06-05, --06-05 where the year is not told; several in one cell, or from … to …."""
    read = read_date(cell)
    if read is None or isinstance(read, ReadDate):
        return [read.day.isoformat()] if read and read.day else None
    written = tidy(as_text(cell))
    doubt = Doubt(None, ("DATE_UNREADABLE",), {"written": written[:40]}, Policy.HELD)
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).replace("号", "日")
    days: list[str] = []
    year = month = ""
    for part in re.split(r"[、,，;；]|和|及", text):
        # Between 6.5 and 6.7 a hyphen means "to", in 2018-06-05 it does not.
        ends = re.split(r"至|到|~|—|–|-" if re.search(r"[./月]", part) else r"至|到|~|—|–", part)
        found = []
        for end in ends:
            match = re.fullmatch(r"(?:(\d{4})[年./-])?(?:(\d{1,2})[月./-])?(\d{1,2})日?", end)
            if match is None or not (match[2] or month):
                return doubt
            year, month = match[1] or year, match[2] or month
            found.append(f"{year or '-'}-{int(month):02d}-{int(match[3]):02d}")
        if len(found) > 2:
            return doubt
        days += _through(*found) if len(found) == 2 else found
    return list(dict.fromkeys(days)) if days and all(map(_is_day, days)) else doubt


def _through(first: str, last: str) -> list[str]:
    """Every day from first to last; none where they are in the wrong order or too far from each other."""
    start, end = _day(first, 2000), _day(last, 2000)
    if start is None or end is None or not 0 <= (end - start).days <= LONGEST_COURSE:
        return ["-"]
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return [f"-{one:-%m-%d}" if first.startswith("-") else one.isoformat() for one in days]


def _is_day(text: str) -> bool:
    return _day(text, 2000) is not None


def _day(text: str, year: int) -> date | None:
    try:
        return date.fromisoformat(text.replace("-", str(year), 1) if text.startswith("-") else text)
    except ValueError:
        return None


def clean_hours(cell: CellValue) -> Any:
    """Hours of teaching: 4, 4.5, 8学时."""
    written = tidy(as_text(cell))
    if written in ("", "/", "-", "无"):
        return None
    found = re.fullmatch(r"(\d{1,3}(?:\.\d)?)0*(?:个)?(?:学时|课时|小时)?", written.replace(" ", ""))
    return (float(found[1]) or None) if found else Doubt(None, ("NUMBER_UNREADABLE",), {"written": written[:40]})


COUNTY = Column("of_county", "县（市、区）", text_cleaner(60))
COURSE = Column("course", "培训项目", text_cleaner(100))
KIND = Column("course_kind", "培训类别", official_word_cleaner(KINDS))
CAPACITY = Column("capacity", "可培训人数", clean_count)
DAYS = Column("session_days", "场次日期", clean_days)
PLACE = Column("session_place", "培训地点", text_cleaner(100))
HOURS = Column("hours", "学时", clean_hours)
ORGANISER = Column("organiser", "主办单位", text_cleaner(100))
HEADCOUNT = Column("headcount", "参训人数", clean_count)
COURSE_ALIASES = {
    "项目名称": "course", "培训项目名称": "course", "课程名": "course", "课程名称": "course", "培训课程": "course", "课程": "course",
    "培训内容": "course", "培训班名称": "course", "培训班": "course", "项目": "course", "培训名称": "course", "班次": "course",
    "地点": "session_place", "培训场所": "session_place", "上课地点": "session_place", "培训地址": "session_place",
}  # fmt: skip
ALIASES = COURSE_ALIASES | {
    "县区": "of_county", "县": "of_county", "县市区": "of_county", "区县": "of_county", "县(市、区)": "of_county", "所属县区": "of_county",
    "类别": "course_kind", "项目类别": "course_kind", "类型": "course_kind", "培训类型": "course_kind", "培训工种": "course_kind",
    "人数": "capacity", "培训人数": "capacity", "计划培训人数": "capacity", "计划人数": "capacity", "拟培训人数": "capacity",
    "可培训": "capacity", "培训规模": "capacity", "培训能力": "capacity", "计划培训": "capacity",
    "日期": "session_days", "时间": "session_days", "培训时间": "session_days", "培训日期": "session_days", "场次": "session_days",
    "开班时间": "session_days", "开班日期": "session_days", "起止时间": "session_days", "课时": "hours", "主办": "organiser",
    "单位": "organiser", "承办单位": "organiser", "举办单位": "organiser", "组织单位": "organiser",
    "培训机构": "organiser", "培训单位": "organiser",
}  # fmt: skip

_HELD = r"(?:培训|举办|开班|开课|上课|授课|计划|拟|活动|学习|起止|签到|参训|到课)"
COURSE_PATTERNS = {
    r"(?:所学|参加|技能)?的?(?:培训|课程|讲座)(?:班|课程|项目|内容|专业|主题)?的?(?:名称|题目|内容)?": "course",
    rf"{_HELD}+的?(?:地点|场所|地址)": "session_place",
}
PATTERNS = COURSE_PATTERNS | {
    # Who came, not who may: 参训人数 says nothing of the project's capacity.
    r"(?:实际|实|已)?(?:参训|参加|参培|受训|到课|到场|到会|签到|出席|实到|到)+的?(?:人员|学员|妇女)?(?:人数|人次|数)": "headcount",
    r"(?:实际|已)培训的?(?:人数|人次)|(?:培训|受训)人次": "headcount",
    r"(?:培训|课程|项目)的?(?:类别|类型|种类|分类)": "course_kind",
    r"(?:计划|拟|预计|可)?(?:参训|培训|受训|参加|招生|招收|学员|参培)+的?(?:人员|学员)?(?:人数|规模|名额|数量)": "capacity",
    rf"{_HELD}+的?(?:时间|日期)": "session_days",
    r"(?:培训|授课|总)*(?:学时|课时)数?": "hours",
    r"(?:主办|承办|举办|组织|培训|实施|牵头)+(?:\((?:承办|主办)\)|[/、](?:承办|主办))?的?(?:单位|机构|部门)": "organiser",
}


@dataclass(slots=True)
class KnownCourses:
    """Projects by name, and their sessions."""

    projects: dict[str, list[TrainingProject]]
    sessions: dict[int, list[TrainingSession]]
    on_day: dict[date, list[TrainingSession]] = field(default_factory=lambda: defaultdict(list))

    def of(self, projects: Iterable[TrainingProject]) -> list[TrainingSession]:
        """All sessions of some projects."""
        return [session for project in projects for session in self.sessions.get(project.pk, ())]


def known_courses(_rows: list[CheckedRow], frame: Frame) -> KnownCourses:
    """What the uploader's regions hold and what the levels above offer to them."""
    projects: dict[str, list[TrainingProject]] = defaultdict(list)
    for project in held_by(TrainingProject, frame.scope, above=True).order_by("pk"):
        projects[plain(project.name)].append(project)
    known = KnownCourses(projects, defaultdict(list))
    found = held_by(TrainingSession, frame.scope, above=True).filter(project__voided_at=None)
    for session in found.select_related("project").order_by("pk"):
        known.sessions[session.project_id].append(session)
        known.on_day[session.day].append(session)
    return known


def _course_drafts(row: CheckedRow, _unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """The project and its sessions."""
    name, region = row.values.get(COURSE.label), county_of(row, COUNTY, frame)
    if name is None:
        row.add_compared("COURSE_MISSING", COURSE.field)
    if name is None or not region:
        return []
    days = [day for text in row.values.get(DAYS.label) or () if (day := _day(text, frame.as_of.year))]
    this_year = [one for one in known.projects.get(plain(name), ()) if one.announced_on.year == frame.as_of.year]
    project = near_or_above(this_year, region)
    if project is not None and not within(project.region_id, list(frame.scope)):
        # A project of the levels above is not hers to change; where it was held in her region, she may tell.
        row.add_compared("RECORDED_ABOVE", COURSE.field, written=name)
        return _sessions(row, project, days, region, known, frame)
    kind = stored(KINDS, row.values.get(KIND.label)) or (None if project else _kind_from_name(row, name))
    if kind is None and project is None:
        return []
    values = {
        "kind": kind,
        "capacity": row.values.get(CAPACITY.label),
        "organiser": row.values.get(ORGANISER.label),
        "announced_on": min([frame.as_of, *days]),
    }
    same: dict[str, Any] = {"region_id": region, "name": name}
    if project is not None:
        same = {"region_id": project.region_id, "id": project.pk}
    elif plain(name) in known.projects:  # an earlier year's: this is another one
        same["announced_on"] = values["announced_on"] = frame.as_of
    labels = {"kind": KIND.label, "capacity": CAPACITY.label, "organiser": ORGANISER.label}
    course = Draft(TrainingProject, same, values, soft=frozenset({"announced_on"}), labels=labels)
    return [course, *_sessions(row, project or course, days, region, known, frame)]


def _kind_from_name(row: CheckedRow, name: str) -> str | None:
    kind = Kind.HANDICRAFT if is_handicraft(name) else Kind.AGRICULTURE if _AGRICULTURE.search(name) else None
    if kind is None:
        row.add_compared("COURSE_KIND_MISSING", KIND.field, written=name)
        return None
    row.add_compared("COURSE_KIND_FROM_NAME", KIND.field, expected=str(kind.label))
    return str(kind)


def _sessions(
    row: CheckedRow,
    project: TrainingProject | Draft,
    days: Iterable[date],
    region: str,
    known: KnownCourses,
    frame: Frame,
) -> list[Draft]:
    days, count = list(days), row.values.get(HEADCOUNT.label)
    if count and len(days) != 1:
        row.add_compared("HEADCOUNT_OF_SEVERAL", HEADCOUNT.field, written=str(count))
        count = None
    drafts = (_session(row, project, day, region, known, frame, count=count) for day in days)
    return [draft for draft in drafts if draft is not None]


def _session(
    row: CheckedRow,
    project: TrainingProject | Draft,
    day: date,
    region: str,
    known: KnownCourses,
    frame: Frame,
    *,
    count: int | None = None,
) -> Draft | None:
    """The session of the day in the region; None where a level above has recorded it, which is not hers to change."""
    place, hours = row.values.get(PLACE.label), row.values.get(HOURS.label)
    values = {"place": place, "hours": Decimal(str(hours)) if hours else None, "headcount": count}
    labels = {"place": PLACE.label, "hours": HOURS.label, "headcount": HEADCOUNT.label}
    if isinstance(project, Draft):
        return Draft(TrainingSession, {"project": project, "day": day, "region_id": region}, values, labels=labels)
    here = [
        one
        for one in known.sessions.get(project.pk, ())
        if one.day == day and (one.region_id.startswith(region) or region.startswith(one.region_id))
    ]
    here = [one for one in here if place and plain(one.place) == plain(place)] or here
    if not here:
        same = {"project_id": project.pk, "day": day, "region_id": region}
        return Draft(TrainingSession, same, values, labels=labels)
    if not within(here[0].region_id, list(frame.scope)):
        return None
    return Draft(TrainingSession, {"project_id": project.pk, "id": here[0].pk}, values, labels=labels)


COURSES = Ledger(
    name="courses",
    title=_("培训项目"),
    about=About.NOBODY,
    columns=(COUNTY, COURSE, KIND, CAPACITY, DAYS, PLACE, HOURS, ORGANISER, HEADCOUNT),
    aliases=ALIASES,
    patterns=PATTERNS,
    required=(frozenset({"course"}), frozenset({"course_kind", "capacity", "session_days", "organiser"})),
    known=known_courses,
    drafts=_course_drafts,
    models=(TrainingProject, TrainingSession),
    template=(
        "县（市、区）",
        "培训项目",
        "培训类别",
        "可培训人数",
        "场次日期",
        "培训地点",
        "学时",
        "主办单位",
        "参训人数",
    ),
    lists={"培训类别": tuple(words[0] for words in KINDS.values())},
    named="培训项目",
    first_line=_("一、一个项目一行；有几场的，场次日期写在一格里，用“、”隔开，例如2018-06-05、2018-06-12。"),
    starts=("course",),
    filled=frozenset({"course", "course_kind", "capacity", "organiser", "of_county"}),
)

DAY = Column("attended_on", "培训日期", clean_done)
_read_mark = official_word_cleaner(MARKS)


def clean_mark(cell: CellValue) -> Any:
    """Whether somebody came; her signature says so. A stroke may mean either and holds the row."""
    written = re.sub(r"\s+", "", tidy(as_text(cell)))
    if is_plainly_a_name(written):
        return MARKS[Mark.PRESENT][0]
    is_stroke = written in ("/", "-", "—", "无")
    return Doubt(None, ("ENUM_UNKNOWN",), {"written": written}, Policy.HELD) if is_stroke else _read_mark(cell)


MARK = Column("mark", "签到", clean_mark)


def _attendance_drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """Somebody's mark on a session's list."""
    if unit is None and not any(one.code == "KEPT_BY_NAME" for one in row.findings):
        return []
    session = _attended(row, known, frame)
    name = row.values.get("姓名")
    if session is None or (unit is None and name is None):
        return []
    drafts = [session] if isinstance(session, Draft) else []
    same: dict[str, Any] = {"session": session} if isinstance(session, Draft) else {"session_id": session.pk}
    if unit is not None and unit.person is not None:
        same["person_id"] = unit.person.person_id
    else:
        owner = frame.scope[0] if frame.scope else ""
        same |= {"name": name, "village_id": row.village or owner, "id_index": row.id_index}
    mark = stored(MARKS, row.values.get(MARK.label))
    # A name on the list of who came, without a mark, came; a recorded mark is not touched by that.
    values = {"mark": mark or str(Mark.PRESENT)}
    return [
        *drafts,
        Draft(Attendance, same, values, soft=frozenset(() if mark else {"mark"}), labels={"mark": MARK.label}),
    ]


def _attended(row: CheckedRow, known: KnownCourses, frame: Frame) -> TrainingSession | Draft | None:
    """The session that the row names by course and day; the only one that fits where it names one of them only."""
    name, told = row.values.get(COURSE.label), row.values.get(DAY.label)
    if any(one.field == DAY.field and one.policy >= Policy.HELD for one in row.findings):
        return None
    day = date.fromisoformat(told) if told and not is_soft(row, DAY.field) else None
    if name is None:
        found = list(known.on_day.get(day, ())) if day else []
    else:
        projects = known.projects.get(plain(name), [])
        if not projects:
            _note_unknown(row, name, known)
            return None
        found = known.of(projects)
        if day:
            found = [one for one in found if one.day == day]
            if not found and (new := _new_session(row, projects, day, known, frame)) is not None:
                return new
        elif told:  # a month only
            found = [one for one in found if one.day.isoformat()[:7] == told[:7]]
    if len(found) > 1 and (place := row.values.get(PLACE.label)):
        found = [one for one in found if plain(one.place) == plain(place)]
    if len(found) > 1 and row.village:  # the one that was held where she lives
        found = [one for one in found if row.village.startswith(one.region_id)] or found
    if len(found) != 1:
        row.add_compared("SESSION_UNKNOWN", DAY.field)
        return None
    return found[0]


def _note_unknown(row: CheckedRow, name: str, known: KnownCourses) -> None:
    """No course has the name: those of nearly this name are told."""
    names = {one.name for projects in known.projects.values() for one in projects}
    if near := get_close_matches(name, sorted(names), cutoff=NEAR):
        row.add_compared("COURSE_SIMILAR", COURSE.field, written=name, suggestion="、".join(near))
    else:
        row.add_compared("COURSE_UNKNOWN", COURSE.field, written=name)


def _new_session(
    row: CheckedRow, projects: list[TrainingProject], day: date, known: KnownCourses, frame: Frame
) -> Draft | None:
    """A session that the list of projects did not tell; None where several projects could be meant."""
    owner = frame.scope[0] if frame.scope else ""
    of_year = [one for one in projects if one.announced_on.year == day.year] or projects
    project = near_or_above(of_year, owner)
    if project is None:
        return None
    row.add_compared("SESSION_NEW", DAY.field, written=project.name, expected=day.isoformat())
    region = owner if owner.startswith(project.region_id) else project.region_id
    return _session(row, project, day, region, known, frame)


ATTENDANCES = Ledger(
    name="attendances",
    title=_("培训学员花名册（签到）"),
    about=About.ANYBODY,
    columns=(COURSE, DAY, PLACE, MARK),
    done={"attended_on": ""},
    aliases=COURSE_ALIASES
    | {
        "日期": "attended_on", "时间": "attended_on", "场次": "attended_on", "培训时间": "attended_on", "场次日期": "attended_on",
        "上课日期": "attended_on", "签到日期": "attended_on", "签到时间": "attended_on", "签到情况": "mark", "出勤": "mark",
        "出勤情况": "mark", "考勤": "mark", "到课情况": "mark", "是否到场": "mark", "到场情况": "mark", "签名": "mark", "是否参加": "mark",
        "签字": "mark", "本人签字": "mark", "学员签字": "mark", "本人签名": "mark", "学员姓名": "name", "参训人员": "name",
        "参训人": "name", "户口所在地": "address", "户籍地": "address", "户籍所在地": "address",
    },
    patterns=COURSE_PATTERNS
    | {
        rf"{_HELD}+的?(?:时间|日期)": "attended_on",
        r"(?:是否)?(?:签到|到场|到会|出勤|考勤|到课|出席|参加|参训)(?:情况|记录|状态)?": "mark",
        r"(?:学员|参训人员|本人)(?:签字|签名|签到)": "mark",
    },
    titled={"course": name_reader("培训班|培训会|培训|讲座|讲堂|课程|课|班"), "attended_on": day_in, "session_place": place_in},
    each=("mark",),
    halting={r"(?:\d{4}[年./-])?(?:\d{1,2}[月./-])?\d{1,2}[日号]?(?:\(?[上下]午\)?)?|第[一二三四五六七八九十\d]+[天日次课]": "DAYS_ACROSS"},
    required=(frozenset({"name"}), frozenset({"course", "attended_on"})),
    known=known_courses,
    drafts=_attendance_drafts,
    models=(TrainingSession, Attendance),
    template=("乡镇", "行政村", "姓名", "证件号码", "培训项目", "培训日期", "签到"),
    lists={"签到": tuple(words[0] for words in MARKS.values())},
    starts=("attended_on", "course"),
    filled=frozenset({"attended_on", "course", "session_place"}),
)  # fmt: skip
