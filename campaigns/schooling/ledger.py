"""The ledger of school aid (助学金发放台账), and how any ledger tells a grant."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.schooling.models import AidProject, Grant
from households.intake.columns import Column, MoneyCleaner, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person
from households.periods import age_on
from households.roster.fields import choice

MOST_AID = 100_000
AIDED = Column("aided", "助学", clean_done)
PROJECT = Column("aid_project", "助学项目", text_cleaner(100))
AMOUNT = Column("aid_amount", "助学金额", MoneyCleaner(most=MOST_AID))
GOODS = Column("aid_goods", "实物", choice("yes_no"))
ALIASES = {
    "助学时间": "aided", "助学日期": "aided", "资助时间": "aided", "资助日期": "aided", "是否资助": "aided", "春蕾助学": "aided",
    "资助情况": "aided", "助学情况": "aided", "发放时间": "aided", "发放日期": "aided", "助学金发放时间": "aided", "是否助学": "aided",
    "资助": "aided", "资助项目": "aid_project", "项目名称": "aid_project", "项目": "aid_project", "资助金额": "aid_amount",
    "资助金额(元)": "aid_amount", "助学金": "aid_amount", "助学金额(元)": "aid_amount", "金额": "aid_amount", "金额(元)": "aid_amount",
    "发放金额": "aid_amount", "发放金额(元)": "aid_amount", "是否实物": "aid_goods", "折价(元)": "aid_amount",
}  # fmt: skip

_AID = r"(?:助学金?|资助金?|资助款|救助|补助|发放|领取|受助)"
PATTERNS = {
    rf"{_AID}+(?:的)?(?:时间|日期)": "aided",
    rf"是否(?:已)?(?:得到|享受|接受|进行)?{_AID}+": "aided",
    rf"{_AID}+(?:的)?(?:金额|数额|标准|资金)(?:\((?:万|千)?元\))?": "aid_amount",
    r"(?:助学金|资助金|资助款|助学款|善款)\((?:万|千)?元\)": "aid_amount",
    rf"{_AID}+(?:的)?(?:项目|名目|类别)(?:名称)?": "aid_project",
}


@dataclass(slots=True)
class KnownProjects:
    """All aid projects by name."""

    by_name: dict[str, AidProject]


def known_projects(_rows: list[CheckedRow], _frame: Frame) -> KnownProjects:
    """The projects that a row can mean."""
    return KnownProjects({one.name: one for one in AidProject.objects.order_by("pk")})


def grant_drafts(row: CheckedRow, unit: Unit, known: KnownProjects, frame: Frame) -> list[Draft]:
    """The grant that the row tells, if any: a day, or an amount."""
    day, amount = row.values.get(AIDED.label), row.values.get(AMOUNT.label)
    if day is None and not amount:
        return []
    assert unit.person is not None
    if day is None:
        row.add_compared("DATE_FROM_TICK", AIDED.field, written=str(amount), expected=frame.as_of.isoformat())
    granted_on = date.fromisoformat(day) if day else frame.as_of
    project = _project(row, known)
    if project is None:
        return []
    if isinstance(project, AidProject) and project.girls_only and unit.person.sex != Person.Sex.FEMALE:
        row.add_compared("PROJECT_GIRLS_ONLY", PROJECT.field, written=project.name)
    if age_on(unit.person.birth_date, granted_on) >= 18:
        row.add_compared("NOT_ELIGIBLE", AIDED.field, expected=_("18周岁以下在校学生"))
    soft = day is None or is_soft(row, AIDED.field)
    given: dict[str, Any] = {"project": project} if isinstance(project, Draft) else {"project_id": project.pk}
    goods = row.values.get(GOODS.label)
    values: dict[str, Any] = {
        "amount": Decimal(str(amount)) if amount else None,
        "is_goods": None if goods is None else goods == "是",
    }
    same = {"person_id": unit.person.person_id, **given}
    (values if soft else same)["granted_on"] = granted_on
    return [
        Draft(
            Grant,
            same,
            values,
            soft=frozenset({"granted_on"} if soft else ()),
            labels={"amount": AMOUNT.label, "is_goods": GOODS.label},
        )
    ]


def _project(row: CheckedRow, known: KnownProjects) -> AidProject | Draft | None:
    """The project named; the only one where none is named; a new one where there is none of the name."""
    name = row.values.get(PROJECT.label)
    if name is None and len(known.by_name) > 1:
        counting = [one for one in known.by_name.values() if one.counts]
        if len(counting) == 1:
            return counting[0]
        row.add_compared("PROJECT_SEVERAL_FIT", AIDED.field, suggestion="、".join(list(known.by_name)[:5]))
        return None
    if name is None and known.by_name:
        return next(iter(known.by_name.values()))
    name = name or _("春蕾助学")
    if name in known.by_name:
        return known.by_name[name]
    row.add_compared("PROJECT_NEW", PROJECT.field, written=name)
    return Draft(AidProject, {"name": name})


def _drafts(row: CheckedRow, unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    return grant_drafts(row, unit, known, frame) if unit else []


GRANTS = Ledger(
    name="grants",
    title=gettext_lazy("助学台账"),
    about=About.PERSON,
    columns=(AIDED, PROJECT, AMOUNT, GOODS),
    done={"aided": "aid_project"},
    aliases=ALIASES | {"日期": "aided", "时间": "aided", "学生姓名": "name"},
    patterns=PATTERNS,
    required=(frozenset({"aided", "aid_amount"}), frozenset({"name"}), frozenset({"village", "address", "id_no"})),
    known=known_projects,
    drafts=_drafts,
    models=(AidProject, Grant),
    template=("乡镇", "行政村", "户主姓名", "姓名", "证件号码", "助学", "助学项目", "助学金额", "实物"),
    lists={"实物": ("是", "否")},
)

LEDGERS = (GRANTS,)
