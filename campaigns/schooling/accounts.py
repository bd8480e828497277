"""Reading the funds' accounts: what a fund can still pay on a day, and its movements."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.models import Fund, FundEntry


class Account:
    """A fund's money by day, in memory: what is planned is taken from it one by one."""

    def __init__(self, fund: Fund, movements: Iterable[tuple[date, Decimal]]) -> None:
        self.fund = fund
        self._by_day: dict[date, Decimal] = defaultdict(Decimal)
        for day, amount in movements:
            self._by_day[day] += amount

    def available(self, day: date) -> Decimal:
        """The most that can be paid on the day so that the fund is never short, on this day or a later one."""
        running, least = Decimal(0), None
        for at in sorted(self._by_day):
            if at > day:
                least = running if least is None else min(least, running)
            running += self._by_day[at]
        return max(Decimal(0), running if least is None else min(least, running))

    def take(self, day: date, amount: Decimal) -> None:
        """Plan to pay; the caller has asked whether it is available."""
        self._by_day[day] -= amount


def accounts_of(funds: Iterable[Fund]) -> dict[int, Account]:
    """The accounts of funds (whose visibility the caller has checked), by key."""
    known = {fund.pk: fund for fund in funds}
    moved: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    sums = FundEntry.objects.filter(fund__in=known).values_list("fund", "day").annotate(total=Sum("amount"))
    for fund, day, total in sums:
        moved[fund].append((day, total))
    return {pk: Account(fund, moved[pk]) for pk, fund in known.items()}


def too_much(fund: Fund, day: date, total: Decimal) -> str:
    """Why the fund cannot pay the total on the day; "" if it can."""
    left = accounts_of([fund])[fund.pk].available(day)
    if total <= left:
        return ""
    return _(
        "“%(fund)s”在%(day)s最多还能支付%(left)s元，这次要支付%(total)s元，差%(lack)s元。请减少人数或金额，或先登记到账的捐赠。"
    ) % {"fund": fund, "day": day, "left": left, "total": total, "lack": total - left}
