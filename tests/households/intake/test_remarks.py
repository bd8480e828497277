"""Remarks that doubt the row in which they stand: it waits until somebody has looked."""

from datetime import date
from typing import Any

import pytest

from tests import make

HEADER = ["县", "乡镇", "行政村", "户编号", "姓名", "证件号码", "与户主关系", "备注"]
NUMBER = make.id_number(date(1975, 2, 3))


def woman(remark: str) -> list[list[str]]:
    return [HEADER, ["丰南区", "黄各庄镇", "曹庄子村", "1302071042250001", "王秀英", NUMBER, "户主", remark]]


@pytest.mark.parametrize(
    "remark",
    [
        "身份证号有误", "证件号码待核实", "姓名应为李秀英", "出生日期错", "性别错误", "应为五保户", "待核实", "存疑", "身份证与本人不符",
        "名字与身份证不一致", "户编号不对", "?", "身份证号少一位，待核实", "与身份证不符", "此行有误", "实为女性", "应改为低保户",
    ],
)  # fmt: skip
def test_a_remark_that_doubts_its_row_keeps_it_waiting(check: Any, remark: str) -> None:
    [told] = check(名册=woman(remark))["rows"]
    assert (told["status"], told["codes"], told["column"]) == ("held", ["REMARK_CORRECTS"], "备注")
    assert remark in told["message"]


@pytest.mark.parametrize(
    "remark",
    [
        "身份证丢失", "身份证办理中", "身份证待补办", "身份证号已更正", "信息无误", "已核实", "户主关系已变更", "证件不全", "无身份证",
        "户口待迁", "住房不安全", "待就业", "姓名曾用李英", "2018年改为低保户", "残疾证待办",
    ],
)  # fmt: skip
def test_a_remark_about_her_circumstances_does_not(check: Any, remark: str) -> None:
    assert check(名册=woman(remark))["rows"][0]["status"] == "imported"
