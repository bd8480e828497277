"""How we count: versions with a reason, their effect before saving, the note under tables; years and the roll-over."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import CampaignYear, CountingRules, LedgerEntry, Scheme
from campaigns.organisation.counting import change_rules, how_we_count, preview, rule_fields, rule_lines
from campaigns.organisation.years import begin_next_year, correct_days, next_year
from tests import make
from tests.conftest import Cast

DAY = make.REPORTING_DAY


def values(**changed: Any) -> dict[str, Any]:
    rules = CountingRules.objects.order_by("version").last()
    return {field.name: getattr(rules, field.name) for field in rule_fields()} | changed


def figure(target: str, region: str = make.COUNTY_A) -> tuple[int, int]:
    coverage.settle_touched()
    found = coverage.as_of([region], DAY)[region].target(target)
    return found.eligible, found.covered


@pytest.fixture
def letter(cast: Cast) -> None:
    """A household of one woman that only a letter reached."""
    home = make.household()
    make.person(home)
    make.contact(home, kind="letter")


def test_a_new_version_counts_and_the_old_one_stays(cast: Cast, letter: None) -> None:
    year = CampaignYear.objects.get()
    assert figure("publicity") == (1, 0)
    asked = {"by": cast.federation_staff, "year": year, "reason": "书信也算", "based_on": 1}
    change_rules(values=values(contact_kinds=["visit", "letter"]), **asked)
    assert figure("publicity") == (1, 1)
    first, second = CountingRules.objects.order_by("version")
    assert (first.contact_kinds, second.changed_by) == (["visit", "lecture", "leaflet"], cast.federation_staff)
    assert [line.title for line in rule_lines(second, first) if line.is_new] == ["计入的宣传方式"]
    with pytest.raises(ValidationError, match="刚刚已被修改"):
        change_rules(values=values(contact_kinds=["visit"]), **asked)
    with pytest.raises(ValidationError, match="没有需要保存的修改"):
        change_rules(values=values(), **(asked | {"based_on": 2}))
    with pytest.raises(ValidationError):
        change_rules(values=values(contact_kinds=["smoke"]), **(asked | {"based_on": 2}))
    with pytest.raises(PermissionDenied):
        change_rules(values=values(contact_kinds=["visit"]), **(asked | {"by": cast.officer_a, "based_on": 2}))


def test_a_preview_tells_the_effect_and_keeps_nothing(cast: Cast, letter: None) -> None:
    year = CampaignYear.objects.get()
    coverage.settle_touched()
    kept = list(LedgerEntry.objects.order_by("pk").values())
    found = preview(
        by=cast.federation_staff,
        year=year,
        values=values(contact_kinds=["letter"]),
        based_on=1,
        region=make.CITY,
        day=DAY,
    )
    assert found is not None
    before, after = (one.target("publicity") for one in found)
    assert (before.covered, after.covered) == (0, 1)
    assert CountingRules.objects.count() == 1
    assert list(LedgerEntry.objects.order_by("pk").values()) == kept
    assert not coverage.touched()


def test_the_page_previews_then_saves(cast: Cast, client: Client, letter: None) -> None:
    client.force_login(cast.federation_staff)
    address = reverse("counting_rules_change", args=[2018])
    opened = client.get(address).context["form"]
    assert opened.initial["contact_kinds"] == ["visit", "lecture", "leaflet"]
    data = {
        **{name: values()[name] for name in ("statuses", "helper_kinds")}, "goods_count_as_aid": "on",
        "contact_kinds": ["visit", "letter"], "clean_items": "院内、灶台", "visit_every_days": 60, "helper_limit": 8,
        "based_on": 1, "reason": "书信也算",
    }  # fmt: skip
    page = client.post(address, data)
    assert page.context["effect"][0][2].covered == 1
    assert CountingRules.objects.count() == 1
    assert client.post(address, data | {"save": "1"}).url == reverse("counting_rules_of", args=[2018])
    text = client.get(reverse("counting_rules")).content.decode()
    assert "现行：第2版" in text and "书信也算" in text and "第1版：初始口径" in text and "周市联" in text
    again = client.post(address, data | {"save": "1", "contact_kinds": ["letter"]})
    assert "刚刚已被修改" in again.content.decode()
    assert "不能为空" in client.post(address, data | {"reason": ""}).content.decode()


def test_every_field_of_the_rules_is_told_changed_and_noted(cast: Cast, client: Client) -> None:
    client.force_login(cast.federation_staff)
    form = client.get(reverse("counting_rules_change", args=[2018])).context["form"]
    note = how_we_count(DAY)
    assert note is not None and note.version == 1
    for field in rule_fields():
        assert field.name in form.fields
        assert str(field.verbose_name) in {rule.title for rule in note.rules}


def test_the_note_stands_under_the_tables(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer_a)
    for address in (reverse("dashboard"), reverse("worklist", args=["pairing", make.COUNTY_A])):
        text = client.get(address).content.decode()
        assert "统计口径第1版（2018年度）" in text
        assert reverse("counting_rules_of", args=[2018]) in text


def test_the_note_is_that_of_the_days_year(cast: Cast) -> None:
    make.campaign_year(2019)
    assert [note.year for day in (date(2017, 1, 1), date(2018, 12, 31), date(2019, 1, 1)) if (note := how_we_count(day))] == [
        2018, 2018, 2019,
    ]  # fmt: skip


# --- years ----------------------------------------------------------------------------------------------------------------


def test_the_next_year_takes_rules_and_schemes_over_and_old_figures_stay(cast: Cast) -> None:
    home = make.household()
    woman = make.person(home)
    scheme = make.scheme(name="“两癌”健康保险（2018年度）")
    make.insured(woman, make.policy(scheme))
    make.contact(home)
    change_rules(
        by=cast.federation_staff, year=CampaignYear.objects.get(), values=values(goods_count_as_aid=False), reason="只算现金",
        based_on=1,
    )  # fmt: skip
    before = [figure(name) for name in ("publicity", "pairing", "insurance")]
    planned = next_year()
    assert planned is not None
    days = {name: getattr(planned.year, name) for name in ("start", "deadline", "reporting_day", "end")}
    made = begin_next_year(by=cast.federation_staff, number=2019, days=days, with_schemes=True)
    assert (made.start, made.deadline, made.reporting_day) == (date(2019, 1, 1), date(2019, 12, 31), date(2019, 6, 30))
    rules = made.rules.get()
    assert (rules.version, rules.goods_count_as_aid, rules.reason) == (1, False, "沿用2018年度口径")
    copy = Scheme.objects.exclude(pk=scheme.pk).get()
    assert (copy.name, copy.reference_day) == ("“两癌”健康保险（2019年度）", date(2019, 6, 30))
    assert (copy.min_age, copy.max_age, copy.period.upper) == (18, 64, date(2020, 1, 1))
    assert before == [figure(name) for name in ("publicity", "pairing", "insurance")]
    found = coverage.as_of([make.COUNTY_A], date(2019, 6, 30))[make.COUNTY_A].target("insurance")
    assert (found.eligible, found.covered) == (1, 0)


def test_a_year_is_begun_once_and_overlaps_none(cast: Cast, client: Client) -> None:
    client.force_login(cast.federation_staff)
    address = reverse("year_next")
    assert client.get(address).status_code == 200
    data = {
        "year": "2019",
        "start": "2018-12-01",
        "deadline": "2019-12-31",
        "reporting_day": "2019-06-30",
        "end": "2019-12-31",
    }
    page = client.post(address, data)
    assert "重叠" in page.content.decode()
    assert client.post(address, data | {"start": "2020-01-01"}).status_code == 200
    assert CampaignYear.objects.count() == 1
    good = data | {"start": "2019-01-01"}
    assert client.post(address, good).url == reverse("years")
    client.post(address, good)  # sent twice
    assert list(CampaignYear.objects.values_list("year", flat=True)) == [2018, 2019]
    assert not Scheme.objects.exists()
    with pytest.raises(PermissionDenied):
        begin_next_year(by=cast.officer_a, number=2020, days={}, with_schemes=False)
    with pytest.raises(ValidationError, match="已经存在"):
        begin_next_year(by=cast.federation_staff, number=2019, days={}, with_schemes=False)


def test_days_are_corrected_by_the_citys_staff_only(cast: Cast, client: Client) -> None:
    make.campaign_year(2019)
    year = CampaignYear.objects.get(year=2018)
    days = {"start": year.start, "deadline": date(2018, 11, 30), "reporting_day": date(2018, 9, 30), "end": year.end}
    assert correct_days(by=cast.federation_staff, year=year, days=days).deadline == date(2018, 11, 30)
    with pytest.raises(ValidationError, match="重叠"):
        correct_days(by=cast.federation_staff, year=year, days=days | {"end": date(2019, 1, 1)})
    with pytest.raises(PermissionDenied):
        correct_days(by=cast.officer_a, year=year, days=days)
    client.force_login(cast.federation_staff)
    sent = {name: day.isoformat() for name, day in days.items()} | {"deadline": "2017-01-01"}
    assert "日期顺序" in client.post(reverse("year_edit", args=[2018]), sent).content.decode()
    client.post(reverse("year_edit", args=[2018]), sent | {"deadline": "2018-12-01"})
    year.refresh_from_db()
    assert year.deadline == date(2018, 12, 1)
    client.force_login(cast.auditor)
    assert "2018-12-01" in client.get(reverse("years")).content.decode()
