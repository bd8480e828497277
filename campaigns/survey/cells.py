"""Cells of survey workbooks. "/" and blanks are unknown; only a plain no is a no."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from households.intake.columns import Cleaner, Doubt, as_text, text_cleaner, tidy
from households.intake.workbook import CellValue

YES, NO, NONE = "是", "否", "无"
_UNKNOWN = frozenset({"", "/", "\\", "-", "—", "——", "不详", "不清楚", "未知", "待定", "未填", "空", "?", "？"})
_YES = frozenset(
    {
        "是", "有", "需要", "愿意", "想", "要", "√", "✓", "✔", "☑", "1", "Y", "y", "yes", "有意愿", "有需求", "有就业意愿",
        "有培训意愿", "有贷款需求", "有贷款意愿", "想就业", "想培训", "愿意就业", "愿意培训", "愿意参加", "需贷款", "需要贷款", "想贷款",
        "留守", "留守妇女", "单亲", "单亲家庭", "单亲母亲", "孤儿", "事实孤儿", "丈夫外出", "配偶外出", "丈夫在外打工",
    }
)  # fmt: skip
_NO = frozenset(
    {
        "否", "无", "没有", "不是", "不需要", "不愿意", "不愿", "不想", "不要", "×", "✗", "x", "X", "0", "N", "n", "no", "无意愿",
        "无需求", "没有意愿", "没有需求", "无就业意愿", "无培训意愿", "无贷款需求", "暂无", "暂不需要", "暂无需求", "非留守", "不留守",
        "非单亲", "非孤儿", "不贷款", "不就业", "不参加",
    }
)  # fmt: skip
_WELL = frozenset(
    {
        "无",
        "没有",
        "否",
        "健康",
        "良好",
        "身体健康",
        "无病",
        "未患病",
        "正常",
        "无疾病",
        "没病",
        "无患病",
        "一般",
        "×",
        "0",
    }
)
_NO_HARDSHIP = frozenset({"无", "没有", "否", "正常", "非困境", "非困境儿童", "不是", "×", "0", "无困境"})


def _plain(cell: CellValue) -> str:
    return unicodedata.normalize("NFKC", tidy(as_text(cell))).replace(" ", "")


def clean_yes_no(cell: CellValue) -> Any:
    """是, 否, or None for unknown; another word is unknown with a flag."""
    text = _plain(cell)
    if text in _UNKNOWN:
        return None
    if text in _YES or text in _NO:
        return YES if text in _YES else NO
    return Doubt(None, ("ENUM_UNKNOWN",), {"written": text[:40]})


def word_cleaner(choices: Mapping[Any, tuple[str, ...]]) -> Cleaner:
    """A word → the choice's first word; an unknown word is unknown with a flag: no figure turns on it."""
    known = {_plain(word): words[0] for words in choices.values() for word in words}

    def clean(cell: CellValue) -> Any:
        text = _plain(cell)
        if text in known:
            return known[text]
        return None if text in _UNKNOWN else Doubt(None, ("ENUM_UNKNOWN",), {"written": text[:40]})

    return clean


def none_or_text(none: frozenset[str], limit: int) -> Cleaner:
    """A text that is stored encrypted, "无" where there is plainly nothing, None for unknown."""
    text = text_cleaner(limit, keeps_numbers=True)

    def clean(cell: CellValue) -> Any:
        written = _plain(cell)
        if written in _UNKNOWN:
            return None
        return NONE if written in none else text(cell)

    return clean


clean_illness = none_or_text(_WELL, 100)
clean_hardship = none_or_text(_NO_HARDSHIP, 100)


def optional_text(limit: int) -> Cleaner:
    """A text, None where there is none."""
    text = text_cleaner(limit)
    return lambda cell: None if _plain(cell) in _UNKNOWN | {"无"} else text(cell)
