"""The health room's tables of records."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.fact_corrections import InsuredCorrection
from campaigns.health.entry_forms import (
    AttendanceEntryForm,
    ClaimEntryForm,
    ClinicForm,
    GoodsEntryForm,
    PolicyForm,
    ProgrammeForm,
    ReliefEntryForm,
    SchemeForm,
)
from campaigns.models import (
    Claim,
    Clinic,
    ClinicAttendance,
    EnrolmentList,
    GoodsAid,
    InsuredPerson,
    Policy,
    Relief,
    ReliefProgramme,
    Scheme,
)
from campaigns.recording import days_text
from campaigns.records.spec import RecordTable, Shown
from households.access import Permission

_t = gettext_lazy
_VILLAGE = Shown(_t("登记村"), lambda record: record.village.path, "place")


def _family(goods: GoodsAid) -> str:
    if goods.household is not None:
        return goods.household.head_name or str(_("（未登记户主）"))
    return str(_("%(name)s（未建档）") % {"name": goods.family_name})


def _woman(attendance: ClinicAttendance) -> str:
    if attendance.person is not None:
        return attendance.person.name
    return str(_("%(name)s（未建档）") % {"name": attendance.woman_name})


def _ages(scheme: Scheme) -> str:
    return str(_("%(low)s—%(high)s周岁") % {"low": scheme.min_age, "high": scheme.max_age})


def _below(programme: ReliefProgramme) -> str:
    if programme.below_age is None:
        return str(_("不限"))
    return str(_("%(age)s周岁以下") % {"age": programme.below_age})


def _money(name: str, title: Any) -> Shown:
    return Shown(title, lambda record: getattr(record, name), "num")


def _day(name: str, title: Any) -> Shown:
    return Shown(title, lambda record: getattr(record, name), "nowrap")


SCHEMES = RecordTable(
    name="schemes",
    title=_t("保险方案"),
    model=Scheme,
    note=_t("承保年龄、年龄计算日、每人保额、承保单位和保费承担单位，由市妇联维护。"),
    columns=(
        Shown(_t("险种"), lambda scheme: scheme.name),
        Shown(_t("承保单位"), lambda scheme: scheme.insurer),
        Shown(_t("保险年度"), lambda scheme: days_text(scheme.period), "nowrap"),
        _day("reference_day", _t("年龄计算日")),
        Shown(_t("年龄"), _ages, "nowrap"),
        _money("sum_insured", _t("每人保额（元）")),
        _money("premium", _t("每人保费（元）")),
        Shown(_t("保费承担"), lambda scheme: scheme.premium_payer),
    ),
    form=SchemeForm,
    change=Permission.MANAGE_RULES,
)
POLICIES = RecordTable(
    name="policies",
    title=_t("保单"),
    model=Policy,
    note=_t("承保单位签发的团体保单和保险期间，由市妇联维护。"),
    columns=(
        Shown(_t("保单号"), lambda policy: policy.number, "nowrap"),
        Shown(_t("保险方案"), lambda policy: policy.scheme.name),
        Shown(_t("保险期间"), lambda policy: days_text(policy.period), "nowrap"),
    ),
    related=("scheme",),
    search=("number",),
    form=PolicyForm,
    change=Permission.MANAGE_RULES,
)
INSURED = RecordTable(
    name="insured",
    title=_t("投保记录"),
    model=InsuredPerson,
    note=_t("谁在哪张保单上：已报名、已承保、未承保。"),
    how=_t("导出报名名单时登记为已报名，收到承保名单后转为已承保或未承保。"),
    columns=(
        Shown(_t("被保险人"), lambda insured: insured.person.name),
        _VILLAGE,
        Shown(_t("保单号"), lambda insured: insured.policy.number, "nowrap"),
        Shown(_t("承保情况"), lambda insured: insured.get_state_display()),
        Shown(_t("责任起止"), lambda insured: days_text(insured.period), "nowrap"),
        Shown(_t("未承保原因"), lambda insured: insured.reason_refused, is_sensitive=True),
    ),
    related=("person", "village", "policy"),
    filters=("state",),
    form=InsuredCorrection,
    is_corrected_only=True,
    ledger="policies",
)
CLAIMS = RecordTable(
    name="claims",
    title=_t("理赔记录"),
    model=Claim,
    note=_t("报案、核定金额和赔付。"),
    how=_t("在贫困户页面登记；核定和赔付后在这里补填。"),
    columns=(
        Shown(_t("被保险人"), lambda claim: claim.insured.person.name),
        _VILLAGE,
        _day("claimed_on", _t("报案日期")),
        _money("amount", _t("理赔金额（元）")),
        _day("paid_on", _t("赔付日期")),
        Shown(_t("病情和理赔说明"), lambda claim: claim.note, is_sensitive=True),
    ),
    day="claimed_on",
    related=("insured__person", "village"),
    form=ClaimEntryForm,
    is_corrected_only=True,
)
PROGRAMMES = RecordTable(
    name="programmes",
    title=_t("救助项目"),
    model=ReliefProgramme,
    note=_t("救助项目和规则：统计年度、是否一年一次、年龄，由市妇联维护。"),
    columns=(
        Shown(_t("救助项目"), lambda programme: programme.name),
        Shown(_t("资金来源"), lambda programme: programme.source),
        Shown(_t("统计年度"), lambda programme: programme.get_year_kind_display()),
        Shown(_t("一年只救助一次"), lambda programme: programme.once_a_year),
        Shown(_t("年龄"), _below),
    ),
    form=ProgrammeForm,
    change=Permission.MANAGE_RULES,
)
RELIEF = RecordTable(
    name="relief",
    title=_t("大病救助"),
    model=Relief,
    note=_t("受助儿童、金额、捐助单位、审批和发放。"),
    how=_t("在贫困户页面登记；发放后在这里补填发放日期。"),
    columns=(
        Shown(_t("受助人"), lambda relief: relief.person.name),
        _VILLAGE,
        Shown(_t("救助项目"), lambda relief: relief.programme.name),
        _money("amount", _t("金额（元）")),
        Shown(_t("捐助单位或个人"), lambda relief: relief.donor),
        _day("decided_on", _t("审批日期")),
        Shown(_t("审批人"), lambda relief: relief.decided_by),
        _day("paid_on", _t("发放日期")),
        Shown(_t("病情"), lambda relief: relief.illness, is_sensitive=True),
    ),
    day="decided_on",
    related=("person", "village", "programme"),
    form=ReliefEntryForm,
    is_corrected_only=True,
    ledger="relief",
)
GOODS = RecordTable(
    name="goods",
    title=_t("款物帮扶"),
    model=GoodsAid,
    note=_t("建档立卡户在贫困户页面登记；未建档的家庭在这里新增。"),
    columns=(
        Shown(_t("家庭"), _family),
        _VILLAGE,
        _day("given_on", _t("发放日期")),
        Shown(_t("类别"), lambda goods: goods.get_kind_display()),
        Shown(_t("物品"), lambda goods: goods.items),
        _money("value", _t("金额或折价（元）")),
        Shown(_t("计价依据"), lambda goods: goods.get_basis_display()),
        Shown(_t("捐赠方"), lambda goods: goods.donor),
    ),
    day="given_on",
    related=("household", "village"),
    filters=("kind", "basis"),
    form=GoodsEntryForm,
    ledger="goods",
)
CLINICS = RecordTable(
    name="clinics",
    title=_t("义诊"),
    model=Clinic,
    note=_t("每次义诊的日期、地点、医院和医生。"),
    columns=(
        Shown(_t("地点"), lambda clinic: clinic.place),
        Shown(_t("所属区划"), lambda clinic: clinic.region.path, "place"),
        _day("held_on", _t("日期")),
        Shown(_t("医院"), lambda clinic: clinic.hospital),
        Shown(_t("医生"), lambda clinic: clinic.doctors),
    ),
    day="held_on",
    related=("region",),
    search=("place", "hospital"),
    form=ClinicForm,
    offered=True,
)
ATTENDANCES = RecordTable(
    name="attendances",
    title=_t("义诊就诊"),
    model=ClinicAttendance,
    note=_t("建档立卡妇女在贫困户页面登记；未建档的妇女在这里新增。"),
    columns=(
        Shown(_t("就诊人"), _woman),
        _VILLAGE,
        Shown(_t("义诊日期"), lambda attendance: attendance.clinic.held_on, "nowrap"),
        Shown(_t("义诊地点"), lambda attendance: attendance.clinic.place),
        Shown(_t("检查结果"), lambda attendance: attendance.findings, is_sensitive=True),
    ),
    related=("person", "village", "clinic"),
    form=AttendanceEntryForm,
    ledger="clinics",
)
LISTS = RecordTable(
    name="lists",
    title=_t("报名名单导出记录"),
    model=EnrolmentList,
    note=_t("含完整证件号码的名单何时、由谁、为什么导出。"),
    how=_t("导出报名名单时自动记录。"),
    columns=(
        Shown(_t("导出时间"), lambda made: f"{made.recorded_at:%Y-%m-%d %H:%M}", "nowrap"),
        Shown(_t("区划"), lambda made: made.region.path or made.region.name, "place"),
        Shown(_t("保单号"), lambda made: made.policy.number, "nowrap"),
        Shown(_t("用途"), lambda made: made.purpose),
        Shown(_t("名单人数"), lambda made: made.people, "num"),
        Shown(_t("其中新报名"), lambda made: made.enrolled, "num"),
        Shown(_t("导出人"), lambda made: str(made.recorded_by or "")),
    ),
    related=("region", "policy", "recorded_by"),
    view=Permission.UPLOAD,
)
TABLES = (INSURED, CLAIMS, RELIEF, GOODS, CLINICS, ATTENDANCES, SCHEMES, POLICIES, PROGRAMMES, LISTS)
