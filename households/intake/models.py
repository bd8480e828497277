"""What an upload leaves behind: the batch, its staged rows, the people it wrote, the decisions taken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.encryption import EncryptedTextField
from households.merge_rules import Follows, MergeRule, Once, Spare
from households.querysets import ScopedManager


class ImportBatch(models.Model):
    """One uploaded workbook, from upload to apply or undo. `kind`: "roster" or a ledger's name."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已上传，等待核对")
        CHECKING = "checking", _("正在核对")
        PREVIEW = "preview", _("待确认导入")
        APPLYING = "applying", _("正在导入")
        APPLIED = "applied", _("已导入")
        UNDOING = "undoing", _("正在撤回")
        REFUSED = "refused", _("文件无法读取")
        FAILED = "failed", _("处理失败")
        UNDONE = "undone", _("已撤回")
        DISCARDED = "discarded", _("已放弃")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("类别"), max_length=20, default="roster")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UPLOADED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    created_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    # The scope of the person who uploaded, at the time: what she could see, the batch may show.
    regions = ArrayField(models.CharField(max_length=12), verbose_name=_("范围"))
    county_code = models.CharField(_("县区代码"), max_length=6, blank=True, db_collation="C")
    file_name = EncryptedTextField(verbose_name=_("文件名"), purpose="batch.file_name")
    file_size = models.PositiveBigIntegerField(_("大小（字节）"))
    file_digest = models.BinaryField(_("内容摘要"))
    stored_name = models.CharField(_("存放名"), max_length=80, blank=True)
    as_of = models.DateField(_("数据截止日"), null=True, blank=True)
    file_error = models.CharField(_("错误代码"), max_length=30, blank=True)
    message = models.TextField(_("说明"), blank=True)
    warnings = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    counts = models.JSONField(_("件数"), default=dict, blank=True)
    villages = ArrayField(models.CharField(max_length=12), default=list, blank=True, help_text="whose rosters it holds")
    by_hand = models.JSONField(
        default=dict, blank=True, help_text="sheets whose columns a person has named: see mapping.ByHand"
    )
    layout = models.JSONField(
        default=dict,
        blank=True,
        help_text="labels of the payloads, column letters to mark cells by, what the warnings are about",
    )
    compared_at_move = models.BigIntegerField(
        null=True, blank=True, help_text="register_state.settled_moves when the preview was compared"
    )
    undone_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤回人")
    )
    undo_report = models.JSONField(
        default=dict,
        blank=True,
        help_text="removed and restored people and households; what was kept: model, id, reason",
    )
    progress = models.PositiveSmallIntegerField(_("进度（%）"), default=0)
    heartbeat = models.DateTimeField(null=True, blank=True)

    scope_field: ClassVar[str] = "county_code"
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_by", "-created_at"], name="batch_of_user"),
            models.Index(fields=["file_digest"], name="batch_same_file"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class BatchWork(models.Model):
    """How far the worker is in the present step of a batch, and whether somebody has asked it to stop writing.

    Beside the batch, because the batch's own row is locked while it is written: see progress.
    """

    batch = models.OneToOneField(
        ImportBatch, models.CASCADE, primary_key=True, related_name="work", db_constraint=False
    )
    began_at = models.DateTimeField(null=True, help_text="of the step; None: nothing has been told yet")
    told_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="what `done` counts towards; 0: the step is not counted")
    stop = models.BooleanField(default=False)


class StagedRow(models.Model):
    """One data row of the workbook: verdict, digests to compare by, and one encrypted payload (cleaned and raw values)."""

    class Status(models.TextChoices):
        IMPORTED = "imported", _("可导入")
        FLAGGED = "imported_flagged", _("可导入，有提示")
        HELD = "held", _("待核实")
        REJECTED = "rejected", _("退回修改")
        MERGED = "merged", _("重复行，已合并")

    class Change(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        UNCHANGED = "unchanged", _("无变化")

    class Closed(models.TextChoices):
        OPEN = "", _("未处理")
        DECIDED = "decided", _("已处理")
        UPLOADED = "uploaded", _("已重新上传")

    # Staged rows come by the ten thousand and go again: no constraint to check row by row, no index that others cover.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_constraint=False, db_index=False)
    sheet = models.CharField(_("工作表"), max_length=120)
    row_number = models.PositiveIntegerField(_("行号"))
    status = models.CharField(_("结果"), max_length=20, choices=Status)
    change = models.CharField(_("变化"), max_length=10, choices=Change, blank=True)
    codes = ArrayField(models.CharField(max_length=40), default=list)
    column = models.CharField(_("问题列"), max_length=60, blank=True)
    village_code = models.CharField(_("村"), max_length=12, blank=True, db_collation="C")
    id_index = models.BinaryField(null=True)
    payload = models.BinaryField()
    person = models.ForeignKey("households.Person", models.SET_NULL, null=True, related_name="+", db_index=False)
    # For held and sent-back rows: a digest of village and name, by which a later upload of the same person is known;
    # whether the doubt is settled, and by which batch (undoing that one opens it again).
    who_index = models.BinaryField(null=True)
    closed = models.CharField(_("处理"), max_length=10, choices=Closed, default=Closed.OPEN, db_default="", blank=True)
    closed_by = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, related_name="closed_rows", db_constraint=False, db_index=False
    )

    scope_field: ClassVar[str] = "village_code"
    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Follows()}
    objects = ScopedManager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入明细")
        indexes = [
            models.Index(
                fields=["village_code", "id"],
                name="staged_open",
                condition=Q(status__in=["held", "rejected"], closed=""),
            ),
            models.Index(fields=["village_code"], name="staged_decided", condition=Q(closed="decided")),
            models.Index(fields=["closed_by"], name="staged_closed_by", condition=Q(closed_by__isnull=False)),
            models.Index(fields=["batch", "status", "id"], name="staged_status"),
            models.Index(fields=["person"], name="staged_person", condition=Q(person__isnull=False)),
        ]


class Decision(models.Model):
    """What an officer decided about a held or sent-back row; decisions are history and never change."""

    class Choice(models.TextChoices):
        ACCEPT = "accept", _("确认无误，照此登记")
        SAME = "same", _("是登记簿中的这一人")
        RENUMBERED = "renumbered", _("是登记簿中的这一人，改用名册的号码")
        CORRECT = "correct", _("改正后登记")
        NOT_OURS = "not_ours", _("不是本县（市、区）的人")
        HANDLED = "handled", _("已另行处理，不再导入")

    row = models.ForeignKey(StagedRow, models.PROTECT, related_name="decisions")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    choice = models.CharField(max_length=30, choices=Choice)
    reason = EncryptedTextField(purpose="decision.reason", blank=True)


class MissingDecision(models.Model):
    """What an officer decided about a registered person whom a roster of her village does not list."""

    class Choice(models.TextChoices):
        STAYS = "stays", _("仍在本户，名册漏列")
        DIED = "died", _("死亡")
        MARRIED_OUT = "married_out", _("婚嫁迁出")
        LEFT = "left", _("迁走或其他减少")
        REMOVED = "removed", _("全户清退")

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="missing_decisions")
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="missing_decisions")
    choice = models.CharField(_("处理"), max_length=20, choices=Choice)
    day = models.DateField(_("日期"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Once(("batch_id",), Spare.STAYS)}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="missing_decision_once")]


class ColumnMapping(models.Model):
    """A county's own header word for a field, mapped by hand once and remembered."""

    county_code = models.CharField(max_length=6, db_collation="C")
    kind = models.CharField(max_length=20)
    header = models.CharField(max_length=100)
    field = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county_code", "kind", "header"], name="column_mapping_once"),
        ]


class BatchPerson(models.Model):
    """A person an applied batch created, changed or confirmed: undo and "missing from this roster" read it."""

    class Outcome(models.TextChoices):
        CREATED = "created", _("新增")
        CHANGED = "changed", _("变更")
        CONFIRMED = "confirmed", _("无变化")

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="people")
    person = models.ForeignKey("households.Person", models.PROTECT, related_name="batches")
    outcome = models.CharField(max_length=10, choices=Outcome)

    merge_rules: ClassVar[dict[str, MergeRule]] = {"person": Once(("batch_id",), Spare.STAYS)}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="batch_person_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["created", "changed", "confirmed"]), name="batch_person_outcome"
            ),
        ]
