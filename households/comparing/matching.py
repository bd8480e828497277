"""Which person of the register a row of the list means, and so into which bucket it falls. In memory, no queries.

By identity number first. A number that is damaged, missing or not known falls to name and village, and then it is never
more than probable. A number registered outside the user's scope is not among the people given here: it looks like any
number that is not registered.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from households.comparing.lines import Line
from households.comparing.models import ComparedLine
from households.comparing.register import Area, Ours, People
from households.encryption import decrypt
from households.identity import ID_PURPOSE, mask_id
from households.intake.rows import CheckedRow
from households.roster.doubts import ID_CODES

Bucket = ComparedLine.Bucket
# A row names so many others at most, as in roster.grouping.
MOST_NAMED = 5
_NO_NUMBER = ID_CODES | {"CELL_ERROR", "FORMULA_NO_VALUE"}


def match(lines: list[Line], people: People, area: Area) -> set[int]:
    """Put every line into its bucket (SAME stands for "surely the same", compared later), with remarks and person.

    Returns the ids of people whom the list may mean without it being certain.
    """
    _set_duplicates_aside(lines)
    for line in lines:
        found = people.by_index.get(line.row.id_index) if line.row.id_index is not None and not line.bucket else None
        if found is not None:
            _found_by_number(line, found, area)
    namesakes: dict[tuple[str, str], list[Ours]] = defaultdict(list)
    for one in people.by_id.values():
        if one.is_present:
            namesakes[one.village, one.name].append(one)
    taken = {line.row.person_id: line for line in lines if line.row.person_id is not None}
    uncertain: set[int] = set()
    for line in lines:
        if not line.bucket:
            _look_by_name(line, namesakes, taken, area, uncertain)
    return uncertain | _part_rivals(lines)


def left_over(lines: Iterable[Line], expected: Iterable[Ours], uncertain: set[int]) -> list[Line]:
    """A line for each expected person of the register whom no row of the list means."""
    met = {line.row.person_id for line in lines}
    return [_of_register(one, named=one.id in uncertain) for one in expected if one.id not in met]


def _of_register(one: Ours, *, named: bool) -> Line:
    values = {
        "姓名": one.name, "性别": one.sex, "出生日期": one.birth_date.isoformat(), "与户主关系": one.relation,
        "户主姓名": one.head_name, "户编号": one.household_no,
    }  # fmt: skip
    row = CheckedRow("", 0, values, village=one.village, person_id=one.id)
    if named:
        row.add("NAMED_ON_LIST")
    return Line(row, mask_id(_number(one)), bucket=Bucket.ONLY_OURS)


def _number(one: Ours) -> str:
    return decrypt(ID_PURPOSE, one.id_number) if one.id_number else ""


def _set_duplicates_aside(lines: list[Line]) -> None:
    """The same number, or without one the same name, village and birth date: the first row stands for all."""
    same: dict[Hashable, list[Line]] = defaultdict(list)
    for line in lines:
        row = line.row
        if row.id_key:
            same[row.id_key].append(line)
        elif row.village and row.values.get("姓名") and row.values.get("出生日期"):
            same[row.village, row.values["姓名"], row.values["出生日期"]].append(line)
    for first, *others in same.values():
        for line in others:
            equal = line.row.values == first.row.values
            line.bucket = Bucket.DUPLICATE
            line.row.add("TWICE_ON_LIST" if equal else "TWICE_WITH_OTHER_CONTENT", others=first.where)


def _found_by_number(line: Line, found: Ours, area: Area) -> None:
    line.row.person_id = found.id
    if found.village not in area and line.row.village not in area:
        line.bucket = Bucket.OUTSIDE
        line.row.add("REGISTERED_OUTSIDE_AREA")
    elif not found.is_present:
        line.bucket = Bucket.ONLY_THEIRS
        line.row.add("NO_LONGER_REGISTERED")
    else:
        line.bucket = Bucket.SAME


def _look_by_name(
    line: Line,
    namesakes: dict[tuple[str, str], list[Ours]],
    taken: dict[int, Line],
    area: Area,
    uncertain: set[int],
) -> None:
    """A row whose number finds nobody. `taken`: people whom rows mean by number."""
    row = line.row
    codes = {one.code for one in row.findings}
    if _is_outside(row, codes, area):
        line.bucket = Bucket.OUTSIDE
        if row.village:
            row.add("OUTSIDE_AREA", "village", written=line.place)
        return
    named = namesakes[row.village, row.values["姓名"]] if row.village and row.values.get("姓名") else []
    fitting = [one for one in named if _may_be(row, codes, one)]
    free = _narrowed(row, [one for one in fitting if one.id not in taken])
    if len(free) == 1:
        line.bucket, row.person_id = Bucket.PROBABLE, free[0].id
        born = row.values.get("出生日期") is not None
        row.add("FITS_BY_BIRTH_DATE" if born else "FITS_BY_NAME")
    elif free:
        line.bucket = Bucket.AMBIGUOUS
        row.add("SEVERAL_FIT")
        uncertain.update(one.id for one in free)
    elif fitting:
        line.bucket = Bucket.AMBIGUOUS
        row.add("FITS_ALREADY", others=taken[fitting[0].id].where)
    else:
        _found_nowhere(line, codes, has_namesake=bool(named))


def _is_outside(row: CheckedRow, codes: set[str], area: Area) -> bool:
    """Does the row name a place that is not of the area, or that nobody knows?"""
    if row.village:
        return row.village not in area
    return "OUTSIDE_AREA" in codes or "REGION_UNKNOWN" in codes


def _may_be(row: CheckedRow, codes: set[str], one: Ours) -> bool:
    """Does nothing that both sides know speak against it?"""
    born, sex = row.values.get("出生日期"), row.values.get("性别")
    if (born and born != one.birth_date.isoformat()) or (sex and sex != one.sex):
        return False
    # Of a number that lost its last digits, the first fifteen are still true.
    return not ("ID_PRECISION_LOST" in codes and row.remains and one.id_number and _number(one)[:15] != row.remains)


def _narrowed(row: CheckedRow, people: list[Ours]) -> list[Ours]:
    """Of several people those of the head's name that the row writes, where there are any."""
    head = row.values.get("户主姓名")
    same_head = [one for one in people if head and one.head_name == head]
    return same_head if len(people) > 1 and same_head else people


def _found_nowhere(line: Line, codes: set[str], *, has_namesake: bool) -> None:
    row = line.row
    is_nameless = not row.values.get("姓名")
    if has_namesake:
        row.add("NAMESAKE")
    if row.id_key:
        line.bucket = Bucket.ONLY_THEIRS
    elif is_nameless or not row.village:
        line.bucket = Bucket.AMBIGUOUS if "REGION_AMBIGUOUS" in codes and not is_nameless else Bucket.UNREADABLE
        row.add("NO_CLUE")
    else:
        damaged = any(one.code in _NO_NUMBER and one.field == "id_no" for one in row.findings)
        line.bucket = Bucket.UNREADABLE if damaged else Bucket.ONLY_THEIRS


def _part_rivals(lines: list[Line]) -> set[int]:
    """Two rows that could both be one person: nobody knows which is. Returns those people."""
    claims: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.bucket == Bucket.PROBABLE and line.row.person_id is not None:
            claims[line.row.person_id].append(line)
    contested = {person: rivals for person, rivals in claims.items() if len(rivals) > 1}
    for rivals in contested.values():
        for line in rivals:
            others = [other.where for other in rivals[: MOST_NAMED + 1] if other is not line][:MOST_NAMED]
            line.bucket, line.row.person_id = Bucket.AMBIGUOUS, None
            line.row.findings = [one for one in line.row.findings if not one.code.startswith("FITS_BY_")]
            line.row.add("RIVALS", others="、".join(others))
    return set(contested)
