"""Takes an applied import back (contract: `undo_import`); the same code as the upload page."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from campaigns import batch_undo, batches, coverage
from campaigns.kinds import KINDS
from households.intake.models import ImportBatch, MissingDecision
from households.intake.undo import plan_undo, undo_batch
from households.intake.undo_plan import REASONS, Plan
from households.management.base import ProductCommand, Refusal, acting_user, write_private_json
from households.models import Household, Person


class Command(ProductCommand):
    help = "Undo an applied import: what it made goes, what it overwrote comes back, what others worked on since stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("batch", metavar="BATCH", help="the import's number, as import_roster printed it")
        parser.add_argument("--as", dest="name", required=True, metavar="NAME", help="sign-in name of who undoes it")
        parser.add_argument("--preview", action="store_true", help="only tell what it would do")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here (names: mode 0600)")

    def work(self, *, batch: str, name: str, preview: bool, json: Path | None, **options: Any) -> None:
        user = acting_user(name)
        found = batches.visible_batches(user).filter(pk=_number(batch)).first()
        if found is None or not batches.may_undo(user, found):
            raise Refusal(_("没有批次“%(batch)s”，或用户“%(name)s”不能处理它。") % {"batch": batch, "name": name})
        kind = KINDS[found.kind]
        plan = plan_undo(found, kind) if preview else undo_batch(found.pk, kind, by=user)
        if plan is None or (preview and found.state != ImportBatch.State.APPLIED):
            raise Refusal(
                _("批次%(batch)s现在的状态是“%(state)s”，只有已导入的才能撤回。")
                % {"batch": found.pk, "state": found.get_state_display()}
            )
        if not preview:
            coverage.settle_touched()
        decided = list(batch_undo.ended_missing(found).select_related("person"))
        if json is not None:
            write_private_json(json, _told(found, plan, decided, is_undone=not preview))
        done = _("已撤回") if not preview else _("可以撤回，尚未撤回")
        if "record" in plan.removed:
            self.stdout.write(
                _("批次%(batch)s%(done)s：删除新增的%(records)s条记录，恢复%(back)s条记录的原值，保留%(kept)s项。")
                % {
                    "batch": found.pk, "done": done, "records": plan.removed["record"], "back": plan.restored["record"],
                    "kept": len(plan.kept),
                }
            )  # fmt: skip
            return
        self.stdout.write(
            _("批次%(batch)s%(done)s：删除新增的%(people)s人、%(homes)s户，恢复%(restored)s人、%(back)s户的原值，保留%(kept)s项。")
            % {
                "batch": found.pk, "done": done, "people": plan.removed["person"], "homes": plan.removed["household"],
                "restored": plan.restored["person"], "back": plan.restored["household"], "kept": len(plan.kept),
            }
        )  # fmt: skip
        if decided:
            text = _(
                "名册没有列出的人中，有%(people)s人已按死亡、迁出或清退处理。撤回导入不会恢复他们；处理错了的，要另行更正。"
            )
            self.stdout.write(text % {"people": len(decided)})


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _told(batch: ImportBatch, plan: Plan, decided: list[MissingDecision], *, is_undone: bool) -> dict[str, Any]:
    people = Person.objects.in_bulk([one.pk for one in plan.kept if one.model == "person"])
    homes = Household.objects.in_bulk([one.pk for one in plan.kept if one.model == "household"])
    kept = [
        {
            "kind": one.model,
            "name": people[one.pk].name
            if one.model == "person"
            else homes[one.pk].head_name
            if one.model == "household"
            else "",
            "reason": one.reason,
            "message": str(REASONS[one.reason]),
        }
        for one in plan.kept
    ]
    return {
        "batch": str(batch.pk),
        "outcome": "undone" if is_undone else "preview",
        "removed": plan.removed,
        "restored": plan.restored,
        "kept": kept,
        "decided": [{"name": one.person.name, "choice": one.choice, "day": one.day.isoformat()} for one in decided],
    }
