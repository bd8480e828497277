"""How long what is kept: a table of rules, applied once a day by the worker and by `manage.py apply_retention`.

Each rule names its setting (README, "How long what is kept"), finds what is past its time, and removes it. The audit log is
never touched. Runs as the database's owner, because history copies are insert-only for pages and jobs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks.base import TaskResultStatus
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from campaigns import batches, list_comparisons, pseudonyms
from campaigns.business_day import business_date, is_demonstration
from households.audit import recording as audit
from households.audit.models import Action
from households.data_requests import operations as data_requests
from households.encryption import encrypt_bytes
from households.intake import originals
from households.intake.applying import lock_register
from households.intake.models import ImportBatch, StagedRow
from households.intake.open_rows import OPEN
from households.intake.rows import CheckedRow
from households.intake.staged_rows import ROW_PURPOSE, packed
from households.intake.staging import purge_original
from households.models import DataRequest, ListComparison, Membership, Person, RevealRequest
from households.periods import today

ROUND = timedelta(days=1)
CHUNK = 500
TO_ERASE = 1  # days between consent and erasure, which nobody can undo
TASK = "campaigns.tasks.apply_retention"


@dataclass(frozen=True)
class Rule:
    """`days` of what is kept (0: for ever). `due` counts what is past its time, `apply` removes it and counts it."""

    key: str
    title: str | Promise
    days: int
    due: Callable[[datetime], int]
    apply: Callable[[datetime], int]


def rules() -> list[Rule]:
    """All rules with the installation's periods."""
    kept: dict[str, int] = settings.RETENTION_DAYS
    return [
        Rule("uploads", _("上传的原件和逐行数据"), kept["uploads"], _due_batches, _purge_batches),
        Rule("comparisons", _("名单比对"), kept["comparisons"], _due_comparisons, _delete_comparisons),
        Rule("reveals", _("查看号码申请"), kept["reveals"], _due_reveals, _delete_reveals),
        Rule("requests", _("已了结的更正、删除申请"), kept["requests"], _due_requests, _delete_requests),
        Rule("erasures", _("已同意的删除申请（去除身份信息）"), TO_ERASE, _due_erasures, _erase),
        Rule("jobs", _("已结束的后台任务"), kept["jobs"], _due_jobs, _delete_jobs),
        Rule("sessions", _("过期的登录会话"), kept["sessions"], _due_sessions, _delete_sessions),
        Rule("closed", _("已了结的户和人员（去除身份信息）"), kept["closed"], _due_closed, _pseudonymise),
    ]


def due() -> list[tuple[Rule, int]]:
    """What the next run would remove: rules with their counts."""
    return [(rule, rule.due(_limit(rule)) if rule.days else 0) for rule in rules()]


def apply() -> list[tuple[Rule, int]]:
    """Apply every rule, each in transactions of its own with its row in the audit log; rules with what they removed."""
    return [(rule, rule.apply(_limit(rule)) if rule.days else 0) for rule in rules()]


def is_due() -> bool:
    """Is it a day since the last run was ordered? Asked by every worker every few seconds."""
    last = DBTaskResult.objects.filter(task_path=TASK).order_by("-enqueued_at").first()
    return last is None or last.enqueued_at < timezone.now() - ROUND


def record(rule: str, count: int, people: list[int] | None = None) -> None:
    """One row in the audit log; of people their internal numbers."""
    audit.record(Action.COMMAND, by=None, people=people or [], url_name="apply_retention", details={rule: count})


def _limit(rule: Rule) -> datetime:
    return timezone.now() - timedelta(days=rule.days)


def _old_batches(limit: datetime) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(created_at__lt=limit).exclude(state__in=batches.WORKING)


def _undecided(limit: datetime) -> QuerySet[StagedRow]:
    """Old rows that wait for nobody and of which no decision speaks."""
    return StagedRow.objects.filter(batch__in=_old_batches(limit), decisions=None).exclude(OPEN)


def _decided(limit: datetime) -> QuerySet[StagedRow]:
    """Old rows of which a decision speaks, not emptied yet."""
    return StagedRow.objects.filter(batch__in=_old_batches(limit), decisions__isnull=False).exclude(sheet="")


def _batches(limit: datetime) -> QuerySet[ImportBatch]:
    has_rows = Q(pk__in=_undecided(limit).values("batch")) | Q(pk__in=_decided(limit).values("batch"))
    return _old_batches(limit).filter(has_rows | Q(stored_name__in=originals.FILES.stored()))


def _due_batches(limit: datetime) -> int:
    return _batches(limit).count()


def _purge_batches(limit: datetime) -> int:
    found = list(_batches(limit))
    for batch in found:
        with transaction.atomic():
            if batch.state == ImportBatch.State.PREVIEW:
                batches.discard(batch)
            # A decision points at its row for ever: of the row only that it was there is left.
            nobody = packed(CheckedRow(sheet="", number=0, values={}), batch.layout.get("labels", []))
            decided = list(_decided(limit).filter(batch=batch).values_list("pk", flat=True))
            StagedRow.objects.filter(pk__in=decided).update(
                payload=encrypt_bytes(ROW_PURPOSE, nobody), id_index=None, who_index=None, sheet=""
            )
            _undecided(limit).filter(batch=batch).delete()
            record("uploads", 1)
        purge_original(batch)
    return len(found)


def _comparisons(limit: datetime) -> QuerySet[ListComparison]:
    return ListComparison.objects.filter(created_at__lt=limit)


def _due_comparisons(limit: datetime) -> int:
    return _comparisons(limit).count()


def _delete_comparisons(limit: datetime) -> int:
    found = list(_comparisons(limit))
    with transaction.atomic():
        for comparison in found:
            list_comparisons.delete(comparison)
        _noted("comparisons", len(found))
    return len(found)


def _due_reveals(limit: datetime) -> int:
    return RevealRequest.objects.filter(asked_at__lt=limit).count()


def _delete_reveals(limit: datetime) -> int:
    with transaction.atomic():
        return _noted("reveals", RevealRequest.objects.filter(asked_at__lt=limit).delete()[0])


def _requests(limit: datetime) -> QuerySet[DataRequest]:
    """Requests of which nothing is left to do, for as long."""
    return DataRequest.objects.filter(Q(state="refused", decided_at__lt=limit) | Q(state="done", done_at__lt=limit))


def _due_requests(limit: datetime) -> int:
    return _requests(limit).count()


def _delete_requests(limit: datetime) -> int:
    with transaction.atomic():
        return _noted("requests", _requests(limit).delete()[0])


def _erasures(limit: datetime) -> list[DataRequest]:
    """Granted erasures of people who have not come back to the list since."""
    granted = DataRequest.objects.filter(kind="erase", state="granted", decided_at__lt=limit).order_by("pk")
    return [one for one in granted if not data_requests.is_registered(one.person_id, business_date())]


def _due_erasures(limit: datetime) -> int:
    return len(_erasures(limit))


def _erase(limit: datetime) -> int:
    """The person, what was merged into her, and her households that are closed altogether."""
    found = _erasures(limit)
    for request in found:
        people = [request.person_id, *Person.objects.filter(merged_into=request.person_id).values_list("pk", flat=True)]
        homes = Membership.objects.filter(person__in=people).values_list("household", flat=True)
        households = sorted(set(homes) & set(pseudonyms.closed_households(business_date() + ROUND)))
        pseudonyms.delete_photos(people, households)
        with transaction.atomic():
            lock_register()
            pseudonyms.pseudonymise_people(people)
            pseudonyms.pseudonymise_households(households)
            DataRequest.objects.filter(pk=request.pk).update(state="done", done_at=timezone.now())
            record("erasures", 1, people)
    return len(found)


def _jobs(limit: datetime) -> QuerySet[DBTaskResult]:
    ended = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    return DBTaskResult.objects.filter(status__in=ended, finished_at__lt=limit)


def _due_jobs(limit: datetime) -> int:
    return _jobs(limit).count()


def _delete_jobs(limit: datetime) -> int:
    with transaction.atomic():
        return _noted("jobs", _jobs(limit).delete()[0])


def _due_sessions(limit: datetime) -> int:
    return Session.objects.filter(expire_date__lt=limit).count()


def _delete_sessions(limit: datetime) -> int:
    with transaction.atomic():
        gone = Session.objects.filter(expire_date__lt=limit).delete()[0]
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
        return _noted("sessions", gone)


def closed_before(limit: datetime) -> date:
    """Cases closed before this day are past their time; the demonstration's time is its business date."""
    if is_demonstration():
        return business_date() - (today() - timezone.localdate(limit))
    return timezone.localdate(limit)


def _due_closed(limit: datetime) -> int:
    day = closed_before(limit)
    return len(pseudonyms.closed_people(day)) + len(pseudonyms.closed_households(day))


def _pseudonymise(limit: datetime) -> int:
    day = closed_before(limit)
    # Both are found before anything is cleared: people are closed by their households.
    people, households = pseudonyms.closed_people(day), pseudonyms.closed_households(day)
    for part in _parts(people):
        pseudonyms.delete_photos(part, [])
        with transaction.atomic():
            lock_register()
            pseudonyms.pseudonymise_people(part)
            record("closed", len(part), part)
    for part in _parts(households):
        pseudonyms.delete_photos([], part)
        with transaction.atomic():
            lock_register()
            pseudonyms.pseudonymise_households(part)
            record("closed_households", len(part))
    return len(people) + len(households)


def _parts(keys: list[int]) -> Iterator[list[int]]:
    return (keys[first : first + CHUNK] for first in range(0, len(keys), CHUNK))


def _noted(rule: str, count: int) -> int:
    if count:
        record(rule, count)
    return count
