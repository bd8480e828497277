"""What the commands that import a workbook have in common: upload, preview, and with --apply writing.

They stand in this application because the date a workbook speaks of, where its titles do not say, is the business date.
"""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from households.access import Permission
from households.audit.models import Action
from households.intake.applying import Outcome, apply_batch
from households.intake.kinds import Kind
from households.intake.messages import file_warnings
from households.intake.models import ImportBatch
from households.intake.staging import receive, result, stage
from households.management.base import ProductCommand, Refusal, acting_user, day_argument, write_private_json
from households.models import User
from households.querysets import can

# A register that moves between preview and writing is compared again; more often than this, somebody must look.
ROUNDS = 5


class ImportCommand(ProductCommand):
    """`kind_of(options)` tells the kind of workbook; the rest is the same code as the upload page."""

    def kind_of(self, options: dict[str, Any]) -> Kind[Any]:
        """The kind of workbook that the command line means; Refusal for none."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="the workbook")
        parser.add_argument("--as", dest="name", required=True, metavar="NAME", help="sign-in name of the uploader")
        parser.add_argument(
            "--as-of", type=day_argument, help="day, YYYY-MM-DD; default: the file's, else the business date"
        )
        parser.add_argument("--apply", action="store_true", help="write it; without, it stops at the preview")
        parser.add_argument(
            "--json", type=Path, metavar="OUT", help="write the result here (plain ID numbers: mode 0600)"
        )

    def work(
        self, *, file: Path, name: str, as_of: date | None, apply: bool, json: Path | None, **options: Any
    ) -> None:
        kind = self.kind_of(options)
        user = acting_user(name)
        if not can(user, Permission.UPLOAD):
            raise Refusal(
                _("用户“%(name)s”的角色不能上传名册和台账。请改用县级或市级妇联工作人员的用户。") % {"name": name}
            )
        if not file.is_file():
            raise Refusal(_("没有文件“%(file)s”。请检查路径。") % {"file": file})
        with transaction.atomic():  # applying it writes an entry of its own, with what it does
            batch = receive(file, name=file.name, by=user, kind=kind.name)
            self.record(by=user, action=Action.PREVIEW, about=batch)
        batch = stage(batch.pk, kind, default_as_of=business_date(), as_of=as_of)
        if apply and batch.state == ImportBatch.State.PREVIEW:
            _apply(batch, kind, user)
            batch.refresh_from_db()
        if json is not None:
            write_private_json(json, result(batch, kind.labels))
        if batch.state == ImportBatch.State.REFUSED:
            raise Refusal(batch.message)
        self._tell(batch)

    def _tell(self, batch: ImportBatch) -> None:
        applied = batch.state == ImportBatch.State.APPLIED
        lines = [
            _("批次%(batch)s，数据截止日%(day)s：%(state)s。")
            % {"batch": batch.pk, "day": batch.as_of, "state": _("已导入") if applied else _("已核对，尚未导入")},
            _(
                "共%(rows)s行：新增%(new)s，变更%(changed)s，无变化%(unchanged)s，待核实%(held)s，退回修改%(rejected)s，"
                "重复合并%(merged)s；名册中没有的已登记人员%(missing)s名。"
            )
            % batch.counts,
            *file_warnings(batch.warnings, batch.layout.get("details", {})),
        ]
        self.stdout.write("\n".join(lines))


def _apply(batch: ImportBatch, kind: Kind[Any], user: User) -> None:
    for _round in range(ROUNDS):
        if apply_batch(batch.pk, kind, by=user) is not Outcome.OUTDATED:
            return
    raise Refusal(_("登记簿正在被他人修改，没有导入。请稍后再试。"))
