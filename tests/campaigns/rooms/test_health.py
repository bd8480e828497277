"""Relief, goods, clinics and claims by hand: the rules, who sees illness, tables without a region, the figures."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from campaigns.figures import asked_for
from campaigns.health import operations
from campaigns.health.figures import FIGURES
from campaigns.health.statistical_years import statistical_year
from campaigns.models import CampaignYear, Claim, ClinicAttendance, GoodsAid, Policy, Relief, ReliefProgramme, Scheme
from households.duplicates import merging
from households.models import Household, Installation, Person
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def home(cast: Cast) -> Household:
    Installation.objects.update(is_demonstration=True)
    return make.household()


@pytest.fixture
def child(home: Household) -> Person:
    return make.person(home, birth=date(2009, 3, 1), relation="之女", name="李小燕")


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="王小芳")


def relieve(cast: Cast, child: Person, programme: ReliefProgramme, **values: Any) -> Relief:
    told = {"amount": Decimal(4000), "decided_on": date(2018, 5, 8)} | values
    return operations.record_relief(
        by=cast.officer_a, household=child.memberships.get().household, person=child, programme=programme, **told
    )


# --- relief -------------------------------------------------------------------------------------------------------------


def test_the_same_patient_is_not_relieved_twice_in_a_statistical_year(cast: Cast, child: Person) -> None:
    programme = make.relief_programme()
    relieve(cast, child, programme, illness="白血病")
    with pytest.raises(ValidationError) as error:
        relieve(cast, child, programme, decided_on=date(2018, 6, 1))
    assert "一个统计年度只能救助一次" in error.value.message_dict["decided_on"][0]
    relieve(cast, child, make.relief_programme(), decided_on=date(2018, 6, 1))  # another programme may
    assert Relief.objects.count() == 2


def test_a_programme_may_allow_it_and_a_voided_relief_frees_the_year(cast: Cast, child: Person) -> None:
    often, once = make.relief_programme(once_a_year=False), make.relief_programme()
    for month in (5, 6):
        relieve(cast, child, often, decided_on=date(2018, month, 1))
    first = relieve(cast, child, once)
    Relief.objects.filter(pk=first.pk).update(voided_at="2018-06-01T00:00Z", void_reason="登记有误")
    relieve(cast, child, once, decided_on=date(2018, 6, 1))
    assert Relief.objects.filter(voided_at=None).count() == 3


def test_the_statistical_year_is_the_programmes(cast: Cast) -> None:
    CampaignYear.objects.create(
        year=2019, start=date(2019, 1, 1), end=date(2020, 3, 31), deadline=date(2020, 3, 31), reporting_day=date(2019, 6, 30)
    )  # fmt: skip
    calendar = make.relief_programme()
    campaign = make.relief_programme(year_kind="campaign")
    assert (statistical_year(calendar, date(2020, 2, 1)), statistical_year(campaign, date(2020, 2, 1))) == (2020, 2019)
    assert statistical_year(campaign, date(2017, 2, 1)) == 2017


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"decided_on": date(2018, 7, 1)}, "decided_on"),
        ({"paid_on": date(2018, 5, 1)}, "decided_on"),
        ({"amount": Decimal(0)}, "decided_on"),
    ],
)
def test_wrong_relief_is_refused(cast: Cast, child: Person, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        relieve(cast, child, make.relief_programme(), **values)
    assert list(error.value.message_dict) == [field]


def test_who_is_of_age_is_refused_and_anybody_where_there_is_no_limit(cast: Cast, woman: Person) -> None:
    with pytest.raises(ValidationError) as error:
        relieve(cast, woman, make.relief_programme())
    assert "18周岁以下" in error.value.message_dict["person"][0]
    relieve(cast, woman, make.relief_programme(below_age=None))


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_one_relieves(tmp_path: Any, transactional_db: None) -> None:
    """Past every check of the program: the database itself."""
    from households.encryption import key_fingerprint

    Installation.objects.create(key_fingerprint=key_fingerprint())
    make.small_tangshan(tmp_path)
    programme, child = make.relief_programme(), make.person(make.household(), birth=date(2009, 3, 1))
    barrier, answers = threading.Barrier(2), []

    def write(month: int) -> None:
        try:
            with transaction.atomic():
                barrier.wait(10)
                make.relief(child, programme, decided_on=date(2018, month, 1))
            answers.append("written")
        except IntegrityError as error:
            answers.append(error.__cause__.diag.constraint_name)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[month]) for month in (4, 5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(20)
    assert sorted(answers) == ["relief_once_a_year", "written"]


def test_rules_stand_once_somebody_was_relieved_by_them(cast: Cast, client: Client, child: Person) -> None:
    programme = make.relief_programme()
    relieve(cast, child, programme)
    client.force_login(cast.federation_staff)
    address = reverse("record_edit", args=["health", "programmes", programme.pk])
    form = {"name": programme.name, "year_kind": "calendar", "below_age": 18}
    answer = client.post(address, form)
    assert list(answer.context["form"].errors) == ["once_a_year"]
    assert client.post(address, form | {"once_a_year": "on", "source": "募捐"}).status_code == 302
    programme.refresh_from_db()
    assert (programme.once_a_year, programme.source) == (True, "募捐")


def test_a_corrected_day_moves_the_statistical_year_and_meets_the_rule(
    cast: Cast, client: Client, child: Person
) -> None:
    programme = make.relief_programme()
    make.relief(child, programme, decided_on=date(2017, 5, 8), statistical_year=2017, illness="白血病")
    this_year = relieve(cast, child, programme, illness="白血病")
    client.force_login(cast.officer_a)
    address = reverse("record_edit", args=["health", "relief", this_year.pk])
    form = {"amount": "4000", "decided_on": "2018-05-09", "paid_on": "2018-05-20", "illness": "白血病"}
    assert client.post(address, form).status_code == 302
    answer = client.post(address, form | {"decided_on": "2017-12-31"})
    assert "一个统计年度只能救助一次" in str(answer.context["form"].errors)
    this_year.refresh_from_db()
    assert (this_year.decided_on, this_year.statistical_year, this_year.illness) == (date(2018, 5, 9), 2018, "白血病")


def test_of_a_merged_patient_one_relief_a_year_stays(cast: Cast, home: Household, child: Person) -> None:
    twin = make.person(home, birth=child.birth_date, name=child.name, id_number=None, id_index=None, person_no="7")
    once, often, clinic = make.relief_programme(), make.relief_programme(once_a_year=False), make.clinic()
    for person, day in ((child, date(2018, 3, 1)), (twin, date(2018, 4, 1))):
        make.relief(person, once, decided_on=day)
        make.relief(person, often, decided_on=day, is_once=False)
        make.clinic_attendance(clinic, person)
    merging.merge(kept=child.pk, other=twin.pk, reason="同一人", by=cast.officer_a)
    valid = Relief.objects.filter(voided_at=None, person=child)
    assert sorted(valid.values_list("programme", flat=True)) == sorted([once.pk, often.pk, often.pk])
    assert ClinicAttendance.objects.filter(voided_at=None).get().person == child


# --- who sees illness ---------------------------------------------------------------------------------------------------


def test_illness_is_shown_and_asked_only_where_it_may_be_seen(
    cast: Cast, client: Client, home: Household, child: Person, woman: Person
) -> None:
    relief = relieve(cast, child, make.relief_programme(), illness="急性白血病")
    make.clinic_attendance(who=woman, findings="乳腺结节")
    make.claim(make.insured(woman), note="宫颈癌")
    pages = [reverse("household", args=[home.pk]), reverse("record_edit", args=["health", "relief", relief.pk])]
    pages += [reverse("records", args=["health", table]) for table in ("relief", "attendances", "claims")]
    pages += [reverse("record_void", args=["health", "relief", relief.pk])]
    for user, sees in ((cast.township_worker, True), (cast.village_worker, False)):
        client.force_login(user)
        shown = "".join(client.get(page).content.decode() for page in pages)
        for words in ("急性白血病", "乳腺结节", "宫颈癌"):
            assert (words in shown) is sees, (user.role, words)
        form = client.get(reverse("record_fact", args=[home.pk, "relief"])).content.decode()
        assert ('name="illness"' in form) is sees
    # What she cannot see she cannot overwrite.
    address = reverse("record_edit", args=["health", "relief", relief.pk])
    assert client.post(address, {"amount": "4100", "decided_on": "2018-05-08", "illness": "感冒"}).status_code == 302
    relief.refresh_from_db()
    assert (relief.amount, relief.illness) == (Decimal(4100), "急性白血病")


def test_illness_stands_encrypted_in_the_database_and_its_history(cast: Cast, child: Person) -> None:
    relieve(cast, child, make.relief_programme(), illness="急性白血病")
    with connection.cursor() as cursor:
        for table in ("campaigns_relief", "campaigns_reliefevent"):
            cursor.execute(f"SELECT illness FROM {table}")
            (stored,) = cursor.fetchone()
            assert stored and "白血病".encode() not in bytes(stored)


# --- by the pages -------------------------------------------------------------------------------------------------------


def test_the_households_page_records_all_kinds_once_for_twice(
    cast: Cast, client: Client, home: Household, child: Person, woman: Person
) -> None:
    programme, clinic, insured = make.relief_programme(), make.clinic(held_on=date(2018, 6, 12)), make.insured(woman)
    make.clinic(region_id=make.COUNTY_B)
    client.force_login(cast.officer_a)
    forms: dict[str, dict[str, Any]] = {
        "relief": {"person": child.pk, "programme": programme.pk, "amount": "4000", "decided_on": "2018-05-08"},
        "goods": {"kind": "goods", "items": "米面", "value": "300", "basis": "invoice", "given_on": "2018-06-01"},
        "clinic": {"person": woman.pk, "clinic": clinic.pk, "findings": "未见异常"},
        "claim": {"insured": insured.pk, "claimed_on": "2018-06-20", "note": "确诊"},
    }
    for kind, form in forms.items():
        address = reverse("record_fact", args=[home.pk, kind])
        assert len(client.get(address).context["form"].fields) >= 3
        for _time in range(2):
            assert client.post(address, form).status_code == 302, kind
    assert [model.objects.count() for model in (Relief, GoodsAid, ClinicAttendance, Claim)] == [1, 1, 1, 1]
    page = client.get(reverse("household", args=[home.pk])).content.decode()
    assert all(words in page for words in ("4000元", "米面", "计价依据：发票", "未见异常", "尚未核定"))
    offered = client.get(reverse("record_fact", args=[home.pk, "clinic"])).context["form"].fields["clinic"].queryset
    assert list(offered) == [clinic]
    for kind, fact in (("relief", Relief.objects.get()), ("claim", Claim.objects.get())):
        client.post(reverse("void_fact", args=[home.pk, kind, fact.pk]), {"reason": "登记错户"})
        fact.refresh_from_db()
        assert fact.voided_at is not None


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("goods", {"kind": "goods", "value": "300", "given_on": "2018-06-01"}, "basis"),
        ("goods", {"kind": "money", "value": "-3", "given_on": "2018-06-01"}, "basis"),
        ("goods", {"kind": "money", "value": "3", "given_on": "2018-07-01"}, "given_on"),
    ],
)
def test_wrong_goods_are_refused_at_the_field(
    cast: Cast, client: Client, home: Household, kind: str, form: dict[str, str], field: str
) -> None:
    client.force_login(cast.officer_a)
    answer = client.post(reverse("record_fact", args=[home.pk, kind]), form)
    assert field in answer.context["form"].errors
    assert not GoodsAid.objects.exists()


def test_a_man_is_no_patient_of_the_womens_clinic(cast: Cast, home: Household) -> None:
    man = make.person(home, sex="M")
    with pytest.raises(ValidationError):
        operations.record_attendance(by=cast.officer_a, household=home, person=man, clinic=make.clinic())


def test_a_claim_before_the_cover_is_refused(cast: Cast, home: Household, woman: Person) -> None:
    policy = make.policy(period=period(date(2018, 5, 1), date(2019, 4, 30)))
    with pytest.raises(ValidationError) as error:
        operations.record_claim(
            by=cast.officer_a, household=home, insured=make.insured(woman, policy), claimed_on=date(2018, 4, 30)
        )
    assert "claimed_on" in error.value.message_dict


def test_a_family_that_is_not_registered_is_entered_in_the_table(cast: Cast, client: Client, home: Household) -> None:
    client.force_login(cast.officer_a)
    address = reverse("record_new", args=["health", "goods"])
    form = {
        "place": "黄各庄镇曹庄子村", "family_name": "孙大海", "family_phone": "14403150009", "kind": "money", "value": "500",
        "given_on": "2018-06-01",
    }  # fmt: skip
    for place in ("没有的村", "兴城镇某村"):
        answer = client.post(address, form | {"place": place})
        assert "place" in answer.context["form"].errors
    for _time in range(2):
        assert client.post(address, form).status_code == 302
    goods = GoodsAid.objects.get()
    assert (goods.village_id, goods.family_name, goods.family_phone) == (make.VILLAGE_A, "孙大海", "14403150009")
    assert client.post(address, form | {"family_phone": "14403150008"}).status_code == 302  # not the very same
    edit = reverse("record_edit", args=["health", "goods", goods.pk])
    assert client.post(edit, form | {"value": "600"}).status_code == 302
    goods.refresh_from_db()
    assert (goods.value, goods.village_id) == (Decimal(600), make.VILLAGE_A)
    registered = make.goods(home)
    fields = client.get(reverse("record_edit", args=["health", "goods", registered.pk])).context["form"].fields
    assert not {"place", "family_name", "family_phone"} & set(fields)
    client.force_login(cast.officer_b)
    assert client.get(edit).status_code == 404


def test_schemes_and_policies_are_kept_by_the_city_with_their_last_day_inclusive(
    cast: Cast, client: Client, home: Household
) -> None:
    client.force_login(cast.federation_staff)
    scheme = {
        "name": "“两癌”健康保险（2019年度）", "insurer": "承保单位", "period_first": "2019-01-01", "period_last": "2019-12-31",
        "reference_day": "2019年6月30日", "min_age": 18, "max_age": 64, "sum_insured": "10000", "premium": "25",
        "premium_payer": "承保单位捐赠",
    }  # fmt: skip
    address = reverse("record_new", args=["health", "schemes"])
    for wrong, field in (
        ({"period_last": "2018-12-31"}, "period"), ({"period_last": ""}, "__all__"), ({"period_first": ""}, "period"),
        ({"period_last": "去年"}, "period"), ({"min_age": 70}, "__all__"),
    ):  # fmt: skip
        assert list(client.post(address, scheme | wrong).context["form"].errors) == [field], wrong
    assert not Scheme.objects.exists()
    answer = client.post(address, scheme)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Scheme.objects.get()
    assert made.period == period(date(2019, 1, 1), date(2019, 12, 31))
    shown = client.get(reverse("record_edit", args=["health", "schemes", made.pk])).content.decode()
    assert 'value="2019-12-31"' in shown
    policy = {"scheme": made.pk, "number": "YS2019", "period_first": "2019-02-01", "period_last": "2020-01-31"}
    assert client.post(reverse("record_new", args=["health", "policies"]), policy).status_code == 302
    assert Policy.objects.get().period == period(date(2019, 2, 1), date(2020, 1, 31))
    client.force_login(cast.officer_a)
    page = client.get(reverse("records", args=["health", "schemes"])).content.decode()
    assert "2019-12-31" in page and "状态" not in page
    assert client.get(reverse("records_workbook", args=["health", "schemes"])).status_code == 200
    for name, args in (("record_new", ["health", "schemes"]), ("record_edit", ["health", "schemes", made.pk])):
        assert client.post(reverse(name, args=args), scheme).status_code == 403


# --- figures ------------------------------------------------------------------------------------------------------------


def figures(region: str, day: date = DAY) -> dict[str, Any]:
    asked = asked_for(region, day)
    return {figure.key: figure.count(asked) for figure in FIGURES}


def test_figures_count_each_once_and_only_what_is_valid_in_time_and_place(
    cast: Cast, home: Household, child: Person, woman: Person
) -> None:
    programme, scheme = make.relief_programme(once_a_year=False), make.scheme()
    now, over = make.policy(scheme), make.policy(scheme, period=period(make.START, date(2018, 6, 29)))
    make.insured(woman, now)
    make.insured(make.person(home), now, state="enrolled")
    make.insured(make.person(home), over)
    make.relief(child, programme, decided_on=date(2018, 5, 1), is_once=False)
    make.relief(child, programme, decided_on=date(2018, 5, 2), is_once=False)
    make.relief(woman, make.relief_programme(below_age=None))
    make.relief(make.person(home, birth=date(2010, 1, 1)), voided_at="2018-06-01T00:00Z", void_reason="错")
    make.relief(make.person(home, birth=date(2010, 1, 1)), decided_on=date(2017, 12, 31), statistical_year=2017)
    for _time in range(2):
        make.goods(home)
        make.goods()
    make.goods(village=make.VILLAGE_A2)
    make.goods(village=make.VILLAGE_B)
    one, two = make.clinic(), make.clinic()
    for clinic in (one, two):
        make.clinic_attendance(clinic, woman)
        make.clinic_attendance(clinic)
    make.clinic_attendance(one, make.person(home, sex="M"))
    make.clinic_attendance(make.clinic(held_on=date(2017, 5, 1)), make.person(home))
    make.clinic_attendance(make.clinic(voided_at="2018-06-01T00:00Z", void_reason="错"), make.person(home))
    told = figures(make.COUNTY_A)
    assert (told["women_insured"], told["insured_sum_yuan"]) == (1, Decimal(10_000))
    assert (told["relief_children"], told["relief_yuan"]) == (1, Decimal(8000))
    assert (told["donation_households"], told["donation_value_yuan"]) == (3, Decimal(1500))
    assert told["clinic_women"] == 2
    assert figures(make.CITY)["donation_households"] == 4
    assert figures(make.COUNTY_A, date(2018, 5, 1))["relief_yuan"] == Decimal(4000)
