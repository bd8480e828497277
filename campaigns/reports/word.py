"""Word documents in the layout of official papers (GB/T 9704): fonts, indents, spacing, page numbers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from households.intake.xlsx_package import legal_text

# Every Windows and WPS has these; 小标宋 stands on office computers, elsewhere 宋体 takes its place.
SONG, FANG_SONG, HEI, KAI, TITLE = "宋体", "仿宋", "黑体", "楷体", "方正小标宋简体"
RED = RGBColor(0xC0, 0x00, 0x00)
CENTRE, RIGHT, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT


def new_document(*, margins: tuple[float, float, float, float] = (37, 35, 28, 26)) -> Any:
    """An empty A4 document with the page numbers and (top, bottom, left, right, in mm) margins of an official paper."""
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = margins
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    _font(made.styles["Normal"].element.get_or_add_rPr(), FANG_SONG)
    made.styles["Normal"].font.size = Pt(16)
    _page_number(section.footer.paragraphs[0])
    about = made.core_properties
    about.author = about.comments = about.title = about.last_modified_by = ""
    about.created = about.modified = datetime(2018, 1, 1)  # noqa: DTZ001 - python-docx wants it without a zone
    return made


def _font(properties: Any, name: str) -> None:
    """Set the font for Latin and Chinese characters alike (Word looks for eastAsia)."""
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def add_text(paragraph: Any, text: str, *, font: str = FANG_SONG, size: float = 16, bold: bool = False) -> Any:
    """A run of text; returns it."""
    run = paragraph.add_run(legal_text(text))
    run.font.size, run.font.bold = Pt(size), bold
    _font(run._element.get_or_add_rPr(), font)
    return run


def add_line(
    where: Any, text: str = "", *, font: str = FANG_SONG, size: float = 16, align: Any = None, indent: bool = False
) -> Any:
    """A paragraph; `indent`: two characters in, as running text is. Returns it."""
    paragraph = where.add_paragraph()
    shape(paragraph, align=align, indent=indent)
    if text:
        add_text(paragraph, text, font=font, size=size)
    return paragraph


def shape(paragraph: Any, *, align: Any = None, indent: bool = False, spacing: float = 28) -> None:
    """Alignment, indent and the fixed line spacing (points; 0: as high as its content)."""
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    if spacing:
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    paragraph.alignment = align
    if indent:
        place = paragraph._p.get_or_add_pPr().get_or_add_ind()
        place.set(qn("w:firstLineChars"), "200")
        place.set(qn("w:firstLine"), "640")


def rule(paragraph: Any, *, colour: str = "C00000", width: int = 18) -> None:
    """A line below a paragraph; width in eighths of a point."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(width)), ("space", "6"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def add_table(
    where: Any, rows: list[list[str]], widths: Sequence[float], *, size: float = 10.5, heading: bool = True
) -> Any:
    """A bordered table of texts; widths in millimetres. heading: the first row is one, repeated on every page."""
    table = where.add_table(rows=len(rows), cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width, cell.vertical_alignment = Mm(width), WD_ALIGN_VERTICAL.CENTER
            paragraph = cell.paragraphs[0]
            shape(paragraph, align=CENTRE, spacing=0)
            add_text(paragraph, text, font=HEI if heading and number == 0 else FANG_SONG, size=size)
        row.height = Mm(7)
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if heading and number == 0:
            properties.append(OxmlElement("w:tblHeader"))
    return table


def _page_number(paragraph: Any) -> None:
    """“— 1 —” at the foot of every page."""
    paragraph.alignment = CENTRE
    add_text(paragraph, "— ", font=SONG, size=14)
    run = add_text(paragraph, "", font=SONG, size=14)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = code
        run._element.append(element)
    add_text(paragraph, " —", font=SONG, size=14)
