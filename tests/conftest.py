"""One cast for all tests: regions, and a person for every role."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils.translation import activate
from pytest_django import Settings

from households.access import Role
from households.encryption import key_fingerprint
from households.models import Installation, User
from tests import make

# Hashing is dear on purpose. Tests ask whether it is done, hundreds of times, not how long it takes.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@dataclass(frozen=True)
class Cast:
    """One user for every role; officers A (丰南区) and B (迁西县); townships, villages and the leader are A's."""

    system_admin: User
    federation_staff: User
    officer_a: User
    officer_b: User
    township_worker: User
    village_worker: User
    leader: User
    auditor: User
    disabled: User


@pytest.fixture(autouse=True)
def chinese_afterwards() -> Iterator[None]:
    """A request leaves its language on the thread: the next test finds the default again."""
    yield
    activate(settings.LANGUAGE_CODE)


@pytest.fixture
def tangshan(db: None, tmp_path: Path) -> None:
    """A prepared installation: the small Tangshan (tests/make.py) and the campaign year 2018."""
    Installation.objects.create(key_fingerprint=key_fingerprint())
    make.small_tangshan(tmp_path)
    make.campaign_year()


@pytest.fixture
def cast(tangshan: None) -> Cast:
    """Users of the small Tangshan."""
    return Cast(
        system_admin=make.user(Role.SYSTEM_ADMIN, (make.CITY,)),
        federation_staff=make.user(Role.FEDERATION_STAFF, (make.CITY,), name="周市联"),
        officer_a=make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,)),
        officer_b=make.user(Role.COUNTY_OFFICER, (make.COUNTY_B,)),
        township_worker=make.user(Role.TOWNSHIP_WORKER, (make.TOWNSHIP_A,)),
        village_worker=make.user(Role.VILLAGE_WORKER, (make.VILLAGE_A,)),
        leader=make.user(Role.LEADER, (make.CITY,)),
        auditor=make.user(Role.AUDITOR, (make.CITY,)),
        disabled=make.user(Role.COUNTY_OFFICER, (make.COUNTY_A,), is_active=False),
    )


@pytest.fixture
def officer_a(cast: Cast, client: Client) -> Client:
    """A browser in which the officer of county A is signed in."""
    client.force_login(cast.officer_a)
    return client


@pytest.fixture
def officer_b(cast: Cast) -> Client:
    """Another browser: the officer of county B is signed in."""
    client = Client()
    client.force_login(cast.officer_b)
    return client


@pytest.fixture
def at_once(settings: Settings) -> None:
    """Tasks run inside the request, as a worker would run them a moment later."""
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def own_files(settings: Settings, tmp_path: Path) -> None:
    """Sealed files in a folder of this test alone: for what reads or rewrites all of them."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
