"""Rules between the rows of one file: households, and people who stand there more than once."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext

from households.identity import parse_id
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.roster.gone import is_of_whole_household
from households.roster.storage import ALONE, HEAD, HOUSEHOLD_LABELS, SHORTEST_OFFICIAL_NUMBER, SPOUSE

_told = itemgetter(*HOUSEHOLD_LABELS)
# What a household must agree on; the rest of its columns may differ with a hint.
_DECISIVE = frozenset({"脱贫属性"})
# A row names so many others that contradict it; a file of a thousand equal rows must not write a thousand names each.
MOST_NAMED = 5
# Families whose heads have one name are told apart by these, where no number does it.
_TELLING_APART = ("家庭住址", "人数", "贫困户属性", "主要致贫原因", "脱贫属性")
_QUIET = frozenset({"户编号", "家庭住址", "自然村", "人数", "户主姓名", "户主联系电话"})
# A certificate number tells more about the same person than her identity number.
_FROM_CERTIFICATE = ("残疾类别", "残疾等级")

# One digit, and the check character with it; or two.
_MOST_SLIPS = 3

# A person's number behind her household's.
_BEHIND_NUMBER = re.compile(r"[-—_/.]\d{1,2}$")

type Household = tuple[str, ...]
# ("head", village, name)
_BY_HEAD_ALONE = 3


def group(rows: list[CheckedRow], *, columns: Collection[str], path: Callable[[str], str]) -> None:
    """Apply all rules between rows, in place. `columns`: fields that the file has; `path`: code → names."""
    blocks = "household_no" not in columns and "head_name" not in columns
    _name_households(rows, above=_heads_above(rows) if blocks else {})
    for row in rows if blocks and "relation" not in columns else ():
        row.household = row.household or (ALONE, row.id_key or f"{row.sheet} {row.number}")
    _join_homes(rows)
    _merge_and_hold_twins(rows)
    by_household: dict[Household, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.household is None:
            if not row.is_merged:
                row.add("HOUSEHOLD_AMBIGUOUS", "household_no")
        elif row.household[0] != ALONE:
            by_household[row.household].append(row)
    for members in by_household.values():
        if blocks and (_is_overfull(members) or _are_mixed(members)):
            _hold_household(members, "HOUSEHOLD_AMBIGUOUS", "household_no", "")
        _check_household(members, has_relation="relation" in columns, path=path)
    _hold_torn_families(by_household.values())


def _name_households(rows: list[CheckedRow], *, above: Mapping[int, str]) -> None:
    """By number within the county, else by village and head's name, which `above` tells where no column does."""
    running, twofold = _running_numbers(rows), _counted_anew(rows)
    for position, row in enumerate(rows):
        values = row.values
        number, head, county = values.get("户编号"), values.get("户主姓名"), row.village[:6]
        if number and not head and (row.village, number) in twofold:
            row.household = None
        elif number and (named := running.get((row.village, number))):
            row.household = ("head", row.village, named, number)
            values["户编号"] = None
        elif number:
            # A rounded number is nobody's: another family's may be that very number, whole.
            row.household = ("lost" if _has(row, "HOUSEHOLD_NO_PRECISION_LOST") else "no", number)
        elif head:
            # 赵大山（曾用名…） names a family of its own, or 赵大山's.
            row.household = None if _has(row, "NAME_SUSPECT", "head_name") else ("head", row.village, head)
        elif position in above:
            row.household = ("head", row.village, above[position])
            values["户主姓名"] = above[position]
        elif values.get("与户主关系") == HEAD and county and values.get("姓名"):
            row.household = ("head", row.village, values["姓名"])


def _heads_above(rows: list[CheckedRow]) -> dict[int, str]:
    """Position of a row → its head's name, where nothing but the order of the rows tells families apart.

    A counted family has the head who stands among its rows. Else the head stands first: a village that begins with somebody
    else shows that this does not hold there, and what stands below a head may be another family's.
    """
    found: dict[int, str] = {}
    last_head: CheckedRow | None = None
    begun: dict[tuple[str, str, int], bool] = {}
    before: str | None = None
    for family in _counted_or_single(rows):
        heads = [rows[position] for position in family if _relation(rows[position]) == HEAD]
        if len(family) > 1 or rows[family[0]].counted is not None:
            name = heads[0].values.get("姓名") if len(heads) == 1 else None
            found |= dict.fromkeys(family, name) if name else {}
            continue
        row = rows[family[0]]
        place = (row.sheet, row.village, row.section)
        # Below a head whose village cannot be read stands her family, which says nothing about the others.
        in_order = begun.setdefault(place, bool(heads) or not _relation(row) or before == "")
        before = row.village
        if heads:
            last_head = row
        if last_head and (last_head.sheet, last_head.village, last_head.section) == place and (heads or in_order):
            # A head without a name still ends the household above: its members must not go there.
            found |= {family[0]: name} if (name := last_head.values.get("姓名")) else {}
    return found


def _counted_or_single(rows: list[CheckedRow]) -> list[list[int]]:
    """Positions of the rows: together of one counted family in one village, alone where families are not counted."""
    runs: list[list[int]] = []
    for position, row in enumerate(rows):
        above = rows[position - 1] if position else None
        if above and row.counted is not None and (row.counted, row.village) == (above.counted, above.village):
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs


def _running_numbers(rows: list[CheckedRow]) -> dict[tuple[str, str], str]:
    """(village, number) → head, where a hand list counts its households 1, 2, 3 anew in every village.

    Told by a short number under which every village has a head of its own. A number without that (a member's row with a
    mistyped village) stays one household's.
    """
    heads: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        number = row.values.get("户编号")
        if number and row.village and len(number) < SHORTEST_OFFICIAL_NUMBER and number.isdecimal():
            own = row.values.get("姓名") if row.values.get("与户主关系") == HEAD else None
            heads[number][row.village].update(filter(None, (row.values.get("户主姓名") or own,)))
    apart = {
        number: villages
        for number, villages in heads.items()
        if all(villages.values()) and len(set().union(*villages.values())) == sum(map(len, villages.values()))
    }
    if all(len(villages) == 1 for villages in apart.values()):
        return {}
    return {(village, number): min(names) for number, villages in apart.items() for village, names in villages.items()}


def _counted_anew(rows: list[CheckedRow]) -> set[tuple[str, str]]:
    """(village, number) that mean two families, where a list counts from the first number anew for each group or sheet.

    Not where somebody stands in both counts, who shows that they are one. Families with heads are told apart by them.
    """
    counts: dict[str, list[list[CheckedRow]]] = defaultdict(list)
    for row in rows:
        number = row.values.get("户编号") or ""
        if row.village and number.isdecimal() and len(number) < SHORTEST_OFFICIAL_NUMBER:
            runs = counts[row.village]
            goes_on = runs and runs[-1][-1].sheet == row.sheet and int(runs[-1][-1].values["户编号"]) <= int(number)
            runs[-1].append(row) if goes_on else runs.append([row])
    found: set[tuple[str, str]] = set()
    for village, runs in counts.items():
        numbers = [{row.values["户编号"] for row in run} for run in runs]
        people = [{row.id_key for row in run if row.id_key} for run in runs]
        begins = {run[0].values["户编号"] for run in runs}
        if len(runs) > 1 and len(begins) == 1 and len(set().union(*people)) == sum(map(len, people)):
            heads = Counter(row.values["户编号"] for run in runs for row in run if _relation(row) == HEAD)
            often = Counter(number for told in numbers for number in told)
            found |= {(village, number) for number, times in often.items() if times > 1 and heads[number] < 2}
    return found


def _merge_and_hold_twins(rows: list[CheckedRow]) -> None:
    """The same person twice: merged when equal, all held when not."""
    twins: dict[Any, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.id_key:
            twins[row.id_key].append(row)
        elif row.household and row.values.get("姓名") and row.values.get("出生日期"):
            twins[(row.household, row.values["姓名"], row.values["出生日期"])].append(row)
    for same in twins.values():
        if len(same) > 1:
            _settle_twins(same)
    _hold_numbered_and_unnumbered(rows)


def _hold_numbered_and_unnumbered(rows: list[CheckedRow]) -> None:
    """Somebody who stands in her household with a number and once more without is one person, or two to be told apart."""
    if all(row.id_key for row in rows):
        return
    known: dict[Any, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.household and not row.is_merged and row.values.get("姓名") and row.values.get("出生日期"):
            if row.policy is Policy.REJECTED:
                continue  # nothing is doubled by a row that does not go in
            known[(row.household, row.values["姓名"], row.values["出生日期"])].append(row)
    for same in known.values():
        if len(same) > 1 and len({bool(row.id_key) for row in same}) > 1:
            _hold_all(same, "DUPLICATE_CONFLICT")


def _join_homes(rows: list[CheckedRow]) -> None:
    """A household that rows name by village and head alone is the numbered one whose head that is: a sheet of women or children
    stands beside the list of all, or somebody's number was left out. With a head of its own it is another family."""
    groups: dict[Household, list[CheckedRow]] = defaultdict(list)
    for row in rows:
        if row.household and row.household[0] == "head" and len(row.household) == _BY_HEAD_ALONE:
            groups[row.household].append(row)
    if not groups:
        return
    # Village and head → households → the head's identity numbers.
    homes: dict[tuple[str, str], dict[Household, set[str]]] = defaultdict(dict)
    numbered: dict[str, set[Household]] = defaultdict(set)
    for row in rows:
        if row.household and row.household[0] == "no":
            numbered[row.id_key].add(row.household)
            own = row.values.get("姓名") if _relation(row) == HEAD else None
            for name in filter(None, (own, row.values.get("户主姓名"))):
                numbers = homes[row.village, name].setdefault(row.household, set())
                numbers |= {row.id_key} if name == row.values.get("姓名") and row.id_key else set()
    for (_kind, village, name), members in groups.items():
        told = {parse_id(row.head_number).key for row in members if row.head_number}
        told |= {row.id_key for row in members if name == row.values.get("姓名")}
        told.discard("")
        fitting = {home for home, numbers in homes[village, name].items() if not (told and numbers) or told & numbers}
        known = {home for row in members if row.id_key for home in numbered[row.id_key]} & fitting
        for row in members if fitting else ():
            row.household = next(iter(known or fitting)) if len(known or fitting) == 1 else None


def _settle_twins(same: list[CheckedRow]) -> None:
    homes = {row.household for row in same if row.household}
    if len(homes) > 1:
        _hold_all(same, "PERSON_IN_TWO_HOUSEHOLDS")
    elif not _equal(same):
        _hold_all(same, "DUPLICATE_CONFLICT")
    else:
        # Of those that would go in the row that tells most stands for all; if none would, each keeps its own reason.
        going_in = [row for row in same if row.is_in] or same
        kept = max(going_in, key=lambda row: sum(value is not None for value in row.values.values()))
        kept.household = kept.household or next(iter(homes), None)
        for row in same:
            if row is not kept:
                row.is_merged, row.household = True, kept.household
                row.add("DUPLICATE_IN_FILE", "id_no", others=_places([kept]))
                kept.values |= {name: told for name, told in row.values.items() if kept.values.get(name) is None}


def _hold_all(same: list[CheckedRow], code: str) -> None:
    for row in same:
        row.add(code, "id_no", others=_places([other for other in same[: MOST_NAMED + 1] if other is not row]))


def _equal(rows: list[CheckedRow]) -> bool:
    """Equal content however the identity number was written. What a sheet leaves open another may tell."""
    for label in {label for row in rows for label in row.values}:
        told = {str(row.values.get(label)) for row in rows}
        if label in _FROM_CERTIFICATE or len({row.sheet for row in rows}) == len(rows):
            told.discard("None")
        if len(told) > 1:
            return False
    return True


def _places(rows: list[CheckedRow]) -> str:
    return "、".join(f"“{row.sheet}”第{row.number}行" for row in rows[:MOST_NAMED])


def _check_household(members: list[CheckedRow], *, has_relation: bool, path: Callable[[str], str]) -> None:
    present = [row for row in members if not row.is_merged]
    if any(_has(row, "HOUSEHOLD_NO_PRECISION_LOST") for row in present):
        # Whoever shares a rounded number need not be a family: nothing else is to be said about them as one.
        _hold_household(members, "HOUSEHOLD_NO_PRECISION_LOST", "household_no", "")
        return
    villages = sorted({row.village for row in present if row.village})
    if len(villages) > 1:
        _hold_household(members, "HOUSEHOLD_SPLIT_VILLAGES", "village", "、".join(map(path, villages)))
    _hold_gone_together(present)
    _hold_same_names(present)
    heads = [row for row in present if row.values.get("与户主关系") == HEAD]
    leading = _apart(heads + [row for row in present if _is_unmarked_head(row)])
    if len(leading) < 2:
        leading = _under_other_heads(present)
    _compare_heads_numbers([row for row in present if row.head_number])
    if len(leading) > 1:
        _hold_household(members, "HOUSEHOLD_MULTIPLE_HEADS", "relation", _places(leading))
    elif heads:
        _compare_spouses(heads[0], present)
    _flag_spouses(present)
    if present and present[0].household and present[0].household[0] == "head" and _are_several(present):
        _hold_household(members, "HOUSEHOLD_AMBIGUOUS", "household_no", "")
    _check_heads_name(members, heads, has_relation=has_relation)
    _check_agreement(members)


def _hold_gone_together(members: list[CheckedRow]) -> None:
    """What one row says of the whole household, 整户迁出, holds for the others, who mostly say nothing."""
    said = (one.params["written"] for row in members for one in row.findings if one.code == "NO_LONGER_THERE")
    if (words := next(filter(is_of_whole_household, said), None)) is not None:
        for row in members:
            if not _has(row, "NO_LONGER_THERE"):
                row.add("NO_LONGER_THERE", "remark", written=words)


def _under_other_heads(members: list[CheckedRow]) -> list[CheckedRow]:
    """A row for each head whom the members name in their own rows, by name or by identity number, where they name several:
    two families under one number. Of a row that names herself although she is somebody's wife the column is wrong."""
    if not any(row.head_number or row.values.get("户主姓名") for row in members):
        return []
    written = [row for row in members if row.policy is not Policy.REJECTED and not _names_herself(row)]
    named = {row.values["户主姓名"]: row for row in reversed(written) if row.values.get("户主姓名")}
    if len(named) > 1:
        return list(named.values())[::-1]
    if len({row.head_number for row in written if row.head_number}) < 2:
        return []
    numbered = {key: row for row in reversed(written) if (key := parse_id(row.head_number).key)}
    return list(numbered.values())[::-1]


def _names_herself(row: CheckedRow) -> bool:
    return row.values.get("户主姓名") == row.values.get("姓名") and _relation(row) not in (None, HEAD)


def _compare_heads_numbers(members: list[CheckedRow]) -> None:
    """The head's identity number beside a row: not a child's own, and no other than the head's own row tells."""
    for row in members:
        key = parse_id(row.head_number).key if row.id_key else ""
        head, relation = row.values.get("户主姓名"), _relation(row)
        is_head = relation == HEAD or (relation is None and head in (None, row.values.get("姓名")))
        if key == row.id_key and key and not is_head:
            row.add("DUPLICATE_CONFLICT", "id_no", others=gettext("户主“%(name)s”") % {"name": head or ""})
        elif key and key != row.id_key and is_head and head == row.values.get("姓名"):
            row.add("HOUSEHOLD_VALUES_DIFFER", "id_no", policy=Policy.HELD, written=gettext("户主证件号码"))


def _is_unmarked_head(row: CheckedRow) -> bool:
    """Whether a row without a relation is the head's by her name."""
    return bool(row.values.get("姓名")) and _relation(row) is None and row.values["姓名"] == row.values.get("户主姓名")


def has_doubtful_sex(row: CheckedRow) -> bool:
    """Whether column and number contradict each other; then neither says that the relation is wrong."""
    return _has(row, "SEX_MISMATCH")


def _is_named_doubtfully(row: CheckedRow) -> bool:
    return any(one.field == "name" and one.policy >= Policy.HELD for one in row.findings)


def _has(row: CheckedRow, code: str, field: str = "") -> bool:
    # Most rows have no findings.
    return bool(row.findings) and any(one.code == code and field in ("", one.field) for one in row.findings)


def _relation(row: CheckedRow) -> str | None:
    relation: str | None = row.values.get("与户主关系")
    return relation


def _apart(rows: list[CheckedRow]) -> list[CheckedRow]:
    """One row a human being: rows with one identity number are the same one's, and so is a row that is sent back of
    somebody who stands there under her name a second time."""
    if len(rows) < 2:
        return rows
    if any(row.policy is Policy.REJECTED for row in rows):
        named = {row.values.get("姓名") for row in rows if row.policy is not Policy.REJECTED}
        rows = [row for row in rows if row.policy is not Policy.REJECTED or row.values.get("姓名") not in named]
    return list({row.id_key or id(row): row for row in reversed(rows)}.values())[::-1]


def _hold_same_names(members: list[CheckedRow]) -> None:
    """Two members of one name whose numbers are nearly the same: one human being, mistyped once, rather than namesakes."""
    if len({row.values.get("姓名") for row in members}) == len(members):
        return
    alike: dict[str, list[CheckedRow]] = defaultdict(list)
    for row in members:
        if row.id_key and row.values.get("姓名"):
            alike[row.values["姓名"]].append(row)
    for same in map(_apart, alike.values()):
        mistyped = [row for row in same if any(_nearly(row.id_key, other.id_key) for other in same if other is not row)]
        if mistyped:
            _hold_all(mistyped, "NAME_TWICE_IN_HOUSEHOLD")


def _nearly(number: str, other: str) -> bool:
    """Whether two numbers tell one birth date, or differ in so few places as slips of the hand do."""
    return number[6:14] == other[6:14] or sum(a != b for a, b in zip(number, other, strict=True)) <= _MOST_SLIPS


def _flag_spouses(members: list[CheckedRow]) -> None:
    spouses = _apart([row for row in members if _relation(row) == SPOUSE])
    for row in spouses if len(spouses) > 1 else ():
        row.add("SPOUSES_SEVERAL", "relation", others=_places([one for one in spouses if one is not row]))


def _compare_spouses(head: CheckedRow, members: list[CheckedRow]) -> None:
    sex = None if has_doubtful_sex(head) else head.values.get("性别")
    for row in members:
        if (
            sex
            and not has_doubtful_sex(row)
            and row.values.get("与户主关系") == SPOUSE
            and row.values.get("性别") == sex
        ):
            row.add("SPOUSE_OF_SAME_SEX", "relation", written=SPOUSE, expected=sex)


def _are_several(members: list[CheckedRow]) -> bool:
    """Do rows of one village and head's name, without a number, speak of more than one family?"""
    if len({row.counted for row in members if row.counted is not None}) > 1:
        return True
    if len({row.head_number for row in members if row.head_number}) > 1:
        return True
    told = (
        {str(row.values[label]) for row in members if row.values.get(label) is not None} for label in _TELLING_APART
    )
    return any(len(values) > 1 for values in told)


def _is_overfull(members: list[CheckedRow]) -> bool:
    """Do more people stand under a head than her household counts? A family whose own head is not listed is among them."""
    sizes = [row.values["人数"] for row in members if row.values.get("人数")]
    return bool(sizes) and sum(not row.is_merged for row in members) > max(sizes)


def _are_mixed(members: list[CheckedRow]) -> bool:
    """Is somebody the spouse of another head than the one above, or are there two of them?"""
    spouses = _apart([row for row in members if _relation(row) == SPOUSE])
    heads = [row for row in members if _relation(row) == HEAD]
    return len(spouses) > 1 or any(
        spouse.values.get("性别") == head.values.get("性别") for spouse in spouses for head in heads
    )


def _hold_household(members: list[CheckedRow], code: str, field: str, others: str) -> None:
    for row in members:
        row.add(code, field, policy=Policy.HELD, others=others)


def _hold_torn_families(households: Iterable[list[CheckedRow]]) -> None:
    """A family without its head, who stands under another number in the same village: one of the numbers is mistyped, or
    written in another way (12 for 0012, with the person's number behind it)."""
    listed: set[tuple[str, str]] = set()
    headed: set[tuple[str, str]] = set()
    without: list[list[CheckedRow]] = []
    for members in households:
        first = members[0]
        if not first.household or first.household[0] != "no":
            continue
        head, number = first.values.get("户主姓名"), first.household[1]
        if any(_relation(row) == HEAD or (head and row.values.get("姓名") == head) for row in members):
            headed |= {(first.village, one.lstrip("0")) for one in (number, _BEHIND_NUMBER.sub("", number))}
            if head:
                listed.add((first.village, head))
        elif head or any(map(_relation, members)):
            without.append(members)
    for members in without:
        first = members[0]
        stem = _BEHIND_NUMBER.sub("", first.household[1] if first.household else "").lstrip("0")
        if (first.village, first.values.get("户主姓名")) in listed or (first.village, stem) in headed:
            _hold_household(members, "HOUSEHOLD_AMBIGUOUS", "household_no", "")


def _check_heads_name(members: list[CheckedRow], heads: list[CheckedRow], *, has_relation: bool) -> None:
    """The household keeps its head's name even when the head is not in the roster."""
    name = next((row.values["户主姓名"] for row in members if row.values.get("户主姓名")), None)
    for head in heads if len(_apart(heads)) == 1 else ():
        if not _is_named_doubtfully(head) and head.values.get("户主姓名") not in (None, head.values["姓名"]):
            head.add("HEAD_DIFFERS", "relation", written=HEAD, before=gettext("户主姓名"))
    listed = heads or [row for row in members if name and row.values.get("姓名") == name]
    for row in () if heads else listed:
        if relation := _relation(row):  # by her name she is the head, by her relation somebody else
            row.add("HEAD_DIFFERS", "relation", written=relation, before=gettext("户主姓名"))
    if name is None and heads:
        name = heads[0].values.get("姓名")
    for row in members:
        row.values["户主姓名"] = row.values.get("户主姓名") or name
        if not listed and has_relation:
            row.add("HOUSEHOLD_NO_HEAD", "relation")


def _check_agreement(members: list[CheckedRow]) -> None:
    """One household, one value a column: a different poverty status holds the household, other columns get a hint."""
    if len(members) == 1:
        return
    first = _told(members[0].values)
    if all(_told(row.values) == first for row in members):
        return
    for label in HOUSEHOLD_LABELS:
        told = {str(value) for row in members if (value := row.values.get(label)) is not None}
        if len(told) > 1 and label not in _QUIET:
            policy = Policy.HELD if label in _DECISIVE else Policy.FLAGGED
            for row in members:
                row.add("HOUSEHOLD_VALUES_DIFFER", policy=policy, written=label)
