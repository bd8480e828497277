"""The survey workbook (摸底调查表): women and children in one table, told apart by age and sex."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.business_day import campaign_years, year_of
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.names import optional_name
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import stored
from campaigns.models import CampaignYear
from campaigns.survey.cells import (
    NO,
    NONE,
    YES,
    clean_hardship,
    clean_illness,
    clean_yes_no,
    optional_text,
    word_cleaner,
)
from campaigns.survey.circumstances_ledger import CIRCUMSTANCES
from campaigns.survey.models import ChildSurvey, WomanSurvey
from campaigns.survey.operations import is_child, is_woman
from households.intake.columns import Column, MoneyCleaner, clean_phone
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.roster.fields import COLUMNS as ROSTER_COLUMNS
from households.roster.storage import schooling

MOST_LOAN = 1_000_000
LEAST_LOAN = 100  # less is a number of ten thousands without its unit
MARITAL = {
    WomanSurvey.Marital.SINGLE: ("未婚", "单身"),
    WomanSurvey.Marital.MARRIED: ("已婚", "初婚", "再婚", "复婚", "有配偶", "结婚"),
    WomanSurvey.Marital.DIVORCED: ("离异", "离婚", "离婚未再婚"),
    WomanSurvey.Marital.WIDOWED: ("丧偶", "守寡", "丧偶未再婚"),
}
_AWAY = ChildSurvey.LeftBehind
LEFT_BEHIND = {
    _AWAY.NO: ("非留守", "否", "无", "不是", "不留守", "没有", "×", "0", "父母在家"),
    _AWAY.ONE: (
        "父母一方外出", "一方外出", "单方外出", "父亲外出", "母亲外出", "父外出", "母外出", "父亲外出务工", "母亲外出务工", "一方",
        "父亲在外打工", "母亲在外打工", "单留守",
    ),
    _AWAY.BOTH: ("父母双方外出", "双方外出", "父母外出", "父母均外出", "父母都外出", "父母双方外出务工", "父母外出务工", "双方", "双留守"),
    _AWAY.YES: ("是", "留守", "留守儿童", "留守妇女", "有", "√", "✓", "1", "丈夫外出", "配偶外出"),
}  # fmt: skip
# What a 在校生状况 leaves open.
_SCHOOLING = {
    "学龄前儿童": ChildSurvey.Schooling.BELOW, "学龄前": ChildSurvey.Schooling.BELOW, "未入园": ChildSurvey.Schooling.BELOW,
    "送教上门": ChildSurvey.Schooling.AT_HOME, "辍学": ChildSurvey.Schooling.OUT, "失学": ChildSurvey.Schooling.OUT,
    "不在校": ChildSurvey.Schooling.OUT, "未入学": ChildSurvey.Schooling.OUT, "休学": ChildSurvey.Schooling.OUT,
    "非在校生": ChildSurvey.Schooling.OUT,
}  # fmt: skip
_clean_status = next(column.clean for column in ROSTER_COLUMNS if column.field == "school_status")

SURVEYED = Column("surveyed", "调查日期", clean_done)
NOTES = Column("survey_notes", "备注", optional_text(300))
BOTH = (
    Column("left_behind", "是否留守", word_cleaner(LEFT_BEHIND)),
    Column("single_parent", "是否单亲", clean_yes_no),
    Column("illness", "患病情况", clean_illness),
    NOTES,
)
OF_WOMEN = (
    Column("marital", "婚姻状况", word_cleaner(MARITAL)),
    Column("wants_work", "就业意愿", clean_yes_no),
    Column("wants_training", "培训意愿", clean_yes_no),
    Column("training_wish", "培训内容", optional_text(100)),
    Column("wants_loan", "贷款需求", clean_yes_no),
    Column("loan_amount", "贷款金额", MoneyCleaner(most=MOST_LOAN)),
    Column("skills", "技能特长", optional_text(200)),
)
OF_CHILDREN = (
    Column("guardian", "监护人", optional_name),
    Column("guardian_phone", "监护人电话", clean_phone),
    Column("guardian_relation", "与儿童关系", optional_text(20)),
    Column("child_left_behind", "留守情况", word_cleaner(LEFT_BEHIND)),
    Column("orphan", "孤儿", clean_yes_no),
    Column("hardship", "困境类型", clean_hardship),
    Column("school", "就读学校", optional_text(100)),
    Column("grade", "年级", optional_text(20)),
)
ANSWERS = (*BOTH, *OF_WOMEN, *OF_CHILDREN)
LABEL = {column.field: column.label for column in (SURVEYED, *ANSWERS)}
ALIASES = {
    # Under a group header 监护人情况, whose other columns (证件号码) are not the child's.
    "监护人监护人": "guardian", "监护人监护人姓名": "guardian", "监护人监护人电话": "guardian_phone",
    "监护人监护人联系电话": "guardian_phone", "监护人手机号码": "guardian_phone",
    "婚姻": "marital", "婚姻情况": "marital", "留守妇女": "left_behind", "是否留守妇女": "left_behind",
    "留守": "left_behind", "是否留守儿童": "left_behind", "单亲": "single_parent", "是否单亲母亲": "single_parent",
    "单亲家庭": "single_parent", "是否单亲家庭": "single_parent", "单亲母亲": "single_parent", "患病": "illness",
    "是否患病": "illness", "疾病情况": "illness", "所患疾病": "illness", "健康情况": "illness", "健康状况": "illness",
    "是否有就业意愿": "wants_work", "就业需求": "wants_work", "是否愿意就业": "wants_work",
    "有无就业意愿": "wants_work", "就业愿望": "wants_work", "是否有培训意愿": "wants_training",
    "培训需求": "wants_training", "有无培训意愿": "wants_training", "是否愿意培训": "wants_training",
    "是否愿意参加培训": "wants_training", "培训愿望": "wants_training", "培训意向": "training_wish",
    "想学什么": "training_wish", "培训项目": "training_wish", "希望培训内容": "training_wish",
    "需求培训内容": "training_wish", "培训类别": "training_wish", "是否有贷款需求": "wants_loan",
    "有无贷款需求": "wants_loan", "小额贷款需求": "wants_loan", "贷款意愿": "wants_loan",
    "是否需要贷款": "wants_loan", "贷款额度": "loan_amount", "需求金额": "loan_amount", "贷款金额(元)": "loan_amount",
    "贷款需求金额": "loan_amount", "需贷款金额": "loan_amount", "贷款额度(万元)": "loan_amount",
    "贷款需求(万元)": "loan_amount", "需求金额(万元)": "loan_amount", "贷款需求金额(万元)": "loan_amount",
    "技能": "skills", "特长": "skills", "有何特长": "skills", "技能及特长": "skills", "有何技能": "skills",
    "监护人姓名": "guardian", "监护人联系电话": "guardian_phone", "监护人联系方式": "guardian_phone",
    "监护人手机": "guardian_phone", "监护人手机号": "guardian_phone", "与监护人关系": "guardian_relation",
    "监护人关系": "guardian_relation", "监护人与儿童关系": "guardian_relation", "与儿童的关系": "guardian_relation",
    "与被监护人关系": "guardian_relation", "父母外出情况": "child_left_behind", "留守类型": "child_left_behind",
    "留守儿童情况": "child_left_behind", "是否孤儿": "orphan", "困境情况": "hardship", "是否困境": "hardship",
    "困境儿童类型": "hardship", "困境儿童": "hardship", "是否困境儿童": "hardship", "学校": "school",
    "学校名称": "school", "所在学校": "school", "就读学校名称": "school", "学校全称": "school", "就读年级": "grade",
    "所在年级": "grade", "在读年级": "grade", "就学情况": "grade", "在校生状况": "grade", "调查时间": "surveyed",
    "摸底日期": "surveyed", "摸底时间": "surveyed", "走访日期": "surveyed", "入户日期": "surveyed",
    "填表日期": "surveyed", "日期": "surveyed", "说明": "survey_notes", "其他情况": "survey_notes",
    "其他": "survey_notes",
}  # fmt: skip

_ASKS = r"(?:是否|有无|有何|有没有)?的?(?:有|愿意|希望|需要|需)?"
_WISH = r"(?:意愿|愿望|意向|需求|要求|需要)"
PATTERNS = {
    rf"{_ASKS}(?:扶贫)?(?:小额)?(?:贷款|信贷)的?(?:{_WISH})?的?(?:金额|额度|数额)?\((?:万|千)?元\)": "loan_amount",
    rf"(?:需|需要|拟|申请)?(?:贷款|信贷)的?(?:{_WISH})?的?(?:金额|额度|数额)": "loan_amount",
    rf"{_ASKS}(?:扶贫)?(?:小额)?(?:贷款|信贷)的?{_WISH}?": "wants_loan",
    rf"{_ASKS}(?:就业|务工|创业|就业创业)的?{_WISH}(?:情况)?": "wants_work",
    rf"{_ASKS}(?:参加|接受)?(?:技能)?培训的?{_WISH}?(?:及|和|、)?的?(?:内容|项目|方向|类别|工种)": "training_wish",
    rf"{_ASKS}(?:参加|接受)?(?:技能)?培训的?{_WISH}(?:情况)?": "wants_training",
    r"(?:是否|有无)?(?:患有?|身患)?(?:何种)?(?:重大|重|大|慢性)?(?:疾病|病)的?(?:情况|名称|种类)?|患病(?:情况|种类)": "illness",
    r"婚姻(?:状况|情况|状态)": "marital",
    r"(?:是否)?(?:为|是|属于)?留守(?:妇女|儿童|人员)?(?:情况)?": "left_behind",
    r"(?:是否)?(?:为|是|属于)?单亲(?:妇女|儿童|家庭|母亲)?(?:情况)?": "single_parent",
    r"(?:本人|个人|有何|现有|掌握)?的?(?:技能|特长|专长|一技之长)+(?:情况)?": "skills",
    r"(?:入户|调查|摸底|走访|登记|采集|填表)+的?(?:时间|日期)": "surveyed",
    r"(?:就读|所在|所读|在读)?的?学校(?:名称|全称)?": "school",
    r"(?:是否)?(?:为|是|属于)?困境(?:儿童)?(?:类型|类别|情况)?": "hardship",
    r"监护人的?(?:姓名|名字)": "guardian",
    r"监护人的?(?:联系)?(?:电话|手机|方式)(?:号码?)?": "guardian_phone",
}


@dataclass(slots=True)
class Told:
    """The row's answers, and which columns a survey has used."""

    row: CheckedRow
    used: set[str] = field(default_factory=set)

    def text(self, name: str) -> Any:
        """A cell's value, None where it tells nothing."""
        self.used.add(name)
        return self.row.values.get(LABEL[name])

    def yes(self, name: str) -> bool | None:
        """A cell of yes or no."""
        return {YES: True, NO: False}.get(self.text(name))


def _years(_rows: list[CheckedRow], _frame: Frame) -> list[CampaignYear]:
    return campaign_years()


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """One survey for a woman or a child, both for a girl of 16 or 17."""
    told = [column for column in ANSWERS if row.values.get(column.label) is not None]
    if unit is None or unit.person is None or not told:
        return []
    day, is_sure = _surveyed_on(row, frame)
    year = year_of(day, known)
    if year is None:
        return []
    answers, person = Told(row), unit.person
    parts: list[tuple[type[WomanSurvey] | type[ChildSurvey], Callable[[Told], dict[str, Any]]]] = []
    if is_woman(person.sex, person.birth_date, day):
        parts.append((WomanSurvey, _woman))
    if is_child(person.birth_date, day):
        parts.append((ChildSurvey, _child))
    if not parts:
        row.add_compared("NOT_SURVEYED", "name")
        return []
    drafts = []
    for model, values_of in parts:
        values = {"surveyed_on": day, **values_of(answers)}
        soft = frozenset() if is_sure else frozenset({"surveyed_on"})
        same = {"person_id": person.person_id, "campaign_year_id": year.pk}
        drafts.append(Draft(model, same, values, soft=soft, labels=_LABELS[model]))
    for column in told:
        if column.field not in answers.used:
            row.add_compared("ANSWER_NOT_USED", column.field)
    return drafts


def _surveyed_on(row: CheckedRow, frame: Frame) -> tuple[date, bool]:
    """The day of the survey, and whether the row tells it exactly; without one it is the file's day, with a flag."""
    told = row.values.get(SURVEYED.label)
    if told is None:
        row.add_compared("DAY_NOT_TOLD", SURVEYED.field, expected=frame.as_of.isoformat())
        return frame.as_of, False
    return date.fromisoformat(told), not is_soft(row, SURVEYED.field)


def _common(told: Told) -> dict[str, Any]:
    """What both surveys ask. A plain "no illness" empties the description of an earlier one."""
    illness = told.text("illness")
    is_ill = None if illness is None else illness != NONE
    return {
        "single_parent": told.yes("single_parent"),
        "is_ill": is_ill,
        "illness": _described(illness),
        "notes": told.text("survey_notes"),
    }


def _described(text: str | None) -> str | None:
    """The description beside a yes or no: "" for no and for a bare yes."""
    return None if text is None else "" if text in (NONE, YES, "有", "√") else text


def _woman(told: Told) -> dict[str, Any]:
    wants_loan, amount = told.yes("wants_loan"), told.text("loan_amount")
    if amount and amount < LEAST_LOAN:
        told.row.add_compared("NUMBER_OUT_OF_RANGE", "loan_amount", written=str(amount))
    if amount and wants_loan is False:
        told.row.add_compared("ANSWERS_CONTRADICT", "wants_loan", written=str(amount))
    elif amount:
        told.row.values[LABEL["wants_loan"]] = YES
    if amount:
        wants_loan = True
    away, illness, wish = (
        stored(LEFT_BEHIND, told.text("left_behind")),
        told.text("illness"),
        told.text("training_wish"),
    )
    wants_training = told.yes("wants_training")
    if wish and wants_training is False:
        told.row.add_compared("ANSWERS_CONTRADICT", "wants_training", written=wish)
    elif wish:  # who names a course wishes for one
        wants_training, told.row.values[LABEL["wants_training"]] = True, YES
    return _common(told) | {
        "marital": stored(MARITAL, told.text("marital")),
        "left_behind": None if away is None else away != _AWAY.NO,
        "chronic": True if illness and "慢性" in illness else False if illness == NONE else None,
        "wants_work": told.yes("wants_work"),
        "wants_training": wants_training,
        "training_wish": "" if wants_training is False else wish,
        "wants_loan": wants_loan,
        # Who wants none wants 0 yuan: an earlier amount must not stand beside a no.
        "loan_amount": Decimal(str(amount)) if amount else Decimal(0) if wants_loan is False else None,
        "skills": told.text("skills"),
    }


def _child(told: Told) -> dict[str, Any]:
    phone, hardship, grade = told.text("guardian_phone"), told.text("hardship"), told.text("grade")
    away = stored(LEFT_BEHIND, told.text("child_left_behind") or told.text("left_behind"))
    told.used.add("left_behind")
    return _common(told) | {
        "guardian": told.text("guardian"),
        "guardian_relation": told.text("guardian_relation"),
        "guardian_phone": "、".join(phone) if isinstance(phone, list) else phone,
        "left_behind": away,
        "orphan": told.yes("orphan"),
        "in_hardship": None if hardship is None else hardship != NONE,
        "hardship": _described(hardship),
        "schooling": _schooling(grade) if grade else None,
        "school": told.text("school"),
        "grade": grade,
    }


def _schooling(grade: str) -> str | None:
    """What a grade says about the stage; None where it says nothing we know."""
    if grade in _SCHOOLING:
        return str(_SCHOOLING[grade])
    status = _clean_status(grade)
    found = schooling(status) if isinstance(status, str) else None
    return str(found.stage) if found and found.stage else None


_LABELS: dict[type[Any], dict[str, str]] = {
    WomanSurvey: {
        name: LABEL[name]
        for name in (
            "marital", "left_behind", "single_parent", "illness", "wants_work", "wants_training", "training_wish",
            "wants_loan", "loan_amount", "skills",
        )
    }
    | {"surveyed_on": SURVEYED.label, "notes": NOTES.label},
    ChildSurvey: {
        name: LABEL[name]
        for name in ("guardian", "guardian_phone", "guardian_relation", "orphan", "hardship", "school", "grade", "illness")
    }
    | {"surveyed_on": SURVEYED.label, "left_behind": LABEL["child_left_behind"], "notes": NOTES.label},
}  # fmt: skip

SURVEY = Ledger(
    name="survey",
    title=_("摸底调查表"),
    about=About.PERSON,
    columns=(*ANSWERS, SURVEYED),
    done={"surveyed": ""},
    aliases=ALIASES,
    patterns=PATTERNS,
    required=(
        frozenset({"name"}),
        frozenset({"village", "address", "id_no"}),
        frozenset(column.field for column in ANSWERS if column is not NOTES),
    ),
    known=_years,
    drafts=_drafts,
    models=(WomanSurvey, ChildSurvey),
    template=(
        "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "婚姻状况", "是否留守", "是否单亲", "患病情况", "就业意愿", "培训意愿",
        "培训内容", "贷款需求", "贷款金额", "技能特长", "监护人", "监护人电话", "与儿童关系", "留守情况", "孤儿", "困境类型",
        "就读学校", "年级", "调查日期", "备注",
    ),
    lists={
        "婚姻状况": tuple(words[0] for words in MARITAL.values()),
        "留守情况": tuple(words[0] for words in list(LEFT_BEHIND.values())[:3]),
        **dict.fromkeys(("是否留守", "是否单亲", "就业意愿", "培训意愿", "贷款需求", "孤儿"), (YES, NO)),
    },
)  # fmt: skip

LEDGERS = (SURVEY, CIRCUMSTANCES)
