"""Jobs and income by hand: plans, employment, courses and who came; figures; what the database keeps."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.figures import all_figures, asked_for
from campaigns.livelihood import operations
from campaigns.models import (
    Attendance,
    Employment,
    JobOffer,
    ProjectPlan,
    TrainingProject,
    TrainingSession,
)
from campaigns.recording import AlreadyRecordedError
from households.duplicates.merging import merge
from households.models import Person
from tests import make
from tests.campaigns.rooms.livelihood_make import attendance, employment, home, offer, plan, training_session, woman
from tests.conftest import Cast

DAY = make.REPORTING_DAY


def test_employment_by_hand(cast: Cast) -> None:
    who = woman()
    asked: dict[str, Any] = {
        "by": cast.village_worker, "household": home(who), "person": who, "form": "home", "title": "草编", "handicraft": True,
        "employed_on": date(2018, 6, 1), "income_before": Decimal(0), "income_after": Decimal(900),
    }  # fmt: skip
    job = operations.record_employment(**asked)
    assert (job.stage, job.village_id, job.recorded_by) == ("employed", make.VILLAGE_A, cast.village_worker)
    with pytest.raises(AlreadyRecordedError):
        operations.record_employment(**asked)
    for wrong, at in (
        ({"employed_on": date(2019, 2, 1)}, "employed_on"),
        ({"employed_on": date(2017, 2, 1)}, "employed_on"),
        ({"left_on": date(2018, 5, 1)}, "left_on"),
        ({"person": woman()}, "person"),
        ({"person": make.person(home(who), birth=date(2004, 1, 1))}, "person"),
    ):
        with pytest.raises(ValidationError) as error:
            operations.record_employment(**asked | {"title": "绣花"} | wrong)
        assert list(error.value.message_dict) == [at]
    with pytest.raises(PermissionDenied):
        operations.record_employment(**asked | {"by": cast.officer_b})
    assert Employment.objects.count() == 1


def test_a_need_becomes_a_plan_and_is_no_loan(cast: Cast) -> None:
    who = woman()
    by: dict[str, Any] = {"by": cast.village_worker, "household": home(who), "person": who, "told_on": date(2018, 6, 1)}
    operations.record_plan(**by, wants_loan=True, loan_amount=Decimal(30_000))
    assert figures()["project_plans"] == 0
    operations.record_plan(**by, wants_loan=True, project="养鸡", planned_on=date(2018, 6, 9), helped_by="王主任")
    kept = ProjectPlan.objects.get()
    assert (kept.loan_amount, kept.project, kept.planned_on) == (30_000, "养鸡", date(2018, 6, 9))
    with pytest.raises(AlreadyRecordedError):
        operations.record_plan(**by, wants_loan=True, project="养鸡", planned_on=date(2018, 6, 9))
    for wrong, at in (
        ({}, "wants_loan"),
        ({"loan_amount": Decimal(1000)}, "wants_loan"),
        ({"project": "养羊"}, "planned_on"),
        ({"planned_on": date(2018, 6, 9)}, "project"),
        ({"project": "养羊", "planned_on": date(2019, 6, 9)}, "planned_on"),
    ):
        with pytest.raises(ValidationError) as error:
            operations.record_plan(**by, **wrong)
        assert list(error.value.message_dict) == [at]
    operations.record_plan(**by, project="养羊", planned_on=date(2018, 6, 9))  # no need of a loan: another thing
    assert (ProjectPlan.objects.count(), figures()["project_plans"]) == (2, 1)


def figures(region: str = make.CITY, day: date = DAY) -> dict[str, Any]:
    return all_figures(asked_for(region, day))


def test_figures_are_counted_from_valid_records_of_the_region_and_time(cast: Cast) -> None:
    offer(posts=5), offer(title="月嫂", category="母婴护理", posts=7), offer(region=make.COUNTY_B, posts=2)
    voided_offer = offer(title="保安", category="保安", posts=50)
    JobOffer.objects.filter(pk=voided_offer.pk).update(voided_at=timezone.now(), void_reason="重复")
    offer(title="未来", category="未来", posts=9, open_from=date(2018, 7, 2))
    offer(title="去年", category="去年", posts=9, open_from=date(2017, 7, 2))
    session = training_session()
    TrainingProject.objects.update(capacity=150)
    TrainingSession.objects.create(project=session.project, region_id=make.COUNTY_A, day=date(2018, 7, 5))
    who, village = woman(), {"village_id": make.VILLAGE_A}
    second = TrainingSession.objects.create(project=session.project, region_id=make.COUNTY_A, day=date(2018, 6, 6))
    for one in (session, second):
        Attendance.objects.create(session=one, person=who, **village)
        Attendance.objects.create(session=one, name="孙来宾", id_index=b"1", village_id=make.COUNTY_A, mark="late")
    Attendance.objects.create(session=session, name="周学员", **village)
    Attendance.objects.create(session=session, name="吴学员", mark="absent", **village)
    employment(handicraft=True, person=who), employment(person=who, employed_on=date(2018, 6, 2), title="绣花")
    employment(handicraft=True, stage="left", left_on=DAY), employment(handicraft=True, employed_on=date(2018, 7, 3))
    found = figures()
    assert {name: found[name] for name in (
        "job_categories", "job_posts", "training_projects", "training_capacity", "handicraft_sessions",
        "agriculture_sessions", "training_attendances", "trained_people", "employed_people", "handicraft_employed",
    )} == {
        "job_categories": 2, "job_posts": 14, "training_projects": 1, "training_capacity": 150, "handicraft_sessions": 2,
        "agriculture_sessions": 0, "training_attendances": 5, "trained_people": 3, "employed_people": 2,
        "handicraft_employed": 2,
    }  # fmt: skip
    assert figures(make.COUNTY_B)["job_posts"] == 2
    assert figures(day=date(2018, 5, 1))["job_posts"] == 0


def test_merging_two_people_keeps_one_attendance_a_session(cast: Cast) -> None:
    kept, other = woman(), woman()
    session = training_session()
    for who, mark in ((kept, "absent"), (other, "present")):
        Attendance.objects.create(session=session, person=who, mark=mark, village_id=make.VILLAGE_A)
    employment(person=other), plan(person=other)
    merge(kept=kept.pk, other=other.pk, by=cast.federation_staff, reason="同一人重复登记")
    assert Attendance.objects.get(voided_at=None).mark == "present"
    assert Employment.objects.get().person == kept and ProjectPlan.objects.get().person == kept


def test_attendance_on_the_session_page(cast: Cast, client: Client) -> None:
    session = training_session()
    one, two, other = woman(name="钱一"), woman(name="孙二"), woman(make.VILLAGE_B, name="李外县")
    client.force_login(cast.village_worker)
    address = reverse("livelihood_session", args=[session.pk])
    page = client.post(address, {"step": "find", "region": make.VILLAGE_A, "word": ""}).content.decode()
    assert "钱一" in page and "孙二" in page and "李外县" not in page
    page = client.post(address, {"step": "find", "region": make.VILLAGE_A, "word": "孙"}).content.decode()
    assert "孙二" in page and "钱一" not in page
    data = {"step": "mark", "person": [one.pk, two.pk], f"mark-{one.pk}": "present", f"mark-{two.pk}": "excused"}
    assert client.post(address, data).status_code == 302
    assert dict(Attendance.objects.values_list("person__name", "mark")) == {"钱一": "present", "孙二": "excused"}
    assert client.get(address).context["times"] == 1
    line = Attendance.objects.get(person=two)
    client.post(address, {"step": "mark", "line": [line.pk], f"line-{line.pk}": "late"})
    assert client.get(address).context["times"] == 2
    client.post(address, {"step": "mark", "person": [other.pk], f"mark-{other.pk}": "present"})
    assert Attendance.objects.count() == 2
    assert client.post(address, {"person": [one.pk], f"mark-{one.pk}": "bogus"}).status_code == 403


def test_guests_are_kept_by_name_all_or_none(cast: Cast, client: Client) -> None:
    session = training_session()
    client.force_login(cast.village_worker)
    address = reverse("livelihood_session", args=[session.pk])
    client.post(address, {"step": "guests", "guests": "周来宾\n吴来宾", "region": make.VILLAGE_A})
    assert set(Attendance.objects.values_list("name", "village_id", "person")) == {
        ("周来宾", make.VILLAGE_A, None), ("吴来宾", make.VILLAGE_A, None),
    }  # fmt: skip
    page = client.post(address, {"step": "guests", "guests": "郑来宾\n123", "region": make.VILLAGE_A}).content.decode()
    assert "不能作为姓名" in page and Attendance.objects.count() == 2
    page = client.post(
        address, {"step": "guests", "guests": "郑来宾\n郑来宾", "region": make.VILLAGE_A}
    ).content.decode()
    assert "不止一次" in page and Attendance.objects.count() == 2
    client.post(address, {"step": "guests", "guests": "周来宾\n郑来宾", "region": make.VILLAGE_A})
    assert Attendance.objects.count() == 3 and not Person.objects.exists()


def test_a_session_to_come_takes_no_attendance(cast: Cast, client: Client) -> None:
    session, who = training_session(day=date(2019, 3, 1)), woman()
    client.force_login(cast.village_worker)
    address = reverse("livelihood_session", args=[session.pk])
    assert client.get(address).context["may_record"] is False
    client.post(address, {"step": "mark", "person": [who.pk], f"mark-{who.pk}": "present"})
    assert not Attendance.objects.exists()


def test_a_county_sees_the_citys_session_with_its_own_people_only(cast: Cast, client: Client) -> None:
    session = training_session(region_id=make.CITY)
    TrainingProject.objects.update(region_id=make.CITY)
    Attendance.objects.create(session=session, person=woman(name="钱丰南"), village_id=make.VILLAGE_A)
    Attendance.objects.create(session=session, person=woman(make.VILLAGE_B, name="李迁西"), village_id=make.VILLAGE_B)
    client.force_login(cast.officer_a)
    page = client.get(reverse("livelihood_session", args=[session.pk])).content.decode()
    assert "钱丰南" in page and "李迁西" not in page
    context = client.get(reverse("livelihood_training", args=[session.project_id])).context
    assert (context["times"], context["people"]) == (1, 1)
    mine = training_session()
    client.force_login(cast.officer_b)
    assert client.get(reverse("livelihood_session", args=[mine.pk])).status_code == 404
    assert client.get(reverse("livelihood_training", args=[mine.project_id])).status_code == 404


def test_a_line_is_voided_with_a_reason(cast: Cast, client: Client) -> None:
    line = attendance()
    client.force_login(cast.officer_a)
    address = reverse("livelihood_attendance_void", args=[line.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": "登记错人"})
    line.refresh_from_db()
    assert line.voided_at is not None and line.void_reason == "登记错人"
    client.force_login(cast.officer_b)
    assert client.get(address).status_code == 404


def test_facts_of_the_room_on_the_household_page(cast: Cast, client: Client) -> None:
    who, session = woman(name="钱秀兰"), training_session()
    client.force_login(cast.village_worker)
    sent: dict[str, dict[str, Any]] = {
        "attendance": {"session": session.pk, "mark": "present"},
        "employment": {"form": "home", "title": "草编", "handicraft": "on", "employed_on": "2018-06-10", "income_after": "1200"},
        "plan": {"told_on": "2018-06-10", "wants_loan": "on", "loan_amount": "20000", "project": "养鸡", "planned_on": "2018-06-11"},
    }  # fmt: skip
    for kind, data in sent.items():
        address = reverse("record_fact", args=[home(who).pk, kind])
        assert client.get(address).status_code == 200
        answer = client.post(address, {"person": who.pk, **data})
        assert answer.status_code == 302, answer.content.decode()
    page = client.get(reverse("household", args=[home(who).pk])).content.decode()
    for text in ("草编培训", "2018-06-10就业", "就业后1200元/月", "需求20000元", "2018-06-11谋划：养鸡"):
        assert text in page
    job = Employment.objects.get()
    client.post(reverse("void_fact", args=[home(who).pk, "employment", job.pk]), {"reason": "登记错户"})
    job.refresh_from_db()
    assert job.voided_at is not None


def test_forms_offer_and_take_only_what_is_hers(cast: Cast, client: Client) -> None:
    mine, other = offer().enterprise, offer(region=make.COUNTY_B, title="别县").enterprise
    client.force_login(cast.officer_a)
    address = reverse("record_new", args=["livelihood", "offers"])
    form = client.get(address).context["form"]
    assert list(form.fields["enterprise"].queryset) == [mine]
    data = {
        "region": make.COUNTY_A, "title": "月嫂", "category": "母婴护理", "posts": "3", "open_from": "2018-06-20",
        "place": make.COUNTY_B, "enterprise": mine.pk,
    }  # fmt: skip
    page = client.post(address, data | {"enterprise": other.pk})
    assert page.status_code == 200 and page.context["form"].errors
    assert client.post(address, data).status_code == 302
    made = JobOffer.objects.get(title="月嫂")
    assert (made.posts, made.place_id, made.recorded_by) == (3, make.COUNTY_B, cast.officer_a)
    page = client.post(address, data | {"title": "护工", "age_from": "60", "age_to": "50"}).content.decode()
    assert "年龄下限不能大于上限" in page


def test_a_session_is_held_inside_its_projects_region(cast: Cast, client: Client) -> None:
    session = training_session()
    client.force_login(cast.federation_staff)
    data = {"project": session.project_id, "region": make.COUNTY_B, "day": "2018-06-20", "place": "礼堂"}
    page = client.post(reverse("record_new", args=["livelihood", "sessions"]), data).content.decode()
    assert "应在项目所属区划之内" in page and TrainingSession.objects.count() == 1
    client.post(reverse("record_new", args=["livelihood", "sessions"]), data | {"region": make.TOWNSHIP_A})
    assert TrainingSession.objects.count() == 2
