"""Columns named by a person where the header is not understood, and remembered for her county's next workbook."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypedDict

from households.intake.headers import Header, TableSpec, header_by_hand, resolve, row_texts
from households.intake.models import ColumnMapping, ImportBatch
from households.intake.workbook import Sheet, Workbook

MOST_WORD = 100


class ByHand(TypedDict):
    """How a person reads one sheet: Excel number of the header's row (0: none), column index as text → field."""

    row: int
    columns: dict[str, str]


def named_by_hand(workbook: Workbook, by_hand: Mapping[str, ByHand]) -> dict[str, Header]:
    """Sheet → header, for the sheets of a batch whose columns a person has named (`ImportBatch.by_hand`)."""
    return {
        sheet.name: header_by_hand(sheet, hand["row"], {int(at): name for at, name in hand["columns"].items()})
        for sheet in workbook.sheets
        if (hand := by_hand.get(sheet.name))
    }


def with_remembered(spec: TableSpec, *, kind: str, county: str) -> TableSpec:
    """The spec with the county's own header words; they never change the meaning of a word that everybody uses."""
    words = ColumnMapping.objects.filter(kind=kind, county_code=county).values_list("header", "field")
    return replace(spec, aliases=dict(words) | dict(spec.aliases))


def remember(batch: ImportBatch, spec: TableSpec, sheet: Sheet, hand: ByHand) -> None:
    """Keep the words of a header named by hand for the county, those that nobody knows yet and that stand once."""
    if not hand["row"]:
        return
    texts = row_texts(sheet.rows[sheet.numbers.index(hand["row"])])
    count = Counter(texts.values())
    for column, name in hand["columns"].items():
        word = texts.get(int(column), "")
        if word and len(word) <= MOST_WORD and count[word] == 1 and resolve(word, spec) is None:
            key: dict[str, Any] = {"county_code": batch.county_code, "kind": batch.kind, "header": word}
            ColumnMapping.objects.update_or_create(**key, defaults={"field": name})
