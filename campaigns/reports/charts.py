"""Charts in Word that staff can edit: DrawingML chart parts with their workbook inside, no pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Mm
from docxtpl import DocxTemplate
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.chart.xlsx import CategoryWorkbookWriter
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.xmlchemy import serialize_for_reading
from pptx.util import Pt

from campaigns.reports.word import SONG

_RED = RGBColor(0xB0, 0x2A, 0x30)
_NAMESPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class RateChart:
    """Columns of percentages. Where the template asks for it, the chart is put into the document.

    names: of the columns; rates: percentages, None where there is no task (no column). It is false where nothing would show.
    """

    title: str
    names: Sequence[str]
    rates: Sequence[float | None]
    within: DocxTemplate | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return any(rate is not None for rate in self.rates)

    def __html__(self) -> str:
        """The drawing as a run of its own; what the template engine writes instead of an escaped text."""
        if self.within is None or not self:
            return ""
        relation = self.within.current_rendering_part.relate_to(self._part(), RELATIONSHIP_TYPE.CHART)
        width, height = Mm(150), Mm(70)
        drawing = (
            f'<wp:inline {_NAMESPACES}><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr id="1" name={quoteattr(self.title)} descr={quoteattr(self.title)}/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline>'
        )
        return f'</w:t></w:r><w:r><w:drawing>{drawing}</w:drawing></w:r><w:r><w:t xml:space="preserve">'

    def _part(self) -> Part:
        """The chart part with its workbook; one of a kind in the package."""
        assert self.within is not None
        package = self.within.docx.part.package
        number = 1 + sum("/charts/" in part.partname for part in package.iter_parts())
        data = CategoryChartData(number_format="0.0")
        data.categories = list(self.names)
        data.add_series(self.title, list(self.rates))
        book = Part(
            PackURI(f"/word/embeddings/chart{number}.xlsx"),
            CONTENT_TYPE.SML_SHEET,
            CategoryWorkbookWriter(data).xlsx_blob,
            package,
        )
        part = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package)
        book_relation = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
        part._blob = _drawn(data, book_relation)
        return part


def _drawn(data: CategoryChartData, book_relation: str) -> bytes:
    """The chart's XML: from 0 to 100, each column with its percentage, small Chinese type."""
    space = parse_xml(data.xml_bytes(XL_CHART_TYPE.COLUMN_CLUSTERED))
    chart = Chart(space, None)
    chart.font.size, chart.font.name = Pt(9), SONG
    chart.has_legend = False
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 100
    chart.value_axis.has_major_gridlines = False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.show_value, plot.data_labels.number_format_is_linked = True, False
    # "100.0" over each of a county's twenty columns would run into the next one.
    plot.data_labels.number_format, plot.data_labels.position = "[=100]0;0.0", XL_LABEL_POSITION.OUTSIDE_END
    fill = plot.series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = _RED
    space.get_or_add_externalData().rId = book_relation
    return serialize_for_reading(space).encode()
