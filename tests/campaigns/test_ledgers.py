"""Ledgers on the intake engine: whom a row means, what it records, what is held, and how it is taken back."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from campaigns import batches, coverage
from campaigns.kinds import KINDS, LEDGERS
from campaigns.models import AidProject, Cleaning, Contact, Grant, Helper, InsuredPerson, Pairing
from households.intake.deciding import accept, correct
from households.intake.headers import normalise_header
from households.intake.models import ImportBatch, StagedRow
from households.management.base import Refusal
from households.models import Person, User
from tests import make
from tests.conftest import Cast
from tests.households.intake.books import DAY, imported, person, write

PLACE = {"乡镇": "黄各庄镇", "行政村": "曹庄子村"}


def registered(by: User, folder: Path, *rows: dict[str, Any]) -> None:
    """People in the register, by a roster."""
    imported(write(folder / "roster.xlsx", list(rows)), by)


def ledger(
    kind: str, by: User, folder: Path, *rows: dict[str, Any], apply: bool = True, titles: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A ledger's way by command; the contract's result."""
    headers = tuple(dict.fromkeys(name for row in rows for name in row))
    path = write(folder / f"{kind}.xlsx", list(rows), headers=headers, titles=titles)
    out = folder / "out.json"
    call_command(
        "import_ledger",
        kind,
        str(path),
        "--as",
        by.username,
        "--as-of",
        DAY.isoformat(),
        "--json",
        str(out),
        *(["--apply"] if apply else []),
    )
    coverage.settle_touched()
    told: dict[str, Any] = json.loads(out.read_text())
    return told


def figures(target: str) -> tuple[int, int]:
    """Eligible and covered of county A on the day."""
    found = coverage.as_of([make.COUNTY_A], DAY)[make.COUNTY_A].target(target)
    return found.eligible, found.covered


@pytest.fixture
def woman(cast: Cast, tmp_path: Path) -> Person:
    """A registered woman of 曹庄子村, head of her household."""
    registered(cast.officer_a, tmp_path, person())
    return Person.objects.get()


def row_of(who: Person, **cells: Any) -> dict[str, Any]:
    """A row that names her by number."""
    return {**PLACE, "姓名": who.name, "证件号码": who.id_number, **cells}


def test_a_combined_row_gives_the_facts_of_all_its_columns(cast: Cast, tmp_path: Path, woman: Person) -> None:
    make.policy()
    child = person(姓名="李小燕", 证件号码=make.id_number(date(2008, 3, 1)), 与户主关系="之女", 在校生状况="小学")
    registered(cast.officer_a, tmp_path, person(证件号码=woman.id_number), child)
    young = Person.objects.get(name="李小燕")
    done = {
        "包联人": "赵秀兰",
        "包联人职务": "村妇联主席",
        "结对时间": "2018-04-20",
        "宣传": "√",
        "清洁": "2018年5月8日",
    }
    told = ledger(
        "combined", cast.officer_a, tmp_path,
        row_of(woman, **done, 投保="2018-06-01", 助学=None, 助学金额=None),
        row_of(young, **(done | {"清洁": "√"}), 投保=None, 助学="6月", 助学金额=500),
    )  # fmt: skip
    assert [row["status"] for row in told["rows"]] == ["imported_flagged", "imported_flagged"]
    assert told["counts"]["new"] == 2
    assert Helper.objects.get().kind == Helper.Kind.VILLAGE_CADRE
    assert Pairing.objects.count() == 2
    assert Contact.objects.get().done_on == DAY  # √: the file's day
    assert Cleaning.objects.get().done_on == date(2018, 5, 8)  # an exact day outweighs the √ of the same household
    assert InsuredPerson.objects.get().person == woman
    grant = Grant.objects.get()
    assert (grant.amount, grant.granted_on, grant.project.name) == (500, DAY, "春蕾助学")
    assert [figures(name) for name in ("publicity", "pairing", "cleaning", "insurance", "schooling")] == [
        (1, 1), (2, 2), (1, 1), (1, 1), (1, 1),
    ]  # fmt: skip
    call_command("verify_coverage", "--as-of", DAY.isoformat())
    assert {fact.recorded_by for fact in Pairing.objects.all()} == {cast.officer_a}


def test_the_same_ledger_again_changes_nothing(cast: Cast, tmp_path: Path, woman: Person) -> None:
    make.policy()
    row = row_of(woman, 包联人="赵秀兰", 宣传="√", 清洁="2018-05-08", 投保="√", 助学金额=None)
    ledger("combined", cast.officer_a, tmp_path, row)
    before = [model.objects.count() for model in (Helper, Pairing, Contact, Cleaning, InsuredPerson)]
    events = Cleaning.pgh_event_model.objects.count() + Pairing.pgh_event_model.objects.count()
    told = ledger("combined", cast.officer_a, tmp_path, row)
    assert told["counts"]["unchanged"] == 1
    assert before == [model.objects.count() for model in (Helper, Pairing, Contact, Cleaning, InsuredPerson)]
    assert events == Cleaning.pgh_event_model.objects.count() + Pairing.pgh_event_model.objects.count()


def test_a_changed_day_is_shown_old_and_new_and_a_tick_never_overwrites_one(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-05-08"))
    told = ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="√"))
    assert (told["counts"]["unchanged"], Cleaning.objects.get().done_on) == (1, date(2018, 5, 8))
    told = ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-05-09"), apply=False)
    assert told["counts"]["changed"] == 1
    assert StagedRow.objects.filter(batch=told["batch"]).get().change == "changed"
    ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-05-09"))
    assert Cleaning.objects.get().done_on == date(2018, 5, 9)


@pytest.mark.parametrize(
    ("cells", "status", "code"),
    [
        ({"证件号码": None}, "held", "PERSON_BY_NAME"),
        ({"证件号码": make.id_number(date(1981, 1, 2))}, "rejected", "PERSON_UNKNOWN"),
        ({"姓名": "王大芳"}, "held", "PERSON_NAME_DIFFERS"),
        ({"行政村": "没有的村"}, "rejected", "REGION_UNKNOWN"),
        ({"清洁": "2018-13-01"}, "held", "DATE_UNREADABLE"),
        ({"清洁": "2019-07-01"}, "held", "DATE_IN_FUTURE"),
        ({"清洁": "2018-07-20"}, "imported_flagged", "DATE_AFTER_LIST"),
        ({"清洁": "2008-06-01"}, "held", "DATE_TOO_EARLY"),
        ({"清洁": "外出"}, "held", "ENUM_UNKNOWN"),
        ({"清洁": "常年在外"}, "held", "ENUM_UNKNOWN"),
        ({"清洁": "拒绝"}, "held", "ENUM_UNKNOWN"),
        ({"清洁": 500}, "held", "AMOUNT_FOR_DAY"),
        ({"清洁": "#N/A"}, "imported_flagged", "CELL_ERROR"),
        ({"包联人": "王小芳"}, "held", "HELPER_OWN_HOUSEHOLD"),
        ({"包联人": None, "结对时间": "√"}, "held", "HELPER_MISSING"),
        ({"投保": "√"}, "held", "POLICY_UNKNOWN"),
    ],
)
def test_what_is_doubtful_is_held_or_sent_back_with_its_reason(
    cast: Cast, tmp_path: Path, woman: Person, cells: dict[str, Any], status: str, code: str
) -> None:
    row = row_of(woman, 包联人="赵秀兰", 结对时间="2018-04-20", 清洁="2018-05-08", 投保=None) | cells
    told = ledger("combined", cast.officer_a, tmp_path, row)["rows"][0]
    assert (told["status"], code in told["codes"]) == (status, True)
    assert told["message"]
    assert Pairing.objects.exists() == (status == "imported_flagged")


def test_somebody_of_another_county_is_as_unknown_as_nobody(cast: Cast, tmp_path: Path, woman: Person) -> None:
    row = {"姓名": woman.name, "证件号码": woman.id_number, "清洁": "√"}
    stranger = row | {"姓名": "李四妹", "证件号码": make.id_number(date(1970, 2, 3))}
    headers = tuple(row)
    messages = set()
    for one in (row, stranger):
        path = write(tmp_path / "b.xlsx", [one], headers=headers)
        out = tmp_path / "out.json"
        call_command(
            "import_ledger", "cleanings", str(path), "--as", cast.officer_b.username, "--json", str(out), "--apply"
        )
        told = json.loads(out.read_text())["rows"][0]
        assert told["status"] == "rejected"
        messages.add((tuple(told["codes"]), told["message"]))
    assert len(messages) == 1
    assert not Cleaning.objects.exists()


def test_one_click_confirms_somebody_recognised_by_name(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("cleanings", cast.officer_a, tmp_path, {**PLACE, "姓名": "李大凤", "户主姓名": "李大凤", "清洁": "√"})
    told = ledger(
        "pairings", cast.officer_a, tmp_path, {**PLACE, "姓名": woman.name, "包联人": "赵秀兰", "结对时间": "√"}
    )
    assert told["rows"][0]["status"] == "held"
    accept(StagedRow.objects.get(batch=told["batch"]).pk, KINDS["pairings"], by=cast.officer_a)
    assert Pairing.objects.get().person == woman


def test_a_row_is_corrected_in_place(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-13-01"))
    staged = StagedRow.objects.get(batch=told["batch"])
    correct(staged.pk, {"cleaning": "2018-05-08"}, KINDS["cleanings"], by=cast.officer_a)
    assert Cleaning.objects.get().done_on == date(2018, 5, 8)


def test_a_household_is_known_by_its_head_where_one_fits(cast: Cast, tmp_path: Path) -> None:
    registered(cast.officer_a, tmp_path, person(户编号="1302071042250007"))
    row = {**PLACE, "户主姓名": "王小芳", "清洁": "√", "清洁人员": "赵秀兰、李玉珍"}
    assert ledger("cleanings", cast.officer_a, tmp_path, row)["rows"][0]["status"] == "imported_flagged"
    assert Cleaning.objects.get().helpers == "赵秀兰、李玉珍"
    told = ledger("cleanings", cast.officer_a, tmp_path, row | {"户主姓名": "无此人"})["rows"][0]
    assert told["codes"][0] == "HOUSEHOLD_UNKNOWN"
    registered(cast.officer_a, tmp_path, person(户编号="1302071042250008"))
    told = ledger("cleanings", cast.officer_a, tmp_path, row)["rows"][0]
    assert (told["status"], told["codes"][0]) == ("rejected", "HOUSEHOLD_SEVERAL_FIT")


def test_rows_that_contradict_each_other_are_both_held_and_repeats_merged(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    rows = [row_of(woman, 清洁=day) for day in ("2018-05-08", "2018-05-09")]
    told = ledger("cleanings", cast.officer_a, tmp_path, *rows)
    assert [(row["status"], row["codes"]) for row in told["rows"]] == [("held", ["RECORD_CONFLICT"])] * 2
    told = ledger("cleanings", cast.officer_a, tmp_path, rows[0], rows[0])
    assert [row["status"] for row in told["rows"]] == ["imported", "merged"]
    assert Cleaning.objects.count() == 1


def test_undo_takes_the_records_back_and_keeps_what_somebody_worked_on(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    row = row_of(woman, 包联人="赵秀兰", 结对时间="2018-04-20", 清洁="2018-05-08", 宣传="2018-05-01")
    told = ledger("combined", cast.officer_a, tmp_path, row)
    with pghistory.context(reason="edited"):
        Contact.objects.update(place="村委会")
    out = tmp_path / "undo.json"
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username, "--json", str(out))
    report = json.loads(out.read_text())
    assert report["removed"]["record"] == 3
    assert [one["reason"] for one in report["kept"]] == ["edited"]
    assert not (Pairing.objects.exists() or Cleaning.objects.exists() or Helper.objects.exists())
    assert Contact.objects.count() == 1
    assert Person.objects.count() == 1


def test_undo_brings_a_changed_value_back(cast: Cast, tmp_path: Path, woman: Person) -> None:
    ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-05-08"))
    told = ledger("cleanings", cast.officer_a, tmp_path, row_of(woman, 清洁="2018-05-09"))
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert Cleaning.objects.get().done_on == date(2018, 5, 8)


def test_a_helper_is_one_for_many_people_and_a_society_never_pairs_personally(
    cast: Cast, tmp_path: Path, woman: Person
) -> None:
    told = ledger(
        "pairings", cast.officer_a, tmp_path, row_of(woman, 包联人="向阳巾帼社团", 包联人类别="社团", 结对时间="√")
    )
    assert told["rows"][0]["status"] == "imported_flagged"
    assert Pairing.objects.get().kind == Pairing.Kind.SOCIETY
    assert figures("pairing") == (1, 0)
    ledger(
        "helpers", cast.officer_a, tmp_path, {**PLACE, "姓名": "钱玉梅", "单位": "曹庄子村委会", "电话": "14403150009"}
    )
    ledger("pairings", cast.officer_a, tmp_path, row_of(woman, 包联人="钱玉梅", 结对时间="2018-05-01"))
    assert Helper.objects.filter(name="钱玉梅").count() == 1
    assert figures("pairing") == (1, 1)


def test_the_insurers_list_counts_only_whom_it_accepts(cast: Cast, tmp_path: Path, woman: Person) -> None:
    make.policy(number="PL2018001")
    row = {"姓名": woman.name, "证件号码": woman.id_number, "保单号": "PL2018001"}
    ledger("policies", cast.officer_a, tmp_path, row | {"承保状态": "拒保"})
    assert figures("insurance") == (1, 0)
    told = ledger("policies", cast.officer_a, tmp_path, row | {"承保状态": "已承保"})
    assert told["counts"]["changed"] == 1
    assert figures("insurance") == (1, 1)
    told = ledger("policies", cast.officer_a, tmp_path, row | {"保单号": "没有的"})
    assert told["rows"][0]["codes"] == ["POLICY_UNKNOWN"]


def test_a_grant_names_its_project_and_girls_only_is_kept(cast: Cast, tmp_path: Path) -> None:
    boy = person(
        姓名="李小刚", 性别="男", 证件号码=make.id_number(date(2008, 3, 1), "M"), 与户主关系="之子", 在校生状况="小学"
    )
    registered(cast.officer_a, tmp_path, boy)
    who = Person.objects.get()
    AidProject.objects.create(name="春蕾女童", girls_only=True)
    row = row_of(who, 资助时间="2018-06-01", 资助项目="春蕾女童", **{"资助金额(元)": "800"})
    told = ledger("grants", cast.officer_a, tmp_path, row)["rows"][0]
    assert (told["status"], told["codes"]) == ("held", ["PROJECT_GIRLS_ONLY"])
    ledger("grants", cast.officer_a, tmp_path, row | {"资助项目": "爱心助学"})
    assert (Grant.objects.get().project.name, Grant.objects.get().amount) == ("爱心助学", 800)
    assert figures("schooling") == (1, 1)


def test_the_upload_page_takes_a_ledger_and_shows_what_it_would_record(
    at_once: None, officer_a: Client, cast: Cast, tmp_path: Path, woman: Person
) -> None:
    path = write(
        tmp_path / "台账.xlsx",
        [row_of(woman, 清洁="2018-05-08")],
        headers=("乡镇", "行政村", "姓名", "证件号码", "清洁"),
    )
    officer_a.post(
        reverse("uploads"), {"files": [SimpleUploadedFile(path.name, path.read_bytes())], "kind": "cleanings"}
    )
    batch = ImportBatch.objects.get(kind="cleanings")
    page = officer_a.get(reverse("upload_detail", args=[batch.pk])).content.decode()
    assert "家居清洁台账" in page
    assert "清洁 2018-05-08" in page
    officer_a.post(reverse("upload_apply", args=[batch.pk]), {"seen": batches.preview_number(batch)})
    assert Cleaning.objects.get().recorded_by == cast.officer_a
    marked = officer_a.get(reverse("upload_annotated", args=[batch.pk]))
    assert b"".join(marked.streaming_content)
    assert "删除新增的记录" in officer_a.get(reverse("upload_undo", args=[batch.pk])).content.decode()
    officer_a.post(reverse("upload_undo", args=[batch.pk]))
    assert not Cleaning.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "undone"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_blank_workbook_that_its_own_intake_understands(
    kind: str, officer_a: Client, tmp_path: Path
) -> None:
    response = officer_a.get(reverse("upload_template_of", args=[kind]))
    path = tmp_path / "blank.xlsx"
    path.write_bytes(b"".join(response.streaming_content))
    book = openpyxl.load_workbook(path)
    headers = [cell.value for cell in book.worksheets[0][1]]
    known = KINDS[kind].table().aliases
    assert [header for header in headers if normalise_header(header) not in known] == []


def test_an_unknown_ledger_is_refused_with_those_there_are(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="综合台账"):
        call_command("import_ledger", "nonsense", str(tmp_path / "x.xlsx"), "--as", cast.officer_a.username)
    assert "combined" in LEDGERS


def test_a_combined_ledger_sent_as_a_roster_is_noticed(
    at_once: None, officer_a: Client, tmp_path: Path, woman: Person
) -> None:
    headers = ("乡镇", "行政村", "姓名", "证件号码", "是否宣传", "首轮清洁")
    path = write(tmp_path / "台账.xlsx", [row_of(woman, 是否宣传="√", 首轮清洁="√")], headers=headers)
    officer_a.post(reverse("uploads"), {"files": [SimpleUploadedFile(path.name, path.read_bytes())]})
    batch = ImportBatch.objects.latest("created_at")
    assert batch.kind == "roster"
    assert "选择“综合台账”重新上传" in officer_a.get(reverse("upload_detail", args=[batch.pk])).content.decode()


def test_a_cadre_of_a_township_needs_no_village(cast: Cast, tmp_path: Path) -> None:
    row = {"乡镇": "黄各庄镇", "姓名": "孙兰英", "单位": "黄各庄镇妇联", "职务": "主席", "电话": "14403150010"}
    told = ledger("helpers", cast.officer_a, tmp_path, row)
    assert told["rows"][0]["status"] == "imported"
    helper = Helper.objects.get()
    assert (helper.kind, helper.region_id, helper.phone) == ("township_cadre", make.TOWNSHIP_A, "14403150010")
    assert ledger("helpers", cast.officer_a, tmp_path, row)["counts"]["unchanged"] == 1
    told = ledger("helpers", cast.officer_a, tmp_path, row | {"电话": "14403150011"})
    assert (told["counts"]["changed"], Helper.objects.get().phone) == (1, "14403150011")


def test_a_list_of_helpers_ends_their_office_and_keeps_what_it_does_not_tell(cast: Cast, tmp_path: Path) -> None:
    known = make.helper(name="钱玉梅", unit="曹庄子村委会", kind="activist", post="组长")
    row = {**PLACE, "姓名": "钱玉梅", "单位": "曹庄子村委会", "任职时间": "2018-01-01", "离岗时间": "2018-05-31"}
    assert ledger("helpers", cast.officer_a, tmp_path, row)["counts"]["changed"] == 1
    known.refresh_from_db()
    assert (known.kind, known.post, known.active.upper) == ("activist", "组长", date(2018, 6, 1))


def test_the_name_of_who_did_it_means_that_it_was_done(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("combined", cast.officer_a, tmp_path, row_of(woman, 宣传="孙兰英", 清洁="未完成", 结对时间="赵秀兰"))
    assert told["rows"][0]["status"] == "imported_flagged"
    assert (Contact.objects.get().speaker, Contact.objects.get().done_on) == ("孙兰英", DAY)
    assert Pairing.objects.get().helper.name == "赵秀兰"
    assert not Cleaning.objects.exists()


def test_one_telephone_is_one_helper_and_a_namesake_of_another_village_another(cast: Cast, tmp_path: Path) -> None:
    here, there = (
        person(),
        person(行政村="东老治村", 姓名="李大凤", 户编号="1302071042260001", 证件号码=make.id_number(date(1979, 2, 3))),
    )
    registered(cast.officer_a, tmp_path, here, there)
    one, other = Person.objects.get(name="王小芳"), Person.objects.get(name="李大凤")
    rows = [row_of(one, 包联人="赵秀兰", 包联人电话="14403150020", 结对时间="2018-05-01")]
    rows.append(
        row_of(
            other, **(PLACE | {"行政村": "东老治村"}), 包联人="赵秀兰", 包联人电话="14403150020", 结对时间="2018-05-01"
        )
    )
    ledger("pairings", cast.officer_a, tmp_path, *rows)
    assert Helper.objects.count() == 1
    assert ledger("pairings", cast.officer_a, tmp_path, *rows)["counts"]["unchanged"] == 2


def test_undo_keeps_a_helper_whom_somebody_else_has_paired_since(cast: Cast, tmp_path: Path, woman: Person) -> None:
    told = ledger("pairings", cast.officer_a, tmp_path, row_of(woman, 包联人="赵秀兰", 结对时间="2018-04-20"))
    with pghistory.context(reason="by hand"):
        make.pairing(make.person(make.household()), Helper.objects.get())
    call_command("undo_import", told["batch"], "--as", cast.officer_a.username)
    assert Helper.objects.get().name == "赵秀兰"
    assert not Pairing.objects.filter(person=woman).exists()
    assert Pairing.objects.count() == 1


def test_a_line_of_text_with_more_cells_than_its_header_is_held(woman: Person, cast: Cast, tmp_path: Path) -> None:
    path, out = tmp_path / "contacts.csv", tmp_path / "out.json"
    who = f"黄各庄镇,曹庄子村,{woman.name},{make.id_number(date(1980, 5, 1))}"
    rows = f"{who},2018-06-01,二组,南头,赵宣讲\r\n{who},2018-06-02,三组,赵宣讲\r\n"
    path.write_text(f"乡镇,行政村,姓名,证件号码,宣传时间,宣传地点,宣讲人\r\n{rows}", encoding="utf-8", newline="")
    arguments = ["--as", cast.officer_a.username, "--as-of", DAY.isoformat(), "--json", str(out)]
    call_command("import_ledger", "contacts", str(path), *arguments)
    torn, whole = json.loads(out.read_text())["rows"]
    assert (torn["status"], "ROW_TORN" in torn["codes"]) == ("held", True)
    assert whole["status"].startswith("imported")


def test_a_ledgers_doubts_are_work_that_is_not_recorded_not_people_who_are_not_registered(
    cast: Cast, officer_a: Client, tmp_path: Path
) -> None:
    number = make.id_number(date(1975, 2, 3))
    girl = person(姓名="李芳", 证件号码=number[:17], 与户主关系="之女")
    registered(cast.officer_a, tmp_path, person(姓名="王芳", 证件号码=number), girl)
    late = {"姓名": "王芳", "证件号码": number, "包联人": "周包联", "包联人类别": "妇女骨干", "结对时间": "2019-06-29"}
    ledger("pairings", cast.officer_a, tmp_path, late)
    home = officer_a.get(reverse("home")).content.decode()
    assert "还有1人在名册中而没有进入登记簿。" in home and "台账中还有1行工作没有登记。" in home
    for tab, name in (("roster", "李芳"), ("ledgers", "王芳")):
        assert f'href="{reverse("doubts")}?show={tab}"' in home
        assert [line.name for line in officer_a.get(reverse("doubts"), {"show": tab}).context["page"].lines] == [name]
    assert officer_a.get(reverse("doubts")).context["page"].counts["all"] == 2


@pytest.mark.parametrize("named", ["by number", "by name"])
def test_a_doubtful_row_is_settled_by_itself_corrected_not_by_another_of_the_same_person(
    cast: Cast, tmp_path: Path, woman: Person, named: str
) -> None:
    who = row_of(woman) if named == "by number" else {**PLACE, "姓名": woman.name}
    early = {"包联人": "赵秀兰", "走访日期": "2018-05-10", "下次走访日期": "2018-05-01"}
    (held,) = ledger("visits", cast.officer_a, tmp_path, who | early)["rows"]
    assert held["status"] == "held"
    ledger("visits", cast.officer_a, tmp_path, who | early | {"走访日期": "2018-06-10", "下次走访日期": "2018-07-01"})
    first = StagedRow.objects.get(status="held")
    assert first.closed == ""
    ledger("visits", cast.officer_a, tmp_path, who | early | {"下次走访日期": "2018-06-01"})
    first.refresh_from_db()
    assert first.closed == StagedRow.Closed.UPLOADED
