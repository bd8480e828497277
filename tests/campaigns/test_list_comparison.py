"""A list of another office against the register: every row in exactly one bucket, nothing learned of other counties."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from households.access import PERMISSIONS, Permission, Role
from households.comparing.lines import Line, unpacked
from households.comparing.models import ComparedLine, ListComparison
from households.duplicates.merging import merge
from households.identity import check_character
from households.models import Household, Person
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import write

HEADERS = ("序号", "姓名", "身份证号", "乡镇", "行政村", "户主姓名", "健康状况", "联系电话")
BORN = date(1980, 5, 1)
MEI_BORN = date(1980, 5, 2)
MEI = "13029919800502122" + check_character("13029919800502122")
SECRET = "秘密名"


def on_list(name: str, number: Any = None, **cells: Any) -> dict[str, Any]:
    """A row of a list: somebody of 曹庄子村."""
    return {"姓名": name, "身份证号": number, "乡镇": "黄各庄镇", "行政村": "曹庄子村"} | cells


def broken(number: str) -> str:
    """The number with another check character."""
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def registered(name: str, home: Household | None = None, **values: Any) -> Person:
    """A woman of the register, in a household of her own in 曹庄子村 unless one is given."""
    return make.person(home or make.household(make.VILLAGE_A), name=name, **values)


def send(client: Client, path: Path, **values: Any) -> Any:
    """POST a list as the page's form does."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    chosen = {"source": "残联", "day": "2018-06-30", "area": "townships", "group": "everybody"} | values
    return client.post(reverse("comparisons"), {"files": file, **chosen})


@pytest.fixture
def compare(at_once: None, officer_a: Client, tmp_path: Path) -> Any:
    """rows → the comparison of the officer of 丰南区; `headers`, and fields of the form."""

    def run(*rows: dict[str, Any], headers: tuple[str, ...] = HEADERS, **values: Any) -> ListComparison:
        path = write(tmp_path / "名单.xlsx", list(rows), headers=headers)
        assert send(officer_a, path, **values).status_code == 302
        made: ListComparison = ListComparison.objects.latest("created_at")
        return made

    return run


def lines(comparison: ListComparison, bucket: str = "") -> list[Line]:
    """The stored lines, of one bucket if asked."""
    found = [unpacked(one) for one in ComparedLine.objects.filter(comparison=comparison).order_by("pk")]
    return [line for line in found if bucket in ("", line.bucket)]


def buckets(comparison: ListComparison) -> dict[str, list[str]]:
    """Bucket → names in it."""
    found: dict[str, list[str]] = {}
    for line in lines(comparison):
        found.setdefault(line.bucket, []).append(line.row.values.get("姓名"))
    return found


def codes(line: Line) -> set[str]:
    return {one.code for one in line.row.findings}


def page_of(client: Client, comparison: ListComparison, show: str = "") -> str:
    query = f"?show={show}" if show else ""
    return str(client.get(reverse("comparison", args=[comparison.pk]) + query).content.decode())


@pytest.fixture
def everything(cast: Cast, compare: Any) -> ListComparison:
    """A list and a register with somebody in every bucket."""
    same = registered("王芳")
    registered("李梅", number=MEI, birth=MEI_BORN, health=["健康"], phone="14403150001")
    damaged = registered("赵敏")
    registered("孙丽")
    registered("孙丽")
    registered("周红")
    return compare(
        on_list("王芳", same.id_number),
        on_list("李梅", MEI, 健康状况="残疾", 联系电话="14403150002"),
        on_list("赵敏", broken(damaged.id_number)),
        on_list("孙丽"),
        on_list("钱新", make.id_number(BORN)),
        on_list("吴远", make.id_number(BORN), 乡镇="兴城镇", 行政村="没有这个村"),
        on_list("郑难", broken(make.id_number(BORN)), 行政村=None),
        on_list("王芳", f"　{same.id_number}　"),
    )


def test_every_row_lies_in_exactly_one_bucket_and_the_sums_are_right(everything: ListComparison) -> None:
    assert everything.state == "done"
    assert buckets(everything) == {
        "same": ["王芳"], "differs": ["李梅"], "probable": ["赵敏"], "ambiguous": ["孙丽"], "only_theirs": ["钱新"],
        "outside": ["吴远"], "unreadable": ["郑难"], "duplicate": ["王芳"], "only_ours": ["孙丽", "孙丽", "周红"],
    }  # fmt: skip
    counts = everything.counts
    theirs = [bucket for bucket in ComparedLine.Bucket if bucket != "only_ours"]
    assert counts["rows"] == sum(counts[bucket] for bucket in theirs) == 8
    assert counts["expected"] == counts["expected_sure"] + counts["expected_probable"] + counts["only_ours"] == 6
    assert Counter(line.bucket for line in lines(everything)) == {b: counts[b] for b in ComparedLine.Bucket}


def test_the_page_shows_the_figures_and_both_values_side_by_side(everything: ListComparison, officer_a: Client) -> None:
    shown = page_of(officer_a, everything)
    assert "名单上没有一行在比对范围内" not in shown
    assert "李梅" in shown
    assert '健康状况</span> <span class="old">残疾</span> <span class="new">健康</span>' in shown
    assert '户主联系电话</span> <span class="old">144****0002</span> <span class="new">144****0001</span>' in shown
    assert "名单人员行8 =" in shown
    assert "登记簿中应列入的6人 = 名单中有2 + 疑似1 + 仅登记簿有3。" in shown
    assert "比对的内容：姓名、证件号码、" in shown
    mei = Person.objects.get(name="李梅")
    assert reverse("household", args=[mei.memberships.get().household_id]) in shown
    assert mei.id_number not in shown
    assert f"1302**********{MEI[-4:]}" in shown
    for bucket in ComparedLine.Bucket:
        assert len(lines(everything, bucket)) == page_of(officer_a, everything, bucket).count('<th scope="row"')


def test_each_row_says_why_it_is_where_it_is(everything: ListComparison, officer_a: Client) -> None:
    said = {
        "probable": ("证件号码最后一位与前17位对不上", "姓名和所在村相符。请核对是否同一人"),
        "ambiguous": ("没有证件号码，按姓名和所在村核对", "同村同名的不止一人"),
        "outside": ("找不到“兴城镇没有这个村”",),
        "unreadable": ("证件号码最后一位与前17位对不上", "缺少姓名或能确定的村"),
        "duplicate": ("与“名册”第2行是同一个人，内容相同",),
        "only_ours": ("名单中有同村同名的人，不能确定是否本人",),
    }
    for bucket, sentences in said.items():
        shown = page_of(officer_a, everything, bucket)
        assert [one for one in sentences if one not in shown] == []
    sun = [codes(line) for line in lines(everything, "only_ours")]
    assert sun == [{"NAMED_ON_LIST"}, {"NAMED_ON_LIST"}, set()]


def test_who_cannot_be_told_apart_comes_without_details(everything: ListComparison, officer_a: Client) -> None:
    line = lines(everything, "ambiguous")[0]
    assert (line.row.person_id, line.row.before) == (None, {})
    assert "/households/" not in page_of(officer_a, everything, "ambiguous").split("<tbody>")[1]


def test_a_number_of_another_county_looks_like_one_that_nobody_has(compare: Any, officer_a: Client) -> None:
    elsewhere = registered("马外", make.household(make.VILLAGE_B), birth=BORN)
    unknown = make.id_number(BORN)
    for headers in (HEADERS, ("姓名", "身份证号")):
        comparison = compare(on_list("马外", elsewhere.id_number), on_list("马外", unknown), headers=headers)
        known, new = lines(comparison, "only_theirs")
        assert (known.row.values, known.row.findings, known.row.before, known.row.person_id, known.row.village) == (
            new.row.values, new.row.findings, new.row.before, new.row.person_id, new.row.village,
        )  # fmt: skip
        shown = page_of(officer_a, comparison, "only_theirs")
        rows = re.findall(r"<tr>.*?</tr>", shown.split("<tbody>")[1], re.DOTALL)
        first, second = (re.sub(r"名册 \d+|1302\*+\d{3}[\dX]", "", row) for row in rows)
        assert first == second
        assert "迁西" not in shown.split("<tbody>")[1]


def test_rows_of_another_county_are_outside_whether_registered_or_not(compare: Any, officer_a: Client) -> None:
    elsewhere = registered("马外", make.household(make.VILLAGE_B))
    there = {"县": "迁西县", "乡镇": "兴城镇", "行政村": make.region(make.VILLAGE_B).short_name}
    comparison = compare(
        on_list("马外", elsewhere.id_number, **there), on_list("马外", make.id_number(BORN), **there),
        on_list("马外", None, **there), headers=("县", *HEADERS),
    )  # fmt: skip
    assert buckets(comparison) == {"outside": ["马外"] * 3}
    assert {frozenset(codes(line)) for line in lines(comparison)[:2]} == {frozenset({"OUTSIDE_AREA"})}
    assert [line.row.person_id for line in lines(comparison)] == [None] * 3
    assert "名单上没有一行在比对范围内" in page_of(officer_a, comparison)


def test_who_moved_to_another_county_is_unknown_here_even_on_days_before(compare: Any) -> None:
    gone = make.person(name="迁移人")
    make.membership(make.household(make.VILLAGE_A), gone, until=date(2018, 8, 31), end_reason="moved")
    make.membership(make.household(make.VILLAGE_B), gone, since=date(2018, 9, 1))
    Person.objects.filter(pk=gone.pk).update(county_code=make.COUNTY_B)
    comparison = compare(on_list("迁移人", gone.id_number), on_list("迁移人"))
    assert buckets(comparison) == {"only_theirs": ["迁移人", "迁移人"]}
    assert [line.row.person_id for line in lines(comparison)] == [None, None]


def test_somebody_of_ours_whom_the_list_puts_into_another_county_differs(compare: Any, officer_a: Client) -> None:
    woman = registered("王芳")
    there = {"县": "迁西县", "乡镇": "兴城镇", "行政村": make.region(make.VILLAGE_B).short_name}
    comparison = compare(on_list("王芳", woman.id_number, **there), headers=("县", *HEADERS))
    assert buckets(comparison) == {"differs": ["王芳"]}
    shown = page_of(officer_a, comparison)
    assert f'{"".join(there.values())}</span> <span class="new">丰南区 / 黄各庄镇 / 曹庄子村' in shown


@pytest.mark.parametrize(
    ("written", "bucket"),
    [
        (lambda number: f"'{number}", "same"),
        (lambda number: f" {number[:6]} {number[6:]}\n", "same"),
        (lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number), "same"),
        (lambda number: number + "44", "differs"),  # a disability certificate says more than the register
        (broken, "probable"),
        (lambda number: number[:17], "probable"),
        (lambda number: float(number[:15] + "000"), "probable"),
        (lambda number: number[:15] + "000", "probable"),
        (lambda number: f"{number[:6]}99991399{number[14:]}", "probable"),
        (lambda number: "无", "probable"),
        (lambda number: "护照E12345678", "probable"),
    ],
)
def test_a_damaged_number_never_counts_as_the_same_number(compare: Any, written: Any, bucket: str) -> None:
    number = make.id_number(BORN)
    while number.endswith("X") or check_character(number[:15] + "00") == "0":  # with noughts it would be a good number
        number = make.id_number(BORN)
    registered("王芳", number=number)
    comparison = compare(on_list("王芳", written(number)))
    assert buckets(comparison) == {bucket: ["王芳"]}
    if bucket == "probable":
        assert codes(lines(comparison)[0]) - {"FITS_BY_NAME"}


def test_the_number_of_a_merged_record_means_the_kept_person(compare: Any, cast: Cast) -> None:
    kept, former = registered("王芳"), registered("王芳")
    merge(kept=kept.pk, other=former.pk, reason="同一人", by=cast.officer_a)
    comparison = compare(on_list("王芳", former.id_number))
    assert buckets(comparison) == {"differs": ["王芳"]}
    assert lines(comparison)[0].row.person_id == kept.pk
    assert lines(comparison)[0].row.before["证件号码"] == kept.id_number


def test_an_old_number_of_fifteen_digits_is_extended(compare: Any) -> None:
    number = make.id_number(BORN)
    registered("王芳", number=number)
    comparison = compare(on_list("王芳", number[:6] + number[8:17]))
    assert buckets(comparison) == {"same": ["王芳"]}
    assert codes(lines(comparison)[0]) == {"ID_15_DIGIT"}


def test_a_damaged_number_of_somebody_else_finds_nobody(compare: Any) -> None:
    registered("王芳", number=make.id_number(date(1955, 1, 1)))
    other = float(make.id_number(date(1990, 1, 1))[:15] + "000")
    comparison = compare(on_list("王芳", other))
    assert buckets(comparison) == {"unreadable": ["王芳"], "only_ours": ["王芳"]}
    assert codes(lines(comparison)[0]) == {"ID_PRECISION_LOST", "NAMESAKE"}


def test_a_valid_number_that_differs_is_the_same_woman_only_if_she_was_born_on_the_same_day(compare: Any) -> None:
    ours = registered("王芳", birth=BORN)
    registered("李梅", birth=BORN)
    comparison = compare(on_list("王芳", make.id_number(BORN)), on_list("李梅", make.id_number(date(1991, 2, 3))))
    assert buckets(comparison) == {"probable": ["王芳"], "only_theirs": ["李梅"], "only_ours": ["李梅"]}
    first, second = lines(comparison)[:2]
    assert first.row.before == {"证件号码": ours.id_number}
    assert (codes(first), codes(second)) == ({"FITS_BY_BIRTH_DATE"}, {"NAMESAKE"})


def test_namesakes_are_told_apart_by_birth_date_or_head_and_never_guessed(compare: Any) -> None:
    headers = (*HEADERS, "出生日期")
    old, young = registered("王芳", birth=date(1950, 1, 2)), registered("王芳", birth=date(1990, 3, 4))
    by_birth = compare(on_list("王芳", 出生日期="1990-03-04"), headers=headers)
    assert [line.row.person_id for line in lines(by_birth, "probable")] == [young.pk]
    by_head = compare(on_list("王芳", 户主姓名=old.memberships.get().household.head_name))
    assert [line.row.person_id for line in lines(by_head, "probable")] == [old.pk]
    neither = compare(on_list("王芳", 户主姓名="别的人"))
    assert buckets(neither)["ambiguous"] == ["王芳"]


def test_two_rows_that_could_be_one_woman_are_both_left_open(compare: Any) -> None:
    registered("王芳")
    comparison = compare(on_list("王芳", 户主姓名="赵一"), on_list("王芳", 户主姓名="赵二"))
    assert buckets(comparison) == {"ambiguous": ["王芳", "王芳"], "only_ours": ["王芳"]}
    assert codes(lines(comparison)[0]) == {"ID_NOT_TOLD", "RIVALS"}


def test_a_row_without_number_beside_her_own_row_is_not_a_second_match(compare: Any) -> None:
    woman = registered("王芳")
    comparison = compare(on_list("王芳", woman.id_number), on_list("王芳"))
    assert buckets(comparison) == {"same": ["王芳"], "ambiguous": ["王芳"]}
    assert "FITS_ALREADY" in codes(lines(comparison, "ambiguous")[0])


def test_a_name_in_another_village_is_nobody(compare: Any) -> None:
    registered("王芳", make.household(make.VILLAGE_A2))
    comparison = compare(on_list("王芳"), area="villages")
    assert buckets(comparison) == {"only_theirs": ["王芳"]}


def test_a_second_row_of_a_person_with_other_content_is_told(compare: Any) -> None:
    number = make.id_number(BORN)
    comparison = compare(on_list("王芳", number), on_list("王芳", number, 健康状况="残疾"))
    assert buckets(comparison) == {"only_theirs": ["王芳"], "duplicate": ["王芳"]}
    assert codes(lines(comparison, "duplicate")[0]) == {"TWICE_WITH_OTHER_CONTENT"}


def test_people_who_died_or_were_taken_off_the_list_are_only_on_theirs_and_say_so(
    compare: Any, officer_a: Client
) -> None:
    dead = make.person(name="已故人")
    make.membership(make.household(make.VILLAGE_A), dead, until=date(2018, 3, 1), end_reason="died")
    removed = registered("清退人", make.household(make.VILLAGE_A, status="removed"))
    comparison = compare(on_list("已故人", dead.id_number), on_list("清退人", removed.id_number))
    assert buckets(comparison) == {"only_theirs": ["已故人", "清退人"]}
    assert page_of(officer_a, comparison).count("登记簿中有此人") == 2


def test_the_day_decides_who_is_registered(compare: Any) -> None:
    later = make.person(name="后来人")
    make.membership(make.household(make.VILLAGE_A), later, since=date(2018, 6, 1))
    row = on_list("后来人", later.id_number)
    assert buckets(compare(row, day="2018-05-31")) == {"only_theirs": ["后来人"]}
    assert buckets(compare(row, day="2018-06-01")) == {"same": ["后来人"]}


def test_the_area_bounds_who_is_missing_and_which_rows_count(compare: Any) -> None:
    here = registered("本村人")
    registered("邻村人", make.household(make.VILLAGE_A2))
    registered("外乡人", make.household(make.VILLAGE_A3))
    row = on_list("本村人", here.id_number)
    missing = {
        "villages": None,
        "townships": ["邻村人"],
        "scope": ["邻村人", "外乡人"],
        make.COUNTY_A: ["邻村人", "外乡人"],
        make.TOWNSHIP_A2: ["外乡人"],
    }
    found = {area: buckets(compare(row, area=area)) for area in missing}
    assert {area: one.get("only_ours") for area, one in found.items()} == missing
    assert found[make.TOWNSHIP_A2]["outside"] == ["本村人"]
    unnamed = compare({"姓名": "本村人", "身份证号": here.id_number}, headers=("姓名", "身份证号"))
    assert buckets(unnamed) == {"same": ["本村人"], "only_ours": ["邻村人", "外乡人"]}


def test_the_group_decides_who_is_missing(compare: Any) -> None:
    home = make.household(make.VILLAGE_A)
    woman = registered("妇女", home, birth=date(1980, 1, 1))
    make.enrolment(registered("女童", home, birth=date(2010, 1, 1), relation="之女"))
    registered("少女", home, birth=date(2001, 6, 1), relation="之女")
    registered("男人", home, birth=date(1978, 1, 1), sex="M", relation="户主")
    make.scheme()
    row = on_list("别人", make.id_number(BORN))
    missing = {
        "everybody": {"妇女", "女童", "少女", "男人"},
        "women": {"妇女", "少女"},
        "children": {"女童", "少女"},
        "pupils": {"女童"},
        "insurable": {"妇女"},
    }
    found = {group: set(buckets(compare(row, group=group))["only_ours"]) for group in missing}
    assert found == missing
    listed = compare(on_list("妇女", woman.id_number), group="children")
    assert (listed.counts["same"], listed.counts["expected_sure"], listed.counts["expected"]) == (1, 0, 2)


def test_grades_are_compared_as_of_the_day(compare: Any) -> None:
    headers = ("学生姓名", "学生身份证号", "年级", "学校")
    child = registered("小明", birth=date(2009, 1, 1), relation="之女", school_status="小学")
    make.enrolment(child, grade=3, since=date(2018, 1, 1))

    def differs(grade: str, day: str) -> Any:
        row = {"学生姓名": "小明", "学生身份证号": child.id_number, "年级": grade, "学校": "别的小学"}
        return lines(compare(row, headers=headers, day=day, area="scope"))[0].row.before

    assert differs("三年级", "2018-06-30") == {}
    assert differs("四年级", "2018-06-30") == {"在校生状况": "小学三年级"}
    assert differs("四年级", "2018-09-01") == {}
    assert differs("小学", "2018-09-01") == {}
    assert differs("七年级", "2018-09-01") == {"在校生状况": "小学四年级"}


def test_household_village_and_disability_are_compared(compare: Any) -> None:
    home = make.household(make.VILLAGE_A2, head_name="李大山", attribute="一般贫困户")
    woman = registered("王芳", home, disability_category="肢体", disability_level="二级", health=["残疾"])
    comparison = compare(
        on_list(
            "王小芳", woman.id_number, 户主姓名="李二山", 残疾类别="听力", 残疾等级="二级", 贫困户属性="低保贫困户"
        ),
        headers=(*HEADERS, "残疾类别", "残疾等级", "贫困户属性"),
    )
    assert lines(comparison)[0].row.before == {
        "姓名": "王芳", "户主姓名": "李大山", "残疾类别": "肢体", "贫困户属性": "一般贫困户", "village_code": make.VILLAGE_A2,
    }  # fmt: skip
    assert comparison.counts["differing"]["differs"]["户主姓名"] == 1


def test_a_phone_agrees_with_hers_or_her_households(compare: Any) -> None:
    home = make.household(make.VILLAGE_A, phone="14403150001")
    woman = registered("王芳", home, phone="14403150002")
    theirs = {"14403150001": {}, "14403150002": {}, "14403150003": {"户主联系电话": "14403150001"}}
    found = {phone: compare(on_list("王芳", woman.id_number, 联系电话=phone)) for phone in theirs}
    assert {phone: lines(one)[0].row.before for phone, one in found.items()} == theirs


def test_a_word_that_is_not_understood_is_said_not_to_be_compared(compare: Any, officer_a: Client) -> None:
    woman = registered("王芳")
    comparison = compare(on_list("王芳", woman.id_number, 健康状况="独特的病"))
    assert buckets(comparison) == {"same": ["王芳"]}
    assert "“健康状况”的“独特的病”不能采用，没有比对。" in page_of(officer_a, comparison)


def test_illness_is_hidden_from_who_may_not_see_it(
    everything: ListComparison, officer_a: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = PERMISSIONS[Role.COUNTY_OFFICER] - {Permission.VIEW_SENSITIVE}
    monkeypatch.setitem(PERMISSIONS, Role.COUNTY_OFFICER, rights)
    shown = page_of(officer_a, everything)
    assert "残疾" not in shown
    assert "已登记" in shown


def test_a_certificate_stands_for_a_number_that_is_not_there(compare: Any) -> None:
    headers = ("残疾人姓名", "身份证号", "残疾证号")
    first, second = registered("王芳"), registered("李梅")
    comparison = compare(
        {"残疾人姓名": "王芳", "残疾证号": first.id_number + "44"},
        {"残疾人姓名": "李梅", "身份证号": second.id_number, "残疾证号": second.id_number + "44"},
        headers=headers,
    )
    assert [line.row.person_id for line in lines(comparison)] == [first.pk, second.pk]
