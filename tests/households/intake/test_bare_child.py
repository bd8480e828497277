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
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bare_child.Child]]:
    """The waiting children of a process that keeps one."""
    waiting: list[bare_child.Child] = []
    monkeypatch.setattr(bare_child, "_waiting", waiting)
    monkeypatch.setattr(bare_child, "_keeps_one", False)
    bare_child.keep_one_ahead()
    yield waiting
    bare_child.end_waiting()


def test_the_waiting_child_reads_one_file_and_another_takes_its_place(
    tmp_path: Path, ahead: list[bare_child.Child]
) -> None:
    (first,) = ahead
    book, text = spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS), tmp_path / "b.csv"
    text.write_text(spreadsheets.csv_text(ROWS))
    assert only_sheet(book).rows == ROWS
    assert first.returncode is not None
    (second,) = ahead
    assert second.poll() is None
    assert only_sheet(text).rows == ROWS  # whatever kind it is
    assert second.returncode is not None


def test_a_child_that_died_while_it_waited_costs_nobody_her_file(tmp_path: Path, ahead: list[bare_child.Child]) -> None:
    ahead[0].kill()
    ahead[0].wait()
    assert only_sheet(spreadsheets.xlsx(tmp_path / "a.xlsx", ROWS)).rows == ROWS


def test_a_waiting_child_ends_with_its_parent() -> None:
    code = (
        "import os, signal; from households.intake import bare_child; bare_child.keep_one_ahead()\n"
        "print(bare_child._waiting[0].pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    waiting = psutil.Process(int(told.stdout)) if psutil.pid_exists(int(told.stdout)) else None
    if waiting is not None:
        waiting.wait(60)  # raises if it lives on
