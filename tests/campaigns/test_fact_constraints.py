"""Every constraint the campaign's database keeps is broken here once, and says why in Chinese."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from campaigns.models import BriefingTemplate, CampaignYear, CountingRules
from tests import make
from tests.campaigns.rooms import outreach_make
from tests.campaigns.rooms.livelihood_make import attendance, employment, offer, plan, project, training_session
from tests.constraints import again, breaks_it, changed, constraints_of, says_it_in_chinese, voided

EMPTY = DateRange(empty=True)
FROM_EVER = DateRange(None, date(2018, 2, 1))
OPEN = DateRange(make.START, None)


def grant() -> models.Model:
    return make.grant(make.person(birth=date(2009, 1, 1)))


def spot_result() -> models.Model:
    home = make.household()
    return outreach_make.spot_result(home, outreach_make.spot_check(home))


def circumstance() -> models.Model:
    return make.circumstance(target="cleaning", household=make.household())


def submission() -> models.Model:
    return make.submission(make.user("county_officer", (make.COUNTY_A,)))


def briefing_template() -> models.Model:
    by = make.user("federation_staff", (make.CITY,))
    return BriefingTemplate.objects.create(region=make.region(make.COUNTY_A), stored_name=uuid4().hex, uploaded_by=by)


def decided() -> dict[str, object]:
    return {"decided_by": make.user("federation_staff", (make.CITY,)), "decided_at": timezone.now()}


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
    "Contact.entry_key": lambda: again(make.contact(make.household(), entry_key=uuid4())),
    "contact_round_void_reason": lambda: voided(outreach_make.contact_round()),
    "contact_photo_void_reason": lambda: voided(outreach_make.contact_photo()),
    "ContactPhoto.stored_name": lambda: again(outreach_make.contact_photo(), entry_key=uuid4()),
    "ContactPhoto.entry_key": lambda: again(outreach_make.contact_photo(), stored_name="other.bin"),
    "leaflet_void_reason": lambda: voided(outreach_make.leaflets()),
    "leaflet_copies_positive": lambda: changed(outreach_make.leaflets(), copies=0),
    "leaflet_receiver": lambda: again(outreach_make.leaflets(), kind="handed_out", copies=1),
    "sheet_void_reason": lambda: voided(outreach_make.sheet()),
    "sheet_row_once": lambda: again(outreach_make.sheet(make.household()).rows.get(), household=make.household()),
    "sheet_household_once": lambda: again(outreach_make.sheet(make.household()).rows.get(), position=2),
    "cleaning_photo_void_reason": lambda: voided(outreach_make.cleaning_photo()),
    "CleaningPhoto.stored_name": lambda: again(outreach_make.cleaning_photo(), entry_key=uuid4()),
    "CleaningPhoto.entry_key": lambda: again(outreach_make.cleaning_photo(), stored_name="other.bin"),
    "recheck_void_reason": lambda: voided(outreach_make.recheck(make.household())),
    "recheck_passed_wants_nothing": lambda: changed(outreach_make.recheck(make.household()), wants="厨房"),
    "recheck_failed_says_why": lambda: changed(outreach_make.failed(make.household()), wants=""),
    "recheck_days_in_order": lambda: changed(outreach_make.failed(make.household()), due_on=make.START),
    "recheck_once_a_day": lambda: again(outreach_make.recheck(make.household())),
    "spot_check_void_reason": lambda: voided(outreach_make.spot_check()),
    "spot_check_size_within_pool": lambda: changed(outreach_make.spot_check(), size=2),
    "SpotCheck.sheet": lambda: again(outreach_make.spot_check()),
    "spot_result_void_reason": lambda: voided(spot_result()),
    "spot_result_once": lambda: again(spot_result()),
    "spot_photo_void_reason": lambda: voided(outreach_make.spot_photo()),
    "SpotPhoto.stored_name": lambda: again(outreach_make.spot_photo(), entry_key=uuid4()),
    "SpotPhoto.entry_key": lambda: again(outreach_make.spot_photo(), stored_name="other.bin"),
    "story_void_reason": lambda: voided(outreach_make.story(make.household())),
    "story_offered_with_consent": lambda: changed(outreach_make.story(make.household()), is_offered=True),
    "scheme_ages_in_order": lambda: changed(make.scheme(), min_age=65),
    "scheme_has_both_days": lambda: changed(make.scheme(), period=OPEN),
    "scheme_sum_positive": lambda: changed(make.scheme(), sum_insured=Decimal(0)),
    "Policy.number": lambda: again(make.policy()),
    "policy_has_both_days": lambda: changed(make.policy(), period=FROM_EVER),
    "insured_void_reason": lambda: voided(make.insured(make.person())),
    "insured_starts_on_a_day": lambda: changed(make.insured(make.person()), period=EMPTY),
    "insured_no_overlap": lambda: again(make.insured(make.person())),
    "claim_void_reason": lambda: voided(make.claim(make.insured(make.person()))),
    "claim_amount_positive": lambda: changed(make.claim(make.insured(make.person())), amount=Decimal(0)),
    "claim_paid_after_claimed": lambda: changed(make.claim(make.insured(make.person())), paid_on=make.REPORTING_DAY),
    "claim_once_a_day": lambda: again(make.claim(make.insured(make.person()))),
    "enrolment_list_void_reason": lambda: voided(make.enrolment_list()),
    "enrolment_list_purpose": lambda: changed(make.enrolment_list(), purpose=""),
    "ReliefProgramme.name": lambda: again(make.relief_programme()),
    "relief_void_reason": lambda: voided(make.relief(make.person())),
    "relief_amount_positive": lambda: changed(make.relief(make.person()), amount=Decimal(0)),
    "relief_paid_after_decided": lambda: changed(make.relief(make.person()), paid_on=date(2018, 6, 29)),
    "relief_once_a_year": lambda: again(make.relief(make.person()), decided_on=date(2018, 3, 1)),
    "relief_once_a_day": lambda: again(make.relief(make.person(), is_once=False)),
    "goods_void_reason": lambda: voided(make.goods()),
    "goods_for_one_family": lambda: changed(make.goods(), family_name=""),
    "goods_value_positive": lambda: changed(make.goods(), value=Decimal(0)),
    "goods_valued_with_basis": lambda: changed(make.goods(), basis=""),
    "clinic_void_reason": lambda: voided(make.clinic()),
    "clinic_once_a_day": lambda: again(make.clinic()),
    "clinic_attendance_void_reason": lambda: voided(make.clinic_attendance()),
    "clinic_attendance_of_one_woman": lambda: changed(make.clinic_attendance(), woman_name=""),
    "clinic_attendance_once": lambda: again(make.clinic_attendance(who=make.person())),
    "clinic_attendance_once_by_name": lambda: again(make.clinic_attendance()),
    "AidProject.name": lambda: again(make.project()),
    "grant_void_reason": lambda: voided(grant()),
    "grant_amount_positive": lambda: changed(grant(), amount=Decimal(0)),
    "grant_once_a_day": lambda: again(grant()),
    "grant_fund_of_kind": lambda: changed(grant(), kind="fund"),
    "grant_donor_of_kind": lambda: changed(grant(), kind="direct"),
    "project_amounts_positive": lambda: changed(make.project(), junior_amount=Decimal(0)),
    "donor_void_reason": lambda: voided(make.donor()),
    "donor_name_once": lambda: again(make.donor()),
    "fund_void_reason": lambda: voided(make.fund()),
    "fund_balance_not_negative": lambda: changed(make.fund(), balance=Decimal(-1)),
    "fund_name_once": lambda: again(make.fund()),
    "donation_void_reason": lambda: voided(make.donation(make.fund())),
    "donation_amount_positive": lambda: changed(make.donation(make.fund()), amount=Decimal(0)),
    "donation_goods_basis": lambda: changed(make.donation(make.fund(is_goods=True)), value_basis=""),
    "donation_receipt_once": lambda: again(make.donation(make.fund(), receipt_no="0007")),
    "pledge_void_reason": lambda: voided(make.pledge(make.person())),
    "pledge_amount_positive": lambda: changed(make.pledge(make.person()), amount=Decimal(0)),
    "pledge_year_known": lambda: changed(make.pledge(make.person()), year=18),
    "enterprise_void_reason": lambda: voided(offer().enterprise),
    "enterprise_once": lambda: again(offer().enterprise),
    "job_offer_void_reason": lambda: voided(offer()),
    "job_offer_has_posts": lambda: changed(offer(), posts=0),
    "job_offer_ages_in_order": lambda: changed(offer(), age_from=60),
    "job_offer_pay_not_negative": lambda: changed(offer(), pay_from=Decimal(-1)),
    "job_offer_pay_in_order": lambda: changed(offer(), pay_from=Decimal(2000), pay_to=Decimal(1000)),
    "job_offer_days_in_order": lambda: changed(offer(), open_until=date(2018, 1, 1)),
    "job_offer_once": lambda: again(offer()),
    "training_void_reason": lambda: voided(project()),
    "training_once": lambda: again(project()),
    "training_capacity_positive": lambda: changed(project(), capacity=0),
    "session_void_reason": lambda: voided(training_session()),
    "session_once": lambda: again(training_session()),
    "session_hours_positive": lambda: changed(training_session(), hours=Decimal(0)),
    "attendance_void_reason": lambda: voided(attendance()),
    "attendance_of_somebody": lambda: changed(attendance(), name="孙来宾"),
    "attendance_once": lambda: again(attendance()),
    "attendance_by_name_once": lambda: again(attendance(name="孙来宾")),
    "employment_void_reason": lambda: voided(employment()),
    "employment_names_the_job": lambda: changed(employment(), title=""),
    "employment_stage_has_its_day": lambda: changed(employment(), stage="left"),
    "employment_days_in_order": lambda: changed(employment(), offered_on=date(2018, 12, 1)),
    "employment_income_not_negative": lambda: changed(employment(), income_before=Decimal(-1)),
    "project_plan_void_reason": lambda: voided(plan()),
    "project_plan_tells_something": lambda: changed(plan(), wants_loan=False),
    "project_plan_amount_of_a_need": lambda: changed(plan(), loan_amount=Decimal(0)),
    "woman_survey_void_reason": lambda: voided(make.woman_survey(make.person())),
    "woman_survey_once_a_year": lambda: again(make.woman_survey(make.person())),
    "woman_survey_loan_not_negative": lambda: changed(
        make.woman_survey(make.person()), wants_loan=True, loan_amount=-1
    ),
    "woman_survey_loan_is_wanted": lambda: changed(make.woman_survey(make.person()), loan_amount=5000),
    "child_survey_void_reason": lambda: voided(make.child_survey(make.person())),
    "child_survey_once_a_year": lambda: again(make.child_survey(make.person())),
    "event_void_reason": lambda: voided(make.event()),
    "event_days_in_order": lambda: changed(make.event(), last_day=date(2018, 6, 12)),
    "event_once": lambda: again(make.event()),
    "participant_void_reason": lambda: voided(make.participant()),
    "participant_once": lambda: again(make.participant()),
    "participant_score_range": lambda: changed(make.participant(), score=Decimal("100.5")),
    "report_round_void_reason": lambda: voided(make.report_round()),
    "report_round_days_in_order": lambda: changed(make.report_round(), due_on=date(2018, 6, 1)),
    "report_round_once": lambda: again(make.report_round()),
    "BriefingTemplate.region": lambda: again(briefing_template(), stored_name="other"),
    "BriefingTemplate.stored_name": lambda: again(briefing_template(), region=make.region(make.COUNTY_B)),
    "submission_version_once": lambda: again(submission(), state="returned", return_reason="重报", **decided()),
    "submission_one_in_force": lambda: again(submission(), version=2),
    "submission_return_reason": lambda: changed(submission(), state="returned", **decided()),
    "submission_decided_by": lambda: changed(submission(), state="accepted"),
}


def test_every_constraint_of_the_campaign_is_broken_here() -> None:
    assert set(BREAKERS) == constraints_of("campaigns")


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(tangshan: None, name: str) -> None:
    breaks_it(name, BREAKERS[name]())


@pytest.mark.parametrize("name", BREAKERS)
def test_the_model_refuses_first_and_in_chinese(tangshan: None, name: str) -> None:
    says_it_in_chinese(name, BREAKERS[name]())
