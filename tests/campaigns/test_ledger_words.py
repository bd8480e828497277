"""The words that ledgers declare: nothing points to a field that the ledger does not have."""

import pytest

from campaigns.kinds import LEDGERS
from campaigns.ledgers.header_patterns import patterns_of
from campaigns.ledgers.spec import Ledger
from campaigns.ledgers.table import ledger_columns

# What the table knows beside the columns of a ledger.
_ALWAYS = {"id_no", "whether"}


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS.keys())
def test_every_word_names_a_field_of_the_ledger(ledger: Ledger) -> None:
    fields = {column.field for column in ledger_columns(ledger)} | _ALWAYS
    told = {
        "aliases": set(ledger.aliases.values()),
        "patterns": set(ledger.patterns.values()),
        "done": set(ledger.done) | set(filter(None, ledger.done.values())),
        "leads": set(ledger.leads),
        "titled": set(ledger.titled),
        "labelled": set(ledger.labelled),
        "spans": {*ledger.spans, *ledger.spans.values()},
        "hints": set(ledger.hints),
        "ticks": set(ledger.ticks),
        "phones": set(ledger.phones) | set(filter(None, ledger.phones.values())),
        "series": set(ledger.series.values()),
        "beside": set(ledger.beside),
        "single": set(ledger.single),
        "filled": set(ledger.filled),
        "required": set().union(*ledger.required),
    }
    assert {name: found - fields for name, found in told.items() if found - fields} == {}


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS.keys())
def test_every_column_of_the_blank_workbook_and_its_lists_is_there(ledger: Ledger) -> None:
    labels = {column.label for column in ledger_columns(ledger)} | {"证件号码"}
    assert set(ledger.template) <= labels and set(ledger.lists) <= labels


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS.keys())
def test_the_words_of_a_list_are_understood(ledger: Ledger) -> None:
    columns = {column.label: column for column in ledger_columns(ledger)}
    for label, words in ledger.lists.items():
        assert [word for word in words if isinstance(columns[label].clean(word), tuple)] == [], label


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS.keys())
def test_no_pattern_takes_an_empty_header(ledger: Ledger) -> None:
    assert [name for pattern, name in patterns_of(ledger) if pattern.fullmatch("")] == []
