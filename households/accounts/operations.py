"""Opening, closing and handing over accounts: keyword-only, by a user who answers for them, atomic, with history."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pghistory
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from households.access import APPOINTS, PIN_ROLES
from households.accounts.models import VALID_FOR, Invitation, RememberedDevice
from households.models import User

PIN_DIGITS = 6
_INSIDE = "regions <> '{}' AND NOT EXISTS (SELECT FROM unnest(regions) r WHERE NOT r ^@ ANY(%s))"


def managed_by(user: User) -> QuerySet[User]:
    """The accounts a user answers for: lower roles, all of whose regions are inside hers."""
    if not user.is_active or not APPOINTS.get(user.role):
        return User.objects.none()
    inside = RawSQL(_INSIDE, [list(user.regions)], output_field=BooleanField())  # noqa: S611 - parameters only
    return User.objects.filter(inside, role__in=APPOINTS[user.role]).exclude(pk=user.pk)


def working_in(found: QuerySet[User], region: str) -> QuerySet[User]:
    """Of these accounts those with a region inside the given one."""
    inside = RawSQL("EXISTS (SELECT FROM unnest(regions) r WHERE r ^@ %s)", [region], output_field=BooleanField())
    return found.filter(inside)


def invite(
    *, by: User, name: str, role: str, region: str, phone: str = "", username: str = "", replaces: User | None = None
) -> tuple[User, str]:
    """Make an account that waits for its user, and its link's token. Raises PermissionDenied, ValidationError.

    The same name for the same role and region that still waits is the same account, with a new link.
    """
    if role not in APPOINTS.get(by.role, frozenset()) or not by.covers(region):
        raise PermissionDenied
    with _writing(by, "account_invited"):
        same = managed_by(by).filter(name=name, role=role, regions=[region], is_active=False, last_login=None)
        user = same.filter(invitations__in=_open()).first()
        if user is None:
            user = User(username=username or _free_username(role, region), name=name, role=role, regions=[region])
            user.is_active = False
            user.set_unusable_password()
            user.full_clean(exclude=["password"])
            user.save()
        return user, _new_link(by, user, phone=phone, replaces=replaces)


def new_link(*, by: User, user: User) -> str:
    """A new link for an account, open or closed; earlier ones end. What she signed in with holds until she uses it."""
    _check(by, user)
    with _writing(by, "account_link"):
        last = Invitation.objects.filter(user=user).order_by("-invited_at").first()
        return _new_link(by, user, phone=last.phone if last else "", replaces=None)


def hand_over(*, by: User, user: User, name: str, phone: str = "") -> tuple[User, str]:
    """The successor gets an account of the same role and regions; the predecessor's ends when she has set it up."""
    _check(by, user)
    region = user.regions[0]
    successor, token = invite(by=by, name=name, role=user.role, region=region, phone=phone, replaces=user)
    with _writing(by, "account_handed_over"):
        successor.regions = user.regions
        successor.save(update_fields=["regions"])
    return successor, token


def close(*, by: User, user: User) -> bool:
    """End an account now: her next request is signed out, links and devices end. False where it had ended."""
    _check(by, user)
    with _writing(by, "account_closed"):
        return _close(user)


def end_ways_in(user: User) -> bool:
    """Links that wait and remembered devices hold no more: whoever has one got it for the account as it was. Was there a link?"""
    waiting = Invitation.objects.filter(_open_link(), user=user).update(cancelled_at=timezone.now())
    RememberedDevice.objects.filter(user=user).delete()
    return waiting > 0


def _close(user: User) -> bool:
    ended = User.objects.select_for_update().get(pk=user.pk)
    waiting = end_ways_in(user)
    if not ended.is_active:
        return waiting
    ended.is_active = False
    ended.save(update_fields=["is_active"])
    return True


def invitation(token: str) -> Invitation | None:
    """The open invitation of a link; None for one that is unknown, used, cancelled or too old."""
    found = Invitation.objects.filter(token_digest=digest(token)).select_related("user").first()
    return found if found is not None and found.is_open else None


def accept(*, token: str, secret: str) -> tuple[User, str] | None:
    """Set the password, or the PIN of this device, and open the account; (user, token of the device or "").

    None where the link does not hold (any more). Raises ValidationError for a weak secret.
    """
    with transaction.atomic():
        kept = Invitation.objects.select_for_update().filter(token_digest=digest(token)).first()
        if kept is None or not kept.is_open:
            return None
        user = User.objects.select_for_update().get(pk=kept.user_id)
        with pghistory.context(user=user.pk, reason="account_accepted"):
            device = ""
            RememberedDevice.objects.filter(user=user).delete()
            if user.role in PIN_ROLES:
                check_pin(secret)
                device = remember(user, secret)
                user.set_unusable_password()
            else:
                validate_password(secret, user)
                user.set_password(secret)
            user.is_active, user.password_is_initial = True, False
            user.save(update_fields=["password", "is_active", "password_is_initial"])
            kept.used_at = timezone.now()
            kept.save(update_fields=["used_at"])
            if kept.replaces is not None:
                _close(kept.replaces)
        return user, device


def check_pin(pin: str) -> None:
    """Six digits, not the first that anybody tries. Raises ValidationError."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise ValidationError(_("PIN码应为6位数字。"))
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {9}) or pin[:3] == pin[3:]:
        raise ValidationError(_("这个PIN码太容易猜到，请换一个，不要用连续或重复的数字。"))


def remember(user: User, pin: str) -> str:
    """Remember a device with its PIN; returns the token for its cookie."""
    token = secrets.token_urlsafe(32)
    RememberedDevice.objects.create(
        user=user, token_digest=digest(token), pin=make_password(_with_device(token, pin)), used_at=timezone.now()
    )
    return token


def device_of(token: str) -> RememberedDevice | None:
    """The remembered device of a cookie; None for one that is unknown, forgotten, or of a closed account."""
    found = RememberedDevice.objects.filter(token_digest=digest(token), user__is_active=True).select_related("user")
    device = found.first()
    return device if device is not None and device.is_remembered and device.user.role in PIN_ROLES else None


def pin_opens(*, token: str, pin: str) -> User | None:
    """The user whose PIN this is on this device. A wrong one counts; after five the device is locked until a new link."""
    with transaction.atomic():
        known = device_of(token)
        device = RememberedDevice.objects.select_for_update().get(pk=known.pk) if known else None
        if known is None or device is None or device.is_locked:
            return None
        if not check_password(_with_device(token, pin), device.pin):
            device.failures += 1
            device.save(update_fields=["failures"])
            return None
        device.failures, device.used_at = 0, timezone.now()
        device.save(update_fields=["failures", "used_at"])
        return known.user


def digest(token: str) -> bytes:
    """What is kept of a link or a cookie. They are 256 random bits: nobody tries them all."""
    return hashlib.sha256(token.encode()).digest()


def _with_device(token: str, pin: str) -> str:
    """A dump of the database tells no PIN although there are only a million: the token is in no database."""
    return f"{token}:{pin}"


def _check(by: User, user: User) -> None:
    if not managed_by(by).filter(pk=user.pk).exists():
        raise PermissionDenied


@contextmanager
def _writing(by: User, reason: str) -> Iterator[None]:
    """One transaction with history; a form sent twice waits for itself."""
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        yield


def _open_link() -> Q:
    return Q(used_at=None, cancelled_at=None)


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(_open_link(), expires_at__gt=timezone.now())


def _new_link(by: User, user: User, *, phone: str, replaces: User | None) -> str:
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    earlier = Invitation.objects.filter(_open_link(), user=user)
    replaced = earlier.exclude(replaces=None).values_list("replaces", flat=True).first()
    earlier.update(cancelled_at=now)
    Invitation.objects.create(
        user=user, token_digest=digest(token), phone=phone, invited_by=by, expires_at=now + VALID_FOR,
        replaces_id=replaces.pk if replaces else replaced,
    )  # fmt: skip
    return token


def _free_username(role: str, region: str) -> str:
    """Role and place tell who it is for, and nothing of the person: "village130207104225", then "…-2"."""
    stem = f"{role.partition('_')[0]}{region}"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
