"""Printed sheets as a table of the room that prints them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Sheet
from campaigns.records.spec import RecordTable, Shown


def printed_sheets(purpose: Sheet.Purpose) -> RecordTable:
    """The sheets of one purpose; a spot check's sheet goes with its draw and is none of these."""
    return RecordTable(
        name="printed",
        title=_("已打印的登记表"),
        note=_("打开可以再打印；打错的作废后，不能再按它的行号录入。"),
        model=Sheet,
        how=_("在“打印登记表”中生成。"),
        columns=(
            Shown(_("表号"), lambda sheet: sheet.number),
            Shown(_("村"), lambda sheet: sheet.region.path, "place"),
            Shown(_("制表日期"), lambda sheet: sheet.day, "nowrap"),
            Shown(_("制表人"), lambda sheet: sheet.recorded_by),
        ),
        related=("region", "recorded_by"),
        link=lambda sheet: "" if sheet.voided_at else reverse("sheet", args=[sheet.pk]),
        is_voided_only=True,
        refine=lambda rows: rows.filter(purpose=purpose),
    )
