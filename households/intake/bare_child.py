"""The bare child processes in which uploaded files are parsed: started, given a file, ended."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

# A chunk of rows fits in, so that the child goes on while this process decodes.
_PIPE_BYTES = 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_BOOT = "import sys; sys.path[:0] = sys.argv[1:3]; from households.intake.reader import main; main()"

# Large pages where the system has them: a county's cells are 100 MB of small objects, whose first touch takes a tenth of
# the parse. Other C libraries know no such word and pass over it.
_ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

type Child = subprocess.Popen[bytes]

_waiting: list[Child] = []


def start_ahead() -> None:
    """For a process that reads file after file, while it has nothing to do: a child that has loaded its parts waits for the
    next one. It ends with us, even killed."""
    if not _waiting:
        _waiting.append(_start())


def end_waiting() -> None:
    """End the child that waits."""
    while _waiting:
        done(_waiting.pop())


def given(path: Path, kind: str, mode: str) -> Child:
    """A child that parses the file at `path`: see `reader.main`."""
    about = json.dumps([str(path), kind, mode]).encode() + b"\n"
    while _waiting:
        child = _waiting.pop()
        try:
            return _told(child, about)
        except BrokenPipeError:  # it has died while it waited
            done(child)
    return _told(_start(), about)


def done(child: Child) -> None:
    """Nothing more is wanted of the child."""
    child.kill()
    child.communicate()


def _told(child: Child, about: bytes) -> Child:
    assert child.stdin is not None
    child.stdin.write(about)
    child.stdin.flush()
    return child


def _start() -> Child:
    """Our own interpreter and our own words only; what to read is told by a pipe, not by the list of processes."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT, str(_ROOT), _site_packages()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pipesize=_PIPE_BYTES,
        env=_ENVIRONMENT,
        cwd="/",
    )


def _site_packages() -> str:
    """The folder of python-calamine and orjson, which the child needs without the whole of `site`."""
    spec = importlib.util.find_spec("python_calamine")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(spec.origin).parents[1])
