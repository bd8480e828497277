"""What is past its time goes; closed cases lose who they were, also in the history, and no figure of the past moves."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from campaigns import coverage, pseudonyms, recount, retention, tasks
from campaigns.models import ChildSurvey, Grant, Visit, WomanSurvey
from campaigns.photos import FILES
from campaigns.recording import void
from households.audit.models import Action, AuditEntry
from households.intake import originals
from households.intake.models import Decision, ImportBatch, StagedRow
from households.models import Household, HouseholdSpell, Person, RevealRequest
from households.periods import period
from tests import make
from tests.campaigns.test_uploads import confirm, page_of, send, workbook
from tests.conftest import Cast
from tests.households.intake.books import person

pytestmark = pytest.mark.usefixtures("own_files")
PHONE = "14403156601"
ENDED = date(2018, 3, 31)  # last day


@pytest.fixture
def long_ago(settings: Settings) -> None:
    """Everything is past its time at once, closed cases after five years."""
    settings.RETENTION_DAYS = dict.fromkeys(
        ("uploads", "comparisons", "reveals", "requests", "jobs", "sessions"), 1
    ) | {"closed": 1825}


@pytest.fixture
def gone(cast: Cast, long_ago: None) -> Household:
    """A household whose registration ended in March 2018, with a woman, a girl, facts, a photo and history."""
    home = make.household(head_name="赵金丝雀", phone=PHONE, address="曹庄子村金丝雀巷")
    spell = home.spells.get()
    spell.period = period(make.START, ENDED)
    spell.save()
    woman = make.person(home, name="钱金丝雀", phone=PHONE, remark="金丝雀", person_no="77", health=["残疾"])
    girl = make.person(home, name="钱小丝雀", birth=date(2009, 1, 1))
    girl.name = "钱金丝雀女"
    girl.save()
    make.enrolment(girl)
    make.contact(home, on=date(2018, 2, 1))
    make.pairing(woman), make.claim(make.insured(woman), note="金丝雀病")
    make.grant(girl, guardian="钱金丝雀", on=date(2018, 2, 1))
    make.woman_survey(woman, illness="金丝雀病", notes="金丝雀")
    make.child_survey(girl, guardian="钱金丝雀", guardian_phone=PHONE)
    make.visit_photo(make.visit(home, notes="见到金丝雀"), b"the canary's photo")
    wrong = make.contact(home)
    void(by=make.user(), household=home, fact=wrong, reason="金丝雀家没有去过")
    coverage.settle_touched()
    return home


def every_figure() -> list[Any]:
    """The figures of city, counties, townships and villages on days of the past."""
    codes = [make.CITY, make.COUNTY_A, make.COUNTY_B, make.TOWNSHIP_A, make.VILLAGE_A]
    return [coverage.as_of(codes, day) for day in (date(2018, 1, 15), date(2018, 3, 1), ENDED, date(2018, 6, 30))]


def dumped() -> Iterator[str]:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def test_a_closed_case_loses_who_it_was_and_keeps_what_counts(gone: Household) -> None:
    alive = make.person(make.household(head_name="李在册"), name="李在册")
    coverage.settle_touched()
    figures, events = every_figure(), Person.pgh_event_model.objects.count()
    assert any(Visit.objects.values_list("notes", flat=True)) and b"the canary's photo" in photos()
    call_command("apply_retention", stdout=StringIO())
    assert not [row for row in dumped() if "金丝雀" in row or "小丝雀" in row]
    woman, girl = Person.objects.exclude(pk=alive.pk).order_by("birth_date")
    assert (woman.name, woman.id_number, woman.phone, woman.remark, woman.person_no) == ("某某", None, None, None, "")
    assert (woman.sex, woman.birth_date, woman.health) == ("F", date(1980, 5, 1), ["残疾"])
    for event in Person.pgh_event_model.objects.filter(pgh_obj__in=(woman.pk, girl.pk)):
        assert (event.name, event.id_number, event.id_index, event.phone) == ("某某", None, None, None)
    gone.refresh_from_db()
    assert (gone.head_name, gone.number, gone.phone, gone.address) == ("某某", "", None, None)
    assert WomanSurvey.objects.get().illness == "" and ChildSurvey.objects.get().guardian_phone == ""
    assert Grant.objects.get().amount == 500 and Grant.objects.get().guardian == ""
    assert b"the canary's photo" not in photos()
    assert Person.objects.get(pk=alive.pk).name == "李在册"
    assert Person.pgh_event_model.objects.count() == events
    assert every_figure() == figures
    coverage.rebuild()
    assert every_figure() == figures, "counted anew from the facts it is the same"
    assert recount.verify(make.REPORTING_DAY) == []
    row = AuditEntry.objects.get(url_name="apply_retention", details__has_key="closed")
    assert (row.action, set(row.people)) == (Action.COMMAND, {woman.pk, girl.pk})
    call_command("apply_retention", stdout=StringIO())
    assert AuditEntry.objects.filter(details__has_key="closed").count() == 1, "the second time nothing is left to do"


def photos() -> set[bytes]:
    return {FILES.read(name) for name in FILES.stored()}


def test_a_dry_run_tells_and_changes_nothing(gone: Household) -> None:
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert (
        "已了结的户和人员（去除身份信息） · 保留1825天 · 3" in out.getvalue() and "没有改动任何数据" in out.getvalue()
    )
    gone.refresh_from_db()
    assert gone.head_name == "赵金丝雀" and not AuditEntry.objects.exists()


def test_who_still_counts_or_left_lately_stays(gone: Household) -> None:
    today = timezone.localdate()
    assert set(pseudonyms.closed_households(today)) == {gone.pk}
    assert pseudonyms.closed_households(ENDED) == [], "not before it was closed"
    removed = make.household(since=date(2017, 1, 1), status="removed")
    running = make.household()
    died = make.person()
    make.membership(running, died, until=ENDED, end_reason="died")
    mover = make.person(gone, name="周迁出")
    mover.memberships.update(period=period(make.START, date(2018, 2, 1)))
    make.membership(running, mover, since=date(2018, 2, 2))
    assert set(pseudonyms.closed_households(today)) == {gone.pk, removed.pk}
    closed = set(pseudonyms.closed_people(today))
    assert died.pk in closed and mover.pk not in closed
    HouseholdSpell.objects.filter(household=removed).update(period=period(today))
    assert removed.pk not in pseudonyms.closed_households(today - timedelta(days=30)), "taken off the list lately"


def test_an_old_upload_loses_file_and_rows_and_its_page_still_opens(
    at_once: None, officer_a: Client, tmp_path: Path, long_ago: None
) -> None:
    held = person(证件号码="130299198005010019", 姓名="孙存疑", 户编号="2")
    sent_back = person(证件号码="1302", 姓名="孙退回", 户编号="3")
    send(officer_a, workbook(tmp_path, person(), held, sent_back))
    batch = ImportBatch.objects.get()
    confirm(officer_a, batch)
    doubts = list(StagedRow.objects.filter(status__in=["held", "rejected"]))
    assert len(doubts) == 2
    officer_a.post(reverse("doubt", args=[doubts[0].pk]), {"choice": "handled", "reason": "已核"})
    assert Decision.objects.count() == 1
    call_command("apply_retention", stdout=StringIO())
    assert StagedRow.objects.count() == 3, "a day old it is not past its time"
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=2))
    call_command("apply_retention", stdout=StringIO())
    left = {row.pk: row for row in StagedRow.objects.all()}
    assert set(left) == {one.pk for one in doubts}, "an open doubt waits for its decision"
    assert left[doubts[0].pk].id_index is None and left[doubts[0].pk].sheet == ""
    assert batch.stored_name not in originals.FILES.stored()
    assert "孙存疑" not in page_of(officer_a, batch) or doubts[0].status != "held"
    assert officer_a.get(reverse("doubts")).status_code == 200
    before = AuditEntry.objects.count()
    call_command("apply_retention", stdout=StringIO())
    assert AuditEntry.objects.count() == before


def test_requests_sessions_and_jobs(officer_a: Client, cast: Cast, long_ago: None) -> None:
    who = make.person(make.household(), birth=date(2012, 1, 1))
    make.reveal_request(who, cast.officer_a)
    make.comparison(cast.officer_a)
    tasks.settle_touched.enqueue()
    old = timezone.now() - timedelta(days=3)
    RevealRequest.objects.update(asked_at=old)
    officer_a.get(reverse("home"))
    Session.objects.update(expire_date=old)
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=old)
    out = StringIO()
    call_command("apply_retention", stdout=out)
    assert not RevealRequest.objects.exists() and not Session.objects.exists() and not DBTaskResult.objects.exists()


def test_a_period_of_nought_keeps_for_ever(gone: Household, settings: Settings) -> None:
    settings.RETENTION_DAYS = dict.fromkeys(settings.RETENTION_DAYS, 0)
    out = StringIO()
    call_command("apply_retention", stdout=out)
    assert "永久保留" in out.getvalue() and Household.objects.get(pk=gone.pk).head_name == "赵金丝雀"


def test_the_worker_orders_it_once_a_day(db: None) -> None:
    assert retention.is_due()
    tasks.apply_retention.enqueue()
    assert not retention.is_due()
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(days=1, minutes=1))
    assert retention.is_due()


def test_every_table_that_may_name_somebody_is_known(db: None) -> None:
    """A new table of facts is cleared by itself; whoever adds one sees it here and looks which of its texts stay."""
    assert pseudonyms.tables_with_texts() == {
        "campaigns.Attendance", "campaigns.ChildSurvey", "campaigns.Cleaning", "campaigns.ClinicAttendance",
        "campaigns.Contact", "campaigns.Employment", "campaigns.GoodsAid", "campaigns.Grant", "campaigns.InsuredPerson",
        "campaigns.Pairing", "campaigns.Pledge", "campaigns.ProjectPlan", "campaigns.Recheck", "campaigns.Relief",
        "campaigns.SpecialCircumstance", "campaigns.SpotResult", "campaigns.Story", "campaigns.Visit",
        "campaigns.WomanSurvey", "households.DataRequest", "households.PairDecision", "households.RevealRequest",
    }  # fmt: skip
