"""The combined ledger handed out and taken back: unchanged it changes nothing, filled in it records what was filled in."""

import io
from datetime import date
from pathlib import Path

import openpyxl
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from campaigns import coverage
from campaigns.models import Cleaning, Pairing
from campaigns.recount import verify
from households.models import Person
from tests import make
from tests.campaigns.test_ledgers import ledger, registered
from tests.conftest import Cast
from tests.households.intake.books import person

OTHER = person(姓名="赵兰", 证件号码=make.id_number(date(1981, 1, 1)), 户编号="1302071042250002")


def handed_out(client: Client) -> list[dict[str, str]]:
    answer = client.get(reverse("combined_ledger"), {"region": make.COUNTY_A})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    heads, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, (value or "" for value in row), strict=True)) for row in rows]


def test_what_is_handed_out_comes_back_unchanged(cast: Cast, client: Client, tmp_path: Path) -> None:
    mother, child = (
        person(),
        person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 与户主关系="之女", 在校生状况="小学"),
    )
    registered(cast.officer_a, tmp_path, mother, child)
    woman, girl = Person.objects.order_by("birth_date")
    household = woman.memberships.get().household
    make.contact(household, kind="lecture", attended_by=woman, on=date(2018, 5, 5))
    make.cleaning(household, on=date(2018, 5, 6), helpers="巾帼志愿者")
    make.pairing(woman, make.helper(name="孙助"))
    second = make.helper(name="周助", unit="区妇联")
    make.pairing(woman, second, period=DateRange(date(2018, 4, 1), date(2019, 1, 1)))
    make.insured(woman)
    make.grant(girl, on=date(2018, 5, 8))
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    rows = handed_out(client)
    assert [(row["姓名"], row["包联人"]) for row in rows] == [
        (woman.name, rows[0]["包联人"]),
        (woman.name, "周助"),
        ("李小燕", ""),
    ]
    assert woman.id_number and rows[0]["证件号码"] == f"{woman.id_number[:4]}**********{woman.id_number[-4:]}"
    assert rows[2]["备注"] == f"本户由{woman.name}参加2018-05-05的集中培训" and not rows[2]["宣传"]

    told = ledger("combined", cast.officer_a, tmp_path, *rows)
    assert (told["counts"]["new"], told["counts"]["changed"], told["counts"]["unchanged"]) == (0, 0, 3)
    assert told["counts"]["held"] == told["counts"]["rejected"] == 0
    assert Pairing.objects.count() == 2
    assert verify(date(2018, 6, 30)) == []


def test_a_filled_in_workbook_records_by_the_key_alone(cast: Cast, client: Client, tmp_path: Path) -> None:
    registered(cast.officer_a, tmp_path, person(), OTHER)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    rows = handed_out(client)
    rows[0]["清洁"] = "2018-06-01"
    told = ledger("combined", cast.officer_a, tmp_path, rows[0] | {"姓名": rows[0]["姓名"]})
    assert told["counts"]["new"] == 1
    assert Cleaning.objects.get().done_on == date(2018, 6, 1)


def test_a_damaged_or_contradicting_key_is_sent_back(cast: Cast, client: Client, tmp_path: Path) -> None:
    registered(cast.officer_a, tmp_path, person(), OTHER)
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    one, other = handed_out(client)
    damaged = one | {"系统编号": one["系统编号"][:-1] + ("0" if one["系统编号"][-1] != "0" else "1"), "清洁": "√"}
    number = Person.objects.get(name=one["姓名"]).id_number
    crossed = other | {"证件号码": number, "姓名": one["姓名"], "清洁": "√"}
    told = ledger("combined", cast.officer_a, tmp_path, damaged, crossed)
    codes = [row["codes"] for row in told["rows"]]
    assert "ROW_KEY_INVALID" in codes[0] and "ROW_KEY_OTHER" in codes[1]
    assert not Cleaning.objects.exists()


def test_a_key_of_another_county_is_as_unknown_as_none(cast: Cast, client: Client, tmp_path: Path) -> None:
    registered(cast.officer_a, tmp_path, person())
    coverage.settle_touched()
    client.force_login(cast.officer_a)
    row = handed_out(client)[0] | {"清洁": "√"}
    told = ledger("combined", cast.officer_b, tmp_path, row)
    assert "PERSON_UNKNOWN" in told["rows"][0]["codes"]
    assert client.get(reverse("combined_ledger"), {"region": make.COUNTY_B}).status_code == 404
