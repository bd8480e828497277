"""Columns as objects: each cleans its whole column at once.

A roster's 140,000 cells hold a few thousand different values, so a cleaner runs once per different value. Cleaners
are plain functions from a cell to its clean value; a doubtful one is returned as `Doubt`.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from households.free_text import holds_number, masked
from households.intake.messages import Policy
from households.intake.number_words import days_in_digits, number_in_words
from households.intake.workbook import CellProblem, CellValue, From1904

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"\s+")
_NEUTRALISED = re.compile(r"^['‘’](?=[\s\ufeff]*[=+\-@|%＝＋－＠])")
_TO_NEUTRALISE = re.compile(r"[\s\ufeff\u200b-\u200f\x00-\x1f]*[=+\-@|%＝＋－＠]|[\t\r]")
_NOTHING = frozenset({"", "无", "/", "-", "—", "——", "－", "\\", "空", "N/A", "NULL", "(空白)"})
# Excel numbers above this have lost digits (15 significant digits are kept).
FIRST_DAMAGED_NUMBER = 10**15
MAX_TEXT = 300
# Two numbers in one cell, which must not grow together: 500 above 300.
SEVERAL_NUMBERS = re.compile(r"\d\s*[\r\n]\s*\d|\d\s+\d(?!\d\d(?!\d))")


class Doubt(NamedTuple):
    """A cell's value with what is doubtful about it. `policy` None: the code's own. `params` fill the message."""

    value: Any
    codes: tuple[str, ...]
    params: dict[str, str] = {}
    policy: Policy | None = None


type Cleaner = Callable[[CellValue], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`field`: the engine's name; `label`: the officer's word and the key in results; `clean`: one cell → value or Doubt.

    `is_key`: an error in this cell sends the row back instead of leaving the value unknown.
    `is_household`: belongs to the household, filled down inside it.
    """

    field: str
    label: str
    clean: Cleaner
    is_key: bool = False
    is_household: bool = False


class Cleaned(NamedTuple):
    """A cleaned column: one value per row, and the doubts by row position."""

    values: list[Any]
    doubts: dict[int, Doubt]


def clean_column(column: Column, cells: Sequence[CellValue]) -> Cleaned:
    """Clean all cells of one column: the cleaner runs once per different cell, the rest are dictionary look-ups."""
    different = set(cells)
    if not different.isdisjoint((True, False)) and bool in set(map(type, cells)):
        # True == 1 == 1.0 in Python: as dictionary keys they would borrow each other's result.
        cells = ["是" if cell is True else "否" if cell is False else cell for cell in cells]
        different = set(cells)
    clean = column.clean
    results = {cell: _problem(cell, column) if isinstance(cell, CellProblem) else clean(cell) for cell in different}
    doubtful = {cell: result for cell, result in results.items() if isinstance(result, Doubt)}
    if not doubtful:
        return Cleaned(list(map(results.__getitem__, cells)), {})
    results |= {cell: doubt.value for cell, doubt in doubtful.items()}
    doubts = {position: doubtful[cell] for position, cell in enumerate(cells) if cell in doubtful}
    return Cleaned(list(map(results.__getitem__, cells)), doubts)


def _problem(cell: CellProblem, column: Column) -> Any:
    """An error cell: unknown, or reason to send the row back in a key cell. Pictures are just not text."""
    if cell.code == "PICTURE":
        return Doubt(None, ("CELL_ERROR",), policy=Policy.REJECTED) if column.is_key else None
    policy = Policy.REJECTED if column.is_key else None
    return Doubt(None, (cell.code,), {"written": cell.text[:40]}, policy)


def as_text(cell: CellValue) -> str:
    """The cell as the officer sees it; whole numbers without ".0". Never use it for identity numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < FIRST_DAMAGED_NUMBER else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat(" ")
    if isinstance(cell, CellProblem):
        return cell.text
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def tidy(text: str) -> str:
    """Without invisible characters, blanks at the ends and doubled inside, and our own export's neutralising quote."""
    return _BLANKS.sub(" ", _NEUTRALISED.sub("", _INVISIBLE.sub("", text).strip())).strip()


def neutralised(text: str) -> str:
    """A text for a workbook of ours: one that a spreadsheet could take for a formula begins with a quote (see `tidy`)."""
    return f"'{text}" if _TO_NEUTRALISE.match(text) else text


def text_cleaner(limit: int = MAX_TEXT, *, keeps_numbers: bool = False) -> Cleaner:
    """Free text: tidy, None when empty; longer than `limit` is sent back; control characters are removed with a flag.

    Personal numbers in it are masked with a flag, unless the text is stored encrypted (`keeps_numbers`).
    """

    def clean(cell: CellValue) -> Any:
        written = as_text(cell)
        text = tidy(_CONTROL.sub("", written))
        if len(text) > limit:
            return Doubt(None, ("VALUE_TOO_LONG",))
        if not keeps_numbers and holds_number(text):
            return Doubt(masked(text), ("NUMBER_MASKED",))
        return Doubt(text or None, ("CONTROL_CHAR",)) if _CONTROL.search(written) else text or None

    return clean


def number_text_cleaner(limit: int, lost: Doubt, *, keeps: bool = False) -> Cleaner:
    """Numbers that are names (户编号): text without blanks; one stored as a number with more than 15 digits gives
    `lost`, with its ruin as value where `keeps`."""

    def clean(cell: CellValue) -> Any:
        if isinstance(cell, str) and cell.isdigit() and cell.isascii() and len(cell) <= limit:
            return cell
        if isinstance(cell, int | float) and abs(cell) >= FIRST_DAMAGED_NUMBER:
            return lost._replace(value=str(int(cell)) if keeps else None)
        text = (
            _BLANKS.sub("", unicodedata.normalize("NFKC", tidy(_CONTROL.sub("", as_text(cell)))))
            .lstrip("'")
            .lstrip("=")
            .strip('"')
        )
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+|\d{16,}\.0*", text):
            return lost._replace(value=text if keeps else None)
        text = text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text
        if len(text) > limit:
            return Doubt(None, ("VALUE_TOO_LONG",))
        return None if text in _NOTHING else text

    return clean


class ReadDate(NamedTuple):
    """`day` when certain; `month` (year, month) or `year` when only that is known; `months`: those it could be."""

    day: date | None = None
    month: tuple[int, int] | None = None
    year: int | None = None
    months: tuple[int, ...] = ()


_FULL_DATE = re.compile(
    r"(\d{4})[-/.年\\·。—–](\d{1,2})[-/.月\\·。—–](\d{1,2})[日号.]?(?:T?0?0:00(?::00)?)?|(\d{4})(\d{2})(\d{2})(?:\.0)?"
)
# From May to June rather than the sixth of May.
_MONTHS_BETWEEN = re.compile(r"\d{4}[./年·]\d{1,2}[-—–]\d{1,2}")
_MONTH_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(0[1-9]|1[0-2])")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d{2})")
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
# Excel's day 1 is 1 January 1900 and it believes in 29 February 1900, so counting starts two days early.
_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
_EPOCH_1904 = date(1904, 1, 1).toordinal()
_EXCEL_DAYS = range(3000, 60000)
_SERIAL = re.compile(r"\d{4,5}")
# A time of day behind a date: 2018/6/7 10:30, 2018-06-07T10:30:00, 6月7日上午.
_TIME = re.compile(
    r"(?:(?:\s+|T|(?<=[日号]))\d{1,2}[:时]\d{1,2}(?:[:分]\d{0,2}秒?(?:\.\d+)?)?|(?<=[日号])\s*[上下]午)$"
)


def read_date(cell: CellValue) -> Any:
    """A cell as ReadDate, None when empty, or a Doubt (DATE_INCOMPLETE, DATE_AMBIGUOUS, DATE_UNREADABLE)."""
    if isinstance(cell, datetime):
        return ReadDate(cell.date())
    if isinstance(cell, date):
        return ReadDate(cell)
    if isinstance(cell, float) and not cell.is_integer():
        return _decimal_date(cell)
    written = as_text(cell)
    text = days_in_digits(_BLANKS.sub("", _TIME.sub("", unicodedata.normalize("NFKC", tidy(written)))))
    if text in _NOTHING or text in {"不详", "未知"}:
        return None
    text = re.sub(r"^(\d{4,8})\.0$", r"\1", text)  # a program's way of writing whole numbers
    params = {"written": tidy(written)[:40]}
    if _SERIAL.fullmatch(text) and int(text) in _EXCEL_DAYS:
        return ReadDate(_serial_day(cell, int(text)))
    if (match := _FULL_DATE.fullmatch(text)) and not _MONTHS_BETWEEN.fullmatch(text):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        try:
            return ReadDate(date(year, month, day))
        except ValueError:
            return Doubt(None, ("DATE_UNREADABLE",), params)
    if match := _MONTH_DATE.fullmatch(text):
        year, month = (int(part) for part in match.groups() if part is not None)
        if 1 <= month <= 12:
            return Doubt(ReadDate(month=(year, month), year=year), ("DATE_INCOMPLETE",), params)
        return Doubt(None, ("DATE_UNREADABLE",), params)
    if match := re.fullmatch(r"((?:19|20)\d{2})年?", text):
        return Doubt(ReadDate(year=int(match[1])), ("DATE_INCOMPLETE",), params)
    if match := _YEAR_LAST.fullmatch(text):
        readings = _readings(*map(int, match.groups()))
        if len(readings) == 1:
            return ReadDate(readings.pop())
        return Doubt(None, ("DATE_AMBIGUOUS",) if readings else ("DATE_UNREADABLE",), params)
    ambiguous = _SHORT_YEAR.fullmatch(text) or _MONTHS_BETWEEN.fullmatch(text) or "农历" in text or "阴历" in text
    return Doubt(None, ("DATE_AMBIGUOUS",) if ambiguous else ("DATE_UNREADABLE",), params)


def _readings(first: int, second: int, year: int) -> set[date]:
    """The days that 25/3/1985 or 3/25/1985 can mean: a programme abroad writes the year last."""
    days = ((month, day) for month, day in ((first, second), (second, first)) if 1 <= month <= 12)
    return {date(year, month, day) for month, day in days if 1 <= day <= monthrange(year, month)[1]}


def _serial_day(cell: CellValue, days: int) -> date:
    return date.fromordinal((_EPOCH_1904 if isinstance(cell, From1904) else _EXCEL_EPOCH) + days)


def _decimal_date(number: float) -> Any:
    """1990.01 and 1990.4 stored as numbers are months; 1990.1 is January or October; 32875.5 is a day with a time."""
    params = {"written": f"{number:g}"}
    if int(number) in _EXCEL_DAYS:
        return ReadDate(_serial_day(number, int(number)))
    text = f"{number:.2f}"
    month = int(text[-2:])
    if month in range(20, 100, 10):
        month //= 10
    if 1900 <= number < 2100 and 1 <= month <= 12 and abs(number - float(text)) < 1e-9:
        if month == 10:
            return Doubt(ReadDate(year=int(number), months=(1, 10)), ("DATE_AMBIGUOUS",), params)
        return Doubt(ReadDate(month=(int(number), month), year=int(number)), ("DATE_INCOMPLETE",), params)
    return Doubt(None, ("DATE_UNREADABLE",), params)


@dataclass(frozen=True, slots=True)
class MoneyCleaner:
    """Yuan as int or float with two decimals. `unit`: yuan per unit of a bare number (10000 for 万元 columns).

    Negative: of an average unknown, flagged; of a sum held, because it takes something back. Above `most` yuan, or below
    `least` and not nothing: held as absurd. Parts of a fen hold a sum, because nobody paid them; a figure that is an average
    (`is_average`: income per head or month) is rounded.
    """

    most: int
    unit: int = 1
    is_average: bool = False
    least: int = 0

    def __call__(self, cell: CellValue) -> Any:
        if isinstance(cell, float | int) and self.least <= cell * self.unit <= self.most:
            return self._to_the_fen(float(cell * self.unit), tidy(as_text(cell)))
        text = _BLANKS.sub("", unicodedata.normalize("NFKC", tidy(as_text(cell))))
        if text in _NOTHING:
            return None
        params = {"written": text[:40]}
        if SEVERAL_NUMBERS.search(as_text(cell)):
            return Doubt(None, ("NUMBER_UNREADABLE",), {"written": tidy(as_text(cell))[:40]})
        yuan = self._yuan(text)
        if yuan is None:
            return Doubt(None, ("NUMBER_UNREADABLE",), params)
        if yuan < 0:
            return Doubt(None, ("NUMBER_OUT_OF_RANGE",), params, Policy.FLAGGED if self.is_average else None)
        if yuan > self.most or 0 < yuan < self.least:
            return Doubt(None, ("NUMBER_OUT_OF_RANGE",), params)
        return self._to_the_fen(float(yuan), text)

    def _to_the_fen(self, yuan: float, written: str) -> Any:
        """What a workbook's binary fractions add (1.1 × 10000) is no part of a fen."""
        if not self.is_average and abs(yuan - round(yuan, 2)) > 1e-6:
            return Doubt(None, ("AMOUNT_BELOW_FEN",), {"written": written[:40]})
        return _plain_number(yuan)

    def _yuan(self, text: str) -> Decimal | None:
        """40元, 四千元 and 2千 in a column of 万元 say themselves what they mean."""
        if match := _MONEY.fullmatch(text.replace("，", ",")):
            try:
                return Decimal(match[1].replace(",", "")) * (10_000 if match[2] else 1 if match[3] else self.unit)
            except InvalidOperation:
                return None
        bare = re.sub(r"[元圆块][整正]?$", "", text)
        number = number_in_words(bare)
        return number if number is None or bare != text or re.search("[千仟万]", bare) else number * self.unit


_MONEY = re.compile(r"[¥￥]?(-?(?:\d{1,4}(?:,\d{3,4})+|\d*)(?:(?<=\d)\.\d+|\.?\d+|(?<=\d))(?:[eE]\+?\d+)?)(万)?(元)?")
_UNITS = (("万", 10_000), ("千", 1_000))


def in_unit(column: Column, header: str, titles: Sequence[str]) -> Column:
    """The column as this table means it: amounts in 万元 or 千元 where its header says so, else a title's 单位：…."""
    if not isinstance(column.clean, MoneyCleaner):
        return column
    header = unicodedata.normalize("NFKC", header)
    told = "" if "元" in header else "".join(tidy(text).replace("：", ":").replace(" ", "") for text in titles)
    for word, yuan in _UNITS:
        if f"{word}元" in header or f"({word})" in header or f"单位:{word}元" in told:
            return replace(column, clean=replace(column.clean, unit=yuan))
    return column


def _plain_number(number: float) -> int | float:
    rounded = round(float(number), 2)
    return int(rounded) if rounded.is_integer() else rounded


_MOBILE = re.compile(r"(?:\+?86|0086)?(1[0-9]{10})")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})")
_BETWEEN_PHONES = re.compile(
    r"[,，、/;；|\\\s]+|(?<=\d)(?:[和或及]|-(?=1\d{10}(?!\d)))(?=\d)|(?<=^1\d{10})(?=1\d{10}$)"
)
# What is written beside a number without making it another: what it is, whose it is.
_BESIDE_PHONE = re.compile(
    r"(?:联系)?(?:手机|电话)号?码?:?(?=\+?\d)"
    r"|\((?:本人|户主|配偶|丈夫|妻子|爱人|老伴|儿子?|子|长子|次子|女儿?|长女|次女|儿媳妇?|女婿|孙子|孙女|父亲?|母亲?|爷爷|奶奶|哥哥|弟弟|姐姐"
    r"|妹妹|侄子?|侄女|亲属|家属|手机|座机|电话)\)"
)


def clean_phone(cell: CellValue) -> Any:
    """One mobile (11 digits) or landline (0315-1234567) as text; several as a list, flagged; None when empty."""
    if isinstance(cell, str) and len(cell) == 11 and _MOBILE.fullmatch(cell):
        return cell
    written = _BESIDE_PHONE.sub(" ", unicodedata.normalize("NFKC", tidy(as_text(cell)))).strip(" '`,、;。")
    written = written.replace("(", "").replace(")", "-")
    if written in _NOTHING or written in {"0", "没有", "无电话", "暂无"}:
        return None
    whole = _one_phone(re.sub(r"[\s-]", "", written).removesuffix(".0")) or _one_phone(written)
    if whole:
        return whole
    phones = [_one_phone(part) for part in _BETWEEN_PHONES.split(written) if part]
    if len(phones) > 1 and all(phones):
        return Doubt(list(dict.fromkeys(phones)), ("PHONE_SEVERAL",))
    return Doubt(None, ("PHONE_INVALID",), {"written": tidy(as_text(cell))[:40]})


def _one_phone(text: str) -> str | None:
    if match := _MOBILE.fullmatch(text):
        return match[1]
    if match := _LANDLINE.fullmatch(text):
        return f"{match[1]}-{match[2]}"
    return None
