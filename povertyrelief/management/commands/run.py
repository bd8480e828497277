"""Runs the whole product on one machine: prepares the database, then supervises web server and worker."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from http.client import HTTPConnection, HTTPException
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from households.management.base import ProductCommand, Refusal
from households.models import Installation
from povertyrelief import embedded, supervision
from povertyrelief.supervision import Child, manage

WEB_STARTS_SECONDS = 60.0
LOOK_SECONDS = 0.5


class Command(ProductCommand):
    help = "Prepare the database, start web server and worker, keep them running; Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--no-demo", action="store_true", help="no demonstration data on an empty database")

    def check_installation(self) -> None:
        """`prepare` checks it, and makes it the first time."""

    def work(self, *, no_demo: bool, **options: Any) -> None:
        host, port = os.environ.get("LISTEN") or "127.0.0.1", os.environ.get("PORT") or "8000"
        refuse_taken_port(host, port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell starts background jobs deaf to SIGINT
            signal.signal(number, signal.default_int_handler)
        children = [
            Child("web", [sys.executable, "-m", "gunicorn", "-c", "python:povertyrelief.web_server"]),
            Child("worker", manage("work", "--no-reload", "--verbosity", "0")),
        ]
        try:
            self.prepare(without_demonstration=no_demo)
            for child in children:
                child.start(os.environ)
            self.announce(host, port)
            self.keep(children)
        except KeyboardInterrupt:
            self.stdout.write("\n" + _("正在停止…"))
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            supervision.stop(children)
        self.stdout.write(_("已停止。"))

    def prepare(self, *, without_demonstration: bool) -> None:
        """Migrate and load what is missing, in a process of its own; the demonstration only into an empty database."""
        wanted = settings.DATA_DIR / "demonstration_wanted"  # outlives a first run that was interrupted
        installation = find_installation()
        if installation is None and not without_demonstration:
            wanted.touch()
        demonstration = wanted.exists() or (installation is not None and installation.is_demonstration)
        self.say(_("正在准备数据库…"))
        done = subprocess.run(manage("prepare", *(["--demo"] if demonstration else [])), check=False)
        if done.returncode:
            raise Refusal(_("数据库没有准备好，原因见上。"))
        wanted.unlink(missing_ok=True)

    def announce(self, host: str, port: str) -> None:
        """Print the address once it answers; `prepare` has printed the demonstration's sign-ins above it."""
        if not answers(host, port):
            self.say(_("网页服务还没有应答，仍在尝试启动。"))
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104 - a comparison
        self.say(_("请用浏览器打开：http://%(host)s:%(port)s/") % {"host": shown, "port": port})
        self.say(_("按 Ctrl-C 停止。"))

    def keep(self, children: list[Child]) -> None:
        """Until interrupted: start again what has died, the embedded database too."""
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                embedded.keep_running()
            except embedded.Unavailable as error:
                self.say(str(error))
            for child in children:
                code = child.revive(os.environ)
                if code is not None:
                    self.say(_("%(name)s 意外退出（%(code)s），正在重新启动。") % {"name": child.name, "code": code})

    def say(self, text: str) -> None:
        """Print at once: the output may be a file or a pipe somebody waits on."""
        self.stdout.write(text)
        self.stdout.flush()


def find_installation() -> Installation | None:
    """The prepared installation; None in a database nobody has prepared yet."""
    if Installation._meta.db_table not in connection.introspection.table_names():
        return None
    return Installation.objects.first()


def refuse_taken_port(host: str, port: str) -> None:
    """Raise Refusal where the web server could not listen."""
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _name, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, ValueError, OverflowError) as error:
        raise Refusal(
            _(
                "不能使用 %(host)s 的端口 %(port)s：%(error)s。可能有别的程序正在使用它；可以换一个端口，例如：PORT=8001 make run"
            )
            % {"host": host, "port": port, "error": error}
        ) from error


def answers(host: str, port: str) -> bool:
    """Wait until the web server answers a request, whatever it says; False after WEB_STARTS_SECONDS."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a lookup
    deadline = time.monotonic() + WEB_STARTS_SECONDS
    while time.monotonic() < deadline:
        try:
            web = HTTPConnection(reachable, int(port), timeout=deadline - time.monotonic())
            web.request("GET", "/accounts/login/", headers={"Host": "localhost"})
            web.getresponse().read()
            web.close()
        except (OSError, HTTPException):
            time.sleep(0.2)
        else:
            return True
    return False
