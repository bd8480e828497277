"""A request to see a minor's whole number: it waits for another person's consent, which opens the number for a while."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField
from households.merge_rules import Follows, MergeRule
from households.querysets import ScopedManager

OPEN_FOR = timedelta(hours=1)


class What(models.TextChoices):
    """Which number. All but the household's belong to a person."""

    ID_NUMBER = "id-number", _("证件号码")
    PHONE = "phone", _("联系电话")
    HOME_PHONE = "home-phone", _("户主联系电话")


class Why(models.TextChoices):
    """What a number is needed for."""

    VISIT = "visit", _("入户核实身份")
    CONTACT = "contact", _("电话联系本人或监护人")
    INSURANCE = "insurance", _("办理保险或理赔")
    AID = "aid", _("办理助学或救助")
    CORRECT = "correct", _("更正登记信息")
    CHECK = "check", _("上级核查")
    OTHER = "other", _("其他")


class RevealRequest(models.Model):
    """Whose number, which one, asked by whom and why, and what another person decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待审批")
        APPROVED = "approved", _("已同意")
        REFUSED = "refused", _("未同意")

    household = models.ForeignKey("households.Household", models.PROTECT, related_name="+")
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="reveal_requests")
    county_code = models.CharField(max_length=6, db_collation="C")
    what = models.CharField(_("号码"), max_length=10, choices=What)
    why = models.CharField(_("事由"), max_length=10, choices=Why)
    note = EncryptedTextField(verbose_name=_("说明"), purpose="reveal.note", blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审批人")
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)

    scope_field: ClassVar[str] = "county_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("查看号码申请")
        indexes = [models.Index(fields=["county_code", "state", "-asked_at"], name="reveal_of_county")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "approved", "refused"]), name="reveal_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="reveal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="reveal_decided_by_another",
                violation_error_message=_("不能审批自己的申请。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def open_until(self) -> datetime | None:
        """Until when the number may be opened; None where nobody has consented."""
        if self.state != self.State.APPROVED or self.decided_at is None:
            return None
        return self.decided_at + OPEN_FOR

    @property
    def is_open(self) -> bool:
        """May the number be opened now?"""
        return self.open_until is not None and timezone.now() < self.open_until
