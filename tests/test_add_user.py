"""`manage.py add_user`."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from households.management.base import Refusal, usage_error
from households.models import User
from tests import make

PASSWORD = "kite-over-luan-river-7"


def add(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD, **options: Any) -> None:
    monkeypatch.setenv("NEW_USER_PASSWORD", password)
    call_command("add_user", "wang", **{"role": "county_officer", "region": make.COUNTY_A} | options)


def test_a_new_user_has_role_regions_and_password(tangshan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, region=f"{make.COUNTY_A},{make.COUNTY_B}")
    user = User.objects.get(username="wang")
    assert (user.role, user.regions) == ("county_officer", [make.COUNTY_A, make.COUNTY_B])
    assert user.check_password(PASSWORD)
    assert not (user.is_superuser or user.is_staff)


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"role": "boss"}, "没有角色“boss”"),
        ({"region": "999999"}, "没有区划代码999999"),
        ({"region": ","}, "没有区划代码"),
        ({"password": "short"}, "密码"),
    ],
)
def test_a_refusal_names_the_cause_in_chinese(
    tangshan: None, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], cause: str
) -> None:
    with pytest.raises(Refusal, match=cause):
        add(monkeypatch, **options)
    assert not User.objects.exists()


def test_a_name_is_given_once(tangshan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch)
    with pytest.raises(Refusal, match="已有人使用"):
        add(monkeypatch)


def test_an_unprepared_installation_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="prepare"):
        add(monkeypatch)


def test_usage_errors_are_told_in_chinese() -> None:
    assert usage_error("the following arguments are required: NAME") == "缺少参数：NAME"
