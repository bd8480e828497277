"""Writing of the room: payments to many pupils in one step, pairs, signatures. Everything or nothing, once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.figures import asked_for
from campaigns.models import AidProject, Donor, Fund, Grant, Pledge
from campaigns.recording import AlreadyRecordedError, already_recorded, check_day, refuse
from campaigns.schooling.accounts import too_much
from campaigns.schooling.guardians import guardians_of
from campaigns.schooling.pupils import Pupil, lines_of, rows_of
from households.access import Permission
from households.models import Person, Region, User
from households.querysets import can

MOST_AT_ONCE = 500


@contextmanager
def _writing(by: User, reason: str) -> Iterator[None]:
    """One transaction with history; the author's own forms wait for each other."""
    if not can(by, Permission.RECORD_FACTS):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        yield


def amount_for(project: AidProject, stage: str) -> Decimal | None:
    """Yuan that the project gives a pupil of the stage, None where it has no standard for it."""
    amounts: dict[str, Decimal | None] = {"primary": project.primary_amount, "junior": project.junior_amount}
    return amounts.get(stage)


def pay_pupils(
    *, by: User, fund: Fund, project: AidProject, paid_on: date, amounts: Mapping[int, Decimal]
) -> list[Grant]:
    """Pay pupils of the year's list from a fund on a day; `amounts`: person → yuan.

    Who has this very payment already is passed over; AlreadyRecordedError where nobody is left. ValidationError where the
    fund does not hold the total, or somebody is not on the list.
    """
    if not by.covers(fund.region_id):
        raise PermissionDenied
    with _writing(by, _("发放助学金")):
        kept = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
        check_day("paid_on", paid_on)
        if not amounts or len(amounts) > MOST_AT_ONCE:
            refuse("people", _("请勾选1至%(most)s名学生。") % {"most": MOST_AT_ONCE})
        if any(yuan <= 0 for yuan in amounts.values()):
            refuse("people", _("每名学生的金额必须大于0。"))
        # Of her own regions only: whether somebody else's pupil has been paid is not told.
        there = Grant.objects.visible_to(by).filter(
            project=project, granted_on=paid_on, person__in=amounts, voided_at=None
        )
        left = {pk: yuan for pk, yuan in amounts.items() if pk not in set(there.values_list("person", flat=True))}
        if not left:
            raise AlreadyRecordedError(already_recorded())
        pupils = _on_list(by, list(left), paid_on)
        _check_people(pupils, left, project)
        if words := too_much(kept, paid_on, sum(left.values(), Decimal(0))):
            refuse(NON_FIELD_ERRORS, words, "AMOUNT_EXCEEDS_FUND")
        guardians = guardians_of([one.person for one in pupils.values()], paid_on)
        grants = [
            Grant(
                project=project, person_id=pk, granted_on=paid_on, paid_on=paid_on, amount=left[pk], kind=Grant.Kind.FUND,
                fund=kept, is_goods=kept.is_goods, village_id=one.village_code, recorded_by=by, guardian=guardians[pk],
                school=one.school, grade=one.schooling[:20], pledge=_pledge_of(pk, paid_on),
            )
            for pk, one in pupils.items()
        ]  # fmt: skip
        try:
            with transaction.atomic():
                return list(Grant.objects.bulk_create(grants))
        except IntegrityError as error:  # the database keeps what the checks above did not see
            raise AlreadyRecordedError(_("没有保存：与刚刚写入的其他记录冲突，请刷新页面核对后再试。")) from error


def _on_list(by: User, people: Sequence[int], day: date) -> dict[int, Pupil]:
    """Those of the people who are on the list on the day in the user's regions."""
    asked = asked_for(by.regions[0] if by.regions else "", day)
    found: dict[int, Pupil] = {}
    for region in Region.objects.filter(code__in=by.regions):
        rows = rows_of(by, region, asked).filter(eligible__contains_day=day, unit_id__in=people)
        found |= {line.person.pk: line for line in lines_of(list(rows), asked)}
    return found


def _check_people(pupils: Mapping[int, Pupil], amounts: Mapping[int, Decimal], project: AidProject) -> None:
    if len(pupils) < len(amounts):
        refuse(
            "people",
            _("有%(count)s名学生在发放日期不在本年度名单中（可能已迁出、减少或不在您的区划），请刷新名单后重新勾选。")
            % {"count": len(amounts) - len(pupils)},
        )
    boys = [one.person.name for one in pupils.values() if one.person.sex != Person.Sex.FEMALE]
    if project.girls_only and boys:
        refuse(
            "people",
            _("“%(project)s”只资助女童，请取消勾选：%(names)s。") % {"project": project, "names": "、".join(boys[:10])},
        )


def _pledge_of(person: int, day: date) -> Pledge | None:
    """The year's pledge for the pupil on which nothing is paid yet."""
    found: Pledge | None = (
        Pledge.objects.filter(person=person, year=day.year, voided_at=None)
        .exclude(grants__in=Grant.objects.filter(voided_at=None))
        .order_by("pk")
        .first()
    )
    return found


def pair_pupils(
    *, by: User, donor: Donor, people: Sequence[int], year: int, year_kind: str, amount: Decimal
) -> list[Pledge]:
    """Pair a donor with pupils of the list for a year, so many yuan each; who is paired so already is passed over."""
    if not Donor.objects.offered_to(by).filter(pk=donor.pk).exists():
        raise PermissionDenied
    with _writing(by, _("登记结对助学")):
        same = {"donor": donor, "year": year, "year_kind": year_kind}
        mine = Pledge.objects.visible_to(by).filter(person__in=people, voided_at=None, **same)
        there = set(mine.values_list("person", flat=True))
        left = [pk for pk in people if pk not in there]
        if people and not left:
            raise AlreadyRecordedError(already_recorded())
        pupils = _on_list(by, left, business_date())
        if not left or len(pupils) < len(left):
            refuse("people", _("请勾选本年度名单中的学生。"))
        pledges = [
            Pledge(person_id=pk, amount=amount, village_id=one.village_code, recorded_by=by, **same)
            for pk, one in pupils.items()
        ]
        for pledge in pledges:
            pledge.full_clean()
        return list(Pledge.objects.bulk_create(pledges))


def sign_grants(*, by: User, signatures: Mapping[int, tuple[str, bool]]) -> int:
    """Grant → who signs, and whether she has signed; returns how many changed. The grants are inside the user's regions."""
    with _writing(by, _("登记签收")):
        changed = 0
        grants = Grant.objects.visible_to(by).select_for_update(no_key=True).filter(voided_at=None)
        for grant in grants.filter(pk__in=signatures).order_by("pk"):
            told = signatures[grant.pk]
            if told != (grant.guardian, grant.guardian_signed):
                grant.guardian, grant.guardian_signed = told
                grant.save(update_fields=["guardian", "guardian_signed"])
                changed += 1
        return changed
