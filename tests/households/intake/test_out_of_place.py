"""What stands where nobody expects it: people above their header or in numbered columns, a death in the wrong column, a
program's word for nothing, a remark in a name."""

from datetime import date
from typing import Any

import pytest

from households.models import Person
from tests import make
from tests.households.intake.books import person

PLACE = ["丰南区", "黄各庄镇", "曹庄子村"]
HEADER = ["县", "乡镇", "行政村", "户编号", "户主姓名", "姓名", "证件号码", "与户主关系"]
HEAD, WIFE, CHILD = (
    make.id_number(date(1970, 1, 2), "M"),
    make.id_number(date(1972, 1, 2)),
    make.id_number(date(2009, 3, 8)),
)
FAMILY = [
    [*PLACE, "1302071042250001", "赵大山", "赵大山", HEAD, "户主"],
    [*PLACE, "1302071042250001", "赵大山", "王秀英", WIFE, "配偶"],
    [*PLACE, "1302071042250001", "赵大山", "赵小凤", CHILD, "之女"],
]


def row(**cells: Any) -> list[list[Any]]:
    """A header and one woman below it who heads her household, with further columns or other cells."""
    told = dict(zip(HEADER, FAMILY[1], strict=True)) | {"户主姓名": None, "与户主关系": "户主"} | cells
    return [list(told), list(told.values())]


def test_people_above_a_header_that_was_sorted_down_are_read(check: Any) -> None:
    result = check(名册=[["花名册"], FAMILY[0], FAMILY[1], HEADER, FAMILY[2]])
    assert [(one["row"], one["values"]["姓名"], one["status"]) for one in result["rows"]] == [
        (2, "赵大山", "imported"),
        (3, "王秀英", "imported"),
        (5, "赵小凤", "imported"),
    ]


def test_people_above_a_header_in_other_columns_stop_the_file(check: Any) -> None:
    result = check(名册=[["赵大山", HEAD], ["王秀英", WIFE], HEADER, FAMILY[2]])
    assert (result["file_error"], result["rows"]) == ("HEADER_NOT_FOUND", [])


def test_an_account_in_the_title_is_nobody(check: Any) -> None:
    result = check(名册=[["开户行", "农业银行", "账号", "6228480639012345678"], HEADER, FAMILY[2]])
    assert [one["values"]["姓名"] for one in result["rows"]] == ["赵小凤"]


def test_a_sample_above_a_header_is_nobody(check: Any) -> None:
    result = check(名册=[["填写示例：", "赵大山", HEAD], HEADER, FAMILY[2]])
    assert [one["values"]["姓名"] for one in result["rows"]] == ["赵小凤"]


@pytest.mark.parametrize(
    ("header", "people"),
    [
        (["户主姓名", "户主身份证号", "成员1姓名", "成员1身份证号", "成员2姓名", "成员2身份证号"], [HEAD, WIFE, CHILD]),
        (["姓名", "身份证号", "成员1姓名", "成员1身份证号"], [HEAD, WIFE]),
        (["户主姓名", "户主身份证号", "家庭成员1", "身份证号1", "家庭成员2", "身份证号2"], [HEAD, WIFE, CHILD]),
        (["姓名", "身份证号", "18岁以下子女姓名", "子女身份证号"], [WIFE, CHILD]),
    ],
)
def test_members_in_numbered_columns_stop_the_file(check: Any, header: list[str], people: list[str]) -> None:
    cells = [
        cell for name, number in zip(("赵大山", "王秀英", "赵小凤"), people, strict=False) for cell in (name, number)
    ]
    result = check(名册=[[*HEADER[:4], *header], [*PLACE, "1302071042250001", *cells]])
    assert (result["file_error"], result["rows"]) == ("HEADER_MISSING", [])
    assert "不止一列" in result["message"]


@pytest.mark.parametrize(
    "groups",
    [
        ("一、户主信息", "二、家庭成员信息", "三、帮扶责任人信息"),
        ("户主基本情况", "成员基本情况", "结对帮扶情况"),
        ("家庭户主信息", "妇女信息", "责任人情况"),
    ],
)
def test_groups_of_columns_say_whose_names_and_numbers_stand_below(check: Any, groups: tuple[str, ...]) -> None:
    top = ["县", "乡镇", "行政村", *(cell for group in groups for cell in (group, None, None))]
    below = [None, None, None, *("姓名", "身份证号", "电话") * 3]
    phones = ["14403150001", "14403150002", "14403150003"]
    helper = make.id_number(date(1985, 1, 2))
    result = check(
        名册=[top, below, [*PLACE, "赵大山", HEAD, phones[0], "王秀英", WIFE, phones[1], "钱干部", helper, phones[2]]]
    )
    [told] = result["rows"]
    values = told["values"]
    assert (values["姓名"], values["证件号码"], values["户主姓名"]) == ("王秀英", WIFE, "赵大山")
    assert (values["户主联系电话"], values["联系电话"]) == (phones[0], phones[1])


@pytest.mark.parametrize(
    "remark",
    [
        "病逝", "已过世", "去逝", "亡", "死亡销户", "已去世，户口已注销", "本人已于2018年3月去世", "车祸死亡", "结婚迁出", "已婚迁出",
        "已嫁", "外嫁女", "自然减少", "整户清退", "2018年动态调整清退", "已出嫁外县", "离婚后迁走", "已火化", "人已不在",
        "应删除", "错误，作废", "与3号重复", "查无此人", "非本户人口", "已取消贫困户资格", "不是贫困户",
        "已死亡，未销户", "2018年6月死亡，已上报", "去年死亡", "已去世，待核减", "嫁到天津", "2017年12月嫁到迁安，户口已迁", "婚迁",
        "全家迁往唐山市区", "户口由本村迁到唐山", "有车有房，拟清退", "疑似死亡", "改嫁", "误录", "不再符合条件",
        "与第8行重复", "不是我村人",
    ],
)  # fmt: skip
def test_a_remark_says_in_many_words_that_she_is_gone(check: Any, remark: str) -> None:
    assert check(名册=row(备注=remark))["rows"][0]["codes"] == ["NO_LONGER_THERE"]


@pytest.mark.parametrize(("relation", "is_asked"), [("户主", True), ("配偶", False)])
def test_that_the_head_is_gone_is_about_her_in_the_heads_own_row(check: Any, relation: str, *, is_asked: bool) -> None:
    [told] = check(名册=row(与户主关系=relation, 备注="户主去世"))["rows"]
    assert ("NO_LONGER_THERE" in told["codes"]) == is_asked


@pytest.mark.parametrize(("remark", "waiting"), [("整户清退", 2), ("全家迁往唐山市区", 2), ("非本户人口", 1)])
def test_what_one_row_says_of_the_whole_household_is_asked_of_all(check: Any, remark: str, waiting: int) -> None:
    number = "1302071042250001"
    head = [*PLACE, number, "赵大山", "赵大山", HEAD, "户主", remark]
    other = [*PLACE, "1302071042250002", "孙二", "孙二", make.id_number(date(1961, 1, 2), "M"), "户主", None]
    result = check(名册=[[*HEADER, "备注"], head, [*PLACE, number, "赵大山", "王秀英", WIFE, "配偶", None], other])
    assert ["NO_LONGER_THERE" in one["codes"] for one in result["rows"]] == [place < waiting for place in range(3)]


@pytest.mark.parametrize(
    "remark",
    [
        "丈夫病逝", "嫁入", "户口未迁出", "收入减少", "父亡", "已婚", "离婚", "已脱贫", "由外村嫁到本村",
        "户主死亡，已变更", "与2号同户", "不在本县上学", "误评", "外县嫁入", "户口迁入本村", "因故未上学", "2018年新增",
        "老伴去世", "父亲病故，母亲改嫁", "公公已去世，婆婆瘫痪", "出嫁女未迁户口", "从四川嫁到曹庄子", "户口不在本村", "易地搬迁到新区",
        "死亡保险已办", "大学户口迁出", "未清退", "外村嫁到我村", "长女出嫁",
    ],
)  # fmt: skip
def test_a_remark_about_something_else_takes_nobody_out(check: Any, remark: str) -> None:
    assert check(名册=row(备注=remark))["rows"][0]["status"] == "imported"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("健康状况", "已故"), ("劳动技能", "死亡"), ("在校生状况", "已去世"), ("与户主关系", "配偶（已故）"), ("与户主关系", "死亡"),
        ("脱贫属性", "清退"), ("健康状况", "残疾(2018年病逝)"),
    ],
)  # fmt: skip
def test_a_death_told_in_a_column_for_something_else_holds_her(check: Any, column: str, cell: str) -> None:
    [told] = check(名册=row(**{column: cell}))["rows"]
    assert (told["status"], {*told["codes"]} - {"HOUSEHOLD_NO_HEAD"}) == ("held", {"NO_LONGER_THERE"})


@pytest.mark.parametrize("word", ["NULL", "None", "nan", "NaN", "\\N", "<NA>"])
def test_a_programs_word_for_nothing_is_nobodys_name(check: Any, word: str) -> None:
    others = [make.id_number(date(1960 + year, 1, 2)) for year in range(2)]
    rows = [[*PLACE, word, word, f"钱{name}英", number, "配偶"] for name, number in zip("大小", others, strict=True)]
    nameless = [*PLACE, "1302071042250009", "孙大山", word, make.id_number(date(1964, 1, 2)), "配偶"]
    numberless = [*PLACE, "1302071042250009", "孙大山", "李秀英", word, "配偶"]
    result = check(名册=[HEADER, *rows, nameless, numberless])
    assert [one["status"] for one in result["rows"]] == ["held", "held", "rejected", "held"]
    assert [one["values"]["户主姓名"] for one in result["rows"][:2]] == [None, None]
    assert result["rows"][2]["codes"][0] == "NAME_MISSING"
    assert "ID_MISSING" in result["rows"][3]["codes"]


@pytest.mark.parametrize("name", ["赵英 钱华", "赵小英 女", "赵英之母", "赵英妻子", "赵英去逝"])
def test_a_name_with_somebody_or_something_beside_it_is_asked_about(check: Any, name: str) -> None:
    assert check(名册=row(姓名=name))["rows"][0]["codes"] == ["NAME_SUSPECT"]


def test_a_word_for_nothing_does_not_replace_what_the_register_knows(upload: Any) -> None:
    known = person(备注="户口在外", 家庭住址="中街12号")
    headers = tuple(known)
    upload(known, headers=headers)
    upload(known | {"备注": "无", "家庭住址": "/"}, headers=headers, day=date(2018, 12, 31))
    she = Person.objects.get()
    assert she.remark == "户口在外"
    assert she.memberships.get().household.address == "中街12号"


def test_a_certificate_beside_a_number_tells_of_its_holder_only(check: Any) -> None:
    header = ["县", "乡镇", "行政村", "姓名", "证件号码", "与户主关系", "残疾证号"]
    other, third = make.id_number(date(1983, 4, 5)), make.id_number(date(1985, 4, 5))
    result = check(
        名册=[
            header,
            [*PLACE, "王秀英", WIFE, "户主", WIFE + "44"],
            [*PLACE, "孙桂兰", other, "户主", CHILD + "32"],
            [*PLACE, "李花", third, "户主", "有"],
        ]
    )
    assert [row["status"] for row in result["rows"]] == ["imported", "held", "imported"]
    assert [row["values"].get("残疾类别") for row in result["rows"]] == ["肢体", None, None]
    assert result["rows"][1]["codes"] == ["CERTIFICATE_MISMATCH"]
