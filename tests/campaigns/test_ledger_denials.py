"""A ledger's row beside which it is written that nothing was done is asked about, in whatever words and column."""

from pathlib import Path
from typing import Any

import pytest

from campaigns.models import Cleaning, Contact, Participant
from households.models import Person
from tests.campaigns.test_ledger_layouts import sent
from tests.conftest import Cast

WHEN = "2018-05-06"


def rows_for(kind: str, people: list[Person], header: str, *answers: str | None) -> tuple[type[Any], list[list[Any]]]:
    """What the kind keeps, and a sheet whose rows say `answers` in a column of their own."""
    first, second = people[:2]
    models: dict[str, tuple[type[Any], list[str], list[list[Any]]]] = {
        "events": (
            Participant,
            ["活动名称", "日期", "参加人姓名", "单位"],
            [["巾帼脱贫培训会", WHEN, "周小芳", "黄各庄镇妇联"], ["巾帼脱贫培训会", WHEN, "吴小芳", "黄各庄镇妇联"]],
        ),
        "cleanings": (
            Cleaning,
            ["乡镇", "行政村", "户主姓名", "清洁"],
            [["黄各庄镇", "曹庄子村", first.name, WHEN], ["黄各庄镇", "曹庄子村", second.name, WHEN]],
        ),
        "contacts": (
            Contact,
            ["姓名", "身份证号", "宣传时间", "宣传方式"],
            [[first.name, first.id_number, WHEN, "入户宣传"], [second.name, second.id_number, WHEN, "入户宣传"]],
        ),
    }
    model, headers, rows = models[kind]
    return model, [[*headers, header], *([*row, answer] for row, answer in zip(rows, answers, strict=True))]


@pytest.mark.parametrize(
    ("kind", "header", "yes", "no"),
    [
        ("events", "是否参加", "是", "否"),
        ("events", "签到情况", "√", "×"),
        ("events", "参会情况", None, "请假"),
        ("events", "备注", "主讲", "因事请假"),
        ("cleanings", "是否入户", "是", "否"),
        ("cleanings", "备注", "家中老人在", "未入户，家中无人"),
        ("cleanings", "备注", "丈夫已去世", "2018年4月病故"),
        ("contacts", "备注", "本人在家", "未见到本人"),
    ],
)
def test_what_was_not_done_after_all_is_asked_about(
    cast: Cast,
    tmp_path: Path,
    women: list[Person],
    kind: str,
    header: str,
    yes: str | None,
    no: str,
) -> None:
    model, rows = rows_for(kind, women, header, yes, no)
    told = sent(kind, cast.officer_a, tmp_path, rows)
    assert [row["status"] == "held" for row in told["rows"]] == [False, True], told["rows"]
    assert {"REMARK_UNDOES", "ANSWERS_CONTRADICT"} & {*told["rows"][1]["codes"]}
    assert no in told["rows"][1]["message"]
    assert model.objects.count() == 1
