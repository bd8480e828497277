"""What a batch's page shows: figures, tabs, and the rows of one page as this viewer may see them."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.batch_undo import DecidedLines, decided_lines, decided_missing
from campaigns.kinds import KINDS
from households.access import Permission, in_scope, within
from households.identity import mask_id, mask_phone
from households.intake.kinds import Kind
from households.intake.models import Decision, ImportBatch, MissingDecision, StagedRow
from households.intake.rows import CheckedRow, is_beyond, sentences, title
from households.intake.staged_rows import unpacked
from households.models import HouseholdSpell, Membership, Region, User
from households.roster.missing import missing_people
from households.wording import listed, running, word

PAGE_SIZE = 50

Status, Change = StagedRow.Status, StagedRow.Change
# Illness and disability, also where a cause or a remark speaks of them.
SENSITIVE = frozenset({"健康状况", "残疾类别", "残疾等级", "是否参加大病医疗", "主要致贫原因", "其他致贫原因", "备注"})
SENSITIVE |= {"病情", "检查结果", "未承保原因"}
_PHONES = frozenset({"联系电话", "户主联系电话", "包联人电话", "捐赠人电话", "监护人电话"})
_LONG_NUMBER = re.compile(r"(?<!\d)\d{14,17}[\dXx]")
# With a birth date inside, so that numbers of households (16 digits) and of their members (18) stay readable; of 15, 17 (one
# digit lost), 18 and more digits.
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_NUMBER = re.compile(rf"(?<!\d)\d{{6}}(?:(?:19|20)\d\d{_DAY}\d{{3}}(?:[\dXx]\d{{0,4}})?|\d\d{_DAY}\d{{3}})(?!\d)")
_MISSING = "missing"
# Tab → its label, the name of its figure, and which rows it shows.
_TABS: dict[str, tuple[Any, str, dict[str, str]]] = {
    "all": (gettext_lazy("全部"), "rows", {}),
    "new": (gettext_lazy("新增"), "new", {"change": Change.NEW}),
    "changed": (gettext_lazy("变更"), "changed", {"change": Change.CHANGED}),
    "unchanged": (gettext_lazy("无变化"), "unchanged", {"change": Change.UNCHANGED}),
    "held": (gettext_lazy("待核实"), "held", {"status": Status.HELD}),
    "rejected": (gettext_lazy("退回修改"), "rejected", {"status": Status.REJECTED}),
    "merged": (gettext_lazy("重复合并"), "merged", {"status": Status.MERGED}),
    "flagged": (gettext_lazy("有提示"), "flagged", {"status": Status.FLAGGED}),
    _MISSING: (gettext_lazy("本册未列"), "missing", {}),
}
# Statuses whose figure is called otherwise.
_FIGURE_OF = {Status.FLAGGED: "flagged"}
_FILE_FIGURES = [
    (gettext_lazy("数据行"), "rows"),
    *((label, figure) for label, figure, rows in _TABS.values() if rows and figure != "flagged"),
]
_BADGES = {
    Status.IMPORTED: "badge-ok",
    Status.FLAGGED: "badge-info",
    Status.HELD: "badge-warn",
    Status.REJECTED: "badge-bad",
    Status.MERGED: "badge-muted",
}


@dataclass(frozen=True)
class Tab:
    """One filter of the rows with its figure."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class ChangedCell:
    """A cell that the file would change: the register's value and the file's, as shown."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One row of the workbook as this viewer may see it. `place`: sheet and row as Excel shows them; `decided`: what was
    decided about a doubt, when and by whom."""

    place: str
    name: str
    detail: str
    number: str
    household: str
    village: str
    verdict: str
    badge: str
    decided: str
    changes: list[ChangedCell]
    column: str
    reason: str


@dataclass(frozen=True)
class MissingLine:
    """A registered person of the roster's villages who does not stand in it. `stayed`: who has said of an earlier roster, and of
    which day, that she lives there all the same."""

    person_id: int
    name: str
    detail: str
    household: str
    household_id: int
    village: str
    stayed: str


@dataclass(frozen=True)
class FileFigures:
    """One file of a batch of several: `number` to ask for it by, its figures by name. Who is missing, no file tells alone."""

    number: int
    name: str
    counts: dict[str, int]

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Label and number of each of its figures, for a table."""
        return [(str(label), self.counts.get(figure, 0)) for label, figure in _FILE_FIGURES]


@dataclass(frozen=True)
class Page:
    """One page of lines under one tab; `next_key` continues after it (None: the last one).

    `files`: empty for a batch of one file; `file`: the only one shown. `decided`: under the tab of the missing, what was
    decided about those who are no longer among them.
    """

    tab: str
    file: FileFigures | None
    files: list[FileFigures]
    tabs: list[Tab]
    lines: list[Line]
    missing: list[MissingLine]
    next_key: int | None
    decided: DecidedLines | None = None


def page(user: User, batch: ImportBatch, tab: str, after: int, file: int = 0) -> Page:
    """One page of a batch that the user may see, of all its files or of one. Raises ValueError for an unknown tab or file."""
    files = _files(user, batch)
    chosen = next((one for one in files if one.number == file), None)
    if tab not in _TABS or (file and (chosen is None or tab == _MISSING)):
        raise ValueError(tab)
    counts = chosen.counts if chosen else dict(batch.counts)
    if counts.get(_MISSING) and batch.state == ImportBatch.State.APPLIED:
        counts[_MISSING] = missing_people(user, batch).count()  # decided ones have left the list
    tabs = [Tab(key, str(label), counts.get(figure, 0)) for key, (label, figure, _rows) in _TABS.items()]
    has_decided = decided_missing(batch).exists()
    shown = [one for one in tabs if one.count or one.key in ("all", tab) or (one.key == _MISSING and has_decided)]
    if tab == _MISSING:
        people = list(missing_people(user, batch).filter(person_id__gt=after)[: PAGE_SIZE + 1])
        next_key = people[PAGE_SIZE - 1].person_id if len(people) > PAGE_SIZE else None
        decided = decided_lines(user, decided_missing(batch)) if has_decided and not after else None
        return Page(tab, chosen, files, shown, [], _missing_lines(user, batch, people[:PAGE_SIZE]), next_key, decided)
    rows = rows_of(user, batch).filter(pk__gt=after, **_TABS[tab][2])
    if chosen:
        rows = rows.filter(sheet__in=batch.layout["files"][chosen.name])
    found = list(rows.order_by("pk")[: PAGE_SIZE + 1])
    next_key = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return Page(tab, chosen, files, shown, _lines(user, batch, found[:PAGE_SIZE]), [], next_key)


def _files(user: User, batch: ImportBatch) -> list[FileFigures]:
    """The figures of each file of a batch of several, as far as its rows are the user's business; else not even its name."""
    sheets: dict[str, list[str]] = batch.layout.get("files", {})
    if not sheets:
        return []
    counts: dict[str, Counter[str]] = {file: Counter() for file in sheets}
    file_of = {sheet: file for file, own in sheets.items() for sheet in own}
    alike = rows_of(user, batch).values_list("sheet", "status", "change").annotate(Count("pk")).order_by()
    for sheet, status, change, number in alike:
        told = counts[file_of[sheet]]
        told["rows"] += number
        told[_FIGURE_OF.get(status, status)] += number
        told[change] += number
    every = sees_all(user, batch)
    return [
        FileFigures(number, name, dict(told)) for number, (name, told) in enumerate(counts.items(), 1) if told or every
    ]


def rows_of(user: User, batch: ImportBatch) -> QuerySet[StagedRow]:
    """The batch's rows as far as they are the user's business: all for who could have uploaded it, else her villages'."""
    rows = StagedRow.objects.filter(batch=batch)
    return rows if sees_all(user, batch) else rows.filter(in_scope("village_code", user.regions))


def sees_all(user: User, batch: ImportBatch) -> bool:
    """Could the user have uploaded the batch herself?"""
    return bool(batch.regions) and all(within(region, user.regions) for region in batch.regions)


def verdict(status: str, change: str, *, is_applied: bool) -> str:
    """What becomes (or became) of a row, in the officer's words."""
    if status in (Status.IMPORTED, Status.FLAGGED):
        went = _("已导入") if is_applied else _("可导入")
        return f"{went} · {Change(change).label}" if change else went
    return str(Status(status).label)


def remarks(row: CheckedRow, labels: dict[str, str], user: User) -> str:
    """Why a row is held, sent back or flagged, as far as this user may know; long numbers masked."""
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    open_to_all = [one for one in row.open_findings if sensitive or labels.get(one.field) not in SENSITIVE]
    closed = [one for one in row.open_findings if one not in open_to_all]
    told = sentences(open_to_all, labels, beyond=is_beyond(row, user.regions))
    return masked_numbers(running([told, *map(title, closed)]))


def masked_numbers(text: str) -> str:
    """A text with the long numbers in it masked."""
    return _LONG_NUMBER.sub(lambda found: mask_id(found[0]), text)


def masked_ids(text: str) -> str:
    """A cell's text with identity numbers masked that stand where none belongs, as 户编号 or in 备注."""
    return _ID_NUMBER.sub(lambda found: mask_id(found[0]), text)


def _lines(user: User, batch: ImportBatch, staged: list[StagedRow]) -> list[Line]:
    kind = KINDS[batch.kind]
    labels = kind.labels
    sensitive = user.may(Permission.VIEW_SENSITIVE)
    rows = [unpacked(row, batch.layout) for row in staged]
    codes = {row.village for row in rows} | {str(row.before.get("village_code")) for row in rows}
    villages = {code: region.path for code, region in Region.objects.in_bulk(codes).items()}
    several = len(batch.layout["letters"]) > 1
    is_applied = batch.state == ImportBatch.State.APPLIED
    decided = _decided([one.pk for one in staged if one.closed == StagedRow.Closed.DECIDED])
    return [
        Line(
            place=f"{row.sheet} {row.number}" if several else str(row.number),
            name=row.values.get(kind.named) or _("（未填）"),
            detail=detail(row, kind),
            number=mask_id(row.values.get("证件号码") or ""),
            household=masked_ids(row.values.get("户主姓名") or row.values.get("户编号") or ""),
            village=villages.get(row.village, ""),
            verdict=str(StagedRow.Closed(one.closed).label)
            if one.closed
            else verdict(row.status, row.change, is_applied=is_applied),
            badge=_BADGES[Status.MERGED if one.closed else Status(row.status)],
            decided=decided.get(one.pk, ""),
            changes=[] if is_beyond(row, user.regions) else _changes(row, villages, sensitive=sensitive),
            column=column_name(one.column, row.sheet, batch.layout["letters"], labels),
            reason=remarks(row, labels, user),
        )
        for one, row in zip(staged, rows, strict=True)
    ]


def _decided(rows: Collection[int]) -> dict[int, str]:
    """Row → the decision that settled it, in words; of a row settled with its twin nothing."""
    found = Decision.objects.filter(row__in=rows).select_related("decided_by").order_by("pk")
    return {
        one.row_id: _("%(choice)s，%(who)s，%(at)s")
        % {
            "choice": one.get_choice_display(),
            "who": one.decided_by,
            "at": f"{timezone.localtime(one.decided_at):%Y-%m-%d %H:%M}",
        }
        for one in found
    }


def decisions_of(batches: Sequence[ImportBatch]) -> dict[UUID, str]:
    """Of batches that are decisions about one row: which row it was, and what was decided if it stands; without the name."""
    own = [one.pk for one in batches if not one.file_digest]
    choice = Decision.objects.filter(row__closed_by=OuterRef("batch")).order_by("-pk").values("choice")[:1]
    rows = StagedRow.objects.filter(batch__in=own).values_list("batch", "sheet", "row_number", Subquery(choice))
    return {
        batch: " ".join(
            [
                _("“%(sheet)s”第%(row)s行") % {"sheet": sheet, "row": number},
                *([str(Decision.Choice(made).label)] if made else []),
            ]
        )
        for batch, sheet, number, made in rows
    }


def detail(row: CheckedRow, kind: Kind[Any]) -> str:
    """What a list tells about a row beside its name: of a person who she is, of a ledger's row what was done."""
    told = [(label, value) for label in kind.shown if (value := row.values.get(label)) not in (None, "", [])]
    if "性别" in kind.shown:
        return " ".join(word(str(value)) for _label, value in told)
    return listed(f"{word(label)} {shown_value(label, value, sensitive=True)}" for label, value in told)


def column_name(field: str, sheet: str, letters: dict[str, dict[str, str]], labels: dict[str, str]) -> str:
    """The problem's column as Excel and the officer name it: `F列 证件号码`."""
    if not field:
        return ""
    letter = letters.get(sheet, {}).get(field)
    label = word(labels.get(field, ""))
    return _("%(letter)s列 %(label)s") % {"letter": letter, "label": label} if letter else label


def _changes(row: CheckedRow, villages: dict[str, str], *, sensitive: bool) -> list[ChangedCell]:
    cells = []
    for label, old in row.before.items():
        new = row.values.get(label)
        if new == old:  # her household's value is changed by another of its rows
            continue
        if label == "village_code":
            cells.append(ChangedCell(_("所在村"), villages.get(str(old), ""), villages.get(str(new), "")))
        else:
            cells.append(
                ChangedCell(word(label), shown_value(label, old, sensitive), shown_value(label, new, sensitive))
            )
    return cells


def shown_value(label: str, value: Any, sensitive: bool) -> str:
    """A value as this viewer may see it: numbers masked, illness for who may see it."""
    if value is None or value == "" or value == []:
        return _("（空）")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    parts = [word(str(part)) for part in value] if isinstance(value, list) else [word(str(value))]
    return masked(label, listed(parts), sensitive)


def masked(label: str, text: str, sensitive: bool) -> str:
    """A cell's text as this viewer may see it."""
    if label in SENSITIVE and not sensitive:
        return _("（已登记）")
    if label == "证件号码":
        return mask_id(text)
    if label in _PHONES:
        return listed(mask_phone(one) for one in text.split("、"))
    return masked_ids(text)


def _missing_lines(user: User, batch: ImportBatch, members: list[Membership]) -> list[MissingLine]:
    spells = HouseholdSpell.objects.visible_to(user).filter(
        household__in=[member.household_id for member in members], period__contains=batch.as_of
    )
    villages = {spell.household_id: spell.village.path for spell in spells.select_related("village")}
    stayed = _stayed([member.person_id for member in members])
    return [
        MissingLine(
            person_id=member.person_id,
            name=member.person.name,
            detail=" ".join(
                filter(None, (member.person.get_sex_display(), str(member.person.birth_date), word(member.relation)))
            ),
            household=member.household.head_name or member.household.number,
            household_id=member.household_id,
            village=villages.get(member.household_id, ""),
            stayed=stayed.get(member.person_id, ""),
        )
        for member in members
    ]


def _stayed(people: Collection[int]) -> dict[int, str]:
    """Person → the last time that a roster left her out and somebody has said that she lives there."""
    stays = MissingDecision.objects.filter(
        person__in=people, choice=MissingDecision.Choice.STAYS, batch__state=ImportBatch.State.APPLIED
    )
    return {
        one.person_id: f"{one.day:%Y-%m-%d} {one.decided_by}"
        for one in stays.select_related("decided_by").order_by("decided_at")
    }
