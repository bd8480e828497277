"""Statements that balance to the fen: of a fund by entries and by donor and child, of a donor by what her money did."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Allocation, Donation, Donor, Fund, FundEntry, Grant
from households.access import steward
from households.identity import mask_name
from households.models import User

NOTHING = Decimal("0.00")
# A grant → its child and her place, as the viewer may read them.
type Teller = Callable[[Grant], tuple[str, str]]


@dataclass(frozen=True)
class EntryLine:
    """One movement of a fund as it was written."""

    day: date
    kind: str
    what: str
    came: Decimal | None
    went: Decimal | None
    balance: Decimal


@dataclass(frozen=True)
class Use:
    """So many yuan for a child (`who`), for a day's grant."""

    who: str
    place: str
    project: str
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Gift:
    """A donation: what of it reached whom, what is left."""

    donation: Donation
    uses: list[Use]
    spent: Decimal
    left: Decimal


@dataclass(frozen=True)
class FundStatement:
    """A fund: `came` and `went` are valid donations and grants; they, its entries and its gifts agree with its balance."""

    fund: Fund
    entries: list[EntryLine]
    gifts: list[Gift]
    came: Decimal
    went: Decimal


@dataclass(frozen=True)
class DonorStatement:
    """A donor: what she gave into funds, what she paid directly, what became of it."""

    donor: Donor
    gifts: list[Gift]
    direct: list[Use]
    given: Decimal
    spent: Decimal
    left: Decimal
    paid_directly: Decimal
    children: int


@steward()
def fund_statement(fund: Fund, *, user: User, masked: bool) -> FundStatement:
    """The fund's statement (the caller has checked that the user sees it); `masked`: children as 王某某. Children outside her
    regions are told as such."""
    told = _teller(user, masked=masked)
    entries = FundEntry.objects.filter(fund=fund).order_by("pk")
    names = _sources(fund)
    donations = list(
        Donation.objects.filter(fund=fund, voided_at=None).select_related("donor").order_by("received_on", "pk")
    )
    gifts = _gifts(donations, told)
    return FundStatement(
        fund=fund,
        entries=[_entry_line(entry, names, told) for entry in entries],
        gifts=gifts,
        came=sum((gift.donation.amount for gift in gifts), NOTHING),
        went=sum((gift.spent for gift in gifts), NOTHING),
    )


@steward()
def donor_statement(donor: Donor, *, user: User) -> DonorStatement:
    """The donor's own copy: children are masked, those outside the user's regions told as such."""
    told = _teller(user, masked=True)
    donations = list(
        Donation.objects.filter(donor=donor, voided_at=None)
        .select_related("donor", "fund")
        .order_by("received_on", "pk")
    )
    gifts = _gifts(donations, told)
    direct = Grant.objects.filter(donor=donor, voided_at=None, amount__isnull=False)
    grants = list(direct.select_related("person", "village", "project").order_by("granted_on", "pk"))
    people = set(Allocation.objects.filter(donation__in=donations).values_list("grant__person", flat=True))
    return DonorStatement(
        donor=donor,
        gifts=gifts,
        direct=[_use(grant, grant.amount or NOTHING, told) for grant in grants],
        given=sum((gift.donation.amount for gift in gifts), NOTHING),
        spent=sum((gift.spent for gift in gifts), NOTHING),
        left=sum((gift.left for gift in gifts), NOTHING),
        paid_directly=sum((grant.amount or NOTHING for grant in grants), NOTHING),
        children=len(people | {grant.person_id for grant in grants}),
    )


def _gifts(donations: list[Donation], told: Teller) -> list[Gift]:
    uses: dict[int, list[Use]] = defaultdict(list)
    rows = Allocation.objects.filter(donation__in=donations).select_related(
        "grant__person", "grant__village", "grant__project"
    )
    for one in rows.order_by("grant__granted_on", "pk"):
        uses[one.donation_id].append(_use(one.grant, one.amount, told))
    gifts = []
    for donation in donations:
        spent = sum((use.amount for use in uses[donation.pk]), NOTHING)
        gifts.append(Gift(donation, uses[donation.pk], spent, donation.amount - spent))
    return gifts


def _teller(user: User, *, masked: bool) -> Teller:
    """How a grant's child and her place are told to the user."""

    def told(grant: Grant) -> tuple[str, str]:
        if not user.covers(grant.village_id):
            return _("其他区划的学生"), ""
        return mask_name(grant.person.name) if masked else grant.person.name, grant.village.path

    return told


def _use(grant: Grant, amount: Decimal, told: Teller) -> Use:
    return Use(*told(grant), grant.project.name, grant.paid_on or grant.granted_on, amount)


def _sources(fund: Fund) -> dict[tuple[str, int], Any]:
    """The donations and grants that the fund's entries tell of, voided ones among them."""
    donations = Donation.objects.filter(pk__in=fund.entries.values("donation")).select_related("donor")
    grants = Grant.objects.filter(pk__in=fund.entries.values("grant")).select_related("person", "village")
    found: dict[tuple[str, int], Any] = {("donation", one.pk): one for one in donations}
    return found | {("grant", one.pk): one for one in grants}


def _entry_line(entry: FundEntry, names: dict[tuple[str, int], Any], told: Teller) -> EntryLine:
    if entry.donation_id is not None:
        gift = names.get(("donation", entry.donation_id))
        what = f"{gift.donor.name} {gift.receipt_no}".strip() if gift else _("（已撤回的捐赠）")
    else:
        grant = names.get(("grant", entry.grant_id or 0))
        what = _("（已撤回的助学记录）")
        if grant:
            what = " ".join(told(grant)).strip()
    return EntryLine(
        day=entry.day,
        kind=str(entry.get_kind_display()),
        what=what,
        came=entry.amount if entry.amount > 0 else None,
        went=-entry.amount if entry.amount < 0 else None,
        balance=entry.balance,
    )
