"""What the styles of an .xlsx say about cells: read once for all who ask."""

from households.intake.reader_sheetml import parse
from households.intake.reader_values import DATE, shown_plainly, unit_shown
from households.intake.reader_zip import Parts

# Number formats that show a date without naming it in the file; 27-36 and 50-58 are the Chinese ones.
_BUILTIN_DATES = frozenset(map(str, [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)]))
_GROUPS = frozenset(
    {"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}
)  # fmt: skip


class Styles:
    """numbers: for each cell style (`s` of a cell) what its number format makes of a number: DATE, a unit to be read behind
    it, "". struck: the cell styles that strike their text through; striking: the numbers of such conditional formats."""

    __slots__ = ("numbers", "striking", "struck")

    def __init__(self, parts: Parts) -> None:
        self.numbers: list[str] = []
        self.struck: list[int] = []
        self.striking: list[int] = []
        if "xl/styles.xml" in parts.names():
            self._read(parts.read("xl/styles.xml"))

    @property
    def with_units(self) -> list[int]:
        """The cell styles whose numbers must be read with a unit."""
        return [style for style, shown in enumerate(self.numbers) if shown not in ("", DATE)]

    def _read(self, data: bytes) -> None:
        formats: dict[str, str] = {}
        fonts: list[bool] = []
        around, rule = "", -1
        for tag, attrs in parse(data):
            if tag in _GROUPS:
                around = tag
            elif tag == "numFmt" and around == "numFmts":
                code = attrs.get("formatCode", "")
                formats[attrs.get("numFmtId", "")] = DATE if _shows_date(code) else unit_shown(code)
            elif tag == "font" and around == "fonts":
                fonts.append(False)
            elif tag == "dxf" and around == "dxfs":
                rule += 1
            elif tag == "strike" and attrs.get("val", "1") in ("1", "true"):
                if around == "fonts" and fonts:
                    fonts[-1] = True
                elif around == "dxfs":
                    self.striking.append(rule)
            elif tag == "xf" and around == "cellXfs":
                number, font = attrs.get("numFmtId", "0"), attrs.get("fontId", "0")
                if font.isdecimal() and int(font) < len(fonts) and fonts[int(font)]:
                    self.struck.append(len(self.numbers))
                self.numbers.append(formats.get(number, DATE if number in _BUILTIN_DATES else ""))


def _shows_date(code: str) -> bool:
    """Whether a number format has day, month or year letters outside quotes, brackets and escapes."""
    return any(letter in shown_plainly(code).lower() for letter in "ymdh")
