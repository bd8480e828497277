"""Writes of the room: sending a woman to a job and following her, plans, attendance. Keyword-only, one transaction each."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.livelihood.models import Attendance, Employment, JobOffer, ProjectPlan, TrainingSession
from campaigns.recording import (
    AlreadyRecordedError,
    already_recorded,
    check_day,
    check_member,
    check_row,
    recording,
    refuse,
    save_fact,
)
from households.access import Permission
from households.models import Household, Membership, Person, Region, User
from households.periods import age_on
from households.querysets import can
from households.roster.names import clean_name

Stage = Employment.Stage
# From a stage to those that can follow it.
NEXT: dict[str, tuple[Employment.Stage, ...]] = {
    Stage.OFFERED: (Stage.INTERVIEWED, Stage.EMPLOYED, Stage.DECLINED),
    Stage.INTERVIEWED: (Stage.EMPLOYED, Stage.DECLINED),
    Stage.EMPLOYED: (Stage.LEFT,),
    Stage.LEFT: (),
    Stage.DECLINED: (),
}
LEAST_AGE = 16  # nobody younger may be employed


def home_of(person: Person, day: date) -> Household | None:
    """The household in which the person lives on the day, else her last one."""
    spells = Membership.objects.filter(person=person).select_related("household").order_by("-period")
    found = spells.filter(period__contains=day).first() or spells.first()
    return found.household if found else None


def offer_job(*, by: User, household: Household, person: Person, offer: JobOffer, offered_on: date) -> Employment:
    """A member is sent to an offer; AlreadyRecordedError while she is on her way to it or works there."""
    with recording(by, household, _("推荐岗位")) as village:
        check_day("offered_on", offered_on)
        check_member("person", household, person, offered_on)
        if not JobOffer.objects.offered_to(by).filter(pk=offer.pk, voided_at=None).exists():
            raise PermissionDenied
        if offered_on < offer.open_from or (offer.open_until is not None and offered_on > offer.open_until):
            refuse("offered_on", _("该岗位在%(day)s没有开放，请核对岗位的发布和截止日期。") % {"day": offered_on})
        if age_on(person.birth_date, offered_on) < LEAST_AGE:
            refuse("person", _("%(name)s未满16周岁，不能推荐就业。") % {"name": person.name})
        open_ones = Employment.objects.filter(person=person, offer=offer, voided_at=None)
        if open_ones.exclude(stage__in=(Stage.LEFT, Stage.DECLINED)).exists():
            raise AlreadyRecordedError(_("%(name)s已推荐到这个岗位，没有重复登记。") % {"name": person.name})
        same = {"person": person, "offer": offer, "offered_on": offered_on}
        job = Employment(
            **same,
            stage=Stage.OFFERED,
            enterprise=offer.enterprise.name,
            title=offer.title,
            handicraft=offer.handicraft,
            form=Employment.Form.HOME if offer.handicraft and not offer.place_text else Employment.Form.ENTERPRISE,
        )
        return save_fact(job, by, village, at="person", same=same)


def advance(
    *,
    by: User,
    household: Household,
    employment: Employment,
    stage: str,
    day: date,
    remark: str = "",
    income_before: Decimal | None = None,
    income_after: Decimal | None = None,
) -> Employment:
    """The next stage on a day. What is not told (None, "") stays as it was."""
    with recording(by, household, _("就业跟踪")):
        check_day("day", day)
        job = Employment.objects.select_for_update(no_key=True).get(pk=employment.pk)
        if job.voided_at is not None:
            refuse("stage", _("这条记录已经作废，不能再跟踪。"))
        if job.stage == stage:
            raise AlreadyRecordedError(already_recorded())
        if stage not in NEXT[job.stage]:
            refuse("stage", _("现在是“%(stage)s”，不能改为所选的进展。") % {"stage": job.get_stage_display()})
        before = job.employed_on or job.interviewed_on or job.offered_on
        if before is not None and day < before:
            refuse("day", _("日期不能早于上一步的日期%(day)s。") % {"day": before})
        job.stage = stage
        setattr(job, f"{stage}_on", day)
        job.remark = remark or job.remark
        job.income_before = job.income_before if income_before is None else income_before
        job.income_after = job.income_after if income_after is None else income_after
        check_row(job, at="stage")
        job.save()
        return job


def record_employment(
    *,
    by: User,
    household: Household,
    person: Person,
    form: str,
    title: str,
    employed_on: date,
    enterprise: str = "",
    handicraft: bool = False,
    left_on: date | None = None,
    income_before: Decimal | None = None,
    income_after: Decimal | None = None,
) -> Employment:
    """A member works since a day, however she found the job. Incomes in yuan a month."""
    with recording(by, household, _("登记就业")) as village:
        check_day("employed_on", employed_on)
        check_member("person", household, person, employed_on)
        if age_on(person.birth_date, employed_on) < LEAST_AGE:
            refuse(
                "person", _("%(name)s在%(day)s未满16周岁，不能登记就业。") % {"name": person.name, "day": employed_on}
            )
        if left_on is not None:
            check_day("left_on", left_on)
            if left_on < employed_on:
                refuse("left_on", _("离岗日期不能早于就业日期，请核对；仍在岗的请留空。"))
        same = {"person": person, "title": title, "enterprise": enterprise, "employed_on": employed_on}
        job = Employment(
            **same,
            form=form,
            handicraft=handicraft,
            stage=Stage.LEFT if left_on else Stage.EMPLOYED,
            left_on=left_on,
            income_before=income_before,
            income_after=income_after,
        )
        return save_fact(job, by, village, at="employed_on", same=same)


def record_plan(
    *,
    by: User,
    household: Household,
    person: Person,
    told_on: date,
    wants_loan: bool = False,
    loan_amount: Decimal | None = None,
    project: str = "",
    planned_on: date | None = None,
    helped_by: str = "",
) -> ProjectPlan:
    """A need of microcredit and the project planned for it; the plan of a recorded need completes that record."""
    with recording(by, household, _("登记贷款需求与项目谋划")) as village:
        check_day("told_on", told_on)
        check_member("person", household, person, told_on)
        if loan_amount is not None and not wants_loan:
            refuse("wants_loan", _("已填需求金额，请勾选“有小额贷款需求”。"))
        if planned_on is not None:
            check_day("planned_on", planned_on)
            if not project:
                refuse("project", _("已填谋划日期，请写明谋划的产业项目。"))
        elif project:
            refuse("planned_on", _("已填谋划的产业项目，请填谋划日期。"))
        if not wants_loan and planned_on is None:
            refuse("wants_loan", _("请勾选有小额贷款需求，或填写谋划的产业项目和日期。"))
        same = {"person": person, "project": project, "planned_on": planned_on, "wants_loan": wants_loan}
        open_need = None
        if planned_on is not None and wants_loan:
            needs = ProjectPlan.objects.filter(person=person, voided_at=None, wants_loan=True, planned_on=None)
            open_need = needs.order_by("pk").first()
        plan = open_need or ProjectPlan(person=person, told_on=told_on)
        plan.wants_loan, plan.project, plan.planned_on = wants_loan, project, planned_on
        plan.loan_amount = loan_amount if loan_amount is not None else plan.loan_amount
        plan.helped_by = helped_by
        return save_fact(plan, by, village, at="told_on", same=same)


def record_attendance(
    *, by: User, household: Household, person: Person, session: TrainingSession, mark: str = Attendance.Mark.PRESENT
) -> Attendance:
    """A member's mark on a session's list; another mark for the same session corrects it."""
    with recording(by, household, _("登记培训签到")) as village:
        _check_session(by, session)
        check_member("person", household, person, session.day)
        known = Attendance.objects.filter(session=session, person=person, voided_at=None).first()
        attendance = known or Attendance(session=session, person=person)
        attendance.mark = mark
        same = {"session": session, "person": person, "mark": mark}
        if known is not None and Attendance.objects.filter(pk=known.pk, mark=mark).exists():
            raise AlreadyRecordedError(already_recorded())
        return save_fact(attendance, by, village, at="session", same=same)


def record_guest(*, by: User, session: TrainingSession, name: str, region: Region, mark: str = "present") -> Attendance:
    """Somebody outside the register was there; she is kept by name and not registered."""
    if not can(by, Permission.RECORD_FACTS) or not by.covers(region.code):
        raise PermissionDenied
    cleaned = clean_name(name)
    if not isinstance(cleaned, str):
        refuse("guests", _("“%(name)s”不能作为姓名，请改正；备注请不要写在姓名里。") % {"name": name[:20]})
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("登记培训签到")):
        TrainingSession.objects.select_for_update(no_key=True).get(pk=session.pk)
        _check_session(by, session)
        same = {"session": session, "name": cleaned, "village_id": region.code, "person": None}
        return save_fact(Attendance(**same, mark=mark), by, region.code, at="guests", same=same)


def mark_sheet(*, by: User, session: TrainingSession, marks: Mapping[Person, str]) -> int:
    """Many marks at once, all or none; how many were new or changed."""
    written = 0
    with transaction.atomic():
        for person, mark in marks.items():
            household = home_of(person, session.day)
            if household is None:
                raise PermissionDenied
            try:
                record_attendance(by=by, household=household, person=person, session=session, mark=mark)
            except AlreadyRecordedError:
                continue
            written += 1
    return written


def change_marks(*, by: User, session: TrainingSession, marks: Mapping[int, str]) -> int:
    """Other marks for lines that stand on the list; how many changed."""
    if not can(by, Permission.RECORD_FACTS):
        raise PermissionDenied
    changed = 0
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("登记培训签到")):
        rows = Attendance.objects.visible_to(by).filter(session=session, voided_at=None, pk__in=marks)
        for line in rows.select_for_update(no_key=True):
            if line.mark != marks[line.pk]:
                line.mark = marks[line.pk]
                line.save(update_fields=["mark"])
                changed += 1
    return changed


def void_attendance(*, by: User, attendance: Attendance, reason: str) -> None:
    """A line that should not stand on the list; it stays visible in the history."""
    if not can(by, Permission.RECORD_FACTS) or not by.covers(attendance.village_id):
        raise PermissionDenied
    if not reason.strip():
        refuse("reason", _("请填写作废原因，例如“登记错户”。"))
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason.strip()):
        kept = Attendance.objects.select_for_update(no_key=True).get(pk=attendance.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason.strip()
        kept.save(update_fields=["voided_at", "void_reason"])


def _check_session(by: User, session: TrainingSession) -> None:
    """Offered to the user, valid, and held already."""
    if not TrainingSession.objects.offered_to(by).filter(pk=session.pk, voided_at=None).exists():
        raise PermissionDenied
    check_day("session", session.day, campaign_only=False)
