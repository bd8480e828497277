"""Amounts in the words of a Chinese paper: 万元, 近, 多."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

TEN_THOUSAND = 10_000
# The one filter of templates: a rounded number.
ROUGHLY, ROUGHLY_WRITTEN = "约", "{{ 款物价值|约 }}"


@dataclass(frozen=True, slots=True)
class Yuan:
    """An amount of money as reports write it: “2491万元”, “2.8万元”, “640元”; cut to two decimals. Zero is false."""

    amount: Decimal

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        is_large = abs(self.amount) >= TEN_THOUSAND
        value = (self.amount / TEN_THOUSAND if is_large else self.amount).quantize(Decimal("0.01"), ROUND_DOWN)
        text = f"{value:f}".rstrip("0").rstrip(".")
        return f"{text}万元" if is_large else f"{text}元"


def roughly(value: int | Yuan) -> str:
    """“6000多”, “近30万元”: the leading digit, for a number just above or just below it."""
    amount = value.amount if isinstance(value, Yuan) else Decimal(value)
    if amount < 10:
        return str(value)
    step = Decimal(1).scaleb(amount.adjusted())
    if isinstance(value, Yuan) and amount < TEN_THOUSAND:
        step = max(step, Decimal(100))
    below = amount // step * step
    if amount == below:
        return _worded(value, below, "")
    if amount >= (below + step) * Decimal("0.95"):
        return "近" + _worded(value, below + step, "")
    return _worded(value, below, "多")


def _worded(value: int | Yuan, amount: Decimal, more: str) -> str:
    if isinstance(value, int):
        return f"{amount:f}{more}"
    whole = str(Yuan(amount))
    unit = "万元" if whole.endswith("万元") else "元"
    number = whole.removesuffix(unit)
    # 30多万元, but 2万多元: 多 follows a whole ten or the word for ten thousand.
    return f"{number}万{more}元" if unit == "万元" and len(number) == 1 else f"{number}{more}{unit}"
