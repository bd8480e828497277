"""Small reference tables in and out as workbooks (django-import-export); rosters and ledgers go through the intake."""

import base64
import io
import secrets
import tempfile
from pathlib import Path
from typing import Any

import tablib
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.formats.base_formats import XLSX
from import_export.forms import ExportForm
from import_export.results import Error
from import_export.tmp_storages import BaseStorage
from import_export.widgets import Widget

from households.encryption import decrypt_bytes, encrypt_bytes
from households.intake.columns import tidy
from households.intake.workbook import CellProblem, FileRefused, read_workbook
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import RegionAlias
from households.scoped_admin import ScopedAdmin
from households.wording import listed

WAITING_PURPOSE = "table.import"
WAITING_FOR = 60 * 60  # seconds


class WorkbookFormat(XLSX):
    """Excel workbooks, read by the intake's limited child: an openpyxl in this process could be made to eat all memory."""

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """The first sheet, its first row as header. Raises ValueError for a file that cannot be read."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.xlsx"
            path.write_bytes(in_stream)
            try:
                sheet = read_workbook(path, original_name=path.name).sheets[0]
            except FileRefused as refused:
                raise ValueError(_("文件无法读取，请另存为 .xlsx 后重试。")) from refused
        rows = [
            ["" if value is None or isinstance(value, CellProblem) else _undone(value) for value in row]
            for row in sheet.rows
        ]
        headers, *data = rows or [[]]
        width = len(headers)
        return tablib.Dataset(*([*row, *[""] * width][:width] for row in data), headers=[str(name) for name in headers])

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """By the one writer of workbooks: no text of ours is a formula."""
        headings = [str(name) for name in dataset.headers or []]
        rows = ([value if isinstance(value, int) else str(value or "") for value in row] for row in dataset)
        file = io.BytesIO()
        write_book(file, [NewSheet(dataset.title or "Sheet1", headings, [18] * len(headings), rows)])
        return file.getvalue()


def _undone(value: Any) -> Any:
    """A text as it was before our own export kept it from becoming a formula."""
    return tidy(value) if isinstance(value, str) else value


class WordWidget(Widget):
    """A column of known words: the file shows and takes the words, the table keeps their values."""

    def __init__(self, words: dict[Any, str]) -> None:
        super().__init__()
        self.words = words

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        found = [kept for kept, word in self.words.items() if value in (kept, word)]
        if not found:
            raise ValueError(
                _("“%(value)s”不在可选范围：%(words)s。") % {"value": value, "words": listed(self.words.values())}
            )
        return found[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.words.get(value, "")


class PlainDiff(resources.Diff):
    """Old and new value of the preview without the inline colours of the stock one."""

    def as_html(self) -> list[str]:
        return [
            format_html("{}", new)
            if self.new or old == new
            else format_html('<del class="old">{}</del> <ins class="new">{}</ins>', old, new)
            for old, new in zip(self.left, self.right, strict=True)
        ]


class PlainError(Error):
    """What is wrong with a file, without where in the code it was found."""

    traceback = ""


class WaitingUploads(BaseStorage):
    """An upload waits encrypted, and not for long, until its preview is confirmed; the stock ones leave it lying in /tmp."""

    def save(self, data: bytes) -> None:
        self.name = secrets.token_urlsafe(32)
        kept = base64.b64encode(encrypt_bytes(WAITING_PURPOSE, data)).decode()
        cache.set(f"{WAITING_PURPOSE}:{self.name}", kept, WAITING_FOR)

    def read(self) -> bytes:
        """Raises LookupError for what does not wait (any more)."""
        kept = cache.get(f"{WAITING_PURPOSE}:{self.name}")
        if kept is None:
            raise LookupError
        return decrypt_bytes(WAITING_PURPOSE, base64.b64decode(kept))

    def remove(self) -> None:
        cache.delete(f"{WAITING_PURPOSE}:{self.name}")


class TableResource(resources.ModelResource):
    """Columns are headed as on the screen, choices and yes/no are written in words."""

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """The columns by which a row is known again must be there."""
        needed = [self.fields[name].column_name for name in self.get_import_id_fields()]
        if missing := [column for column in needed if column not in (dataset.headers or [])]:
            raise ValueError(_("表头缺少%(columns)s列。请补上后重新导入。") % {"columns": listed(missing)})

    def get_error_result_class(self) -> type[Error]:
        return PlainError

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Numbers are never imported, so their sequence need not be set (which the reader identity may not do)."""

    def get_diff_class(self) -> type[PlainDiff]:
        return PlainDiff

    @classmethod
    def field_from_django_field(cls, field_name: str, django_field: Any, readonly: bool) -> Any:
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = str(django_field.verbose_name)
        if django_field.choices:
            field.widget = WordWidget({kept: str(word) for kept, word in django_field.choices})
        elif isinstance(django_field, models.BooleanField):
            field.widget = WordWidget({True: str(_("是")), False: str(_("否"))})
        return field


class ScopedResource(TableResource):
    """Rows are written only inside the regions of the user who imports them. `region_field` names the code's column."""

    region_field = "region_id"

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        code = getattr(instance, self.region_field)
        if user is None or not user.covers(code):
            raise ValidationError(_("区划代码%(code)s不在您负责的范围内。"), params={"code": code})


class RegionAliasResource(ScopedResource):
    class Meta:
        model = RegionAlias
        fields = ("alias", "region", "is_old_name", "note")
        import_id_fields = ("alias", "region")
        skip_unchanged = True
        clean_model_instances = True


class TableAdmin(ScopedAdmin, ImportExportModelAdmin):
    """A table of the back office that comes and goes as a workbook."""

    formats = [WorkbookFormat]
    export_form_class = ExportForm  # the one with boxes to tick needs inline scripts
    tmp_storage_class = WaitingUploads

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_export_queryset(self, request: HttpRequest) -> Any:
        """A filter that is none is answered like an address that is none."""
        try:
            return super().get_export_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404 from error

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What waits no longer, or is named by no number, is answered like an address that is none."""
        try:
            done: HttpResponse = super().process_import(request, **kwargs)
        except (LookupError, ValueError) as error:
            raise Http404 from error
        return done

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """The stock one reports success also where everything was rolled back."""
        if not result.has_errors():
            done: HttpResponse = super().process_result(result, request)
            return done
        messages.error(request, _("导入没有完成，数据未作任何改动。请核对文件后重新导入。"))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
