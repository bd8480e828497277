"""What a thief of the database, the data folder and the logs learns: no identity number and no telephone in plain.

Canaries go in by every road the pages offer; then a real pg_dump of all data, every file of the data folder, and what was
logged are searched for them, as text, as base64 and in UTF-16.
"""

import base64
import logging
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns import batches
from households.identity import blind_index
from households.intake.models import ImportBatch, StagedRow
from households.models import Household, Person
from povertyrelief import embedded
from povertyrelief.logs import formatter
from tests import make
from tests.campaigns.test_uploads import send
from tests.conftest import Cast
from tests.households.intake.books import HEADERS, person, write
from tests.test_sign_in import sign_in

NUMBERS = [make.id_number(date(1980, 5, day)) for day in range(1, 9)]
PHONES = [f"1440315{number}" for number in (7101, 7102, 7103, 7104, 7105, 7106, 7107, 7108)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged, as the product writes it."""
    handler = logging.FileHandler(tmp_path / "log.jsonl")
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield tmp_path / "log.jsonl"
    root.removeHandler(handler)
    handler.close()


def worker() -> None:
    """All waiting jobs, by the real queue: their rows stay in the database."""
    call_command("db_worker", batch=True, startup_delay=False, interval=0, worker_id="canary")


def pg_dump(folder: Path) -> bytes:
    """All data of the tests' database as SQL; skipped where no pg_dump is new enough."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    program = embedded.program("pg_dump")
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    if told.returncode or int(told.stdout.split()[-1].split(".")[0]) < server:
        pytest.skip(f"no pg_dump for PostgreSQL {server}: {told.stdout or told.stderr}")
    info = connection.connection.info
    address = psycopg.conninfo.make_conninfo(
        dbname=info.dbname, host=info.host, port=info.port, user=info.user, password=info.password or None
    )
    done = subprocess.run(
        [str(program), "--inserts", "--no-owner", address], capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def forms_of(canary: str) -> Iterator[bytes]:
    """The ways in which a text may stand in a file."""
    yield canary.encode()
    yield canary[:15].encode()
    yield canary.encode("utf-16-le")
    yield canary.encode().hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b" " * shift + canary.encode())
        yield coded[4 if shift else 0 : -4]


def found_in(where: str, content: bytes) -> list[str]:
    """Which canaries stand there, with what is around them."""
    told = []
    for canary in (*NUMBERS, *PHONES):
        for form in set(forms_of(canary)):
            place = content.find(form)
            if place >= 0:
                told.append(f"{where}: {canary} … {content[max(0, place - 200) : place + 40]!r}")
                break
    return told


def through_the_pages(cast: Cast, officer: Client, folder: Path) -> None:
    """A roster, a ledger, a list; forms with free texts; searches; sign-ins; addresses; an error."""
    rows = [
        person(证件号码=NUMBERS[0], 户联系电话=PHONES[0], 备注=f"本人 {NUMBERS[0]}，儿子电话 {PHONES[1]}"),
        person(证件号码=NUMBERS[1], 户联系电话=PHONES[1], 姓名="李小燕", 与户主关系="之女"),
        person(证件号码=f"{NUMBERS[2][:-1]}{'0' if NUMBERS[2][-1] != '0' else '1'}", 户联系电话=PHONES[2], 户编号="2"),
        person(证件号码=NUMBERS[3], 户联系电话=f"{PHONES[3]}、{PHONES[4]}", 户编号="3", 与户主关系=f"户主{PHONES[4]}"),
        person(证件号码=NUMBERS[4] + "41", 户联系电话=PHONES[0], 户编号="4", 脱贫属性=f"电话{PHONES[5]}"),
        person(证件号码=NUMBERS[5], 户编号="5", 行政村=f"曹庄子村{PHONES[5]}"),
        person(证件号码=NUMBERS[6], 户编号="6", 姓名=f"王芳{PHONES[6]}", 学校=f"一中{PHONES[6]}"),
    ]
    titles = (f"丰南区名册 联系人 {PHONES[7]}", f"填报人 {NUMBERS[7]}")
    path = write(folder / f"名册{NUMBERS[0]}.xlsx", rows, headers=(*HEADERS, "学校", f"列{PHONES[7]}"), titles=titles)
    assert send(officer, path).status_code == 302
    worker()
    batch = ImportBatch.objects.get()
    page = reverse("upload_detail", args=[batch.pk])
    officer.get(page)
    assert officer.get(reverse("upload_annotated", args=[batch.pk])).getvalue()
    officer.post(reverse("upload_apply", args=[batch.pk]), {"seen": batches.preview_number(batch)})
    worker()
    batch.refresh_from_db()
    assert batch.state == "applied", batch.message
    doubt = StagedRow.objects.filter(status__in=["held", "rejected"], closed="").first()
    assert doubt is not None
    officer.post(reverse("doubt", args=[doubt.pk]), {"choice": "handled", "reason": f"已打电话 {PHONES[2]}"})
    columns = ("乡镇", "行政村", "姓名", "证件号码", "宣传", "清洁", "包联人", "包联人电话", "备注")
    row = {
        "乡镇": "黄各庄镇", "行政村": "曹庄子村", "姓名": "王小芳", "证件号码": NUMBERS[0], "宣传": "√", "清洁": "2018-05-08",
        "包联人": "赵秀兰", "包联人电话": PHONES[4], "备注": f"联系 {PHONES[3]}",
    }  # fmt: skip
    ledger = write(folder / "综合台账.xlsx", [row], headers=columns)
    send(officer, ledger, kind="combined")
    worker()
    other = ImportBatch.objects.exclude(pk=batch.pk).get()
    officer.get(reverse("upload_detail", args=[other.pk]))
    officer.post(reverse("upload_apply", args=[other.pk]), {"seen": batches.preview_number(other)})
    worker()
    listed = SimpleUploadedFile(f"低保{NUMBERS[1]}.xlsx", path.read_bytes())
    officer.post(
        reverse("comparisons"),
        {
            "files": listed,
            "source": f"民政局 {PHONES[7]}",
            "day": "2018-06-30",
            "area": "scope",
            "group": "everybody",
        },
    )
    worker()


def by_hand(cast: Cast, officer: Client) -> None:
    """What people type into free texts although they were asked not to."""
    woman = Person.objects.get(id_index=blind_index(NUMBERS[0]))
    home = woman.memberships.get().household
    contact = make.contact(home)
    refused = officer.post(
        reverse("void_fact", args=[home.pk, "contact", contact.pk]), {"reason": f"电话{PHONES[0]}打错"}
    )
    assert "请不要在这里填写证件号码" in refused.content.decode()
    refused = officer.post(
        reverse("record_fact", args=[home.pk, "contact"]),
        {"kind": "visit", "done_on": "2018-06-20", "place": f"家中 {PHONES[1]}", "speaker": f"王 {NUMBERS[0]}"},
    )
    assert refused.content.decode().count("请不要在这里填写证件号码") >= 2
    helper = make.helper(phone=PHONES[3])
    officer.post(
        reverse("record_fact", args=[home.pk, "visit"]),
        {
            "helper": helper.pk,
            "visited_on": "2018-06-20",
            "notes": f"孩子电话 {PHONES[2]}",
            "needs": f"证 {NUMBERS[0]}",
        },
    )
    officer.post(
        reverse("record_new", args=["organisation", "events"]),
        {"name": f"培训 {PHONES[5]}", "kind": "training", "region": make.COUNTY_A, "first_day": "2018-06-13",
         "last_day": "2018-06-14", "notes": f"联系人 {PHONES[6]}"},
    )  # fmt: skip
    event = make.event()
    officer.post(reverse("record_void", args=["organisation", "events", event.pk]), {"reason": f"见 {NUMBERS[5]}"})
    officer.post(reverse("households"), {"word": NUMBERS[0]})
    officer.get(reverse("households"))
    officer.get(reverse("household", args=[home.pk]))
    officer.post(reverse("reveal", args=[home.pk, "id-number", woman.pk]), {"why": "other", "note": f"补 {PHONES[0]}"})
    Household.objects.filter(pk=home.pk).update(phone=PHONES[6])


def at_the_door(cast: Cast, officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and words typed into the wrong place, addresses made by hand, and an error whose text quotes a number."""
    stranger = Client(raise_request_exception=False)
    for word in (NUMBERS[0], PHONES[0]):
        sign_in(stranger, name=word, password=word)
        stranger.get(f"/households/?word={word}")
        officer.get(f"/households/{word}/")
        officer.get(f"/admin/households/person/?q={word}")
        officer.get(reverse("households"), {"region": word})

    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError(f"bad row: {NUMBERS[1]} {PHONES[1]}")

    monkeypatch.setattr("campaigns.household_views.household_list", broken)
    officer.raise_request_exception = False
    assert officer.get(reverse("households")).status_code == 404
    monkeypatch.setattr("campaigns.household_views.shown", lambda *_args, **_kwargs: 1 / 0)
    monkeypatch.setattr("campaigns.household_views.home_region", broken)
    officer.get(reverse("households"))


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_number_is_found_in_a_dump_the_files_and_the_logs(
    cast: Cast, officer_a: Client, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    through_the_pages(cast, officer_a, tmp_path)
    by_hand(cast, officer_a)
    at_the_door(cast, officer_a, monkeypatch)
    dump = pg_dump(tmp_path)
    assert dump.count(b"INSERT INTO public.households_person ") >= 2, "the people are in it"
    assert b"INSERT INTO public.households_stagedrow " in dump and b"INSERT INTO public.households_personevent " in dump
    found = []
    for line in dump.splitlines():
        table = line.split(b" VALUES")[0].removeprefix(b"INSERT INTO public.").decode(errors="replace")[:60]
        found += found_in(table, line)
    for path in sorted(Path(settings.DATA_DIR).rglob("*")):
        if path.is_file():
            found += found_in(path.name, path.read_bytes())
    found += found_in("log", log.read_bytes() + unquote(log.read_text()).encode())
    assert not found, "\n".join(found)
