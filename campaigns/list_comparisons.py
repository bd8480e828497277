"""A list comparison from acceptance to its end: what pages and the worker do with it. The engine is households.comparing."""

import hashlib
import logging
import traceback
import uuid
from datetime import date
from functools import partial
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import coverage
from campaigns.batches import MOST_UNFINISHED, SILENCE, UploadRefused, is_given_up
from campaigns.models import Standing, Target
from households.access import Permission
from households.comparing.comparing import TO_DO, compare_list, end
from households.comparing.models import ListComparison
from households.comparing.register import Ours
from households.intake import originals
from households.intake.messages import file_message
from households.intake.staging import common_prefix
from households.models import User
from households.periods import age_on
from households.querysets import can

logger = logging.getLogger(__name__)

State, Group = ListComparison.State, ListComparison.Group
# Who is counted by which target; women and children together are those of pairing.
_TARGET_OF = {
    Group.WOMEN: Target.PAIRING, Group.CHILDREN: Target.PAIRING, Group.PUPILS: Target.SCHOOLING,
    Group.INSURABLE: Target.INSURANCE,
}  # fmt: skip


def accept(
    file: TemporaryUploadedFile, *, by: User, source: str, day: date, area_choice: str, group: str
) -> tuple[ListComparison, bool]:
    """Store a list and open a comparison for it; (comparison, is it new). Raises UploadRefused.

    The same list with the same choices sent again while it is unfinished is the same comparison.
    """
    if not file.size:
        raise UploadRefused(file_message("EMPTY_FILE"))
    content = Path(file.temporary_file_path()).read_bytes()
    digest = hashlib.sha256(content).digest()
    choices = {"day": day, "area_choice": area_choice, "group": group}
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one upload of a user at a time
        unfinished = ListComparison.objects.filter(created_by=by, state__in=TO_DO)
        same = unfinished.filter(file_digest=digest, **choices).first()
        if same is not None:
            return same, False
        if unfinished.count() >= MOST_UNFINISHED:
            raise UploadRefused(
                _("您已有%(most)s份名单正在比对。请等比对完成，或删除其中的名单，再上传。") % {"most": MOST_UNFINISHED}
            )
        made = ListComparison.objects.create(
            created_by=by, regions=by.regions, county_code=common_prefix([region[:6] for region in by.regions]),
            source=source, file_name=(file.name or "")[:200], file_size=len(content), file_digest=digest,
            stored_name=originals.keep(content), **choices,
        )  # fmt: skip
        return made, True


def is_silent(comparison: ListComparison) -> bool:
    """Has an unfinished comparison shown no sign of life for long?"""
    return comparison.state in TO_DO and (comparison.heartbeat or comparison.created_at) < timezone.now() - SILENCE


def delete(comparison: ListComparison) -> None:
    """Delete a comparison with its lines and what is left of its list."""
    with transaction.atomic():
        transaction.on_commit(partial(originals.delete, comparison.stored_name))
        comparison.delete()


def run(comparison_id: uuid.UUID) -> None:
    """In the worker: compare for the user who asked, whose right to do so is looked at again.

    Whatever goes wrong she reads on the page; an error's own text may quote a row of the list and is not logged.
    """
    comparison = ListComparison.objects.filter(pk=comparison_id).select_related("created_by").first()
    if comparison is None:
        return
    user = comparison.created_by
    try:
        if can(user, Permission.UPLOAD) and ListComparison.objects.visible_to(user).filter(pk=comparison_id).exists():
            coverage.settle_touched()
            compare_list(comparison_id, partial(expected, user, comparison))
        else:
            end(comparison, State.FAILED, _("没有比对：您已不能处理这份名单。"))
    except Exception as error:
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("comparison %s failed: %s\n%s", comparison_id, type(error).__name__, places)
        end(comparison, State.FAILED, _broken_off())
    originals.delete(comparison.stored_name)


def fail_abandoned() -> None:
    """End the comparisons whose job was given up, because it killed its worker each time."""
    for comparison in ListComparison.objects.filter(state__in=TO_DO):
        if is_given_up(comparison.pk):
            end(comparison, State.FAILED, _broken_off())
            originals.delete(comparison.stored_name)


def _broken_off() -> str:
    return _("系统处理时出错，没有比对。请重新上传；再次出错时，请联系系统管理员。")


def expected(user: User, comparison: ListComparison, present: list[Ours]) -> list[Ours]:
    """Those of the registered people who should stand on the list."""
    group, day = Group(comparison.group), comparison.day
    if group == Group.EVERYBODY:
        return present
    standing = Standing.objects.visible_to(user).filter(target=_TARGET_OF[group], eligible__contains_day=day)
    counted = set(standing.values_list("unit_id", flat=True))
    return [one for one in present if one.id in counted and _belongs(one, group, day)]


def _belongs(one: Ours, group: str, day: date) -> bool:
    """Of the women and children who are counted together, one of the two; girls of 16 and 17 are both."""
    if group == Group.WOMEN:
        return one.sex == "女" and age_on(one.birth_date, day) >= 16
    return group != Group.CHILDREN or age_on(one.birth_date, day) < 18
