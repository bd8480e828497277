"""What every command of the product has in common: language, refusals, exit codes, the key check.

Exit codes: 0 done, 1 refused (cause and remedy on stderr), 2 wrong usage.
"""

import json
import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import InsufficientPrivilege

from households import installation
from households.audit import recording as audit
from households.audit.models import Action
from households.models import User

# argparse speaks English only: its usual complaints, and what they are called here.
USAGE_ERRORS = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), gettext_noop("缺少参数：%(what)s")),
    (re.compile(r"argument (?P<name>[^:]+): invalid choice: (?P<what>.+)"), gettext_noop("参数%(name)s的取值不在可选范围：%(what)s")),
    (re.compile(r"argument (?P<name>[^:]+): expected (?P<what>.+)"), gettext_noop("参数%(name)s缺少取值")),
    (re.compile(r"argument (?P<name>[^:]+): (?P<what>.+)"), gettext_noop("参数%(name)s：%(what)s")),
    (re.compile(r"unrecognized arguments: (?P<what>.+)"), gettext_noop("不认识的参数：%(what)s")),
)  # fmt: skip


class Refusal(CommandError):  # noqa: N818 - it is an answer, not a fault
    """The command is understood and refused: the text names cause and remedy. Exit code 1."""


class ProductCommand(BaseCommand):
    """A command of the contract. Subclasses write `work(**options)`."""

    _called_from_command_line: bool  # set by Django, not in its type stubs
    requires_system_checks: list[str] = []  # they cost a second, and the web server runs them

    def run_from_argv(self, argv: list[str]) -> None:
        with translation.override(asked_language(argv)):
            super().run_from_argv(argv)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if self._called_from_command_line:

            def refuse_usage(message: str) -> None:
                parser.print_usage(sys.stderr)
                parser.exit(2, _("用法错误：%(cause)s。加 --help 查看用法。") % {"cause": usage_error(message)} + "\n")

            parser.error = refuse_usage  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lang", choices=["zh-hans", "en"], help="language of messages; default: Chinese")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (Refusal, DatabaseError) as error:
            expected = isinstance(error, Refusal | OperationalError) or lacks_rights(error)
            if not (self._called_from_command_line and expected):
                raise
            cause: object = error
            if lacks_rights(error):
                cause = _(
                    "数据库用户权限不足：%(error)s。请由数据库管理员给它 CREATEROLE 权限，或先建立角色 povertyrelief_reader、"
                    "povertyrelief_steward（NOLOGIN NOINHERIT）并授予它，数据库也要归它所有。"
                ) % {"error": str(error).partition("\n")[0]}
            elif isinstance(error, OperationalError):
                cause = _("数据库没有应答：%(error)s。请检查 DATABASE_URL 和数据库服务器，然后重试。") % {
                    "error": error
                }
            self.stderr.write(_("错误：%(cause)s") % {"cause": cause})
            sys.exit(1)

    def handle(self, *args: Any, lang: str | None = None, **options: Any) -> None:
        with translation.override(lang or translation.get_language()):
            self.check_installation()
            self.work(**options)

    def check_installation(self) -> None:
        """Refuse to work on an empty database, or with keys this database was not written with."""
        if text := installation.problem():
            raise Refusal(text)

    def record(self, *, by: User | None = None, action: Action = Action.COMMAND, **values: Any) -> None:
        """Write that the command has changed something, inside the transaction in which it did (`households.audit`)."""
        name = type(self).__module__.rpartition(".")[2]
        audit.record(action, by=by, url_name=name, **values)

    def work(self, *args: Any, **options: Any) -> None:
        """Do the command's work; raise Refusal with cause and remedy."""
        raise NotImplementedError


def lacks_rights(error: BaseException | None) -> bool:
    """Has the database refused its user something, however Django wraps it?"""
    while error is not None and not isinstance(error, InsufficientPrivilege):
        error = error.__cause__ or error.__context__
    return error is not None


def asked_language(argv: list[str]) -> str:
    """The language of `--lang`, else of the environment's LANGUAGE, else Chinese; needed before arguments are parsed."""
    asked = os.environ.get("LANGUAGE", "")
    for position, argument in enumerate(argv):
        if argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
        elif argument == "--lang" and position + 1 < len(argv):
            asked = argv[position + 1]
    return "en" if asked.startswith("en") else settings.LANGUAGE_CODE


def usage_error(message: str) -> str:
    """An argparse complaint in the present language; what is not known is passed on."""
    for pattern, text in USAGE_ERRORS:
        if found := pattern.fullmatch(message):
            return _(text) % found.groupdict()
    return message


def day_argument(text: str) -> date:
    """Argument type: a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(_("“%(text)s”不是日期，应写成 YYYY-MM-DD，例如 2018-06-30") % {"text": text}) from error


def acting_user(name: str) -> User:
    """The user a command acts for (`--as NAME`); Refusal for an unknown or disabled one."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refusal(_("没有名为“%(name)s”的用户。请核对登录名，或先用 add_user 建立。") % {"name": name})
    if not user.is_active:
        raise Refusal(_("用户“%(name)s”已停用。请改用其他用户，或由系统管理员启用。") % {"name": name})
    return user


def write_private_json(path: Path, content: dict[str, Any]) -> None:
    """Write a result that names people or holds plain ID numbers: nobody else may read it (mode 0600)."""
    if path.exists() and not path.is_file():  # /dev/null, /dev/stdout: written to, never replaced
        with path.open("w", encoding="utf-8") as device:
            json.dump(content, device, ensure_ascii=False, indent=1)
        return
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
