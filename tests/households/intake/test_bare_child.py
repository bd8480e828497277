"""The child that waits ahead for the next file: used once, replaced, and never left behind."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from households.intake import bare_child
from tests.households.intake import spreadsheets
from tests.households.intake.spreadsheets import only_sheet

ROWS = [["姓名", "证件号码"], ["王芳", "1"]]


@pytest.fixture
def ahead() -> Iterator[bare_child.Child]:
    """The child that waits."""
    bare_child.end_waiting()
    bare_child.start_ahead()
    yield bare_child._waiting[0]
    bare_child.end_waiting()


def test_the_waiting_child_reads_one_file(tmp_path: Path, ahead: bare_child.Child) -> None:
    assert only_sheet(spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS)).rows == ROWS
    assert (ahead.returncode is None, bare_child._waiting) == (False, [])


def test_it_reads_whatever_kind_it_is(tmp_path: Path, ahead: bare_child.Child) -> None:
    text = tmp_path / "b.csv"
    text.write_text(spreadsheets.csv_text(ROWS))
    assert only_sheet(text).rows == ROWS
    assert ahead.returncode is not None


def test_a_child_that_died_while_it_waited_costs_nobody_her_file(tmp_path: Path, ahead: bare_child.Child) -> None:
    ahead.kill()
    ahead.wait()
    assert only_sheet(spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS)).rows == ROWS


def test_a_waiting_child_ends_with_its_parent() -> None:
    code = (
        "import os, signal; from households.intake import bare_child; bare_child.start_ahead()\n"
        "print(bare_child._waiting[0].pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    waiting = psutil.Process(int(told.stdout)) if psutil.pid_exists(int(told.stdout)) else None
    if waiting is not None:
        waiting.wait(60)  # raises if it lives on
