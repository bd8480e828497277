"""Money for pupils: who gave it, in which fund it lies, for whom it is pledged, and what became of every yuan.

Balance, entries and allocations are written by the database itself (bookkeeping.py).
"""

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from campaigns.facts import DayTold, Fact, Undertaking, void_has_reason
from campaigns.schooling import bookkeeping
from households.encryption import EncryptedTextField
from households.history import track
from households.merge_rules import Follows, MergeRule
from households.querysets import ScopedManager


@track
class Donor(Undertaking):
    """Who gives: a person, a firm, a unit, a society."""

    class Kind(models.TextChoices):
        PERSON = "person", _("个人")
        FIRM = "firm", _("企业")
        UNIT = "unit", _("单位")
        SOCIETY = "society", _("社团")

    name = models.CharField(_("捐赠人"), max_length=100)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.PERSON)
    phone = EncryptedTextField(verbose_name=_("联系电话"), purpose="donor.phone", null=True, blank=True)
    is_anonymous = models.BooleanField(_("公示时匿名"), default=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("捐赠人")
        constraints = [
            void_has_reason("donor_void_reason"),
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(voided_at__isnull=True),
                name="donor_name_once",
                violation_error_message=_("本区划已登记同名的捐赠人；确是另一位的，请在姓名后加注单位以示区别。"),
            ),
        ]
        triggers = [bookkeeping.before(bookkeeping.DONORS, pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name

    @property
    def published(self) -> str:
        """The name as others may read it."""
        return str(_("爱心人士（匿名）")) if self.is_anonymous else self.name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["balance"])
class Fund(Undertaking):
    """An account of money, or of goods at their value: `balance` in yuan is what it holds, kept by the database."""

    name = models.CharField(_("基金名称"), max_length=60)
    opened_on = models.DateField(_("设立日期"))
    is_goods = models.BooleanField(
        _("物资账"), default=False, help_text=_("只登记实物，按折价记账；资金与物资分开记账。")
    )
    balance = models.DecimalField(_("余额（元）"), max_digits=14, decimal_places=2, default=0, editable=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("助学基金")
        constraints = [
            void_has_reason("fund_void_reason"),
            models.CheckConstraint(
                condition=Q(balance__gte=0),
                name="fund_balance_not_negative",
                violation_error_message=_("基金余额不足：支出不能超过基金现有的款项。"),
            ),
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(voided_at__isnull=True),
                name="fund_name_once",
                violation_error_message=_("本区划已有同名的基金，请换一个名称。"),
            ),
        ]
        triggers = [bookkeeping.before(bookkeeping.FUNDS, pgtrigger.Insert | pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name


@track
class Donation(Undertaking):
    """Money, or goods at their value, given into a fund."""

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="donations", verbose_name=_("捐赠人"))
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="donations", verbose_name=_("入账基金"))
    amount = models.DecimalField(_("金额或折价（元）"), max_digits=12, decimal_places=2)
    received_on = models.DateField(_("到账日期"))
    day_told = DayTold.field()
    receipt_no = models.CharField(_("收据号"), max_length=40, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    is_earmarked = models.BooleanField(
        _("定向捐赠"), default=False, help_text=_("留给捐赠人结对的学生；其他学生最后才动用。")
    )
    is_goods = models.BooleanField(_("实物"), default=False)
    goods = models.CharField(_("物品名称和数量"), max_length=200, blank=True)
    value_basis = models.CharField(
        _("折价依据"), max_length=100, blank=True, help_text=_("实物必填，例如“购货发票”“市场价”。")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("捐赠")
        indexes = [models.Index(fields=["fund", "received_on"], name="donation_fund")]
        constraints = [
            void_has_reason("donation_void_reason"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="donation_amount_positive",
                violation_error_message=_("捐赠金额必须大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(is_goods=False) | ~Q(value_basis=""),
                name="donation_goods_basis",
                violation_error_message=_("实物捐赠必须填写折价依据，例如“购货发票”“市场价”。"),
            ),
            models.UniqueConstraint(
                fields=["region", "receipt_no", "is_goods"],
                condition=Q(voided_at__isnull=True) & ~Q(receipt_no=""),
                name="donation_receipt_once",
                violation_error_message=_("这个收据号已经登记过一笔捐赠，请核对。"),
            ),
        ]
        triggers = [bookkeeping.books(bookkeeping.DONATIONS)]

    def __str__(self) -> str:
        return f"{self.received_on} {self.donor} {self.amount}"


class YearKind(models.TextChoices):
    """How a year of aid is counted."""

    CALENDAR = "calendar", _("自然年")
    SCHOOL = "school", _("学年")


@track
class Pledge(Fact):
    """A donor is paired with a pupil for a year and gives `amount` yuan in it. Paid: see `with_state`."""

    donor = models.ForeignKey(Donor, models.PROTECT, related_name="pledges", verbose_name=_("捐赠人"))
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="pledges", verbose_name=_("结对学生"))
    year = models.PositiveSmallIntegerField(_("年度"), help_text=_("学年写开学的年份，例如2018—2019学年写2018。"))
    year_kind = models.CharField(_("年度类别"), max_length=10, choices=YearKind, default=YearKind.CALENDAR)
    amount = models.DecimalField(_("每年资助（元）"), max_digits=12, decimal_places=2)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}

    class Meta:
        verbose_name = verbose_name_plural = _("结对助学")
        indexes = [models.Index(fields=["person", "year"], name="pledge_person")]
        constraints = [
            void_has_reason("pledge_void_reason"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="pledge_amount_positive",
                violation_error_message=_("每年资助金额必须大于0。"),
            ),
            models.CheckConstraint(
                condition=Q(year__range=(1989, 2100)),
                name="pledge_year_known",
                violation_error_message=_("年度应为四位年份，例如2018。"),
            ),
        ]
        triggers = [bookkeeping.before(bookkeeping.PLEDGES, pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.donor} {self.year}"

    @property
    def year_shown(self) -> str:
        """2018年 or 2018—2019学年."""
        if self.year_kind == YearKind.SCHOOL:
            return str(_("%(first)s—%(second)s学年") % {"first": self.year, "second": self.year + 1})
        return str(_("%(year)s年") % {"year": self.year})


class FundEntry(models.Model):
    """One movement of a fund, written by the database and never changed: `amount` in yuan, negative for what goes out;
    `balance` after it; `day` of the business, `written_at` of the writing.

    Entries outlive what they tell of: a donation or grant that an import's undo removed is known by its number only.
    """

    class Kind(models.TextChoices):
        DONATION = "donation", _("捐赠收入")
        GRANT = "grant", _("助学支出")
        RETURNED = "returned", _("退回")
        CORRECTION = "correction", _("更正")

    fund: Any = models.ForeignKey(Fund, models.DO_NOTHING, related_name="entries", db_constraint=False)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2)
    day = models.DateField(_("日期"))
    donation: Any = models.ForeignKey(
        Donation, models.DO_NOTHING, null=True, related_name="entries", db_constraint=False
    )
    grant: Any = models.ForeignKey(
        "campaigns.Grant", models.DO_NOTHING, null=True, related_name="entries", db_constraint=False
    )
    balance = models.DecimalField(_("余额（元）"), max_digits=14, decimal_places=2)
    written_at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    scope_field: ClassVar[str] = "fund__region_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("基金流水")
        indexes = [models.Index(fields=["fund", "day"], name="fund_entry_day")]
        triggers = [bookkeeping.by_database_only("fund_entry_by_database", is_appended=True)]

    def __str__(self) -> str:
        return f"{self.day} {self.amount}"


class Allocation(models.Model):
    """So many yuan of a donation paid for a grant; the allocations of a fund's grant add up to its amount."""

    grant: Any = models.ForeignKey("campaigns.Grant", models.DO_NOTHING, related_name="allocations")
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="allocations")
    amount = models.DecimalField(_("金额（元）"), max_digits=12, decimal_places=2)

    scope_field: ClassVar[str] = "grant__village_id"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("款项去向")
        triggers = [bookkeeping.by_database_only("allocation_by_database", is_appended=False)]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.grant_id} {self.amount}"
