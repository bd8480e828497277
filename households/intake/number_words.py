"""Numbers written in words, as amounts and days on paper are: 一千五百, 2千, 1万2千, 壹仟; 二〇一八年六月十一日."""

import re
from decimal import Decimal

_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_DIGIT = rf"\d+(?:\.\d+)?|[{''.join(_DIGITS)}]"
_BELOW = re.compile(
    rf"(?:(?P<thousands>{_DIGIT})[千仟])?(?:零?(?P<hundreds>{_DIGIT})[百佰])?"
    rf"(?:零?(?P<tens>{_DIGIT})?(?P<ten>[十拾]))?(?P<zero>零?)(?P<ones>{_DIGIT})?"
)


def number_in_words(text: str) -> Decimal | None:
    """The number, None where the text is none; so is 两千五, which some mean as 2005 and some as 2500."""
    high, ten_thousand, low = text.partition("万")
    if not ten_thousand:
        return _below(text)
    top, rest = _below(high), _below(low) if low else Decimal(0)
    if top is None or rest is None or re.fullmatch(_DIGIT, low):
        return None
    return top * 10_000 + rest


def _below(text: str) -> Decimal | None:
    found = _BELOW.fullmatch(text) if text else None
    if found is None:
        return None
    if found["ones"] and (found["thousands"] or found["hundreds"]) and not (found["ten"] or found["zero"]):
        return None
    tens = _value(found["tens"] or "一") if found["ten"] else Decimal(0)
    return 1000 * _value(found["thousands"]) + 100 * _value(found["hundreds"]) + 10 * tens + _value(found["ones"])


def _value(digit: str | None) -> Decimal:
    return Decimal(_DIGITS.get(digit, digit)) if digit else Decimal(0)


_DAY = re.compile(
    r"(?:([〇○零0Oo一二三四五六七八九]{4})年)?(?<![一二三四五六七八九十])([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号]?)?"
)
_YEAR_DIGITS = str.maketrans("〇○零0Oo一二三四五六七八九", "000000123456789")


def days_in_digits(text: str) -> str:
    """The text with the days in it written in digits: 二〇一八年六月十一日 → 2018年6月11日, 三月五日 → 3月5日."""
    return _DAY.sub(_day_in_digits, text) if "月" in text else text


def _day_in_digits(found: re.Match[str]) -> str:
    month, day = (_below(part) if part else None for part in found.groups()[1:])
    if month is None or (found[3] and day is None):
        return found[0]
    year = f"{found[1].translate(_YEAR_DIGITS)}年" if found[1] else ""
    return f"{year}{month}月" + (f"{day}日" if day else "")
