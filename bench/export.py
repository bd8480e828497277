"""Writing 100,000 rows of a workbook: ours against xlsxwriter's constant-memory mode, and the memory it takes."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import xlsxwriter

from households.intake.xlsx_writer import NewSheet, write_book

ROWS, ROUNDS = 100_000, 3
HEADINGS = [f"列{number}" for number in range(12)]


def _rows() -> Iterator[list[str | int]]:
    for number in range(ROWS):
        yield [f"丰南区黄各庄镇第{number % 300}村", f"李{number}", "1302**********1234", "女", number % 90, "配偶",
               "未脱贫", "2018-06-30", f"王{number}", "138****1234", "入户宣讲", "√"]  # fmt: skip


def _ours(path: Path) -> None:
    with path.open("wb") as file:
        write_book(file, [NewSheet("名单", HEADINGS, [14] * len(HEADINGS), _rows())])


def _theirs(path: Path) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("名单")
    lines: Iterator[list[str | int]] = chain([[*HEADINGS]], _rows())
    for row, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            else:
                sheet.write_number(row, column, cell)
    book.close()


def _timed(work: object, path: Path) -> float:
    start = time.perf_counter()
    work(path)  # type: ignore[operator]
    return time.perf_counter() - start


def run() -> dict[str, float]:
    """`export_vs_xlsxwriter_100k`: the median of the rounds' their time / ours; `export_peak_mb_100k`: what the rows add to a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        rounds = [(_timed(_ours, path), _timed(_theirs, path)) for _ in range(ROUNDS)]
        code = f"from pathlib import Path; from bench import export; export.measured(Path({str(path)!r}))"
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours, theirs = (statistics.median(spent) for spent in zip(*rounds, strict=True))
    ratio = statistics.median(other / one for one, other in rounds)
    print(f"export of {ROWS} rows: {ours:.2f} s, xlsxwriter {theirs:.2f} s")
    return {"export_vs_xlsxwriter_100k": round(ratio, 2), "export_peak_mb_100k": float(told.stdout)}


def measured(path: Path) -> None:
    """Print by how many MB writing raises the peak of a process that has loaded the writer."""
    before = _peak()
    _ours(path)
    print(round((_peak() - before) / 1024, 1))


def _peak() -> int:
    """Of this process in kB, as the kernel counts it for its own memory: `ru_maxrss` begins with that of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])
