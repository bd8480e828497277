"""Every constraint the register's database keeps is broken here once, and says why in Chinese where people meet it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from households.models import (
    AuditEntry,
    BatchPerson,
    ColumnMapping,
    DataRequest,
    Enrolment,
    Household,
    HouseholdSpell,
    ImportBatch,
    Installation,
    Invitation,
    Membership,
    MissingDecision,
    PairDecision,
    Person,
    Region,
    RegionAlias,
    RememberedDevice,
    RevealRequest,
    User,
)
from households.periods import period
from tests import make
from tests.constraints import breaks_it, constraints_of, says_it_in_chinese

EMPTY = DateRange(empty=True)
FROM_EVER = DateRange(None, date(2018, 2, 1))
YEAR = period(make.START)


def copy_of[M: models.Model](row: M, **changes: object) -> M:
    """The same row once more, not saved."""
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def unsaved_person(**values: object) -> Person:
    return Person(
        **{"name": "钱成员", "sex": "F", "birth_date": date(1980, 1, 1), "person_no": "1", "county_code": make.COUNTY_A}
        | values
    )


def unsaved_spell(**values: object) -> HouseholdSpell:
    base = {
        "household": make.household(since=date(2019, 1, 1)),
        "village_id": make.VILLAGE_A,
        "county_code": make.COUNTY_A,
    }
    return HouseholdSpell(**base | {"status": "not_exited", "period": period(make.START, make.REPORTING_DAY)} | values)


def unsaved_membership(**values: object) -> Membership:
    home = make.household()
    return Membership(
        **{"household": home, "person": make.person(), "county_code": home.county_code, "period": YEAR} | values
    )


def second_head() -> Membership:
    home = make.household()
    make.person(home, relation="户主")
    return unsaved_membership(household=home, relation="户主")


def enrolled(**values: object) -> Enrolment:
    return copy_of(make.enrolment(make.person(birth=date(2009, 1, 1))), **values)


def batch_person(**values: object) -> BatchPerson:
    batch = ImportBatch.objects.create(
        created_by=make.user(), regions=[], file_name="名册.xlsx", file_size=1, file_digest=b"x"
    )
    return BatchPerson(**{"batch": batch, "person": make.person(), "outcome": "created"} | values)


def saved[M: models.Model](row: M) -> M:
    row.save()
    return row


def unsaved_pair(**values: object) -> PairDecision:
    return PairDecision(
        **{"choice": "different", "kept": make.person(), "other": make.person(), "decided_by": make.user()} | values
    )


def with_herself() -> PairDecision:
    person = make.person()
    return unsaved_pair(kept=person, other=person)


def the_other_way_round(pair: PairDecision) -> PairDecision:
    return copy_of(pair, kept=pair.other, other=pair.kept)


def unsaved_request(**values: object) -> RevealRequest:
    who = make.person(make.household(), birth=date(2012, 1, 1))
    return copy_of(make.reveal_request(who, make.user()), **values)


def asked(**values: object) -> DataRequest:
    who = make.person(make.household())
    return copy_of(make.data_request(who, make.user()), **values)


def decided_by_oneself() -> DataRequest:
    request = asked(state="granted", decided_at=timezone.now())
    request.decided_by = request.recorded_by
    return request


def invitation(**values: object) -> Invitation:
    user = make.user()
    return Invitation(**{"user": user, "token_digest": b"1", "invited_by": user, "expires_at": timezone.now()} | values)


def device(**values: object) -> RememberedDevice:
    return RememberedDevice(
        **{"user": make.user(), "token_digest": b"1", "pin": "x", "used_at": timezone.now()} | values
    )


def consented_to_oneself() -> RevealRequest:
    request = unsaved_request(state="approved", decided_at=timezone.now())
    request.decided_by = request.asked_by
    return request


BREAKERS: dict[str, Callable[[], models.Model]] = {
    "region_code_digits": lambda: Region(
        code="13020", name="无", short_name="无", level="county", path="无", position=1
    ),
    "region_alias_once": lambda: copy_of(
        RegionAlias.objects.create(alias="旧名", region_id=make.VILLAGE_A), alias="旧名"
    ),
    "audit_action_known": lambda: AuditEntry(action="dreamed"),
    "installation_one_row": lambda: Installation(id=2, key_fingerprint="x"),
    "user_role_known": lambda: User(username="x", role="emperor"),
    "user_never_superuser": lambda: User(username="x", role="leader", is_superuser=True),
    "User.username": lambda: copy_of(make.user()),
    "household_number_once_a_county": lambda: copy_of(make.household()),
    "household_income_not_negative": lambda: Household(county_code=make.COUNTY_A, income_per_head=-1),
    "spell_starts_on_a_day": lambda: unsaved_spell(period=EMPTY),
    "spell_county_of_village": lambda: unsaved_spell(county_code=make.COUNTY_B),
    "spell_status_known": lambda: unsaved_spell(status="rich"),
    "spell_no_overlap": lambda: unsaved_spell(period=period(make.START, date(2019, 1, 1))),
    "person_sex_known": lambda: unsaved_person(sex="X"),
    "person_has_identity": lambda: unsaved_person(person_no=""),
    "person_has_name": lambda: unsaved_person(name=""),
    "Person.id_index": lambda: copy_of(make.person()),
    "Person.weak_index": lambda: copy_of(saved(unsaved_person(weak_index=b"same"))),
    "membership_starts_on_a_day": lambda: unsaved_membership(period=FROM_EVER),
    "membership_no_overlap": lambda: unsaved_membership(person=make.person(make.household())),
    "membership_one_head": second_head,
    "enrolment_starts_on_a_day": lambda: enrolled(period=EMPTY),
    "enrolment_grade_in_stage": lambda: enrolled(grade=7, period=period(date(2017, 1, 1), date(2017, 12, 31))),
    "enrolment_no_overlap": lambda: enrolled(),
    "column_mapping_once": lambda: copy_of(
        ColumnMapping.objects.create(county_code=make.COUNTY_A, kind="roster", header="户名", field="head_name")
    ),
    "batch_person_once": lambda: copy_of(saved(batch_person())),
    "batch_person_outcome": lambda: batch_person(outcome="eaten"),
    "pair_decision_known": lambda: unsaved_pair(choice="perhaps"),
    "pair_decision_of_two": with_herself,
    "pair_decided_once": lambda: the_other_way_round(saved(unsaved_pair())),
    "invitation_one_open_a_user": lambda: copy_of(saved(invitation()), token_digest=b"2"),
    "Invitation.token_digest": lambda: copy_of(saved(invitation()), user=make.user()),
    "RememberedDevice.token_digest": lambda: copy_of(saved(device())),
    "data_request_state_known": lambda: asked(state="perhaps", decided_by=make.user(), decided_at=timezone.now()),
    "data_request_basis": lambda: asked(basis="withdrawn"),
    "data_request_decided_by_somebody": lambda: asked(state="granted"),
    "data_request_by_another": decided_by_oneself,
    "data_request_done": lambda: asked(state="done", decided_by=make.user(), decided_at=timezone.now()),
    "reveal_state_known": lambda: unsaved_request(state="perhaps", decided_by=make.user(), decided_at=timezone.now()),
    "reveal_decided_by_somebody": lambda: unsaved_request(state="approved"),
    "reveal_decided_by_another": consented_to_oneself,
    "missing_decision_once": lambda: copy_of(
        MissingDecision.objects.create(
            batch=saved(batch_person()).batch,
            person=make.person(),
            choice="died",
            day=make.START,
            decided_by=make.user(),
        )
    ),
}


def test_every_constraint_of_the_register_is_broken_here() -> None:
    assert set(BREAKERS) == constraints_of("households")


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses(tangshan: None, name: str) -> None:
    breaks_it(name, BREAKERS[name]())


@pytest.mark.parametrize("name", BREAKERS)
def test_the_model_refuses_first_and_in_chinese(tangshan: None, name: str) -> None:
    says_it_in_chinese(name, BREAKERS[name]())
