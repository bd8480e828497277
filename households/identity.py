"""Identity numbers on paper → one key per person.

Sources: GB 11643-1999 (18 characters, check character ISO 7064 MOD 11-2), the second-generation disability
certificate (18 + category + level, 22 with a re-issue suffix). The six-digit prefix is the place of first
registration, for life: it is never a reason for anything and never tells where a person lives.
"""

import math
import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from households import encryption

ID_PURPOSE = "person.id_number"

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
DISABILITY_CATEGORIES = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
DISABILITY_LEVELS = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
EARLIEST_BIRTH_YEAR = 1900

# Excel keeps 15 significant digits: any number stored with more has lost its last ones.
FIRST_DAMAGED_NUMBER = 10**15

# Written for the check character X by people and by text recognition; never repaired without a flag.
LOOK_ALIKES_OF_X = frozenset("×✕✖╳*＊ХхΧχ⨯乂")
# Blanks of every kind, zero-width and direction marks, quotes and hyphens: nobody's number contains them.
_NOISE = re.compile(
    r"[\s\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff'\"`‘’′＇“”＂\-‐‑–—\x00-\x1f\x7f]+"
)
# 丢失, 补办中: words in the number's place say why there is none. 同上 would be somebody else's.
_SAYS_WHY_NOT = re.compile(r"(?![同见随])(?=.*[无没未不丢遗补办待新暂缺])[\u3400-\u9fff()（），。、]{2,20}")
_NO_NUMBER = frozenset(
    [
        "无",
        "空",
        "/",
        "/",
        "\\",
        "//",
        ".",
        "。",
        "?",
        "？",
        "N/A",
        "n/a",
        "NA",
        "null",
        "NULL",
        "None",
    ]
)
# What the cell holds, before or behind a number of the full length: 身份证号：1302…
_LABEL = re.compile(
    r"^(?:居民|公民)?(?:身份证|残疾人?证)?(?:号码?|证件号码?)?:?(?=\d{17})|^(?:公民)?身份号码:?(?=\d{17})|^ID(?:号码?)?:?(?=\d{17})"
    r"|(?<=^.{18})\((?:居民)?身份证\)$"
)
_FIRST_17 = re.compile(r"[0-9]{17}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}$")
_WAS_FLOAT = re.compile(r"\d{15,22}\.0*$")
# Passports, permits of Hong Kong, Macau and foreigners, birth certificates; cards of Hong Kong, Macau and Taiwan; soldiers'.
_OTHER_DOCUMENT = re.compile(
    r"[A-Z]{1,2}\d{6,10}|[A-Z]{3}\d{6}(?:\d{6})?|\d{7,8}\([A-Z0-9]\)|[A-Z]\d{6}\([A-Z0-9]\)|[\u4e00-\u9fff]{1,3}字?第\d{4,10}号"
)
_OTHER_TYPE_WORDS = (
    "护照", "通行证", "台胞证", "回乡证", "港澳", "香港", "澳门", "台湾", "居留", "居住证", "出生医学证明", "出生证",
    "军官", "士官", "士兵", "文职", "军人证", "警官", "户口簿", "户口本",
)  # fmt: skip
_OTHER_NUMBER = r"(?=.*[A-Z(]|\d{6,11}(?!\d))[A-Z0-9()]{6,14}"
# 护照：E12345678, E12345678（护照）: the number with the word for its paper around it.
_NAMED_DOCUMENT = re.compile(rf"(?P<before>[\u4e00-\u9fff]*):?{_OTHER_NUMBER}:?\(?(?P<after>[\u4e00-\u9fff]*)\)?")


class IdKind(StrEnum):
    """What stood in the cell."""

    CITIZEN = "citizen"
    DISABILITY = "disability"
    OTHER = "other"
    MISSING = "missing"
    DAMAGED = "damaged"


class IdNumber(NamedTuple):
    """A checked identity number.

    `key` is the person's key: 18 characters for citizens and certificate holders, the document's number for
    other papers, "" when missing. A damaged number has no key; `remains` then holds its first 15 digits where
    they can be trusted, for finding the person by name and village (never for storing).
    `codes` are codes of the message table, in the order found.
    """

    kind: IdKind
    key: str = ""
    codes: tuple[str, ...] = ()
    sex: str = ""
    birth_date: date | None = None
    disability_category: str = ""
    disability_level: str = ""
    reissue: str = ""
    remains: str = ""

    @property
    def certificate(self) -> str:
        """The full 18-, 20- or 22-character number as the certificate shows it."""
        category = next(
            (digit for digit, name in DISABILITY_CATEGORIES.items() if name == self.disability_category), ""
        )
        level = next((digit for digit, name in DISABILITY_LEVELS.items() if name == self.disability_level), "")
        return self.key + category + level + self.reissue


class _PrefixSums(dict[str, int]):
    """First six digits → their weighted sum; a county's roster has a handful of prefixes."""

    def __missing__(self, digits: str) -> int:
        self[digits] = total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False))
        return total


class _Dates(dict[str, tuple[date | None, int]]):
    """YYYYMMDD → (the day or None if there is no such day, its weighted sum)."""

    def __missing__(self, digits: str) -> tuple[date | None, int]:
        total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[6:14], strict=True))
        day = _real_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        self[digits] = day, total
        return day, total


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year >= EARLIEST_BIRTH_YEAR else None
    except ValueError:
        return None


_prefix_sums = _PrefixSums()
_dates = _Dates()
_sequence_sums = {
    f"{number:03d}": sum(int(digit) * weight for digit, weight in zip(f"{number:03d}", WEIGHTS[14:], strict=True))
    for number in range(1000)
}
_MEMO_LIMIT = 100_000


def check_character(first_17: str) -> str:
    """The 18th character for the 17 digits before it."""
    total = _prefix_sums[first_17[:6]] + _dates[first_17[6:14]][1] + _sequence_sums[first_17[14:17]]
    return CHECK_CHARACTERS[total % 11]


def parse_id(raw: object, *, latest: date | None = None, type_text: str = "") -> IdNumber:
    """Check one cell's identity number.

    `raw` is the cell as read (text, or a number: then it is damaged). `latest` is the last possible birth day.
    `type_text` is the document type column's text, if there is one. Never raises.
    """
    if raw is None:
        return _MISSING
    if not isinstance(raw, str):
        return _from_number(raw, type_text)
    if len(raw) == 18 and raw.isascii() and raw[:17].isdigit():
        return _check_18(raw.upper(), latest=latest)
    text = _LABEL.sub("", normalise_number(raw)).rstrip(",;。、")
    if len(text) == 18 and _FIRST_17.match(text):
        return _check_18(text, latest=latest)
    if not text or text.upper() in _NO_NUMBER or set(text) <= set("0/.。_~") or _SAYS_WHY_NOT.fullmatch(text):
        return _MISSING
    return _check_unusual(text, latest=latest, type_text=type_text)


_MISSING = IdNumber(IdKind.MISSING, codes=("ID_MISSING",))


def normalise_number(raw: str) -> str:
    """NFKC, upper case, without blanks, zero-width characters, quotes, hyphens and Excel's `="…"` wrapping."""
    text = _NOISE.sub("", unicodedata.normalize("NFKC", _NOISE.sub("", raw))).upper()
    return text.removeprefix("=")


def _from_number(raw: object, type_text: str) -> IdNumber:
    """A number or a date in the ID cell: 15 digits survive in Excel, more do not."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return IdNumber(IdKind.DAMAGED, codes=("ID_LENGTH",))
    if raw != raw or raw in (float("inf"), float("-inf")) or raw != int(raw):
        return IdNumber(IdKind.DAMAGED, codes=("ID_LENGTH",))
    if raw == 0:
        return _MISSING
    if abs(raw) >= FIRST_DAMAGED_NUMBER:
        return IdNumber(IdKind.DAMAGED, codes=("ID_PRECISION_LOST",), remains=_remains(_written(raw)))
    return parse_id(f"{int(raw)}", type_text=type_text)


def _written(number: int | float) -> str:
    """The digits that stood in the file: Excel writes 15 and noughts, of which the nearest binary number may lie below."""
    whole = int(number)
    if isinstance(number, int):
        return str(whole)
    step = 10 ** (len(str(abs(whole))) - 15)
    nearest = (whole + step // 2) // step * step
    return str(nearest if abs(whole - nearest) <= math.ulp(number) / 2 else whole)


def _remains(digits: str) -> str:
    return digits[:15] if len(digits) in (18, 20, 22) and digits[:15].isdigit() else ""


def _check_18(text: str, *, latest: date | None) -> IdNumber:
    """An 18-character number whose first 17 are digits."""
    if len(_prefix_sums) > _MEMO_LIMIT or len(_dates) > _MEMO_LIMIT:
        _prefix_sums.clear()
        _dates.clear()
    born, born_sum = _dates[text[6:14]]
    expected = CHECK_CHARACTERS[(_prefix_sums[text[:6]] + born_sum + _sequence_sums[text[14:17]]) % 11]
    last = text[17]
    codes: tuple[str, ...] = ()
    if born is None or (latest is not None and born > latest):
        codes += ("ID_BIRTHDATE",)
    if last != expected:
        if last in LOOK_ALIKES_OF_X and expected == "X":
            codes += ("ID_CHECK_CHAR_SUSPECT",)
        else:
            # A text that ends 000 and fails its check has gone through a spreadsheet's number format.
            codes += ("ID_PRECISION_LOST", "ID_CHECKSUM") if text.endswith("000") else ("ID_CHECKSUM",)
    if codes and codes != ("ID_CHECK_CHAR_SUSPECT",):
        return IdNumber(IdKind.DAMAGED, codes=codes, remains=_remains(text))
    sex = "男" if text[16] in "13579" else "女"
    return IdNumber(IdKind.CITIZEN, text[:17] + expected, codes, sex, born)


def _check_unusual(text: str, *, latest: date | None, type_text: str) -> IdNumber:
    """Everything but 18 characters."""
    if _SCIENTIFIC.match(text):
        return IdNumber(IdKind.DAMAGED, codes=("ID_PRECISION_LOST",))
    if _WAS_FLOAT.match(text):
        digits = text.partition(".")[0]
        if len(digits) > 15:
            return IdNumber(IdKind.DAMAGED, codes=("ID_PRECISION_LOST",), remains=_remains(digits))
        text = digits
    if len(text) == 15 and text.isdigit() and text.isascii():
        return _check_15(text)
    if len(text) in (20, 22) and _FIRST_17.match(text):
        return _check_certificate(text, latest=latest)
    if _OTHER_DOCUMENT.fullmatch(text) or _is_other_type(text, type_text):
        return IdNumber(IdKind.OTHER, text, codes=("ID_OTHER_TYPE",))
    return IdNumber(IdKind.DAMAGED, codes=("ID_LENGTH",))


def _is_other_type(text: str, type_text: str) -> bool:
    """The type column, or a word beside the number, names another paper, and the number could be one: short, Latin
    letters and digits."""
    if re.fullmatch(_OTHER_NUMBER, text):
        return any(word in type_text for word in _OTHER_TYPE_WORDS)
    named = _NAMED_DOCUMENT.fullmatch(text)
    return named is not None and any(word in named["before"] + named["after"] for word in _OTHER_TYPE_WORDS)


def _check_15(text: str) -> IdNumber:
    """The old number: 19 goes in after the address code, the check character is computed.

    The first 15 of a new number's digits are none: of a child of 2008 they read like somebody born in 1920.
    """
    first_17 = text[:6] + "19" + text[6:]
    born = _dates[first_17[6:14]][0]
    is_cut_off = text[6:8] in ("19", "20") and _dates[text[6:14]][0] is not None
    if born is None or is_cut_off:
        return IdNumber(
            IdKind.DAMAGED, codes=("ID_LENGTH" if is_cut_off else "ID_BIRTHDATE",), remains=text if is_cut_off else ""
        )
    sex = "男" if first_17[16] in "13579" else "女"
    return IdNumber(IdKind.CITIZEN, first_17 + check_character(first_17), ("ID_15_DIGIT",), sex, born)


def _check_certificate(text: str, *, latest: date | None) -> IdNumber:
    """A disability certificate: the citizen's number, category 1–7, level 1–4, perhaps a re-issue suffix."""
    if text[17:20] == "000" or text[15:20] == "00000":
        return IdNumber(IdKind.DAMAGED, codes=("ID_PRECISION_LOST",), remains=_remains(text))
    citizen = _check_18(text[:18], latest=latest)
    category, level, reissue = DISABILITY_CATEGORIES.get(text[18], ""), DISABILITY_LEVELS.get(text[19], ""), text[20:]
    if not category or not level or not (reissue == "" or re.fullmatch(r"[A-Z0-9]\d", reissue)):
        return IdNumber(IdKind.DAMAGED, codes=("ID_LENGTH",), remains=_remains(text))
    if citizen.kind is IdKind.DAMAGED:
        return citizen
    return citizen._replace(
        kind=IdKind.DISABILITY, disability_category=category, disability_level=level, reissue=reissue
    )


def blind_index(number18: str) -> bytes:
    """Keyed digest of a person's key, for look-up without the number itself. Give the normalised key."""
    return encryption.blind_index(ID_PURPOSE, number18)


def mask_id(number: str) -> str:
    """`130299199001011234` → `1302**********1234`; a shorter paper keeps its first and last two characters."""
    if len(number) >= 15:
        return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"
    return f"{number[:2]}{'*' * max(len(number) - 4, 4)}{number[-2:]}" if len(number) > 4 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """`13800001234` → `138****1234`; short numbers keep their last two digits only."""
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:]


def mask_name(name: str) -> str:
    """`王小明` → `王某某`, for minors on lists that leave the office."""
    return name[:1] + "某" * (len(name) - 1) if name else ""
