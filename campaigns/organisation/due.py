"""The calendar's own entries: days of the years, events, birthdays."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.business_day import business_date
from campaigns.due import Due
from campaigns.models import CampaignYear, Event, LedgerEntry, ReportRound, Submission
from campaigns.submissions.progress import in_force, is_asked
from households.access import Permission, code_range
from households.data_requests.operations import OPEN
from households.models import DataRequest, Region
from households.periods import ONE_DAY

# How far ahead the birthdays are told.
AHEAD = timedelta(days=30)


def entries(region: Region, first: date, last: date) -> list[Due]:
    """What is due in a region from the first to the last day, in no order."""
    return [
        *_of_years(first, last),
        *_of_events(region, first, last),
        *_of_data_requests(region, first, last),
        *_of_rounds(region, first, last),
        *_of_birthdays(region, first, last),
    ]


def _of_years(first: date, last: date) -> Iterator[Due]:
    for year in CampaignYear.objects.filter(start__lte=last, end__gte=first):
        url = reverse("years")
        for day, title in (
            (year.start, _("%(year)s年度开始")),
            (year.reporting_day, _("%(year)s年度报告日期")),
            (year.deadline, _("%(year)s年度完成期限")),
            (year.end, _("%(year)s年度结束")),
        ):
            if first <= day <= last:
                yield Due(day, _("工作年度"), title % {"year": year.year}, url)


def _of_rounds(region: Region, first: date, last: date) -> Iterator[Due]:
    """Rounds of reports in which the region has not submitted yet; late ones on the first day asked for."""
    above = [region.code[:digits] for digits in (2, 4, 6, 9) if digits < len(region.code)]
    done = Submission.objects.filter(region=region).exclude(state=Submission.State.RETURNED)
    rounds = ReportRound.objects.filter(region_id__in=above, voided_at=None, due_on__lte=last)
    for of in rounds.exclude(pk__in=done.values("round")):
        if is_asked(of, region):
            url = reverse("submission_round", args=[of.pk, region.code])
            # Whoever has something in force is not asked any more: what is left was returned.
            returned = in_force(of, [region.code])
            title = _("%(title)s（被退回，请改正后重报）") % {"title": of.title} if returned else of.title
            if is_late := of.due_on < first:  # it stands on another day than its own
                title = _("%(title)s，期限%(day)s") % {"title": title, "day": formats.date_format(of.due_on)}
            yield Due(max(of.due_on, first), _("上报"), title, url, is_late=is_late)


def _of_data_requests(region: Region, first: date, last: date) -> Iterator[Due]:
    """How many requests to correct or erase have to be settled on a day; late ones on the first day asked for."""
    opened = DataRequest.objects.filter(code_range("county_code", region.code[:6]), state__in=OPEN, due_on__lte=last)
    for due_on, count in sorted(Counter(opened.values_list("due_on", flat=True)).items()):
        title = _("更正、删除申请%(count)d件") % {"count": count}
        yield Due(
            max(due_on, first), _("申请期限"), title, reverse("data_requests"), permission=Permission.EDIT_REGISTER,
            is_late=due_on < first,
        )  # fmt: skip


def _of_events(region: Region, first: date, last: date) -> Iterator[Due]:
    """Events of the region, of its parts, and of the levels above it."""
    above = [region.code[:digits] for digits in (2, 4, 6, 9) if digits < len(region.code)]
    whose = code_range("region_id", region.code) | Q(region_id__in=above)
    for event in Event.objects.filter(whose, voided_at=None, first_day__lte=last, last_day__gte=first):
        until = event.last_day if event.last_day > event.first_day else None
        day = max(event.first_day, first)
        yield Due(
            day,
            str(event.get_kind_display()),
            event.name,
            reverse("event", args=[event.pk]),
            until,
            Permission.VIEW_PEOPLE,
        )


def _of_birthdays(region: Region, first: date, last: date) -> Iterator[Due]:
    """Days to come on which the number of women or children changes by age, from the ledger's future."""
    today = business_date()
    first, last = max(first, today + ONE_DAY), min(last, today + AHEAD)
    rows = LedgerEntry.objects.filter(region_code=region.code, day__range=(first, last)) if first <= last else ()
    for row in rows:
        if row.women > 0:
            title = _("%(count)s名女孩满16周岁，开始计入贫困妇女") % {"count": row.women}
            yield Due(row.day, _("满龄"), title, reverse("dashboard_region", args=[region.code]) + f"?day={row.day}")
        if row.children < 0:
            title = _("%(count)s名儿童满18周岁，不再计入贫困儿童") % {"count": -row.children}
            yield Due(row.day, _("满龄"), title, reverse("dashboard_region", args=[region.code]) + f"?day={row.day}")


def coming_of_age(region: Region, day: date) -> tuple[int, int]:
    """How many girls turn 16 and how many children turn 18 in the 30 days after the day."""
    rows = LedgerEntry.objects.filter(region_code=region.code, day__range=(day + ONE_DAY, day + AHEAD))
    counts = list(rows.values_list("women", "children"))
    return sum(max(women, 0) for women, _children in counts), sum(max(-children, 0) for _women, children in counts)
