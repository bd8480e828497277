"""Runs background jobs: django-tasks-db's worker, whose jobs survive its death."""

from typing import Any

from django.core.management.base import CommandError
from django.tasks.signals import task_finished
from django_tasks_db.management.commands import db_worker

from campaigns import batches, list_comparisons, retention, tasks
from households import installation
from households.audit import sealing
from households.intake import bare_child, plain_files
from povertyrelief import job_rescue
from povertyrelief.supervision import end_with_supervisor


def _look_after() -> None:
    batches.fail_abandoned()
    list_comparisons.fail_abandoned()
    sealing.seal_when_due()
    if retention.is_due():
        tasks.apply_retention.enqueue()


def _ready_for_the_next(**_told: Any) -> None:
    bare_child.start_ahead()


class Command(db_worker.Command):
    help = "Run background jobs until stopped; jobs left by a killed worker are run again."

    def handle(self, *, worker_id: str, **options: Any) -> None:
        if problem := installation.problem():
            raise CommandError(problem)
        end_with_supervisor()
        plain_files.sweep()
        bare_child.start_ahead()
        task_finished.connect(_ready_for_the_next)
        try:
            with job_rescue.alive(worker_id, after_rescue=_look_after):
                super().handle(worker_id=worker_id, **options)
        finally:
            bare_child.end_waiting()
