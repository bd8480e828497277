"""Forged keys that no form's choices hold, the second editor of a record, formulas in workbooks, markup in texts."""

import difflib
import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from campaigns.models import Fund, Grant, Participant, Pledge
from tests import make
from tests.conftest import Cast

NOBODY = 8_999_999_999


def words(response: Any) -> str:
    """The page without what varies from one answer to the next."""
    return re.sub(r"[0-9A-Za-z]{64}|[0-9a-f]{8}-[0-9a-f-]{27}|nonce=\S+", "", response.content.decode())


def same(client: Client, address: str, form: dict[str, Any], key: str, alien: Any, nobody: Any) -> None:
    """Both keys are answered with the same words; the page that follows too."""
    told = []
    for chosen in (alien, nobody):
        with transaction.atomic():
            response = client.post(
                address, {name.replace("KEY", str(chosen)): v for name, v in form.items()} | {key: chosen}, follow=True
            )
            told.append((response.status_code, words(response).replace(str(chosen), "KEY")))
            transaction.set_rollback(True)
    assert list(difflib.unified_diff(told[0][1].split("\n"), told[1][1].split("\n"), n=0)) == []
    assert told[0][0] == told[1][0]


@pytest.fixture
def pupils(cast: Cast) -> tuple[Any, Any]:
    """A paid and paired pupil of county A, a pupil of county B."""
    found: list[Any] = []
    for village in (make.VILLAGE_A, make.VILLAGE_B):
        child = make.person(make.household(village), birth=date(2008, 3, 1), relation="之女", pk=7_777_000 + len(found))
        make.enrolment(child)
        found.append(child)
    return found[0], found[1]


def test_paying_does_not_tell_whether_anothers_pupil_was_paid(
    cast: Cast, officer_b: Client, pupils: tuple[Any, Any]
) -> None:
    project, fund = make.project(), make.fund(5000, region_id=make.COUNTY_B)
    make.grant(pupils[0], project, on=make.REPORTING_DAY)
    form = {
        "fund": fund.pk, "project": project.pk, "paid_on": "2018-06-30", "region": make.COUNTY_B, "amount-KEY": "500",
        "action": "pay", "seen": "1-500.00",
    }  # fmt: skip
    same(officer_b, reverse("schooling_pay"), form, "people", pupils[0].pk, NOBODY)
    assert Grant.objects.count() == 1


def test_pairing_pupils_does_not_tell_whether_anothers_pupil_is_paired(
    cast: Cast, officer_b: Client, pupils: tuple[Any, Any]
) -> None:
    donor = make.donor(region_id=make.CITY)
    make.pledge(pupils[0], donor)
    form = {"donor": donor.pk, "year": 2018, "year_kind": "calendar", "amount": "500"}
    same(officer_b, reverse("schooling_pupils"), form, "people", pupils[0].pk, NOBODY)
    assert Pledge.objects.count() == 1


def test_signing_touches_no_grant_of_another_county(cast: Cast, officer_b: Client, pupils: tuple[Any, Any]) -> None:
    project = make.project()
    theirs, ours = make.grant(pupils[0], project), make.grant(pupils[1], project, village=make.VILLAGE_B)
    address = (
        f"{reverse('schooling_signatures')}?project={project.pk}&start=2018-01-01&end=2018-12-31&region={make.COUNTY_B}"
    )
    officer_b.post(address, {f"{what}-{one.pk}": "王某" for what in ("guardian", "signed") for one in (theirs, ours)})
    assert list(Grant.objects.order_by("pk").values_list("guardian", "guardian_signed")) == [
        ("", False),
        ("王某", True),
    ]


def test_a_sessions_sheet_and_an_offer_take_nobody_of_another_county(cast: Cast, officer_b: Client) -> None:
    woman = make.person(make.household(), pk=7_777_777)
    session, offer = make.training_session(region_id=make.COUNTY_B), make.job_offer(region=make.COUNTY_B)
    session.project.region_id = make.CITY
    session.project.save()
    for key in ("person", "line"):
        same(
            officer_b,
            reverse("livelihood_session", args=[session.pk]),
            {"mark-KEY": "present", "line-KEY": "present"},
            key,
            woman.pk,
            NOBODY,
        )
    same(
        officer_b,
        reverse("livelihood_match_offer", args=[offer.pk]),
        {"offered_on": "2018-06-30"},
        "person",
        woman.pk,
        NOBODY,
    )
    assert not session.attendances.exists() and not offer.employments.exists()


def test_a_village_is_not_handed_over_to_or_from_another_countys_helper(cast: Cast, officer_b: Client) -> None:
    theirs = make.helper()
    for address in (reverse("pairing_handover"), reverse("pairing_suggestions")):
        assert officer_b.get(f"{address}?region={make.TOWNSHIP_A}").status_code == 404
    told = [
        officer_b.get(f"{reverse('pairing_handover')}?helper={key}").status_code
        for key in (theirs.pk, NOBODY, "²", "9" * 5000)
    ]
    assert told == [404] * 4


def test_the_second_editor_of_a_record_is_told(cast: Cast, officer_a: Client) -> None:
    fund = make.fund()
    address = reverse("record_edit", args=["schooling", "funds", fund.pk])
    seen = officer_a.get(address).context["form"]["version"].value()
    form = {"region": make.COUNTY_A, "opened_on": "2018-01-01", "version": seen}
    first = form | {"name": "第一次改名", "note": "甲"}
    assert officer_a.post(address, first).status_code == 302
    assert officer_a.post(address, first).status_code == 302  # sent twice: its own change is no conflict
    answer = officer_a.post(address, form | {"name": "第二人改名"})
    assert "现在是“第一次改名”，您填写的是“第二人改名”" in answer.content.decode()
    assert "<h1>第一次改名" in answer.content.decode()  # nothing has been saved, and the page does not look as if
    assert Fund.objects.get(pk=fund.pk).name == "第一次改名"
    again = {"name": "第二人改名", "version": answer.context["form"]["version"].value()}
    assert officer_a.post(address, form | again).status_code == 302
    assert Fund.objects.get(pk=fund.pk).name == "第二人改名"


def test_the_second_editor_of_a_participant_is_told(cast: Cast, officer_a: Client) -> None:
    one = make.participant()
    address = reverse("participant_edit", args=[one.event_id, one.pk])
    seen = officer_a.get(address).context["form"]["version"].value()
    Participant.objects.filter(pk=one.pk).update(unit="乡妇联")
    form = {"name": one.name, "unit": "区妇联", "region": make.COUNTY_A, "version": seen}
    assert "已被修改" in officer_a.post(address, form | {"score": "90"}).content.decode()
    assert Participant.objects.get().unit == "乡妇联"


def test_no_workbook_of_the_back_office_holds_a_formula(cast: Cast, officer_a: Client) -> None:
    make.helper(name='=cmd|" /C calc"!A0', unit="+1")
    answer = officer_a.post(
        reverse("admin:campaigns_helper_export"), {"format": "0", "resource": "", "export_items": []}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not [cell.value for cell in cells if str(cell.value)[0] in "=+-@"]


def test_markup_in_a_name_is_text_in_the_help_of_a_field(cast: Cast, officer_a: Client) -> None:
    child = make.person(make.household(), birth=date(2008, 3, 1), name="<b id=x>王</b>")
    for table, row in (("grants", make.grant(child)), ("pledges", make.pledge(child))):
        page = officer_a.get(reverse("record_edit", args=["schooling", table, row.pk])).content.decode()
        assert "<b id=x>" not in page
        assert "&lt;b id=x&gt;" in page


def test_a_photo_is_not_kept_by_the_browser(cast: Cast, officer_a: Client) -> None:
    answer = officer_a.get(make.visit_photo(make.visit(make.household())).url)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline; filename=photo.jpg"
