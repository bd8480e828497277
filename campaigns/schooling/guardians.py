"""Who signs for a child: derived from her household as it is registered."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from households.models import Membership, Person
from households.periods import age_on

_CHILD_OF_HEAD = ("之子", "之女", "之继子", "之继女", "之养子", "之养女")
_PARENT_BESIDE_HEAD = ("之子", "之女", "之儿媳", "之女婿")
_GROWN_UP, _YOUNGEST_PARENT = 18, 16


def guardians_of(people: Collection[Person], day: date) -> dict[int, str]:
    """Person → the name of who signs for her on a day, "" where the household tells nobody.

    The head signs for his own child; for a grandchild a parent who lives in the household, if there is one, else the head;
    the head need not be registered herself. A head who is a child has her oldest grown-up member sign.
    """
    wanted = {person.pk: person for person in people}
    own = Membership.objects.filter(person__in=wanted, period__contains=day).select_related("household")
    homes = {member.person_id: member for member in own}
    living: dict[int, list[Membership]] = defaultdict(list)
    around = Membership.objects.filter(
        household__in={member.household_id for member in homes.values()}, period__contains=day
    )
    for member in around.select_related("person").order_by("person__birth_date", "person_id"):
        living[member.household_id].append(member)
    return {
        pk: _guardian(homes[pk], person, living[homes[pk].household_id], day) if pk in homes else ""
        for pk, person in wanted.items()
    }


def _guardian(child: Membership, person: Person, members: list[Membership], day: date) -> str:
    grown = [one for one in members if one.person_id != person.pk and age_on(one.person.birth_date, day) >= _GROWN_UP]
    if child.relation == "户主":
        return grown[0].person.name if grown else ""
    if child.relation not in _CHILD_OF_HEAD and "孙" in child.relation:
        parents = [
            one
            for one in grown
            if one.relation in _PARENT_BESIDE_HEAD
            and age_on(one.person.birth_date, person.birth_date) >= _YOUNGEST_PARENT
        ]
        if parents:
            return parents[0].person.name
    heads = [one for one in members if one.relation == "户主"]
    if not heads:
        return child.household.head_name or (grown[0].person.name if grown else "")
    head = next((one.person.name for one in grown if one.relation == "户主"), "")
    return head or (grown[0].person.name if grown else "")
