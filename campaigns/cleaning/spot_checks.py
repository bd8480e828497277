"""Random spot checks: a draw that can be repeated, what was found, and how much of it is evidenced."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Cleaning, Sheet, SpotCheck, SpotPhoto, SpotResult, Standing, Target
from campaigns.recording import AlreadyRecordedError, already_recorded, check_day, recording, refuse, save_fact
from campaigns.sheets.operations import PrintedRow, keep_sheet, printed_rows
from households.access import Permission, code_range
from households.models import Household, HouseholdSpell, Region, User
from households.querysets import can

MOST_DRAWN = 200


@dataclass(frozen=True)
class DrawnRow:
    """A drawn household and what was found there; result None: not typed in yet."""

    row: PrintedRow
    result: SpotResult | None
    photos: list[SpotPhoto]


def pool(region: Region, day: date) -> list[int]:
    """Keys, in order, of the households living in the region on the day, eligible, with a valid first round by then."""
    first = Cleaning.objects.filter(household=OuterRef("household"), round_number=1, voided_at=None, done_on__lte=day)
    listed = Standing.objects.filter(
        code_range("village_code", region.code), target=Target.CLEANING, eligible__contains_day=day
    ).values("unit_id")
    cleaned = HouseholdSpell.objects.filter(
        Exists(first), code_range("village_id", region.code), period__contains=day, household__in=listed
    )
    return sorted(set(cleaned.values_list("household_id", flat=True)))


def drawn(households: Sequence[int], seed: int, size: int) -> list[int]:
    """The same households, seed and size always give the same draw."""
    return Random(seed).sample(households, size)  # noqa: S311 (the seed is drawn from the system's randomness)


def draw(*, by: User, region: Region, day: date, size: int) -> SpotCheck:
    """Draw households of the region and keep them on a sheet, village by village."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(region.code)):
        raise PermissionDenied
    check_day("day", day)
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("随机抽查")):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        known = SpotCheck.objects.filter(region=region, day=day, size=size, recorded_by=by, voided_at=None).first()
        if known is not None:  # nobody draws again until she likes the outcome
            raise AlreadyRecordedError(
                _("这一天已抽过同样户数，没有重新抽取（抽签号%(seed)s）。确需重抽的，请先作废并写明原因。")
                % {"seed": known.seed}
            )
        households = pool(region, day)
        if size > len(households):
            refuse(
                "size", _("本区划到%(day)s已清洁%(count)s户，请减少抽查户数。") % {"day": day, "count": len(households)}
            )
        seed = secrets.randbelow(10**9)
        chosen = _in_village_order(drawn(households, seed, size), day)
        purpose = Sheet.Purpose.SPOT_CHECK
        sheet = keep_sheet(by=by, region=region, purpose=purpose, day=day, households=chosen)
        return SpotCheck.objects.create(
            region=region, day=day, size=size, pool=len(households), seed=seed, sheet=sheet, recorded_by=by
        )


def void_check(*, by: User, check: SpotCheck, reason: str) -> None:
    """The draw and its results count nowhere any more; they stay visible with the reason."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(check.region_id)):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        kept = SpotCheck.objects.select_for_update(no_key=True).get(pk=check.pk)
        if kept.voided_at is not None:
            raise AlreadyRecordedError(_("这条记录已经作废，没有重复处理。"))
        kept.voided_at, kept.void_reason = timezone.now(), reason
        kept.save(update_fields=["voided_at", "void_reason"])


def _in_village_order(households: list[int], day: date) -> list[int]:
    spells = HouseholdSpell.objects.filter(household__in=households, period__contains=day)
    villages = dict(spells.values_list("household_id", "village_id"))
    return sorted(households, key=lambda key: (villages[key], key))


def drawn_rows(user: User, check: SpotCheck) -> list[DrawnRow]:
    """The sheet's rows with what was found."""
    results = {
        result.household_id: result
        for result in check.results.filter(voided_at=None).prefetch_related("photos", "recorded_by")
    }
    return [
        DrawnRow(row, result, [photo for photo in result.photos.all() if photo.voided_at is None] if result else [])
        for row in printed_rows(user, check.sheet)
        for result in [results.get(row.household_id)]
    ]


def record_spot_result(
    *,
    by: User,
    check: SpotCheck,
    household: Household,
    outcome: str,
    signed: bool = False,
) -> SpotResult:
    """What was found at a drawn household."""
    if check.voided_at is not None:
        raise ValidationError(_("这次抽查已经作废，没有登记。"))
    if not check.sheet.rows.filter(household=household).exists():
        raise ValidationError(_("该户不在这次抽查的名单中，没有登记。"))
    with recording(by, household, _("登记抽查结果")) as village:
        if check.results.filter(household=household, voided_at=None).exists():
            raise AlreadyRecordedError(already_recorded())
        same = {"spot_check": check, "household": household}
        return save_fact(SpotResult(**same, outcome=outcome, signed=signed), by, village, at="outcome", same=same)


def evidenced(results: QuerySet[SpotResult]) -> QuerySet[SpotResult]:
    """Those with a signature or a photo that is here."""
    photo = SpotPhoto.objects.filter(result=OuterRef("pk"), voided_at=None)
    return results.filter(Q(signed=True) | Exists(photo))
