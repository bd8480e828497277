"""How we count (统计口径): the rules in words, a new version with its reason, and what it would do to the figures.

The rules' fields are taken as the model declares them: a field added to CountingRules stands on the page, in the form and
in the note under the tables by itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from campaigns import coverage, tasks
from campaigns.business_day import year_of
from campaigns.coverage import Coverage
from campaigns.models import CampaignYear, CountingRules
from households.access import Permission, steward
from households.models import Household, User
from households.querysets import can
from households.wording import listed, shown, word

# What a version is, beside what it says.
_ABOUT_VERSION = frozenset({"id", "campaign_year", "version", "reason", "changed_by", "changed_at"})
# More households than this are not counted anew while somebody waits.
MOST_PREVIEWED = 6_000


def rule_fields() -> list[models.Field[Any, Any]]:
    """The fields of CountingRules that say how to count, in the model's order."""
    return [field for field in CountingRules._meta.concrete_fields if field.name not in _ABOUT_VERSION]


@dataclass(frozen=True)
class Rule:
    """One rule in words. `is_new`: it differs from the version before."""

    title: str
    value: str
    is_new: bool = False


def rule_lines(rules: CountingRules, before: CountingRules | None = None) -> list[Rule]:
    """A version's rules in words."""
    return [
        Rule(
            str(field.verbose_name),
            _in_words(field, getattr(rules, field.name)),
            before is not None and getattr(rules, field.name) != getattr(before, field.name),
        )
        for field in rule_fields()
    ]


def _in_words(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return listed(str(labels[one]) if one in labels else word(one) for one in value) or _("（无）")
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return str(shown(value)) or _("未设置")


@dataclass(frozen=True)
class Note:
    """What stands under a table."""

    year: int
    version: int
    rules: list[Rule]


def how_we_count(day: date) -> Note | None:
    """The counting rules that hold for a day: the highest version of the year last begun (before the first: the first)."""
    year = year_of(day)
    rules = in_force(year) if year else None
    return Note(year.year, rules.version, rule_lines(rules)) if year and rules else None


def in_force(year: CampaignYear) -> CountingRules | None:
    """The year's highest version."""
    # Under each table of figures: a query that has not to be put together takes a third of the time.
    sql = "SELECT * FROM campaigns_countingrules WHERE campaign_year_id = %s ORDER BY version DESC LIMIT 1"
    return next(iter(CountingRules.objects.raw(sql, [year.pk])), None)


def _next(year: CampaignYear, values: dict[str, Any], reason: str, based_on: int) -> CountingRules:
    """The next version, not saved; refused where somebody else was quicker or nothing is different."""
    CampaignYear.objects.select_for_update(no_key=True).get(pk=year.pk)
    last = in_force(year)
    if (last.version if last else 0) != based_on:
        raise ValidationError(_("统计口径刚刚已被修改，请刷新页面，在最新一版上再改。"))
    made = CountingRules(campaign_year=year, version=based_on + 1, reason=reason, **values)
    if last is not None and not any(rule.is_new for rule in rule_lines(made, last)):
        raise ValidationError(_("与现行的一版相同，没有需要保存的修改。"))
    return made


def change_rules(*, by: User, year: CampaignYear, values: dict[str, Any], reason: str, based_on: int) -> CountingRules:
    """A new version of a year's counting rules. `values`: by field; `based_on`: the version that the user saw."""
    if not can(by, Permission.MANAGE_RULES):
        raise PermissionDenied
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        rules = _next(year, values, reason, based_on)
        rules.changed_by = by
        rules.full_clean()
        rules.save()
    if not coverage.settle_if_small():
        tasks.settle_touched.enqueue()
    return rules


class _Away(Exception):  # noqa: N818 - it carries the figures out of a transaction that must not stay
    def __init__(self, after: Coverage) -> None:
        self.after = after


def preview(
    *, by: User, year: CampaignYear, values: dict[str, Any], based_on: int, region: str, day: date
) -> tuple[Coverage, Coverage] | None:
    """A region's figures on a day before and after the change; nothing is kept. None: too many households to wait for."""
    if not can(by, Permission.MANAGE_RULES) or not by.covers(region):
        raise PermissionDenied
    if Household.objects.count() > MOST_PREVIEWED:
        return None
    coverage.settle_touched()
    before = coverage.as_of([region], day)[region]
    try:
        with transaction.atomic(), steward():
            _next(year, values, "preview", based_on).save()
            coverage.settle_touched()
            raise _Away(coverage.as_of([region], day)[region])
    except _Away as found:
        return before, found.after
