"""A job for the rounds that kill its worker in the middle."""

import time
from pathlib import Path

from django.tasks import task


@task()
def write_twice(file: str) -> None:
    """Append "begun", take two seconds, append "done"."""
    with Path(file).open("a") as lines:
        lines.write("begun\n")
    time.sleep(2)
    with Path(file).open("a") as lines:
        lines.write("done\n")
