"""English is complete, compiled, and what an English reader sees; no Chinese text escapes translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.test import Client
from django.utils.translation import override, templatize

from households.intake.messages import row_message
from households.models import Region, User
from povertyrelief.management.commands import update_messages as messages
from tests import make
from tests.conftest import Cast

# Chinese that is data, not text: words on paper, column names, the demonstration's people and villages. Files whose
# texts must exist before translations can be loaded (keys) speak Chinese only.
DATA_FILES = (
    "campaigns/demo/",
    "campaigns/ledgers/",
    "campaigns/publicity/ledger.py",
    "campaigns/pairing/ledger.py",
    "campaigns/pairing/told_helpers.py",
    "campaigns/pairing/visit_ledger.py",
    "campaigns/cleaning/ledger.py",
    "campaigns/health/care_ledger.py",
    "campaigns/health/enrolling.py",
    "campaigns/health/ledger.py",
    "campaigns/health/relief_ledger.py",
    "campaigns/schooling/ledger.py",
    "campaigns/sheets/row_numbers.py",
    "households/intake/legends.py",
    "households/intake/number_words.py",
    "households/intake/series.py",
    "campaigns/livelihood/employment_ledger.py",
    "campaigns/livelihood/job_words.py",
    "campaigns/livelihood/jobs_ledger.py",
    "campaigns/livelihood/training_ledger.py",
    "campaigns/schooling/donation_ledger.py",
    "campaigns/schooling/guardians.py",
    "campaigns/survey/cells.py",
    "campaigns/survey/circumstances_ledger.py",
    "campaigns/survey/ledger.py",
    "campaigns/organisation/ledger.py",
    "campaigns/tables.py",
    "campaigns/county_map.py",
    "campaigns/worklist_book.py",
    "households/blank_workbook.py",
    "households/comparing/",
    "households/codes.py",
    "households/identity.py",
    "households/intake/card_forms.py",
    "households/intake/columns.py",
    "households/intake/headers.py",
    "households/intake/plain_cells.py",
    "households/intake/reader",
    "households/intake/row_kinds.py",
    "households/intake/sheets.py",
    "households/intake/tick_columns.py",
    "households/intake/unnamed_columns.py",
    "households/intake/xlsx_comments.py",
    "households/pinyin.py",
    "households/places.py",
    "households/roster/",
    "households/suspect_data.py",
    # Papers in Chinese whatever the reader's language, and the tags of their template.
    "campaigns/reports/amounts.py",
    "campaigns/reports/briefing.py",
    "campaigns/reports/default_template.py",
    "campaigns/reports/word.py",
    "povertyrelief/formats/",
    "povertyrelief/keys.py",
)
# In other files: names of roster columns, code words, separators and formats, stored reasons, official names.
DATA_WORDS = frozenset(
    {
        *("姓名", "性别", "出生日期", "与户主关系", "证件号码", "户主姓名", "户编号", "联系电话", "户主联系电话"),
        *("健康状况", "残疾类别", "残疾等级", "是否参加大病医疗", "主要致贫原因", "其他致贫原因", "备注"),
        *("病情", "检查结果", "未承保原因"),
        *(
            "包联人电话",
            "捐赠人电话",
            "监护人电话",
            "户主",
            "残疾",
            "女",
            "男",
            "省",
            "市",
            "、",
            "%Y年%m月%d日",
            "瞿阝",
            "酄",
            "某某",
        ),
        *("“(?P<sheet>[^”]*)”第(?P<row>\\d+)行", "是否是：(?P<places>.+)？"),
        *("院内", "室内", "厨房", "厕所", "个人"),
        *("后台管理", "初始设置", "初始口径", "“两癌”健康保险（", "年度）"),
    }
)
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# The language switch names each language in itself.
OWN_NAMES = ("中文",)


def english() -> Catalog:
    return messages.read(messages.ENGLISH)


def forms_of(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def untranslated_literals(path: Path) -> Iterator[str]:
    """Chinese literals of a Python file that are neither translated nor docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if isinstance(node, ast.Call) and messages.called(node) in messages.KEYWORDS:
            passed |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if messages.HAN.search(node.value) and node.value not in DATA_WORDS:
            yield f"{path.relative_to(messages.ROOT)}:{node.lineno}: {node.value}"


def untranslated_markup(path: Path) -> Iterator[str]:
    """Chinese in a template outside its translation tags and comments."""
    markup = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", "", path.read_text(), flags=re.DOTALL)
    markup = re.sub(r"\{% blocktrans(late)?\b.*?\{% endblocktrans(late)? %\}", "", markup, flags=re.DOTALL)
    markup = re.sub(r"\{% trans(late)? .*?%\}|_\((\"[^\"]*\"|'[^']*')\)", "", markup, flags=re.DOTALL)
    for line in markup.splitlines():
        if messages.HAN.search(line) and not any(name in line for name in OWN_NAMES):
            yield f"{path.relative_to(messages.ROOT)}: {line.strip()}"


def test_no_chinese_text_in_python_escapes_translation() -> None:
    files = [
        path for path in messages.python_files() if not str(path.relative_to(messages.ROOT)).startswith(DATA_FILES)
    ]
    assert [found for path in files for found in untranslated_literals(path)] == []


def test_no_chinese_text_in_a_template_escapes_translation() -> None:
    assert [found for path in messages.template_files() for found in untranslated_markup(path)] == []


def test_scripts_hold_no_texts() -> None:
    scripts = [path for path in (messages.ROOT / "static").glob("*.js") if messages.HAN.search(path.read_text())]
    assert scripts == []


def test_the_collector_misses_no_translation_tag_of_a_template() -> None:
    for path in messages.template_files():
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        calls = [call for call in messages.TEMPLATE_CALL.finditer(source) if call.group(1) != "_"]
        assert len(calls) == source.count("gettext("), path


def test_every_text_has_english_and_no_english_is_left_over() -> None:
    fresh = messages.merged(english(), messages.found_messages())
    assert [entry.id for entry in fresh if entry.id and not messages.complete(entry.string)] == []
    assert {(entry.id, entry.context) for entry in english()} == {(entry.id, entry.context) for entry in fresh}


def test_english_holds_no_chinese_but_examples() -> None:
    examples = ("姓名", "证件号码", "村民委员会", "匿名", "县区", "全户", "“、”")  # to be written so into a workbook
    for entry in english():
        for text in forms_of(entry.string) if entry.id else []:
            plain = re.sub("|".join(examples), "", text)
            assert not messages.HAN.search(plain), text


def test_placeholders_are_the_same_in_every_language() -> None:
    for path in messages.catalogue_files():
        for entry in messages.read(path):
            assert not entry.id or fits(entry), (path, entry.id, entry.string)


def fits(entry: Message) -> bool:
    """Whether each form of a translation has the places of the original; a singular may leave the number out."""
    originals = [sorted(PLACES.findall(text)) for text in forms_of(entry.id)]
    return all(sorted(PLACES.findall(text)) in originals for text in forms_of(entry.string))


@pytest.mark.parametrize("path", messages.catalogue_files(), ids=lambda path: path.parent.parent.name)
def test_compiled_files_are_those_of_their_sources(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path), "run: make messages"


def visible(page: str) -> str:
    """What a page says: text and attributes, without scripts."""
    return re.sub(r"<(script|style)\b.*?</\1>|\b(href|src|action)=\"[^\"]*\"", "", page, flags=re.DOTALL)


def chinese_left(page: str, data: list[str]) -> list[str]:
    """Chinese words of a page that are none of the given data (names of places and people, longest first)."""
    text = visible(page)
    for name in sorted({*filter(None, data), *OWN_NAMES}, key=len, reverse=True):
        text = text.replace(name, "")
    return re.findall(r".{0,30}" + messages.HAN.pattern + r"+.{0,30}", text)


def names_of_places() -> list[str]:
    return [name for region in Region.objects.all() for name in (region.name, *region.path.split(" / "))]


ENGLISH_PAGES = (
    ("federation_staff", "/"),
    ("federation_staff", "/dashboard/"),
    ("officer_a", "/unfinished/"),
    ("officer_a", "/households/"),
    ("officer_a", "/uploads/"),
    ("federation_staff", "/admin/"),
    ("system_admin", "/admin/households/user/add/"),
    ("federation_staff", "/admin/households/household/"),
    ("officer_a", "/accounts/2fa/"),
    ("officer_a", "/nowhere/"),
)


def test_a_stored_finding_is_said_in_the_readers_language() -> None:
    said = {"others": "“名册”第12行、“名册”第13行"}
    with override("en"):
        assert row_message("DUPLICATE_CONFLICT", said).startswith("Same ID number as “名册” row 12, “名册” row 13 but")
        assert "“Female”" in row_message("SEX_MISMATCH", {"written": "男", "expected": "女"})
    assert row_message("DUPLICATE_CONFLICT", said).startswith("与“名册”第12行、“名册”第13行证件号码相同")


def test_a_household_speaks_english_apart_from_names(cast: Cast, officer_a: Client) -> None:
    home = make.household(attribute="低保贫困户", main_cause="因病")
    woman = make.person(home, health=["残疾"], disability_category="肢体", school_status="七年级")
    make.contact(home)
    make.cleaning(home)
    make.circumstance(household=home, target="cleaning")
    names = [home.head_name, woman.name, "李审批", *names_of_places(), *User.objects.values_list("name", flat=True)]
    officer_a.cookies["django_language"] = "en"
    page = officer_a.get(f"/households/{home.pk}/")
    assert chinese_left(page.text, names) == []
    for words in ("Dibao poor household", "Illness", "Spouse", "Disabled (Physical)", "Grade 7"):
        assert words in page.text


def test_the_language_switch_changes_the_page_and_back(cast: Cast, officer_a: Client) -> None:
    for language, words in (("en", "Worklists"), ("zh-hans", "未完成名单")):
        page = officer_a.post("/language/", {"language": language, "next": "/"}, follow=True)
        assert words in page.text


def test_pages_speak_english_apart_from_names(cast: Cast) -> None:
    names = [*names_of_places(), *User.objects.values_list("name", flat=True)]
    visits = [("", "/accounts/login/"), *ENGLISH_PAGES]
    for role, address in visits:
        client = Client()
        client.cookies["django_language"] = "en"
        if role:
            client.force_login(getattr(cast, role))
        page = client.get(address, follow=True)
        assert '<html lang="en"' in page.text, address
        assert chinese_left(page.text, names) == [], address
