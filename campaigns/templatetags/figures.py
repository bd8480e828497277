"""The mark of a table of figures that can be taken along as a workbook (campaigns/figure_books.py)."""

from datetime import date

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.coverage import Figures
from households.models import Region
from households.wording import running

register = template.Library()


@register.simple_tag
def figures(
    name: str, title: str | Promise, region: Region | None = None, *days: date, unit: str = "", of: str = ""
) -> SafeString:
    """The attributes of a table (or of what holds rows): its name on the page, title, whose and of which days its figures
    are, in which unit. of: whose figures they are where that is no region."""
    whose = of or (region.short_name if region else "")
    return format_html(
        'data-table="{}" data-figures="{}" data-sheet="{}" data-region="{}" data-days="{}" data-unit="{}"',
        name,
        running([whose, str(title)]) if whose else title,
        title,
        region.path if region else "",
        " ".join(f"{day:%Y-%m-%d}" for day in days),
        unit,
    )


@register.filter
def parts(found: Figures) -> str:
    """A target's figures as the values of one cell: share, done, to be done, missing (see the columns `share_columns`)."""
    share = _("无任务") if found.percent is None else f"{found.percent}%"
    return f"{share}|{found.covered}|{found.eligible}|{found.gap}"


@register.simple_tag
def share_columns() -> str:
    """The headings of those values."""
    return "|".join((_("完成率"), _("已完成"), _("应完成"), _("未完成")))
