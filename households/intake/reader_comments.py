"""The comments on the cells of an .xlsx sheet, in the child: people write there what has become of somebody."""

import posixpath
import re

from households.intake.reader_sheetml import feed, local_name, parse, safe_parser
from households.intake.reader_values import add_comment, column_index
from households.intake.reader_zip import Parts

_REFERENCE = re.compile(r"([A-Z]+)(\d+)")

type Comment = tuple[int, int, str]


def comments(parts: Parts, sheet_part: str) -> list[Comment]:
    """(Excel row number, column index, text) of each, as far as the sheet has any."""
    folder, name = posixpath.split(sheet_part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in parts.names():
        return []
    for tag, attrs in parse(parts.read(relations)):
        if tag == "Relationship" and attrs.get("Type", "").endswith("/comments"):
            part = posixpath.normpath(posixpath.join("/" + folder, attrs.get("Target", ""))).lstrip("/")
            return _read(parts.read(part)) if part in parts.names() else []
    return []


def _read(data: bytes) -> list[Comment]:
    found: list[Comment] = []
    place: list[tuple[int, int]] = []
    texts: list[str] = []
    inside: list[str] = []

    def start(tag: str, attrs: dict[str, str]) -> None:
        inside.append(local_name(tag))
        if inside[-1] == "comment":
            texts.clear()
            place.clear()
            if match := _REFERENCE.fullmatch(attrs.get("ref", "")):
                place.append((int(match[2]), column_index(match[1])))

    def text(told: str) -> None:
        if inside[-1:] == ["t"]:
            texts.append(told)

    def end(tag: str) -> None:
        inside.pop()
        if local_name(tag) == "comment" and place:
            add_comment(found, *place[0], "".join(texts))

    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    feed(parser, data)
    return found
