"""Values put back into a form of a finished page, whatever view and template made it: text in, text out.

Only what a person can type or choose, and hidden fields (they carry the version that she saw); never passwords, files,
or the token of the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field's name
_NOT_TYPED = frozenset({"submit", "button", "image", "reset", "file", "password"})
_TICKED = frozenset({"checkbox", "radio"})
type Attributes = dict[str, str | None]
type Values = Mapping[str, Sequence[str]]


@dataclass
class _Control:
    """An input, select's option or textarea: `start` to `end` is what is written anew."""

    kind: str
    name: str
    start: int
    end: int
    attributes: Attributes


@dataclass
class _Form:
    """`after`: where its start tag ends. An action is a path of this site."""

    is_post: bool
    path: str
    key: str
    after: int
    controls: list[_Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls}


class _Reader(HTMLParser):
    """The forms of a page with the places of their controls."""

    def __init__(self, page: str, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[_Form] = []
        self.strays: list[tuple[str, _Control]] = []  # outside their form, which they name by its id
        self._path, self._form, self._select = path, None, None  # type: str, _Form | None, Attributes | None
        self._area: _Control | None = None
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()
        for key, control in self.strays:
            for form in self.forms:
                if form.key == key:
                    form.controls.append(control)

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes, start = dict(attrs), self._place()
        end = start + len(self.get_starttag_text() or "")
        if tag == "form":
            path = urlsplit(urljoin(self._path, attributes.get("action") or "")).path
            is_post = (attributes.get("method") or "").lower() == "post"
            self._form = _Form(is_post, path, attributes.get("id") or "", end)
            self.forms.append(self._form)
        elif tag == "select":
            self._select = attributes
        elif tag == "option" and self._select and "value" in attributes:
            self._add(_Control(tag, self._select.get("name") or "", start, end, attributes), self._select)
        elif tag == "textarea":
            self._area = _Control(tag, attributes.get("name") or "", end, end, attributes)
        elif tag == "input" and attributes.get("type") not in _NOT_TYPED:
            self._add(_Control(tag, attributes.get("name") or "", start, end, attributes), attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            self._area.end = self._place()
            self._add(self._area, self._area.attributes)
            self._area = None

    def _add(self, control: _Control, attributes: Attributes) -> None:
        if control.name in ("", TOKEN):
            return
        if attributes.get("form"):
            self.strays.append((attributes["form"] or "", control))
        elif self._form:
            self._form.controls.append(control)


def filled(page: str, values: Values, *, path: str, action: str, notice: str) -> str | None:
    """The page (shown at `path`) with the values in the form that is sent to `action`, `notice` (HTML) at that form's top.

    None where no form of the page has these fields.
    """
    candidates = [form for form in _Reader(page, path).forms if form.is_post and form.path == action]
    best = max(candidates, key=lambda form: len(form.names() & set(values)), default=None)
    if best is None or not best.names() & set(values):
        return None
    left = {name: list(sent) for name, sent in values.items()}
    changes = [(best.after, best.after, notice)]
    for control in best.controls:
        written = _written(control, values, left)
        if written is not None:
            changes.append((control.start, control.end, written))
    for start, end, written in sorted(changes, reverse=True):
        page = page[:start] + written + page[end:]
    return page


def _written(control: _Control, values: Values, left: dict[str, list[str]]) -> str | None:
    """What stands there instead; None: what stands there already. Of fields of one name each takes the next value."""
    attributes, sent = control.attributes, values.get(control.name)
    if control.kind == "input" and attributes.get("type") in _TICKED:
        return _tag("input", _marked(attributes, "checked", (attributes.get("value") or "on") in (sent or ())))
    if sent is None:
        return None
    if control.kind == "option":
        return _tag("option", _marked(attributes, "selected", (attributes["value"] or "") in sent))
    if not left[control.name]:
        return None
    value = left[control.name].pop(0)
    # A textarea's first line break is the tag's own.
    return f"\n{escape(value)}" if control.kind == "textarea" else _tag("input", attributes | {"value": value})


def _marked(attributes: Attributes, mark: str, on: bool) -> Attributes:
    rest = {name: value for name, value in attributes.items() if name != mark}
    return rest | {mark: None} if on else rest


def _tag(name: str, attributes: Attributes) -> str:
    return f"<{name}{''.join(f' {key}' if value is None else f' {key}="{escape(value)}"' for key, value in attributes.items())}>"
