"""Where the list and the register tell different things of one person. Reads only, as steward."""

from datetime import date

from households.comparing.lines import Line
from households.comparing.models import ComparedLine
from households.comparing.table import FREE_TEXTS
from households.identity import ID_PURPOSE
from households.intake.rows import CheckedRow
from households.roster.homes import Home, compare_household, decrypted, households_by_id
from households.roster.people import KnownPerson, differences, enrolled, people_by_id
from households.roster.storage import (
    HOUSEHOLD_LABELS,
    PERSON,
    PERSON_SURVEY,
    SEX_OF,
    joined,
    same_schooling,
    schooling,
    schooling_word,
)

Bucket = ComparedLine.Bucket
_SCHOOLING = "在校生状况"
_IDENTITY = ("姓名", "证件号码", "性别", "出生日期", "village_code", "与户主关系")
_COMPARABLE = (*_IDENTITY, *(stored.label for stored in PERSON), *PERSON_SURVEY, *HOUSEHOLD_LABELS)


def compared_labels(lines: list[Line]) -> list[str]:
    """What of the list is compared: the labels that some row tells."""
    told: set[str] = set()
    for line in lines:
        told.update(label for label, value in line.row.values.items() if value not in (None, ""))
    return [label for label in dict.fromkeys(_COMPARABLE) if label in told and label not in FREE_TEXTS]


def note_differences(lines: list[Line], day: date) -> None:
    """Note on the lines that have found somebody what the register says otherwise; surely the same and not equal: DIFFERS."""
    found = [line for line in lines if line.bucket in (Bucket.SAME, Bucket.PROBABLE)]
    people = people_by_id([line.row.person_id for line in found if line.row.person_id is not None], day)
    known = households_by_id({person.household_id for person in people.values() if person.household_id}, day)
    for line in found:
        person = people[line.row.person_id or 0]
        home = Home((), [line.row], line.row.values, line.row.village, known.get(person.household_id or 0))
        line.row.before = _differences(line.row, home, person, day)
        if line.row.before and line.bucket == Bucket.SAME:
            line.bucket = Bucket.DIFFERS


def _differences(row: CheckedRow, home: Home, person: KnownPerson, day: date) -> dict[str, object]:
    """Label → the register's value."""
    if home.known is not None:
        home.village = row.village or home.known.village or ""
        compare_household(home, home.known)
    before = {label: value for label, value in differences(row, home, person, day).items() if label not in FREE_TEXTS}
    if home.known is not None and any(one.code == "OUTSIDE_AREA" for one in row.findings):
        before["village_code"] = home.known.village  # the list names a village of somebody else's
    before.pop(_SCHOOLING, None)
    values = row.values
    phones = _phones(person, home)
    for label in phones.keys() & before.keys():
        if joined(values[label]) in phones.values():
            del before[label]
        else:
            before[label] = before[label] or next(filter(None, phones.values()), None)
    if (status := values.get(_SCHOOLING)) is not None and not _same_school(status, person, day):
        before[_SCHOOLING] = _school_of(person, day)
    if values.get("出生日期") and values["出生日期"] != person.birth_date.isoformat():
        before["出生日期"] = person.birth_date.isoformat()
    if values.get("性别") and SEX_OF[values["性别"]] != person.sex:
        before["性别"] = next(word for word, sex in SEX_OF.items() if sex == person.sex)
    if row.id_index is not None and person.id_index is not None and row.id_index != bytes(person.id_index):
        before["证件号码"] = decrypted(ID_PURPOSE, person.id_number)
    return before


def _phones(person: KnownPerson, home: Home) -> dict[str, str | None]:
    """Hers and her household's: nobody knows which of the two another office has written down."""
    of_household = home.known.phone if home.known is not None else None
    return {
        "联系电话": decrypted("person.phone", person.phone),
        "户主联系电话": decrypted("household.phone", of_household),
    }


def _school_of(person: KnownPerson, day: date) -> str | None:
    """Where the register has her at school on the day: her enrolment with its promotions, else the roster's word."""
    known = enrolled(person, day)
    return schooling_word(known) if known is not None else person.school_status or None


def _same_school(status: str, person: KnownPerson, day: date) -> bool:
    """A list that knows no grade does not contradict one; no word at all means: not at school."""
    told, known = schooling(status), schooling(_school_of(person, day) or "非在校生")
    return status == person.school_status if told is None or known is None else same_schooling(told, known)
