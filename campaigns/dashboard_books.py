"""The dashboard's other tables as sheets of a workbook: the same figures as on the page, and how they are counted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaigns.reports.progress import counting_note
from households.intake.xlsx_writer import NewSheet

Row = Sequence[str | int | float]


def ranking_sheet(asked: dict[str, Any]) -> NewSheet:
    """The contest: `asked` as `dashboard_views.asked_ranking` gives it."""
    target = asked["target"]
    rows: list[Row] = [
        (
            place.rank,
            _("并列") if place.is_shared else "",
            place.region.short_name,
            place.score,
            *((place.figures.covered, place.figures.eligible, place.figures.gap) if target else ("", "", place.gap)),
            _("当时无任务") if place.gained is None else place.gained,
            _("新增") if place.moved is None else place.moved,
        )
        for place in asked["ranking"].places
    ]
    rows += [("", "", one.short_name, _("无任务"), "", "", "", "", "") for one in asked["ranking"].idle]
    headings = [
        _("名次"), _("并列"), _("区划"), _("完成率（%）") if target else _("五项平均完成率（%）"), _("已完成"), _("应完成"),
        _("未完成") if target else _("五项未完成合计"), _("完成率变化（百分点）"), _("名次变化"),
    ]  # fmt: skip
    told = _("截至%(day)s，名次变化自%(since)s起；%(target)s。") % {
        "day": asked["day"],
        "since": asked["since"],
        "target": target.title if target else _("五项平均"),
    }
    return _sheet(_("擂台赛排名"), headings, [8, 8, 20, 14, 10, 10, 14, 20, 10], rows, told, [asked["day"]])


def comparison_sheet(asked: dict[str, Any]) -> NewSheet:
    """Two sides: `asked` as `dashboard_views.asked_comparison` gives it."""
    rows: list[Row] = []
    for row in asked["rows"]:
        sides: list[str | int | float] = []
        for side in (row.first, row.second):
            no_task = side.percent is None
            sides += [_("无任务") if no_task else side.percent or 0, side.covered, side.eligible]
        rows.append((row.target.title, *sides, "" if row.points is None else row.points))
    rows += [
        (str(title), "", "", first, "", "", second, difference) for title, first, second, difference in asked["heads"]
    ]
    sides_told = [
        f"{region.short_name} {day}"
        for region, day in ((asked["region"], asked["day"]), (asked["other"], asked["other_day"]))
    ]
    columns = [_("完成率（%）"), _("已完成"), _("应完成（人数、户数）")]
    headings = [
        _("项目"),
        *(_("%(side)s：%(what)s") % {"side": side, "what": what} for side in sides_told for what in columns),
        _("相差（百分点，人、户）"),
    ]
    return _sheet(_("对照"), headings, [34, *[26] * 6, 22], rows, "", [asked["day"], asked["other_day"]])


def outlook_sheet(asked: dict[str, Any]) -> NewSheet:
    """The forecast: `asked` as `dashboard_views.asked_outlook` gives it."""
    outlook = asked["outlook"]
    rows: list[Row] = []
    for one in outlook.forecasts if outlook else ():
        done = one.done_on.isoformat() if one.done_on and not one.missing else ""
        now = _("无任务") if one.now.percent is None else one.now.percent
        rows.append(
            (
                one.target.title, now, one.now.eligible, one.now.covered, one.now.gap, one.joining, one.gained, one.final.gap,
                one.per_week, one.recent, done, one.missing,
            )
        )  # fmt: skip
    headings = [
        _("任务"), _("完成率（%）"), _("应完成"), _("已完成"), _("未完成"), _("到期限应完成的已知变化"),
        _("到期限已完成的已知变化"), _("届时未完成"), _("每周需完成"), _("近30天完成"), _("照此进度完成日期"), _("照此到期限还差"),
    ]  # fmt: skip
    told = _("截至%(day)s；完成期限%(deadline)s，还有%(left)s天。") % {
        "day": outlook.day, "deadline": outlook.deadline, "left": outlook.left,
    } if outlook else _("还没有工作年度")  # fmt: skip
    return _sheet(_("进度预测"), headings, [18, *[13] * 11], rows, told, [asked["day"]])


def _sheet(name: str, headings: list[str], widths: list[int], rows: list[Row], told: str, days: list[date]) -> NewSheet:
    """The rows, then what they speak of and how they are counted on the days, each version once."""
    blanks = [""] * (len(headings) - 1)
    notes = dict.fromkeys(filter(None, [told, *map(counting_note, days)]))
    return NewSheet(name, headings, widths, [*rows, ["", *blanks], *([note, *blanks] for note in notes)])
