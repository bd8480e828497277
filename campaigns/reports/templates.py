"""Word templates with tags: is a file safe to be one, does it use known tags only, and filling it in.

A template is a program of the people who upload it: what its tags may do is a list of what is allowed, checked again at
every rendering, and nothing else of the template engine is within reach.
"""

import io
import re
import zipfile
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from docx import Document
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from campaigns.reports.amounts import ROUGHLY, roughly
from campaigns.reports.charts import RateChart
from households.intake.xlsx_package import legal_text

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 5 * 1024 * 1024, 40 * 1024 * 1024, 500
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What runs by itself or fetches something from elsewhere when the document is opened.
_FORBIDDEN_RELATIONS = ("oleObject", "control", "aFChunk", "attachedTemplate", "subDocument", "frame", "vbaProject")
_FETCHING = re.compile(rb"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b")
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.CondExpr,
)  # fmt: skip
_LOOP = frozenset({"first", "last", "index", "length"})


def check_file(content: bytes) -> None:
    """ValidationError for what is no Word document, or one that brings macros or fetches something."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("模板不能超过5MB。"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise ValidationError(_("模板解压后过大。"))
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise ValidationError(_("这不是Word文档（.docx）。请用Word或WPS另存为.docx后再上传。")) from error
    _check_parts(parts)


def _check_parts(parts: dict[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types or any(name.lower().endswith(("vbaproject.bin", ".exe", ".ocx")) for name in parts):
        raise ValidationError(_("模板中有宏，不能使用。请另存为不含宏的.docx。"))
    if _WORD not in types:
        raise ValidationError(_("这不是Word文档（.docx）。请用Word或WPS另存为.docx后再上传。"))
    for name, data in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise ValidationError(_("模板的内容不规范，不能使用。请在Word中新建文档，把内容复制过去再上传。"))
        links = _EXTERNAL.findall(data) if name.endswith(".rels") else []
        is_fetching = any(b"/hyperlink" not in link for link in links) or _FETCHING.search(data)
        if is_fetching or any(f'/{kind}"'.encode() in data for kind in _FORBIDDEN_RELATIONS):
            raise ValidationError(_("模板中有外部链接、嵌入对象或自动更新的域，不能使用。请删除后再上传。"))


class _Tags(ImmutableSandboxedEnvironment):
    """The template engine with our tags and nothing else.

    fields: what may be asked of the tags that have parts (records, and the rows of lists), by tag.
    """

    def __init__(self, tags: dict[str, Any], fields: dict[str, frozenset[str]]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_legal)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()
        self.filters[ROUGHLY] = roughly
        self._tags, self._fields = frozenset(tags), fields
        self._lists = frozenset(name for name, value in tags.items() if isinstance(value, list))

    def compile(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        """Every text that is to be rendered comes through here."""
        self._check(self.parse(source), {})
        return super().compile(source, *args, **kwargs)

    def _check(self, node: nodes.Node, loops: dict[str, frozenset[str]]) -> None:
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__
            raise ValidationError(_("模板中用了不支持的写法（%(what)s）。只能用标记、if 和 for。") % {"what": what})
        if isinstance(node, nodes.For):
            loops = self._loop(node, loops)
        elif isinstance(node, nodes.Getattr):
            self._check_field(node, loops)
            return
        elif isinstance(node, nodes.Name) and node.name not in self._tags and node.name not in loops:
            raise _unknown(node.name)
        elif isinstance(node, nodes.Filter) and node.name != ROUGHLY:
            raise _unknown(f"|{node.name}")
        for child in node.iter_child_nodes():
            self._check(child, loops)

    def _loop(self, node: nodes.For, loops: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        """What a loop adds: its variable. Loops go over our lists and stand in no other loop."""
        if loops or node.recursive or not isinstance(node.iter, nodes.Name) or not isinstance(node.target, nodes.Name):
            raise ValidationError(_("模板中的循环只能写成“for 行 in 分表”，且不能套在另一个循环里。"))
        if node.iter.name not in self._lists:
            raise _unknown(node.iter.name)
        return {node.target.name: self._fields[node.iter.name], "loop": _LOOP}

    def _check_field(self, node: nodes.Getattr, loops: dict[str, frozenset[str]]) -> None:
        if not isinstance(node.node, nodes.Name):
            raise _unknown(node.attr)
        name = node.node.name
        fields = frozenset() if name in self._lists else self._fields.get(name, frozenset())
        if node.attr not in loops.get(name, fields):
            raise _unknown(f"{name}.{node.attr}")


def _legal(value: Any) -> Any:
    """Control characters would cut the document off where they stand."""
    return legal_text(value) if isinstance(value, str) else value


def _unknown(tag: str) -> ValidationError:
    return ValidationError(_("模板中的标记“%(tag)s”不认识，请对照标记表改正。") % {"tag": tag})


def filled(template: bytes, tags: dict[str, Any], fields: dict[str, frozenset[str]]) -> bytes:
    """The template with every tag replaced. `fields`: of the tags that have parts, see _Tags.

    Raises ValidationError in words for staff where the template cannot be filled.
    """
    paper = DocxTemplate(io.BytesIO(template))
    engine = _Tags(tags, fields)
    context = {
        name: RateChart(value.title, value.names, value.rates, paper) if isinstance(value, RateChart) else value
        for name, value in tags.items()
    }
    try:
        paper.render(context, jinja_env=engine, autoescape=True)
        file = io.BytesIO()
        paper.save(file)
        Document(io.BytesIO(file.getvalue()))
    except SecurityError as error:
        raise ValidationError(_("模板中用了不允许的写法，请只使用标记表中的标记。")) from error
    except TemplateError as error:
        raise ValidationError(_("模板中的标记写得不完整或不配对：%(what)s") % {"what": _place(error)}) from error
    except ValidationError:
        raise
    except Exception as error:  # a broken document may fail in any way inside the libraries that read it
        raise ValidationError(_("模板打不开或填不进内容，请在Word中检查后再上传。")) from error
    return file.getvalue()


def _place(error: TemplateError) -> str:
    """The engine's message and the text round the place."""
    around = "".join(getattr(error, "docx_context", ())).strip()
    return f"{error.message or ''} {around[:80]}".strip()
