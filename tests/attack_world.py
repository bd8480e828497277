"""The world of the attacks: everything of county A, with a rare character in all its texts, and everything of county B.

What stands in a page of county B's people with that character has leaked, whatever it is: a name, a region's path, a
title, a file's name, the sign-in name of a colleague.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns import coverage
from campaigns.models import (
    Attendance,
    Claim,
    ClinicAttendance,
    Donor,
    Employment,
    Event,
    GoodsAid,
    Helper,
    Participant,
)
from households.access import Role, code_range
from households.audit.models import Action
from households.audit.recording import record
from households.encryption import EncryptedTextField
from households.intake.models import ImportBatch
from households.intake.rows import CheckedRow, finding
from households.intake.staged_rows import copy_rows
from households.models import Enrolment, Household, HouseholdSpell, Membership, Person, Region, User
from households.periods import period
from tests import everything, make
from tests.conftest import Cast

# In the texts of county A: anywhere, in names, in minors' names, in what is about illness, in addresses.
CANARY, NAMED, MINOR, ILL, HOME = "谧", "谡", "谳", "谵", "谶"
_ABOUT_ILLNESS = {"illness", "refusal_reason", "findings", "hardship", "notes", "remark", "disability_category"}
# Their notes are about an event or a job.
_OF_WORK = (Event, Employment)
_PLAIN = {
    "kind",
    "number",
    "person_no",
    "stored_name",
    "pinyin",
    "code",
    "county_code",
    "village_code",
    "school_status",
}
_PEOPLE = (Person, Household, Helper, Participant, GoodsAid, ClinicAttendance, Donor, Attendance)
_PEOPLE_IN = {"guardian", "speaker", "checker", "companions", "approver", "decided_by", "told_by", "consent_by"}
# Texts of rows that carry no region themselves: model, the way to their county, the texts.
_BESIDE = (
    ("households.listcomparison", "county_code", ("source", "file_name", "message")),
    ("households.pairdecision", "kept__county_code", ("reason",)),
    ("households.columnmapping", "county_code", ("header",)),
)


def scoped_models() -> list[Any]:
    """All models whose rows belong to a region."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in {"campaigns", "households"} and getattr(model, "scope_field", "")
    ]


def mark(code: str) -> None:
    """Write the canaries into every free text of a county's rows, its users' names, its townships' and villages' names.

    The county's own name is no secret: a job offer may name another county as its place.
    """
    for model in scoped_models():
        if model.scope_field in {"code", "region_code"}:
            continue
        for row in model._default_manager.filter(code_range(model.scope_field, code)):
            for one in model._meta.concrete_fields:
                if isinstance(one, models.CharField | models.TextField | EncryptedTextField) and _is_free(one):
                    _write(row, one)
    for region in Region.objects.filter(code_range("code", code)).exclude(pk=code):
        names = {name: f"{CANARY}{getattr(region, name)}" for name in ("name", "short_name", "path")}
        Region.objects.filter(pk=region.pk).update(**names)
    for user in User.objects.filter(regions__0__startswith=code):
        User.objects.filter(pk=user.pk).update(username=f"{CANARY}_{user.pk}", name=f"王{CANARY}{user.pk}")
    for label, county, names in _BESIDE:
        for row in apps.get_model(label)._default_manager.filter(**{county: code}):
            type(row)._default_manager.filter(pk=row.pk).update(**dict.fromkeys(names, f"王{CANARY}{row.pk}"[:20]))


def _is_free(one: models.Field[Any, Any]) -> bool:
    return not one.choices and not one.primary_key and not one.is_relation and one.name not in _PLAIN | {"id_number"}


def _write(row: models.Model, one: models.Field[Any, Any]) -> None:
    if not getattr(row, one.attname) and one.name == "void_reason":
        return
    word = f"王{CANARY}{row.pk}{one.name}"
    if (one.name in _ABOUT_ILLNESS and not isinstance(row, _OF_WORK)) or (
        isinstance(row, Claim) and one.name == "note"
    ):
        word = f"王{CANARY}{ILL}{row.pk}"
    elif "address" in one.name:
        word = f"王{CANARY}{HOME}{row.pk}"
    elif isinstance(row, Person) and row.birth_date.year > 2002:
        word = f"王{MINOR}{NAMED}{CANARY}{row.pk}"
    elif (one.name.endswith("name") and type(row) in _PEOPLE) or one.name in _PEOPLE_IN:
        word = f"王{NAMED}{CANARY}{row.pk}"
    elif "phone" in one.name:
        word = "14403158888"
    length = getattr(one, "max_length", None)
    with suppress(DatabaseError, ValueError), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**{one.attname: word[:length] if length else word})


@dataclass
class World:
    """Objects of county A and of county B by address, the pages of the city's, and a family of county B."""

    arguments: dict[str, list[Any]]
    own: dict[str, list[Any]]
    shared: list[str]
    home_b: Household
    woman_b: Person


def build(cast: Cast) -> World:
    """Everything of county A, the same of county B, and what the city shares with both."""
    with connection.cursor() as cursor:  # keys that cannot be mistaken for another model's, or for a number of a page
        for at, model in enumerate(scoped_models(), 1):
            if isinstance(model._meta.pk, models.AutoField):
                table = model._meta.db_table
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, at * 10_000_000])
    village, township = (
        make.user(Role.VILLAGE_WORKER, (make.VILLAGE_B,)),
        make.user(Role.TOWNSHIP_WORKER, (make.TOWNSHIP_B,)),
    )
    there = replace(cast, officer_a=cast.officer_b, village_worker=village, township_worker=township)
    own = everything.arguments_of(there)
    everything.more_of(own)
    own = {name: [everything.MOVED.get(one, one) for one in parts] for name, parts in own.items()}
    everything.move()
    arguments = everything.arguments_of(cast)
    everything.more_of(arguments)
    home = make.household(make.VILLAGE_B, head_name="赵乙")
    woman, boy = make.person(home, name="钱乙"), make.person(home, name="钱小乙", birth=date(2008, 3, 1))
    make.pairing(woman, make.helper(village=make.VILLAGE_B, name="孙乙"), village=make.VILLAGE_B)
    make.enrolment(boy)
    make.contact(home, village=make.VILLAGE_B)
    make.cleaning(home, village=make.VILLAGE_B)
    pages = everything.shared_with(woman, boy)
    _reported_to_both(cast)
    pages.append(("pairing_helper", _moved_to_b(Person.objects.get(pk=own["duplicate"][0]))))
    _moved_to_a(own)
    mark(make.COUNTY_A)
    # Two of one name are alike with their canaries, too.
    Person.objects.filter(pk__in=arguments["duplicate"]).update(name=f"王{NAMED}{CANARY}")
    _logged(cast)
    coverage.settle_touched()
    shared = [reverse(name, args=[key]) for name, key in pages]
    return World(arguments, own, shared, home, woman)


def _reported_to_both(cast: Cast) -> None:
    """A round of county A's own, and a roster of county B in which somebody of county A stands."""
    make.report_round(region_id=make.COUNTY_A, day=date(2018, 5, 31))
    batch = ImportBatch.objects.create(
        created_by=cast.federation_staff, regions=[make.CITY], county_code=make.COUNTY_B, file_name="市级名册.xlsx",
        file_size=1, file_digest=b"4", state="applied", applied_at=timezone.now(), as_of=make.REPORTING_DAY,
        villages=[make.VILLAGE_A, make.VILLAGE_B], layout={"labels": ["姓名"], "letters": {}},
    )  # fmt: skip
    theirs = Person.objects.filter(county_code=make.COUNTY_A).order_by("pk")[0]
    names = {make.VILLAGE_A: f"王{CANARY}", make.VILLAGE_B: "李丙"}
    rows = [
        CheckedRow(
            "名册", number, {"姓名": name}, [finding("ID_LENGTH", "id_no")], village=village, id_index=theirs.id_index
        )
        for number, (village, name) in enumerate(names.items(), 2)
    ]
    copy_rows(batch.pk, rows, ["姓名"])
    nowhere = ImportBatch.objects.create(
        created_by=cast.officer_a, regions=[make.COUNTY_A], county_code=make.COUNTY_A, file_name="无村名册.xlsx",
        file_size=1, file_digest=b"5", state="applied", applied_at=timezone.now(), as_of=make.REPORTING_DAY,
        layout={"labels": ["姓名"], "letters": {}},
    )  # fmt: skip
    copy_rows(nowhere.pk, [CheckedRow("名册", 2, {"姓名": f"王{CANARY}"}, [finding("ID_LENGTH", "id_no")])], ["姓名"])
    make.comparison(cast.officer_b, regions=[make.COUNTY_A], county_code=make.COUNTY_A)  # before she came to county B


def _moved_to_b(woman: Person) -> int:
    """She lived in county A before: what was recorded there stays there. Gives the key of who helped her, of the city."""
    before = make.household(make.VILLAGE_A, since=date(2016, 1, 1))
    make.membership(before, woman, since=date(2016, 1, 1), until=date(2016, 12, 31))
    Enrolment.objects.create(
        person=woman, county_code=make.COUNTY_A, stage="primary", grade=3, school="甲小学",
        period=period(date(2016, 1, 1), date(2016, 12, 31)),
    )  # fmt: skip
    make.grant(woman, on=date(2017, 3, 1), kind="other")
    helper = make.helper(village=make.CITY, name="市级旧包联")
    make.pairing(woman, helper, period=period(date(2016, 1, 1), date(2016, 12, 31)))
    make.pairing(make.person(before), helper, period=period(date(2017, 1, 1), date(2017, 12, 31)))
    make.visit(before, helper)
    return int(helper.pk)


def _moved_to_a(own: dict[str, list[Any]]) -> None:
    """Who is in county B's register and lives in county A now: one of a pair, two who are alike in their new village only,
    a household as a whole. And a girl of county A who has a donor of county B's."""
    first, other = Person.objects.filter(pk__in=own["duplicate"]).order_by("pk")
    there = make.household(make.VILLAGE_A, since=date(2018, 4, 1))
    _follow(other, there)
    for name in ("张丽", "张莉"):
        weak: dict[str, Any] = {"id_number": None, "id_index": None, "weak_index": name.encode()}
        home = make.household(make.VILLAGE_B)
        _follow(make.person(home, name=name, pinyin="zhang li", birth=date(1975, 2, 3), **weak), there)
    gone = make.household(make.VILLAGE_B, since=date(2017, 1, 1))
    HouseholdSpell.objects.filter(household=gone).update(period=period(date(2017, 1, 1), date(2017, 12, 31)))
    make.spell(gone, make.VILLAGE_A)
    make.membership(gone, first, since=date(2017, 1, 1), until=date(2017, 12, 31))
    girl = Person.objects.filter(county_code=make.COUNTY_A).order_by("pk")[0]
    make.pledge(girl, Donor.objects.filter(region_id=make.COUNTY_B).order_by("pk")[0])


def _follow(who: Person, home: Household) -> None:
    """She left her household on the last of March and lives in this one."""
    Membership.objects.filter(person=who, period__contains=date(2018, 3, 31)).update(
        period=period(make.START, date(2018, 3, 31))
    )
    make.membership(home, who, since=date(2018, 4, 1), relation="儿媳")


def _logged(cast: Cast) -> None:
    """What county A's officer did, and a sign-in of nobody."""
    record(Action.EXPORT, by=User.objects.get(pk=cast.officer_a.pk), reason=f"王{CANARY}")
    record(Action.LOGIN_FAILED, by=None, username=f"#{CANARY}")
