"""A data row on its way through the intake: clean values, findings, verdict. Knows no domain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from households.access import within
from households.intake.messages import ROW_CODES, Policy, policy_of, row_message
from households.wording import running, word

# The finding on a row that is taken as it was decided: see decided_before.
DECIDED_BEFORE = "DECIDED_BEFORE"
# With these a row is merged into another of the file.
_MERGING = frozenset({"DUPLICATE_IN_FILE", "ROW_REPEATED"})


class Finding(NamedTuple):
    """One remark on a row. `field`: the engine's name of the cell's column, "" for the whole row. `is_compared`: it
    comes from the comparison with the register, not from the file alone; then `at` among its params is the village where
    what it speaks of is registered, if that may be another than the row's."""

    code: str
    field: str = ""
    policy: Policy = Policy.FLAGGED
    params: dict[str, str] = {}
    is_compared: bool = False


def finding(code: str, field: str = "", *, policy: Policy | None = None, **params: str) -> Finding:
    """A finding with the code's own policy unless told otherwise."""
    return Finding(code, field, policy_of(code) if policy is None else policy, params)


@dataclass(slots=True)
class CheckedRow:
    """`number` is the row in Excel. `values` by officer's label, JSON-ready, None = not told.

    `id_key`: the person's key (18 characters) or ""; `id_index`: its blind index. `counted`: the file's running number of her
    household, where it counts households; `section`: how many headings stand above her row; `head_number`: her head's
    identity number as written, only for telling heads of one name apart. `village`: 12 digits or "". `household`: what names
    the household in this file, None when nothing does. `change`, `before` (label → registered value), `person_id` come from
    the comparison with the register; `is_merged`: another row of the file stands for this one. `is_softened`: damaged, but it
    fits one registered person. `accepted`: codes that no longer hold the row, because somebody has looked at it and decided,
    or the register knows the answer. `meant`: the registered person of whom somebody has said that it is her.
    """

    sheet: str
    number: int
    values: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    village: str = ""
    id_key: str = ""
    remains: str = ""
    counted: Any = None
    section: int = 0
    head_number: str = ""
    household: tuple[str, ...] | None = None
    is_merged: bool = False
    change: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    person_id: int | None = None
    id_index: bytes | None = None
    is_softened: bool = False
    accepted: frozenset[str] = frozenset()
    meant: int | None = None

    @property
    def policy(self) -> Policy:
        """The gravest finding's; a row that fits a known person is held where it would be sent back."""
        if not self.findings:
            return Policy.SILENT
        gravest = max(Policy.FLAGGED if one.code in self.accepted else one.policy for one in self.findings)
        return Policy.HELD if self.is_softened and gravest is Policy.REJECTED else gravest

    @property
    def status(self) -> str:
        """imported, imported_flagged, held, rejected or merged (StagedRow.Status)."""
        policy = self.policy
        if policy >= Policy.HELD:
            return "held" if policy is Policy.HELD else "rejected"
        if self.is_merged:
            return "merged"
        return "imported_flagged" if policy is Policy.FLAGGED else "imported"

    @property
    def is_in(self) -> bool:
        """Will this row be written?"""
        return not self.is_merged and (not self.findings or self.policy < Policy.HELD)

    @property
    def open_findings(self) -> list[Finding]:
        """Those that still ask for something: where a decision about the same row holds, not what it has settled."""
        settled = self.is_in and any(one.code == DECIDED_BEFORE for one in self.findings)
        return [one for one in self.findings if one.policy < Policy.HELD] if settled else self.findings

    def add(self, code: str, field: str = "", *, policy: Policy | None = None, **params: str) -> None:
        """Put one more finding on the row, once."""
        if not any(one.code == code and one.field == field for one in self.findings):
            self.findings.append(finding(code, field, policy=policy, **params))

    def add_compared(self, code: str, field: str = "", **params: str) -> None:
        """Put a finding on the row that comes from the register, once however many of its records tell it."""
        found = Finding(code, field, policy_of(code), params, is_compared=True)
        if found not in self.findings:
            self.findings.append(found)


def without_comparison(row: CheckedRow) -> CheckedRow:
    """The row as the file alone tells it, ready to be compared again."""
    compared = [one for one in row.findings if one.is_compared]
    row.is_merged = row.is_merged and not any(one.code in _MERGING for one in compared)
    row.findings = [one for one in row.findings if not one.is_compared]
    row.change, row.before, row.person_id, row.is_softened = "", {}, None, False
    return row


def codes_of(findings: list[Finding]) -> list[str]:
    """The codes, each once, gravest first."""
    return list(dict.fromkeys(one.code for one in sorted(findings, key=lambda one: -one.policy)))


def is_beyond(row: CheckedRow, regions: Sequence[str]) -> bool:
    """Does the row mean somebody, or a household, registered outside these regions?"""
    villages = {one.params.get("at") for one in row.findings} | {row.before.get("village_code")}
    return any(village and not within(village, regions) for village in villages)


def sentence(one: Finding, labels: dict[str, str], *, beyond: bool = False) -> str:
    """A finding in words; `beyond`: for a row that `is_beyond` the reader's regions, without what the register says."""
    if beyond and one.is_compared:
        return title(one)
    params = {"column": word(labels.get(one.field, one.field)), **one.params}
    return row_message(one.code, params, is_compared=one.is_compared)


def title(one: Finding) -> str:
    """What a finding is about, without anything of the row or the register."""
    return _("%(title)s。") % {"title": ROW_CODES[one.code].title if one.code in ROW_CODES else _("需要核实")}


def sentences(findings: list[Finding], labels: dict[str, str], *, beyond: bool = False) -> str:
    """All findings as one text in the current language, gravest first. `labels`: field → officer's word; `beyond` as above."""
    told = [sentence(one, labels, beyond=beyond) for one in sorted(findings, key=lambda one: -one.policy)]
    if beyond:
        told.append(_("有关的登记在您负责的区划以外，内容不在这里显示；请与县（市、区）妇联核对。"))
    return running(dict.fromkeys(told))
