"""The tags of the briefing's template as staff read them: the tag, what it says now, what may be asked of it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaigns.reports.briefing import EACH_ROW, FIELDS, ROW_FIELD
from campaigns.reports.charts import RateChart

_LONGEST = 60


@dataclass(frozen=True)
class Tag:
    """As it is written into the template, and what it says for the city on the business date."""

    written: str
    says: str


def tag_list(tags: dict[str, Any]) -> list[Tag]:
    """All tags in their order."""
    return [line for name, value in tags.items() for line in _lines(name, value)]


def _lines(name: str, value: Any) -> list[Tag]:
    if isinstance(value, list):
        return [
            Tag(EACH_ROW.replace("LIST", name), _("列表，每行可用：%(fields)s") % {"fields": _fields(name, ROW_FIELD)})
        ]
    if name in FIELDS:
        return [Tag(f"{{{{ {name}.{part} }}}}", _shown(value.get(part, ""))) for part in sorted(FIELDS[name])]
    return [Tag(f"{{{{ {name} }}}}", _("可编辑的图表") if isinstance(value, RateChart) else _shown(value))]


def _fields(name: str, prefix: str) -> str:
    return _("、").join(prefix + part for part in sorted(FIELDS[name]))


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
