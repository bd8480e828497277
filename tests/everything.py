"""One object of county A for every address and every table: what the tests of access ask for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.models import (
    Attendance,
    CampaignYear,
    CountingRules,
    Employment,
    Grant,
    InsuredPerson,
    ReportRound,
    Submission,
    TrainingProject,
    TrainingSession,
)
from households.intake.models import ImportBatch
from households.models import Household, Person, RegionAlias
from tests import make
from tests.campaigns.rooms import outreach_make
from tests.conftest import Cast


def url_names(patterns: list[Any], namespace: str = "") -> Iterator[str]:
    """The names of all addresses, with their namespaces."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from url_names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace + pattern.name


NAMES = sorted(set(url_names(get_resolver().url_patterns)))


def arguments_of(cast: Cast) -> dict[str, list[Any]]:
    """What stands in the addresses, by name: objects of county A."""
    household = make.household(make.VILLAGE_A)
    person = make.person(household)
    pairing, insured, grant = make.pairing(person), make.insured(person), make.grant(person)
    contact = make.contact(household)
    left = make.membership(household, make.person(name="孙离开"), until=make.REPORTING_DAY, end_reason="married_out")
    batch = ImportBatch.objects.create(
        created_by=cast.officer_a, regions=[make.COUNTY_A], county_code=make.COUNTY_A, file_name="名册.xlsx",
        file_size=1, file_digest=b"1", state="preview", stored_name="gone.bin",
    )  # fmt: skip
    rows: dict[str, Any] = {
        "households_region": make.region(), "households_user": cast.village_worker, "households_household": household,
        "households_regionalias": RegionAlias.objects.create(alias="老曹庄", region=make.region()),
        "households_householdspell": household.spells.get(), "households_person": person,
        "households_membership": person.memberships.get(), "households_enrolment": make.enrolment(person),
        "households_importbatch": batch, "campaigns_helper": pairing.helper, "campaigns_pairing": pairing,
        "campaigns_policy": insured.policy, "campaigns_scheme": insured.policy.scheme,
        "campaigns_insuredperson": insured, "campaigns_aidproject": grant.project, "campaigns_grant": grant,
        "campaigns_contact": contact, "campaigns_cleaning": make.cleaning(household),
        "campaigns_specialcircumstance": make.circumstance(target="pairing", person=person),
        "campaigns_campaignyear": CampaignYear.objects.get(), "campaigns_countingrules": CountingRules.objects.get(),
    }  # fmt: skip
    report = make.submission(
        cast.township_worker, ReportRound.objects.filter(region_id=make.CITY).first(), region=make.TOWNSHIP_A
    )
    found = {
        "dashboard_region": [make.COUNTY_A], "worklist": ["pairing", make.COUNTY_A],
        "submission_round": [report.round.pk, make.COUNTY_A], "submission_submit": [report.round.pk, make.COUNTY_A],
        "submission": [report.pk], "submission_decide": [report.pk],
        "suspect_data": [make.COUNTY_A], "suspect_data_book": [make.COUNTY_A],
        "falling_out": ["pairing", make.COUNTY_A], "worklist_book": ["pairing", make.COUNTY_A],
        "dashboard_actions": [make.COUNTY_A], "dashboard_ranking": [make.COUNTY_A],
        "dashboard_outlook": [make.COUNTY_A], "dashboard_comparison": [make.COUNTY_A],
        "dashboard_chart": [make.COUNTY_A, "trend"],
        "household": [household.pk],
        "household_file": [household.pk],
        "household_remove": [household.pk], "member_leave": [household.pk, person.pk],
        "schooling_change": [household.pk, person.pk],
        "household_relist": [household.pk], "member_reopen": [household.pk, left.pk],
        "carry_over": [household.pk],
        "record_fact": [household.pk, "contact"], "void_fact": [household.pk, "contact", contact.pk],
        "admin:app_list": ["households"], "admin:auth_user_password_change": [cast.village_worker.pk],
        "mfa_remove_webauthn": [1], "mfa_edit_webauthn": [1], "doubt": [make.doubt(cast.officer_a).pk],
        "duplicate": [person.pk, make.person(household, name=person.name).pk],
        "pair_decision": [make.different(person, make.person(household), cast.officer_a).pk],
    }  # fmt: skip
    found |= {
        f"upload_{step}": [batch.pk]
        for step in (
            "detail",
            "check",
            "columns",
            "apply",
            "stop",
            "discard",
            "undo",
            "annotated",
            "missing",
            "missing_back",
        )
    }
    found["upload_template_of"] = ["cleanings"]
    found |= {
        "room": ["publicity"],
        "records": ["publicity", "contacts"],
        "records_workbook": ["publicity", "contacts"],
    }
    event = make.event()
    participant = make.participant(event)
    found |= {
        "record_new": ["organisation", "events"], "record_edit": ["organisation", "events", event.pk],
        "record_void": ["organisation", "events", event.pk], "event": [event.pk], "participant_new": [event.pk],
        "participants_paste": [event.pk], "participant_edit": [event.pk, participant.pk],
        "participant_void": [event.pk, participant.pk], "survey_missing": ["women", make.COUNTY_A], "year_edit": [2018],
        "counting_rules_of": [2018], "counting_rules_change": [2018],
    }  # fmt: skip
    found |= {
        "photo": ["visitphoto", make.visit_photo(make.visit(household)).pk],
        "pairing_helper": [pairing.helper.pk],
    }
    drawn = outreach_make.spot_check(household, region=make.VILLAGE_A)
    found |= {
        "contact_round": [outreach_make.contact_round().pk], "contact_photos": [contact.pk],
        "sheet": [outreach_make.sheet(household).pk], "recheck": [outreach_make.failed(household).pk],
        "story": [outreach_make.story(household).pk], "spot_check": [drawn.pk], "spot_check_void": [drawn.pk],
        "spot_photos": [outreach_make.spot_result(household, drawn).pk],
        "cleaning_photos": [rows["campaigns_cleaning"].pk],
    }  # fmt: skip
    training = make.training_session()
    attendance = Attendance.objects.create(session=training, person=person, village_id=make.VILLAGE_A)
    job = Employment.objects.create(
        person=person, offer=make.job_offer(), stage="offered", offered_on=make.REPORTING_DAY, village_id=make.VILLAGE_A
    )
    found |= {
        "livelihood_match_offer": [job.offer_id], "livelihood_match_woman": [person.pk], "livelihood_home": [person.pk],
        "livelihood_employment": [job.pk], "livelihood_training": [training.project_id],
        "livelihood_session": [training.pk], "livelihood_attendance_void": [attendance.pk],
    }  # fmt: skip
    found |= {"schooling_fund": [make.fund().pk], "schooling_donor": [make.donor().pk]}
    found |= {
        "reveal": [household.pk, "id-number", person.pk],
        "reveal_decide": [make.reveal_request(make.person(household, birth=date(2012, 5, 1)), cast.officer_a).pk],
    }
    found |= {"data_request_new": [household.pk], "data_request": [make.data_request(person, cast.village_worker).pk]}
    found |= {"account": [cast.village_worker.pk], "invitation": ["no-such-link"]}
    comparison = make.comparison(cast.officer_a)
    found |= {name: [comparison.pk] for name in ("comparison", "comparison_workbook", "comparison_delete")}
    for table, row in rows.items():
        found |= {f"admin:{table}_{what}": [row.pk] for what in ("change", "history", "delete")}
    return found


def more_of(found: dict[str, list[Any]]) -> None:
    """What no address asks for but a table shows: a sick child's relief, a claim, goods, surveys, donations, pledges."""
    household = Household.objects.get(pk=found["household"][0])
    woman = Person.objects.get(pk=found["livelihood_match_woman"][0])
    boy = make.person(household, birth=date(2008, 3, 1), sex="M", relation="之子", health=["患有大病"])
    make.enrolment(boy)
    make.claim(InsuredPerson.objects.filter(person=woman).get())
    make.relief(boy, illness="白血病")
    make.goods(household)
    make.goods()
    make.clinic_attendance(who=woman, findings="结节")
    make.enrolment_list()
    make.woman_survey(woman, illness="肺病")
    make.child_survey(boy, guardian_phone="14403150001", hardship="父母重病")
    make.pledge(boy)
    fund = make.fund(1000)
    make.grant(boy, fund=fund, kind=Grant.Kind.FUND, guardian="王监护")
    make.pairing(boy)
    outreach_make.leaflets()


# Where what was made in county A is after it has moved.
MOVED = dict(
    zip(
        (*make.VILLAGES[:4], make.TOWNSHIP_A, make.TOWNSHIP_A2, make.COUNTY_A),
        (*make.VILLAGES[4:], make.TOWNSHIP_B, make.TOWNSHIP_B2, make.COUNTY_B),
        strict=True,
    )
)
_CODES = {"region_id", "village_id", "place_id", "county_code", "village_code"}


def move() -> None:
    """Everything of county A is county B's: each row's codes at once, as its constraints ask."""
    when = " ".join(f"WHEN '{one}' THEN '{other}'" for one, other in MOVED.items())
    with connection.cursor() as cursor:
        for model in apps.get_models():
            label, columns = model._meta.app_label, [one.column for one in model._meta.concrete_fields]
            codes = [f"{one} = CASE {one} {when} ELSE {one} END" for one in columns if one in _CODES]
            if "regions" in columns and model._meta.model_name != "user":
                codes.append(f"regions = array_replace(regions, '{make.COUNTY_A}', '{make.COUNTY_B}')")
            if label in {"campaigns", "households"} and codes and not hasattr(model, "pgh_created_at"):
                triggers = "replica" if model is Submission else "origin"  # a submission is frozen by one
                cursor.execute(f"SET LOCAL session_replication_role = {triggers}")
                cursor.execute(f"UPDATE {model._meta.db_table} SET {', '.join(codes)}")
        cursor.execute("SET LOCAL session_replication_role = origin")


def shared_with(woman: Person, boy: Person) -> list[tuple[str, int]]:
    """What the city holds for all counties, with people of A and B: a course, an event, a clinic, posts, a helper, a donor.

    Gives the names and keys of their pages.
    """
    ours = Person.objects.filter(county_code=make.COUNTY_A, birth_date__lt=date(2000, 1, 1)).order_by("pk")[0]
    city = {"region_id": make.CITY}
    course = TrainingProject.objects.create(name="市级培训", kind="handicraft", announced_on=date(2018, 6, 1), **city)
    session = TrainingSession.objects.create(project=course, day=date(2018, 6, 5), **city)
    TrainingSession.objects.create(project=course, day=date(2018, 6, 6), region_id=make.COUNTY_A, place="甲区会场")
    offer = make.job_offer(region=make.CITY, title="市级岗位")
    clinic = make.clinic(**city)
    helper = make.helper(village=make.CITY, name="市级包联")
    event = make.event(region=make.CITY)
    for person, village in ((ours, make.VILLAGE_A), (woman, make.VILLAGE_B)):
        Attendance.objects.create(session=session, person=person, village_id=village)
        Employment.objects.create(
            person=person, offer=offer, stage="offered", offered_on=make.REPORTING_DAY, village_id=village
        )
        make.clinic_attendance(clinic, person, village=village)
        make.pairing(person, helper, village=village)
        make.participant(event, region_id=village[:6], name=person.name, unit=person.name)
    fund = make.fund(region_id=make.COUNTY_B)
    make.donation(fund, make.donor(region_id=make.COUNTY_B), amount=Decimal(2000))
    for child in (Person.objects.filter(county_code=make.COUNTY_A, birth_date__year=2008).order_by("pk")[0], boy):
        make.grant(child, fund=fund, kind=Grant.Kind.FUND, village=make.VILLAGE_A if child != boy else make.VILLAGE_B)
    make.pledge(boy, make.donor(**city, name="市级捐赠"), village=make.VILLAGE_B)
    pages = {"livelihood_training": course, "livelihood_session": session, "livelihood_match_offer": offer}
    pages |= {"pairing_helper": helper, "event": event}
    return [(name, one.pk) for name, one in pages.items()]
