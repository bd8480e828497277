"""Small reference tables in and out as workbooks (django-import-export); rosters and ledgers go through the intake."""

import tempfile
from pathlib import Path
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.formats.base_formats import XLSX

from households.intake.workbook import CellProblem, FileRefused, read_workbook
from households.models import RegionAlias


class WorkbookFormat(XLSX):  # type: ignore[misc]
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
            ["" if value is None or isinstance(value, CellProblem) else value for value in row] for row in sheet.rows
        ]
        headers, *data = rows or [[]]
        width = len(headers)
        return tablib.Dataset(*([*row, *[""] * width][:width] for row in data), headers=[str(name) for name in headers])


class ScopedResource(resources.ModelResource):
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
