"""The back office: what its tables show, take and keep."""

import base64
import io
import pickle
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.admin import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns.models import Contact, Helper, Pairing
from households import identity
from households.models import Household, Person, RegionAlias, User
from households.periods import period
from households.scoped_admin import PeriodWidget
from households.versioned_forms import VersionedForm
from tests import make
from tests.conftest import Cast


@pytest.fixture
def city(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.federation_staff)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def search(client: Client, table: str, words: str) -> str:
    """The list's search, as its form sends it; the answer's page."""
    response = client.post(reverse(f"admin:{table}_changelist"), {"search": words}, follow=True)
    assert words not in response.request.get("QUERY_STRING", "") or not words
    return text(response)


def choices(client: Client, table: str, field: str, words: str) -> list[str]:
    """What a chooser offers for some letters typed."""
    app, model = table.split("_")
    asked = {"term": words, "app_label": app, "model_name": model, "field_name": field}
    return [row["text"] for row in client.post(reverse("admin:autocomplete"), asked).json()["results"]]


def test_lists_search_and_choosers_keep_to_the_officers_county(officer_a: Client) -> None:
    make.household(make.VILLAGE_A, head_name="金某甲")
    make.household(make.VILLAGE_B, head_name="金某乙")
    page = search(officer_a, "households_household", "金某")
    assert "金某甲" in page
    assert "金某乙" not in page
    assert choices(officer_a, "campaigns_contact", "household", "金某") == ["金某甲"]


def test_a_person_is_found_by_her_whole_number_which_is_shown_nowhere(officer_a: Client) -> None:
    person = make.person(make.household(), name="金某甲")
    other = make.person(make.household(), name="银某乙")
    page = search(officer_a, "households_person", person.id_number)
    assert person.name in page
    assert other.name not in page
    assert person.id_number not in page
    assert identity.mask_id(person.id_number) in page
    change = officer_a.get(reverse("admin:households_person_change", args=[person.pk]))
    assert person.id_number not in text(change)
    assert f"<title>{person.name}" not in text(change)
    assert person.id_number not in str(dict(officer_a.session))


def test_a_contact_recorded_here_takes_village_and_author_and_its_day_by_itself(cast: Cast, officer_a: Client) -> None:
    household = make.household(make.VILLAGE_A)
    page = officer_a.get(reverse("admin:campaigns_contact_add"))
    assert page.context["adminform"].form.initial["done_on"]
    sent = {"household": household.pk, "kind": "visit", "done_on": "2018-06-30", "place": "", "speaker": ""}
    assert officer_a.post(reverse("admin:campaigns_contact_add"), sent).status_code == 302
    contact = Contact.objects.get()
    assert (contact.village_id, contact.recorded_by) == (make.VILLAGE_A, cast.officer_a)
    event = contact.events.get()
    assert event.pgh_context.metadata["user"] == cast.officer_a.pk


def test_a_household_of_another_county_cannot_be_named_in_a_form(officer_a: Client) -> None:
    strange = make.household(make.VILLAGE_B)
    sent = {"household": strange.pk, "kind": "visit", "done_on": "2018-06-30"}
    response = officer_a.post(reverse("admin:campaigns_contact_add"), sent)
    assert response.context["adminform"].form.errors["household"]
    assert not Contact.objects.exists()


def test_a_period_is_entered_with_its_last_day_included(officer_a: Client) -> None:
    person, helper = make.person(make.household()), make.helper()
    sent = {
        "helper": helper.pk, "person": person.pk, "kind": "personal", "period_first": "2018-04-01",
        "period_last": "2018年06月30日",
    }  # fmt: skip
    assert officer_a.post(reverse("admin:campaigns_pairing_add"), sent).status_code == 302
    pairing = Pairing.objects.get()
    assert pairing.period == period(make.START.replace(month=4), make.REPORTING_DAY)
    assert "2018-04-01 — 2018-06-30" in text(officer_a.get(reverse("admin:campaigns_pairing_changelist")))


@pytest.mark.parametrize(("first", "last"), [("2018-06-30", "2018-06-29"), ("", "2018-06-30"), ("soon", "")])
def test_a_period_that_is_none_is_refused_at_its_field(officer_a: Client, first: str, last: str) -> None:
    person, helper = make.person(make.household()), make.helper()
    sent = {"helper": helper.pk, "person": person.pk, "kind": "personal", "period_first": first, "period_last": last}
    response = officer_a.post(reverse("admin:campaigns_pairing_add"), sent)
    assert response.context["adminform"].form.errors["period"]


def test_overlapping_pairings_are_refused_in_chinese(officer_a: Client) -> None:
    person = make.person(make.household())
    pairing = make.pairing(person)
    sent = {"helper": pairing.helper.pk, "person": person.pk, "kind": "personal", "period_first": "2018-06-01"}
    response = officer_a.post(reverse("admin:campaigns_pairing_add"), sent)
    assert "同一包联人与同一对象的包联时段不能重叠" in text(response)


def test_a_reason_voids_a_fact_and_taking_it_away_restores_it(officer_a: Client) -> None:
    contact = make.contact(make.household())
    address = reverse("admin:campaigns_contact_change", args=[contact.pk])
    sent = {"household": contact.household.pk, "kind": "visit", "done_on": "2018-06-30", "void_reason": "重复登记"}
    officer_a.post(address, sent)
    contact.refresh_from_db()
    assert contact.voided_at is not None
    officer_a.post(address, sent | {"void_reason": ""})
    contact.refresh_from_db()
    assert contact.voided_at is None


def new_person(client: Client, **values: str) -> Any:
    sent = {
        "name": "金某甲", "sex": "M", "birth_date": "1990-01-01", "person_no": "", "county_code": make.COUNTY_A,
        "illness_insured": "unknown", "new_id_number": "",
    }  # fmt: skip
    return client.post(reverse("admin:households_person_add"), sent | values)


def test_a_new_persons_sex_and_birth_date_come_from_her_number(officer_a: Client) -> None:
    number = make.id_number(make.date(1988, 8, 8), "F")
    assert new_person(officer_a, new_id_number=f" {number[:6]} {number[6:]}").status_code == 302
    person = Person.objects.get()
    assert (person.sex, person.birth_date, person.id_number) == ("F", make.date(1988, 8, 8), number)
    assert person.id_index == identity.blind_index(number)
    assert person.pinyin


@pytest.mark.parametrize("number", ["13029919900101123X", "130299", ""])
def test_a_person_without_a_right_number_needs_a_person_number(officer_a: Client, number: str) -> None:
    assert new_person(officer_a, new_id_number=number).status_code == 200
    assert not Person.objects.exists()


def test_a_number_known_in_another_county_is_refused_without_saying_where(officer_a: Client) -> None:
    elsewhere = make.person(make.household(make.VILLAGE_B))
    here = make.person(make.household(make.VILLAGE_A))
    answers = [
        new_person(officer_a, new_id_number=known.id_number).context["adminform"].form.errors["new_id_number"]
        for known in (elsewhere, here)
    ]
    assert answers[0] == answers[1]
    assert elsewhere.name not in str(answers)


@pytest.mark.parametrize("sent", ["²", "20180101-9", "9" * 5000, "'\"<b>%", "x"])
def test_what_is_no_key_is_no_choice(officer_a: Client, sent: str) -> None:
    answer = officer_a.post(reverse("admin:campaigns_pairing_add"), {"person": sent, "helper": sent})
    assert answer.status_code == 200 and "person" in answer.context["adminform"].form.errors


def test_the_administrator_makes_users_with_known_regions_only(cast: Cast, client: Client) -> None:
    client.force_login(cast.system_admin)
    password = "kite-over-luan-river-7"
    sent = {
        "username": "li", "name": "李某", "role": "county_officer", "regions": "999999", "password1": password,
        "password2": password,
    }  # fmt: skip
    assert "没有区划代码999999" in text(client.post(reverse("admin:households_user_add"), sent))
    assert client.post(reverse("admin:households_user_add"), sent | {"regions": make.COUNTY_A}).status_code == 302
    user = User.objects.get(username="li")
    assert (user.regions, user.is_superuser, user.is_staff) == ([make.COUNTY_A], False, False)
    assert user.check_password(password)


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("table.xlsx", stream.getvalue())


def imported(client: Client, table: str, file: SimpleUploadedFile) -> Any:
    """Upload a table and confirm its preview, if there is one to confirm."""
    first = client.post(
        reverse(f"admin:{table}_import"), {"import_file": file, "format": "0", "resource": ""}, follow=True
    )
    confirm = first.context.get("confirm_form")
    if confirm is None:
        return first
    return client.post(reverse(f"admin:{table}_process_import"), {k: v or "" for k, v in confirm.initial.items()})


def test_aliases_come_in_and_go_out_as_a_workbook(city: Client) -> None:
    imported(
        city,
        "households_regionalias",
        workbook(["别名", "现行区划", "曾用名", "说明"], ["老曹庄", make.VILLAGE_A, "是", ""]),
    )
    alias = RegionAlias.objects.get(alias="老曹庄")
    assert (alias.region_id, alias.is_old_name) == (make.VILLAGE_A, True)
    response = city.post(
        reverse("admin:households_regionalias_export"), {"format": "0", "resource": "", "export_items": []}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]][:2] == ["别名", "现行区划"]


def test_helpers_of_another_county_are_not_imported(officer_a: Client) -> None:
    head = ["姓名", "包联人类别", "单位", "职务", "所在区划", "在岗开始"]
    row = ["孙包联", "村妇联干部", "曹庄子村", "主席", make.VILLAGE_B, "2018-03-01"]
    answer = imported(officer_a, "campaigns_helper", workbook(head, row))
    assert "不在您负责的范围内" in text(answer)
    assert not Helper.objects.exists()
    imported(officer_a, "campaigns_helper", workbook(head, [*row[:4], make.VILLAGE_A, "2018-03-01"]))
    assert Helper.objects.get().active.lower == make.date(2018, 3, 1)


HELPERS = ["姓名", "包联人类别", "单位", "职务", "所在区划", "在岗开始"]


def test_an_upload_that_waits_lies_open_nowhere(
    officer_a: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    file = workbook(HELPERS, ["孙包联", "村妇联干部", "曹庄子村", "主席", make.VILLAGE_A, "2018-03-01"])
    address = reverse("admin:campaigns_helper_import")
    preview = officer_a.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert "孙包联" in text(preview)
    assert not list(folder.iterdir())
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cache")
        kept = [pickle.loads(base64.b64decode(value)) for (value,) in cursor]
    file.seek(0)
    assert kept and base64.b64encode(file.read()).decode() not in kept


@pytest.mark.parametrize(
    "forged",
    [
        {"import_file_name": "nothing"}, {"import_file_name": "."}, {"format": "x"}, {"format": "99"},
        {"resource": "9"},
    ],
)  # fmt: skip
def test_a_confirmation_of_nothing_is_no_address(officer_a: Client, forged: dict[str, str]) -> None:
    file = workbook(HELPERS, ["孙包联", "村妇联干部", "曹庄子村", "主席", make.VILLAGE_A, "2018-03-01"])
    preview = officer_a.post(
        reverse("admin:campaigns_helper_import"), {"import_file": file, "format": "0", "resource": ""}
    )
    sent = {name: value or "" for name, value in preview.context["confirm_form"].initial.items()} | forged
    assert officer_a.post(reverse("admin:campaigns_helper_process_import"), sent).status_code == 404
    assert not Helper.objects.exists()


def test_an_officer_is_told_what_is_wrong_not_where_in_the_code(officer_a: Client) -> None:
    page = text(imported(officer_a, "campaigns_helper", workbook(["姓名"], ["孙包联"])))
    assert "表头缺少单位、所在区划列" in page
    assert "Traceback" not in page and ".py" not in page


def test_derived_tables_and_other_packages_tables_are_not_offered(city: Client) -> None:
    page = text(city.get(reverse("admin:index")))
    for word in ("standing", "ledgerentry", "stagedrow", "emailaddress", "authenticator", "usersession", "group"):
        assert f"/{word}/" not in page


def test_no_household_is_deleted_here(city: Client) -> None:
    household = make.household()
    assert (
        city.post(reverse("admin:households_household_delete", args=[household.pk]), {"post": "yes"}).status_code == 403
    )
    assert Household.objects.exists()


def filled(client: Client, address: str) -> dict[str, Any]:
    """The form of a change page as a browser sends it back."""
    form = client.get(address).context["adminform"].form
    values: dict[str, Any] = {}
    for bound in form:
        widget, value = bound.field.widget, bound.value()
        if isinstance(widget, PeriodWidget):
            parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
            values |= {bound.html_name + name: day for name, day in parts if day}
        elif value is not None and value is not False:
            values[bound.html_name] = value
    return values


def test_the_second_editor_sees_both_values_and_may_insist(officer_a: Client) -> None:
    home = make.household(make.VILLAGE_A, head_name="金某甲")
    address = reverse("admin:households_household_change", args=[home.pk])
    first, second = filled(officer_a, address), filled(officer_a, address)
    assert officer_a.post(address, first | {"head_name": "金某乙"}).status_code == 302
    assert officer_a.post(address, first | {"head_name": "金某乙"}).status_code == 302  # sent twice
    answer = officer_a.post(address, second | {"head_name": "金某丙"})
    assert "户主姓名：现在是“金某乙”，您填写的是“金某丙”" in text(answer)
    assert Household.objects.get().head_name == "金某乙"
    again = {"version": answer.context["adminform"].form["version"].value()}
    assert officer_a.post(address, second | again | {"head_name": "金某丙"}).status_code == 302
    assert Household.objects.get().head_name == "金某丙"


def test_differences_are_told_in_words_and_never_tell_a_number(officer_a: Client) -> None:
    person = make.person(make.household(), name="金某甲", nation="汉族", health=["健康"])
    pairing = make.pairing(person, period=("2018-01-01", None))
    address = reverse("admin:households_person_change", args=[person.pk])
    values, number = filled(officer_a, address), make.id_number(date(1980, 5, 1))
    Person.objects.filter(pk=person.pk).update(name="金某乙", birth_date="1970-01-01")
    page = text(officer_a.post(address, values | {"new_id_number": number}))
    assert "姓名：现在是“金某乙”，您填写的是“金某甲”" in page and "现在是“1970-01-01”" in page
    assert page.count(number) <= 1, "only in the field in which it was typed"
    address = reverse("admin:campaigns_pairing_change", args=[pairing.pk])
    values = filled(officer_a, address)
    Pairing.objects.update(period=period(date(2018, 2, 1), date(2018, 3, 31)))
    page = text(officer_a.post(address, values))
    assert "现在是“2018-02-01 — 2018-03-31”，您填写的是“2018-01-01 起”" in page


def test_every_form_of_the_back_office_that_changes_a_record_knows_its_version(cast: Cast) -> None:
    changed = [one for one in site._registry.values() if one.change is not None]
    assert len(changed) > 10
    for one in changed:
        assert issubclass(one.form, VersionedForm), one


@pytest.mark.parametrize("days", ["2018", "[2018-01-01,)", "", "x"])
def test_an_add_page_with_a_period_in_its_address_opens(city: Client, days: str) -> None:
    for table in ("campaigns_pairing", "campaigns_helper", "households_membership"):
        assert city.get(reverse(f"admin:{table}_add"), {"period": days, "active": days}).status_code == 200
