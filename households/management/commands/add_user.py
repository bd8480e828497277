"""Makes a user with one role and her regions (contract: `add_user`)."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

import pghistory
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from households.access import Role
from households.audit.models import Action
from households.management.base import ProductCommand, Refusal
from households.models import Region, User
from households.wording import listed


class Command(ProductCommand):
    help = "Add a user: password from NEW_USER_PASSWORD, else asked for. Usable at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", metavar="NAME", help="sign-in name")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument("--region", required=True, metavar="CODE[,CODE…]", help="division codes she works for")
        parser.add_argument("--full-name", default="", help="her name as shown on pages")
        parser.add_argument("--initial", action="store_true", help="she must change the password when she signs in")

    def work(self, *, name: str, role: str, region: str, full_name: str, initial: bool, **options: Any) -> None:
        if role not in Role.values:
            raise Refusal(_("没有角色“%(role)s”。可选：%(roles)s。") % {"role": role, "roles": listed(Role.values)})
        codes = known_regions(region)
        if User.objects.filter(username__iexact=name).exists():
            raise Refusal(_("登录名“%(name)s”已有人使用。请换一个登录名。") % {"name": name})
        user = User(username=name, role=role, regions=codes, name=full_name, password_is_initial=initial)
        password = os.environ.get("NEW_USER_PASSWORD") or getpass(_("密码（不少于12位）："))
        try:
            user.clean_fields(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise Refusal(_("不能建立用户：%(cause)s") % {"cause": " ".join(error.messages)}) from error
        user.set_password(password)
        with transaction.atomic(), pghistory.context(reason="add_user"):
            user.save()
            self.record(action=Action.ACCOUNT, about=user, region_code=codes[0])
        self.stdout.write(
            _("已建立用户“%(name)s”：%(role)s，负责%(regions)s。")
            % {"name": name, "role": user.get_role_display(), "regions": listed(codes)}
        )


def known_regions(text: str) -> list[str]:
    """Division codes of "CODE,CODE"; Refusal naming those that are not in this installation."""
    codes = list(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))
    known = set(Region.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown or not codes:
        raise Refusal(
            _("没有区划代码%(codes)s。请核对代码（市4位、县6位、乡镇9位、村12位），或先运行 prepare 载入区划。")
            % {"codes": listed(unknown) or "“”"}
        )
    return codes
