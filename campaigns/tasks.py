"""What the worker does. A task receives ids, calls one function, and may run twice."""

from django.tasks import task

from campaigns import coverage


@task()
def settle_touched() -> None:
    """Settle the figures of all touched villages."""
    coverage.settle_touched()
