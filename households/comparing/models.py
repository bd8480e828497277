"""A comparison and its lines. They belong to who made them and to nobody else."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from households.access import in_scope
from households.encryption import EncryptedTextField


class ListComparisonQuerySet(models.QuerySet[Any]):
    """Comparisons of one user."""

    def visible_to(self, user: Any) -> Self:
        """The user's own, as long as she still works for the regions she compared; nothing for anybody else."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        still = in_scope("county_code", user.regions) | Q(regions__contained_by=user.regions)
        return self.filter(still, created_by=user)


class ListComparison(models.Model):
    """One list of another office compared with the register as of a day.

    `regions`: the user's at the time. `area`: where the register's people are looked for: prefixes of region codes, told
    by the user or, where `area_choice` is not a code, taken from the list. `counts`: figures by name (see `lines`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待比对")
        WORKING = "working", _("正在比对")
        DONE = "done", _("已比对")
        REFUSED = "refused", _("文件无法读取")
        FAILED = "failed", _("处理失败")

    class Area(models.TextChoices):
        TOWNSHIPS = "townships", _("名单所列的乡镇（街道）")
        VILLAGES = "villages", _("名单所列的村")
        SCOPE = "scope", _("我负责的全部区划")

    class Group(models.TextChoices):
        """Who of the register should stand on the list."""

        EVERYBODY = "everybody", _("全部在册人员")
        WOMEN = "women", _("妇女（16周岁及以上）")
        CHILDREN = "children", _("儿童（18周岁以下）")
        PUPILS = "pupils", _("春蕾助学对象（义务教育阶段学生）")
        INSURABLE = "insurable", _("“两癌”保障对象（符合年龄的妇女）")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    regions = ArrayField(models.CharField(max_length=12))
    county_code = models.CharField(max_length=6, blank=True, db_collation="C")
    source = EncryptedTextField(purpose="comparison.source")
    day = models.DateField(_("比对日期"))
    area_choice = models.CharField(max_length=12, default=Area.TOWNSHIPS)
    area = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    group = models.CharField(max_length=10, choices=Group, default=Group.EVERYBODY)
    file_name = EncryptedTextField(purpose="comparison.file_name")
    file_size = models.PositiveBigIntegerField()
    file_digest = models.BinaryField()
    stored_name = models.CharField(max_length=80, blank=True)
    message = models.TextField(blank=True)
    warnings = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    compared = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="labels that were compared"
    )
    progress = models.PositiveSmallIntegerField(default=0)
    heartbeat = models.DateTimeField(null=True, blank=True)

    objects = ListComparisonQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_by", "-created_at"], name="comparison_of_user")]


class ComparedLine(models.Model):
    """One row of the list, or one registered person who is not on it: its bucket and one encrypted payload."""

    class Bucket(models.TextChoices):
        DIFFERS = "differs", _("两边都有、内容不同")
        SAME = "same", _("两边一致")
        PROBABLE = "probable", _("疑似同一人")
        AMBIGUOUS = "ambiguous", _("无法确定是谁")
        ONLY_THEIRS = "only_theirs", _("仅名单有")
        ONLY_OURS = "only_ours", _("仅登记簿有")
        OUTSIDE = "outside", _("不在本范围")
        UNREADABLE = "unreadable", _("无法核对")
        DUPLICATE = "duplicate", _("名单内重复")

    # As with staged rows: they come by the ten thousand and go again, so no constraint and no second index.
    comparison = models.ForeignKey(
        ListComparison, models.CASCADE, related_name="lines", db_constraint=False, db_index=False
    )
    bucket = models.CharField(max_length=12, choices=Bucket)
    payload = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["comparison", "bucket", "id"], name="compared_line")]
