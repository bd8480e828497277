"""The ledger of school aid (助学金发放台账), and how any ledger tells a grant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.names import optional_name
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, day_told, is_soft, month_told
from campaigns.models import Donor, Fund, Pledge
from campaigns.schooling.accounts import Account, accounts_of
from campaigns.schooling.donation_ledger import (
    DONATIONS,
    clean_donor,
    donor_kind,
    find_donor,
    known_donors,
    known_funds,
)
from campaigns.schooling.models import AidProject, Grant
from households.codes import plain
from households.intake.columns import Column, MoneyCleaner, clean_phone, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person
from households.periods import age_on
from households.roster.fields import choice

MOST_AID = 100_000
AIDED = Column("aided", "助学", clean_done)
PROJECT = Column("aid_project", "助学项目", text_cleaner(100))
AMOUNT = Column("aid_amount", "助学金额", MoneyCleaner(most=MOST_AID))
DENIES: Mapping[str, tuple[str, ...]] = {"aided": ("aid_paid", "aid_amount")}
GOODS = Column("aid_goods", "实物", choice("yes_no"))
# Of the ledger of payments alone.
PAID = Column("aid_paid", "发放日期", clean_done)
RECEIPT = Column("aid_receipt", "收据号", text_cleaner(40, keeps_numbers=True))
SOURCE = Column("aid_source", "资金来源", text_cleaner(60))
DONOR = Column("aid_donor", "捐赠人", clean_donor)
DONOR_PHONE = Column("aid_donor_phone", "捐赠人电话", clean_phone)
GUARDIAN = Column("guardian", "监护人", optional_name)
SCHOOL = Column("school", "学校", text_cleaner(100))
GRADE = Column("grade", "年级", text_cleaner(20))
_PAYMENT = {
    "aid_paid": "发放时间 发放日期 助学金发放时间 助学金发放日期 领款日期 打款日期 拨付日期",
    "aid_receipt": "收据编号 票据号 领款单号 凭证号",
    "aid_source": "基金 基金名称 支付基金 经费来源 资金渠道 助学基金 来源",
    "aid_donor": "捐助人 资助人 捐赠单位 捐赠单位或个人 结对捐赠人 爱心人士 捐款人 捐赠人(单位)",
    "aid_donor_phone": "捐助人电话 资助人电话 捐赠人联系电话",
    "guardian": "监护人姓名 家长 家长姓名 领款人 法定监护人",
    "school": "就读学校 学校全称 学校名称 所在学校",
    "grade": "就读年级 年级班级 学段 班级",
}
_DIRECT = frozenset({"直接资助", "捐赠人直接资助", "捐赠人直接发放", "捐助人直接资助", "直接捐助", "直接发放"})
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
    rf"(?:春蕾|助学)*{_AID}(?:金|款)?(?:金额|数额|标准)?": "aid_amount",
    r"春蕾(?:计划)?(?:助学)?(?:行动)?(?:情况|时间|日期)?": "aided",
}
# Of the ledger of payments alone.
_GIVER = r"(?:捐赠|捐款|捐助|资助|结对|爱心)"
_GIVERS = r"(?:单位|企业|人士|个人|人|方|者)"
PAYMENT_PATTERNS = {
    r"(?:发放|领取|领款|打款|拨付|支付|到账)+的?(?:时间|日期)": "aid_paid",
    r"(?:助学金?|资助金?|资助款|发放|领取|到账)+(?:情况|状态|与否)|是否(?:已)?(?:到账|到位|完成)|状态": "aided",
    r"(?:收据|票据|领款单|凭证)的?(?:号码?|编号)": "aid_receipt",
    r"(?:资金|经费|款项|善款|助学金)的?(?:来源|出处)(?:渠道)?": "aid_source",
    rf"{_GIVER}+{_GIVERS}(?:\({_GIVERS}\)|(?:或|及|和|/|、){_GIVERS})?的?(?:名称|姓名)?": "aid_donor",
    r"(?:法定)?(?:监护人|家长)(?:姓名|名字)?": "guardian",
    r"(?:就读|所在|所读|在读)?的?学校(?:名称|全称)?": "school",
    r"(?:就读|所在|在读)的?(?:年级|班级)": "grade",
}


@dataclass(slots=True)
class KnownProjects:
    """All aid projects by name."""

    by_name: dict[str, AidProject]


@dataclass(slots=True)
class KnownPayments(KnownProjects):
    """And what pays: funds, donors, pledges by donor and pupil; `accounts` of the funds, locked while this is looked at;
    the grants recorded under the rows' receipts, by pupil and receipt."""

    funds: list[Fund]
    donors: dict[tuple[str, str], Donor]
    pledges: dict[tuple[int, int], list[Pledge]]
    accounts: dict[int, Account]
    receipts: dict[tuple[int, str], list[Grant]]


def known_payments(rows: list[CheckedRow], frame: Frame) -> KnownPayments:
    """Projects and payers that a row can mean. Nobody pays from the funds named until this transaction ends."""
    funds, donors = known_funds(frame.scope), known_donors(frame.scope)
    named = {row.values.get(SOURCE.label) for row in rows}
    meant = [fund.pk for fund in funds if fund.name in named]
    locked = list(Fund.objects.select_for_update(no_key=True).filter(pk__in=meant).order_by("pk"))
    pledges: dict[tuple[int, int], list[Pledge]] = {}
    for one in Pledge.objects.filter(donor__in=[donor.pk for donor in donors.values()], voided_at=None).order_by("pk"):
        pledges.setdefault((one.donor_id, one.person_id), []).append(one)
    projects = known_projects(rows, frame).by_name
    receipts: dict[tuple[int, str], list[Grant]] = {}
    numbers = {row.values[RECEIPT.label] for row in rows if row.values.get(RECEIPT.label)}
    for grant in Grant.objects.filter(receipt_no__in=numbers, voided_at=None).order_by("pk"):
        receipts.setdefault((grant.person_id, grant.receipt_no), []).append(grant)
    return KnownPayments(projects, funds, donors, pledges, accounts_of(locked), receipts)


def known_projects(_rows: list[CheckedRow], _frame: Frame) -> KnownProjects:
    """The projects that a row can mean."""
    return KnownProjects({one.name: one for one in AidProject.objects.order_by("pk")})


def project_in(text: str) -> str:
    """The aid project that a title names (2018年爱心企业助学金发放表); "" where it names none, or several."""
    line = plain(text)
    found = [name for name in AidProject.objects.values_list("name", flat=True) if plain(name) in line]
    named = [name for name in found if not any(name != other and plain(name) in plain(other) for other in found)]
    return named[0] if len(named) == 1 else ""


def grant_drafts(row: CheckedRow, unit: Unit, known: KnownProjects, frame: Frame) -> list[Draft]:
    """The grant that the row tells, if any: a day, or an amount."""
    _read_tick(row)
    when = PAID if row.values.get(AIDED.label) is None and row.values.get(PAID.label) else AIDED
    day, amount = row.values.get(when.label), row.values.get(AMOUNT.label)
    if day is None and not amount:
        return []
    assert unit.person is not None
    if amount == 0 and row.values.get(GOODS.label) != "是":
        row.add_compared("NUMBER_OUT_OF_RANGE", AMOUNT.field, written="0")
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
    soft = day is None or is_soft(row, when.field)
    given: dict[str, Any] = {"project": project} if isinstance(project, Draft) else {"project_id": project.pk}
    goods = row.values.get(GOODS.label)
    values: dict[str, Any] = {
        "amount": Decimal(str(amount)) if amount else None,
        "is_goods": None if goods is None else goods == "是",
    }
    same = {"person_id": unit.person.person_id, **given}
    if soft:
        values |= {"granted_on": granted_on, "day_told": day_told(row, when.field)}
    else:
        same["granted_on"] = granted_on
    if isinstance(known, KnownPayments):
        values |= _told_beside(row) | _payer(row, unit, known, same, values, frame)
        _look_at_receipt(row, known.receipts.get((unit.person.person_id, values["receipt_no"] or ""), ()), same)
    return [
        Draft(
            Grant,
            same,
            values,
            soft=frozenset({"granted_on", "day_told"} if soft else ()),
            day="granted_on",
            sum="amount",
            month=month_told(row, when.field, granted_on),
            labels=_LABELS,
        )
    ]


def _read_tick(row: CheckedRow) -> None:
    """A √ beside the day of the payment means that day, not the list's."""
    if row.values.get(PAID.label) and not is_soft(row, PAID.field) and is_soft(row, AIDED.field):
        ticks = [one for one in row.findings if (one.code, one.field) == ("DATE_FROM_TICK", AIDED.field)]
        if ticks:
            row.values[AIDED.label] = row.values[PAID.label]
            row.findings = [one for one in row.findings if one not in ticks]


def _look_at_receipt(row: CheckedRow, paid: Sequence[Grant], same: Mapping[str, Any]) -> None:
    """A receipt that the pupil has signed for another day or project: perhaps this very payment, corrected."""
    if paid and not any(all(getattr(one, name, None) == value for name, value in same.items()) for one in paid):
        day = paid[0].granted_on.isoformat()
        row.add_compared("GRANT_RECEIPT_AGAIN", RECEIPT.field, written=paid[0].receipt_no, expected=day)


_LABELS = {
    "amount": AMOUNT.label,
    "is_goods": GOODS.label,
    "paid_on": PAID.label,
    "receipt_no": RECEIPT.label,
    "guardian": GUARDIAN.label,
    "school": SCHOOL.label,
    "grade": GRADE.label,
}


def _told_beside(row: CheckedRow) -> dict[str, Any]:
    """What the payment's list says of receipt, guardian and school."""
    paid = row.values.get(PAID.label)
    return {
        "paid_on": date.fromisoformat(paid) if paid and not is_soft(row, PAID.field) else None,
        "receipt_no": row.values.get(RECEIPT.label),
        "guardian": row.values.get(GUARDIAN.label),
        "school": row.values.get(SCHOOL.label),
        "grade": row.values.get(GRADE.label),
    }


def _payer(
    row: CheckedRow, unit: Unit, known: KnownPayments, same: dict[str, Any], values: dict[str, Any], frame: Frame
) -> dict[str, Any]:
    """Who paid, as far as the row says: a fund, a donor directly, somebody in advance; {} where it says nothing."""
    source, name = row.values.get(SOURCE.label), row.values.get(DONOR.label)
    if source and "垫付" in source:
        who = source.replace("垫付", "").strip("（）() ：:由")
        return {"kind": str(Grant.Kind.ADVANCE), "advanced_by": who or None}
    if source and source not in _DIRECT:
        return _from_fund(row, unit, known, source, values)
    if name is None:
        if source:
            row.add_compared("DONOR_MISSING", DONOR.field)
        return {}
    region = next((code for code in frame.scope if unit.village.startswith(code)), unit.village[:6])
    donor = find_donor(known.donors, region, name)
    if donor is not None:
        return {"kind": str(Grant.Kind.DIRECT), "donor_id": donor.pk}
    # A draft with a new donor is a new record: where the grant itself is there already, somebody must look.
    told = {key: value for key, value in same.items() if not isinstance(value, Draft)}
    if len(told) == len(same) and Grant.objects.filter(voided_at=None, **told).exists():
        row.add_compared("DONOR_NOT_REGISTERED", DONOR.field, written=name)
        return {}
    kind = donor_kind(name)
    row.add_compared("DONOR_NEW", DONOR.field, written=name, expected=str(Donor.Kind(kind).label))
    phone = row.values.get(DONOR_PHONE.label)
    values = {"kind": kind, "phone": "、".join(phone) if isinstance(phone, list) else phone}
    return {"kind": str(Grant.Kind.DIRECT), "donor": Draft(Donor, {"name": name, "region_id": region}, values)}


def _from_fund(row: CheckedRow, unit: Unit, known: KnownPayments, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The fund named, and the pledge of the donor named with this pupil."""
    fitting = [one for one in known.funds if one.name == name and unit.village.startswith(one.region_id)]
    if not fitting:
        names = "、".join(one.name for one in known.funds if unit.village.startswith(one.region_id))
        row.add_compared(
            "FUND_UNKNOWN",
            SOURCE.field,
            written=name,
            suggestion=_("可用的基金：%(names)s。") % {"names": names} if names else "",
        )
        return {}
    fund = max(fitting, key=lambda one: len(one.region_id))
    if values["amount"] is None:
        row.add_compared("FUND_AMOUNT_MISSING", AMOUNT.field)
        return {}
    if values["is_goods"] not in (None, fund.is_goods):
        row.add_compared("FUND_OF_OTHER_KIND", SOURCE.field, written=name)
        return {}
    found: dict[str, Any] = {"kind": str(Grant.Kind.FUND), "fund_id": fund.pk, "is_goods": fund.is_goods}
    if donor_name := row.values.get(DONOR.label):
        assert unit.person is not None
        donor = find_donor(known.donors, fund.region_id, donor_name) or find_donor(
            known.donors, unit.village, donor_name
        )
        pledges = known.pledges.get((donor.pk, unit.person.person_id), []) if donor else []
        if pledges:
            found["pledge_id"] = pledges[-1].pk
        else:
            row.add_compared("DONOR_NOT_PAIRED", DONOR.field, written=donor_name)
    return found


def _within_funds(rows: list[CheckedRow], planned: Mapping[int, list[Any]], known: Any) -> None:
    """What the rows would pay from a fund, in their order, is there; a row for which nothing is left waits."""
    for position in sorted(planned):
        for one in planned[position]:
            if one.draft.model is not Grant:
                continue
            told = {**one.draft.same, **one.draft.values} if one.record is None else one.changes or {}

            def now(name: str, told: dict[str, Any] = told, record: Any = one.record) -> Any:
                return told[name] if told.get(name) is not None else getattr(record, name, None)

            account = known.accounts.get(now("fund_id"))
            if account is None:
                continue
            is_same = one.record is not None and one.record.fund_id == account.fund.pk
            lacks = now("amount") - (one.record.amount if is_same else 0)
            day = now("paid_on") or now("granted_on")
            if lacks <= 0:
                continue
            if lacks > (left := account.available(day)):
                params = {"written": account.fund.name, "expected": f"{day:%Y-%m-%d}", "suggestion": f"{left:.2f}"}
                rows[position].add_compared("AMOUNT_EXCEEDS_FUND", AMOUNT.field, **params)
            else:
                account.take(day, lacks)


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
    columns=(AIDED, PROJECT, AMOUNT, GOODS, PAID, RECEIPT, SOURCE, DONOR, DONOR_PHONE, GUARDIAN, SCHOOL, GRADE),
    done={"aided": "aid_project", "aid_paid": ""},
    aliases=ALIASES
    | {"日期": "aided", "时间": "aided", "学生姓名": "name"}
    | {word: name for name, words in _PAYMENT.items() for word in words.split()},
    patterns=PAYMENT_PATTERNS | PATTERNS,
    denies=DENIES,
    undone=r"未(?:发放|领取|到账|发$)|已?(?:退回|退款|作废)",
    phones={"aid_donor": "aid_donor_phone"},
    titled={"aid_project": project_in},
    series={name: name for name in ("aid_amount", "aided", "aid_paid", "aid_receipt")},
    beside=frozenset(
        {"aid_project", "aid_goods", "aid_source", "aid_donor", "aid_donor_phone", "guardian", "school", "grade"}
    ),
    required=(
        frozenset({"aided", "aid_amount", "aid_paid"}),
        frozenset({"name"}),
        frozenset({"village", "address", "id_no"}),
    ),
    known=known_payments,
    drafts=_drafts,
    review=_within_funds,
    models=(AidProject, Donor, Grant),
    template=(
        "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "助学", "助学项目", "助学金额", "实物", "发放日期", "收据号", "资金来源",
        "捐赠人", "监护人", "学校", "年级",
    ),
    lists={"实物": ("是", "否")},
)  # fmt: skip

LEDGERS = (DONATIONS, GRANTS)
