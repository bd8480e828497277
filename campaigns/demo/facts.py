"""What was done for the invented families from April to June 2018: everything by 30 June but 66 pupils' aid.

Each county works at its own pace (counties.py gives the shares done by 31 May).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from campaigns.demo.counties import Home
from campaigns.demo.families import BORN_16, BORN_18, BORN_65, FEMALE, Stage
from campaigns.demo.people import day_between
from campaigns.demo.register import Resident, insert
from campaigns.models import Cleaning, Contact, SpecialCircumstance, Target, default_clean_items
from households.models import User
from households.periods import period

ONE_DAY = timedelta(days=1)
START, END_OF_MAY, LAST_DAY = date(2018, 4, 2), date(2018, 5, 31), date(2018, 6, 28)
CLEANING_START = date(2018, 4, 16)
VOIDED_AT = datetime(2018, 6, 20, 1, 30, tzinfo=UTC)
ITEMS = default_clean_items()
EXPLAINED_CLEANINGS, VOIDED_CONTACTS, VOIDED_CLEANINGS = 14, 10, 5


@dataclass(frozen=True, slots=True)
class Scene:
    """What every kind of fact needs: the draw, the homes, everybody in them, and who types it in."""

    rng: Random
    homes: list[Home]
    residents: list[Resident]
    recorders: Mapping[str, User]  # county code → user

    def common(self, home: Home) -> dict[str, object]:
        """Village and recorder of a fact."""
        return {"village_id": home.village, "recorded_by": self.recorders[home.county.code]}

    def present(self) -> list[Resident]:
        """Everybody counted on the reporting day."""
        return [r for r in self.residents if r.home.is_counted and r.member.left is None]

    def day(self, share_by_may: float, first: date, start: date = START) -> date:
        """A day from start to 28 June, by 31 May with the given chance, never before `first`."""
        if self.rng.random() < share_by_may and first <= END_OF_MAY:
            return day_between(self.rng, max(start, first), END_OF_MAY)
        return day_between(self.rng, max(END_OF_MAY + ONE_DAY, first), LAST_DAY)


def is_target(resident: Resident) -> bool:
    """A woman of 16 or older or a child under 18 on the reporting day."""
    born = resident.member.born
    return born > BORN_18 or (resident.member.sex == FEMALE and born <= BORN_16)


def is_insurable(resident: Resident) -> bool:
    """A woman of 18 to 64 on the reporting day."""
    return resident.member.sex == FEMALE and BORN_65 < resident.member.born <= BORN_18


def is_pupil(resident: Resident) -> bool:
    """In grades 1 to 9."""
    return resident.member.stage in (Stage.PRIMARY, Stage.JUNIOR)


def write_visits(scene: Scene) -> None:
    """Contacts and cleanings of all households, with the circumstances that delayed some cleanings."""
    adults: dict[int, list[Resident]] = {}
    for resident in scene.residents:
        if resident.member.born < date(1998, 1, 1) and resident.member.left is None:
            adults.setdefault(id(resident.home), []).append(resident)
    contacts: list[Contact] = []
    for home in scene.homes:
        contacts += _contacts(scene, home, adults.get(id(home), []))
    counting = [contact for contact in contacts if contact.kind == Contact.Kind.VISIT]
    for contact in scene.rng.sample(counting, VOIDED_CONTACTS):
        contacts.append(_voided_copy(contact))
    insert(Contact, contacts)
    cleanings = [cleaning for home in scene.homes if home.is_counted for cleaning in _cleanings(scene, home)]
    insert(Cleaning, [*cleanings, *_voided_cleanings(scene, cleanings)])
    insert(SpecialCircumstance, _rebuilding(scene, cleanings))


def _contacts(scene: Scene, home: Home, adults: list[Resident]) -> list[Contact]:
    rng, common = scene.rng, scene.common(home)
    found = []
    if not home.is_counted:
        # Before they left the register, or because nobody told the visitor.
        if rng.random() < 0.5:
            day = day_between(rng, START, date(2018, 5, 15))
            found.append(Contact(household=home.row, kind=Contact.Kind.VISIT, done_on=day, **common))
        return found
    if rng.random() < 0.25 and home.start < START:
        kind = rng.choice((Contact.Kind.LOUDSPEAKER, Contact.Kind.CHAT_GROUP, Contact.Kind.LETTER))
        found.append(
            Contact(household=home.row, kind=kind, done_on=day_between(rng, START, date(2018, 4, 20)), **common)
        )
    day = scene.day(home.county.publicity, home.start)
    draw = rng.random()
    listeners = [adult for adult in adults if adult.home.joined(adult.member) <= day]
    if draw < 0.12 and listeners:
        attended = rng.choice(listeners).row
        found.append(
            Contact(
                household=home.row,
                kind=Contact.Kind.LECTURE,
                done_on=day,
                attended_by=attended,
                place="村讲习所",
                **common,
            )
        )
    else:
        kind = Contact.Kind.LEAFLET if draw < 0.30 else Contact.Kind.VISIT
        found.append(Contact(household=home.row, kind=kind, done_on=day, place="户内", **common))
    if rng.random() < 0.15:
        again = day_between(rng, day, LAST_DAY)
        found.append(Contact(household=home.row, kind=Contact.Kind.VISIT, done_on=again, place="户内", **common))
    return found


def _voided_copy(contact: Contact) -> Contact:
    return Contact(
        household=contact.household,
        village_id=contact.village_id,
        recorded_by=contact.recorded_by,
        kind=contact.kind,
        done_on=contact.done_on,
        voided_at=VOIDED_AT,
        void_reason="重复录入",
    )


def _cleanings(scene: Scene, home: Home) -> Iterable[Cleaning]:
    rng, common = scene.rng, scene.common(home)
    day = scene.day(home.county.cleaning, home.start, CLEANING_START)
    helpers = rng.choice(("巾帼志愿者服务队", "村妇联执委", "乡镇巾帼志愿者"))
    items = sorted(rng.sample(ITEMS, rng.randint(3, 5)), key=ITEMS.index)
    yield Cleaning(
        household=home.row,
        round_number=1,
        done_on=day,
        helpers=helpers,
        items=items,
        score=rng.randint(72, 98),
        **common,
    )
    if day < date(2018, 6, 10) and rng.random() < 0.2:
        again = day_between(rng, day + timedelta(days=14), LAST_DAY)
        score = rng.randint(55, 99)
        yield Cleaning(household=home.row, round_number=2, done_on=again, helpers=helpers, score=score, **common)


def _voided_cleanings(scene: Scene, cleanings: list[Cleaning]) -> list[Cleaning]:
    """First rounds that were not one: cleaned properly later."""
    late = [c for c in cleanings if c.round_number == 1 and c.done_on > END_OF_MAY]
    return [
        Cleaning(
            household=cleaning.household,
            village_id=cleaning.village_id,
            recorded_by=cleaning.recorded_by,
            done_on=cleaning.done_on - timedelta(days=10),
            voided_at=VOIDED_AT,
            void_reason="只打扫了院落，不算首轮清洁",
        )
        for cleaning in scene.rng.sample(late, VOIDED_CLEANINGS)
    ]


def _rebuilding(scene: Scene, cleanings: list[Cleaning]) -> list[SpecialCircumstance]:
    """Houses under repair in May, cleaned in June."""
    late = [c for c in cleanings if c.round_number == 1 and c.done_on > date(2018, 6, 8)]
    return [
        SpecialCircumstance(
            target=Target.CLEANING,
            household=cleaning.household,
            village_id=cleaning.village_id,
            recorded_by=cleaning.recorded_by,
            reason=SpecialCircumstance.Reason.REBUILDING,
            period=period(date(2018, 5, 3), cleaning.done_on - ONE_DAY),
            approver="县妇联办公室",
            approved_on=date(2018, 5, 4),
        )
        for cleaning in scene.rng.sample(late, EXPLAINED_CLEANINGS)
    ]
