"""Settings of the web server: `gunicorn -c python:povertyrelief.web_server`."""

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings

from povertyrelief.supervision import end_with_supervisor

wsgi_app = "povertyrelief.wsgi"
bind = f"{os.environ.get('LISTEN') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
# More at a time than the cores can serve make each page slower and none sooner; the others wait at the door.
threads = 3
worker_class = "gthread"
timeout = 120  # seconds; a whole roster's preview page is rendered in far less
graceful_timeout = 10
keepalive = 5
loglevel = "warning"
accesslog = None  # whoever wants one has it in the proxy; ours would add nothing
control_socket_disable = True
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes a private file in it


def on_starting(server: Any) -> None:
    """Gunicorn calls this once in the master process."""
    end_with_supervisor()


def post_worker_init(worker: Any) -> None:
    """Gunicorn calls this in each worker before its first request.

    What is there for good is loaded now and left alone by the collector: to look through it would stop all the worker's
    pages for a quarter of a second, every few hundred pages.
    """
    import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
