"""Collects the texts of the product into the English catalogue and compiles all catalogues.

Needs Babel (a development dependency) and no gettext programs. The compiled files are committed, so a running
installation needs neither.
"""

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import templatize

from campaigns.batches import KINDS
from campaigns.models import default_clean_items
from households.codes import code_list

ROOT: Path = settings.BASE_DIR
PACKAGES = ("households", "campaigns", "povertyrelief")
ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# The code lists whose values stand on pages.
SHOWN_LISTS = (
    *("relation", "education", "school_status", "health", "labour", "household_attr", "exit_status", "main_cause"),
    *("other_cause", "nation", "sex", "work_status", "disability_type", "disability_level", "yes_no"),
)
# The functions that look a text up.
KEYWORDS = frozenset(
    {"_", "_t", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
)
# Header lines that change at every run without a word having changed.
RESTLESS = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To|'
    r'Project-Id-Version|MIME-Version): .*"\n',
    re.MULTILINE,
)
# A call in the pseudo source that Django makes of a template: literals only, `count` for the number.
TEMPLATE_CALL = re.compile(
    r"""(?<![\w.])(_|n?p?gettext)\(\s*((?:u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*"|,|\s)+?)(?:,\s*count\s*)?\)""",
    re.DOTALL,
)
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

Found = tuple[str | tuple[str, ...], str | None]


class Command(BaseCommand):
    help = "Collect the texts of the product into locale/en and compile every catalogue (needs Babel)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the English catalogue and all compiled files; name the texts that still lack English."""
        catalog = merged(read(ENGLISH) if ENGLISH.exists() else Catalog(locale="en"), found_messages())
        ENGLISH.write_text(written(catalog), encoding="utf-8")
        for path in catalogue_files():
            path.with_suffix(".mo").write_bytes(compiled(path))
        missing = [message.id for message in catalog if message.id and not complete(message.string)]
        self.stdout.write(f"{len(catalog)} texts, {len(missing)} without English")
        for text in missing:
            self.stdout.write(f"  {text}")


def catalogue_files() -> list[Path]:
    """Every .po file of the product."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    """The catalogue in a .po file, its language taken from its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation says something in every plural form."""
    return bool(string) and (isinstance(string, str) or all(string or ()))


def found_messages() -> list[tuple[str, Found]]:
    """(file, (msgid or (singular, plural), context)) for every text of the product, in the order of the files."""
    found = []
    for path in python_files():
        found += [(str(path.relative_to(ROOT)), message) for message in python_messages(path)]
    for path in template_files():
        found += [(str(path.relative_to(ROOT)), message) for message in template_messages(path)]
    return found + data_messages()


def data_messages() -> list[tuple[str, Found]]:
    """Words stored in Chinese and shown through `wording.word`: official values, items, names of workbook columns."""
    values = dict.fromkeys(value for name in SHOWN_LISTS for value in code_list(name).values())
    found: list[tuple[str, Found]] = [("households/data/code_lists.csv", (value, None)) for value in values]
    found += [("campaigns/models.py", (item, None)) for item in default_clean_items()]
    labels = [label for kind in KINDS.values() for label in kind.labels.values()]
    return found + [("campaigns/batches.py", (label, None)) for label in labels]


def python_files() -> list[Path]:
    """The product's Python files, without migrations (their texts are in the models too)."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in paths if "migrations" not in path.parts]


def template_files() -> list[Path]:
    """The product's templates."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def python_messages(path: Path) -> Iterator[Found]:
    """Texts that a Python file hands to gettext."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            arguments = [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args]
            yield from as_found(called(node), arguments)


def called(node: ast.Call) -> str:
    """The name of the function that is called, without its module."""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def template_messages(path: Path) -> Iterator[Found]:
    """Texts of a template: translate, blocktranslate and _("…") constants, just as Django looks them up."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in TEMPLATE_CALL.finditer(source):
        literals = ast.literal_eval(f"[{call.group(2)}]")
        yield from as_found(call.group(1), literals)


def as_found(function: str, arguments: list[Any]) -> Iterator[Found]:
    """The message of one call, nothing for a call without a literal or for an English text of Django's."""
    if function not in KEYWORDS:
        return
    context = arguments[0] if function.startswith("p") else None
    texts = [text for text in (arguments[1:] if context else arguments) if isinstance(text, str)]
    if not texts or not HAN.search("".join(texts)):
        return
    plural = "ngettext" in function and len(texts) > 1
    yield ((texts[0], texts[1]) if plural else texts[0]), context


def merged(old: Catalog, found: list[tuple[str, Found]]) -> Catalog:
    """A catalogue of exactly the found texts, with the translations the old one has for them."""
    new = Catalog(locale=old.locale, charset="utf-8", fuzzy=False)
    new.header_comment = "# English texts. The source language is Chinese; terms follow one glossary (README)."
    for name, (message, context) in found:
        new.add(message, context=context, locations=[(name, 0)])
    for entry in new:
        known = old.get(entry.id, context=entry.context) if entry.id else None
        if known is not None and isinstance(known.id, tuple) == isinstance(entry.id, tuple):
            entry.string = known.string
    return new


def written(catalog: Catalog) -> str:
    """The catalogue as the text of a .po file that changes only when a text does."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, include_lineno=False, ignore_obsolete=True)
    return RESTLESS.sub("", buffer.getvalue().decode())


def compiled(path: Path) -> bytes:
    """The .mo file of a .po file, always the same bytes for the same texts."""
    catalog = read(path)
    # Babel stamps the present time into files without a date.
    catalog.creation_date = catalog.revision_date = datetime(2018, 1, 1, tzinfo=UTC)
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()
