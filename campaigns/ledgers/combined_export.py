"""The combined ledger as it stands: a row per registered woman and child, in the layout that is taken back.

Identity numbers are masked; 系统编号 stands for the person when the workbook comes back. Whoever has several helpers has a
further row for each of the others.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _

from campaigns.business_day import year_begun
from campaigns.ledgers.combined import COMBINED
from campaigns.models import (
    Cleaning,
    Contact,
    CountingRules,
    Grant,
    InsuredPerson,
    Pairing,
    Standing,
    Target,
)
from households.access import code_range
from households.identity import mask_id
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Membership, Person, Region, User
from households.places import display_name
from households.row_keys import row_key

_KEY, _REMARK = "系统编号", "备注"
_WIDTHS = {
    _KEY: 18,
    "证件号码": 20,
    "行政村": 14,
    "包联人单位": 20,
    "包联人电话": 14,
    "保单号": 18,
    "助学项目": 18,
    _REMARK: 30,
}


def write_combined(file: IO[bytes], user: User, region: Region, day: date) -> None:
    """Write the .xlsx of a region of the user's on a day. What is told is what the columns of the ledger would record."""
    write_book(file, [combined_sheet(user, region, day, str(COMBINED.title))])


def combined_sheet(user: User, region: Region, day: date, name: str) -> NewSheet:
    """The same as one sheet of a workbook."""
    headings = (_KEY, *COMBINED.template, _REMARK)
    return NewSheet(
        name, headings, [_WIDTHS.get(heading, 12) for heading in headings],
        ([cells.get(heading, "") for heading in headings] for cells in _rows(user, region, day)),
    )  # fmt: skip


def _rows(user: User, region: Region, day: date) -> Iterator[dict[str, str | int]]:
    standing = Standing.objects.visible_to(user).filter(
        code_range("village_code", region.code), target=Target.PAIRING, eligible__contains_day=day
    )
    village_of = dict(standing.values_list("unit_id", "village_code"))
    homes = {
        one.person_id: one
        for one in Membership.objects.filter(person__in=village_of, period__contains=day).select_related(
            "person", "household"
        )
    }
    done = _Done([home.household_id for home in homes.values()], list(homes), day)
    names = dict(Region.objects.filter(code_range("code", region.code[:6])).values_list("code", "name"))
    for person, village in sorted(village_of.items(), key=lambda item: (item[1], homes[item[0]].household_id, item[0])):
        home = homes[person]
        who: dict[str, str | int] = {
            _KEY: row_key(person),
            "乡镇": names[village[:9]],
            "行政村": display_name(village, names[village]),
            "户主姓名": home.household.head_name,
            "姓名": home.person.name,
            "证件号码": mask_id(home.person.id_number) if home.person.id_number else "",
        }
        first, *others = done.pairings(person) or [{}]
        yield who | first | done.of(home)
        for other in others:
            yield who | other


class _Done:
    """What was done for these households and people up to the day, as cells."""

    def __init__(self, households: list[int], people: list[int], day: date) -> None:
        rules = CountingRules.objects.order_by("campaign_year__start", "version").last()
        self._counting = set(rules.contact_kinds) if rules else set()
        valid: dict[str, Any] = {"voided_at": None}
        self._contacts: dict[int, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.filter(household__in=households, done_on__lte=day, **valid).select_related(
            "attended_by"
        ):
            self._contacts[contact.household_id].append(contact)
        self._cleanings = {
            one.household_id: one
            for one in Cleaning.objects.filter(household__in=households, round_number=1, done_on__lte=day, **valid)
        }
        self._pairings: dict[int, list[Pairing]] = defaultdict(list)
        personal = Pairing.objects.filter(person__in=people, kind=Pairing.Kind.PERSONAL, period__contains=day, **valid)
        for pairing in personal.select_related("helper").order_by("period", "pk"):
            self._pairings[pairing.person_id].append(pairing)
        accepted = InsuredPerson.objects.filter(
            person__in=people, state=InsuredPerson.State.ACCEPTED, period__contains=day, **valid
        )
        self._insured = {one.person_id: one for one in accepted.select_related("policy").order_by("pk")}
        year = year_begun(day)
        grants = Grant.objects.filter(
            person__in=people, granted_on__range=(year.start if year else date.min, day), project__counts=True, **valid
        )
        self._grants = {one.person_id: one for one in grants.select_related("project").order_by("-granted_on", "-pk")}

    def pairings(self, person: int) -> list[dict[str, str | int]]:
        """The cells of each of her helpers."""
        return [
            {
                "包联人": one.helper.name,
                "包联人单位": one.helper.unit,
                "包联人职务": one.helper.post,
                "包联人电话": one.helper.phone or "",
                "结对时间": one.period.lower.isoformat(),
            }
            for one in self._pairings[person]
        ]

    def of(self, home: Membership) -> dict[str, str | int]:
        """The cells of the other four targets."""
        cells: dict[str, str | int] = dict(self._contact(home.household_id, home.person))
        if cleaning := self._cleanings.get(home.household_id):
            cells["清洁"] = cleaning.done_on.isoformat()
        if insured := self._insured.get(home.person_id):
            cells |= {"投保": insured.period.lower.isoformat(), "保单号": insured.policy.number}
        if grant := self._grants.get(home.person_id):
            amount = "" if grant.amount is None else f"{grant.amount.normalize():f}"
            cells |= {"助学": grant.granted_on.isoformat(), "助学项目": grant.project.name, "助学金额": amount}
        return cells

    def _contact(self, household: int, person: Person) -> dict[str, str | int]:
        """The first counting contact. A lecture is told in the row of who attended, in the others' as a remark."""
        counting = sorted(
            (one for one in self._contacts[household] if one.kind in self._counting),
            key=lambda one: (one.kind == Contact.Kind.LECTURE and one.attended_by_id != person.pk, one.done_on, one.pk),
        )
        if not counting:
            return {}
        contact = counting[0]
        if contact.kind == Contact.Kind.LECTURE and contact.attended_by is not None and contact.attended_by != person:
            remark = _("本户由%(name)s参加%(day)s的集中培训") % {
                "name": contact.attended_by.name, "day": contact.done_on.isoformat(),
            }  # fmt: skip
            return {_REMARK: remark}
        return {"宣传": contact.done_on.isoformat(), "宣传方式": str(contact.get_kind_display())}
