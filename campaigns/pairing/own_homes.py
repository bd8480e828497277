"""Which households are a helper's own: she is never paired there."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from campaigns.models import Helper
from households.models import Household, HouseholdSpell, Membership

_TOWNSHIP = 9  # digits: who works in a village or township and is called like one who lives there is taken for her


def own_homes(helpers: Iterable[Helper], homes: Collection[int], day: date) -> set[tuple[int, int]]:
    """(helper, household) where the helper is called like a member or the head and works in that village or township, or
    has the telephone of the household or of one of its members."""
    by_name: dict[str, list[Helper]] = defaultdict(list)
    for helper in helpers:
        by_name[helper.name].append(helper)
    members = Membership.objects.filter(household__in=homes, period__contains=day, person__name__in=by_name)
    alike = set(members.values_list("household_id", "person__name"))
    alike |= set(Household.objects.filter(pk__in=homes, head_name__in=by_name).values_list("pk", "head_name"))
    if not alike:
        return set()
    found = {home for home, _name in alike}
    spells = HouseholdSpell.objects.filter(household__in=found, period__contains=day)
    villages = dict(spells.values_list("household_id", "village_id"))
    phones = _phones(found, day)
    return {
        (helper.pk, home)
        for home, name in alike
        for helper in by_name[name]
        if (len(helper.region_id) >= _TOWNSHIP and villages.get(home, "").startswith(helper.region_id))
        or (helper.phone and helper.phone in phones[home])
    }


def _phones(homes: Collection[int], day: date) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {home: set() for home in homes}
    for home, phone in Household.objects.filter(pk__in=homes).values_list("pk", "phone"):
        found[home].add(phone or "")
    members = Membership.objects.filter(household__in=homes, period__contains=day)
    for home, phone in members.values_list("household_id", "person__phone"):
        found[home].add(phone or "")
    return found
