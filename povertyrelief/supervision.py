"""The processes of one installation: started, started again when they die, stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SUPERVISOR = "SUPERVISOR_PID"  # environment variable by which a child knows whom it belongs to
STEADY_SECONDS = 60.0  # a child that lived this long starts again without waiting
LONGEST_WAIT = 30.0  # seconds between two attempts to start a child that keeps dying
STOP_SECONDS = 25.0  # time for requests and jobs to end; a job killed after it is resumed at the next start


@dataclass
class Child:
    """One supervised process. `deaths` counts those in a row, each sooner than STEADY_SECONDS."""

    name: str
    command: Sequence[str]
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started: float = 0.0
    not_before: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own: Ctrl-C reaches the supervisor alone, which then stops it in order."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env={**environment, SUPERVISOR: str(os.getpid())}, start_new_session=True
        )

    def revive(self, environment: Mapping[str, str]) -> int | None:
        """Start it again if it has died and its wait is over. Returns the exit code once per death."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start(environment)
            return None
        code = self.process.poll()
        if code is None:
            return None
        self.deaths = 1 if now - self.started > STEADY_SECONDS else self.deaths + 1
        self.not_before = now + min(LONGEST_WAIT, 0.5 * 2 ** (self.deaths - 1))
        _signal_group(self.process.pid, signal.SIGKILL)  # what it left behind would keep the port
        self.process = None
        return code


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, wait STOP_SECONDS in all, then kill what is left."""
    alive = [child.process for child in children if child.process is not None]
    for process in alive:
        # The leader alone: gunicorn passes it on, and a worker asked twice gives up its job.
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def end_with_supervisor() -> None:
    """In a child: end as if asked to when the supervisor is gone, even killed. Does nothing when not supervised."""
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    if supervisor:
        threading.Thread(target=_watch, args=[supervisor], daemon=True, name="supervisor-watch").start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return


def manage(*arguments: str) -> list[str]:
    """Command line of one of our own management commands, in this interpreter."""
    return [sys.executable, "manage.py", *arguments]
