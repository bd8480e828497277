"""A ledger's row beside which it is written that nothing was done is asked about, in whatever words and column."""

from pathlib import Path
from typing import Any

import pytest

from campaigns.models import Cleaning, ClinicAttendance, Contact, GoodsAid, Pairing, Participant, Visit
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
        "clinics": (
            ClinicAttendance,
            ["姓名", "身份证号", "义诊日期"],
            [[one.name, one.id_number, WHEN] for one in (first, second)],
        ),
        "visits": (
            Visit,
            ["姓名", "身份证号", "走访时间", "走访人"],
            [[one.name, one.id_number, WHEN, "周小芳"] for one in (first, second)],
        ),
        "goods": (
            GoodsAid,
            ["姓名", "身份证号", "发放日期"],
            [[one.name, one.id_number, WHEN] for one in (first, second)],
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
        ("clinics", "检查结果", "正常，未发现肿块", "未到"),
        ("visits", "走访情况", "了解孩子上学情况，没有参加培训的打算，收入稳定", "未走访"),
        ("goods", "慰问金", "500元", "500元（未发放）"),
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


@pytest.mark.parametrize("written", ["原周小芳，现吴小芳", "原:周小芳；现:吴小芳", "周小芳→吴小芳", "周小芳改为吴小芳"])
def test_two_helpers_of_whom_one_followed_the_other_are_asked_about(
    cast: Cast, tmp_path: Path, women: list[Person], written: str
) -> None:
    rows = [["姓名", "身份证号", "包联人", "结对时间"], [women[0].name, women[0].id_number, written, WHEN]]
    told = sent("pairings", cast.officer_a, tmp_path, rows)
    assert (told["rows"][0]["status"], told["rows"][0]["codes"][0]) == ("held", "NAME_SUSPECT")
    assert not Pairing.objects.exists()
