"""Loads the demonstration in one transaction: all of it or nothing."""

from collections import Counter
from random import Random

import pghistory
from django.db import connection, transaction

from campaigns import coverage
from campaigns.demo import users
from campaigns.demo.benefits import write_aid, write_insurance
from campaigns.demo.counties import COUNTIES, Home, place
from campaigns.demo.facts import Scene, write_visits
from campaigns.demo.families import families, other_families
from campaigns.demo.health import write_health
from campaigns.demo.history import OTHERS, live
from campaigns.demo.home_visits import write_pairing
from campaigns.demo.livelihood import write_livelihood
from campaigns.demo.organisation import write_organisation
from campaigns.demo.outreach import write_outreach
from campaigns.demo.pairings import write_pairings
from campaigns.demo.register import write_register
from campaigns.demo.schooling import write_schooling
from campaigns.demo.survey import write_survey
from campaigns.models import Scheme
from households.access import steward
from households.models import Installation, Person

SEED = 20180630
WRITTEN = (
    "households_person", "households_household", "households_householdspell", "households_membership",
    "households_enrolment", "campaigns_contact", "campaigns_cleaning", "campaigns_pairing", "campaigns_helper",
    "campaigns_insuredperson", "campaigns_grant", "campaigns_specialcircumstance",
    "campaigns_claim", "campaigns_relief", "campaigns_goodsaid", "campaigns_clinic", "campaigns_clinicattendance",
    "campaigns_enterprise", "campaigns_joboffer", "campaigns_trainingproject", "campaigns_trainingsession",
    "campaigns_attendance", "campaigns_employment", "campaigns_projectplan",
    "campaigns_womansurvey", "campaigns_childsurvey", "campaigns_activity", "campaigns_participant",
    "campaigns_insuredperson", "campaigns_grant", "campaigns_specialcircumstance", "campaigns_visit",
    "campaigns_leafletmovement", "campaigns_recheck",
)  # fmt: skip


def real_people() -> bool:
    """Does the database hold people who are not the demonstration's?"""
    return Person.objects.exists() and not Installation.objects.filter(is_demonstration=True).exists()


@transaction.atomic
def load_demonstration(scheme: Scheme) -> None:
    """Write users, register, facts and figures. The caller has checked that the register is empty.

    `scheme` is the campaign year's insurance scheme with the ages 18 to 64 on 30 June 2018.
    """
    rng = Random(SEED)  # noqa: S311 (the same invented people every time, nothing secret)
    with pghistory.context(reason="演示数据"), steward():
        homes = place(rng, families(rng), other_families(rng, OTHERS))
        live(rng, homes)
        staff = users.create_users(*_tour_places(homes))
        recorders = {county.code: staff["demo_city"] for county in COUNTIES}
        recorders |= {users.TOUR_COUNTY: staff["demo_county_fengnan"], users.SECOND_COUNTY: staff["demo_county_qianxi"]}
        scene = Scene(rng, homes, write_register(rng, homes), recorders)
        write_visits(scene)
        write_pairings(scene)
        write_insurance(scene, scheme)
        write_aid(scene)
    _tell_planner()
    with pghistory.context(reason="演示数据"), steward():
        write_health(scene)
        write_schooling(scene)
        write_livelihood(scene)
        write_survey(scene)
        write_organisation(scene)
        write_pairing(scene)
        write_outreach(scene)
        Installation.objects.update(is_demonstration=True)
    _tell_planner()
    coverage.rebuild()


def _tell_planner() -> None:
    """The planner knows nothing of tables filled in this transaction, or that they are empty: one row changed took 20 s.
    Only the tables' owner may ask for it, not the steward."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(WRITTEN))


def _tour_places(homes: list[Home]) -> tuple[str, str]:
    """The township of the tour's county with most households, and its biggest village."""
    villages = Counter(home.village for home in homes if home.county.code == users.TOUR_COUNTY and home.is_counted)
    townships: Counter[str] = Counter()
    for village, count in villages.items():
        townships[village[:9]] += count
    township = max(sorted(townships), key=lambda code: townships[code])
    return township, max((v for v in sorted(villages) if v.startswith(township)), key=lambda code: villages[code])
