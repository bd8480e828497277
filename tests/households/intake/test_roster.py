"""The policy table, through the front door: a workbook goes in, each row's verdict comes out."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from households.identity import check_character
from households.intake.models import ImportBatch
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, told, write

GIRL = date(2006, 3, 8)


@pytest.fixture
def verdicts(cast: Cast, tmp_path: Path) -> Any:
    """rows → the result's rows, for the officer of 丰南区."""

    def check(*rows: dict[str, Any], headers: tuple[str, ...] = HEADERS, titles: tuple[str, ...] = ()) -> list[Any]:
        path = write(tmp_path / "roster.xlsx", list(rows), headers=headers, titles=titles)
        return told(preview(path, cast.officer_a))["rows"]

    return check


def with_check(first_17: str) -> str:
    return first_17 + check_character(first_17)


def test_a_clean_row_is_imported_with_its_cleaned_values(verdicts: Any) -> None:
    number = make.id_number(date(1980, 5, 1))
    row = verdicts(person(证件号码=f"{number}44", 健康状况="残疾,长期慢性病", 民族="汉", 人均纯收入="2,800元"))[0]
    assert (row["status"], row["change"], row["codes"], row["column"], row["row"]) == ("imported", "new", [], None, 2)
    told_values = row["values"]
    assert told_values["证件号码"] == number
    assert told_values["village_code"] == make.VILLAGE_A
    assert told_values["健康状况"] == ["长期慢性病", "残疾"]
    assert (told_values["残疾类别"], told_values["残疾等级"]) == ("肢体", "四级")
    assert (told_values["民族"], told_values["人均纯收入"], told_values["出生日期"]) == ("汉族", 2800, "1980-05-01")
    assert told_values["户主联系电话"] == "14403150001"


GOOD = "130299195908098197"


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"证件号码": float(GOOD), "性别": "男"}, "rejected", "ID_PRECISION_LOST"),
        ({"证件号码": "1.30299E+17"}, "rejected", "ID_PRECISION_LOST"),
        ({"证件号码": GOOD[:17] + "8", "性别": "男"}, "rejected", "ID_CHECKSUM"),
        ({"证件号码": with_check("13029919590230819")}, "rejected", "ID_BIRTHDATE"),
        ({"证件号码": GOOD[:17]}, "rejected", "ID_LENGTH"),
        ({"证件号码": GOOD + "94", "性别": "男"}, "rejected", "ID_LENGTH"),
        ({"证件号码": GOOD[:6] + GOOD[8:17], "性别": "男"}, "imported_flagged", "ID_15_DIGIT"),
        ({"证件号码": "#N/A"}, "rejected", "CELL_ERROR"),
        ({"性别": "男"}, "held", "SEX_MISMATCH"),
        ({"性别": ""}, "imported_flagged", "SEX_FROM_ID"),
        ({"性别": "?"}, "imported_flagged", "ENUM_UNKNOWN"),
        ({"姓名": ""}, "rejected", "NAME_MISSING"),
        ({"姓名": "12345"}, "rejected", "NAME_INVALID"),
        ({"姓名": "<b>王</b>"}, "rejected", "NAME_INVALID"),
        ({"姓名": "=1+1"}, "rejected", "NAME_INVALID"),
        ({"姓名": "王芳（去世）"}, "held", "NAME_SUSPECT"),
        ({"姓名": "⽟⽟"}, "held", "NAME_SUSPECT"),
        ({"姓名": "王\ue123"}, "held", "NAME_PUA_CHAR"),
        ({"姓名": "王\x01芳"}, "held", "CONTROL_CHAR"),
        ({"姓名": "王" * 80}, "rejected", "VALUE_TOO_LONG"),
        ({"姓名": "阿依古丽 买买提"}, "imported_flagged", "NAME_DOT_REPAIRED"),
        ({"备注": "长" * 2000}, "rejected", "VALUE_TOO_LONG"),
        ({"行政村": "曹庄字"}, "rejected", "REGION_UNKNOWN"),
        ({"行政村": ""}, "rejected", "REGION_UNKNOWN"),
        ({"县": "迁西县", "乡镇": "兴城镇", "行政村": "上寺村"}, "rejected", "REGION_OUT_OF_SCOPE"),
        ({"县": "丰南市"}, "imported_flagged", "REGION_OLD_NAME"),
        ({"文化程度": "秀才"}, "imported_flagged", "ENUM_UNKNOWN"),
        ({"健康状况": "健康/#REF!"}, "imported_flagged", "ENUM_UNKNOWN"),
        ({"民族": "#REF!"}, "imported_flagged", "CELL_ERROR"),
        ({"户联系电话": "1234"}, "imported_flagged", "PHONE_INVALID"),
        ({"户联系电话": "14403150001、14403150002"}, "imported_flagged", "PHONE_SEVERAL"),
        ({"人均纯收入": "约3000"}, "imported_flagged", "NUMBER_UNREADABLE"),
        ({"人均纯收入": -5}, "imported_flagged", "NUMBER_OUT_OF_RANGE"),
        ({"人均纯收入": 99999999}, "held", "NUMBER_OUT_OF_RANGE"),
        ({"户编号": 1302071042250001.0}, "held", "HOUSEHOLD_NO_PRECISION_LOST"),
        ({"户编号": ""}, "imported", ""),
    ],
)
def test_one_trouble_one_verdict(verdicts: Any, cells: dict[str, Any], status: str, code: str) -> None:
    row = verdicts(person(**cells))[0]
    assert row["status"] == status, row
    assert not code or code in row["codes"], row
    assert row["message"] or not code


@pytest.mark.parametrize(
    "name", ["王  芳", "王\u3000芳", "王芳\u200b", " 王芳 ", "王\n芳", "'王芳"]
)  # fmt: skip
def test_padding_in_a_name_is_removed_silently(verdicts: Any, name: str) -> None:
    row = verdicts(person(姓名=name))[0]
    assert (row["values"]["姓名"], row["codes"]) == ("王芳", [])


@pytest.mark.parametrize("dot", ["·", "•", "‧", "・", "･", "．", ".", "﹒", "∙", "⋅"])
def test_every_known_dot_in_a_name_becomes_the_official_one(verdicts: Any, dot: str) -> None:
    assert verdicts(person(姓名=f"阿依古丽{dot}买买提"))[0]["values"]["姓名"] == "阿依古丽·买买提"


def test_a_rare_character_in_a_name_is_kept(verdicts: Any) -> None:
    for name in ("张䶮", "王𬭎", "倴小嘡"):
        row = verdicts(person(姓名=name))[0]
        assert (row["values"]["姓名"], row["status"]) == (name, "imported")


def test_a_column_that_contradicts_the_certificate_is_overruled_aloud(verdicts: Any) -> None:
    certificate = GOOD + "44"  # 肢体四级
    headers = (*HEADERS, "残疾类别", "残疾等级")
    for written, level, flagged in (
        ("肢体", "四级", False),
        ("", "", False),
        ("听力", "四级", True),
        ("", "一级", True),
    ):
        row = verdicts(person(证件号码=certificate, 残疾类别=written, 残疾等级=level), headers=headers)[0]
        assert ("DISABILITY_MISMATCH" in row["codes"]) == flagged, row
        assert row["values"]["残疾等级"] == "四级"
        assert "肢体" in row["values"]["残疾类别"]


def test_no_number_is_imported_flagged_with_a_birth_date_and_held_without(verdicts: Any) -> None:
    headers = (*HEADERS, "出生日期")
    newborn = person(证件号码="未办理", 姓名="王婴", 与户主关系="之女", 出生日期="2018-05-01")
    unknown = person(证件号码="", 姓名="王某人", 与户主关系="之女", 出生日期="")
    first, second = verdicts(newborn, unknown, headers=headers)
    assert (first["status"], "ID_MISSING" in first["codes"]) == ("imported_flagged", True)
    assert (second["status"], "ID_MISSING" in second["codes"]) == ("held", True)


def test_a_child_without_a_number_is_not_born_after_the_roster(verdicts: Any) -> None:
    child = person(证件号码="", 姓名="王婴", 与户主关系="之女", 出生日期="2019-01-01")
    row = verdicts(person(), child, headers=(*HEADERS, "出生日期"))[1]
    assert (row["status"], "DATE_IN_FUTURE" in row["codes"]) == ("held", True)
    assert "2019-01-01晚于2018-" in row["message"]


def test_a_header_may_list_the_words_to_choose_from(verdicts: Any) -> None:
    header = "健康状况（健康/慢性病/大病/残疾）"
    headers = [name for name in HEADERS if name != "健康状况"]
    row = verdicts(person() | {header: "残疾"}, headers=(*headers, header))[0]
    assert row["values"]["健康状况"] == "残疾"


@pytest.mark.parametrize("paper", ["E12345678", "护照：E12345678", "港澳通行证H12345678", "军字第1234567号"])
def test_another_paper_is_imported_flagged_with_sex_and_birth_date(verdicts: Any, paper: str) -> None:
    headers = (*HEADERS, "出生日期")
    row = verdicts(person(证件号码=paper, 出生日期="1990.1.2"), headers=headers)[0]
    assert (row["status"], row["values"]["出生日期"]) == ("imported_flagged", "1990-01-02")
    assert "ID_OTHER_TYPE" in row["codes"]
    assert row["values"]["证件号码"] is None
    without = verdicts(person(证件号码=paper, 出生日期=""), headers=headers)[0]
    assert (without["status"], "ID_OTHER_TYPE" in without["codes"]) == ("held", True)


@pytest.mark.parametrize(
    ("written", "code", "status"),
    [
        ("1980-05-01", "", "imported"),
        ("1980.5.1", "", "imported"),
        (19800501, "", "imported"),
        ("1980年5月1日", "", "imported"),
        ("1980年05月01号", "", "imported"),
        ("1980·5·1", "", "imported"),
        ("1980。5。1", "", "imported"),
        ("1980\\5\\1", "", "imported"),
        ("1980—05—01", "", "imported"),
        ("一九八〇年五月一日", "", "imported"),
        ("一九八〇年五月二日", "BIRTHDATE_MISMATCH", "held"),
        ("一九八0年五月一日", "", "imported"),
        (29342, "", "imported"),
        ("1980.05", "DATE_INCOMPLETE", "imported_flagged"),
        (1980.05, "DATE_INCOMPLETE", "imported_flagged"),
        ("1980", "DATE_INCOMPLETE", "imported_flagged"),
        (1980.1, "BIRTHDATE_MISMATCH", "held"),  # January or October, but the number says May
        ("80.5.1", "DATE_AMBIGUOUS", "imported_flagged"),
        ("1980.5-1", "DATE_AMBIGUOUS", "imported_flagged"),
        ("1980年5—6", "DATE_AMBIGUOUS", "imported_flagged"),
        ("5/1/1980", "DATE_AMBIGUOUS", "imported_flagged"),
        ("25/5/1980", "BIRTHDATE_MISMATCH", "held"),  # one day only can be meant
        ("2/30/1980", "DATE_UNREADABLE", "imported_flagged"),
        ("五月", "DATE_UNREADABLE", "imported_flagged"),
        ("1980-02-31", "DATE_UNREADABLE", "imported_flagged"),
        ("1980-05-02", "BIRTHDATE_MISMATCH", "held"),
        ("1980-06", "BIRTHDATE_MISMATCH", "held"),
        ("", "", "imported"),
    ],
)
def test_birth_dates_in_every_spelling_are_compared_with_the_number(
    verdicts: Any, written: Any, code: str, status: str
) -> None:
    row = verdicts(person(出生日期=written), headers=(*HEADERS, "出生日期"))[0]
    assert (row["status"], row["values"]["出生日期"]) == (status, "1980-05-01"), row
    assert row["codes"][:1] == ([code] if code else []), row


def test_the_same_person_twice_is_merged_however_the_number_is_written(verdicts: Any) -> None:
    number = make.id_number(date(1980, 5, 1))
    first, second = verdicts(person(证件号码=number), person(证件号码=f"'{number[:6]} {number[6:]}"))
    assert (first["status"], second["status"], second["codes"]) == ("imported", "merged", ["DUPLICATE_IN_FILE"])


def test_the_same_number_with_other_content_is_held_in_every_row(verdicts: Any) -> None:
    number = make.id_number(date(1980, 5, 1))
    rows = verdicts(person(证件号码=number), person(证件号码=number, 姓名="李芳"))
    assert [(row["status"], "DUPLICATE_CONFLICT" in row["codes"]) for row in rows] == [("held", True)] * 2


def test_one_person_in_two_households_is_held_in_both(verdicts: Any) -> None:
    number = make.id_number(date(1980, 5, 1))
    rows = verdicts(person(证件号码=number), person(证件号码=number, 户编号="1302071042250002"))
    assert [(row["status"], "PERSON_IN_TWO_HOUSEHOLDS" in row["codes"]) for row in rows] == [("held", True)] * 2


def test_two_heads_hold_the_whole_household(verdicts: Any) -> None:
    rows = verdicts(person(), person(姓名="李芳"), person(姓名="李花", 与户主关系="之女"))
    assert [row["status"] for row in rows] == ["held"] * 3
    assert all("HOUSEHOLD_MULTIPLE_HEADS" in row["codes"] for row in rows)


def test_a_household_in_two_villages_is_held(verdicts: Any) -> None:
    rows = verdicts(person(), person(姓名="李花", 与户主关系="之女", 乡镇="稻地镇", 行政村="前稻地村"))
    assert rows[1]["status"] != "imported"
    village = make.region(make.VILLAGE_A2).name
    rows = verdicts(person(), person(姓名="李花", 与户主关系="之女", 行政村=village))
    assert [("HOUSEHOLD_SPLIT_VILLAGES" in row["codes"], row["status"]) for row in rows] == [(True, "held")] * 2


def test_a_household_without_a_head_is_imported_flagged(verdicts: Any) -> None:
    rows = verdicts(person(与户主关系="配偶"), person(姓名="李花", 与户主关系="之女"))
    assert [(row["status"], row["codes"]) for row in rows] == [("imported_flagged", ["HOUSEHOLD_NO_HEAD"])] * 2


def test_damaged_household_numbers_never_merge_two_households(verdicts: Any) -> None:
    rows = verdicts(
        person(户编号=1302071042250001.0),
        person(户编号=1302071042250002.0, 姓名="李芳"),
        person(户编号="7", 姓名="李花"),
    )
    assert [row["status"] for row in rows] == ["held", "held", "imported"]


def test_household_numbers_that_were_rounded_before_they_became_text_are_held(verdicts: Any) -> None:
    """As CSV a list of women and children tells nothing else of whose family the girls are."""

    def household(number: str) -> list[dict[str, Any]]:
        girl = {"与户主关系": "之女", "户编号": number}
        return [person(姓名=name, 证件号码=make.id_number(GIRL), **girl) for name in ("赵一", "钱二")]

    rounded = [row for end in ("00", "10", "20") for row in household(f"13020710422500{end}")]
    found = verdicts(*rounded)
    assert {row["status"] for row in found} == {"held"}
    assert all("HOUSEHOLD_NO_PRECISION_LOST" in row["codes"] for row in found)
    whole = verdicts(*rounded, *household("1302071042250021"))
    assert {row["status"] for row in whole} == {"imported_flagged"}


def test_a_household_whose_rows_disagree_about_the_status_is_held(verdicts: Any) -> None:
    rows = verdicts(person(), person(姓名="李花", 与户主关系="之女", 脱贫属性="返贫"))
    assert [(row["status"], "HOUSEHOLD_VALUES_DIFFER" in row["codes"]) for row in rows] == [("held", True)] * 2


def test_one_bad_row_does_not_stop_the_others(verdicts: Any) -> None:
    rows = verdicts(
        person(), person(姓名="李花", 与户主关系="之女", 证件号码="123"), person(姓名="李草", 与户主关系="之女")
    )
    assert [row["status"] for row in rows] == ["imported", "rejected", "imported"]
    assert rows[1]["column"] == "证件号码"


def test_the_date_in_the_title_is_the_rosters_day(cast: Cast, tmp_path: Path) -> None:
    titles = ("丰南区建档立卡贫困户花名册", "填报单位：丰南区妇联 填报时间：2018年5月31日")
    batch = preview(write(tmp_path / "r.xlsx", [person()], titles=titles), cast.officer_a)
    assert batch.as_of == date(2018, 5, 31)


def test_a_month_in_the_title_means_its_last_day(cast: Cast, tmp_path: Path) -> None:
    batch = preview(write(tmp_path / "r.xlsx", [person()], titles=("花名册（2018年2月）",)), cast.officer_a)
    assert batch.as_of == date(2018, 2, 28)


def test_income_in_ten_thousands_is_read_by_its_header(verdicts: Any) -> None:
    headers = tuple("人均纯收入（万元）" if header == "人均纯收入" else header for header in HEADERS)
    row = verdicts(person(**{"人均纯收入（万元）": 0.28}), headers=headers)[0]
    assert row["values"]["人均纯收入"] == 2800


def test_without_a_county_column_the_officers_county_is_meant(verdicts: Any) -> None:
    headers = tuple(header for header in HEADERS if header != "县")
    assert verdicts(person(), headers=headers)[0]["values"]["village_code"] == make.VILLAGE_A


def test_without_a_household_number_the_rows_under_a_head_are_one_household(verdicts: Any) -> None:
    headers = tuple(header for header in HEADERS if header != "户编号")
    rows = verdicts(
        person(姓名="王小芳"), person(姓名="李花", 与户主关系="之女"), person(姓名="赵二妮"), headers=headers
    )
    assert [row["status"] for row in rows] == ["imported"] * 3
    assert [row["values"]["户主姓名"] for row in rows] == ["王小芳", "王小芳", "赵二妮"]


@pytest.mark.parametrize("blank", ["", "/", "无"])
def test_a_head_who_is_not_named_is_no_missing_name(verdicts: Any, blank: str) -> None:
    row = verdicts(person(户主姓名=blank), headers=(*HEADERS, "户主姓名"))[0]
    assert (row["status"], row["values"]["户主姓名"]) == ("imported", "王小芳")


@pytest.mark.parametrize(
    ("relation", "sex", "code"),
    [
        ("女儿", "M", "RELATION_OF_OTHER_SEX"), ("次子", "F", "RELATION_OF_OTHER_SEX"), ("孙女", "M", "RELATION_OF_OTHER_SEX"),
        ("配偶", "F", "SPOUSE_OF_SAME_SEX"), ("配偶", "M", ""), ("女儿", "F", ""), ("次子", "M", ""), ("其他", "M", ""), ("姐姐", "F", ""),
    ],
)  # fmt: skip
def test_a_relation_that_does_not_fit_the_sex_is_told(verdicts: Any, relation: str, sex: str, code: str) -> None:
    number = make.id_number(date(1982, 5, 1), sex)
    headers = tuple(header for header in HEADERS if header != "性别")
    other = verdicts(person(), person(姓名="李花", 证件号码=number, 与户主关系=relation), headers=headers)[1]
    assert (other["status"], other["codes"]) == (("imported_flagged", [code]) if code else ("imported", []))
    assert not code or ("核对" in other["message"] and other["column"] == "与户主关系")


def test_children_and_old_people_are_rows_like_any_other(verdicts: Any) -> None:
    girl = person(姓名="李花", 证件号码=make.id_number(GIRL), 与户主关系="长女", 在校生状况="初一")
    row = verdicts(person(), girl)[1]
    assert (row["status"], row["values"]["在校生状况"], row["values"]["与户主关系"]) == ("imported", "七年级", "之女")


def test_a_head_with_her_own_telephone_is_no_member_of_the_household_above(verdicts: Any) -> None:
    above = person(户编号="1302071042250001", 与户主关系="配偶", 户联系电话="14403151111")
    other = person(户编号="", 与户主关系="户主", 户联系电话="14403152222")
    rows = verdicts(above, other)
    assert [row["status"] for row in rows] == ["imported_flagged", "held"]
    assert rows[0]["values"]["户主姓名"] != rows[1]["values"]["姓名"]


def test_three_copies_with_two_different_certificates_are_all_held(verdicts: Any) -> None:
    number = make.id_number(date(1980, 5, 1))
    rows = verdicts(*(person(证件号码=number + end, 健康状况="残疾") for end in ("", "43", "11")))
    assert [(row["status"], row["codes"][0]) for row in rows] == [("held", "DUPLICATE_CONFLICT")] * 3


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("在校生状况", "小学 3 年级", "小学三年级"), ("在校生状况", "6年级", "小学六年级"), ("在校生状况", "初2", "八年级"),
        ("在校生状况", "未上学", "非在校生"), ("与户主关系", "小女儿", "之女"), ("与户主关系", "户主之妻", "配偶"),
        ("与户主关系", "嫂", "之兄弟媳妇"), ("与户主关系", "三闺女", "之女"), ("与户主关系", "02-配偶", "配偶"),
    ],
)  # fmt: skip
def test_more_ways_of_writing_a_word_are_known(verdicts: Any, column: str, written: str, meant: str) -> None:
    husband = person(证件号码=make.id_number(date(1978, 1, 1), "M"), 性别="男", 姓名="李大山")
    row = verdicts(husband, person(与户主关系="其他") | {column: written})[1]
    assert (row["status"], row["values"][column]) == ("imported", meant)


@pytest.mark.parametrize("written", ["本人或户主", "戶主", "01户主", "01 户主", "1.户主"])
def test_more_ways_of_writing_the_head_are_known(verdicts: Any, written: str) -> None:
    rows = verdicts(
        person(与户主关系=written), person(姓名="李花", 与户主关系="之女", 证件号码=make.id_number(date(2006, 3, 8)))
    )
    assert [(row["status"], row["values"]["与户主关系"]) for row in rows] == [
        ("imported", "户主"),
        ("imported", "之女"),
    ]


def test_a_number_that_contradicts_its_word_decides_nothing(verdicts: Any) -> None:
    husband = person(证件号码=make.id_number(date(1978, 1, 1), "M"), 性别="男", 姓名="李大山")
    row = verdicts(husband, person(与户主关系="03配偶"))[1]
    assert (row["status"], row["codes"], row["values"]["与户主关系"]) == ("imported_flagged", ["ENUM_UNKNOWN"], None)


def test_a_telephone_that_cannot_be_used_is_quoted_as_it_stands(verdicts: Any) -> None:
    row = verdicts(person(户联系电话="14403150001（空号）"))[0]
    assert (row["codes"], row["values"]["户主联系电话"]) == (["PHONE_INVALID"], None)
    assert "“14403150001（空号）”" in row["message"]


def test_what_is_held_is_not_said_to_be_registered(verdicts: Any) -> None:
    rows = verdicts(person(), person(姓名="李花", 证件号码="无", 性别="", 与户主关系="之女"))
    assert rows[1]["status"] == "held"
    assert "登记。" not in rows[1]["message"]


def test_a_line_of_text_with_more_cells_than_its_header_is_held(cast: Cast, tmp_path: Path) -> None:
    header = "乡镇,行政村,姓名,证件号码,与户主关系,人均纯收入,户联系电话\r\n"
    rows = "".join(
        f"黄各庄镇,曹庄子村,{name},{make.id_number(date(1970, 5, day))},户主,{rest}\r\n"
        for day, (name, rest) in enumerate(
            {"王一": "2800,", "李二": "2,800,14403150001", "张三": '"2,800",'}.items(), 1
        )
    )
    (tmp_path / "a.csv").write_bytes((header + rows).encode("gbk"))
    one, torn, three = told(preview(tmp_path / "a.csv", cast.officer_a))["rows"]
    assert [one["status"], three["status"], three["values"]["人均纯收入"]] == ["imported", "imported", 2800]
    assert (torn["status"], "ROW_TORN" in torn["codes"]) == ("held", True)
    assert "单元格比表头多" in torn["message"]


def test_a_comma_that_pushes_cells_into_a_blank_last_column_holds_the_row(cast: Cast, tmp_path: Path) -> None:
    def rows(end: str, *addresses: str) -> list[dict[str, Any]]:
        lines = (
            f"黄各庄镇,曹庄子村,{name},{make.id_number(date(1970, 5, 1))},户主,{address},{end}\r\n"
            for name, address in zip(("王一", "李二"), addresses, strict=True)
        )
        header = "乡镇,行政村,姓名,证件号码,与户主关系,家庭住址,备注\r\n"
        (tmp_path / "a.csv").write_bytes((header + "".join(lines)).encode("gbk"))
        found: list[dict[str, Any]] = told(preview(tmp_path / "a.csv", cast.officer_a))["rows"]
        return found

    one, torn = rows("", "东街1号", "西街,3号")
    assert (one["status"], torn["status"], torn["codes"]) == ("imported", "held", ["ROW_TORN"])
    # A program that ends every row with a comma tears none.
    assert [row["values"]["家庭住址"] for row in rows(",", "东街1号", "西街3号")] == ["东街1号", "西街3号"]
    assert [row["status"] for row in rows(",", "东街1号", "西街3号")] == ["imported", "imported"]


def test_a_torn_line_of_text_stays_so_in_its_marked_copy_until_it_is_mended(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    lines = ["乡镇,行政村,姓名,证件号码,与户主关系,家庭住址,备注"]
    for name, rest in {
        "王一": "东街1号,",
        "李二": "西街,3号,",
        "张三": "西街,4号,住院,8月",
        "赵四": "南街5号,",
    }.items():
        lines.append(f"黄各庄镇,曹庄子村,{name},{make.id_number(date(1970, 5, len(lines)))},户主,{rest}")
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode("gbk"))
    batch = preview(tmp_path / "a.csv", cast.officer_a)

    def marked(batch: ImportBatch) -> Path:
        copy = tmp_path / "marked.xlsx"
        copy.write_bytes(officer_a.get(reverse("upload_annotated", args=[batch.pk])).getvalue())
        return copy

    for _again in range(2):
        again = marked(batch)
        batch = preview(again, cast.officer_a)
        result = told(batch)
        assert [row["status"] for row in result["rows"]] == ["imported", "held", "held", "imported"]
        assert [row["codes"] for row in result["rows"][1:3]] == [["ROW_TORN"]] * 2
    book = openpyxl.load_workbook(again)
    page = book.worksheets[1]
    assert [cell.value for cell in page[1]][7:11] == ["多出的内容", "多出的内容", "导入结果", "原因"]
    for row, address in ((3, "西街,3号"), (4, "西街,4号")):
        page.cell(row, 6).value, page.cell(row, 7).value = address, None
        page.cell(row, 8).value = page.cell(row, 9).value = None
    book.save(again)
    rows = told(preview(again, cast.officer_a))["rows"]
    assert [(row["status"], row["values"]["家庭住址"]) for row in rows[1:3]] == [
        ("imported", "西街,3号"),
        ("imported", "西街,4号"),
    ]


def test_two_rows_of_a_child_without_number_are_not_said_to_share_one(verdicts: Any) -> None:
    born = {"姓名": "王小兰", "证件号码": "", "与户主关系": "之女", "出生日期": "2014-05-01"}
    girls = [person(**born, 健康状况=health) for health in ("健康", "残疾")]
    for row in verdicts(person(), *girls, headers=(*HEADERS, "出生日期"))[1:]:
        assert (row["status"], row["codes"][0]) == ("held", "DUPLICATE_CONFLICT")
        assert "没有号码的，户、姓名和出生日期相同" in row["message"]


def test_a_village_that_was_not_filled_in_is_called_so(verdicts: Any) -> None:
    row = verdicts(person(行政村=""))[0]
    assert (row["status"], row["codes"]) == ("rejected", ["REGION_UNKNOWN"])
    assert "“丰南区黄各庄镇（行政村未填写）”" in row["message"]


def test_a_year_as_a_program_writes_it_is_a_year(verdicts: Any) -> None:
    row = verdicts(person(脱贫年度="2017.0"), headers=(*HEADERS, "脱贫年度"))[0]
    assert (row["status"], row["values"]["脱贫时间"]) == ("imported", "2017")


def test_a_head_who_calls_herself_so_has_no_bad_name(verdicts: Any) -> None:
    headers = ("户主姓名", *(header for header in HEADERS if header != "户编号"))
    child = person(姓名="李花", 证件号码=make.id_number(GIRL), 与户主关系="之女", 户主姓名="王小芳")
    rows = verdicts(person(户主姓名="本人"), child, headers=headers)
    assert [(row["status"], row["values"]["户主姓名"]) for row in rows] == [("imported", "王小芳")] * 2
