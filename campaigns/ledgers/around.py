"""What the cells of a row leave open and something around it tells: the row above, a title, the names of sheet and file."""

import re
from collections.abc import Iterable, Sequence

from campaigns.ledgers.spec import About, Ledger
from households.intake.columns import as_text
from households.intake.headers import TableSpec, normalise_header, resolve
from households.intake.plain_cells import AS_ABOVE
from households.intake.sheets import Table

# A title's 义诊时间：2018年6月16日 地点：村委会; what is labelled so goes on to the next label.
_LABELLED = re.compile(r"([^\s:：,，;；。()（）]{2,12})[:：]\s*([^:：]*?)(?=[\s,，;；]+[^\s:：,，;；。]{2,12}[:：]|$)")
_PLACES = ("township", "village")
_NEVER_DITTO = frozenset({"name", "paired_with"})  # nobody is her neighbour on the list
# A bare 日期 above a table is as often the day on which it was filled in.
_UNSURE = frozenset({"日期", "时间", "单位", "姓名", "名称", "电话"})

_PHONE = re.compile(r"(?<!\d)(?:(?:联系)?(?:电话|手机)[:：]?\s*)?(1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")
_EMPTY_BRACKETS = re.compile(r"[（(【\[]\s*[）)】\]]")
_AROUND_PHONE = " \t\n\u3000:：,，;；、/-—"

type Told = list[tuple[int, str, str, str]]  # position of the row, code, field, what was written there


def labelled(texts: Iterable[str], spec: TableSpec, ledger: Ledger) -> dict[str, str]:
    """Fields that titles tell with a label → what they say; a value may stand in the cell behind its label."""
    found: dict[str, str] = {}
    waiting = ""
    for text in texts:
        if waiting and not re.search("[:：]", text):
            found.setdefault(waiting, text)
        waiting = ""
        for label, value in _LABELLED.findall(text):
            name = None if label in _UNSURE else resolve(normalise_header(label), spec)
            if name not in ledger.labelled:
                continue
            if value.strip():
                found.setdefault(name, value.strip())
            else:
                waiting = name
    return found


def fill_from_labels(ledger: Ledger, table: Table, spec: TableSpec) -> Told:
    """Columns that are not there, with what titles tell of them for every row; a hint needs no finding, the row shows it."""
    told = {name: text for name, text in labelled(table.titles, spec, ledger).items() if name not in table.columns}
    hinted = {
        name: _hint(table, meanings) for name, meanings in ledger.hints.items() if name not in table.columns | told
    }
    size = len(table.row_numbers)
    for name, text in (hinted | told).items():
        if text:
            table.columns[name] = [text] * size
            table.headers.setdefault(name, "")
    return [(at, "FROM_TITLE", name, text) for name, text in told.items() for at in range(size)]


def _hint(table: Table, meanings: Sequence[tuple[str, re.Pattern[str]]]) -> str:
    """The one word that titles, headers and names tell; of several nobody knows which, and the cell's cleaner says so."""
    texts = [*table.headers.values(), *table.titles, *(text for group in table.around for text in group)]
    return "或".join(dict.fromkeys(word for word, sign in meanings if any(map(sign.search, texts))))


def split_phones(ledger: Ledger, table: Table) -> Told:
    """张爱华 14403150077 in one cell: the telephone goes where it belongs, unless another one stands there.

    Where it belongs nowhere it is left out, and the row says so.
    """
    told: Told = []
    for name, phone in ledger.phones.items():
        names = table.columns.get(name)
        if names is None:
            continue
        size = len(names)
        for at, cell in enumerate(names):
            found = _PHONE.findall(cell) if isinstance(cell, str) else []
            rest = _PHONE.sub(" ", cell).strip(_AROUND_PHONE) if isinstance(cell, str) and len(found) == 1 else ""
            if not rest or (phone and table.columns.get(phone, [None] * size)[at] is not None):
                continue
            names[at] = _EMPTY_BRACKETS.sub("", rest).strip(_AROUND_PHONE)
            if phone:
                table.columns.setdefault(phone, [None] * size)[at] = found[0]
                table.headers.setdefault(phone, "")
            else:
                told.append((at, "PHONE_LEFT_OUT", name, ""))
    return told


def read_dittos(ledger: Ledger, table: Table) -> Told:
    """同上 and its marks: what the row above tells, where it is the line above on the paper, too."""
    told: Told = []
    for column in ledger.columns:
        cells = table.columns.get(column.field, []) if column.field not in _NEVER_DITTO else []
        for at in range(1, len(cells)):
            is_next = table.row_numbers[at] == table.row_numbers[at - 1] + 1
            if is_next and isinstance(cells[at], str) and str(cells[at]).strip() in AS_ABOVE and cells[at - 1]:
                cells[at] = cells[at - 1]
                told.append((at, "DITTO_READ", column.field, as_text(cells[at])[:40]))
    return told


def fill_from_above(ledger: Ledger, table: Table) -> Told:
    """Blank cells that mean "as above", filled: a helper before her people, the village of a block of rows.

    A gap between the rows ends it, and so does a total.
    """
    told = _down(table, _leading(ledger, table), ledger.leads[0]) if _leading(ledger, table) else []
    places = [name for name in _PLACES if name in table.columns]
    if ledger.about not in (About.NOBODY, About.ANYBODY) and "village" in places:
        numbers = table.columns.get("id_no") or [None] * len(table.row_numbers)
        filled = _down(table, places, "village")
        told += [one for one in filled if numbers[one[0]] is None]  # a number says itself who is meant
    return told


def _leading(ledger: Ledger, table: Table) -> list[str]:
    """The leading columns, where they stand left of those who are named: elsewhere a blank tells nothing."""
    leads = [name for name in ledger.leads if name in table.columns and name in table.fields]
    named = min((table.fields[name] for name in ("name", "paired_with") if name in table.fields), default=-1)
    return leads if leads and leads[0] == ledger.leads[0] and named >= table.fields[leads[0]] else []


def _down(table: Table, names: list[str], shown: str) -> Told:
    columns = [table.columns[name] for name in names]
    told: Told = []
    for at in range(1, len(table.row_numbers)):
        is_next = table.row_numbers[at] == table.row_numbers[at - 1] + 1
        if is_next and all(column[at] is None for column in columns) and table.columns[shown][at - 1] is not None:
            for column in columns:
                column[at] = column[at - 1]
            told.append((at, "FROM_ABOVE", shown, as_text(table.columns[shown][at])[:40]))
    return told
