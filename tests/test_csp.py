"""Headers of every answer, no inline style or script anywhere in our templates, and the pages of errors."""

import re
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.conftest import Cast

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_script(template: Path) -> None:
    assert not INLINE.search(template.read_text())


@pytest.mark.parametrize("page", ["home", "dashboard", "admin:index", "admin:households_person_add", "mfa_index"])
def test_pages_carry_the_headers(cast: Cast, client: Client, page: str) -> None:
    client.force_login(cast.federation_staff)
    response = client.get(reverse(page))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


@pytest.mark.parametrize("page", ["account_login", "demonstration_sign_in"])
def test_answers_to_strangers_carry_them_too(db: None, client: Client, page: str) -> None:
    assert "default-src 'none'" in client.get(reverse(page)).headers["Content-Security-Policy"]


def test_a_missing_page_says_so_in_chinese(db: None, client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "找不到该页面" in response.content.decode()


def test_a_form_of_more_fields_than_we_take_is_refused_in_chinese(officer_a: Client) -> None:
    answer = officer_a.post("/uploads/", {"field": ["1"] * 2000})
    assert (answer.status_code, "无法处理这次提交" in answer.content.decode()) == (400, True)


def test_a_foreign_host_name_is_refused_with_what_to_do(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/", HTTP_HOST="elsewhere.example")
    assert (answer.status_code, "ALLOWED_HOSTS" in answer.content.decode()) == (400, True)


def test_a_broken_page_says_so_in_chinese(cast: Cast, officer_a: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("campaigns.dashboard_views.known_of", broken)
    officer_a.raise_request_exception = False
    answer = officer_a.get("/dashboard/")
    assert (answer.status_code, "系统暂时出错" in answer.content.decode()) == (500, True)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_went_away_is_told_and_its_return_noticed(client: Client) -> None:
    client.raise_request_exception = False
    address = "/accounts/login/"
    assert client.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [ours])
    gone = client.get(address)
    assert (gone.status_code, "数据库暂时没有应答" in gone.content.decode()) == (503, True)
    assert (gone.headers["Retry-After"], "Content-Security-Policy" in gone.headers) == ("30", True)
    assert client.get(address).status_code == 200
