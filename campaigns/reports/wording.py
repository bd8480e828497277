"""How reports say figures: percentages and days in the words of an official paper."""

from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from campaigns.coverage import Coverage, Figures
from campaigns.targets import TARGETS
from households.models import Region

# From here on a percentage looks finished and is not: it is followed by how many are missing.
_ALMOST = 99


def plain_percent(figures: Figures) -> str:
    """“87.6%”, “无任务”: for a sentence that tells how many are missing itself."""
    percent = figures.percent
    return _("无任务") if percent is None else f"{percent:.1f}".removesuffix(".0") + "%"


def percent_text(figures: Figures, unit: str | Promise) -> str:
    """“87.6%”, “99.9%（差1户）”, “无任务”; cut like the percentage itself, never rounded up."""
    text = plain_percent(figures)
    if figures.gap and figures.percent is not None and figures.percent >= _ALMOST:
        text += _("（差%(count)s%(unit)s）") % {"count": figures.gap, "unit": unit}
    return text


def month_day(day: date) -> str:
    """“6月30日”."""
    return formats.date_format(day, "MONTH_DAY_FORMAT")


def federation_of(region: Region) -> str:
    """The name under which a region's federation signs."""
    return _("%(region)s妇女联合会") % {"region": region.short_name}


def one_sentence(region: Region, found: Coverage, day: date) -> str:
    """“截至6月30日，唐山市…”: the day's figures in one sentence, for the chat group."""
    heads = found.heads
    until = _("截至%(day)s，%(region)s") % {"day": month_day(day), "region": region.short_name}
    if not heads["persons"]:
        return until + _("暂无在册的建档立卡贫困妇女儿童。")
    people = _(
        "有建档立卡贫困妇女%(women)s人、儿童%(children)s人，按人计%(persons)s人、%(households)s户。五个百分百完成率："
    )
    rates = _("，").join(
        _("%(target)s：%(rate)s") % {"target": target.title, "rate": _rate(found.target(target.key), target.unit_name)}
        for target in TARGETS
    )
    return until + people % heads + rates + _("。")


def _rate(figures: Figures, unit: str | Promise) -> str:
    text = percent_text(figures, unit)
    if figures.gap and figures.percent is not None and figures.percent < _ALMOST:
        text += _("（差%(count)s%(unit)s）") % {"count": figures.gap, "unit": unit}
    return text
