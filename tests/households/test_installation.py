"""A database written with other keys is not worked on: not by commands, not by the web server, not by the worker."""

import importlib
import sys

import pytest
from django.core.management import CommandError, call_command

from households import installation
from households.models import Installation


@pytest.mark.django_db
def test_an_unprepared_database_says_what_to_do() -> None:
    assert "prepare" in installation.problem()


@pytest.mark.usefixtures("tangshan")
def test_our_own_keys_are_no_problem() -> None:
    assert installation.problem() == ""


@pytest.mark.usefixtures("tangshan")
def test_other_keys_stop_web_server_worker_and_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    Installation.objects.update(key_fingerprint="0" * 32)
    with pytest.raises(CommandError, match="密钥"):
        call_command("coverage")
    with pytest.raises(CommandError, match="密钥"):
        call_command("work")
    monkeypatch.delitem(sys.modules, "povertyrelief.wsgi", raising=False)
    with pytest.raises(SystemExit, match="密钥"):
        importlib.import_module("povertyrelief.wsgi")
