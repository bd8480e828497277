"""Opening a round, submitting, accepting and returning: who may, in which order, with one effect for a doubled form."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.business_day import business_date
from campaigns.coverage import SERIES, WHAT, Coverage
from campaigns.models import CampaignYear, ReportRound, Submission
from campaigns.pairing.rules import rules_on
from campaigns.recording import AlreadyRecordedError
from campaigns.submissions.progress import Part, in_force, lines, report, submits
from households.access import Permission, code_range
from households.models import Region, TouchedVillage, User
from households.querysets import can
from households.wording import listed

MOST_WAITING = timedelta(days=366)


def open_round(*, by: User, region: Region, title: str, day: date, due_on: date, lowest: str) -> ReportRound:
    """A round for the regions below `region`."""
    if not can(by, Permission.MANAGE_RULES) or not by.covers(region.code):
        raise PermissionDenied
    # A slip such as 0018 would stand in everybody's list of rounds for ever.
    if not CampaignYear.objects.filter(start__lte=day, end__gte=day).exists():
        raise ValidationError({"day": _("数据截止日不在已建立的工作年度内，请核对年份。")})
    if due_on - day > MOST_WAITING:
        raise ValidationError({"due_on": _("上报期限离数据截止日超过一年，请核对年份。")})
    made = ReportRound(region=region, title=title, day=day, due_on=due_on, lowest=lowest, recorded_by=by)
    made.full_clean()
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("建立上报期")):
        made.save()
    return made


def may_submit(user: User, of: ReportRound, region: Region) -> bool:
    """The region's own people, and those above it in her name."""
    return (
        can(user, Permission.RECORD_FACTS) and of.voided_at is None and submits(of, region) and user.covers(region.code)
    )


def may_decide(user: User, submission: Submission) -> bool:
    """Who is responsible for the level above."""
    parent = submission.region.parent_id
    return can(user, Permission.RECORD_FACTS) and parent is not None and user.covers(parent)


def submit(
    *, by: User, of: ReportRound, region: Region, zero: Collection[str], note: str = "", without: str = ""
) -> Submission:
    """Freeze the region's figures of the round's day and hand them upwards."""
    if not may_submit(by, of, region):
        raise PermissionDenied
    if business_date() < of.day:
        raise ValidationError(
            _("数据截止日%(day)s还没有到，现在上报会固定不完整的数字。请到期再报。")
            % {"day": formats.date_format(of.day)}
        )
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("上报")):
        Region.objects.select_for_update(no_key=True).get(pk=region.pk)  # two who submit at once follow each other
        last = in_force(of, [region.code]).get(region.code)
        if last is not None and last.state != Submission.State.RETURNED:
            raise AlreadyRecordedError(_("%(region)s已经上报，没有重复上报。") % {"region": region.short_name})
        if TouchedVillage.objects.filter(code_range("village_code", region.code)).exists():
            villages = TouchedVillage.objects.filter(code_range("village_code", region.code))
            coverage.settle(list(villages.values_list("village_code", flat=True).distinct()))
        figures, parts = report(of, region)
        _refuse_undeclared([part.target.title for part in parts if part.needs_zero and part.target.key not in zero])
        late = [line.region.short_name for line in lines(by, of, region) if line.is_open]
        if late and not without.strip():
            raise ValidationError(
                {"without": _("%(names)s还没有上报。请先催报或代报；确需先报的，写明原因。") % {"names": listed(late)}}
            )
        rules = rules_on(of.day)
        made: Submission = Submission.objects.create(
            round=of,
            region=region,
            version=last.version + 1 if last else 1,
            figures=_frozen(figures, parts),
            rules=rules if rules.pk else None,
            zero=[part.target.key for part in parts if part.needs_zero],
            note=note.strip(),
            without=without.strip() if late else "",
            submitted_by=by,
        )
        return made


def decide(*, by: User, submission: Submission, accept: bool, reason: str = "") -> None:
    """Accept a submission, or return it with a reason; one that was returned can be submitted anew."""
    if not may_decide(by, submission):
        raise PermissionDenied
    if not accept and not reason.strip():
        raise ValidationError({"reason": _("请写明退回原因，让对方知道改什么。")})
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason.strip() or _("审核通过")):
        kept = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        wanted = Submission.State.ACCEPTED if accept else Submission.State.RETURNED
        if kept.state == wanted:
            raise AlreadyRecordedError(_("已经处理过，没有重复处理。"))
        if kept.state == Submission.State.RETURNED:
            raise ValidationError(_("这次上报已经退回，要等对方重新上报。"))
        if not accept:
            _refuse_above(kept)
        kept.state, kept.decided_by, kept.decided_at = wanted, by, timezone.now()
        kept.return_reason = "" if accept else reason.strip()
        kept.save(update_fields=["state", "decided_by", "decided_at", "return_reason"])


def _refuse_undeclared(titles: list[str]) -> None:
    if titles:
        raise ValidationError(
            {
                "zero": _("%(titles)s本期没有新的完成，又还没有全部完成：请勾选“零报告”确认。")
                % {"titles": listed(titles)}
            }
        )


def _refuse_above(submission: Submission) -> None:
    """What the level above has submitted already contains it."""
    parent = submission.region.parent_id
    above = in_force(submission.round, [parent]).get(parent) if parent else None
    if above is not None and above.state != Submission.State.RETURNED:
        raise ValidationError(
            _("%(region)s已经上报，包含了这份数据。请先由上级退回%(region)s的上报。")
            % {"region": above.region.short_name}
        )


def _frozen(figures: Coverage, parts: Sequence[Part]) -> dict[str, list[int]]:
    """Each series' counts (WHAT); of a target also how many more are done than in the round before."""
    found = {series: figures.target(series) for series in SERIES}
    new = {str(part.target.key): [part.new] for part in parts}
    return {series: [*(getattr(one, what) for what in WHAT), *new.get(series, [])] for series, one in found.items()}
