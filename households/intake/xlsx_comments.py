"""Cell comments of an .xlsx sheet: ours replaced, other people's kept."""

import re

from households.intake.xlsx_package import MAIN, RELATIONS, Package, UnpatchableError, insert_before, xml_text

AUTHOR = "导入核对"
# Every comment is a drawing; Excel gets slow with more, and the reason stands in the added column anyway.
MAX_COMMENTS = 5000

_COMMENT = re.compile(rb'<comment\b[^>]*?\bref="([A-Z]+\d+)".*?</comment>', re.DOTALL)
_AUTHORS = re.compile(rb"<authors\s*/>|<authors>(.*?)</authors>", re.DOTALL)
_AUTHOR = re.compile(rb"<author\s*/>|<author>(.*?)</author>", re.DOTALL)
_SHAPE = re.compile(rb"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)
# What may stand behind <legacyDrawing> in a worksheet, in the order of the schema.
_AFTER_DRAWING = re.compile(
    rb"<(legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst)\b|</worksheet>"
)

_NEW_COMMENTS = f'<comments xmlns="{MAIN}"><authors></authors><commentList></commentList></comments>'.encode()
_NEW_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    b'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    b"</v:shapetype></xml>"
)


def replace_comments(
    package: Package, sheet_part: str, sheet: bytes, notes: dict[tuple[int, int], tuple[str, str]]
) -> bytes:
    """Write our comments for a sheet; returns the sheet's XML with its reference to them.

    notes: (row from 1, column from 0) → (cell reference, text). A cell that somebody else has commented keeps that.
    """
    targets = dict(package.relations(sheet_part).values())
    has_drawing = b"<legacyDrawing " in sheet
    if has_drawing != ("comments" in targets):
        # Old form controls without comments, or comments in a way we do not know: the added column must do.
        return sheet
    if not has_drawing and not notes:
        return sheet
    if not has_drawing:
        targets, sheet = _added(package, sheet_part, sheet)
    if "vmlDrawing" not in targets:
        raise UnpatchableError
    comments, drawing = package.read(targets["comments"]), package.read(targets["vmlDrawing"])
    comments, removed = _without_ours(comments)
    drawing = _SHAPE.sub(lambda found: b"" if _place(found[0]) in removed else found[0], drawing)
    taken = {found[1].decode() for found in _COMMENT.finditer(comments)}
    author, comments = _our_author(comments)
    free = [(place, *note) for place, note in sorted(notes.items()) if note[0] not in taken][:MAX_COMMENTS]
    elements = "".join(
        f'<comment ref="{reference}" authorId="{author}"><text><r><t xml:space="preserve">{xml_text(text)}</t></r></text></comment>'
        for _, reference, text in free
    )
    first_shape = 1025 + drawing.count(b"<v:shape ") + 5000
    shapes = "".join(_shape(first_shape + index, *place) for index, (place, _, _) in enumerate(free))
    package.write(targets["comments"], insert_before(comments, b"</commentList>", elements.encode()))
    package.write(targets["vmlDrawing"], insert_before(drawing, b"</xml>", shapes.encode()))
    return sheet


def _added(package: Package, sheet_part: str, sheet: bytes) -> tuple[dict[str, str], bytes]:
    """Empty comment and drawing parts for a sheet that has none."""
    targets = {
        "comments": package.free_name("xl/commentsN{}.xml"),
        "vmlDrawing": package.free_name("xl/drawings/vmlDrawingN{}.vml"),
    }
    package.write(targets["comments"], _NEW_COMMENTS)
    package.write(targets["vmlDrawing"], _NEW_DRAWING)
    package.relate(sheet_part, "comments", targets["comments"])
    relation = package.relate(sheet_part, "vmlDrawing", targets["vmlDrawing"])
    package.declare(targets["comments"], "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
    package.declare_extension("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    element = f'<legacyDrawing xmlns:r="{RELATIONS}" r:id="{relation}"/>'.encode()
    after = _AFTER_DRAWING.search(sheet, sheet.rfind(b"</sheetData>"))
    if after is None:
        raise UnpatchableError
    return targets, sheet[: after.start()] + element + sheet[after.start() :]


def _our_author(comments: bytes) -> tuple[int, bytes]:
    """The number of our author in the list of authors, added where it is missing."""
    found = _AUTHORS.search(comments)
    if found is None:
        raise UnpatchableError
    names = [name[1] or b"" for name in _AUTHOR.finditer(found[1] or b"")]
    if AUTHOR.encode() in names:
        return names.index(AUTHOR.encode()), comments
    authors = b"<authors>" + (found[1] or b"") + f"<author>{AUTHOR}</author></authors>".encode()
    return len(names), comments[: found.start()] + authors + comments[found.end() :]


def _without_ours(comments: bytes) -> tuple[bytes, set[tuple[int, int]]]:
    """The comments without those of an earlier round of ours, and the places they stood at."""
    if AUTHOR.encode() not in comments:
        return comments, set()
    author, _ = _our_author(comments)
    removed: set[tuple[int, int]] = set()

    def keep(found: re.Match[bytes]) -> bytes:
        if b'authorId="%d"' % author not in found[0][: found[0].find(b">")]:
            return found[0]
        removed.add(_numbers(found[1].decode()))
        return b""

    return _COMMENT.sub(keep, comments), removed


def _numbers(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]), column - 1


def _place(shape: bytes) -> tuple[int, int] | None:
    """(row from 1, column from 0) of a comment's shape."""
    row, column = re.search(rb"<x:Row>(\d+)<", shape), re.search(rb"<x:Column>(\d+)<", shape)
    return (int(row[1]) + 1, int(column[1])) if row and column else None


def _shape(number: int, row: int, column: int) -> str:
    """A hidden note box beside its cell."""
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" '
        'style="position:absolute;width:230pt;height:90pt;visibility:hidden"><v:fill color2="#ffffe1"/>'
        '<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{column + 1}, 15, {max(row - 2, 0)}, 10, {column + 5}, 15, {row + 4}, 4</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
