"""Handing pairings over (交接, 换届): the old ones end the day before, the new ones begin that day, nobody is uncovered."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pghistory
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.models import CampaignYear, Helper, Pairing
from campaigns.pairing.own_homes import own_homes
from campaigns.pairing.rules import rules_on
from campaigns.recording import AlreadyRecordedError, days_text
from households.access import Permission, code_range
from households.models import Membership, Person, User
from households.periods import ONE_DAY, without
from households.querysets import can

_FARTHEST = timedelta(days=366)
_NAMED = 5  # names told in a refusal


@dataclass(frozen=True)
class Handing:
    """What is asked for. moves: old helper → new helper. region: only pairings recorded there; people: only theirs."""

    moves: Mapping[int, int]
    day: date
    region: str = ""
    people: frozenset[int] | None = None
    end_office: bool = False


@dataclass(slots=True)
class Step:
    """One pairing: it ends (or moves as a whole, or is voided as needless), and `pieces` begin with the new helper."""

    pairing: Pairing
    new: Helper
    pieces: list[DateRange]

    def moves_whole(self, day: date) -> bool:
        """Does it begin on the day or later?"""
        return bool(self.pairing.period.lower >= day)


@dataclass(slots=True)
class Plan:
    """The steps of all moves, and who leaves office."""

    handing: Handing
    helpers: dict[int, Helper]
    steps: list[Step] = field(default_factory=list)
    leaving: list[Helper] = field(default_factory=list)

    def people(self, old: int | None = None) -> int:
        """How many people are handed over (by one helper)."""
        return len({step.pairing.person_id for step in self.steps if old in (None, step.pairing.helper_id)})


def handed(by: User, old: Collection[int], day: date, region: str = "") -> QuerySet[Pairing]:
    """The valid pairings of helpers that hold on the day or later, in the user's regions."""
    found: QuerySet[Pairing] = Pairing.objects.visible_to(by).filter(
        Q(period__upper_inf=True) | Q(period__endswith__gt=day), helper__in=old, voided_at=None
    )
    return found.filter(code_range("village_id", region)) if region else found


def plan(*, by: User, handing: Handing) -> Plan:
    """What handing over would do; ValidationError with cause and remedy where it cannot be done. Reads only."""
    if not can(by, Permission.RECORD_FACTS):
        raise PermissionDenied
    _check_day(handing.day)
    helpers = {one.pk: one for one in Helper.objects.filter(pk__in={*handing.moves, *handing.moves.values()})}
    pairings = handed(by, handing.moves, handing.day, handing.region).select_related("person").order_by("period", "pk")
    if handing.people is not None:
        pairings = pairings.filter(person__in=handing.people)
    made = Plan(handing, helpers)
    told = list(pairings)
    if not told:
        raise AlreadyRecordedError(_("所选包联人在这一天及以后没有可交接的包联，没有重复交接。"))
    for pairing in told:
        _check_helpers(helpers[pairing.helper_id], helpers[handing.moves[pairing.helper_id]], pairing, handing.day)
    _check_homes(made, told)
    _lay_out(made, told)
    made.leaving = [helpers[old] for old in handing.moves] if handing.end_office else []
    for helper in made.leaving:
        _check_leaving(by, helper, made)
    return made


def hand_over(*, by: User, handing: Handing) -> Plan:
    """Hand over in one transaction; the same form sent twice finds nothing left (AlreadyRecordedError)."""
    names = dict(Helper.objects.filter(pk__in={*handing.moves, *handing.moves.values()}).values_list("pk", "name"))
    told = "、".join(f"{names[old]}→{names[new]}" for old, new in handing.moves.items())
    reason = _("包联交接：%(told)s，自%(day)s起") % {"told": told[:120], "day": handing.day}
    with transaction.atomic(), pghistory.context(user=by.pk, reason=reason):
        everybody = {*handing.moves, *handing.moves.values()}
        list(Helper.objects.select_for_update(no_key=True).filter(pk__in=everybody).order_by("pk"))
        list(
            handed(by, handing.moves, handing.day, handing.region).select_for_update().order_by("pk").values_list("pk")
        )
        made = plan(by=by, handing=handing)
        try:
            with transaction.atomic():
                _write(by, made)
        except IntegrityError as error:
            raise ValidationError(_("没有交接：与刚刚写入的其他包联冲突，请刷新页面核对后再试。")) from error
    return made


def _write(by: User, made: Plan) -> None:
    day, fresh = made.handing.day, []
    for step in made.steps:
        pairing, pieces = step.pairing, list(step.pieces)
        if not step.moves_whole(day):
            pairing.period = DateRange(pairing.period.lower, day, "[)")
        elif pieces:
            pairing.helper, pairing.period = step.new, pieces.pop(0)
        else:  # the new helper has been paired for all of that time anyway
            pairing.voided_at, pairing.void_reason = timezone.now(), _("包联交接：与新包联人已有的包联重复")
        pairing.save(update_fields=["helper", "period", "voided_at", "void_reason"])
        fresh += [
            Pairing(
                helper=step.new,
                person_id=pairing.person_id,
                kind=pairing.kind,
                period=piece,
                village_id=pairing.village_id,
                recorded_by=by,
            )
            for piece in pieces
        ]
    Pairing.objects.bulk_create(fresh, batch_size=2000)
    for helper in made.leaving:
        helper.active = DateRange(helper.active.lower, day, "[)")
        helper.save(update_fields=["active"])


def _lay_out(made: Plan, told: list[Pairing]) -> None:
    """The days that each new helper takes over, apart from those on which she is paired with the person already."""
    day, moves = made.handing.day, made.handing.moves
    taken: dict[tuple[int, int], list[tuple[DateRange, str]]] = defaultdict(list)
    existing = Pairing.objects.filter(
        helper__in=set(moves.values()), person__in={one.person_id for one in told}, voided_at=None
    ).exclude(pk__in=[one.pk for one in told])
    for one in existing:
        taken[one.helper_id, one.person_id].append((one.period, one.kind))
    for pairing in told:
        new = made.helpers[moves[pairing.helper_id]]
        wanted = DateRange(max(pairing.period.lower, day), pairing.period.upper, "[)")
        there = taken[new.pk, pairing.person_id]
        pieces = without(wanted, [days for days, _kind in there])
        if pairing.kind == Pairing.Kind.PERSONAL and any(
            kind != Pairing.Kind.PERSONAL and without(wanted, [days]) != [wanted] for days, kind in there
        ):
            _refuse(
                _("%(new)s与%(person)s已登记分片包联或社团帮扶，时间重叠；请先结束那一条，或另选包联人。")
                % {"new": new.name, "person": pairing.person.name}
            )
        there += [(piece, pairing.kind) for piece in pieces]
        made.steps.append(Step(pairing, new, pieces))


def _check_day(day: date) -> None:
    first = CampaignYear.objects.order_by("start").first()
    if first is not None and day < first.start:
        _refuse(_("交接日期%(day)s早于行动开始日期%(start)s，请核对年份。") % {"day": day, "start": first.start}, "day")
    if day > business_date() + _FARTHEST:
        _refuse(_("交接日期%(day)s在一年以后，请核对年份。") % {"day": day}, "day")


def _check_helpers(old: Helper, new: Helper, pairing: Pairing, day: date) -> None:
    """The new helper may take this pairing from this day on."""
    at = f"to_{old.pk}"
    first, last = max(pairing.period.lower, day), pairing.period.upper
    if old.pk == new.pk:
        _refuse(_("新包联人与原包联人是同一人，请另选。"), at)
    if len(new.region_id) >= 6 and new.region_id[:6] != pairing.village_id[:6]:
        _refuse(
            _("%(name)s不在%(who)s所在的县（市、区），请另选包联人。") % {"name": new.name, "who": pairing.person.name},
            at,
        )
    if day not in new.active or first not in new.active:
        _refuse(
            _("%(name)s的在岗时间为%(days)s，交接日期%(day)s应在其中；请改日期或另选包联人。")
            % {"name": new.name, "days": days_text(new.active), "day": first},
            at,
        )
    ends = min(filter(None, (last, old.active.upper)), default=None)
    if new.active.upper is not None and (ends is None or new.active.upper < ends):
        _refuse(
            _("%(name)s的在岗时间为%(days)s，到期时包联还没有结束，会有人无人包联；请另选包联人，或先更正在岗时间。")
            % {"name": new.name, "days": days_text(new.active)},
            at,
        )
    if old.active.upper is not None and old.active.upper < first:
        _refuse(
            _("%(name)s在%(last)s离岗，到%(day)s之间会无人包联；交接日期请填%(next)s。")
            % {"name": old.name, "last": old.active.upper - ONE_DAY, "day": first, "next": old.active.upper},
            "day",
        )
    if (new.kind == Helper.Kind.SOCIETY) != (pairing.kind == Pairing.Kind.SOCIETY):
        _refuse(_("巾帼社团只能接手社团特色帮扶，个人不能接手社团特色帮扶；请另选包联人。"), at)
    counting = rules_on(day).helper_kinds
    if pairing.kind == Pairing.Kind.PERSONAL and old.kind in counting and new.kind not in counting:
        _refuse(
            _("“%(kind)s”的包联不计入完成率，交接后会有人无人包联；请另选包联人。") % {"kind": new.get_kind_display()},
            at,
        )


def _check_homes(made: Plan, told: list[Pairing]) -> None:
    """Nobody is handed to one of her own household."""
    day, moves = made.handing.day, made.handing.moves
    members = Membership.objects.filter(person__in=[one.person_id for one in told], period__contains=day)
    homes = dict(members.values_list("person_id", "household_id"))
    own = own_homes([made.helpers[new] for new in set(moves.values())], set(homes.values()), day)
    for old, new in moves.items():
        mine = [one.person for one in told if one.helper_id == old and (new, homes.get(one.person_id)) in own]
        if mine:
            _refuse(
                _("%(new)s像是%(people)s的家人，不能包联本户；请把这户单独交给别人，或另选包联人。")
                % {"new": made.helpers[new].name, "people": _names(mine)},
                f"to_{old}",
            )


def _check_leaving(by: User, helper: Helper, made: Plan) -> None:
    """Whoever leaves office leaves nobody behind, in whatever region."""
    day = made.handing.day
    if not by.covers(helper.region_id):
        _refuse(_("%(name)s属于上级区划，不能在这里登记离岗；请不要勾选离岗。") % {"name": helper.name}, "end_office")
    if day <= helper.active.lower:
        _refuse(_("%(name)s在交接日期以后才上岗，不能登记离岗。") % {"name": helper.name}, "end_office")
    handed_over = {step.pairing.pk for step in made.steps}
    left = Pairing.objects.filter(
        Q(period__upper_inf=True) | Q(period__endswith__gt=day), helper=helper, voided_at=None
    ).exclude(pk__in=handed_over)
    if count := left.values("person").distinct().count():
        _refuse(
            _("%(name)s还有%(count)s人没有交接，不能登记离岗；请全部交接，或不要勾选离岗。")
            % {"name": helper.name, "count": count},
            "end_office",
        )


def _names(people: list[Person]) -> str:
    told = "、".join(dict.fromkeys(one.name for one in people[:_NAMED]))
    return told if len(people) <= _NAMED else _("%(names)s等%(count)s人") % {"names": told, "count": len(people)}


def _refuse(message: str, at: str = NON_FIELD_ERRORS) -> None:
    raise ValidationError({at: message})
