"""A job for the rounds that kill its worker in the middle."""

import time
from pathlib import Path

from django.tasks import task


@task()
def write_at_the_second_attempt(file: str) -> None:
    """Append "begun"; the first time stay until killed, later append "done"."""
    with Path(file).open("a") as lines:
        lines.write("begun\n")
    if Path(file).read_text() == "begun\n":
        time.sleep(600)
    with Path(file).open("a") as lines:
        lines.write("done\n")
