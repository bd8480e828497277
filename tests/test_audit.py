"""The audit log of requests: one row an action in its transaction, refusals on record, nobody's data in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from campaigns.models import Contact, Event, Helper
from campaigns.publicity import rounds
from households.access import READER, STEWARD, Role, database_identity
from households.audit.models import Action, AuditEntry
from households.audit.recording import without_numbers
from households.models import Household, Person, RegionAlias, User
from households.sign_in import LONGEST_SESSION
from povertyrelief.audited import AUDITED, NOT_AUDITED, back_office_lines, line_of
from povertyrelief.auditing import WriteWatch
from tests import make
from tests.conftest import Cast
from tests.test_access_matrix import GET, NAMES, POST
from tests.test_access_matrix import arguments as arguments
from tests.test_access_matrix import quiet as quiet
from tests.test_sign_in import code_of

PHONE = "14403159911"


@pytest.fixture
def home(cast: Cast) -> Household:
    return make.household(head_name="赵金丝雀", phone=PHONE)


@pytest.fixture
def woman(home: Household) -> Person:
    return make.person(home, name="钱金丝雀", phone=PHONE)


@pytest.fixture
def only(db: None) -> Iterator[Any]:
    """Returns the one row written since the last call."""
    seen: set[int] = set()

    def one() -> AuditEntry:
        rows = list(AuditEntry.objects.exclude(pk__in=seen))
        seen.update(row.pk for row in rows)
        assert len(rows) == 1, [(row.action, row.url_name) for row in rows]
        return rows[0]

    yield one


def test_every_address_is_audited_or_has_a_reason_why_not() -> None:
    audited = set(AUDITED) | set(back_office_lines())
    assert not audited & set(NOT_AUDITED)
    assert set(NAMES) - audited - set(NOT_AUDITED) == set()
    assert (set(AUDITED) | set(NOT_AUDITED)) - set(NAMES) == set()


def test_who_was_looked_at(officer_a: Client, cast: Cast, home: Household, woman: Person, only: Any) -> None:
    officer_a.get(reverse("household", args=[home.pk]))
    row = only()
    assert (row.action, row.user, row.username, row.role) == (
        Action.VIEW_PERSON, cast.officer_a, cast.officer_a.username, Role.COUNTY_OFFICER,
    )  # fmt: skip
    assert (row.about, row.about_id, row.people) == ("households.household", str(home.pk), [woman.pk])
    assert (row.url_name, row.method, row.status, row.address) == ("household", "GET", 200, "127.0.0.1")
    assert row.region_code == make.COUNTY_A and row.details == {"people": 1}


def test_a_list_says_where(officer_a: Client, woman: Person, only: Any) -> None:
    officer_a.get(reverse("households"), {"region": make.TOWNSHIP_A})
    row = only()
    assert (row.action, row.region_code, row.details) == (Action.VIEW_LIST, make.TOWNSHIP_A, {"rows": 1})


def test_a_form_that_comes_back_is_a_look(officer_a: Client, home: Household, woman: Person, only: Any) -> None:
    """Nothing is written, but the names stand in the answer."""
    for url, action in (
        (reverse("record_fact", args=[home.pk, "contact"]), Action.VIEW_PERSON),
        (reverse("admin:households_person_change", args=[woman.pk]), Action.VIEW_PERSON),
        (reverse("admin:households_person_changelist"), Action.VIEW_LIST),
    ):
        answer = officer_a.post(url, {})
        assert answer.status_code == 200 and woman.name in answer.content.decode()
        row = only()
        assert (row.action, row.method) == (action, "POST")
        if action == Action.VIEW_PERSON:
            assert row.people == [woman.pk]


def test_no_method_looks_unseen(officer_a: Client, woman: Person, only: Any) -> None:
    """Views of the back office answer any method with the page."""
    url = reverse("admin:households_person_change", args=[woman.pk])
    for method in ("options", "put"):
        assert woman.name in getattr(officer_a, method)(url).content.decode()
        row = only()
        assert (row.action, row.people) == (Action.VIEW_PERSON, [woman.pk])


@pytest.mark.parametrize("spelled", ["%2031", "３１", "+31", "3_1", "031"])
def test_a_key_spelled_otherwise_is_the_same_person(
    officer_a: Client, home: Household, only: Any, spelled: str
) -> None:
    woman = make.person(home, pk=31)
    officer_a.get(f"/admin/households/person/{spelled}/change/")
    row = only()
    assert (row.action, row.about_id, row.people) == (Action.VIEW_PERSON, "31", [woman.pk])


def test_a_download_is_a_row_whatever_its_header_says(cast: Cast, only: Any) -> None:
    """htmx asks a batch's page for its progress again and again; it asks for no workbook."""
    source = Path(__file__).parent / "data" / "qianxi_system_export_g1.xlsx"
    call_command("import_roster", source, "--as", cast.officer_b.username)
    batch, client = only().about_id, Client()
    client.force_login(cast.officer_b)
    answer = client.get(reverse("upload_annotated", args=[batch]), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and answer.getvalue()
    row = only()
    assert (row.action, row.about_id) == (Action.EXPORT, batch)


def test_figures_are_not_audited(officer_a: Client) -> None:
    officer_a.get(reverse("dashboard"))
    assert not AuditEntry.objects.exists()


def test_a_form_sent_twice_is_one_row(officer_a: Client, woman: Person, home: Household, only: Any) -> None:
    by = User.objects.get(pk=officer_a.session["_auth_user_id"])
    contact_round = rounds.open_round(by=by, village=make.region(), kind="visit", done_on=make.REPORTING_DAY)
    url = reverse("contact_round", args=[contact_round.pk])
    page = officer_a.get(url)
    assert only().action == Action.VIEW_LIST
    tokens = [box.token for line in page.context["rows"] for box in line.boxes]
    officer_a.post(url, {"tick": tokens})
    assert Contact.objects.count() == 1
    row = only()
    assert (row.action, row.about, row.about_id) == (Action.RECORD, "campaigns.contactround", str(contact_round.pk))
    before = AuditEntry.objects.count()
    officer_a.post(url, {"tick": tokens})
    officer_a.post(url, {})
    assert (Contact.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_what_is_taken_back_was_not_written(tangshan: None) -> None:
    """A savepoint given up takes its rows along; what was written before it stays written."""
    watch = WriteWatch()
    with connection.execute_wrapper(watch):
        with pytest.raises(RuntimeError), transaction.atomic():
            RegionAlias.objects.create(alias="老曹庄", region=make.region())
            raise RuntimeError
        assert watch.rows == 0
        RegionAlias.objects.create(alias="老曹庄", region=make.region())
        with pytest.raises(IntegrityError), transaction.atomic():
            RegionAlias.objects.filter(alias="老曹庄").update(note="旧称")
            RegionAlias.objects.create(alias="老曹庄", region=make.region())
        RegionAlias.objects.filter(alias="无").update(note="")
    assert watch.rows == 1


def test_why_a_record_was_voided_without_numbers(officer_a: Client, home: Household, woman: Person, only: Any) -> None:
    contact = make.contact(home)
    url = reverse("void_fact", args=[home.pk, "contact", contact.pk])
    officer_a.post(url, {"reason": "登错，电话 0315 2801234"})
    row = only()
    assert (row.action, row.reason, row.people) == (Action.VOID, "登错,电话 […]", [woman.pk])
    before = AuditEntry.objects.count()
    officer_a.post(url, {"reason": "再来一次"})
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "number",
    ["130299198001010014", "１３０２９９１９８００１０１００１Ｘ", "1302-9919-8001-0100-14", "130299800101001"],
)
def test_numbers_go_from_a_reason(number: str) -> None:
    assert without_numbers(f"第3户{number}错") == "第3户[…]错"


def test_a_refusal_is_on_record_and_nothing_else_stays(
    cast: Cast, officer_b: Client, home: Household, only: Any
) -> None:
    assert officer_b.get(reverse("household", args=[home.pk])).status_code == 404
    row = only()
    assert (row.action, row.status, row.about_id) == (Action.DENIED, 404, str(home.pk))
    assert row.region_code == make.COUNTY_B, "it is an event of who tried"
    assert officer_b.post(reverse("record_fact", args=[home.pk, "contact"]), {"kind": "visit"}).status_code == 404
    assert only().action == Action.DENIED
    client = Client()
    client.force_login(cast.leader)
    assert client.get(reverse("households")).status_code == 403
    assert (row := only()).action == Action.DENIED and row.username == cast.leader.username


def test_what_is_typed_into_an_address_is_not_kept(officer_a: Client, only: Any) -> None:
    """Numbers of objects are; a name or an identity number in their place is not."""
    for url in (
        "/admin/households/person/钱金丝雀/change/", "/photos/qian-jinsique/1.jpg", "/households/?region=钱金丝雀",
        "/dashboard/钱金丝雀/",
    ):  # fmt: skip
        assert officer_a.get(url).status_code == 404
        row = only()
        assert (row.action, row.about_id, row.region_code) == (Action.DENIED, "", make.COUNTY_A)
        assert "qian" not in row.about


def test_a_request_that_breaks_leaves_no_row(
    officer_a: Client, home: Household, woman: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("campaigns.household_views.coverage.being_updated", broken)
    officer_a.raise_request_exception = False
    assert officer_a.get(reverse("household", args=[home.pk])).status_code == 500
    assert not AuditEntry.objects.exists()


def test_without_its_row_nothing_is_written(
    officer_a: Client, home: Household, woman: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("povertyrelief.auditing.record", broken)
    officer_a.raise_request_exception = False
    contact = make.contact(home)
    url = reverse("void_fact", args=[home.pk, "contact", contact.pk])
    assert officer_a.post(url, {"reason": "登错"}).status_code == 500
    contact.refresh_from_db()
    assert contact.voided_at is None


def test_signing_in_and_out(cast: Cast, client: Client, only: Any) -> None:
    cache.clear()
    door, name = reverse("account_login"), cast.officer_a.username
    client.post(door, {"login": name, "password": "not-her-password"})
    row = only()
    assert (row.action, row.user, row.username) == (Action.LOGIN_FAILED, cast.officer_a, name)
    client.post(door, {"login": "kite-over-luan-river-7", "password": "x"})
    row = only()
    assert (row.action, row.user) == (Action.LOGIN_FAILED, None)
    assert row.username.startswith("#") and "kite" not in row.username
    client.post(door, {"login": name, "password": make.PASSWORD})
    assert (row := only()).action == Action.LOGIN and row.user == cast.officer_a
    client.post(reverse("account_logout"))
    assert (row := only()).action == Action.LOGOUT and row.user == cast.officer_a


def test_attempts_on_a_locked_account(cast: Cast, client: Client, only: Any) -> None:
    cache.clear()
    for _attempt in range(5):
        client.post(reverse("account_login"), {"login": cast.officer_a.username, "password": "wrong"})
        only()
    client.post(reverse("account_login"), {"login": cast.officer_a.username, "password": make.PASSWORD})
    assert (row := only()).action == Action.LOGIN_FAILED and row.details == {"locked": 1}


def test_the_second_factor(cast: Cast, client: Client, only: Any) -> None:
    cache.clear()
    user = cast.federation_staff
    client.post(reverse("account_login"), {"login": user.username, "password": make.PASSWORD})
    assert not AuditEntry.objects.exists(), "she is not in yet"
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (row := only()).action == Action.LOGIN_FAILED and row.user == user
    client.post(reverse("mfa_authenticate"), {"code": code_of(user)})
    assert (row := only()).action == Action.LOGIN and row.user == user


def test_a_session_that_has_run_out(officer_a: Client, cast: Cast, only: Any) -> None:
    officer_a.get(reverse("home"))
    session = officer_a.session
    session["signed_in_at"] -= LONGEST_SESSION + 1
    session.save()
    officer_a.get(reverse("home"))
    assert (row := only()).action == Action.LOGOUT and row.user == cast.officer_a


def test_a_tick_sent_by_a_phone(officer_a: Client, woman: Person, only: Any) -> None:
    """JSON that answers 200 has written; sent again it has not."""
    by = User.objects.get(pk=officer_a.session["_auth_user_id"])
    of = rounds.open_round(by=by, village=make.region(), kind="visit", done_on=make.REPORTING_DAY)
    token, url = rounds.tick_rows(by, of)[0].boxes[0].token, reverse("contact_tick")
    for key in (str(uuid4()), str(uuid4())):
        assert officer_a.post(url, {"token": token, "key": key}).status_code == 200
    assert (row := only()).action == Action.RECORD and row.url_name == "contact_tick"


def test_rights_of_a_user_and_her_name(cast: Cast, client: Client, only: Any) -> None:
    client.force_login(cast.system_admin)
    url = reverse("admin:households_user_change", args=[cast.village_worker.pk])
    data = {"username": cast.village_worker.username, "name": "周村", "role": "village_worker", "is_active": "on"}
    client.post(url, data | {"regions": make.VILLAGE_A})
    row = only()
    assert (row.action, row.about_id) == (Action.ACCOUNT, str(cast.village_worker.pk))
    client.post(url, data | {"regions": make.TOWNSHIP_A, "role": "township_worker"})
    assert only().action == Action.PERMISSION


# Commands that change nothing but derived figures, or are processes.
READING = {
    "coverage", "figures", "verify_coverage", "verify_audit", "run", "work", "db_stop", "update_messages",
}  # fmt: skip


def test_every_command_is_audited_or_changes_nothing() -> None:
    """The others write their row: see the tests below, and those of `prepare` and of backups."""
    ours = {name for name, app in get_commands().items() if app in ("households", "campaigns", "povertyrelief")}
    assert ours - READING == {
        "add_user", "import_roster", "import_ledger", "undo_import", "rebuild_coverage", "prepare", "rotate_keys",
        "apply_retention", "backup", "restore",
    }  # fmt: skip


@pytest.mark.parametrize("command", ["rebuild_coverage", "prepare"])
def test_a_command_that_runs_by_itself(cast: Cast, command: str, only: Any) -> None:
    call_command(command)
    row = only()
    assert (row.action, row.url_name, row.user) == (Action.COMMAND, command, None)


def test_what_was_made_is_named(officer_a: Client, woman: Person, only: Any) -> None:
    url = reverse("record_new", args=["organisation", "events"])
    data = {"name": "骨干培训班", "kind": "training", "region": make.COUNTY_A, "first_day": "2018-06-13"}
    response = officer_a.post(url, data | {"last_day": "2018-06-14"})
    assert response.status_code == 302, response.context["form"].errors
    row = only()
    assert (row.action, row.about, row.about_id) == (Action.RECORD, "campaigns.event", str(Event.objects.get().pk))
    assert row.region_code == make.COUNTY_A


def test_a_command_that_adds_a_user(cast: Cast, monkeypatch: pytest.MonkeyPatch, only: Any) -> None:
    monkeypatch.setenv("NEW_USER_PASSWORD", make.PASSWORD)
    call_command("add_user", "wu", "--role", Role.COUNTY_OFFICER, "--region", make.COUNTY_A)
    row = only()
    made = User.objects.get(username="wu")
    assert (row.action, row.url_name, row.about_id) == (Action.ACCOUNT, "add_user", str(made.pk))


def test_an_import_has_its_rows(cast: Cast) -> None:
    source = Path(__file__).parent / "data" / "qianxi_system_export_g1.xlsx"
    name = cast.officer_b.username
    call_command("import_roster", source, "--as", name, "--apply")
    rows = list(AuditEntry.objects.order_by("pk"))
    assert [row.action for row in rows] == [Action.PREVIEW, Action.APPLY]
    batch = rows[1].about_id
    assert {row.user for row in rows} == {cast.officer_b} and rows[0].about_id == batch
    call_command("undo_import", batch, "--as", name)
    last = AuditEntry.objects.order_by("-pk")[0]
    assert (last.action, last.about_id) == (Action.UNDO, batch)


@pytest.mark.parametrize("identity", [READER, STEWARD])
@pytest.mark.parametrize("table", ["households_auditentry", "households_auditseal"])
def test_the_log_is_never_rewritten(db: None, identity: str, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"TRUNCATE {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with database_identity(identity), connection.cursor() as cursor:
                cursor.execute(statement)


def test_pages_write_the_log_and_cannot_read_it(db: None) -> None:
    for statement in ("SELECT username FROM households_auditentry", "SELECT FROM households_auditseal"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with database_identity(READER), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_auditor_reads_and_that_is_a_row(cast: Cast, home: Household, woman: Person, only: Any) -> None:
    officer, auditor = Client(), Client()
    officer.force_login(cast.officer_a)
    auditor.force_login(cast.auditor)
    officer.get(reverse("household", args=[home.pk]))
    only()
    asked = {"about": "households.person", "number": f"#{woman.pk}"}
    page = auditor.get(reverse("audit"), asked)
    assert [line.what for line in page.context["page"].lines] == [f"贫困户 #{home.pk}"]
    assert only().action == Action.VIEW_LOG
    text = page.content.decode()
    assert woman.name not in text and home.head_name not in text and PHONE not in text
    assert not auditor.get(reverse("audit"), {"number": woman.pk + 1}).context["page"].lines
    only()
    assert not auditor.get(reverse("audit"), {"number": "130299198001010014"}).context["page"].lines
    only()
    for wanted, found in (
        ({"user": cast.officer_a.username}, 1),
        ({"action": "export"}, 0),
        ({"end": "2018-01-01"}, 0),
    ):
        assert len(auditor.get(reverse("audit"), wanted).context["page"].lines) == found
        only()
    assert auditor.get(reverse("audit_workbook"), asked).status_code == 200
    assert (row := only()).action == Action.EXPORT and row.details == {"rows": 1}


def test_the_log_page_by_page(cast: Cast, client: Client) -> None:
    AuditEntry.objects.bulk_create(
        [AuditEntry(action=Action.VIEW_LIST, username=f"u{number}", region_code="1302") for number in range(60)]
    )
    client.force_login(cast.auditor)
    first = client.get(reverse("audit"), {"action": "view_list"}).context["page"]
    second = client.get(reverse("audit"), {"action": "view_list", "before": first.before}).context["page"]
    names = [line.user for line in (*first.lines, *second.lines)]
    assert names == [f"u{number}" for number in reversed(range(60))] and second.before is None
    assert client.get(reverse("audit"), {"before": "x"}).status_code == 404


def test_an_auditor_of_a_county_reads_of_her_county(cast: Cast, client: Client) -> None:
    for code in (make.COUNTY_A, make.COUNTY_B, ""):
        AuditEntry.objects.create(action=Action.VIEW_LIST, username=f"in{code}", region_code=code)
    client.force_login(make.user(Role.AUDITOR, (make.COUNTY_A,)))
    assert [line.user for line in client.get(reverse("audit")).context["page"].lines] == [f"in{make.COUNTY_A}"]


def test_a_walk_through_the_product(cast: Cast, arguments: dict[str, list[Any]], quiet: None) -> None:
    """Every address answers with one row or none, as declared, and in all of them stands nobody."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.federation_staff)
    cookies = client.cookies.copy()
    wrong = {}
    for method, table in (("get", GET), ("post", POST)):
        for name in table:
            client.cookies = cookies.copy()
            before = AuditEntry.objects.count()
            response = getattr(client, method)(reverse(name, args=arguments.get(name, [])), {})
            rows, line = AuditEntry.objects.count() - before, line_of(name)
            shows = line is not None and line.look is not None and method.upper() in line.shown_by
            refused, shown = response.status_code in (403, 404), shows and response.status_code == 200
            expected = 1 if shown or refused else 0 if method == "get" else rows
            if rows != expected or rows > 1:
                wrong[f"{method} {name}"] = (response.status_code, rows)
    assert not wrong
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, chr(10)) FROM households_auditentry e")
        text = cursor.fetchone()[0]
    people = Person.objects.all()
    canaries = {person.name for person in people} | set(Household.objects.values_list("head_name", flat=True))
    canaries |= set(Helper.objects.values_list("name", flat=True)) | set(User.objects.values_list("name", flat=True))
    canaries |= {person.id_number or "" for person in people} | set(Helper.objects.values_list("phone", flat=True))
    assert len(canaries) > 8
    assert not {canary for canary in canaries if canary and canary in text}
