"""The queue of doubts and one doubt with both sides, as this viewer may see them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.batch_preview import column_name, detail, masked, remarks, shown_value, verdict
from campaigns.kinds import KINDS
from households.access import Permission, in_scope
from households.identity import mask_id
from households.intake.deciding import acceptable, fields_of, identities, registered
from households.intake.kinds import Kind
from households.intake.messages import Policy
from households.intake.models import Decision, ImportBatch, StagedRow
from households.intake.open_rows import open_rows
from households.intake.rows import CheckedRow, is_beyond
from households.intake.staged_rows import unpacked
from households.models import Membership, Person, Region, User
from households.roster.kind import ROSTER
from households.roster.storage import PERSON, PERSON_SURVEY, shown
from households.wording import word

PAGE_SIZE = 50
MOST_SIDES = 4
# Which cells can be written over: what names the person and the place, besides the cells that are in doubt.
_ALWAYS = ("name", "id_no", "sex", "birth_date", "township", "village", "household_no", "head_name")


@dataclass(frozen=True)
class Doubt:
    """One line of the queue."""

    pk: int
    file: str
    place: str
    name: str
    detail: str
    number: str
    village: str
    verdict: str
    status: str
    column: str
    reason: str


@dataclass(frozen=True)
class Queue:
    """One page; `next_key` continues after it."""

    tab: str
    counts: dict[str, int]
    lines: list[Doubt]
    next_key: int | None


@dataclass(frozen=True)
class Comparison:
    """One label and what each side says; `differs`: the sides do not agree."""

    label: str
    values: list[str]
    differs: bool


@dataclass(frozen=True)
class CellInput:
    """A cell that can be corrected: `value` as shown in the input, "" for one that is not shown in plain."""

    field: str
    label: str
    value: str
    hint: str
    is_doubtful: bool


@dataclass(frozen=True)
class Sides:
    """A doubt to decide. `sides`: headings of the columns of `rows`; `may_accept`: one click settles it; `may_retry`: one
    click tries it again, because what the register said may have been put right; `identities`: choice and label of the
    clicks that say that the row is the registered person."""

    line: Doubt
    household_id: int | None
    sides: list[str]
    rows: list[Comparison]
    cells: list[CellInput]
    may_accept: bool
    may_retry: bool
    identities: list[tuple[str, str]]

    @property
    def headed(self) -> list[tuple[Comparison, list[tuple[str, str]]]]:
        """Each row with its values under their headings."""
        return [(row, list(zip(self.sides, row.values, strict=True))) for row in self.rows]


# People who are not in the register stand in rosters; a ledger's row is work that is not recorded.
_TABS = {
    "all": Q(),
    "held": Q(status=StagedRow.Status.HELD),
    "rejected": Q(status=StagedRow.Status.REJECTED),
    "roster": Q(batch__kind=ROSTER.name),
    "ledgers": ~Q(batch__kind=ROSTER.name),
}


def doubts_by_kind(user: User) -> tuple[int, int]:
    """How many rows of rosters and of ledgers wait for the user."""
    counts = open_rows(user).aggregate(roster=Count("pk", filter=_TABS["roster"]), all=Count("pk"))
    return counts["roster"], counts["all"] - counts["roster"]


def queue(user: User, tab: str, after: int) -> Queue:
    """One page of the user's open doubts, oldest first. Raises ValueError for an unknown tab."""
    if tab not in _TABS:
        raise ValueError(tab)
    rows = open_rows(user)
    counts = rows.aggregate(**{key: Count("pk", filter=which) for key, which in _TABS.items()})
    found = list(rows.filter(_TABS[tab], pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    next_key = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    shown_rows = [(one, unpacked(one, one.batch.layout)) for one in found[:PAGE_SIZE]]
    villages = village_paths(row.village for _one, row in shown_rows)
    lines = [_line(user, staged, row, villages) for staged, row in shown_rows]
    return Queue(tab, counts, lines, next_key)


def sides(user: User, staged: StagedRow) -> Sides:
    """A doubt the user may see, beside the rows it contradicts and the registered person."""
    kind: Kind[Any] = KINDS[staged.batch.kind]
    row = unpacked(staged, staged.batch.layout)
    columns = [(_("表格第%(row)s行") % {"row": row.number}, row.values)]
    for other in _contradicting(user, staged)[: MOST_SIDES - 2]:
        twin = unpacked(other, staged.batch.layout)
        columns.append((_("表格第%(row)s行") % {"row": twin.number}, twin.values))
    known = registered(staged, by=user)
    member = Membership.objects.filter(person=known).select_related("household").order_by("-period").first()
    if known is not None:
        columns.append((_("登记簿"), registered_values(known, member)))
    villages = village_paths(str(values.get("village_code") or "") for _heading, values in columns)
    held = {one.code for one in row.findings if one.policy >= Policy.HELD}
    may_accept = acceptable(staged, row, kind, by=user)
    may_be_same = identities(staged, kind, by=user) if held <= may_accept | kind.probable else []
    return Sides(
        line=_line(user, staged, row, villages),
        household_id=member.household_id if known is not None and member is not None else None,
        sides=[heading for heading, _values in columns],
        rows=compared(
            [values for _heading, values in columns], villages, sensitive=user.may(Permission.VIEW_SENSITIVE)
        ),
        cells=_cells(staged, row, kind, sensitive=user.may(Permission.VIEW_SENSITIVE)),
        may_accept=row.is_softened or held <= may_accept,
        may_retry=not (may_be_same or is_beyond(row, user.regions)) and _may_have_ended(row, may_accept, kind),
        identities=_as_buttons(may_be_same),
    )


def _may_have_ended(row: CheckedRow, may_accept: Collection[str], kind: Kind[Any]) -> bool:
    """Is it only the register that kept the row out, where it may have been put right since?"""
    keeping = [one for one in row.findings if one.policy >= Policy.HELD and one.code not in may_accept]
    return bool(keeping) and all(one.is_compared and one.code not in kind.transfers for one in keeping)


def _as_buttons(choices: list[str]) -> list[tuple[str, str]]:
    """Where there is a choice between two numbers, each button names the one that holds."""
    told = {choice: str(Decision.Choice(choice).label) for choice in choices}
    if len(told) > 1:
        told[Decision.Choice.SAME] = _("是登记簿中的这一人，保留登记的号码")
    return list(told.items())


def _line(user: User, staged: StagedRow, row: CheckedRow, villages: dict[str, str]) -> Doubt:
    batch: ImportBatch = staged.batch
    kind = KINDS[batch.kind]
    return Doubt(
        pk=staged.pk,
        file=batch.file_name,
        place=_("“%(sheet)s”第%(row)s行") % {"sheet": row.sheet, "row": row.number},
        name=row.values.get(kind.named) or _("（未填）"),
        detail=detail(row, kind),
        number=mask_id(row.values.get("证件号码") or ""),
        village=villages.get(row.village, ""),
        verdict=verdict(row.status, row.change, is_applied=True),
        status=row.status,
        column=column_name(staged.column, row.sheet, batch.layout["letters"], kind.labels),
        reason=remarks(row, kind.labels, user),
    )


def village_paths(codes: Iterable[str]) -> dict[str, str]:
    """Village code → county, township and village in words."""
    return {code: region.path for code, region in Region.objects.in_bulk(set(codes)).items()}


def _contradicting(user: User, staged: StagedRow) -> QuerySet[StagedRow]:
    """Other rows of the file with the same identity number, as far as the user may see them."""
    same = StagedRow.objects.filter(batch=staged.batch, id_index=staged.id_index).exclude(pk=staged.pk)
    return same.filter(in_scope("village_code", user.regions)).order_by("pk") if staged.id_index else same.none()


def registered_values(person: Person, member: Membership | None) -> dict[str, Any]:
    """What the register knows of a person, by the labels of a roster."""
    values = {stored.label: shown(getattr(person, stored.column)) for stored in PERSON}
    values |= {label: person.survey.get(label) for label in PERSON_SURVEY}
    values |= {
        "性别": person.get_sex_display(),
        "出生日期": person.birth_date.isoformat(),
        "证件号码": person.id_number or None,
    }
    if member is not None:
        values |= {
            "与户主关系": member.relation or None,
            "户主姓名": member.household.head_name or None,
            "户编号": member.household.number or None,
        }
        spell = member.household.spells.order_by("-period").first()
        values["village_code"] = spell.village_id if spell else None
    return values


def compared(columns: list[dict[str, Any]], villages: dict[str, str], *, sensitive: bool) -> list[Comparison]:
    """One row a label that any side speaks of, as this viewer may see it; `villages`: code → words."""
    rows = []
    for label in dict.fromkeys(label for values in columns for label in values):
        told = [values.get(label) for values in columns]
        if all(value in (None, "", []) for value in told):
            continue
        if label == "village_code":
            texts = [villages.get(str(value), "") for value in told]
        else:
            texts = [
                shown_value(label, value, sensitive) if label in values else ""
                for value, values in zip(told, columns, strict=True)
            ]
        differs = len({str(value) for value in told if value not in (None, "", [])}) > 1
        rows.append(Comparison(_("所在村") if label == "village_code" else word(label), texts, differs))
    return rows


def _cells(staged: StagedRow, row: CheckedRow, kind: Kind[Any], *, sensitive: bool) -> list[CellInput]:
    told = [field for one in row.findings for field in (one.field, *sorted(kind.settled_in.get(one.code, ())))]
    doubtful = {field for field in told if field in kind.labels}
    cells = []
    written = kind.own_cells(row, fields_of(staged))
    always = (field for field in _ALWAYS if field in kind.labels)
    for field in dict.fromkeys((*always, *sorted(doubtful))):
        label = kind.labels[field]
        value = "" if field in ("township", "village") else _plain(written.get(field, row.values.get(label)))
        # What is not shown in plain stands beside the empty input: left empty, it stays what it is.
        hint = masked(label, value, sensitive) if value else ""
        is_plain = hint == value
        cells.append(
            CellInput(field, word(label), value if is_plain else "", "" if is_plain else hint, field in doubtful)
        )
    return cells


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)
