"""The insurance's working page and the enrolment list: who stands on which list, who may take it out, once for twice."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.health import enrolling, insurance
from campaigns.models import EnrolmentList, InsuredPerson, Policy
from households.models import Household, Installation, Person, Region, User
from households.periods import period
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


@pytest.fixture
def policy(cast: Cast) -> Policy:
    """Women of 18 to 64 on the reporting day; a policy of the year."""
    Installation.objects.update(is_demonstration=True)
    return make.policy()


@pytest.fixture
def home(policy: Policy) -> Household:
    return make.household()


def asked(user: User, policy: Policy, **values: Any) -> insurance.AskedList:
    coverage.settle_touched()
    return insurance.AskedList(user, Region.objects.get(code=user.regions[0]), DAY, policy.scheme, **values)


def names(of: str, user: User, policy: Policy, **values: Any) -> list[str]:
    return [line.name for line in insurance.page(asked(user, policy, **values), insurance.BY_KEY[of])[0]]


def test_the_uninsured_are_the_targets_gap_with_how_far_each_is(cast: Cast, policy: Policy, home: Household) -> None:
    covered, enrolled, refused, nobody = (make.person(home, name=name) for name in ("甲一", "乙二", "丙三", "丁四"))
    make.insured(covered, policy)
    make.insured(enrolled, policy, state="enrolled")
    make.insured(refused, policy, state="refused", refusal_reason="既往症")
    make.person(home, birth=date(1950, 1, 1), name="老人")
    make.person(home, sex="M", name="男子")
    lines, _more = insurance.page(asked(cast.officer_a, policy), insurance.BY_KEY["uninsured"])
    assert [(line.name, line.detail) for line in lines] == [
        ("乙二", "已报名待承保"), ("丙三", "未承保"), (nobody.name, "未报名"),
    ]  # fmt: skip
    assert lines[0].number.startswith("1302*")
    assert names("enrolled", cast.officer_a, policy) == ["乙二"]
    assert names("refused", cast.officer_a, policy) == ["丙三"]
    assert names("uninsured", cast.officer_b, policy) == []


def test_the_reason_of_a_refusal_is_for_who_may_see_illness(
    cast: Cast, client: Client, policy: Policy, home: Household
) -> None:
    make.insured(make.person(home), policy, state="refused", refusal_reason="乳腺癌既往症")
    for user, sees in ((cast.officer_a, True), (cast.village_worker, False)):
        client.force_login(user)
        for address in (f"{reverse('insurance')}?show=refused", reverse("household", args=[home.pk]),
                        reverse("records", args=["health", "insured"])):  # fmt: skip
            page = client.get(address).content.decode()
            assert ("乳腺癌" in page) is sees, (user, address)


def test_the_next_batch_reaches_the_age_after_the_reference_day(cast: Cast, policy: Policy, home: Household) -> None:
    make.person(home, birth=date(2000, 6, 30), name="当天满")
    make.person(home, birth=date(2000, 7, 1), name="次日满")
    make.person(home, birth=date(2001, 6, 30), name="一年内")
    make.person(home, birth=date(2001, 7, 1), name="一年后")
    make.person(home, birth=date(2000, 9, 1), sex="M", name="男孩")
    lines, _more = insurance.page(asked(cast.officer_a, policy), insurance.BY_KEY["next"])
    assert {line.name: line.detail for line in lines} == {"次日满": "2018-07-01", "一年内": "2019-06-30"}


def test_a_girl_of_the_leap_day_reaches_the_age_on_28_february(cast: Cast, home: Household) -> None:
    policy = make.policy(make.scheme(reference_day=date(2018, 2, 28)))
    make.person(home, birth=date(2000, 2, 29), name="闰日生")
    assert names("next", cast.officer_a, policy) == []


def test_expiring_soon_or_just_expired_unless_cover_follows(cast: Cast, policy: Policy, home: Household) -> None:
    def covered(name: str, last: date) -> Person:
        person = make.person(home, name=name)
        make.insured(person, make.policy(policy.scheme, period=period(make.START, last)))
        return person

    covered("三十天后", DAY + timedelta(days=30))
    covered("昨天", DAY - timedelta(days=1))
    covered("很久以后", DAY + timedelta(days=31))
    covered("很久以前", DAY - timedelta(days=31))
    make.insured(covered("已续保", DAY), make.policy(policy.scheme, period=period(DAY, DAY + timedelta(days=99))))
    lines, _more = insurance.page(asked(cast.officer_a, policy, days=30), insurance.BY_KEY["expiring"])
    assert {line.name: (line.detail, line.state) for line in lines} == {
        "三十天后": ("2018-07-30", "即将到期"), "昨天": ("2018-06-29", "已到期未续保"),
    }  # fmt: skip


def test_pages_follow_without_gap_and_the_page_counts_all(cast: Cast, client: Client, policy: Policy) -> None:
    for village in (make.VILLAGE_A, make.VILLAGE_A2):
        home = make.household(village)
        for _number in range(40):
            make.person(home)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    seen, after = [], ""
    while True:
        page = client.get(reverse("insurance"), {"after": after} if after else {})
        seen += [line.key for line in page.context["lines"]]
        if not (after := page.context["next_key"]):
            break
    assert len(seen) == len(set(seen)) == 80
    assert page.context["lists"][0][1] == 80
    for wrong in ({"after": "x"}, {"show": "nothing"}, {"region": make.COUNTY_B}):
        assert client.get(reverse("insurance"), wrong).status_code == 404
    for one in insurance.LISTS:
        assert client.get(reverse("insurance"), {"show": one.key, "day": "2018-05-01"}).status_code == 200


# --- the list for the insurer -------------------------------------------------------------------------------------------


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return list(sheet.iter_rows(values_only=True))


def test_the_list_enrols_and_holds_what_the_insurer_needs(
    cast: Cast, client: Client, policy: Policy, home: Household
) -> None:
    woman = make.person(home, name="王小芳", phone="14403150001")
    make.insured(make.person(home), policy)
    make.insured(make.person(home), policy, state="refused")
    explained = make.person(home)
    make.circumstance(target="insurance", person=explained, reason="unwilling")
    make.person(home, name="没号码", id_number=None, id_index=None, person_no="1", number="")
    make.person(make.household(make.VILLAGE_B), name="外县人")
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    form = {"policy": policy.pk, "purpose": "报送承保单位办理投保"}
    page = client.get(reverse("enrolment"))
    assert [(one.fresh, one.waiting, one.without_number) for one in page.context["prospects"]] == [(1, 0, 1)]
    headings, *rows = rows_of(client.post(reverse("enrolment"), form))
    assert headings == ("姓名", "证件类型", "证件号码", "出生日期", "年龄", "联系电话", "乡镇", "村", "保单号")
    expected = (
        "王小芳",
        "居民身份证",
        woman.id_number,
        "1980-05-01",
        38,
        "14403150001",
        "黄各庄镇",
        "曹庄子村",
        policy.number,
    )
    assert rows == [expected]
    record = InsuredPerson.objects.get(person=woman)
    assert (record.state, record.recorded_by, record.period) == ("enrolled", cast.officer_a, policy.period)
    assert not InsuredPerson.objects.filter(person=explained).exists()
    history = InsuredPerson.pgh_event_model.objects.filter(pgh_obj=record).get()
    assert history.pgh_context.metadata["reason"] == "报名投保：报送承保单位办理投保"
    made = EnrolmentList.objects.get()
    assert (made.people, made.enrolled, made.purpose, made.recorded_by) == (1, 1, form["purpose"], cast.officer_a)
    assert (
        rows_of(client.post(reverse("enrolment"), form))[1:] == rows
    )  # sent twice: the same list, nobody enrolled anew
    assert InsuredPerson.objects.filter(person=woman).count() == 1
    assert sorted(EnrolmentList.objects.values_list("enrolled", flat=True)) == [0, 1]


def test_without_purpose_policy_or_permission_nothing_leaves(
    cast: Cast, client: Client, policy: Policy, home: Household
) -> None:
    make.person(home)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    old = make.policy(policy.scheme, period=period(date(2017, 1, 1), DAY - timedelta(days=1)))
    for form in ({"policy": policy.pk, "purpose": "  "}, {"policy": old.pk, "purpose": "投保"}, {"purpose": "投保"}):
        answer = client.post(reverse("enrolment"), form)
        assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    address = f"{reverse('enrolment')}?region={make.COUNTY_B}"
    assert client.post(address, {"policy": policy.pk, "purpose": "投保"}).status_code == 404
    county = Region.objects.get(code=make.COUNTY_A)
    for user in (cast.township_worker, cast.officer_b, cast.leader):
        with pytest.raises(PermissionDenied):
            enrolling.enrol(by=user, region=county, policy=policy, purpose="投保")
    assert not InsuredPerson.objects.exists() and not EnrolmentList.objects.exists()


def test_an_empty_list_is_refused_and_not_put_on_record(cast: Cast, policy: Policy) -> None:
    with pytest.raises(ValidationError):
        enrolling.enrol(by=cast.officer_a, region=Region.objects.get(code=make.COUNTY_A), policy=policy, purpose="投保")
    assert not EnrolmentList.objects.exists()
