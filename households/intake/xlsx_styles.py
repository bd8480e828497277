"""Cell styles of an .xlsx: every style in a coloured variant, and back."""

import re

from households.intake.xlsx_package import Package, UnpatchableError, with_attribute

_PART = "xl/styles.xml"
# A colour of our own, so that a corrected cell can lose it again without touching the officer's colours.
_COLOUR = b"FFFFD1C9"
_FILL = (
    b'<fill><patternFill patternType="solid"><fgColor rgb="'
    + _COLOUR
    + b'"/><bgColor indexed="64"/></patternFill></fill>'
)
_FILLS = re.compile(rb"<fills\b[^>]*>(.*?)</fills>", re.DOTALL)
_XFS = re.compile(rb"<cellXfs\b[^>]*>(.*?)</cellXfs>", re.DOTALL)
_ONE_FILL = re.compile(rb"<fill>.*?</fill>|<fill/>", re.DOTALL)
_ONE_XF = re.compile(rb"<xf\b(?:[^>]*?/>|.*?</xf>)", re.DOTALL)


class Styles:
    """The cell styles (`s` of a cell) of a workbook; new ones are added as they are asked for."""

    def __init__(self, package: Package) -> None:
        if _PART not in package.names():
            raise UnpatchableError
        self._package = package
        self._data = package.read(_PART)
        fills, styles = _FILLS.search(self._data), _XFS.search(self._data)
        if fills is None or styles is None:
            raise UnpatchableError
        self._fills: list[bytes] = _ONE_FILL.findall(fills[1])
        self._styles: list[bytes] = _ONE_XF.findall(styles[1])
        ours = [index for index, fill in enumerate(self._fills) if _COLOUR in fill]
        self._fill = ours[0] if ours else len(self._fills)
        if not ours:
            self._fills.append(_FILL)

    def coloured(self, style: int) -> int:
        """The same style on our colour."""
        return self._index(self._on_our_colour(self._xf(style)))

    def plain(self, style: int) -> int:
        """A style without our colour: the one that the coloured variant was made from."""
        xf = self._xf(style)
        if b'fillId="%d"' % self._fill not in xf:
            return style
        for index, other in enumerate(self._styles):
            if other != xf and self._on_our_colour(other) == xf:
                return index
        return self._index(with_attribute(xf, b"fillId", b"0"))

    def wrapped(self) -> int:
        """A style that breaks long lines, otherwise like the workbook's first one."""
        bare = re.sub(rb"<xf\b([^>]*?)/?>.*", rb"<xf\1>", self._xf(0), flags=re.DOTALL)
        xf = with_attribute(bare, b"applyAlignment", b"1")
        return self._index(xf + b'<alignment vertical="top" wrapText="1"/></xf>')

    def save(self) -> None:
        """Write the styles back."""
        fills = b'<fills count="%d">' % len(self._fills) + b"".join(self._fills) + b"</fills>"
        styles = b'<cellXfs count="%d">' % len(self._styles) + b"".join(self._styles) + b"</cellXfs>"
        data = _FILLS.sub(lambda _: fills, self._data, count=1)
        self._package.write(_PART, _XFS.sub(lambda _: styles, data, count=1))

    def _xf(self, style: int) -> bytes:
        if style >= len(self._styles):
            raise UnpatchableError
        return self._styles[style]

    def _on_our_colour(self, xf: bytes) -> bytes:
        return with_attribute(with_attribute(xf, b"fillId", b"%d" % self._fill), b"applyFill", b"1")

    def _index(self, xf: bytes) -> int:
        if xf not in self._styles:
            self._styles.append(xf)
        return self._styles.index(xf)
