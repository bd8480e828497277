"""Enrolment: the list for the insurer. Full identity numbers leave the system here, for a stated purpose, on record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.health.insurance import reached
from campaigns.models import EnrolmentList, InsuredPerson, Policy, Standing, Target
from campaigns.recording import refuse
from households.access import Permission, code_range
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import Membership, Person, Region, User
from households.periods import age_on
from households.querysets import can

State = InsuredPerson.State
# The insurer's layout; its column names are data, as in the ledgers.
HEADINGS = ("姓名", "证件类型", "证件号码", "出生日期", "年龄", "联系电话", "乡镇", "村", "保单号")
WIDTHS = (12, 14, 22, 13, 8, 16, 16, 16, 22)
ID_CARD = "居民身份证"


@dataclass(frozen=True)
class Prospect:
    """What a list for a policy would hold: women enrolled by it, women enrolled before, and who has no number for it."""

    policy: Policy
    fresh: int
    waiting: int
    without_number: int


def prospects(user: User, region: Region) -> list[Prospect]:
    """For every policy that still runs."""
    return [_prospect(user, region, policy) for policy in open_policies()]


def open_policies() -> QuerySet[Policy]:
    """Policies that have not ended on the business date, the latest first."""
    found: QuerySet[Policy] = Policy.objects.filter(period__endswith__gt=business_date())
    return found.select_related("scheme").order_by("-period", "number")


def _prospect(user: User, region: Region, policy: Policy) -> Prospect:
    all_of, numbered = candidates(user, region, policy), numbered_candidates(user, region, policy).count()
    return Prospect(policy, numbered, waiting(user, region, policy).count(), all_of.count() - numbered)


def waiting(user: User, region: Region, policy: Policy) -> QuerySet[InsuredPerson]:
    """Enrolled for the policy and not answered yet."""
    found: QuerySet[InsuredPerson] = InsuredPerson.objects.visible_to(user).filter(
        code_range("village_id", region.code), policy=policy, voided_at=None, state=State.ENROLLED
    )
    return found


def candidates(user: User, region: Region, policy: Policy) -> QuerySet[Standing]:
    """Everybody who is to be enrolled for a policy, by village.

    Eligible and not covered on its first day (or today, if it runs), within its scheme's ages, not explained by a special
    circumstance, and on no policy of the scheme yet, in whatever state.
    """
    day, scheme = max(business_date(), policy.period.lower), policy.scheme
    taken = InsuredPerson.objects.filter(policy__scheme=scheme, voided_at=None)
    of_age = Person.objects.annotate(first=reached(scheme.min_age), over=reached(scheme.max_age + 1)).filter(
        first__lte=scheme.reference_day, over__gt=scheme.reference_day
    )
    found: QuerySet[Standing] = (
        Standing.objects.visible_to(user)
        .filter(code_range("village_code", region.code), target=Target.INSURANCE, eligible__contains_day=day)
        .filter(unit_id__in=of_age.values("pk"))
        .exclude(covered__contains_day=day)
        .exclude(explained__contains_day=day)
        .exclude(unit_id__in=taken.values("person"))
        .order_by("village_code", "unit_id")
    )
    return found


def numbered_candidates(user: User, region: Region, policy: Policy) -> QuerySet[Standing]:
    """Those of them who have an identity number, without which no insurer takes anybody."""
    numbered = Person.objects.filter(id_number__isnull=False)
    return candidates(user, region, policy).filter(unit_id__in=numbered.values("pk"))


def enrol(*, by: User, region: Region, policy: Policy, purpose: str) -> EnrolmentList:
    """Enrol everybody who is to be enrolled, and note that the list leaves the system. The list itself: `write_list`.

    Sent twice, it enrols once; every list that leaves is on record.
    """
    if not (can(by, Permission.UPLOAD) and can(by, Permission.VIEW_SENSITIVE) and by.covers(region.code)):
        raise PermissionDenied
    purpose = purpose.strip()
    if not purpose:
        refuse("purpose", _("请写明名单的用途，例如“报送承保单位办理投保”。"))
    if policy.period.upper <= business_date():
        refuse("policy", _("这张保单已经到期，请选择有效的保单。"))
    reason = _("报名投保：%(purpose)s") % {"purpose": purpose}
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
        made = InsuredPerson.objects.bulk_create(
            [
                InsuredPerson(
                    policy=policy, person_id=unit, state=State.ENROLLED, period=policy.period, village_id=village, recorded_by=by
                )
                for village, unit in numbered_candidates(by, region, policy).values_list("village_code", "unit_id")
            ],
            batch_size=2000,
        )  # fmt: skip
        people = waiting(by, region, policy).count()
        if not people:
            refuse("policy", _("没有需要报名的妇女，也没有已报名待承保的，没有可以导出的名单。"))
        return EnrolmentList.objects.create(
            policy=policy, region=region, purpose=purpose, people=people, enrolled=len(made), recorded_by=by
        )


def write_list(file: IO[bytes], by: User, made: EnrolmentList) -> None:
    """The workbook for the insurer: everybody enrolled for the policy and not answered yet."""
    write_book(file, [NewSheet("报名名单", HEADINGS, WIDTHS, _rows(by, made))])


def _rows(by: User, made: EnrolmentList) -> Iterator[list[str | int]]:
    policy = made.policy
    rows = list(
        waiting(by, made.region, policy).select_related("person", "village__parent").order_by("village_id", "pk")
    )
    phones = _phones([row.person for row in rows], business_date())
    for row in rows:
        person = row.person
        yield [
            person.name,
            ID_CARD,
            person.id_number or "",
            person.birth_date.isoformat(),
            age_on(person.birth_date, policy.scheme.reference_day),
            phones.get(person.pk, ""),
            row.village.parent.short_name if row.village.parent else "",
            row.village.short_name,
            policy.number,
        ]


def _phones(people: list[Person], day: date) -> dict[int, str]:
    """Her own telephone, else the household's."""
    found: dict[int, Any] = {person.pk: person.phone for person in people}
    homes = Membership.objects.filter(
        person__in=[person.pk for person in people if not person.phone], period__contains=day
    ).select_related("household")
    return found | {home.person_id: home.household.phone or "" for home in homes}
