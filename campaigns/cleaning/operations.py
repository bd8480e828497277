"""Re-checks, what must be mended, and stories, recorded by hand (how: recording.py)."""

from datetime import date

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Cleaning, Recheck, Story
from campaigns.recording import AlreadyRecordedError, check_day, check_row, recording, refuse, save_fact
from households.access import Permission
from households.models import Household, User
from households.querysets import can


def record_recheck(
    *,
    by: User,
    household: Household,
    checked_on: date,
    passed: bool,
    checker: str = "",
    wants: str = "",
    due_on: date | None = None,
) -> Recheck:
    """Somebody looked whether a cleaned home is still clean; what is not must be mended (`wants`) by a day."""
    with recording(by, household, _("登记清洁复查")) as village:
        check_day("checked_on", checked_on)
        first = Cleaning.objects.filter(household=household, voided_at=None, done_on__lte=checked_on)
        if not first.exists():
            refuse(
                "checked_on", _("本户在%(day)s还没有清洁记录，不能登记复查；请先登记首轮清洁。") % {"day": checked_on}
            )
        if not passed and not wants:
            refuse("wants", _("需整改的必须写明整改内容。"))
        if not passed and due_on is None:
            refuse("due_on", _("需整改的必须写明整改期限。"))
        if due_on is not None and due_on < checked_on:
            refuse("due_on", _("整改期限不能早于复查日期。"))
        same = {"household": household, "checked_on": checked_on, "passed": passed, "wants": wants, "due_on": due_on}
        return save_fact(Recheck(**same, checker=checker), by, village, at="checked_on", same=same)


def settle_recheck(*, by: User, recheck: Recheck, settled_on: date) -> Recheck:
    """What had to be mended is mended since a day. Only a new re-check says that the home is clean again."""
    with recording(by, recheck.household, _("登记整改完成")):
        kept = Recheck.objects.select_for_update(no_key=True).get(pk=recheck.pk)
        if kept.voided_at is not None or kept.passed:
            raise AlreadyRecordedError(_("这条复查没有要整改的内容。"))
        if kept.settled_on is not None:
            raise AlreadyRecordedError(_("这条整改此前已经登记完成，没有重复登记。"))
        check_day("settled_on", settled_on)
        if settled_on < kept.checked_on:
            refuse("settled_on", _("整改完成日期不能早于复查日期%(day)s。") % {"day": kept.checked_on})
        kept.settled_on = settled_on
        kept.save(update_fields=["settled_on"])
        return kept


def record_story(
    *,
    by: User,
    household: Household,
    title: str,
    text: str,
    told_on: date,
    consent_by: str = "",
    consent_on: date | None = None,
    is_offered: bool = False,
) -> Story:
    """How a cleaned home changed. It is offered to the briefing only with the family's consent."""
    with recording(by, household, _("登记清洁故事")) as village:
        _check_story(household, told_on, consent_by, consent_on, is_offered)
        same = {"household": household, "title": title, "text": text, "told_on": told_on}
        fact = Story(**same, consent_by=consent_by, consent_on=consent_on, is_offered=is_offered)
        return save_fact(fact, by, village, at="is_offered", same=same)


def change_story(
    *,
    by: User,
    story: Story,
    title: str,
    text: str,
    told_on: date,
    consent_by: str = "",
    consent_on: date | None = None,
    is_offered: bool = False,
) -> Story:
    """Correct a story, add the consent, offer it or take it back."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(story.village_id)):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("修改清洁故事")):
        kept = Story.objects.select_for_update(no_key=True).get(pk=story.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，不能再修改。"))
        _check_story(kept.household, told_on, consent_by, consent_on, is_offered)
        kept.title, kept.text, kept.told_on = title, text, told_on
        kept.consent_by, kept.consent_on, kept.is_offered = consent_by, consent_on, is_offered
        check_row(kept, at="is_offered")
        kept.save()
        return kept


def _check_story(
    household: Household, told_on: date, consent_by: str, consent_on: date | None, is_offered: bool
) -> None:
    check_day("told_on", told_on)
    if consent_on is not None:
        check_day("consent_on", consent_on)
    if is_offered and not consent_by:
        refuse("consent_by", _("供简报采用的故事，必须写明家中同意人。"))
    if is_offered and consent_on is None:
        refuse("consent_on", _("供简报采用的故事，必须写明同意日期。"))
    if not Cleaning.objects.filter(household=household, voided_at=None).exists():
        refuse("told_on", _("本户还没有清洁记录；请先登记首轮清洁。"))
