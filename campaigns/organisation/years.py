"""Campaign years: their days corrected, and the next one begun. The figures of the years before stay as they are."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import coverage, tasks
from campaigns.models import CampaignYear, CountingRules, Scheme
from campaigns.organisation.counting import in_force, rule_fields
from households.access import Permission
from households.models import User
from households.periods import last_day, period, years_after
from households.querysets import can

DAYS = ("start", "deadline", "reporting_day", "end")


@dataclass(frozen=True)
class NextYear:
    """The year that would follow: not saved. `rules`: the version it takes over; `schemes`: copies of the year's schemes."""

    after: CampaignYear
    year: CampaignYear
    rules: CountingRules | None
    schemes: list[Scheme]


def next_year() -> NextYear | None:
    """What follows the last campaign year; None where there is none yet."""
    last = CampaignYear.objects.order_by("start").last()
    if last is None:
        return None
    year = CampaignYear(year=last.year + 1, **{name: years_after(getattr(last, name), 1) for name in DAYS})
    return NextYear(last, year, in_force(last), [_copy(scheme, last) for scheme in _schemes(last)])


def _schemes(year: CampaignYear) -> list[Scheme]:
    """The schemes that begin in the year."""
    return list(
        Scheme.objects.filter(period__startswith__gte=year.start, period__startswith__lte=year.end).order_by(
            "period", "pk"
        )
    )


def _copy(scheme: Scheme, of: CampaignYear) -> Scheme:
    """The same scheme a year later: same ages and sums, the reference day moved by a year."""
    old, new = str(of.year), str(of.year + 1)
    name = scheme.name.replace(old, new) if old in scheme.name else _("%(name)s（%(year)s年度）") % {
        "name": scheme.name, "year": new,
    }  # fmt: skip
    last = last_day(scheme.period)
    return Scheme(
        name=name[:100],
        insurer=scheme.insurer,
        period=period(years_after(scheme.period.lower, 1), years_after(last, 1) if last else None),
        reference_day=years_after(scheme.reference_day, 1),
        min_age=scheme.min_age,
        max_age=scheme.max_age,
        sum_insured=scheme.sum_insured,
        premium=scheme.premium,
        premium_payer=scheme.premium_payer,
    )


def begin_next_year(*, by: User, number: int, days: dict[str, date], with_schemes: bool) -> CampaignYear:
    """Create the year after the last one, with its rules as version 1 and, if asked, copies of its schemes.

    `number`: the year that the user saw; ValidationError where it exists, overlaps another year or its days are disordered.
    """
    if not can(by, Permission.MANAGE_RULES):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("年度结转")):
        list(CampaignYear.objects.select_for_update(no_key=True))
        planned = next_year()
        if CampaignYear.objects.filter(year=number).exists():
            raise ValidationError(_("%(year)s年度已经存在，没有重复建立。") % {"year": number})
        if planned is None or planned.year.year != number:
            raise ValidationError(_("只能接着最后一个年度建立，请刷新页面再试。"))
        year = CampaignYear(year=number, **days)
        year.full_clean()
        refuse_overlap(year)
        year.save()
        reason = _("沿用%(year)s年度口径") % {"year": planned.after.year}
        values: dict[str, Any] = {}
        if planned.rules is not None:
            values = {field.name: getattr(planned.rules, field.name) for field in rule_fields()}
        CountingRules.objects.create(campaign_year=year, version=1, reason=reason, changed_by=by, **values)
        for scheme in planned.schemes if with_schemes else ():
            scheme.save()
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    return year


def correct_days(*, by: User, year: CampaignYear, days: dict[str, date]) -> CampaignYear:
    """Other days for a year."""
    if not can(by, Permission.MANAGE_RULES):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("修改工作年度")):
        kept = CampaignYear.objects.select_for_update(no_key=True).get(pk=year.pk)
        for name, day in days.items():
            setattr(kept, name, day)
        kept.full_clean()
        refuse_overlap(kept)
        kept.save()
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    return kept


def refuse_overlap(year: CampaignYear) -> None:
    """Two campaign years share no day."""
    other = CampaignYear.objects.filter(start__lte=year.end, end__gte=year.start).exclude(pk=year.pk).first()
    if other is not None:
        raise ValidationError(
            _("与%(year)s年度（%(start)s至%(end)s）重叠，请改日期。")
            % {"year": other.year, "start": other.start, "end": other.end}
        )
