"""Records of the rooms written and voided by hand: in the user's regions only, with history, one effect for a doubled form."""

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.facts import Recorded
from campaigns.recording import AlreadyRecordedError
from campaigns.records.forms import EntryForm
from campaigns.records.spec import RecordTable
from households.encryption import EncryptedTextField
from households.models import User
from households.querysets import can


def save_record(*, by: User, table: RecordTable, form: EntryForm) -> models.Model:
    """Write a valid form. AlreadyRecordedError for the very same record entered twice; ValidationError for what the
    database keeps."""
    record = form.instance
    is_new = record.pk is None
    _check_scope(by, table, record)
    with pghistory.context(user=by.pk, reason=str(_("登记") if is_new else _("修改"))), transaction.atomic():
        _lock_author(by)
        if is_new and _is_there(table.model, record):
            raise AlreadyRecordedError(_("这条记录此前已经登记，没有重复登记。"))
        if is_new and isinstance(record, Recorded):
            record.recorded_by = by
        try:
            with transaction.atomic():
                saved: models.Model = form.save()
        except IntegrityError as error:  # somebody else wrote in this moment what the form's check did not see
            raise ValidationError(_("没有保存：与刚刚写入的其他记录冲突，请刷新页面核对后再试。")) from error
    return saved


def void_record(*, by: User, table: RecordTable, record: Recorded, reason: str) -> None:
    """The record counts nowhere any more; it stays visible with the reason."""
    _check_scope(by, table, record)
    with pghistory.context(user=by.pk, reason=reason), transaction.atomic():
        kept = type(record)._default_manager.select_for_update(no_key=True).get(pk=record.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason
        try:
            with transaction.atomic():
                kept.save(update_fields=["voided_at", "void_reason"])
        except IntegrityError as error:
            raise ValidationError(_("不能作废：其他有效记录依赖它，请先处理那些记录。")) from error


def _check_scope(by: User, table: RecordTable, record: models.Model) -> None:
    if not can(by, table.change) or (table.scope and not by.covers(getattr(record, table.scope))):
        raise PermissionDenied


def _lock_author(by: User) -> None:
    """The same form sent twice by one user waits for itself and then finds its own record."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _is_there(model: type[models.Model], record: models.Model) -> bool:
    """Is there a valid record with the same content, as far as it can be compared (encrypted values cannot)?"""
    left = {"id", "recorded_by", "recorded_at", "voided_at", "void_reason"}
    fields = [field for field in model._meta.concrete_fields if field.name not in left]
    # Ciphertexts of one text differ: what is encrypted is compared here, not in the database.
    secret = [field.attname for field in fields if isinstance(field, EncryptedTextField)]
    content = {field.attname: getattr(record, field.attname) for field in fields if field.attname not in secret}
    valid = {"voided_at": None} if issubclass(model, Recorded) else {}
    found = model._default_manager.filter(**content, **valid)
    return any(all((getattr(one, name) or "") == (getattr(record, name) or "") for name in secret) for one in found)
