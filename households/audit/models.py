"""The audit log's two tables. Neither holds a name, a number or a value of anybody in the register.

Insert-only for the product's database identities (migration 0010): nothing here is ever changed or deleted.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from households.access import Role


class Action(models.TextChoices):
    """What was done."""

    VIEW_PERSON = "view_person", _("查看人员详情")
    VIEW_LIST = "view_list", _("查看人员名单")
    REVEAL = "reveal", _("显示完整号码")
    REVEAL_ASK = "reveal_ask", _("申请查看完整号码")
    REVEAL_DECIDE = "reveal_decide", _("审批查看申请")
    RECORD = "record", _("登记或修改")
    VOID = "void", _("作废登记")
    DECIDE = "decide", _("处理待核实或重复")
    PREVIEW = "preview", _("上传核对与导入预览")
    ORDER = "order", _("提交导入、撤回或停止")
    APPLY = "apply", _("应用导入")
    UNDO = "undo", _("撤回导入")
    EXPORT = "export", _("导出表格")
    PRINT = "print", _("打印名单")
    LOGIN = "login", _("登录")
    LOGIN_FAILED = "login_failed", _("登录失败")
    LOGOUT = "logout", _("退出登录")
    DENIED = "denied", _("越权被拒")
    PERMISSION = "permission", _("权限变更")
    ACCOUNT = "account", _("账号变更")
    RULES = "rules", _("口径和参数变更")
    COMMAND = "command", _("维护命令")
    VIEW_LOG = "view_log", _("查看审计日志")


class AuditEntry(models.Model):
    """One action of one request, job or command. `user` as she is, `username` and `role` as they were."""

    at = models.DateTimeField(_("时间"), db_default=Now())
    action = models.CharField(_("操作"), max_length=20, choices=Action)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("用户")
    )
    username = models.CharField(
        _("登录名"), max_length=150, blank=True, help_text="of nobody known: # and a keyed hash of what was typed"
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role, blank=True)
    about = models.CharField(_("对象类别"), max_length=60, blank=True, help_text="label of the model")
    about_id = models.CharField(_("对象编号"), max_length=40, blank=True)
    people = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="internal numbers of the people it was about"
    )
    region_code = models.CharField(
        _("区划"), max_length=12, blank=True, db_collation="C", help_text="of the object, else of the user"
    )
    url_name = models.CharField(_("页面"), max_length=80, blank=True, help_text="or the name of the command")
    method = models.CharField(_("方式"), max_length=8, blank=True)
    status = models.PositiveSmallIntegerField(_("结果"), null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    # Plain: whoever is followed up by it is staff, and every hash of an IPv4 address is undone by trying them all.
    address = models.GenericIPAddressField(_("来源地址"), null=True)
    details = models.JSONField(_("件数"), default=dict, blank=True, help_text="counts only")

    class Meta:
        verbose_name = verbose_name_plural = _("审计日志")
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["user", "-id"], name="audit_user"),
            models.Index(fields=["about", "about_id"], name="audit_about"),
            GinIndex(fields=["people"], name="audit_people"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="audit_action_known"),
        ]


class AuditSeal(models.Model):
    """Fixes a batch of entries: see sealing. `leaves` names which entry differs, `digest` proves that one does."""

    made_at = models.DateTimeField()
    entries = ArrayField(models.BigIntegerField())
    count = models.PositiveIntegerField()
    leaves = models.BinaryField(help_text="the first bytes of each entry's own digest, one after another")
    digest = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="audit_seal_made_at")]
