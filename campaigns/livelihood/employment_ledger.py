"""The ledger of employment (就业台账), with the need of microcredit and the planned project."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_day, clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.livelihood.models import Employment, ProjectPlan
from households.access import in_scope
from households.codes import plain
from households.intake.columns import Column, Doubt, MoneyCleaner, as_text, text_cleaner, tidy
from households.intake.kinds import Frame
from households.intake.messages import Policy
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue
from households.models import Membership
from households.roster.fields import choice

Form, Stage = Employment.Form, Employment.Stage
FORMS = {
    Form.ENTERPRISE: (
        "企业就业",
        "企业",
        "单位就业",
        "务工",
        "本地务工",
        "车间",
        "扶贫微工厂",
        "扶贫车间",
        "车间就业",
        "就近就业",
        "工厂",
    ),
    Form.HOME: ("居家就业", "居家", "居家手工", "灵活就业", "手工", "来料加工", "居家灵活就业"),
    Form.PUBLIC: ("公益性岗位", "公益岗位", "公益岗", "公益性岗位安置", "公岗", "公益性", "护林员", "保洁员"),
    Form.OWN: ("自主创业", "创业", "自主经营", "个体"),
    Form.AWAY: ("外出务工", "转移就业", "外出", "外出打工"),
    Form.OTHER: ("其他",),
}
MOST_INCOME, MOST_LOAN = 100_000, 1_000_000
LEAST_LOAN = 100  # less is a number of ten thousands without its unit
_YES = re.compile(r"[√✓✔☑yY]|是|有|需要|有需求|1")
_NO = re.compile(r"[×✗✘xXnN]|否|无|没有|不需要|无需求|0|/|-|—")


@dataclass(frozen=True, slots=True)
class NeedCleaner(MoneyCleaner):
    """Need of a loan: 是 for √, 否, or the amount in yuan (3万). A bare number that is no amount of yuan is held."""

    def __call__(self, cell: CellValue) -> Any:
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", tidy(as_text(cell))))
        if not text:
            return None
        if _NO.fullmatch(text):
            return "否"
        if _YES.fullmatch(text) and not (text == "1" and self.unit > 1):
            return "是"
        bare = re.sub(r"^(需要?|贷款|有[,，]?)", "", text)
        read = MoneyCleaner.__call__(self, float(bare) if re.fullmatch(r"\d+(\.\d+)?", bare) else bare)
        if not isinstance(read, Doubt) and read and read < LEAST_LOAN:
            return Doubt(None, ("NUMBER_OUT_OF_RANGE",), {"written": text[:40]}, Policy.HELD)
        return read if isinstance(read, Doubt) or read else None


def clean_plan(cell: CellValue) -> Any:
    """A planned project: its name, "" for a mere √, None for none."""
    written = tidy(as_text(cell))
    if not written or _NO.fullmatch(written) or written in ("未谋划", "暂无", "未"):
        return None
    if _YES.fullmatch(written) or written in ("已谋划", "已完成", "已帮助谋划"):
        return "√"
    return written if len(written) <= 100 else Doubt(None, ("VALUE_TOO_LONG",))


FORM = Column("job_form", "就业形式", official_word_cleaner(FORMS))
TITLE = Column("job_title", "岗位", text_cleaner(60))
ENTERPRISE = Column("enterprise", "企业", text_cleaner(100))
SINCE = Column("employed_on", "就业时间", clean_done)
UNTIL = Column("left_on", "离岗时间", clean_day)
AFTER = Column("income_after", "月均工资", MoneyCleaner(most=MOST_INCOME, is_average=True))
BEFORE = Column("income_before", "就业前收入", MoneyCleaner(most=MOST_INCOME, is_average=True))
HANDICRAFT = Column("handicraft", "手工产业", choice("yes_no"))
NEED = Column("loan_need", "贷款需求", NeedCleaner(most=MOST_LOAN))
LOAN = Column("loan_amount", "贷款金额", NeedCleaner(most=MOST_LOAN))
PLAN = Column("plan", "产业项目谋划", clean_plan)
PLANNED = Column("planned_on", "谋划日期", clean_done)
HELPED_BY = Column("helped_by", "帮助谋划人", text_cleaner(60))
COLUMNS = (FORM, TITLE, ENTERPRISE, SINCE, UNTIL, AFTER, BEFORE, HANDICRAFT, NEED, LOAN, PLAN, PLANNED, HELPED_BY)
ALIASES = {
    "就业方式": "job_form", "就业渠道": "job_form", "就业类型": "job_form", "务工方式": "job_form", "就业类别": "job_form",
    "工种": "job_title", "岗位名称": "job_title", "就业岗位": "job_title", "从事工作": "job_title", "从事岗位": "job_title",
    "职业": "job_title",
    "单位": "enterprise", "企业名称": "enterprise", "用工企业": "enterprise", "就业单位": "enterprise", "工作单位": "enterprise",
    "务工企业": "enterprise", "务工企业名称": "enterprise", "用人单位": "enterprise", "就业企业": "enterprise",
    "就业日期": "employed_on", "上岗时间": "employed_on", "上岗日期": "employed_on", "入职时间": "employed_on", "起始时间": "employed_on",
    "起始日期": "employed_on", "开始时间": "employed_on", "务工时间": "employed_on", "就业情况": "employed_on", "是否就业": "employed_on",
    "离职时间": "left_on", "结束时间": "left_on", "截止时间": "left_on", "离岗日期": "left_on", "终止时间": "left_on",
    "结束日期": "left_on",
    "工资": "income_after", "月工资": "income_after", "月收入": "income_after", "月均收入": "income_after", "就业后收入": "income_after",
    "就业后月收入": "income_after", "月均工资(元)": "income_after", "月工资(元)": "income_after", "就业后月收入(元)": "income_after",
    "就业前月收入": "income_before", "原收入": "income_before", "就业前收入(元)": "income_before", "就业前月收入(元)": "income_before",
    "原月收入": "income_before", "是否手工产业": "handicraft", "手工": "handicraft", "参与手工产业": "handicraft", "手工就业": "handicraft",
    "是否参与手工产业": "handicraft", "小额贷款需求": "loan_need", "扶贫小额贷款需求": "loan_need", "贷款需求(元)": "loan_need",
    "是否有贷款需求": "loan_need", "小额信贷需求": "loan_need", "有无贷款需求": "loan_need", "产业谋划": "plan", "项目谋划": "plan",
    "谋划项目": "plan", "产业项目": "plan", "谋划产业项目": "plan", "是否谋划产业项目": "plan", "谋划时间": "planned_on",
    "谋划人": "helped_by", "指导人": "helped_by", "帮扶指导人": "helped_by",
}  # fmt: skip

_JOB = r"(?:就业|务工|用工|工作|上岗|从业|安置)"
PATTERNS = {
    rf"{_JOB}的?(?:形式|方式|渠道|类型|类别)": "job_form",
    rf"{_JOB}?的?(?:岗位|工种|职业)(?:名称)?|(?:从事|所从事)的?(?:岗位|工种|工作|职业|行业)": "job_title",
    rf"(?:{_JOB}|现)?的?(?:企业|单位|车间|公司)(?:\((?:车间|企业|单位|合作社)\)|[/、](?:车间|企业|单位))?的?(?:全称|名称)?": "enterprise",
    rf"{_JOB}的?(?:起止|起始|开始)?的?(?:时间|日期)|(?:入职|到岗)的?(?:时间|日期)|起止(?:时间|日期)": "employed_on",
    r"(?:离岗|离职|返乡|结束|终止)的?(?:时间|日期)": "left_on",
    rf"(?:现|目前|{_JOB}后?)?的?(?:月|月均|平均月|人均月)?(?:务工)?(?:工资|薪资|薪酬|收入|报酬)": "income_after",
    rf"(?:原|{_JOB}前)的?(?:月|月均|平均月)?(?:工资|薪资|薪酬|收入)": "income_before",
    r"(?:是否|有无)?(?:有|需要?)?(?:扶贫)?(?:小额)?(?:贷款|信贷)的?(?:需求|意愿|需要|需求情况)?": "loan_need",
    r"(?:需|需要|申请|拟|所需)?(?:扶贫)?(?:小额)?(?:贷款|信贷)的?(?:需求|意愿)?的?(?:金额|额度|数额)(?:\((?:万|千)?元\))?": "loan_amount",
    r"(?:拟|计划|谋划|帮助谋划)?的?(?:发展|谋划)?的?(?:产业|项目|产业项目)(?:名称)?": "plan",
    r"(?:产业|项目|产业项目)?谋划的?(?:时间|日期)": "planned_on",
    r"(?:产业|项目)?(?:谋划|指导|帮扶指导)的?(?:人|人员|专家)(?:姓名)?": "helped_by",
}


@dataclass(slots=True)
class KnownJobs:
    """Valid employments and plans of the people of the uploader's regions, by person."""

    employments: dict[int, list[Employment]]
    plans: dict[int, list[ProjectPlan]]


def known_jobs(_rows: list[CheckedRow], frame: Frame) -> KnownJobs:
    """What the rows' people have on record."""
    known = KnownJobs(defaultdict(list), defaultdict(list))
    # Wherever it was recorded: what is known of a woman follows her.
    people = Membership.objects.filter(in_scope("household__spells__village_id", list(frame.scope))).values("person")
    for job in Employment.objects.filter(person__in=people, voided_at=None).order_by("pk"):
        known.employments[job.person_id].append(job)
    for plan in ProjectPlan.objects.filter(person__in=people, voided_at=None).order_by("pk"):
        known.plans[plan.person_id].append(plan)
    return known


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    if unit is None or unit.person is None:
        return []
    person = unit.person.person_id
    drafts = (_employment(row, person, known, frame), _plan(row, person, known, frame))
    return [draft for draft in drafts if draft is not None]


def _employment(row: CheckedRow, person: int, known: KnownJobs, frame: Frame) -> Draft | None:
    """The employment that the row tells, if any: a job, an enterprise, a day, wages or 手工产业."""
    title, enterprise = row.values.get(TITLE.label) or "", row.values.get(ENTERPRISE.label) or ""
    told, handicraft = row.values.get(SINCE.label), row.values.get(HANDICRAFT.label)
    wage = row.values.get(AFTER.label)
    if not (title or enterprise or told or wage or handicraft == "是" or row.values.get(FORM.label)):
        return None
    if not (title or enterprise):
        row.add_compared("JOB_MISSING", TITLE.field)
        return None
    exact = date.fromisoformat(told) if told and not is_soft(row, SINCE.field) else None
    since = date.fromisoformat(told) if told else frame.as_of
    until = date.fromisoformat(end) if (end := row.values.get(UNTIL.label)) else None
    if until and not exact:
        since = min(since, until)
    if until and until < since:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        return None
    if not told:
        row.add_compared("DATE_FROM_TICK", SINCE.field, written=title or enterprise, expected=since.isoformat())
    record = _recorded(known.employments.get(person, ()), title, enterprise, exact)
    same: dict[str, Any] = {"person_id": person, "title": title, "enterprise": enterprise}
    if record is not None:
        same = {"person_id": person, "id": record.pk}
    elif person in known.employments:  # not the job that she had before, or that came to nothing
        same["employed_on"] = since
    soft = set() if exact else {"employed_on"}
    if record is not None and record.stage in (Stage.OFFERED, Stage.INTERVIEWED):
        soft = set()  # she was being placed: now she has the job, since this day
        since = max(filter(None, (since, record.offered_on, record.interviewed_on))) if not exact else since
    if record is not None and not _is_in_order(row, record, None if soft else since, until):
        return None
    has_left = until or (record.left_on if record else None)
    values = _income(row) | {
        "form": stored(FORMS, row.values.get(FORM.label)) or _form_of(handicraft, enterprise, record),
        "handicraft": None if handicraft is None else handicraft == "是",
        "stage": str(Stage.LEFT if has_left else Stage.EMPLOYED),
        "employed_on": since,
        "left_on": until,
    }
    return Draft(Employment, same, values, soft=frozenset(soft), labels=LABELS)


def _income(row: CheckedRow) -> dict[str, Any]:
    """Income before and after, yuan a month; a job without its wages is told."""
    before, wage = row.values.get(BEFORE.label), row.values.get(AFTER.label)
    if not wage:
        row.add_compared("INCOME_NOT_TOLD", AFTER.field)
    return {
        "income_before": None if before is None else Decimal(str(before)),
        "income_after": None if wage is None else Decimal(str(wage)),
    }


def _is_in_order(row: CheckedRow, record: Employment, since: date | None, until: date | None) -> bool:
    """Do the row's days fit those on record? since: None where the row does not tell it exactly."""
    before = max(filter(None, (record.interviewed_on, record.offered_on)), default=None)
    if since is not None and before is not None and since < before:
        row.add_compared("EMPLOYED_BEFORE_REFERRED", SINCE.field, before=before.isoformat())
        return False
    first, last = since or record.employed_on, until or record.left_on
    if first is not None and last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", UNTIL.field)
        return False
    return True


LABELS = {
    "form": FORM.label, "handicraft": HANDICRAFT.label, "employed_on": SINCE.label, "left_on": UNTIL.label,
    "income_before": BEFORE.label, "income_after": AFTER.label,
}  # fmt: skip


def _form_of(handicraft: str | None, enterprise: str, record: Employment | None) -> str | None:
    """Without a column for it: handicraft without an employer is done at home."""
    if record is not None:
        return None
    return str(Form.HOME if handicraft == "是" and not enterprise else Form.ENTERPRISE)


def _recorded(jobs: Any, title: str, enterprise: str, since: date | None) -> Employment | None:
    """The recorded way to this job: one still open, or one that began on this day; a job she left is another time's."""
    alike = [
        one
        for one in jobs
        if one.stage != Stage.DECLINED
        and (not title or not one.title or plain(one.title) == plain(title))
        and (not enterprise or not one.enterprise or plain(one.enterprise) == plain(enterprise))
    ]
    on_the_day = [one for one in alike if since and one.employed_on == since]
    going_on = [one for one in alike if one.left_on is None]
    ended = [one for one in alike if one.left_on and (since is None or since <= one.left_on)]
    return next(iter([*on_the_day, *going_on, *ended]), None)


def _plan(row: CheckedRow, person: int, known: KnownJobs, frame: Frame) -> Draft | None:
    """The need of a loan and the planned project, if the row tells one."""
    need, amount, project, day = (row.values.get(column.label) for column in (NEED, LOAN, PLAN, PLANNED))
    amount = None if amount == "否" else amount
    if amount is not None and need == "否":
        row.add_compared("ANSWERS_CONTRADICT", NEED.field, written=str(amount))
    need = amount if need in (None, "是") and amount is not None else None if need == "否" else need
    if need is None and project is None and day is None:
        return None
    is_planned = project is not None or day is not None
    planned_on = date.fromisoformat(day) if day else frame.as_of if is_planned else None
    if is_planned and not day:
        row.add_compared("DATE_FROM_TICK", PLAN.field, written=project or "", expected=frame.as_of.isoformat())
    name = None if project in (None, "√") else project
    record = _recorded_plan(known.plans.get(person, ()), name)
    same: dict[str, Any] = {"person_id": person}
    same |= {"id": record.pk} if record else {"project": name or ""}
    soft = {"told_on"}
    if record is not None and record.planned_on is not None and not (day and not is_soft(row, PLANNED.field)):
        soft.add("planned_on")
    values = {
        "told_on": min(filter(None, (planned_on, frame.as_of))),
        "wants_loan": True if need is not None else None if record else False,
        "loan_amount": Decimal(str(need)) if need not in (None, "是") else None,
        "planned_on": planned_on,
        "helped_by": row.values.get(HELPED_BY.label),
    }
    if record is not None:
        values["project"] = name
    labels = {"loan_amount": NEED.label, "project": PLAN.label, "planned_on": PLANNED.label}
    return Draft(ProjectPlan, same, values, soft=frozenset(soft), labels=labels)


def _recorded_plan(plans: Any, project: str | None) -> ProjectPlan | None:
    """The recorded plan of the project; without a name her last one; a need without a plan becomes the plan."""
    alike = [one for one in plans if project is None or not one.project or plain(one.project) == plain(project)]
    return alike[-1] if alike else None


EMPLOYMENTS = Ledger(
    name="employments",
    title=_("就业台账"),
    about=About.PERSON,
    columns=COLUMNS,
    done={"employed_on": "", "left_on": "", "planned_on": ""},
    aliases=ALIASES,
    patterns=PATTERNS,
    spans={SINCE.field: UNTIL.field},
    required=(
        frozenset({"name"}),
        frozenset({"village", "address", "id_no"}),
        frozenset({"job_title", "enterprise", "employed_on", "loan_need", "loan_amount", "plan"}),
    ),
    known=known_jobs,
    drafts=_drafts,
    models=(Employment, ProjectPlan),
    template=("乡镇", "行政村", "户主姓名", "姓名", "证件号码", *(column.label for column in COLUMNS)),
    lists={"就业形式": tuple(words[0] for words in FORMS.values()), "手工产业": ("是", "否")},
)
