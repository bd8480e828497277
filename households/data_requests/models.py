"""A request to correct or erase (更正、删除申请): recorded for the person, decided by somebody else, then carried out."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField
from households.merge_rules import Follows, MergeRule
from households.querysets import ScopedManager


class Basis(models.TextChoices):
    """The law's reasons: to correct what is wrong or lacking (46), to erase what may not be kept (47)."""

    WRONG = "wrong", _("信息不准确（《个人信息保护法》第四十六条）")
    LACKING = "lacking", _("信息不完整（《个人信息保护法》第四十六条）")
    NEEDLESS = "needless", _("处理目的已实现或不再必要（《个人信息保护法》第四十七条）")
    EXPIRED = "expired", _("保存期限已届满（《个人信息保护法》第四十七条）")
    WITHDRAWN = "withdrawn", _("撤回同意（《个人信息保护法》第四十七条）")
    UNLAWFUL = "unlawful", _("违反法律、法规或约定（《个人信息保护法》第四十七条）")


class DataRequest(models.Model):
    """Whose data, what is asked, by whom and since when; what another person decided and why; when it was carried out."""

    class Kind(models.TextChoices):
        CORRECT = "correct", _("更正")
        ERASE = "erase", _("删除")

    class Asker(models.TextChoices):
        SELF = "self", _("本人")
        GUARDIAN = "guardian", _("监护人")
        AGENT = "agent", _("受本人委托的人")

    class State(models.TextChoices):
        WAITING = "waiting", _("待决定")
        GRANTED = "granted", _("已同意，待办理")
        REFUSED = "refused", _("不予办理")
        DONE = "done", _("已办结")

    household = models.ForeignKey("households.Household", models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "households.Person", models.PROTECT, related_name="data_requests", verbose_name=_("涉及人员")
    )
    county_code = models.CharField(max_length=6, db_collation="C")
    kind = models.CharField(_("申请事项"), max_length=10, choices=Kind)
    asker = models.CharField(_("申请人身份"), max_length=10, choices=Asker)
    asker_name = EncryptedTextField(verbose_name=_("申请人姓名"), purpose="data_request.asker", blank=True)
    basis = models.CharField(_("依据"), max_length=10, choices=Basis)
    wish = EncryptedTextField(verbose_name=_("申请内容"), purpose="data_request.wish")
    asked_on = models.DateField(_("申请日期"))
    due_on = models.DateField(_("办理期限"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    answer = EncryptedTextField(verbose_name=_("决定理由"), purpose="data_request.answer", blank=True)
    done_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    scope_field: ClassVar[str] = "county_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("更正、删除申请")
        indexes = [models.Index(fields=["county_code", "state", "due_on"], name="data_request_of_county")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "granted", "refused", "done"]), name="data_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="correct", basis__in=["wrong", "lacking"])
                | Q(kind="erase", basis__in=["needless", "expired", "withdrawn", "unlawful"]),
                name="data_request_basis",
                violation_error_message=_("依据与申请事项不符：更正依据第四十六条，删除依据第四十七条。"),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="data_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("recorded_by")),
                name="data_request_by_another",
                violation_error_message=_("不能决定自己登记的申请。"),
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="data_request_done",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Is something still to be decided or done?"""
        return self.state in (self.State.WAITING, self.State.GRANTED)

    def is_late(self, day: date) -> bool:
        """Open after its last day?"""
        return self.is_open and day > self.due_on
