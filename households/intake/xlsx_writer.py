"""A new .xlsx written as a stream, row by row: texts are texts whatever they begin with, numbers are numbers.

Measured on 30,000 rows of 12 texts: 0.2 s; openpyxl takes 3.5 s even when it writes as a stream.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from typing import IO

from households.intake import xlsx_paper
from households.intake.columns import neutralised
from households.intake.reader_values import sheet_name
from households.intake.workbook import column_letter
from households.intake.xlsx_package import MAIN, RELATIONS, text_cell, xml_text
from households.intake.xlsx_paper import Paper, Printed, Value

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
# Cell styles by number: plain text (so that a long number survives editing; a cell without a style has it), heading, whole
# number, one decimal; then those of paper.
_HEADING, _NUMBER, _DECIMAL = 1, 2, 3
_ROWS_AT_ONCE, _KEPT_TEXTS = 500, 50_000
# Nothing in it that XML or a spreadsheet would take for anything else.
_PLAIN = re.compile(r"\w(?:[\w .:/*-]*[\w*])?")
_STYLES = f"""{_XML}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0"/>
<numFmt numFmtId="165" formatCode="0.0%"/></numFmts>
<fonts count="3"><font><sz val="11"/><name val="SimSun"/></font>
<font><b/><sz val="11"/><name val="SimSun"/></font>{xlsx_paper.FONTS}</fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border/>{xlsx_paper.BORDERS}</borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{4 + xlsx_paper.COUNT}"><xf numFmtId="49" applyNumberFormat="1"/>
<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/><xf numFmtId="1" applyNumberFormat="1"/>
<xf numFmtId="164" applyNumberFormat="1"/>{xlsx_paper.STYLES}</cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


@dataclass(frozen=True, slots=True)
class NewSheet:
    """name: its first 31 characters count. headings: the first row, which stays in view. widths: of the columns, in characters.

    paper: for a table to be signed and handed in; then the headings stand below its title. Without it a list is still printed
    one page wide, its headings on every page.
    """

    name: str
    headings: Sequence[str]
    widths: Sequence[float]
    rows: Iterable[Sequence[Value]]
    paper: Paper | None = None


def write_book(file: IO[bytes], sheets: Sequence[NewSheet]) -> None:
    """Write a workbook of the sheets; rows are taken one by one."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for number, sheet in enumerate(sheets, start=1):
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                _write_sheet(part, sheet)
        for name, content in _frame(sheets):
            book.writestr(name, content)


def _write_sheet(part: IO[bytes], sheet: NewSheet) -> None:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(sheet.widths, start=1)
    )
    below = sheet.paper.first_row if sheet.paper else 2
    part.write(
        f'{_XML}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{below - 1}" '
        f'topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols>'
        "<sheetData>".encode()
    )
    if sheet.paper:
        part.write(_printed(sheet, sheet.paper))
    else:
        _stream(part, sheet)
        part.write(f"</sheetData>{xlsx_paper.PAGE}".encode())
    part.write(b"</worksheet>")


def _printed(sheet: NewSheet, paper: Paper) -> bytes:
    """Rows, merged cells and print set-up of a sheet for paper: a page or a few, no stream."""
    printed = Printed(paper, sheet.headings, sheet.widths)
    rows = b"".join([*printed.before(), *printed.rows(sheet.rows)])
    merged = "".join(f'<mergeCell ref="{place}"/>' for place in printed.merged)
    around = f'</sheetData><mergeCells count="{len(printed.merged)}">{merged}</mergeCells>{xlsx_paper.PAGE}'
    return rows + around.encode()


class _Texts(dict[str, str]):
    """What stands in a text cell after its place, by text: the same villages and words come again and again."""

    def __missing__(self, text: str) -> str:
        if len(self) > _KEPT_TEXTS:
            self.clear()
        if not text:
            content = '"/>'
        elif _PLAIN.fullmatch(text):
            content = f'" t="inlineStr"><is><t>{text}</t></is></c>'
        else:
            content = f'" t="inlineStr"><is><t xml:space="preserve">{xml_text(neutralised(text))}</t></is></c>'
        self[text] = content
        return content


def _stream(part: IO[bytes], sheet: NewSheet) -> None:
    """Headings and rows, written some hundred rows at a time."""
    letters = [column_letter(index) for index in range(len(sheet.headings))]
    headings = b"".join(
        text_cell(f"{x}1", neutralised(h), _HEADING) for x, h in zip(letters, sheet.headings, strict=True)
    )
    part.write(b'<row r="1">' + headings + b"</row>")
    texts, first = _Texts(), 2
    for block in batched(sheet.rows, _ROWS_AT_ONCE, strict=False):
        part.write(_rows(letters, first, block, texts).encode())
        first += len(block)


def _rows(letters: Sequence[str], first: int, block: Sequence[Sequence[Value]], texts: _Texts) -> str:
    """The block's rows from the number `first` on.

    Put together column by column and joined once: a sheet has a million cells, and a step of Python for each of them was two
    thirds of the time of an export.
    """
    numbers = [str(number) for number in range(first, first + len(block))]
    row = ['<row r="', "", '">', *chain.from_iterable((f'<c r="{letter}', "", "") for letter in letters), "</row>"]
    width, pieces = len(row), row * len(block)
    pieces[1::width] = numbers
    for at, column in zip(range(4, width - 1, 3), zip(*block, strict=True), strict=True):
        pieces[at::width] = numbers
        pieces[at + 1 :: width] = [texts[cell] if isinstance(cell, str) else _number(cell) for cell in column]
    return "".join(pieces)


def _number(value: float) -> str:
    """What stands in a number's cell after its place."""
    return f'" s="{_DECIMAL if isinstance(value, float) else _NUMBER}"><v>{value}</v></c>'


def _frame(sheets: Sequence[NewSheet]) -> Iterable[tuple[str, str]]:
    """The parts around the sheets."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>{overrides}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")])
    named = "".join(
        f'<sheet name="{xml_text(sheet_name(sheet.name))}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{named}</sheets>{_repeated(sheets)}</workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _repeated(sheets: Sequence[NewSheet]) -> str:
    """The rows printed at the top of every page."""
    names = ""
    for number, sheet in enumerate(sheets):
        place = xml_text(sheet_name(sheet.name).replace("'", "''"))
        rows = f"'{place}'!$1:${sheet.paper.first_row - 1 if sheet.paper else 1}"
        names += f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">{rows}</definedName>'
    return f"<definedNames>{names}</definedNames>"


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'
