"""Suspect data: each rule points at what it is about and at nobody else; the page, its pages and its workbook."""

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from campaigns import suspect_data_page
from households.models import Household, Person
from households.suspect_data import RULES, counted
from tests import make
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

ADULT = date(1980, 5, 1)


def family(*, head: date = date(1970, 3, 1), **values: object) -> Household:
    """A household of a village with a head of whom no rule has anything to say."""
    home = make.household(**values)
    make.person(home, birth=head, sex="M", relation="户主", education="小学")
    return home


def plain(home: Household, **values: object) -> Person:
    """A member of whom no rule has anything to say, unless `values` give it."""
    return make.person(home, **{"relation": "配偶", "education": "小学"} | values)


def child(home: Household, born: date, **values: object) -> Person:
    return plain(home, birth=born, relation="之女", education="", **values)


def pupil(home: Household, born: date, stage: str = "primary") -> Person:
    found = child(home, born)
    make.enrolment(found, stage=stage, grade=None)
    return found


def without_number(home: Household) -> None:
    found = plain(home)
    Person.objects.filter(pk=found.pk).update(id_number=None, id_index=None, weak_index=b"x")


# Rule → what makes it point at one, and what it must pass over.
CASES: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "no_number": (lambda: without_number(family()), lambda: plain(family())),
    "relation_of_other_sex": (
        lambda: plain(family(), relation="之儿媳", sex="M", birth=date(1995, 1, 1)),
        lambda: plain(family(), relation="之儿媳", birth=date(1995, 1, 1)),
    ),
    "spouse_of_same_sex": (lambda: plain(family(), sex="M"), lambda: plain(family())),
    "generations": (
        lambda: plain(family(), relation="之女", birth=date(1975, 1, 1)),
        lambda: plain(family(), relation="之母", birth=date(1950, 1, 1)),
    ),
    "too_old": (
        lambda: plain(family(), relation="其他", birth=date(1905, 1, 1)),
        lambda: plain(family(), relation="其他", birth=date(1909, 1, 1)),
    ),
    "not_at_school": (
        lambda: child(family(), date(2008, 1, 1)),
        lambda: (pupil(family(), date(2008, 1, 1)), child(family(), date(2013, 1, 1))),
    ),
    "old_pupil": (lambda: pupil(family(), date(1987, 1, 1)), lambda: pupil(family(), date(1999, 1, 1))),
    "education_unknown": (
        lambda: plain(family(), education=""),
        lambda: (child(family(), date(2015, 1, 1)), pupil(family(), date(2008, 1, 1))),
    ),
    "works_without_labour": (
        lambda: plain(family(), labour="无劳动力", survey={"务工时间": 3}),
        lambda: plain(family(), labour="普通劳动力", survey={"务工时间": 3}),
    ),
    "healthy_without_labour": (
        lambda: plain(family(), labour="丧失劳动力", health=["健康"]),
        lambda: (
            plain(family(), labour="丧失劳动力", health=["残疾"]),
            plain(family(), labour="无劳动力", health=["健康"], birth=date(1955, 1, 1)),
        ),
    ),
    "disability_untold": (
        lambda: plain(family(), disability_category="肢体", health=["健康"]),
        lambda: plain(family(), disability_category="肢体", health=["残疾", "长期慢性病"]),
    ),
    "no_members": (make.household, family),
    "no_head": (lambda: plain(make.household()), family),
    "several_spouses": (
        lambda: [plain(home) for home in [family()] for _again in range(2)],
        lambda: plain(family()),
    ),
    "size_differs": (lambda: family(survey={"人数": 3}), lambda: (family(survey={"人数": 1}), family())),
    "ill_but_healthy": (
        lambda: Person.objects.filter(memberships__household=family(main_cause="因病")).update(health=["健康"]),
        lambda: plain(family(main_cause="因病"), health=["患有大病"]),
    ),
    "study_without_student": (
        lambda: pupil(family(main_cause="因学"), date(2008, 1, 1)),
        lambda: pupil(family(main_cause="因学"), date(2000, 1, 1), "senior"),
    ),
    "income_odd": (lambda: family(income_per_head=0), lambda: family(income_per_head=3000)),
    "causes_odd": (
        lambda: family(main_cause="因病", survey={"其他致贫原因": "因病"}),
        lambda: family(main_cause="因病", survey={"其他致贫原因": ["因学", "因残"]}),
    ),
}


def test_every_rule_has_a_case() -> None:
    assert list(CASES) == [rule.key for rule in RULES]


@pytest.mark.parametrize("key", CASES)
def test_a_rule_points_at_what_it_is_about_and_passes_the_rest_over(cast: Cast, key: str) -> None:
    wrong, right = CASES[key]
    right()
    assert counted(make.COUNTY_A, make.REPORTING_DAY)[key] == 0
    wrong()
    assert counted(make.COUNTY_A, make.REPORTING_DAY)[key] == 1
    assert counted(make.COUNTY_A, date(2010, 1, 1)).get(key) == 0  # nobody was registered yet
    assert counted(make.COUNTY_B, make.REPORTING_DAY)[key] == 0


def test_the_page_counts_every_rule_and_lists_one(cast: Cast, officer_a: Client) -> None:
    daughter = plain(family(head_name="赵大山"), relation="之女", birth=date(1975, 1, 1), name="赵小凤")
    page = officer_a.get(reverse("suspect_data", args=[make.COUNTY_A])).content.decode()
    assert "与户主关系和年龄不符 1" in page
    assert daughter.name in page
    assert "1970-03-01" in page
    assert "没有证件号码" not in page  # a rule that points at nobody
    assert officer_a.get(reverse("suspect_data", args=[make.COUNTY_A]), {"rule": "x"}).status_code == 404
    assert officer_a.get(reverse("suspect_data", args=[make.COUNTY_A]), {"after": "x"}).status_code == 404


def test_pages_follow_each_other_without_gap(cast: Cast, officer_a: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspect_data_page, "PAGE_SIZE", 2)
    names = {plain(family(), education="").name for _again in range(5)}
    seen: list[str] = []
    query = {"rule": "education_unknown"}
    while query is not None:
        page = officer_a.get(reverse("suspect_data", args=[make.COUNTY_A]), query).context["page"]
        seen += [line.name for line in page.lines]
        query = {"rule": "education_unknown", "after": page.next_key} if page.next_key else None
    assert (len(seen), set(seen)) == (5, names)


def test_the_workbook_holds_all_of_them_with_room_for_an_answer(cast: Cast, officer_a: Client) -> None:
    plain(family(head_name="赵大山", survey={"人数": 5}), education="", name="赵小凤")
    answer = officer_a.get(reverse("suspect_data_book", args=[make.COUNTY_A]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[2], row[3] or "", row[4]) for row in rows] == [
        ("赵大山", "赵小凤", "7岁以上非在校生没有文化程度"),
        ("赵大山", "", "人数与在册人数不符"),
    ]
    assert rows[1][5] == "人数 5、在册人数 2"


def test_nothing_suspect_is_said_so(cast: Cast, officer_a: Client) -> None:
    plain(family())
    page = officer_a.get(reverse("suspect_data", args=[make.COUNTY_A])).content.decode()
    assert "没有疑点数据" in page


def test_another_countys_officer_is_told_nothing(cast: Cast, officer_b: Client) -> None:
    plain(family(), education="", name="赵小凤")
    for name in ("suspect_data", "suspect_data_book"):
        assert officer_b.get(reverse(name, args=[make.COUNTY_A])).status_code == 404
    assert "赵小凤" not in officer_b.get(reverse("suspect_data_home"), follow=True).content.decode()
