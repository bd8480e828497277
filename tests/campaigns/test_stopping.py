"""An import that is to be stopped: written whole or not at all, whenever the wish comes, and the page says which."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import batches, tasks
from households.intake import applying, progress, undo, undo_plan
from households.intake.models import BatchPerson, BatchWork, ImportBatch
from households.intake.undo import undo_batch
from households.models import Household, Person, User
from households.roster.kind import ROSTER
from tests.conftest import Cast
from tests.households.intake.books import person, preview, write

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_WRITTEN = "已停止导入，登记簿没有改动"
TOO_LATE = "停止导入的要求来得太晚，导入已经完成"
WAIT = 30


@dataclass
class Import:
    """A confirmed preview of 30 people, its officer's browser, and a worker of its own."""

    batch: ImportBatch
    officer: User
    browser: Client
    pool: ThreadPoolExecutor
    book: Path

    def page(self) -> str:
        return str(self.browser.get(reverse("upload_detail", args=[self.batch.pk])).content.decode())

    def confirm(self) -> None:
        self.browser.post(reverse("upload_apply", args=[self.batch.pk]), {"seen": batches.preview_number(self.batch)})

    def stop(self) -> None:
        assert self.browser.post(reverse("upload_stop", args=[self.batch.pk])).status_code == 302

    def apart(self, work: Callable[[], Any]) -> Future[Any]:
        """Do it in a thread with a connection of its own."""

        def run() -> Any:
            try:
                return work()
            finally:
                connections.close_all()

        return self.pool.submit(run)

    def write(self) -> Future[Any]:
        """What the worker does with the job."""
        return self.apart(lambda: tasks.apply_batch.func(str(self.batch.pk), self.officer.pk))

    def state(self) -> str:
        self.batch.refresh_from_db()
        return self.batch.state

    def assert_nothing_written(self) -> None:
        assert self.state() == "preview"
        assert not any(model.objects.exists() for model in (Person, Household, BatchPerson))
        events = [one for one in apps.get_app_config("households").get_models() if one.__name__.endswith("Event")]
        assert {one.__name__ for one in events if one._default_manager.exists()} <= {"UserEvent"}
        assert self.batch.rows.count() == 30
        assert NOTHING_WRITTEN in self.page()


@pytest.fixture
def started(cast: Cast, client: Client, tmp_path: Path) -> Any:
    rows = [person(户编号=f"13020710422500{number:02d}") for number in range(30)]
    client.force_login(cast.officer_a)
    with ThreadPoolExecutor(2) as pool:
        book = write(tmp_path / "名册.xlsx", rows)
        one = Import(preview(book, cast.officer_a), cast.officer_a, client, pool, book)
        one.confirm()
        assert one.state() == "applying"
        yield one


@pytest.fixture
def paused(started: Import, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """The worker waits in the middle of its transaction: (it is there, let it go on)."""
    there, go_on = threading.Event(), threading.Event()

    def slowly(*given: Any) -> Any:
        written = ROSTER.write(*given)
        there.set()
        assert go_on.wait(WAIT)
        return written

    monkeypatch.setitem(batches.KINDS, "roster", replace(ROSTER, write=slowly))
    return there, go_on


def test_before_the_worker_comes_it_is_a_preview_again_at_once(started: Import) -> None:
    assert "已确认，等待导入…" in started.page()
    started.stop()
    started.assert_nothing_written()
    started.write().result(WAIT)  # the job that was waiting
    started.assert_nothing_written()


def test_what_was_stopped_can_be_confirmed_again(started: Import) -> None:
    started.stop()
    started.confirm()
    assert NOTHING_WRITTEN not in started.page()
    started.write().result(WAIT)
    started.write().result(WAIT)  # the job of the first confirmation
    assert (started.state(), Person.objects.count()) == ("applied", 30)
    assert TOO_LATE not in started.page()


def test_while_the_worker_waits_for_another_import_it_is_a_preview_at_once(started: Import) -> None:
    with transaction.atomic():
        applying.lock_register()
        writing = started.write()
        time.sleep(0.3)
        started.apart(started.stop).result(WAIT)
        assert started.apart(started.state).result(WAIT) == "preview"
    writing.result(WAIT)
    started.assert_nothing_written()


def test_in_the_middle_everything_is_rolled_back(
    started: Import, paused: tuple[threading.Event, threading.Event]
) -> None:
    there, go_on = paused
    writing = started.write()
    assert there.wait(WAIT)
    page = started.page()
    assert "第2步，共2步：正在写入登记簿：30行…" in page
    assert "停止导入</button>" in page
    started.stop()  # answers although the batch's row is locked
    page = started.page()
    assert "正在停止导入…" in page
    assert "停止导入</button>" not in page
    go_on.set()
    writing.result(WAIT)
    started.assert_nothing_written()


def test_a_worker_that_died_after_the_wish_writes_nothing_when_it_comes_again(started: Import) -> None:
    BatchWork.objects.update(stop=True)
    started.write().result(WAIT)
    started.assert_nothing_written()


def test_after_the_last_safe_point_the_page_says_that_it_was_too_late_and_offers_undo(
    started: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, settled = applying.unless_stopped, applying.settle_earlier
    is_last = threading.Event()

    def settle(*given: Any) -> None:
        settled(*given)
        is_last.set()

    def look(batch_id: Any) -> None:
        really(batch_id)
        if is_last.is_set():
            started.apart(started.stop).result(WAIT)

    monkeypatch.setattr(applying, "settle_earlier", settle)
    monkeypatch.setattr(applying, "unless_stopped", look)
    started.write().result(WAIT)
    assert (started.state(), Person.objects.count()) == ("applied", 30)
    page = started.page()
    assert TOO_LATE in page
    assert NOTHING_WRITTEN not in page
    assert f'如不要这次导入，请<a href="{reverse("upload_undo", args=[started.batch.pk])}">' in page


def test_after_the_import_the_page_says_that_it_was_too_late(started: Import) -> None:
    started.write().result(WAIT)
    assert TOO_LATE not in started.page()
    started.stop()
    started.stop()  # sent twice
    assert (started.state(), Person.objects.count()) == ("applied", 30)
    assert TOO_LATE in started.page()


def test_undoing_tells_how_far_it_is(started: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks, so that a page can be asked between two of them; the end is the same."""
    seen: list[str] = []
    really = undo_plan.carry_out

    def carry_out(plan: undo_plan.Plan, told: progress.Told) -> None:
        seen.append(started.apart(started.page).result(WAIT))

        def look(done: int, total: int) -> None:
            told(done, total)
            seen.append(started.apart(started.page).result(WAIT))

        really(plan, look)

    monkeypatch.setattr(undo, "carry_out", carry_out)
    monkeypatch.setattr(undo_plan, "BLOCK", 25)
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    started.write().result(WAIT)
    started.browser.post(reverse("upload_undo", args=[started.batch.pk]))
    page = started.page()
    assert "等待撤回…" in page
    assert 'class="steps"' not in page  # they are those of an import
    started.apart(lambda: tasks.undo_batch.func(str(started.batch.pk), started.officer.pk)).result(WAIT)
    assert "第1步，共2步：正在核对哪些内容可以撤回…" in seen[0]
    assert all("第2步，共2步：正在恢复登记簿…" in page for page in seen[1:])
    shares = [int(told[1]) for page in seen if (told := re.search(r'<progress[^>]* value="(\d+)"', page))]
    assert len(shares) > 4 and shares[0] == 0
    assert shares == sorted(shares)
    assert (started.state(), Person.objects.count(), Household.objects.count()) == ("undone", 0, 0)


@pytest.mark.parametrize("rounds", [6, pytest.param(60, marks=pytest.mark.long)])
def test_at_any_instant_it_is_all_or_nothing_and_the_page_knows(started: Import, rounds: int) -> None:
    dice = Random(rounds)
    for _round in range(rounds):
        writing = started.write()
        time.sleep(dice.random() * 0.4)
        started.stop()
        writing.result(WAIT)
        if started.state() == "applied":
            assert (Person.objects.count(), BatchPerson.objects.count()) == (30, 30)
            assert TOO_LATE in started.page()
            undo_batch(started.batch.pk, ROSTER, by=started.officer)
            started.batch = preview(started.book, started.officer)
        else:
            assert (started.state(), Person.objects.count(), BatchPerson.objects.count()) == ("preview", 0, 0)
            assert NOTHING_WRITTEN in started.page()
        started.confirm()


@pytest.mark.parametrize(
    ("began", "told", "done", "words"),
    [
        (10, 0, 50, "这一步约还需10秒"),
        (10, 4, 40, "这一步约还需5秒"),  # 40 % in 6 s, 15 s in all, of which 10 are over
        (100, 0, 25, "这一步约还需5分钟"),
        (10, 0, 0, ""),
        (1, 0, 50, ""),  # too little to go by
        (60, 50, 50, ""),  # it should be over
        (10, 0, 100, ""),
    ],
)
def test_the_remaining_time_is_told_only_where_something_was_measured(
    started: Import, began: int, told: int, done: int, words: str
) -> None:
    now = timezone.now()
    BatchWork.objects.update(
        began_at=now - timedelta(seconds=began), told_at=now - timedelta(seconds=told), done=done, total=100
    )
    page = started.page()
    assert ("约还需" in page) == bool(words)
    assert words in page
    assert f'value="{done}"' in page


def test_several_files_are_counted_while_they_are_read(started: Import) -> None:
    BatchWork.objects.update(done=3, total=12)
    ImportBatch.objects.update(state="checking", progress=5)
    assert "第1步，共3步：正在读取第4个文件，共12个…" in started.page()
