"""An upload from acceptance to result: the steps that pages and the worker take on a batch. The engine does the work.

A batch's state says what may happen to it next; every step here moves the state by one conditional update, so that the
same request twice, or a task that runs twice, has one effect.
"""

import hashlib
import logging
import math
import traceback
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.tasks.base import TaskResultStatus
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_tasks_db.models import DBTaskResult

from campaigns.business_day import business_date
from campaigns.kinds import KINDS
from households import operations
from households.access import Permission
from households.intake import applying, staging
from households.intake.applying import lock_register
from households.intake.mapping import ByHand
from households.intake.messages import file_message
from households.intake.models import BatchWork, ImportBatch, MissingDecision
from households.intake.progress import begin_anew
from households.intake.undo import undo_batch
from households.models import Membership, Person, User
from households.querysets import ScopedQuerySet, can
from households.roster.missing import missing_people
from households.wording import listed

logger = logging.getLogger(__name__)

MOST_BYTES = 50 * 1024 * 1024
# Twenty townships may send theirs one by one.
MOST_UNFINISHED = 20
# A working batch without a sign of life for so long may be sent again; the largest file takes a minute.
SILENCE = timedelta(minutes=3)

# A rate measured over less than this says nothing about what is left.
LEAST_MEASURED = timedelta(seconds=2)

State = ImportBatch.State
Missing = MissingDecision.Choice
# Stored with the spell, as the officers' own words are.
NOT_LISTED = gettext_noop("名册未列，全户清退")
STOPPED = gettext_noop("已停止导入，登记簿没有改动。可以再次确认导入，或者放弃这个文件。")
WORKING = (State.UPLOADED, State.CHECKING, State.APPLYING, State.UNDOING)
UNFINISHED = (State.UPLOADED, State.CHECKING, State.APPLYING, State.PREVIEW)
CHECKABLE = (State.PREVIEW, State.FAILED)
DISCARDABLE = (State.UPLOADED, State.CHECKING, State.PREVIEW, State.FAILED)


class UploadRefused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A file is not accepted; the text is for the officer: cause and remedy."""


def visible_batches(user: User) -> ScopedQuerySet:
    """Batches of the user's counties, and her own where her scope still covers what she uploaded for."""
    own = ImportBatch.objects.filter(created_by=user, regions__contained_by=user.regions)
    return ImportBatch.objects.visible_to(user) | own


def accept(source: Path, *, kind: str, name: str, by: User, as_of: date | None) -> tuple[ImportBatch, bool]:
    """Store an upload of a kind (see KINDS) called `name` and open a batch for it; (batch, is it new). Raises UploadRefused.

    The same content sent again while it is still unfinished is the same batch: a POST sent twice has one effect.
    """
    if not source.stat().st_size:
        raise UploadRefused(file_message("EMPTY_FILE"))
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)  # one upload of a user at a time
        with source.open("rb") as content:
            digest = hashlib.file_digest(content, hashlib.sha256).digest()
        unfinished = ImportBatch.objects.filter(created_by=by, state__in=UNFINISHED)
        same = unfinished.filter(kind=kind, file_digest=digest).first()
        if same is not None:
            return same, False
        if unfinished.count() >= MOST_UNFINISHED:
            raise UploadRefused(
                _("您已有%(most)s个文件没有处理完。请先确认导入或放弃其中的文件，再上传。") % {"most": MOST_UNFINISHED}
            )
        batch = staging.receive(source, name=name, by=by, kind=kind)
        if as_of is not None:
            batch.as_of = as_of
            batch.save(update_fields=["as_of"])
        return batch, True


def is_silent(batch: ImportBatch) -> bool:
    """Has a working batch shown no sign of life for long?"""
    return batch.state in WORKING and (batch.heartbeat or batch.created_at) < timezone.now() - SILENCE


def phase(batch: ImportBatch) -> str:
    """What is being done with an unfinished batch, and to how many rows."""
    if batch.state == State.UNDOING:
        return _undoing(work_on(batch))
    if batch.state == State.APPLYING:
        return _applying(batch)
    if batch.state == State.UPLOADED:
        return _("已上传，等待核对…")
    rows = {"rows": batch.counts.get("rows", 0)}
    if batch.progress >= staging.COMPARING:
        return _("第3步，共3步：正在与登记簿比对%(rows)s行…") % rows
    if batch.progress >= staging.CHECKING:
        return _("第2步，共3步：正在逐行核对%(rows)s行…") % rows
    if (work := work_on(batch)).done < work.total:
        files = {"number": work.done + 1, "total": work.total}
        return _("第1步，共3步：正在读取第%(number)s个文件，共%(total)s个…") % files
    return _("第1步，共3步：正在读取文件…")


def _applying(batch: ImportBatch) -> str:
    work, rows = work_on(batch), {"rows": batch.counts.get("imported", 0)}
    if work.stop:
        return _("正在停止导入…")
    if work.began_at is None:
        return _("已确认，等待导入…")
    if not work.total:
        return _("第1步，共2步：正在与登记簿再次比对%(rows)s行…") % rows
    return _("第2步，共2步：正在写入登记簿：%(rows)s行…") % rows


def _undoing(work: BatchWork) -> str:
    if work.began_at is None:
        return _("等待撤回…")
    return _("第2步，共2步：正在恢复登记簿…") if work.total else _("第1步，共2步：正在核对哪些内容可以撤回…")


def work_on(batch: ImportBatch) -> BatchWork:
    """How far the worker is with the batch; empty for one that no worker has ever taken up, as a decision's."""
    return getattr(batch, "work", None) or BatchWork(batch=batch)


def share(batch: ImportBatch) -> int | None:
    """How much of the work is done, in percent, as far as it is counted; None: nobody knows."""
    work = work_on(batch)
    part = work.done / work.total if work.total else 0
    if batch.state in (State.APPLYING, State.UNDOING):
        return round(100 * part) if work.total else None
    if batch.state != State.CHECKING or not batch.progress:
        return None
    steps = (staging.READING, staging.CHECKING, staging.COMPARING, 100)
    following = next(step for step in steps if step > min(batch.progress, staging.COMPARING))
    return round(batch.progress + (following - batch.progress) * part)


def remaining(batch: ImportBatch) -> str:
    """How long the present step is going to take, in words, from what was measured of it; "" where that tells nothing."""
    work = work_on(batch)
    if work.stop or not work.began_at or not work.told_at or not 0 < work.done < work.total:
        return ""
    measured = work.told_at - work.began_at
    left = (measured * (work.total / work.done) - (timezone.now() - work.began_at)).total_seconds()
    if measured < LEAST_MEASURED or left <= 0:
        return ""
    if left > 55:
        return _("这一步约还需%(minutes)s分钟") % {"minutes": math.ceil(left / 60)}
    return _("这一步约还需%(seconds)s秒") % {"seconds": 5 * math.ceil(left / 5)}


def start_checking(batch: ImportBatch, *, as_of: date | None = None) -> bool:
    """Make a preview, a failure or a silent batch ready to be checked (again). True: a task has to be enqueued."""
    ready = Q(state__in=CHECKABLE) | (Q(state__in=(State.UPLOADED, State.CHECKING)) & _silent())
    changes: dict[str, Any] = {"as_of": as_of} if as_of else {}
    return _moved(batch, ready, State.UPLOADED, progress=0, message="", **changes)


def may_map(batch: ImportBatch) -> bool:
    """Can columns be named by hand: was the header not understood, or is the batch still a preview?"""
    return batch.state == State.PREVIEW or (batch.state == State.REFUSED and batch.file_error.startswith("HEADER"))


def start_mapped(batch: ImportBatch, sheet: str, hand: ByHand) -> bool:
    """Check a batch again with the columns of one sheet named by a person. True: a task has to be enqueued."""
    ready = Q(state=State.PREVIEW) | Q(state=State.REFUSED, file_error__startswith="HEADER")
    by_hand = batch.by_hand | {sheet: hand}
    return _moved(batch, ready, State.UPLOADED, progress=0, message="", file_error="", by_hand=by_hand)


def start_applying(batch: ImportBatch, *, seen: int | None) -> bool:
    """Take a preview into the queue for writing. True: a task has to be enqueued.

    `seen` is the preview the officer looked at (`preview_number`): a newer one is not applied unseen.
    """
    if seen != preview_number(batch):
        return False
    ready = Q(state=State.PREVIEW) | (Q(state=State.APPLYING) & _silent())
    return _moved(batch, ready, State.APPLYING, message="")


def stop_applying(batch: ImportBatch) -> None:
    """Ask that a confirmed batch is not written. Nothing of it is, or all of it if the worker was quicker (`came_too_late`)."""
    with transaction.atomic():
        if batch.state not in (State.APPLYING, State.APPLIED):
            return
        BatchWork.objects.update_or_create(batch=batch, defaults={"stop": True})
        # Not begun yet: back at once. Begun: its row is locked, and the worker sees the wish at its next safe point.
        waiting = ImportBatch.objects.select_for_update(skip_locked=True).filter(pk=batch.pk, state=State.APPLYING)
        if waiting.exists():
            _back_to_preview(batch.pk, STOPPED)


def came_too_late(batch: ImportBatch) -> bool:
    """Was it to be stopped, and had been written already?"""
    return batch.state == State.APPLIED and work_on(batch).stop


def may_undo(user: User, batch: ImportBatch) -> bool:
    """Is everything the batch wrote the user's business? A part of it cannot be taken back.

    A decision about one row has no villages: it is the business of whoever has the regions of who decided.
    """
    return can(user, Permission.UPLOAD) and all(
        user.covers(code) for code in batch.villages or batch.created_by.regions
    )


def start_undoing(batch: ImportBatch) -> bool:
    """Take an applied batch into the queue for undoing. True: a task has to be enqueued."""
    return _moved(batch, Q(state=State.APPLIED) | (Q(state=State.UNDOING) & _silent()), State.UNDOING, message="")


def preview_number(batch: ImportBatch) -> int | None:
    """Names one staging of a batch: staging again makes new rows. None where nothing is staged."""
    number: int | None = batch.rows.order_by("pk").values_list("pk", flat=True).first()
    return number


def discard(batch: ImportBatch) -> bool:
    """Give a batch up before it is written: its rows and its original go, the record that it was uploaded stays."""
    with transaction.atomic():
        done = _moved(batch, Q(state__in=DISCARDABLE), State.DISCARDED, message="")
        if done:
            batch.rows.all().delete()
            transaction.on_commit(lambda: staging.purge_original(batch))
        return done


def _moved(batch: ImportBatch, ready: Q, state: str, **values: Any) -> bool:
    """Move a batch to a state if it is still ready for it."""
    moved = ImportBatch.objects.filter(ready, pk=batch.pk).update(state=state, heartbeat=timezone.now(), **values)
    if moved and state in (State.UPLOADED, State.APPLYING, State.UNDOING):
        begin_anew(batch)
    return moved == 1


def _silent() -> Q:
    limit = timezone.now() - SILENCE
    return Q(heartbeat__lt=limit) | Q(heartbeat=None, created_at__lt=limit)


def decide_missing(user: User, people: Collection[int], batch: ImportBatch, choice: str, day: date) -> None:
    """Carry out and remember what a user decided about people whom an applied roster does not list.

    Raises UploadRefused, and changes nothing, where one of them is no longer missing, or the decision cannot be meant.
    """
    with transaction.atomic():
        lock_register()
        members = {member.person_id: member for member in missing_people(user, batch)}
        chosen = [members[pk] for pk in people if pk in members]
        if len(chosen) < len(set(people)):
            raise UploadRefused(_("所选的人中有的已由他人处理，或登记情况有了变化。请刷新后再选。"))
        latest = max(batch.as_of or business_date(), business_date())
        early = next((one for one in chosen if one.period.lower is not None and day <= one.period.lower), None)
        if choice != Missing.STAYS and (early or day > latest):
            who = early.person.name if early else ""
            raise UploadRefused(
                _("%(name)s自%(first)s起登记在本户，减少的日期要晚于这一天。")
                % {"name": who, "first": early.period.lower}
                if early
                else _("日期不能晚于数据日期%(today)s。") % {"today": latest}
            )
        if choice == Missing.REMOVED:
            homes = {member.household_id for member in chosen}
            _refuse_to_split(homes, people, day)
            try:
                operations.remove_households(households=homes, day=day, reason=NOT_LISTED, by=user)
            except ValidationError as error:
                raise UploadRefused(" ".join(error.messages)) from error
        elif choice != Missing.STAYS:
            operations.end_memberships(
                memberships=[member.pk for member in chosen], day=day, end_reason=choice, by=user
            )
        MissingDecision.objects.bulk_create(
            [MissingDecision(batch=batch, person_id=pk, choice=choice, day=day, decided_by=user) for pk in people]
        )


def take_back_missing(user: User, people: Collection[int], batch: ImportBatch) -> int:
    """Undo what was decided about people whom a roster does not list; returns about how many. They are missing again.

    Raises UploadRefused, and changes nothing, where the register has gone on since for one of them.
    """
    with transaction.atomic():
        lock_register()
        chosen = MissingDecision.objects.filter(
            batch=batch, person__in=Person.objects.visible_to(user).filter(pk__in=people)
        )
        decided = list(chosen.select_related("person"))
        try:
            for one in decided:
                _take_back(user, one)
        except ValidationError as error:
            raise UploadRefused(
                _("%(name)s：%(why)s没有取消任何人的处理。") % {"name": one.person.name, "why": error.messages[0]}
            ) from error
        chosen.delete()
    return len(decided)


def _take_back(user: User, decision: MissingDecision) -> None:
    """What was ended is open again; what has been reopened since, or was never ended, needs nothing."""
    belonged = Membership.objects.filter(person=decision.person_id)
    if decision.choice == Missing.REMOVED:
        for membership in belonged.filter(period__contains=decision.day):
            operations.relist_household(household=membership.household_id, by=user)
    elif decision.choice != Missing.STAYS:
        for membership in belonged.filter(period__endswith=decision.day, end_reason=decision.choice):
            operations.reopen_membership(membership=membership.pk, by=user)


def _refuse_to_split(homes: Collection[int], people: Collection[int], day: date) -> None:
    """A household is removed as a whole: who lives in it must have been chosen, too."""
    present = Membership.objects.filter(household__in=homes, period__contains=day).exclude(person__in=people)
    names = list(present.values_list("person__name", flat=True)[:5])
    if names:
        raise UploadRefused(
            _("同户还有%(names)s没有选中，或在本名册中，不能全户清退。请逐人处理，或一并选中。")
            % {"names": listed(names)}
        )


# --- in the worker ----------------------------------------------------------------------------------------------------


def check(batch_id: uuid.UUID) -> None:
    """Read, check and compare an upload: afterwards it is a preview, refused or failed."""
    with _failing_in_words(batch_id):
        batch = ImportBatch.objects.get(pk=batch_id)
        staging.stage(batch.pk, KINDS[batch.kind], default_as_of=business_date(), as_of=batch.as_of)


def apply(batch_id: uuid.UUID, user_id: int) -> None:
    """Write a preview into the register for a user, whose right to do so is looked at again."""
    with _failing_in_words(batch_id):
        user = User.objects.get(pk=user_id)
        batch = visible_batches(user).filter(pk=batch_id, state=State.APPLYING).first()
        if batch is None or not can(user, Permission.UPLOAD):
            _back_to_preview(batch_id, _("没有导入：您已不能处理这个文件。"))
            return
        outcome = applying.apply_batch(batch.pk, KINDS[batch.kind], by=user)
        if outcome is applying.Outcome.OUTDATED:
            text = _("没有导入：上次核对之后，登记簿中的有关人员有了变化。已重新核对，请再看一遍后确认。")
            ImportBatch.objects.filter(pk=batch_id, state=State.PREVIEW).update(message=text)
        if outcome is applying.Outcome.STOPPED:
            _back_to_preview(batch_id, STOPPED)


def undo(batch_id: uuid.UUID, user_id: int) -> None:
    """Take an applied batch back for a user, whose right to do so is looked at again."""
    with _failing_in_words(batch_id, back_to=State.APPLIED):
        user = User.objects.get(pk=user_id)
        batch = visible_batches(user).filter(pk=batch_id, state=State.UNDOING).first()
        if batch is None or not may_undo(user, batch):
            text = _("没有撤回：您已不能处理这个文件。")
            ImportBatch.objects.filter(pk=batch_id, state=State.UNDOING).update(state=State.APPLIED, message=text)
            return
        undo_batch(batch.pk, KINDS[batch.kind], by=user)


def _back_to_preview(batch_id: uuid.UUID, text: str) -> None:
    ImportBatch.objects.filter(pk=batch_id, state=State.APPLYING).update(state=State.PREVIEW, message=text)


def fail_abandoned() -> None:
    """A job that was given up (it killed its worker each time) has failed its batch too; the officer can try again."""
    for batch in ImportBatch.objects.filter(state__in=WORKING):
        if is_given_up(batch.pk):
            # Somebody may have sent it again a moment ago: then its heartbeat is another.
            ImportBatch.objects.filter(pk=batch.pk, state=batch.state, heartbeat=batch.heartbeat).update(
                state=State.APPLIED if batch.state == State.UNDOING else State.FAILED, message=_broken_off()
            )


def is_given_up(pk: uuid.UUID) -> bool:
    """Were there jobs for it, of which none is going to run any more?"""
    jobs = DBTaskResult.objects.filter(args_kwargs__args__0=str(pk))
    waiting = jobs.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    return jobs.exists() and not waiting.exists()


def _broken_off() -> str:
    return _("系统处理时出错，没有写入任何内容。请重试；再次出错时，请联系系统管理员。")


@contextmanager
def _failing_in_words(batch_id: uuid.UUID, *, back_to: str = State.FAILED) -> Iterator[None]:
    """Whatever goes wrong, the officer reads it on the batch's page and can try again; nothing was written.

    The error's own text may quote a row of the file: only its kind and where it happened go to the log.
    """
    try:
        yield
    except Exception as error:
        places = "".join(traceback.format_tb(error.__traceback__))
        logger.error("batch %s failed: %s\n%s", batch_id, type(error).__name__, places)
        lost = isinstance(error, FileNotFoundError)
        text = _("上传的原件已经清除。请重新上传。") if lost else _broken_off()
        ImportBatch.objects.filter(pk=batch_id, state__in=WORKING).update(state=back_to, message=text)
