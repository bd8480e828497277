"""The demonstration's figures, counted; its people, plausible and invented; its sign-ins."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pghistory.models
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.test import Client
from openpyxl import load_workbook
from pytest_django.plugin import DjangoDbBlocker

from campaigns import coverage, recount
from campaigns.business_day import business_date
from campaigns.demo import dirty_roster, users
from campaigns.demo.load import load_demonstration, real_people
from campaigns.figures import all_figures, asked_for, figures_of
from campaigns.management.commands.prepare import create_campaign_year, the_scheme
from campaigns.models import (
    Cleaning,
    Contact,
    GoodsAid,
    Grant,
    Helper,
    InsuredPerson,
    Pairing,
    Relief,
    SpecialCircumstance,
    SpotCheck,
    Story,
    Target,
)
from campaigns.rooms import ROOMS
from households import identity
from households.encryption import key_fingerprint
from households.intake import staging
from households.management.base import Refusal
from households.models import Household, Installation, Membership, Person, User
from households.periods import age_on
from households.regions import load_regions
from households.roster.kind import ROSTER
from tests.campaigns.rooms.test_schooling_accounts import check_books

SAMPLES = Path(__file__).parents[1] / "data"
REPORTING_DAY, END_OF_MAY = date(2018, 6, 30), date(2018, 5, 31)


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for this file, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        Installation.objects.create(key_fingerprint=key_fingerprint())
        load_regions()
        create_campaign_year(2018)
        load_demonstration(the_scheme(2018))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper(demonstration: None) -> Iterator[None]:
    """pytest-django's: a test's changes are rolled back to the loaded demonstration, not to an empty database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def city(day: date) -> coverage.Coverage:
    return coverage.as_of(["1302"], day)["1302"]


def test_head_counts_of_the_reporting_day_are_the_published_ones() -> None:
    assert business_date() == REPORTING_DAY
    assert city(REPORTING_DAY).heads == {
        "women": 3468, "children": 1269, "both": 63, "persons": 4674, "households": 2817,
    }  # fmt: skip


def test_targets_of_the_reporting_day_are_the_published_ones() -> None:
    found = {key: (f.eligible, f.covered, f.explained, f.percent) for key, f in city(REPORTING_DAY).targets.items()}
    assert found == {
        Target.PUBLICITY: (2817, 2817, 0, 100.0),
        Target.PAIRING: (4674, 4674, 0, 100.0),
        Target.CLEANING: (2817, 2817, 0, 100.0),
        Target.INSURANCE: (2491, 2491, 0, 100.0),
        Target.SCHOOLING: (534, 468, 9, 87.6),
    }


def test_the_insured_add_up_to_the_published_sum() -> None:
    accepted = InsuredPerson.objects.filter(
        state=InsuredPerson.State.ACCEPTED, voided_at=None, period__contains=REPORTING_DAY
    )
    assert accepted.aggregate(total=Sum("policy__scheme__sum_insured"))["total"] == 24_910_000


def test_figures_of_the_health_room_are_the_published_ones() -> None:
    asked = asked_for("1302", REPORTING_DAY)
    found = {figure.key: count for figure, count in figures_of(ROOMS["health"], asked)}
    women, value = found.pop("clinic_women"), found.pop("donation_value_yuan")
    assert found == {
        "women_insured": 2491, "insured_sum_yuan": 24_910_000, "women_uninsured": 0, "relief_children": 7,
        "relief_yuan": 28_000, "donation_households": 550,
    }  # fmt: skip
    assert 200 < women < 300 and 295_000 < value < 300_000
    assert (
        GoodsAid.objects.filter(household=None).exists()
        and GoodsAid.objects.filter(kind="goods", basis="").count() == 0
    )
    assert {relief.illness for relief in Relief.objects.filter(voided_at=None)} != {None}


def test_a_month_before_every_target_is_visibly_behind() -> None:
    may = city(END_OF_MAY)
    percents = {key: f.percent for key, f in may.targets.items()}
    assert all(30 < (percent or 0) < 95 for percent in percents.values()), percents
    assert may.heads["persons"] != 4674


def test_counties_are_uneven_and_some_districts_have_no_task() -> None:
    counties = coverage.as_of(["130203", "130273", "130274", "130227", "130229", "130207"], REPORTING_DAY)
    for code in ("130203", "130273", "130274"):
        assert counties[code].target(Target.PAIRING).percent is None
    assert counties["130227"].target(Target.SCHOOLING).percent == 100.0
    assert (counties["130229"].target(Target.SCHOOLING).percent or 0) < 80
    may = coverage.as_of(["130227", "130229"], END_OF_MAY)
    assert (may["130229"].target(Target.INSURANCE).percent) == 0.0
    assert (may["130227"].target(Target.INSURANCE).percent or 0) > 60


@pytest.mark.parametrize("day", [date(2018, 4, 30), END_OF_MAY, REPORTING_DAY, date(2018, 9, 1)])
def test_the_ledger_agrees_with_a_separate_recount(day: date) -> None:
    assert recount.verify(day) == []


def test_households_no_longer_entitled_or_removed_are_there_but_not_counted() -> None:
    spells = Counter(
        Household.objects.filter(spells__period__contains=REPORTING_DAY).values_list("spells__status", flat=True)
    )
    assert spells["exited_closed"] > 20 and spells["removed"] > 10
    assert Membership.objects.filter(end_reason="died").count() > 20
    assert Membership.objects.filter(end_reason="moved").count() > 10


def test_what_must_not_count_was_recorded_too() -> None:
    assert Contact.objects.filter(kind="loudspeaker").exists()
    assert Contact.objects.exclude(voided_at=None).count() == 10
    assert Pairing.objects.filter(kind="area").exists() and Helper.objects.filter(kind="society").exists()
    assert InsuredPerson.objects.filter(state="refused").exists()
    assert Grant.objects.filter(project__counts=False).exists()
    assert SpecialCircumstance.objects.filter(target="schooling", approved_on=None).count() == 3


def test_every_person_is_invented_with_a_valid_number_that_fits_sex_and_birth() -> None:
    for person in Person.objects.iterator():
        number = identity.parse_id(person.id_number)
        assert person.id_number is not None and person.id_number.startswith("130299")
        assert number.codes == () and number.birth_date == person.birth_date
        assert (number.sex == "女") == (person.sex == Person.Sex.FEMALE)
        assert person.id_index == identity.blind_index(person.id_number)
        assert person.phone is None or person.phone.startswith("1440315")
        assert person.name[0] != "幺"


def test_families_are_plausible() -> None:
    people = Person.objects.count()
    assert 7_500 <= people <= 9_000
    now = Membership.objects.filter(period__contains=REPORTING_DAY)
    heads = now.filter(relation="户主")
    assert heads.count() == Household.objects.filter(memberships__in=now).distinct().count()
    assert heads.filter(person__sex="M").count() > heads.count() / 2
    assert not now.values("household").annotate(wives=Count("pk")).filter(relation="配偶", wives__gt=1).exists()
    for household in Household.objects.prefetch_related("memberships__person")[:400]:
        born = {m.relation: m.person.birth_date for m in household.memberships.all() if m.relation in ("户主", "之母")}
        if len(born) == 2:
            assert age_on(born["之母"], born["户主"]) >= 17


def test_pupils_are_at_school_in_a_grade_that_fits_their_age() -> None:
    for person in Person.objects.filter(enrolments__grade__range=(1, 9)).prefetch_related("enrolments"):
        enrolment = person.enrolments.get()
        age = age_on(person.birth_date, date(enrolment.period.lower.year, 8, 31))
        assert enrolment.grade is not None and age == enrolment.grade + 5


def test_no_change_was_written_without_a_context() -> None:
    for event_model in (Person, Membership, Household, Pairing, Grant, User):
        events = getattr(event_model, "pgh_event_model").objects  # noqa: B009 (added by pghistory)
        assert events.exists() and not events.filter(pgh_context=None).exists()
    reasons = pghistory.models.Context.objects.values_list("metadata__reason", flat=True)
    assert set(reasons) == {"初始设置", "演示数据"}


def test_the_same_people_every_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(h.number || p.name || p.birth_date, ',' ORDER BY m.id)) FROM households_membership m "
            "JOIN households_person p ON p.id = m.person_id JOIN households_household h ON h.id = m.household_id"
        )
        assert cursor.fetchone()[0] == "f4662fc282fcc8ca44f577a48022bda2"


def test_each_role_has_a_sign_in_that_opens_and_is_kept_for_the_operator_only() -> None:
    issued = users.issue_sign_ins()
    assert {sign_in.role for sign_in in issued} == set(User.objects.values_list("role", flat=True)) and len(issued) == 8
    for sign_in in issued:
        user = User.objects.get(username=sign_in.username)
        assert user.check_password(sign_in.password) and user.regions == sign_in.regions
        assert bool(sign_in.totp_secret) == (sign_in.role in {"system_admin", "federation_staff", "auditor"})
    assert users.kept_sign_ins() == issued
    assert stat.S_IMODE(users.sign_ins_file().stat().st_mode) == 0o600


def test_a_second_prepare_loads_nothing_again(capsys: pytest.CaptureFixture[str]) -> None:
    before = Person.objects.count()
    call_command("prepare", demo=True)
    assert Person.objects.count() == before
    assert "demo_county_fengnan" in capsys.readouterr().out


def test_the_demonstration_refuses_a_register_with_real_people() -> None:
    Installation.objects.update(is_demonstration=False)
    assert real_people()
    with pytest.raises(Refusal, match="已有登记的人员"):
        call_command("prepare", demo=True)


def test_wrong_keys_are_refused_before_anything_is_written() -> None:
    Installation.objects.update(key_fingerprint="0" * 32)
    with pytest.raises(Refusal, match="密钥"):
        call_command("prepare")


def test_an_unusable_divisions_file_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    path.write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(Refusal, match="表头缺少"):
        call_command("prepare", regions=path)


def test_the_dirty_roster_is_judged_exactly_as_it_is_known_to_be(tmp_path: Path) -> None:
    path = tmp_path / dirty_roster.FILE_NAME
    rows = dirty_roster.write_dirty_roster(path)
    officer = User.objects.get(username="demo_county_fengnan")
    batch = staging.receive(path, name=path.name, by=officer, kind="roster")
    batch = staging.stage(batch.pk, ROSTER, default_as_of=END_OF_MAY)
    assert batch.as_of == REPORTING_DAY  # from the title rows
    judged = {row["row"]: row for row in staging.result(batch, ROSTER.labels)["rows"]}
    truth = dict(dirty_roster.numbered(rows))
    assert judged.keys() == truth.keys() and len(truth) == 40
    assert {number: row["status"] for number, row in judged.items()} == {n: row.status for n, row in truth.items()}
    for number, row in truth.items():
        assert row.codes <= set(judged[number]["codes"]), row
    assert [judged[number]["change"] for number in sorted(judged)[-2:]] == ["changed", "changed"]


def test_the_dirty_roster_is_offered_to_who_may_upload_it(client: Client) -> None:
    client.force_login(User.objects.get(username="demo_county_fengnan"))
    answer = client.get("/demonstration/roster.xlsx")
    assert answer.status_code == 200 and b"".join(answer).startswith(b"PK")
    client.force_login(User.objects.get(username="demo_county_qianxi"))
    assert client.get("/demonstration/roster.xlsx").status_code == 404
    client.force_login(User.objects.get(username="demo_village"))
    assert client.get("/demonstration/roster.xlsx").status_code == 403


@pytest.mark.parametrize("name", ["qianxi_system_export_g1.xlsx", "laoting_hand_list_g2.xlsx"])
def test_the_sample_rosters_meet_nobody_of_the_demonstration(name: str) -> None:
    cells = {
        str(cell)
        for row in load_workbook(SAMPLES / name).worksheets[0].iter_rows(values_only=True)
        for cell in row
        if cell is not None
    }
    numbers = {cell[:18] for cell in cells if cell.startswith("130299")}
    assert len(numbers) > 100
    assert not Person.objects.filter(id_index__in=[identity.blind_index(number) for number in numbers]).exists()
    assert not Household.objects.filter(number__in=cells).exists()


def test_jobs_and_income_count_what_was_published() -> None:
    found = all_figures(asked_for("1302", REPORTING_DAY))
    assert {name: found[name] for name in (
        "job_categories", "job_posts", "training_projects", "handicraft_sessions", "agriculture_sessions",
        "handicraft_employed", "project_plans",
    )} == {
        "job_categories": 73, "job_posts": 4420, "training_projects": 59, "handicraft_sessions": 19,
        "agriculture_sessions": 5, "handicraft_employed": 40, "project_plans": 41,
    }  # fmt: skip
    assert 9000 < found["training_capacity"] < 9100 and 700 < found["training_attendances"] < 800
    assert found["trained_people"] < found["training_attendances"]


def test_figures_of_publicity_and_cleaning_are_the_published_ones() -> None:
    told = all_figures(asked_for("1302", REPORTING_DAY))
    assert 6000 < told["leaflets_printed"] < 7000  # 6000多份
    assert told["leaflets_handed_out"] <= told["leaflets_printed"]
    assert (told["households_reached"], told["households_cleaned"]) == (2817, 2817)
    assert told["households_kept_clean"] < told["households_rechecked"]
    assert 0 < told["rectifications_open"] < 20


def test_the_spot_check_can_be_drawn_again_and_stories_are_offered_with_consent_only() -> None:
    check = SpotCheck.objects.get()
    drawn = list(check.sheet.rows.values_list("household_id", flat=True))
    keys = Cleaning.objects.filter(
        household__in=drawn, round_number=1, voided_at=None, done_on__lte=check.day
    ).values_list("household_id", flat=True)
    assert (len(drawn), set(keys)) == (check.size, set(drawn))
    assert list(Story.objects.order_by("pk").values_list("is_offered", flat=True)) == [True, False]


def test_school_aid_is_paid_from_donations_and_every_yuan_is_traced() -> None:
    figures = all_figures(asked_for("1302", REPORTING_DAY))
    assert (figures["pupils_target"], figures["pupils_aided"]) == (534, 468)
    assert 300_000 < figures["springbud_donations_yuan"] < 400_000
    assert figures["pledges_paid"] and figures["pledges_unpaid"] and figures["springbud_fund_yuan"] > 0
    check_books()
    aid = Grant.objects.filter(voided_at=None, project__counts=True)
    assert not aid.filter(kind="other").exists() and not aid.exclude(guardian__gt="").exists()
