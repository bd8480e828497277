"""The parts of an .xlsx as bytes to be edited in place, so that everything we do not touch stays as it was."""

import posixpath
import re
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from households.intake.reader_sheetml import attributes, parse
from households.intake.reader_values import unique_name

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE = rb'\s%s="[^"]*"'


class UnpatchableError(Exception):
    """The workbook is written in a way that cannot be edited in place; its values are then written anew."""


class Package:
    """Reads parts from `source`; changed and added ones are kept until `save`."""

    def __init__(self, source: Path) -> None:
        self._archive = zipfile.ZipFile(source)
        self._changed: dict[str, bytes] = {}

    def names(self) -> set[str]:
        """All part names, added ones included."""
        return {*self._archive.namelist(), *self._changed}

    def read(self, name: str) -> bytes:
        """A part as it now is."""
        return self._changed[name] if name in self._changed else self._archive.read(name)

    def write(self, name: str, data: bytes) -> None:
        """Change or add a part."""
        self._changed[name] = data

    def save(self, target: Path) -> None:
        """Write the workbook with its changes and close the source."""
        with self._archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as out:
            for name in dict.fromkeys([*self._archive.namelist(), *self._changed]):
                out.writestr(name, self.read(name))

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id → (type's last word, target part) of a part."""
        name = _relations_part(part)
        if name not in self.names():
            return {}
        folder = posixpath.dirname(part)
        return {
            attrs["Id"]: (
                attrs["Type"].rpartition("/")[2],
                posixpath.normpath(posixpath.join("/" + folder, attrs["Target"])).lstrip("/"),
            )
            for tag, attrs in parse(self.read(name))
            if tag == "Relationship"
        }

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from `part` to the part `target`; returns its new id."""
        name = _relations_part(part)
        if name not in self.names():
            self.write(name, f'<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode())
        taken = self.relations(part)
        new = next(f"rIdN{number}" for number in range(1, len(taken) + 2) if f"rIdN{number}" not in taken)
        element = f'<Relationship Id="{new}" Type="{RELATIONS}/{kind}" Target="/{target}"/>'.encode()
        data = re.sub(rb"<Relationships([^>]*)/>", rb"<Relationships\1></Relationships>", self.read(name))
        self.write(name, insert_before(data, rb"</Relationships>", element))
        return new

    def declare(self, part: str, content_type: str) -> None:
        """Name the content type of an added part."""
        data = self.read("[Content_Types].xml")
        element = f'<Override PartName="/{part}" ContentType="{content_type}"/>'.encode()
        self.write("[Content_Types].xml", insert_before(data, rb"</Types>", element))

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Name the content type of all parts with an extension, if the file does not yet."""
        data = self.read("[Content_Types].xml")
        if f'Extension="{extension}"'.encode() not in data:
            element = f'<Default Extension="{extension}" ContentType="{content_type}"/>'.encode()
            self.write("[Content_Types].xml", re.sub(rb"(<Types[^>]*>)", rb"\1" + element, data, count=1))

    def free_name(self, pattern: str) -> str:
        """The first part name of the pattern (with one {}) that is not taken."""
        number = 1
        while pattern.format(number) in self.names():
            number += 1
        return pattern.format(number)

    def sheets(self) -> dict[str, str]:
        """Sheet name (as `read_workbook` gives it) → part of every worksheet, in order."""
        targets = self.relations("xl/workbook.xml")
        found: dict[str, str] = {}
        taken: set[str] = set()
        for tag, attrs in parse(self.read("xl/workbook.xml")):
            kind, target = targets.get(attributes(attrs, "id"), ("", "")) if tag == "sheet" else ("", "")
            if kind == "worksheet":
                found[unique_name(attrs["name"], taken)] = target
        return found

    def add_first_sheet(self, name: str) -> str:
        """Put a new, selected sheet before all others; returns its part, still to be written."""
        part = self.free_name("xl/worksheets/sheetN{}.xml")
        relation = self.relate("xl/workbook.xml", "worksheet", part)
        self.declare(part, _SHEET_TYPE)
        book = self.read("xl/workbook.xml")
        number = 1 + max(int(found) for found in re.findall(rb'\ssheetId="(\d+)"', book))
        element = f'<sheet xmlns:r="{RELATIONS}" name="{name}" sheetId="{number}" r:id="{relation}"/>'.encode()
        book = re.sub(rb"(<sheets[^>]*>)", lambda found: found[1] + element, book, count=1)
        # Print areas and filters name their sheet by its position, which has moved by one.
        shifted = re.sub(rb'localSheetId="(\d+)"', lambda found: b'localSheetId="%d"' % (int(found[1]) + 1), book)
        self.write("xl/workbook.xml", re.sub(rb'\s(activeTab|firstSheet)="\d+"', b"", shifted))
        return part


def _relations_part(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def insert_before(data: bytes, mark: bytes, element: bytes) -> bytes:
    """`element` put before the last `mark`; UnpatchableError when the mark is not there."""
    at = data.rfind(mark)
    if at < 0:
        raise UnpatchableError
    return data[:at] + element + data[at:]


def with_attribute(element: bytes, name: bytes, value: bytes) -> bytes:
    """An element's bytes with an attribute set."""
    bare = re.sub(_ATTRIBUTE % name, b"", element, count=1)
    end = re.match(rb"<[\w:]+", bare)
    assert end is not None
    return bare[: end.end()] + b" " + name + b'="' + value + b'"' + bare[end.end() :]


def legal_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def xml_text(text: str) -> str:
    """A text for XML content."""
    return escape(legal_text(text))


def text_cell(reference: str, text: str, style: int) -> bytes:
    """A cell that is a text whatever it begins with: an inline string is never taken for a formula."""
    content = xml_text(text)
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'.encode()
