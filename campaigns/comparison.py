"""Two regions, or two days of one, side by side (对照)."""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from campaigns.coverage import Coverage, Figures
from campaigns.targets import TARGETS, TargetDefinition
from households.models import Region, User

HEAD_TITLES = (
    ("women", _("贫困妇女（16周岁及以上）")),
    ("children", _("贫困儿童（18周岁以下）")),
    ("both", _("其中两项都算（16—17周岁女孩）")),
    ("persons", _("妇女儿童合计（不重复）")),
    ("households", _("有妇女或儿童的户")),
)


@dataclass(frozen=True)
class Compared:
    """One target of both sides. points: first less second, in percentage points; None where a side has no task."""

    target: TargetDefinition
    first: Figures
    second: Figures
    points: float | None


def compared(first: Coverage, second: Coverage) -> list[Compared]:
    """The five targets of two sides."""
    return [_compared(target, first.target(target.key), second.target(target.key)) for target in TARGETS]


def _compared(target: TargetDefinition, first: Figures, second: Figures) -> Compared:
    has_both = first.percent is not None and second.percent is not None
    return Compared(target, first, second, round((first.percent or 0) - (second.percent or 0), 1) if has_both else None)


def beside(user: User, region: Region) -> list[Region]:
    """What a region may be laid beside: itself, its neighbours, and those above that the user may see."""
    above = [region.code[:digits] for digits in (2, 4, 6, 9) if digits < len(region.code)]
    neighbours = Q(parent=region.parent_id) if region.parent_id else Q(code=region.code)
    found = Region.objects.visible_to(user).filter(neighbours | Q(code__in=above) | Q(code=region.code))
    return list(found.order_by(Length("code"), "position"))
