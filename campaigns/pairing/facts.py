"""Visits as a household's page shows them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.fact_kinds import FactKind, covering, of_household, words
from campaigns.models import Visit


def _visit(fact: Visit) -> tuple[str, str, str]:
    who = fact.person.name if fact.person else _("全户")
    helpers = "、".join(part for part in (fact.helper.name, fact.companions) if part)
    needs = _("需求：%(needs)s") % {"needs": fact.needs} if fact.needs else ""
    again = _("下次走访：%(day)s") % {"day": f"{fact.next_on:%Y-%m-%d}"} if fact.next_on else ""
    return who, f"{fact.visited_on:%Y-%m-%d}", words(helpers, fact.notes, needs, again)


FACTS = {
    "visit": FactKind(
        gettext_lazy("走访"),
        Visit,
        None,
        of_household,
        ("person", "helper"),
        _visit,
        hide=covering("notes", "needs"),
        table="pairing/visits",
    ),
}
