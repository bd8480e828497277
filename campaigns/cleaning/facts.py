"""Re-checks and stories as lines of a household's page."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.fact_kinds import FactKind, of_household, words
from campaigns.models import Recheck, Story


def _recheck(fact: Recheck) -> tuple[str, str, str]:
    if fact.passed:
        state = _("合格")
    elif fact.settled_on:
        state = _("需整改：%(wants)s（%(day)s已完成）") % {"wants": fact.wants, "day": fact.settled_on}
    else:
        state = _("需整改：%(wants)s（未完成）") % {"wants": fact.wants}
    return _("全户"), f"{fact.checked_on:%Y-%m-%d}", words(state, fact.checker)


def _story(fact: Story) -> tuple[str, str, str]:
    offered = _("可供简报采用") if fact.is_offered else _("未供简报采用")
    return _("全户"), f"{fact.told_on:%Y-%m-%d}", words(fact.title, offered)


FACTS: dict[str, FactKind] = {
    "recheck": FactKind(gettext_lazy("清洁复查"), Recheck, None, of_household, (), _recheck),
    "story": FactKind(gettext_lazy("清洁故事"), Story, None, of_household, (), _story),
}
