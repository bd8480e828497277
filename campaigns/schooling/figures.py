"""What the room counts: money in and out, pupils, pairs."""

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from campaigns import coverage
from campaigns.models import CountingRules, Donation, FundEntry, Grant, Pledge, Target
from campaigns.room import Asked, Figure
from households.access import code_range
from households.periods import school_year


def _yuan(rows: QuerySet[Any]) -> Decimal:
    total: Decimal = rows.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")
    return total


def _donations(asked: Asked, *, is_goods: bool) -> QuerySet[Any]:
    return asked.rows(Donation, "received_on").filter(is_goods=is_goods)


def counting_grants(grants: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Those of the grants that count as aid: no state subsidies, goods only where they count."""
    rules = CountingRules.objects.filter(campaign_year__start__lte=asked.day)
    latest = rules.order_by("-campaign_year__start", "-version").first()
    goods = Q(is_goods=False)
    if latest is None or latest.goods_count_as_aid:
        goods |= Q(project__goods_count=True)
    return grants.filter(goods, voided_at=None, project__counts=True)


def _grants(asked: Asked) -> QuerySet[Any]:
    return counting_grants(asked.rows(Grant, "granted_on"), asked)


def pupils(asked: Asked) -> int:
    """Who is on the year's list on the day: exactly the target's."""
    return coverage.as_of([asked.region], asked.day)[asked.region].target(Target.SCHOOLING).eligible


def balance(asked: Asked) -> Decimal:
    """What the region's own funds of money hold at the day's end."""
    entries = FundEntry.objects.filter(code_range("fund__region_id", asked.region), day__lte=asked.day)
    return _yuan(entries.filter(fund__is_goods=False, fund__voided_at=None))


def of_year(asked: Asked) -> Q:
    """Condition on pledges: those of the day's calendar year or school year."""
    return Q(year_kind="calendar", year=asked.day.year) | Q(year_kind="school", year=school_year(asked.day))


def with_paid(pledges: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    """Pledges with `paid`: the yuan of their valid grants up to the day."""
    nothing = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=2))
    valid = Q(grants__voided_at=None, grants__granted_on__lte=asked.day)
    return pledges.annotate(paid=Coalesce(Sum("grants__amount", filter=valid), nothing))


def pledges_of(asked: Asked) -> QuerySet[Any]:
    """The region's valid pledges of the day's year, with `paid`."""
    found = Pledge.objects.filter(code_range("village_id", asked.region), of_year(asked), voided_at=None)
    return with_paid(found, asked)


def _unpaired(asked: Asked) -> int:
    """Pupils on the list whom no donor is paired with."""
    return max(0, pupils(asked) - pledges_of(asked).values("person").distinct().count())


FIGURES = (
    Figure("springbud_donations_yuan", _("募集善款"), _("元"), lambda asked: _yuan(_donations(asked, is_goods=False))),
    Figure("springbud_goods_yuan", _("捐赠物资折价"), _("元"), lambda asked: _yuan(_donations(asked, is_goods=True))),
    Figure(
        "springbud_donors",
        _("捐赠人"),
        _("个"),
        lambda asked: asked.rows(Donation, "received_on").values("donor").distinct().count(),
    ),
    Figure("pupils_target", _("名单中的学生"), _("人"), pupils),
    Figure("pupils_aided", _("受助学生"), _("人"), lambda asked: _grants(asked).values("person").distinct().count()),
    Figure("springbud_grants_yuan", _("发放助学款物"), _("元"), lambda asked: _yuan(_grants(asked))),
    Figure("springbud_fund_yuan", _("基金余额"), _("元"), balance),
    Figure(
        "pledges_paid",
        _("结对已发放"),
        _("对"),
        lambda asked: pledges_of(asked).filter(paid__gte=F("amount")).count(),
    ),
    Figure(
        "pledges_unpaid",
        _("结对未发放"),
        _("对"),
        lambda asked: pledges_of(asked).filter(paid__lt=F("amount")).count(),
    ),
    Figure("pupils_unpaired", _("未结对学生"), _("人"), _unpaired),
)
