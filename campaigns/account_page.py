"""Whose accounts a user answers for: their list, the forms that invite and hand over, and a link as words and picture."""

import base64
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import qrcode
import qrcode.image.svg
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t

from campaigns.records.forms import RegionField
from households.access import APPOINTS, Role, code_range
from households.accounts import operations
from households.accounts.models import Invitation, RememberedDevice
from households.identity import mask_phone
from households.models import Region, User

PAGE_SIZE = 50
Level = Region.Level
# Where a role works: what else is chosen for it is a slip.
LEVELS_OF: dict[str, tuple[str, ...]] = {
    Role.SYSTEM_ADMIN: (Level.CITY,),
    Role.FEDERATION_STAFF: (Level.CITY,),
    Role.AUDITOR: (Level.CITY, Level.COUNTY),
    Role.LEADER: (Level.CITY, Level.COUNTY),
    Role.COUNTY_OFFICER: (Level.COUNTY,),
    Role.TOWNSHIP_WORKER: (Level.TOWNSHIP,),
    Role.VILLAGE_WORKER: (Level.VILLAGE,),
}


@dataclass(frozen=True)
class AccountLine:
    """An account as its list shows it. state: active, waiting (for its user to set it up) or closed."""

    user: User
    places: str
    state: str
    state_text: str
    expires_at: datetime | None
    phone: str
    devices: int


@dataclass(frozen=True)
class AccountList:
    """Lines and the key of the next page (None: the last one)."""

    lines: list[AccountLine]
    next_key: int | None


@dataclass(frozen=True)
class Link:
    """What is handed to the invited person, shown once."""

    url: str
    picture: str


class NewAccount(forms.Form):
    """Who, as what, where. The region is one of those that the page offers."""

    name = forms.CharField(label=_t("姓名"), max_length=60)
    role = forms.ChoiceField(label=_t("角色"))
    region = RegionField(Region.objects.none(), label=_t("负责区划"), empty_label=_t("请选择"))
    phone = forms.RegexField(
        r"^1[3-9]\d{9}$", label=_t("手机号码"), required=False, error_messages={"invalid": _t("请填写11位手机号码。")},
        help_text=_t("用来联系本人，只对管理账号的人显示中间隐去的号码。"),
    )  # fmt: skip
    username = forms.CharField(
        label=_t("登录名"), max_length=60, required=False, help_text=_t("可以不填，由系统按角色和区划生成。")
    )

    def __init__(self, *args: Any, by: User, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = APPOINTS.get(by.role, frozenset())
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *((role.value, role.label) for role in Role if role in roles),
        ]  # fmt: skip
        below = Region.objects.visible_to(by).filter(code_range("code", region.code))
        deep = below if len(region.code) >= 6 else below.exclude(level=Level.VILLAGE)
        place = self.fields["region"]
        assert isinstance(place, RegionField)
        place.queryset = deep.exclude(level=Level.PROVINCE).order_by("code")

    def clean(self) -> dict[str, Any]:
        """A township's worker has a township, a village's a village."""
        cleaned = super().clean() or {}
        role, region = cleaned.get("role"), cleaned.get("region")
        if role and region and region.level not in LEVELS_OF[role]:
            levels = "、".join(str(Level(level).label) for level in LEVELS_OF[role])
            self.add_error(
                "region", _("“%(role)s”的负责区划应为%(levels)s。") % {"role": Role(role).label, "levels": levels}
            )
        return cleaned

    def clean_username(self) -> str:
        """Not somebody else's."""
        username: str = self.cleaned_data["username"].strip()
        if username and User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("登录名“%(name)s”已有人使用。请换一个登录名。"), params={"name": username})
        return username


class Successor(forms.Form):
    """Who takes an account over."""

    name = forms.CharField(label=_t("接任人姓名"), max_length=60)
    phone = NewAccount.base_fields["phone"]


def accounts(user: User, region: Region, *, after: int = 0) -> AccountList:
    """One page of the accounts a user answers for in a region."""
    found = operations.working_in(operations.managed_by(user), region.code).filter(pk__gt=after).order_by("pk")
    rows = list(found[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return AccountList(account_lines(shown), shown[-1].pk if len(rows) > PAGE_SIZE else None)


def account_lines(users: list[User]) -> list[AccountLine]:
    """Accounts in words."""
    codes = {code for user in users for code in user.regions}
    paths = dict(Region.objects.filter(code__in=codes).values_list("code", "path"))
    open_links = {
        one.user_id: one
        for one in Invitation.objects.filter(
            user__in=users, used_at=None, cancelled_at=None, expires_at__gt=timezone.now()
        )
    }
    phones = {one.user_id: one.phone for one in Invitation.objects.filter(user__in=users).order_by("invited_at")}
    devices: dict[int, int] = {}
    for device in RememberedDevice.objects.filter(user__in=users):
        devices[device.user_id] = devices.get(device.user_id, 0) + device.is_remembered
    return [
        _line(user, paths, open_links.get(user.pk), phones.get(user.pk, ""), devices.get(user.pk, 0)) for user in users
    ]


def _line(user: User, paths: dict[str, str], link: Invitation | None, phone: str, devices: int) -> AccountLine:
    state, text = (
        ("active", _("正常")) if user.is_active else ("waiting", _("待启用")) if link else ("closed", _("已停用"))
    )
    return AccountLine(
        user=user,
        places=_("、").join(paths.get(code, code) for code in user.regions),
        state=state,
        state_text=text,
        expires_at=link.expires_at if link else None,
        phone=mask_phone(phone),
        devices=devices,
    )


def link_of(request: HttpRequest, token: str) -> Link:
    """The address to hand over, and its QR code as an SVG in a data address."""
    url = request.build_absolute_uri(reverse("invitation", args=[token]))
    drawn = io.BytesIO()
    qrcode.make(url, image_factory=qrcode.image.svg.SvgPathImage, border=2).save(drawn)
    return Link(url, "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode())
