"""The campaign's small reference tables as workbooks."""

from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _
from import_export import fields

from campaigns.models import AidProject, Helper
from households import periods
from households.admin_tables import ScopedResource, TableResource


class HelperResource(ScopedResource):
    """Helpers by name, unit and region; telephone numbers do not travel in these files."""

    since = fields.Field(column_name="在岗开始")

    class Meta:
        model = Helper
        fields = ("name", "kind", "unit", "post", "region", "since")
        import_id_fields = ("name", "unit", "region")
        skip_unchanged = True
        clean_model_instances = True

    def dehydrate_since(self, helper: Helper) -> str:
        return helper.active.lower.isoformat() if helper.active else ""

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """A period begins on the day given; without one, as it stands or today."""
        super().import_instance(instance, row, **kwargs)
        begins = _day(row.get("在岗开始"))
        if begins or instance.active is None:
            instance.active = DateRange(begins or periods.today(), None)


class AidProjectResource(TableResource):
    class Meta:
        model = AidProject
        fields = ("name", "donor", "year_kind", "girls_only", "counts")
        import_id_fields = ("name",)
        skip_unchanged = True
        clean_model_instances = True


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError as error:
        raise ValueError(_("在岗开始“%(value)s”不是日期，应写成 2018-06-30。") % {"value": value}) from error
