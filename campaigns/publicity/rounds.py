"""A round through a village: opened once with kind, day, place and speaker; then its households are ticked off.

What a phone keeps of a tick until it is sent is a token and a key. The token holds keys of rows and a last day, signed;
nobody can be known from it.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pghistory
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from campaigns import coverage, operations
from campaigns.models import Contact, ContactRound, CountingRules, Standing, Target, default_contact_kinds
from campaigns.recording import AlreadyRecordedError, check_day
from households.access import Permission
from households.models import Household, HouseholdSpell, Membership, Person, Region, TouchedVillage, User
from households.periods import age_on
from households.querysets import can

_SIGNER = signing.Signer(salt="contact.tick")
TOKEN_DAYS = 14


@dataclass(frozen=True)
class Box:
    """One box to tick: the household, or a member of it who attended. contact: what is recorded of this round."""

    token: str
    label: str
    contact: Contact | None


@dataclass(frozen=True)
class TickRow:
    """One household of the list. last: its latest contact before this round's, None for none."""

    household: Household
    name: str
    women: int
    children: int
    last: Contact | None
    boxes: list[Box] = field(default_factory=list)


class TokenError(ValueError):
    """The token is not ours, has run out, or is another user's; the words say what to do."""


def villages_with_households(user: User) -> QuerySet[Region]:
    """The user's villages in which households are registered."""
    registered = HouseholdSpell.objects.visible_to(user).values("village_id")
    return Region.objects.visible_to(user).filter(level=Region.Level.VILLAGE, code__in=registered).order_by("code")


def counting_kinds() -> list[str]:
    """The kinds of contact that cover a household by the rules in force (of the latest campaign year)."""
    rules = CountingRules.objects.order_by("campaign_year__start", "version").last()
    return list(rules.contact_kinds) if rules else default_contact_kinds()


def open_round(
    *, by: User, village: Region, kind: str, done_on: date, place: str = "", speaker: str = ""
) -> ContactRound:
    """A new round, or the very same one opened before by this user."""
    if not (can(by, Permission.RECORD_FACTS) and by.covers(village.code)):
        raise PermissionDenied
    check_day("done_on", done_on)
    same: dict[str, Any] = {
        "village": village, "kind": kind, "done_on": done_on, "place": place, "speaker": speaker, "recorded_by": by,
    }  # fmt: skip
    with transaction.atomic(), pghistory.context(user=by.pk, reason=_("开始进村宣传")):
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        return ContactRound.objects.filter(voided_at=None, **same).first() or ContactRound.objects.create(**same)


def listed_households(village: Region | str, day: date) -> list[int]:
    """Keys of the households with a registered woman or child in a village on a day, in order of key."""
    code = village if isinstance(village, str) else village.code
    if TouchedVillage.objects.filter(village_code=code).exists():
        coverage.settle([code])
    standing = Standing.objects.filter(village_code=code, target=Target.PUBLICITY, eligible__contains_day=day)
    return sorted(standing.values_list("unit_id", flat=True))


def tick_rows(user: User, of: ContactRound) -> list[TickRow]:
    """The households of the round's village on its day, by the name of the head."""
    keys = listed_households(of.village_id, of.done_on)
    people: dict[int, list[Person]] = {key: [] for key in keys}
    members = Membership.objects.filter(household__in=keys, period__contains=of.done_on).select_related("person")
    for member in members.order_by("person__birth_date", "person_id"):
        people[member.household_id].append(member.person)
    contacts: dict[int, list[Contact]] = {key: [] for key in keys}
    for contact in Contact.objects.filter(household__in=keys, voided_at=None).order_by("done_on", "pk"):
        contacts[contact.household_id].append(contact)
    homes = Household.objects.filter(pk__in=keys).order_by("head_name", "pk")
    return [_row(user, of, home, people[home.pk], contacts[home.pk]) for home in homes]


def _row(user: User, of: ContactRound, home: Household, people: list[Person], contacts: list[Contact]) -> TickRow:
    mine = {c.attended_by_id: c for c in contacts if (c.kind, c.done_on) == (of.kind, of.done_on)}
    others = [c for c in contacts if c not in mine.values()]
    ages = [(person, age_on(person.birth_date, of.done_on)) for person in people]
    if of.kind == Contact.Kind.LECTURE:
        boxes = [
            Box(
                token_of(of, home.pk, person.pk, user),
                _("%(name)s（%(age)s岁）") % {"name": person.name, "age": age},
                mine.get(person.pk),
            )
            for person, age in ages
        ]
    else:
        boxes = [Box(token_of(of, home.pk, None, user), "", next(iter(mine.values()), None))]
    return TickRow(
        household=home,
        name=home.head_name or _("（未登记户主）"),
        women=sum(person.sex == Person.Sex.FEMALE and age >= 16 for person, age in ages),
        children=sum(age < 18 for _person, age in ages),
        last=others[-1] if others else None,
        boxes=boxes,
    )


def token_of(of: ContactRound, household: int, person: int | None, user: User) -> str:
    """Always the same for one box of one round: a page opened again knows what still waits to be sent."""
    last = timezone.localdate(of.recorded_at) + timedelta(days=TOKEN_DAYS)
    return _SIGNER.sign_object([of.pk, household, person or 0, user.pk, last.toordinal()])


def read_token(user: User, token: str) -> tuple[ContactRound | None, int, int | None]:
    """Round (None where the user may not see it), household and person of a token."""
    try:
        round_pk, household, person, owner, last = _SIGNER.unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise TokenError(_("这次勾选无法识别，没有登记。请重新打开名单再勾选。")) from error
    if owner != user.pk:
        raise TokenError(_("这次勾选是另一位登录人的，没有登记。请由本人登录后补传。"))
    if timezone.localdate().toordinal() > last:
        raise TokenError(_("这次勾选已超过%(days)s天，没有登记。请重新打开名单再勾选。") % {"days": TOKEN_DAYS})
    return ContactRound.objects.visible_to(user).filter(pk=round_pk).first(), household, person or None


def tick(*, by: User, of: ContactRound, household: int, person: int | None, key: UUID | None = None) -> Contact:
    """Record the contact of one box. AlreadyRecordedError for what is there; ValidationError with the reason else."""
    if of.voided_at is not None:
        raise ValidationError(_("这次进村宣传已经作废，没有登记。请重新开始一次。"))
    home = Household.objects.filter(pk=household).first()
    lives = HouseholdSpell.objects.filter(
        household=household, village=of.village_id, period__contains=of.done_on
    ).exists()
    if home is None or not lives:
        raise ValidationError(
            _("该户在%(day)s不在%(village)s登记，没有登记宣传。请核对是否已迁出或退出。")
            % {"day": of.done_on, "village": of.village.short_name}
        )
    try:
        return operations.record_contact(
            by=by,
            household=home,
            kind=of.kind,
            done_on=of.done_on,
            place=of.place,
            speaker=of.speaker,
            attended_by=Person.objects.get(pk=person) if person else None,
            entry_key=key,
        )
    except PermissionDenied as error:
        raise ValidationError(_("该户现在不在您的负责范围内，没有登记。")) from error


def contact_of(of: ContactRound, household: int, person: int | None) -> Contact:
    """The valid contact of a box. ValidationError where there is none (any more)."""
    found = Contact.objects.filter(
        household=household, attended_by=person, kind=of.kind, done_on=of.done_on, voided_at=None
    ).first()
    if found is None:
        raise ValidationError(_("该户这次宣传没有登记或已经作废，照片没有保存。"))
    return found


def photo_key(user: User) -> str:
    """Encrypts the photos that wait in this user's phone: 32 bytes in base64, never stored there."""
    digest = salted_hmac("contact.photos", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


@dataclass
class Ticked:
    """What became of many boxes sent at once; refused: for whom and why."""

    saved: int = 0
    already: int = 0
    refused: list[str] = field(default_factory=list)


def tick_all(user: User, of: ContactRound, tokens: Iterable[str]) -> Ticked:
    """The boxes of a plain form; one that is refused does not stop the others."""
    told = Ticked()
    for token in dict.fromkeys(tokens):
        try:
            found, household, person = read_token(user, token)
            if found is None or found.pk != of.pk:
                raise TokenError(_("这次勾选不属于这份名单，没有登记。请重新打开名单再勾选。"))
            tick(by=user, of=of, household=household, person=person)
        except AlreadyRecordedError:
            told.already += 1
        except ValidationError as error:
            head = Household.objects.get(pk=household).head_name or _("（未登记户主）")
            told.refused += [_("%(head)s户：%(why)s") % {"head": head, "why": message} for message in error.messages]
        except TokenError as error:
            told.refused += [str(error)] if str(error) not in told.refused else []
        else:
            told.saved += 1
    return told
