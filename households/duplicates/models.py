"""What was decided about two people who looked like one."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField
from households.merge_rules import MergeRule, Stays


class PairDecision(models.Model):
    """Two people are one (`other` was merged into `kept`) or are not; in force until it is undone.

    `report` of a merge: per table (label) how many rows followed, were cut, voided, removed or stayed; the columns filled;
    the households left without members; `followed`: rows of tables without history, by which undoing finds them.
    """

    class Choice(models.TextChoices):
        SAME = "same", _("是同一人，已合并")
        DIFFERENT = "different", _("不是同一人")

    choice = models.CharField(_("结论"), max_length=10, choices=Choice)
    kept = models.ForeignKey("households.Person", models.PROTECT, related_name="decisions_kept")
    other = models.ForeignKey("households.Person", models.PROTECT, related_name="decisions")
    reason = EncryptedTextField(verbose_name=_("理由"), purpose="pair_decision.reason", blank=True)
    report = models.JSONField(default=dict, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"kept": Stays(), "other": Stays()}

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(choice__in=["same", "different"]), name="pair_decision_known"),
            models.CheckConstraint(condition=~Q(kept=F("other")), name="pair_decision_of_two"),
            models.UniqueConstraint(
                Least("kept", "other"),
                Greatest("kept", "other"),
                condition=Q(undone_at__isnull=True),
                name="pair_decided_once",
            ),
        ]
