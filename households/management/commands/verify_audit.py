"""Checks that nobody has touched the audit log (contract: `verify_audit`)."""

import json as json_format
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from households.audit.verifying import Fault, Finding, Verdict, verify
from households.management.base import ProductCommand, Refusal
from households.wording import listed


class Command(ProductCommand):
    help = "Recompute the audit log's chain of seals; exit 1 where an entry was changed, removed or slipped in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--anchor", default="", metavar="DIGEST", help="a digest noted earlier: must be in the chain"
        )

    def work(self, *, json: bool, anchor: str, **options: Any) -> None:
        verdict = verify(anchor=anchor.strip().lower())
        if json:
            self.stdout.write(json_format.dumps(_told(verdict), ensure_ascii=False))
        else:
            self._tell(verdict)
        if anchor and not verdict.anchored:
            raise Refusal(
                _("封存链中没有摘要%(digest)s：该摘要之前的记录已被改写或删除。请用备份核对。") % {"digest": anchor}
            )
        if verdict.findings:
            raise Refusal(
                _("审计日志不完整：%(findings)s。请立即保全数据库和备份，并报告负责人。")
                % {"findings": listed(_sentence(finding) for finding in verdict.findings)}
            )

    def _tell(self, verdict: Verdict) -> None:
        self.stdout.write(
            _("已核对%(seals)s个封存、%(entries)s条记录。") % {"seals": verdict.seals, "entries": verdict.entries}
        )
        if verdict.head:
            self.stdout.write(
                _("最后一个封存的摘要：%(digest)s（请抄存在别处，下次用 --anchor 核对）。") % {"digest": verdict.head}
            )
        if verdict.oldest_unsealed is not None:
            self.stdout.write(
                _("尚未封存%(count)s条，其中最早的已等待%(minutes)s分钟。后台程序（manage.py work）每分钟封存一次。")
                % {"count": verdict.unsealed, "minutes": _minutes(verdict.oldest_unsealed)}
            )
        if not verdict.findings:
            self.stdout.write(_("审计日志完整，没有被改动。"))


def _sentence(finding: Finding) -> str:
    values = {"seal": finding.seal, "entry": finding.entry}
    if finding.fault is Fault.CHANGED:
        return _("封存%(seal)s中的第%(entry)s号记录被改动") % values
    if finding.fault is Fault.REMOVED:
        return _("封存%(seal)s中的第%(entry)s号记录被删除") % values
    if finding.fault is Fault.SEAL:
        return _("封存%(seal)s本身或它之前的封存被改动、删除") % values
    if finding.seal is None:
        return _("第%(entry)s号记录是事后插入的，不在任何封存中") % values
    return _("封存%(seal)s中的第%(entry)s号记录是事后插入的") % values


def _minutes(since: datetime) -> int:
    return int((timezone.now() - since).total_seconds() // 60)


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "whole": not verdict.findings,
        "seals": verdict.seals,
        "entries": verdict.entries,
        "head": verdict.head,
        "unsealed": verdict.unsealed,
        "oldest_unsealed_minutes": _minutes(verdict.oldest_unsealed) if verdict.oldest_unsealed else 0,
        "findings": [
            {"fault": finding.fault.value, "seal": finding.seal, "entry": finding.entry} for finding in verdict.findings
        ],
    }
