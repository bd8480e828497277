"""Who is looked for: by name, identity number, household number, head of household, or pinyin.

The look-up runs as steward, because row security keeps prefix searches from their indexes; it begins at the user's own
regions like every other read, and the page reads what was found as the user herself.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import StartsWith

from households import identity
from households.access import code_range, steward
from households.codes import plain
from households.identity import blind_index
from households.intake.columns import Doubt
from households.models import Household, HouseholdSpell, Membership, Person, Region, User
from households.pinyin import INITIALS, SYLLABLES
from households.roster.names import clean_name

# More households than this are not listed: the word says too little.
MOST = 2000
_LATIN = re.compile(r"[a-z][a-z ]*", re.IGNORECASE)


@dataclass(frozen=True)
class Search:
    """What a word means: an identity number's blind index, letters of pinyin, or the beginning of a name or a number."""

    id_index: bytes | None
    letters: str
    name: str
    number: str

    def finds(self, person: Person) -> bool:
        """Is she the one (one of those) looked for?"""
        if self.id_index is not None:
            return person.id_index is not None and bytes(person.id_index) == self.id_index
        if self.letters:
            syllables = person.pinyin.split()
            return any(
                read.startswith(self.letters) for read in ("".join(syllables), "".join(one[0] for one in syllables))
            )
        return person.name.startswith(self.name)

    def people(self) -> QuerySet[Person]:
        """Those who fit, wherever they live; the number of a record merged into another finds whom it was merged into."""
        if self.id_index is not None:
            return Person.objects.filter(id_index=self.id_index)
        if self.letters:
            letters = Q(StartsWith(INITIALS, self.letters)) | Q(StartsWith(SYLLABLES, self.letters))
            return Person.objects.filter(letters)
        return Person.objects.filter(name__startswith=self.name)

    def households(self) -> QuerySet[Any, Any]:
        """Keys of the households of those who fit, and of those whose head or number fits."""
        people = self.people().values(now=Coalesce("merged_into_id", "pk"))
        found: QuerySet[Any, Any] = Membership.objects.filter(person__in=people).values_list("household_id")
        if self.id_index is not None or self.letters:
            return found
        return found.union(
            Household.objects.filter(head_name__startswith=self.name).values_list("pk"),
            Household.objects.filter(number=self.number).values_list("pk"),
        )


def search(word: str) -> Search | None:
    """How to look for what was typed; None where nothing was."""
    if not word.strip():
        return None
    number, cleaned = identity.parse_id(word), clean_name(word)
    return Search(
        id_index=blind_index(number.key) if number.key else None,
        letters=word.replace(" ", "").lower() if _LATIN.fullmatch(word.strip()) else "",
        name=plain(word) if isinstance(cleaned, Doubt) else cleaned,
        number=plain(word),
    )


def found_households(user: User, region: Region, looked_for: Search) -> list[int]:
    """Keys of the households of a region that fit, at most MOST + 1 of those the user may see."""
    with steward():
        spells = HouseholdSpell.objects.visible_to(user).filter(code_range("village_id", region.code))
        fitting = spells.filter(household__in=looked_for.households())
        return list(fitting.values_list("household_id", flat=True).distinct()[: MOST + 1])
