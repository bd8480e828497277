"""Printed sheets: which household stood in which row, so that what was written on paper is typed in by row number."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.facts import Undertaking, void_has_reason
from households.history import track
from households.querysets import ScopedManager


@track
class Sheet(Undertaking):
    """One printed sheet; its number is its key. Rows stay as printed, whatever becomes of the register."""

    class Purpose(models.TextChoices):
        PUBLICITY = "publicity", _("宣传进村入户")
        CLEANING = "cleaning", _("家居清洁")
        SPOT_CHECK = "spot_check", _("随机抽查")

    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    day = models.DateField(_("制表日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("登记表")
        constraints = [void_has_reason("sheet_void_reason")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed and typed in."""
        return f"{self.pk:06d}"


@track
class SheetRow(models.Model):
    """One row of a sheet."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="rows", verbose_name=_("登记表"))
    position = models.PositiveSmallIntegerField(_("行号"))
    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="sheet_rows", verbose_name=_("贫困户")
    )

    scope_field: ClassVar[str] = "sheet__region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("登记表的行")
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "position"],
                name="sheet_row_once",
                violation_error_message=_("登记表的这一行已有一户。"),
            ),
            models.UniqueConstraint(
                fields=["sheet", "household"],
                name="sheet_household_once",
                violation_error_message=_("这一户已在登记表中。"),
            ),
        ]
        # Paper does not change.
        triggers = [pgtrigger.Protect(name="as_printed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.sheet} {self.position}"
