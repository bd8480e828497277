"""The combined ledger (综合台账): a row per person with what was done for her, √, a date or a name for each action."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.cleaning import ledger as cleaning
from campaigns.cleaning.models import Cleaning
from campaigns.health import ledger as health
from campaigns.health.models import InsuredPerson
from campaigns.ledgers.spec import About, Draft, Ledger, Unit
from campaigns.pairing import ledger as pairing
from campaigns.pairing.models import Helper, Pairing
from campaigns.pairing.told_helpers import PHONES, SEVERAL_HELPERS
from campaigns.publicity import ledger as publicity
from campaigns.publicity.models import Contact
from campaigns.schooling import ledger as schooling
from campaigns.schooling.models import AidProject, Grant
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow


@dataclass(slots=True)
class _Known:
    helpers: pairing.KnownHelpers
    policies: health.KnownPolicies
    projects: schooling.KnownProjects


def _known(rows: list[CheckedRow], frame: Frame) -> _Known:
    return _Known(
        pairing.known_helpers(rows, frame), health.known_policies(rows, frame), schooling.known_projects(rows, frame)
    )


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    if unit is None:
        return []
    return [
        *pairing.pairing_drafts(row, unit, known.helpers, frame),
        *publicity.contact_drafts(row, unit),
        *cleaning.cleaning_drafts(row, unit),
        *health.insured_drafts(row, unit, known.policies, frame),
        *schooling.grant_drafts(row, unit, known.projects, frame),
    ]


# A word that several of the rooms know means nothing certain here.
_UNSURE = frozenset({"类别", "状态", "地点", "方式", "项目", "金额", "金额(元)", "起始日期", "结束日期", "起始时间"})
# The six actions as the city calls them, beside the words of the rooms whose patterns take no other room's column.
PATTERNS = {
    r"(?:脱贫攻坚|政策)?宣传(?:进村入户|入户|到户|到位)?(?:行动)?(?:完成)?(?:情况|时间|日期)?": "contact",
    r"(?:家居|家庭|环境)(?:清洁|洁净)(?:互助)?(?:行动)?(?:完成)?(?:情况|时间|日期)?": "cleaning",
    r"(?:健康关爱)?\(?两癌(?:健康|安康)?(?:保险|保障|投保|参保)\)?(?:办理|投保|参保)?(?:情况|时间|日期)?": "insured",
    **pairing.PATTERNS,
    **schooling.PATTERNS,
}
_COLUMNS = (
    *pairing.HELPER_COLUMNS,
    pairing.PAIRED,
    publicity.CONTACT,
    publicity.CONTACT_KIND,
    publicity.SPEAKER,
    cleaning.CLEANING,
    cleaning.CLEANERS,
    health.INSURED,
    health.POLICY_NO,
    schooling.AIDED,
    schooling.PROJECT,
    schooling.AMOUNT,
)
_FIELDS = frozenset(column.field for column in _COLUMNS)
COMBINED = Ledger(
    name="combined",
    title=_("综合台账"),
    about=About.PERSON,
    columns=_COLUMNS,
    done={"paired": "helper_name", "contact": "speaker", "cleaning": "cleaners", "insured": "", "aided": "aid_project"},
    aliases={
        word: name
        for room in (pairing, publicity, cleaning, health, schooling)
        for word, name in room.ALIASES.items()
        if word not in _UNSURE and name in _FIELDS
    },
    patterns={pattern: name for pattern, name in PATTERNS.items() if name in _FIELDS},
    denies={**pairing.DENIES, **schooling.DENIES},
    phones=PHONES,
    single=frozenset({"helper_name"}),
    series=SEVERAL_HELPERS,
    beside=frozenset({"paired"}),
    required=(
        frozenset({"name"}),
        frozenset({"village", "address", "id_no"}),
        frozenset({"helper_name", "paired", "contact", "cleaning", "insured", "aided", "aid_amount"}),
    ),
    known=_known,
    drafts=_drafts,
    review=cleaning.review_rounds,
    models=(Helper, Pairing, Contact, Cleaning, InsuredPerson, AidProject, Grant),
    template=(
        "乡镇",
        "行政村",
        "户主姓名",
        "姓名",
        "证件号码",
        "包联人",
        "包联人单位",
        "包联人职务",
        "包联人电话",
        "结对时间",
        "宣传",
        "宣传方式",
        "清洁",
        "投保",
        "保单号",
        "助学",
        "助学项目",
        "助学金额",
    ),
    lists={"宣传方式": publicity.CONTACTS.lists["宣传方式"]},
)
