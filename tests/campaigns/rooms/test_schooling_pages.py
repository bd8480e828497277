"""The school aid room's pages: paying many at once, lists on paper, statements, the pupils' list, the grade check."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.figures import all_figures, asked_for
from campaigns.models import AidProject, Donation, Donor, Fund, Grant, Pledge
from campaigns.recording import AlreadyRecordedError
from campaigns.schooling.grades import grade_list
from campaigns.schooling.guardians import guardians_of
from campaigns.schooling.operations import pair_pupils, pay_pupils
from campaigns.schooling.pupils import every_line
from households.models import Household, Person
from tests import make
from tests.campaigns.rooms.test_schooling_accounts import check_books, holds
from tests.conftest import Cast

DAY = date(2018, 6, 30)


def pupil(home: Household | None = None, *, grade: int | None = 3, stage: str = "primary", **values: Any) -> Person:
    """A pupil of 曹庄子村 on the year's list."""
    home = home or make.household(make.VILLAGE_A)
    made = make.person(home, **{"birth": date(2009, 1, 1), "relation": "之女"} | values)
    make.enrolment(made, grade=grade, stage=stage)
    return made


@pytest.fixture
def class_of_three(cast: Cast) -> list[Person]:
    home = make.household(make.VILLAGE_A)
    make.person(home, name="李大山", sex="M", relation="户主")
    pupils = [pupil(home, name=name) for name in ("李小燕", "李小红")]
    pupils.append(pupil(home, name="李小强", sex="M", grade=8, stage="junior", birth=date(2004, 1, 1), relation="之子"))
    coverage.settle_touched()
    return pupils


def chosen(fund: Fund, project: AidProject, **more: Any) -> dict[str, Any]:
    return {"fund": fund.pk, "project": project.pk, "paid_on": "2018-06-30", "region": make.COUNTY_A} | more


def test_paying_goes_by_preview_and_confirmation(officer_a: Client, class_of_three: list[Person]) -> None:
    fund, project = make.fund(2000), make.project(primary_amount=500, junior_amount=800)
    address = reverse("schooling_pay")
    page = officer_a.get(address, chosen(fund, project))
    lines = page.context["lines"]
    assert [(line.pupil.person.name, line.amount, line.is_ticked) for line in lines] == [
        ("李小燕", "500.00", True), ("李小红", "500.00", True), ("李小强", "800.00", True),
    ]  # fmt: skip
    form = chosen(fund, project, people=[one.pk for one in class_of_three])
    form |= {f"amount-{one.pk}": amount for one, amount in zip(class_of_three, ("500", "600.50", "800"), strict=True)}
    page = officer_a.post(address, form | {"action": "pay"})  # not seen yet: shown first
    preview = page.context["preview"]
    assert (preview.count, preview.total, preview.before, preview.after) == (
        3,
        Decimal("1900.50"),
        2000,
        Decimal("99.50"),
    )
    assert not Grant.objects.exists()
    answer = officer_a.post(address, form | {"action": "pay", "seen": "3-1900.50"})
    assert answer.status_code == 302 and answer.url.startswith(reverse("schooling_signatures"))
    assert holds(fund) == Decimal("99.50")
    officer_a.post(address, form | {"action": "pay", "seen": "3-1900.50"})  # sent twice: one effect
    assert Grant.objects.count() == 3 and holds(fund) == Decimal("99.50")
    assert set(Grant.objects.values_list("guardian", "kind", "school")) == {("李大山", "fund", "中心小学")}
    coverage.settle_touched()
    assert coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target("schooling").covered == 3
    signed = officer_a.get(answer.url).content.decode()
    assert "李小燕" in signed and "李大山" in signed and "不得代签" in signed
    check_books()


def test_a_payment_beyond_the_fund_is_refused_with_words(officer_a: Client, class_of_three: list[Person]) -> None:
    fund, project = make.fund(1000), make.project()
    form = chosen(fund, project, people=[one.pk for one in class_of_three], action="pay", seen="3-1500.00")
    form |= {f"amount-{one.pk}": "500" for one in class_of_three}
    page = officer_a.post(reverse("schooling_pay"), form)
    assert "差500.00元" in page.content.decode() and page.context["preview"].refusal
    assert not Grant.objects.exists() and holds(fund) == 1000
    wrong = officer_a.post(reverse("schooling_pay"), form | {f"amount-{class_of_three[0].pk}": "五百"})
    assert "请核对" in wrong.context["wrong"] and not Grant.objects.exists()
    for odd, words in (("500.005", "最多两位小数"), ("NaN", "请核对")):
        wrong = officer_a.post(reverse("schooling_pay"), form | {f"amount-{class_of_three[0].pk}": odd})
        assert words in wrong.context["wrong"] and not Grant.objects.exists()


def test_only_pupils_of_ones_own_list_are_paid_from_ones_own_fund(cast: Cast, class_of_three: list[Person]) -> None:
    fund, project = make.fund(1000), make.project(girls_only=True)
    stranger = pupil(make.household(make.VILLAGE_B))
    grown = make.person(make.household(make.VILLAGE_A))
    coverage.settle_touched()
    asked: dict[str, Any] = {"by": cast.officer_a, "fund": fund, "project": project, "paid_on": DAY}
    for who in (stranger, grown):
        with pytest.raises(ValidationError, match="不在本年度名单中"):
            pay_pupils(**asked, amounts={who.pk: Decimal(1)})
    with pytest.raises(ValidationError, match="只资助女童，请取消勾选：李小强"):
        pay_pupils(**asked, amounts={class_of_three[2].pk: Decimal(1)})
    with pytest.raises(ValidationError, match="晚于数据日期"):
        pay_pupils(**asked | {"paid_on": date(2999, 1, 1)}, amounts={class_of_three[0].pk: Decimal(1)})
    with pytest.raises(PermissionDenied):
        pay_pupils(**asked | {"by": cast.officer_b}, amounts={stranger.pk: Decimal(1)})
    with pytest.raises(PermissionDenied):
        pay_pupils(
            **asked | {"by": cast.leader, "fund": make.fund(region_id=make.CITY)}, amounts={grown.pk: Decimal(1)}
        )
    assert not Grant.objects.exists()


def test_pairs_are_made_once_and_paid_by_the_next_payment(cast: Cast, class_of_three: list[Person]) -> None:
    donor, fund, project = make.donor(), make.fund(2000), make.project()
    asked: dict[str, Any] = {"by": cast.officer_a, "donor": donor, "year": 2018, "year_kind": "calendar"}
    pair_pupils(**asked, people=[one.pk for one in class_of_three[:2]], amount=Decimal(600))
    with pytest.raises(AlreadyRecordedError):
        pair_pupils(**asked, people=[class_of_three[0].pk], amount=Decimal(600))
    with pytest.raises(ValidationError, match="勾选"):
        pair_pupils(**asked, people=[], amount=Decimal(600))
    with pytest.raises(PermissionDenied):
        alien = asked | {"donor": make.donor(region_id=make.COUNTY_B)}
        pair_pupils(**alien, people=[class_of_three[2].pk], amount=Decimal(600))
    region = make.region(make.COUNTY_A)

    def states() -> list[str]:
        coverage.settle_touched()
        return [one.paired for one in every_line(cast.officer_a, region, asked_for(region.code, DAY))]

    assert states() == ["unpaid", "unpaid", "none"]
    pay_pupils(by=cast.officer_a, fund=fund, project=project, paid_on=DAY, amounts={class_of_three[0].pk: Decimal(600)})
    assert states() == ["paid", "unpaid", "none"]
    figures = all_figures(asked_for(make.COUNTY_A, DAY))
    assert (figures["pledges_paid"], figures["pledges_unpaid"], figures["pupils_unpaired"]) == (1, 1, 1)
    assert (figures["pupils_target"], figures["pupils_aided"]) == (3, 1)
    assert (figures["springbud_donations_yuan"], figures["springbud_fund_yuan"]) == (2000, 1400)
    assert Pledge.objects.get(person=class_of_three[0]).grants.count() == 1


def test_who_entered_and_who_left_the_list_and_why(cast: Cast) -> None:
    stays = pupil(grade=9, stage="junior", birth=date(2003, 1, 1), name="毕业生")
    home = make.household(make.VILLAGE_A)
    died = pupil(home, name="已故生")
    died.memberships.update(period=("2018-01-01", "2018-04-01"), end_reason="died")
    newcomer = make.person(home, name="新来生", birth=date(2009, 1, 1), since=date(2018, 5, 1), relation="之女")
    make.enrolment(newcomer)
    gone = make.household(make.VILLAGE_A2)
    removed = pupil(gone, name="清退生")
    gone.spells.update(period=("2018-01-01", "2018-03-01"))
    make.spell(gone, make.VILLAGE_A2, since=date(2018, 3, 1), status="removed")
    coverage.settle_touched()
    region = make.region(make.COUNTY_A)
    october = date(2018, 10, 1)
    lines = {one.person.name: one for one in every_line(cast.officer_a, region, asked_for(region.code, october))}
    told = {name: (one.entry, one.exit, one.left) for name, one in lines.items()}
    assert told == {
        "毕业生": ("年初在册", "", None),
        "已故生": ("年初在册", "死亡", date(2018, 3, 31)),
        "新来生": ("新增成员", "", None),
        "清退生": ("年初在册", "清退", date(2018, 2, 28)),
    }
    assert lines["毕业生"].schooling == "义务教育阶段已毕业"
    assert {stays.pk, died.pk, newcomer.pk, removed.pk} == {one.person.pk for one in lines.values()}
    assert list(every_line(cast.officer_b, region, asked_for(region.code, october))) == []


def test_the_list_and_its_workbook_keep_to_the_region(officer_a: Client, class_of_three: list[Person]) -> None:
    pupil(make.household(make.VILLAGE_B), name="外县生")
    coverage.settle_touched()
    page = officer_a.get(reverse("schooling_pupils")).content.decode()
    assert "李小燕" in page and "外县生" not in page
    answer = officer_a.get(reverse("schooling_pupils_workbook"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["李小燕", "李小红", "李小强"]
    for name in (
        "schooling_pupils",
        "schooling_grades",
        "schooling_payments",
        "schooling_signatures",
        "schooling_notice",
    ):
        assert officer_a.get(reverse(name), {"region": make.COUNTY_B}).status_code == 404
    assert officer_a.get(reverse("schooling_pupils"), {"after": "nonsense"}).status_code == 404


def test_pairing_on_the_page(officer_a: Client, class_of_three: list[Person]) -> None:
    donor, foreign = make.donor(), make.donor(region_id=make.COUNTY_B)
    form = {"people": [class_of_three[0].pk], "donor": donor.pk, "year": 2018, "year_kind": "calendar", "amount": "600"}
    page = officer_a.post(reverse("schooling_pupils"), form | {"donor": foreign.pk})
    assert page.context["form"].errors["donor"] and not Pledge.objects.exists()
    assert officer_a.post(reverse("schooling_pupils"), form).status_code == 302
    assert Pledge.objects.get().person == class_of_three[0]


def test_signatures_keep_who_signed(officer_a: Client, class_of_three: list[Person]) -> None:
    project = make.project()
    grant = make.grant(class_of_three[0], project)
    other = make.grant(pupil(make.household(make.VILLAGE_B)), project, village=make.VILLAGE_B)
    address = f"{reverse('schooling_signatures')}?project={project.pk}&start=2018-06-01&end=2018-06-30"
    page = officer_a.get(address + f"&region={make.COUNTY_A}")
    assert [line.guardian for line in page.context["lines"]] == ["李大山"]  # the head of her household
    sent = {f"guardian-{one.pk}": "王桂兰" for one in (grant, other)} | {
        f"signed-{one.pk}": "on" for one in (grant, other)
    }
    officer_a.post(address + f"&region={make.COUNTY_A}", sent)
    grant.refresh_from_db()
    other.refresh_from_db()
    assert (grant.guardian, grant.guardian_signed, other.guardian) == ("王桂兰", True, "")


def test_a_notice_masks_minors_and_shows_no_number(officer_a: Client, class_of_three: list[Person]) -> None:
    project = make.project()
    make.grant(class_of_three[0], project, amount=Decimal("512.50"))
    address = (
        f"{reverse('schooling_notice')}?project={project.pk}&start=2018-06-01&end=2018-06-30&region={make.COUNTY_A}"
    )
    words = {"unit": "丰南区妇女联合会", "first": "2018-06-30", "last": "2018-07-06", "phone": "0315-1234567"}
    page = officer_a.post(address, words).content.decode()
    assert "李某某" in page and "李小燕" not in page and "512.50" in page and "0315-1234567" in page
    assert str(class_of_three[0].id_number)[6:14] not in page
    assert "不能早于" in officer_a.post(address, words | {"last": "2018-06-01"}).content.decode()


def test_statements_add_up_and_mask(officer_a: Client, officer_b: Client, class_of_three: list[Person]) -> None:
    donor, fund = make.donor(name="周某某"), make.fund()
    make.donation(fund, donor, amount=Decimal("1000.01"))
    make.grant(class_of_three[0], kind="fund", fund=fund, amount=Decimal("333.33"))
    make.grant(class_of_three[1], kind="direct", donor=donor, amount=Decimal("200.10"))
    page = officer_a.get(reverse("schooling_fund", args=[fund.pk]))
    told = page.context["statement"]
    assert (told.came, told.went, told.fund.balance) == (Decimal("1000.01"), Decimal("333.33"), Decimal("666.68"))
    assert told.entries[-1].balance == told.fund.balance == sum((e.came or 0) - (e.went or 0) for e in told.entries)
    assert "李小燕" in page.content.decode()
    assert "李小燕" not in officer_a.get(reverse("schooling_fund", args=[fund.pk]), {"masked": "yes"}).content.decode()
    page = officer_a.get(reverse("schooling_donor", args=[donor.pk]))
    told = page.context["statement"]
    assert (told.given, told.spent, told.left, told.paid_directly, told.children) == (
        Decimal("1000.01"), Decimal("333.33"), Decimal("666.68"), Decimal("200.10"), 2,
    )  # fmt: skip
    assert "李某某" in page.content.decode() and "李小燕" not in page.content.decode()
    for name, pk in (("schooling_fund", fund.pk), ("schooling_donor", donor.pk)):
        assert officer_b.get(reverse(name, args=[pk])).status_code == 404


def test_a_statement_tells_nothing_of_another_countys_child(officer_a: Client, class_of_three: list[Person]) -> None:
    fund = make.fund(1000)
    stranger = pupil(make.household(make.VILLAGE_B), name="外县生")
    make.grant(stranger, village=make.VILLAGE_B, kind="fund", fund=fund)
    page = officer_a.get(reverse("schooling_fund", args=[fund.pk])).content.decode()
    assert "其他区划的学生" in page and "外县生" not in page and "迁西" not in page


def test_tables_take_donors_funds_and_donations(officer_a: Client, cast: Cast) -> None:
    def add(table: str, **sent: Any) -> Any:
        return officer_a.post(reverse("record_new", args=["schooling", table]), {"region": make.COUNTY_A} | sent)

    assert add("donors", name="周某某", kind="person", phone="14403150009").status_code == 302
    assert add("donors", name="周某某", kind="person", phone="14403150009").status_code in (200, 302)
    assert add("funds", name="春蕾基金", opened_on="2018-01-01").status_code == 302
    donor, fund = Donor.objects.get(), Fund.objects.get()
    gift = {"donor": donor.pk, "fund": fund.pk, "amount": "1000", "received_on": "2018-03-01", "receipt_no": "7"}
    assert add("donations", **gift).status_code == 302
    assert holds(fund) == 1000
    assert "收据号" in add("donations", **gift, purpose="别的").content.decode() and Donation.objects.count() == 1
    goods = add("donations", **gift | {"receipt_no": "8", "is_goods": "on", "value_basis": "发票"})
    assert "分开记账" in goods.content.decode()
    foreign = make.fund(region_id=make.COUNTY_B)
    assert add("donations", **gift | {"fund": foreign.pk, "receipt_no": "9"}).status_code == 200
    grant = make.grant(pupil(), kind="fund", fund=fund, amount=Decimal(600))
    donation = Donation.objects.get()
    edit = reverse("record_edit", args=["schooling", "donations", donation.pk])
    assert (
        "已支出600.00元" in officer_a.post(edit, {"region": make.COUNTY_A} | gift | {"amount": "500"}).content.decode()
    )
    officer_a.post(reverse("record_void", args=["schooling", "donations", donation.pk]), {"reason": "登记有误"})
    officer_a.post(reverse("record_void", args=["schooling", "funds", fund.pk]), {"reason": "停用"})
    officer_a.post(reverse("record_void", args=["schooling", "donors", donor.pk]), {"reason": "重复"})
    assert all(
        row.voided_at is None for row in (Donation.objects.get(), Fund.objects.get(pk=fund.pk), Donor.objects.get())
    )
    edit = reverse("record_edit", args=["schooling", "grants", grant.pk])
    source = {"kind": "fund", "fund": fund.pk, "amount": "1000.01", "guardian": "李大山"}
    assert "最多还能支付400.00元" in officer_a.post(edit, source).content.decode()
    assert officer_a.post(edit, source | {"amount": "1000"}).status_code == 302
    officer_a.post(reverse("record_void", args=["schooling", "grants", grant.pk]), {"reason": "登记有误"})
    assert holds(fund) == 1000
    check_books()


def test_projects_are_the_citys_to_change(officer_a: Client, cast: Cast) -> None:
    project = make.project()
    assert officer_a.get(reverse("records", args=["schooling", "projects"])).status_code == 200
    edit = reverse("record_edit", args=["schooling", "projects", project.pk])
    assert officer_a.get(edit).status_code == 403
    staff = Client()
    staff.force_login(cast.federation_staff)
    sent = {
        "name": "春蕾助学2018",
        "year": 2018,
        "year_kind": "school",
        "primary_amount": "500",
        "junior_amount": "800",
    }
    assert staff.post(edit, sent).status_code == 302
    project.refresh_from_db()
    assert (project.primary_amount, project.counts, project.year_kind) == (500, False, "school")


def test_goods_of_a_project_that_does_not_count_them_aid_nobody(cast: Cast) -> None:
    make.grant(pupil(), make.project(goods_count=False), is_goods=True)
    coverage.settle_touched()
    assert coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target("schooling").covered == 0
    assert all_figures(asked_for(make.COUNTY_A, DAY))["pupils_aided"] == 0


def test_who_signs_for_a_child(tangshan: None) -> None:
    home = make.household(make.VILLAGE_A)
    make.person(home, name="爷爷", sex="M", birth=date(1950, 1, 1), relation="户主")
    grandchild = make.person(home, birth=date(2009, 1, 1), relation="之孙女")
    assert guardians_of([grandchild], DAY) == {grandchild.pk: "爷爷"}
    make.person(home, name="妈妈", birth=date(1982, 1, 1), relation="之儿媳")
    assert guardians_of([grandchild], DAY) == {grandchild.pk: "妈妈"}
    unlisted = make.household(make.VILLAGE_A, head_name="未列户主")
    child = make.person(unlisted, birth=date(2009, 1, 1), relation="之女")
    assert guardians_of([child], DAY) == {child.pk: "未列户主"}
    orphan = make.person(make.household(make.VILLAGE_A), birth=date(2009, 1, 1), relation="户主")
    assert guardians_of([orphan], DAY) == {orphan.pk: ""}


def test_the_check_list_of_september(cast: Cast) -> None:
    groups = {
        "up": pupil(grade=3), "junior": pupil(grade=6, birth=date(2006, 1, 1)),
        "leaves": pupil(grade=9, stage="junior", birth=date(2003, 1, 1)),
        "unknown": pupil(grade=None), "old": pupil(grade=None, birth=date(2006, 8, 1)),
    }  # fmt: skip
    groups["starts"] = make.person(make.household(make.VILLAGE_A), birth=date(2012, 8, 31), relation="之女")
    make.person(make.household(make.VILLAGE_A), birth=date(2012, 9, 2), relation="之女")  # five on the day
    region = make.region(make.COUNTY_A)
    for group, who in groups.items():
        found = grade_list(cast.officer_a, region, date(2018, 9, 1), group)
        assert [line.name for line in found.lines] == [who.name], group
        assert found.counts == dict.fromkeys(groups, 1)
    up = grade_list(cast.officer_a, region, date(2018, 9, 1), "junior").lines[0]
    assert (up.before, up.after) == ("六年级", "七年级")
    assert grade_list(cast.officer_b, region, date(2018, 9, 1), "up").lines == []


def test_a_grant_on_the_households_page_names_its_payer(officer_a: Client, class_of_three: list[Person]) -> None:
    home, fund, project = Household.objects.get(), make.fund(1000), make.project()
    address = reverse("record_fact", args=[home.pk, "grant"])
    sent = {"person": class_of_three[0].pk, "project": project.pk, "granted_on": "2018-06-30", "amount": "600"}
    assert "必须选择基金" in officer_a.post(address, sent | {"kind": "fund"}).content.decode()
    foreign = make.fund(1000, region_id=make.COUNTY_B)
    assert officer_a.post(address, sent | {"kind": "fund", "fund": foreign.pk}).status_code == 200
    paid = sent | {"kind": "fund", "fund": fund.pk}
    assert "差200.00元" in officer_a.post(address, paid | {"amount": "1200"}).content.decode()
    assert "分开记账" in officer_a.post(address, paid | {"is_goods": "on"}).content.decode()
    assert not Grant.objects.exists()
    assert officer_a.post(address, paid).status_code == 302
    grant = Grant.objects.get()
    assert (grant.kind, grant.guardian, grant.paid_on) == ("fund", "李大山", DAY) and holds(fund) == 400
    void = reverse("void_fact", args=[home.pk, "grant", grant.pk])
    officer_a.post(void, {"reason": "登记有误"})
    assert holds(fund) == 1000


def test_public_thanks_name_nobody_who_wants_no_name(officer_a: Client) -> None:
    fund = make.fund()
    make.donation(fund, make.donor(name="周某某"), amount=Decimal("100.50"))
    make.donation(fund, make.donor(name="隐名人", is_anonymous=True), received_on=date(2018, 4, 1))
    foreign = make.fund(region_id=make.COUNTY_B)
    make.donation(foreign, make.donor(name="外县人", region_id=make.COUNTY_B))
    page = officer_a.get(reverse("schooling_donations")).content.decode()
    assert "周某某" in page and "匿名" in page and "隐名人" not in page and "外县人" not in page and "1100.50" in page
    page = officer_a.get(reverse("schooling_donations"), {"start": "2018-04-01", "end": "2018-04-30"}).content.decode()
    assert "周某某" not in page
    assert officer_a.get(reverse("schooling_donations"), {"start": "nonsense"}).status_code == 200


def test_the_list_is_narrowed_to_who_is_not_aided(officer_a: Client, class_of_three: list[Person]) -> None:
    make.grant(class_of_three[0])
    coverage.settle_touched()

    def names(state: str) -> list[str]:
        page = officer_a.get(reverse("schooling_pupils"), {"state": state}).context["page"]
        return [line.person.name for line in page.lines]

    assert (names("covered"), names("gap")) == (["李小燕"], ["李小红", "李小强"])
    assert len(names("")) == 3


def test_a_notice_of_one_day_names_it_once_and_has_its_telephone(
    officer_a: Client, class_of_three: list[Person]
) -> None:
    project = make.project()
    make.grant(class_of_three[0], project, amount=Decimal(500))
    asked = f"?project={project.pk}&start=2018-06-30&end=2018-06-30&region={make.COUNTY_A}"
    words = {"unit": "丰南区妇女联合会", "first": "2018-06-30", "last": "2018-07-06", "phone": "0315-1234567"}
    page = officer_a.post(reverse("schooling_notice") + asked, words).content.decode()
    assert "于2018-06-30资助学生1人" in page and "2018-06-30至2018-06-30" not in page
    assert "<p>监督电话：0315-1234567</p>" in page
    # The next list asks for neither again.
    another = officer_a.get(reverse("schooling_notice") + asked.replace("06-30", "06-29")).context["notice"]
    assert another["phone"].value() == "0315-1234567" and another["unit"].value() == "丰南区妇女联合会"
    assert "2018-06-30至2018-06-30" not in officer_a.get(reverse("schooling_signatures") + asked).content.decode()


def test_what_is_wrong_with_a_form_stands_above_it(officer_a: Client, class_of_three: list[Person]) -> None:
    page = officer_a.get(f"{reverse('schooling_pay')}?fund=&project=&paid_on=&region=").content.decode()
    assert "请更正以下内容" in page and '<a href="#id_paid_on">' in page
    project = make.project()
    make.grant(class_of_three[0], project)
    asked = f"?project={project.pk}&start=2018-06-01&end=2018-06-30&region={make.COUNTY_A}"
    page = officer_a.post(reverse("schooling_notice") + asked, {"unit": ""}).content.decode()
    assert "请更正以下内容" in page and '<a href="#id_unit">' in page
