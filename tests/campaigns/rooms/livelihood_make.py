"""Records of the room of jobs and income, as its tests want them."""

from typing import Any

from campaigns.models import Attendance, Employment, ProjectPlan, TrainingProject
from households.models import Person
from tests import make

DAY = make.REPORTING_DAY
offer, training_session = make.job_offer, make.training_session


def woman(village: str = make.VILLAGE_A, **values: Any) -> Person:
    """A woman of 38 with ordinary labour capacity and junior school."""
    return make.person(
        make.household(village), **{"labour": "普通劳动力", "education": "初中", "school_status": "非在校生"} | values
    )


def home(who: Person) -> Any:
    return who.memberships.get().household


def attendance(**values: Any) -> Attendance:
    given = {"session": training_session(), "village_id": make.VILLAGE_A} | values
    if "name" not in given:
        given.setdefault("person", woman())
    return Attendance.objects.create(**given)


def employment(**values: Any) -> Employment:
    given = {"stage": "employed", "employed_on": DAY, "title": "草编", "village_id": make.VILLAGE_A} | values
    given.setdefault("person", woman())
    return Employment.objects.create(**given)


def plan(**values: Any) -> ProjectPlan:
    given = {"told_on": DAY, "wants_loan": True, "village_id": make.VILLAGE_A} | values
    given.setdefault("person", woman())
    return ProjectPlan.objects.create(**given)


def project() -> TrainingProject:
    return training_session().project
