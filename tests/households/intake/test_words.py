"""Words beside the official ones: understood where one meaning is sure, told where a note says something else."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, preview, told, write

MORE = (*HEADERS, "脱贫时间", "残疾类别", "残疾等级", "是否参加大病保险")


@pytest.fixture
def verdict(cast: Cast, tmp_path: Path) -> Any:
    """Cells of one woman → her row of the result, for the officer of 丰南区."""

    def run(**cells: Any) -> dict[str, Any]:
        path = write(tmp_path / "roster.xlsx", [person(**cells)], headers=MORE)
        row: dict[str, Any] = told(preview(path, cast.officer_a))["rows"][0]
        return row

    return run


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("健康状况", "肢残", "残疾"), ("健康状况", "肢体二级", "残疾"), ("健康状况", "高血压", "长期慢性病"),
        ("健康状况", "残疾（肢体二级、有证）、慢性病（高血压）", ["长期慢性病", "残疾"]), ("健康状况", "残疾（未办证）", "残疾"),
        ("劳动技能", "弱劳力", "弱劳动力或半劳动力"), ("在校生状况", "大班", "学前教育"), ("在校生状况", "辍学", "非在校生"),
        ("在校生状况", "高二年级", "普通高中二年级"), ("在校生状况", "技校二年级", "中职二年级"),
        ("在校生状况", "大二", "大专及以上"), ("在校生状况", "初中（二年级）", "八年级"),
        ("在校生状况", "七年级（留守）", "七年级"), ("在校生状况", "七年级（初中）", "七年级"),
        ("在校生状况", "小学（3年级）", "小学三年级"), ("在校生状况", "（小学）三年级", "小学三年级"),
        ("在校生状况", "非在校生（初中毕业）", "非在校生"),
        ("文化程度", "不识字", "文盲或半文盲"), ("文化程度", "高小", "小学"), ("民族", "满民", "满族"),
        ("是否参加大病保险", "没有参加", "否"), ("残疾类别", "肢残", "肢体"), ("残疾等级", "残疾二级", "二级"),
        ("在校生状况", "五年级二班", "小学五年级"), ("在校生状况", "初中三年级学生", "九年级"), ("在校生状况", "在读小学", "小学"),
        ("在校生状况", "八年级（下）", "八年级"), ("健康状况", "残疾+慢性病", ["长期慢性病", "残疾"]),
        ("健康状况", "肢体（二级）", "残疾"), ("劳动技能", "弱劳动能力", "弱劳动力或半劳动力"),
        ("贫困户属性", "分散供养五保户", "五保户"), ("在校生状况", "初中毕业", "非在校生"), ("在校生状况", "退学", "非在校生"),
        ("健康状况", "聋哑", "残疾"), ("残疾类别", "聋哑", ["听力", "言语"]), ("残疾类别", "肢体智力", ["肢体", "智力"]),
        ("健康状况", "残疾慢性病", ["长期慢性病", "残疾"]), ("残疾等级", "三级残疾", "三级"),
        ("民族", "蒙族", "蒙古族"), ("性别", "女童", "女"),
        ("贫困户属性", "一般脱贫户（2017年脱贫）", "一般脱贫户"), ("主要致贫原因", "患病", "因病"),
    ],
)  # fmt: skip
def test_a_word_that_means_one_thing_is_understood(verdict: Any, column: str, written: str, meant: Any) -> None:
    row = verdict(**{column: written})
    label = {"是否参加大病保险": "是否参加大病医疗"}.get(column, column)
    assert (row["status"], row["codes"], row["values"][label]) == ("imported", [], meant)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("健康状况", "健康（残疾）"), ("健康状况", "残疾（健康）"), ("是否参加大病保险", "是（未参加）"),
        ("在校生状况", "四年级（休学）"), ("在校生状况", "七年级(小学六年级)"), ("劳动技能", "普通劳动力（无劳动能力）"),
        ("贫困户属性", "一般贫困户（低保）"), ("民族", "汉族（满族）"), ("主要致贫原因", "因病（因残）"),
        ("健康状况", "健康、残疾"), ("健康状况", "残疾（无）"), ("健康状况", "患有大病（已愈）"), ("劳动技能", "丧失劳动力（部分）"),
        ("劳动技能", "有（弱）"), ("贫困户属性", "一般贫困户（脱贫）"), ("在校生状况", "不在读"),
        ("文化程度", "初中（?）"), ("文化程度", "未上学"), ("在校生状况", "休学"),
    ],
)  # fmt: skip
def test_a_note_that_says_something_else_is_never_dropped_in_silence(verdict: Any, column: str, written: str) -> None:
    row = verdict(**{column: written})
    label = {"是否参加大病保险": "是否参加大病医疗"}.get(column, column)
    assert (row["status"], row["codes"], row["column"]) == ("imported_flagged", ["ENUM_UNKNOWN"], label)
    assert row["values"][label] is None and written.replace("（", "(")[:4] in row["message"].replace("（", "(")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("之长女", "之女"), ("户主的母亲", "之母"), ("户主之弟媳", "之兄弟媳妇"), ("户主（女）", "户主"), ("之女（长）", "之女"),
        ("孙女（外）", None), ("户主（代）", None), ("长女（户主）", None), ("户主2", None), ("女婿（长女）", "之女婿"),
    ],
)  # fmt: skip
def test_a_relation_to_the_head_is_read_with_all_its_words(verdict: Any, written: str, meant: str | None) -> None:
    row = verdict(与户主关系=written)
    assert (row["values"]["与户主关系"], "ENUM_UNKNOWN" in row["codes"]) == (meant, meant is None)


def test_a_sex_with_the_other_behind_it_is_told(verdict: Any) -> None:
    assert "ENUM_UNKNOWN" in verdict(性别="女（男）")["codes"]


@pytest.mark.parametrize(
    ("written", "status", "exited"),
    [
        ("2017年脱贫", "已脱贫", "2017"), ("已脱贫(2017)", "已脱贫", "2017"), ("已脱贫（2017年12月）", "已脱贫", "2017-12"),
        ("16年脱贫", "已脱贫", "2016"), ("2016年已脱贫（享受政策）", "已脱贫（享受政策）", "2016"), ("2018年预脱贫", "预脱贫", None),
        ("2018年未脱贫", "未脱贫", None), ("2017.12脱贫", "已脱贫", "2017-12"), ("已于2017年12月31日脱贫", "已脱贫", "2017-12-31"),
        ("2018年计划脱贫", "预脱贫", None),
    ],
)  # fmt: skip
def test_a_year_beside_the_status_is_the_day_of_leaving_poverty(
    verdict: Any, written: str, status: str, exited: str | None
) -> None:
    row = verdict(脱贫属性=written)
    assert (row["status"], row["codes"]) == ("imported", [])
    assert (row["values"]["脱贫属性"], row["values"]["脱贫时间"]) == (status, exited)


@pytest.mark.parametrize(
    "written",
    ["2019年脱贫", "2018.12脱贫", "2003年脱贫", "2017.13脱贫", "2016、2017年脱贫", "未脱贫（2018年计划脱贫）", "2017"],
)
def test_a_year_to_come_or_one_that_decides_nothing_leaves_the_status_unknown(verdict: Any, written: str) -> None:
    row = verdict(脱贫属性=written)
    assert (row["codes"], row["values"]["脱贫属性"], row["values"]["脱贫时间"]) == (["ENUM_UNKNOWN"], None, None)


def test_the_status_and_its_date_column_complete_or_contradict_each_other(verdict: Any) -> None:
    finer = verdict(脱贫属性="2017年脱贫", 脱贫时间="2017-12-20")
    assert (finer["codes"], finer["values"]["脱贫时间"]) == ([], "2017-12-20")
    other = verdict(脱贫属性="2017年脱贫", 脱贫时间="2016")
    assert (other["codes"], other["column"]) == (["DATE_AMBIGUOUS"], "脱贫时间")
    assert (other["values"]["脱贫属性"], other["values"]["脱贫时间"]) == ("已脱贫", None)


@pytest.mark.parametrize("written", ["2017年底", "2017年度", "2017 年末"])
def test_the_end_of_a_year_is_that_year(verdict: Any, written: str) -> None:
    row = verdict(脱贫时间=written, 脱贫属性="已脱贫")
    assert (row["codes"], row["values"]["脱贫时间"]) == ([], "2017")


@pytest.mark.parametrize(
    ("written", "codes", "phone"),
    [
        ("14403150001(儿子)", [], "14403150001"), ("手机：14403150001", [], "14403150001"),
        ("008614403150001", [], "14403150001"), ("14403150001、", [], "14403150001"),
        ("14403150001(本人)14403150002(女儿)", ["PHONE_SEVERAL"], ["14403150001", "14403150002"]),
        ("14403150001或14403150002", ["PHONE_SEVERAL"], ["14403150001", "14403150002"]),
        ("14403150001-14403150002", ["PHONE_SEVERAL"], ["14403150001", "14403150002"]),
        ("1440315000114403150002", ["PHONE_SEVERAL"], ["14403150001", "14403150002"]),
        ("14403150001（空号）", ["PHONE_INVALID"], None), ("14403150001（邻居）", ["PHONE_INVALID"], None),
    ],
)  # fmt: skip
def test_what_stands_beside_a_telephone(verdict: Any, written: str, codes: list[str], phone: Any) -> None:
    row = verdict(户联系电话=written)
    assert (row["codes"], row["values"]["户主联系电话"]) == (codes, phone)


@pytest.mark.parametrize(
    "around", ["身份证{}", "身份证号码：{}", "公民身份号码:{}", "{}（身份证）", "{}；", "残疾证号{}"]
)
def test_a_label_is_no_part_of_the_number(verdict: Any, around: str) -> None:
    number = make.id_number(date(1980, 5, 1))
    row = verdict(证件号码=around.format(number))
    assert (row["status"], row["codes"], row["values"]["证件号码"]) == ("imported", [], number)


@pytest.mark.parametrize("around", ["{}(已迁出)", "{}（父亲）", "父亲身份证{}", "{0}/{0}"])
def test_a_number_with_a_note_that_says_more_is_sent_back(verdict: Any, around: str) -> None:
    row = verdict(证件号码=around.format(make.id_number(date(1980, 5, 1))))
    assert (row["status"], row["codes"], row["values"]["证件号码"]) == ("rejected", ["ID_LENGTH"], None)


@pytest.mark.parametrize(
    ("official", "header", "label"),
    [
        ("证件号码", "身份证号码（或残疾证号）", "证件号码"), ("证件号码", "二代身份证号码", "证件号码"),
        ("证件号码", "贫困妇女身份证号", "证件号码"), ("姓名", "本人姓名", "姓名"), ("行政村", "村/社区", "village_code"),
        ("与户主关系", "称谓", "与户主关系"), ("贫困户属性", "贫困户类别", "贫困户属性"), ("户编号", "户号", "户编号"),
        ("户联系电话", "联系电话（手机）", "户主联系电话"), ("是否参加大病保险", "大病保险", "是否参加大病医疗"),
    ],
)  # fmt: skip
def test_a_header_that_means_one_column_is_understood(
    cast: Cast, tmp_path: Path, official: str, header: str, label: str
) -> None:
    cells = person(是否参加大病保险="是")
    row = cells | {header: cells[official]}
    headers = tuple(header if one == official else one for one in (*HEADERS, "是否参加大病保险"))
    result = told(preview(write(tmp_path / "roster.xlsx", [row], headers=headers), cast.officer_a))
    assert (result["file_error"], result["file_warnings"], result["rows"][0]["status"]) == (None, [], "imported")
    assert result["rows"][0]["values"][label]


def test_a_mother_and_her_child_in_one_row_are_not_told_apart_by_guessing(cast: Cast, tmp_path: Path) -> None:
    child = {"儿童姓名": "李花", "儿童身份证号码": make.id_number(date(2010, 5, 5))}
    path = write(tmp_path / "roster.xlsx", [person() | child], headers=(*HEADERS, *child))
    assert told(preview(path, cast.officer_a))["file_error"] == "HEADER_MISSING"
