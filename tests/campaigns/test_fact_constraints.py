"""Every constraint the campaign's database keeps is broken here once, and says why in Chinese."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from campaigns.models import CampaignYear, CountingRules
from tests import make
from tests.constraints import breaks_it, constraints_of, says_it_in_chinese

EMPTY = DateRange(empty=True)
FROM_EVER = DateRange(None, date(2018, 2, 1))
OPEN = DateRange(make.START, None)


def changed[M: models.Model](row: M, **values: object) -> M:
    """A saved row with other values, not saved."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def again[M: models.Model](row: M, **values: object) -> M:
    """The same row once more, not saved."""
    row.pk = None
    row._state.adding = True
    return changed(row, **values)


def voided[M: models.Model](row: M) -> M:
    return changed(row, voided_at=timezone.now(), void_reason="")


def grant() -> models.Model:
    return make.grant(make.person(birth=date(2009, 1, 1)))


def circumstance() -> models.Model:
    return make.circumstance(target="cleaning", household=make.household())


def next_year(**values: object) -> CampaignYear:
    return changed(make.campaign_year(2019), **values)


BREAKERS: dict[str, Callable[[], models.Model]] = {
    "CampaignYear.year": lambda: again(CampaignYear.objects.get()),
    "campaign_year_days_in_order": lambda: next_year(deadline=date(2020, 1, 1)),
    "counting_rules_version_once": lambda: again(CountingRules.objects.get()),
    "counting_rules_reason": lambda: again(CountingRules.objects.get(), version=2, reason=""),
    "circumstance_void_reason": lambda: voided(circumstance()),
    "circumstance_starts_on_a_day": lambda: changed(circumstance(), period=FROM_EVER),
    "circumstance_unit_of_target": lambda: changed(circumstance(), target="pairing"),
    "circumstance_approver": lambda: changed(circumstance(), approver=""),
    "contact_void_reason": lambda: voided(make.contact(make.household())),
    "contact_lecture_attended": lambda: changed(make.contact(make.household()), kind="lecture"),
    "helper_starts_on_a_day": lambda: changed(make.helper(), active=FROM_EVER),
    "pairing_void_reason": lambda: voided(make.pairing(make.person())),
    "pairing_starts_on_a_day": lambda: changed(make.pairing(make.person()), period=EMPTY),
    "pairing_no_overlap": lambda: again(make.pairing(make.person())),
    "counting_rules_pairing_limits": lambda: again(CountingRules.objects.get(), version=2, helper_limit=0),
    "visit_void_reason": lambda: voided(make.visit(make.household())),
    "visit_next_is_later": lambda: changed(make.visit(make.household()), next_on=make.REPORTING_DAY),
    "visit_once_a_day": lambda: again(make.visit(make.household())),
    "visit_photo_void_reason": lambda: voided(make.visit_photo(make.visit(make.household()))),
    "VisitPhoto.stored_name": lambda: again(make.visit_photo(make.visit(make.household()))),
    "cleaning_void_reason": lambda: voided(make.cleaning(make.household())),
    "cleaning_round_from_one": lambda: changed(make.cleaning(make.household()), round_number=0),
    "cleaning_score_percent": lambda: changed(make.cleaning(make.household()), score=101),
    "cleaning_round_once": lambda: again(make.cleaning(make.household())),
    "scheme_ages_in_order": lambda: changed(make.scheme(), min_age=65),
    "scheme_has_both_days": lambda: changed(make.scheme(), period=OPEN),
    "scheme_sum_positive": lambda: changed(make.scheme(), sum_insured=Decimal(0)),
    "Policy.number": lambda: again(make.policy()),
    "policy_has_both_days": lambda: changed(make.policy(), period=FROM_EVER),
    "insured_void_reason": lambda: voided(make.insured(make.person())),
    "insured_starts_on_a_day": lambda: changed(make.insured(make.person()), period=EMPTY),
    "insured_no_overlap": lambda: again(make.insured(make.person())),
    "AidProject.name": lambda: again(make.project()),
    "grant_void_reason": lambda: voided(grant()),
    "grant_amount_positive": lambda: changed(grant(), amount=Decimal(0)),
    "grant_once_a_day": lambda: again(grant()),
}


def test_every_constraint_of_the_campaign_is_broken_here() -> None:
    assert set(BREAKERS) == constraints_of("campaigns")


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(tangshan: None, name: str) -> None:
    breaks_it(name, BREAKERS[name]())


@pytest.mark.parametrize("name", BREAKERS)
def test_the_model_refuses_first_and_in_chinese(tangshan: None, name: str) -> None:
    says_it_in_chinese(name, BREAKERS[name]())
