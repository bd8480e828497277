"""The ledger of home cleaning (家居清洁台账), and how any ledger tells a round of cleaning."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.cleaning.models import Cleaning
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from households.intake.columns import Column, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.roster.fields import clean_count

CLEANING = Column("cleaning", "清洁", clean_done)
CLEANERS = Column("cleaners", "清洁人员", text_cleaner(200))
ROUND = Column("round", "清洁轮次", clean_count(99))
SCORE = Column("score", "清洁评分", clean_count(100))
ALIASES = {
    "清洁时间": "cleaning", "清洁日期": "cleaning", "家居清洁": "cleaning", "家居清洁时间": "cleaning", "首轮清洁": "cleaning",
    "首轮清洁时间": "cleaning", "家居洁净": "cleaning", "是否清洁": "cleaning", "清洁情况": "cleaning", "环境清洁": "cleaning",
    "清洁完成时间": "cleaning", "参加人员": "cleaners", "志愿者": "cleaners", "帮助人员": "cleaners", "轮次": "round",
    "第几轮": "round", "评分": "score", "得分": "score", "分数": "score",
}  # fmt: skip

_FIRST = r"(?:第一轮|第1轮|一轮|首轮|首次|初次)"
_WORK = r"(?:家居|家庭|居家|室内|环境|卫生)*(?:清洁|保洁|打扫|清扫|清理|整理)(?:互助)?"
PATTERNS = {
    rf"{_FIRST}?{_WORK}(?:完成)?的?(?:时间|日期|情况)": "cleaning",
    rf"{_FIRST}(?:{_WORK})?(?:完成)?的?(?:时间|日期|情况)?": "cleaning",
    rf"是否(?:已)?(?:完成)?{_FIRST}?{_WORK}": "cleaning",
    rf"(?:参加|参与|{_WORK})的?(?:志愿者|人员|人|人员姓名|志愿者姓名)": "cleaners",
    rf"(?:{_WORK})?(?:的)?(?:得分|评分|分数|打分)": "cleaning_score",
}


def cleaning_drafts(row: CheckedRow, unit: Unit) -> list[Draft]:
    """The round of cleaning that the row tells, if any."""
    day = row.values.get(CLEANING.label)
    if day is None:
        return []
    return [
        Draft(
            Cleaning,
            {"household_id": unit.household_id, "round_number": row.values.get(ROUND.label) or 1},
            {
                "done_on": date.fromisoformat(day),
                "helpers": row.values.get(CLEANERS.label),
                "score": row.values.get(SCORE.label),
            },
            soft=frozenset({"done_on"} if is_soft(row, CLEANING.field) else ()),
            labels={"done_on": CLEANING.label, "helpers": CLEANERS.label, "score": SCORE.label},
        )
    ]


def _drafts(row: CheckedRow, unit: Unit | None, _known: Any, _frame: Frame) -> list[Draft]:
    return cleaning_drafts(row, unit) if unit else []


CLEANINGS = Ledger(
    name="cleanings",
    title=_("家居清洁台账"),
    about=About.HOUSEHOLD,
    columns=(CLEANING, ROUND, CLEANERS, SCORE),
    done={"cleaning": "cleaners"},
    aliases=ALIASES | {"日期": "cleaning", "时间": "cleaning", "完成时间": "cleaning", "完成日期": "cleaning"},
    patterns=PATTERNS,
    required=(frozenset({"cleaning"}), frozenset({"village", "address", "id_no", "household_no"})),
    drafts=_drafts,
    models=(Cleaning,),
    template=("乡镇", "行政村", "户主姓名", "证件号码", "清洁", "清洁轮次", "清洁人员", "清洁评分"),
)

LEDGERS = (CLEANINGS,)
