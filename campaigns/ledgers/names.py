"""Names that need not be there (heads, speakers, helpers), and the keys of workbooks that we handed out."""

import re
from typing import Any

from households.intake.columns import Doubt, as_text, tidy
from households.intake.messages import Policy
from households.intake.workbook import CellValue
from households.roster.names import clean_name
from households.row_keys import person_of

_NONE = frozenset({"", "无", "/", "-", "—", "——", "空", "没有", "暂无", "0"})
_BETWEEN = re.compile(r"[、,，;；/\n]+")


def optional_name(cell: CellValue) -> Any:
    """A name, None where there is none; one that cannot be a name holds the row."""
    if tidy(as_text(cell)) in _NONE:
        return None
    name = clean_name(cell)
    if isinstance(name, Doubt) and "NAME_DOT_REPAIRED" not in name.codes:
        return name._replace(policy=Policy.HELD)
    return name


def optional_names(cell: CellValue) -> Any:
    """One name, or several as a list (张秀英、李玉珍)."""
    written = tidy(as_text(cell)) if not isinstance(cell, str) else cell.strip()
    parts = [part for part in _BETWEEN.split(written) if part.strip()]
    if len(parts) < 2:
        return optional_name(cell)
    names = [optional_name(part) for part in parts]
    doubts = [one for one in names if isinstance(one, Doubt)]
    return doubts[0] if doubts else list(dict.fromkeys(name for name in names if name))


def clean_row_key(cell: CellValue) -> Any:
    """The person whom the key stands for; a damaged key holds the row."""
    written = tidy(as_text(cell))
    if not written:
        return None
    person = person_of(written)
    return person if person is not None else Doubt(None, ("ROW_KEY_INVALID",), {"written": written[:40]})
