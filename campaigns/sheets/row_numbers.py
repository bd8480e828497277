"""Row numbers as people type them: 1-5, 8, 12 with whatever commas and dashes their keyboard has."""

import re
import unicodedata

from django.utils.translation import gettext as _

MOST_ROWS = 500
_BETWEEN = re.compile(r"[,、;\s.]+")
_ONE = re.compile(r"(\d{1,4})(?:[-—–~至到](\d{1,4}))?")
_DASHES = re.compile(r"\s*(?:[-—–−－~～至到]|--|——)+\s*")


def row_numbers(text: str) -> list[int]:
    """The numbers in order, each once. ValueError with words for a part that is none."""
    plain = unicodedata.normalize("NFKC", text).replace("，", ",").replace("。", ",").replace("号", "")
    plain = _DASHES.sub("-", plain.replace("第", "").replace("行", ""))
    found: list[int] = []
    for part in filter(None, _BETWEEN.split(plain.strip())):
        one = _ONE.fullmatch(part)
        if one is None:
            raise ValueError(_("看不懂“%(part)s”。行号请写成1-5，8，12这样。") % {"part": part[:20]})
        first, last = int(one[1]), int(one[2] or one[1])
        if last < first:
            raise ValueError(_("“%(part)s”前大后小，请核对。") % {"part": part})
        if last - first >= MOST_ROWS:
            raise ValueError(_("“%(part)s”超过%(most)s行，请核对。") % {"part": part, "most": MOST_ROWS})
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def as_ranges(numbers: list[int]) -> str:
    """Numbers as people read them: 1—3、7."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return _("、").join(f"{part[0]}" if len(part) == 1 else f"{part[0]}—{part[-1]}" for part in parts)
