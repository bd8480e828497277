"""One sign-in for each role of the demonstration, with generated passwords kept for printing again."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import pghistory
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction

from households.access import SECOND_FACTOR, Role
from households.models import User

CITY, TOUR_COUNTY, SECOND_COUNTY = "1302", "130207", "130227"
# No 0 o 1 l i: read from a screen and typed by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of `demo_sign_ins.json`. `totp_secret` is "" where the role needs none."""

    username: str
    password: str
    role: str
    role_name: str
    name: str
    regions: list[str]
    totp_secret: str


def sign_ins_file() -> Path:
    """Where the generated passwords are kept, readable by the operator only."""
    return Path(settings.DATA_DIR) / "demo_sign_ins.json"


def demo_users(township: str, village: str) -> list[User]:
    """The cast, not yet saved: user names, roles, regions; names are invented."""
    return [
        User(username=username, role=role, name=name, regions=[region])
        for username, role, name, region in (
            ("demo_admin", Role.SYSTEM_ADMIN, "演示·系统管理员", CITY),
            ("demo_city", Role.FEDERATION_STAFF, "演示·市妇联", CITY),
            ("demo_county_fengnan", Role.COUNTY_OFFICER, "演示·丰南区妇联", TOUR_COUNTY),
            ("demo_county_qianxi", Role.COUNTY_OFFICER, "演示·迁西县妇联", SECOND_COUNTY),
            ("demo_township", Role.TOWNSHIP_WORKER, "演示·乡镇妇联", township),
            ("demo_village", Role.VILLAGE_WORKER, "演示·村妇联", village),
            ("demo_leader", Role.LEADER, "演示·市领导", CITY),
            ("demo_auditor", Role.AUDITOR, "演示·审计员", CITY),
        )
    ]


def create_users(township: str, village: str) -> dict[str, User]:
    """Save the cast without usable passwords (see `issue_sign_ins`); user name → user."""
    users = demo_users(township, village)
    for user in users:
        user.set_unusable_password()
        user.save()
    return {user.username: user for user in users}


def issue_sign_ins() -> list[SignIn]:
    """Give every demonstration user a new password and second factor, and keep them in the file."""
    with pghistory.context(reason="演示数据"), transaction.atomic():
        found = _issue()
    path = sign_ins_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a file left by others keeps its mode
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"sign_ins": [asdict(sign_in) for sign_in in found]}, file, ensure_ascii=False, indent=1)
    return found


def _issue() -> list[SignIn]:
    found = []
    for user in User.objects.filter(username__startswith="demo_").order_by("pk"):
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        user.set_password(password)
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        secret = generate_totp_secret() if user.role in SECOND_FACTOR else ""
        if secret:
            TOTP.activate(user, secret)
        role = Role(user.role)
        found.append(SignIn(user.username, password, role.value, str(role.label), user.name, user.regions, secret))
    return found


def kept_sign_ins() -> list[SignIn]:
    """The sign-ins as issued; empty when the file is gone."""
    try:
        return [SignIn(**line) for line in json.loads(sign_ins_file().read_text(encoding="utf-8"))["sign_ins"]]
    except FileNotFoundError:
        return []
