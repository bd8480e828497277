"""The ledgers of goods and money (款物帮扶) and of free clinics (义诊)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.health.care_models import Clinic, ClinicAttendance, GoodsAid
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, day_told, is_soft, month_told
from campaigns.ledgers.words import official_word_cleaner, stored, words_cleaner
from households.access import LEVELS, in_scope, within
from households.intake.columns import Column, MoneyCleaner, clean_phone, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person, Region

MOST_GOODS = 200_000
_YES_NO = words_cleaner(
    {
        "是": ("建档立卡", "建档立卡户", "建档", "已建档", "√", "有", "1", "贫困户", "建档立卡贫困户"),
        "否": ("非建档立卡", "非建档立卡户", "未建档", "非建档", "×", "无", "0", "非贫困户", "其他", "其他困难家庭", "边缘户"),
    }
)  # fmt: skip
REGISTERED = Column("registered", "是否建档立卡", _YES_NO)
_REGISTERED_WORDS = {
    "建档立卡": "registered", "是否建档立卡户": "registered", "是否建档立卡贫困户": "registered", "是否贫困户": "registered",
    "是否建档": "registered", "户类型": "registered", "家庭类别": "registered",
}  # fmt: skip


# --- goods and money ----------------------------------------------------------------------------------------------------

AID_KINDS = {
    GoodsAid.Kind.MONEY: ("资金", "现金", "款", "捐款", "慰问金", "钱", "善款", "救助款"),
    GoodsAid.Kind.GOODS: ("物资", "物", "实物", "物品", "捐物", "生活用品"),
}
BASES = {
    GoodsAid.Basis.INVOICE: ("发票", "购物发票", "发票金额", "票据", "购买价", "采购价"),
    GoodsAid.Basis.MARKET: ("市场价", "市场价格", "市价", "市场询价"),
    GoodsAid.Basis.DECLARED: (
        "捐赠方申报",
        "捐赠方自报",
        "申报",
        "捐赠人申报",
        "捐赠方提供",
        "自报",
        "自估",
        "估价",
        "估算",
    ),
    GoodsAid.Basis.APPRAISED: ("评估", "评估价", "第三方评估"),
}
GIVEN = Column("given", "发放", clean_done)
AID_KIND = Column("aid_kind", "款物类别", official_word_cleaner(AID_KINDS))
ITEMS = Column("items", "物品", text_cleaner(200))
MONEY = Column("money", "捐款金额", MoneyCleaner(most=MOST_GOODS))
AMOUNT = Column("amount", "金额", MoneyCleaner(most=MOST_GOODS))  # of money or of goods, as the kind says
VALUE = Column("value", "物资折价", MoneyCleaner(most=MOST_GOODS))
BASIS = Column("basis", "计价依据", official_word_cleaner(BASES))
GOODS_DONOR = Column("goods_donor", "捐赠方", text_cleaner(100))
PHONE = Column("phone", "联系电话", clean_phone)


def _goods_drafts(row: CheckedRow, unit: Unit | None, _known: Any, frame: Frame) -> list[Draft]:
    day = row.values.get(GIVEN.label)
    parts = _parts(row)
    if not parts:
        if day is not None or row.values.get(ITEMS.label):
            row.add_compared("GOODS_VALUE_MISSING", VALUE.field)
        return []
    if (
        (items := row.values.get(ITEMS.label))
        and not row.values.get(VALUE.label)
        and not row.values.get(AID_KIND.label)
    ):
        if row.values.get(AMOUNT.label):  # 米面 and 金额 300 may be rice worth 300
            row.add_compared("GOODS_KIND_UNCLEAR", AID_KIND.field)
            return []
        row.add_compared("GOODS_ITEMS_UNVALUED", VALUE.field, written=items)
    if day is None:
        row.add("DATE_ASSUMED", GIVEN.field, expected=frame.as_of.isoformat())
    if any(kind == GoodsAid.Kind.GOODS for kind, _yuan in parts) and not row.values.get(BASIS.label):
        row.add_compared("GOODS_BASIS_MISSING", BASIS.field)
        return []
    whose = _whose(row, unit)
    if whose is None:
        return []
    given_on, soft = date.fromisoformat(day) if day else frame.as_of, is_soft(row, GIVEN.field)
    return [_goods_draft(row, whose, kind, yuan, given_on, soft=soft) for kind, yuan in parts]


def _parts(row: CheckedRow) -> list[tuple[str, float]]:
    """What was given: money, goods or both, with yuan."""
    money, value, amount = (row.values.get(column.label) for column in (MONEY, VALUE, AMOUNT))
    told = stored(AID_KINDS, row.values.get(AID_KIND.label))
    if money and value:
        return [(GoodsAid.Kind.MONEY, money), (GoodsAid.Kind.GOODS, value)]
    if money:
        return [(told or GoodsAid.Kind.MONEY, money)]
    if amount and not value:
        return [(told or GoodsAid.Kind.MONEY, amount)]
    return [(told or GoodsAid.Kind.GOODS, value)] if value else []


def _whose(row: CheckedRow, unit: Unit | None) -> dict[str, Any] | None:
    """The registered household, or the family by name and village."""
    if unit is not None:
        return {"household_id": unit.household_id}
    name = row.values.get("户主姓名") or row.values.get("姓名")
    if not name:
        row.add("NAME_MISSING", "head_name")
        return None
    return {"family_name": name, "village_id": row.village, "household_id": None}


def _goods_draft(
    row: CheckedRow, whose: dict[str, Any], kind: str, yuan: float, given_on: date, *, soft: bool
) -> Draft:
    is_goods = kind == GoodsAid.Kind.GOODS
    items = (row.values.get(ITEMS.label) or "") if is_goods else ""
    same, phone = {**whose, "kind": kind, "items": items}, row.values.get(PHONE.label)
    values = {
        "value": Decimal(str(yuan)),
        "basis": stored(BASES, row.values.get(BASIS.label)) if is_goods else None,
        "donor": row.values.get(GOODS_DONOR.label),
        "family_phone": ("、".join(phone) if isinstance(phone, list) else phone) if "family_name" in whose else None,
    }
    if soft:
        values |= {"given_on": given_on, "day_told": day_told(row, GIVEN.field)}
    else:
        same["given_on"] = given_on
    labels = {"value": VALUE.label if is_goods else MONEY.label, "basis": BASIS.label, "donor": GOODS_DONOR.label}
    return Draft(
        GoodsAid,
        same,
        values,
        soft=frozenset({"given_on", "day_told"} if soft else ()),
        day="given_on",
        sum="value",
        month=month_told(row, GIVEN.field, given_on),
        labels=labels,
    )


GOODS = Ledger(
    name="goods",
    title=gettext_lazy("款物帮扶台账"),
    about=About.HOUSEHOLD,
    columns=(GIVEN, REGISTERED, AID_KIND, ITEMS, MONEY, VALUE, AMOUNT, BASIS, GOODS_DONOR, PHONE),
    done={"given": ""},
    aliases=_REGISTERED_WORDS | {
        "发放日期": "given", "发放时间": "given", "捐赠日期": "given", "捐赠时间": "given", "帮扶时间": "given", "帮扶日期": "given",
        "慰问时间": "given", "慰问日期": "given", "日期": "given", "时间": "given", "是否发放": "given", "领取时间": "given",
        "类别": "aid_kind", "款物类型": "aid_kind", "捐赠类别": "aid_kind", "物品名称": "items", "物资": "items",
        "物资名称": "items", "物品名称及数量": "items", "物品名称和数量": "items", "捐赠物资": "items", "帮扶物资": "items",
        "款物名称": "items", "款物金额": "amount", "总价": "amount", "价格": "amount", "总金额": "amount",
        "捐款": "money", "捐款(元)": "money", "捐款金额(元)": "money",
        "现金": "money", "现金(元)": "money", "慰问金": "money", "慰问金(元)": "money", "资金": "money", "折价": "value",
        "折价(元)": "value", "折合金额": "value", "折合金额(元)": "value", "物资价值": "value", "物资价值(元)": "value",
        "价值": "value", "价值(元)": "value", "款物价值": "value", "款物价值(元)": "value", "折款": "value", "折款(元)": "value",
        "物资折价(元)": "value", "计价方式": "basis", "价值依据": "basis", "估价依据": "basis", "作价依据": "basis",
        "捐赠单位": "goods_donor", "捐赠人": "goods_donor", "捐助单位": "goods_donor", "捐助方": "goods_donor",
        "来源": "goods_donor", "资金来源": "goods_donor", "爱心单位": "goods_donor", "电话": "phone", "户主电话": "phone",
        "手机号": "phone", "联系方式": "phone",
    },
    patterns={
        r"(?:慰问|发放|捐赠|捐助|领取|救助|帮扶)的?(?:时间|日期)": "given",
        r"(?:慰问|捐赠|捐助|帮扶|发放|救助)?的?(?:物品|物资|实物|用品|慰问品)(?:名称|种类|明细|清单|名称(?:及|和)数量)?": "items",
        r"(?:慰问|捐赠|捐助|资助|救助|帮扶|发放)(?:现金|资金|金|款)(?:金额|数额)?": "money",
        r"(?:物资|物品|实物|慰问品)?(?:折合|折算|折价|估价|作价|折款)(?:人民币)?(?:金额|价值)?": "value",
        r"(?:物资|物品|实物|慰问品)的?总?(?:价值|金额|价|值)": "value",
        r"(?:计价|估价|作价|定价|折价)的?(?:方式|依据|方法|标准)": "basis",
        r"(?:捐赠|捐助|捐款|慰问|爱心|赞助)(?:单位|企业|人|人士|方|者)(?:名称|姓名)?": "goods_donor",
        r"(?:户主|受助人|本人)的?(?:联系)?(?:电话|方式|手机号?)": "phone",
    },
    labelled=frozenset({"given", "goods_donor", "basis"}),
    required=(
        frozenset({"money", "value", "amount"}),
        frozenset({"village", "address", "id_no", "household_no"}),
    ),
    phones={"goods_donor": ""},
    drafts=_goods_drafts,
    models=(GoodsAid,),
    template=(
        "乡镇", "行政村", "户主姓名", "证件号码", "是否建档立卡", "联系电话", "发放", "款物类别", "物品", "捐款金额", "物资折价",
        "计价依据", "捐赠方",
    ),
    lists={
        "是否建档立卡": ("是", "否"),
        "款物类别": tuple(words[0] for words in AID_KINDS.values()),
        "计价依据": tuple(words[0] for words in BASES.values()),
    },
    outsiders="registered",
)  # fmt: skip


# --- free clinics -------------------------------------------------------------------------------------------------------

CLINIC = Column("clinic", "义诊", clean_done)
CLINIC_PLACE = Column("clinic_place", "义诊地点", text_cleaner(100))
HOSPITAL = Column("hospital", "医院", text_cleaner(100))
DOCTORS = Column("doctors", "医生", text_cleaner(200))
FINDINGS = Column("findings", "检查结果", text_cleaner(300, keeps_numbers=True))


@dataclass(slots=True)
class KnownClinics:
    """The valid clinics of the uploader's regions and the levels above, by day; townships by code."""

    by_day: dict[date, list[Clinic]]
    townships: dict[str, str]


def _known_clinics(rows: list[CheckedRow], frame: Frame) -> KnownClinics:
    above = {code[:digits] for code in frame.scope for digits in LEVELS if digits < len(code)}
    found: dict[date, list[Clinic]] = {}
    for clinic in Clinic.objects.filter(
        in_scope("region_id", list(frame.scope)) | Q(region_id__in=above), voided_at=None
    ).order_by("pk"):
        found.setdefault(clinic.held_on, []).append(clinic)
    codes = {row.village[:9] for row in rows if row.village}
    return KnownClinics(found, dict(Region.objects.filter(code__in=codes).values_list("code", "short_name")))


def _clinic_drafts(row: CheckedRow, unit: Unit | None, known: KnownClinics, frame: Frame) -> list[Draft]:
    day = row.values.get(CLINIC.label)
    if day is None:
        row.add("DATE_ASSUMED", CLINIC.field, expected=frame.as_of.isoformat())
    village = unit.village if unit else row.village
    clinic = _clinic(row, village, date.fromisoformat(day) if day else frame.as_of, known, frame)
    if clinic is None:
        return []
    values = {"findings": row.values.get(FINDINGS.label)}
    if unit is not None:
        assert unit.person is not None
        if unit.person.sex != Person.Sex.FEMALE:
            row.add_compared("NOT_ELIGIBLE", CLINIC.field, expected=_("妇女"))
        same: dict[str, Any] = {"person_id": unit.person.person_id, **clinic}
    else:
        same = {"woman_name": row.values.get("姓名"), "village_id": village, "person_id": None, **clinic}
    return [Draft(ClinicAttendance, same, values, labels={"findings": FINDINGS.label})]


def _clinic(row: CheckedRow, village: str, day: date, known: KnownClinics, frame: Frame) -> dict[str, Any] | None:
    """The clinic of the day (and place, where it is told): a recorded one, or a new one of the row's township."""
    place = row.values.get(CLINIC_PLACE.label)
    hospital = row.values.get(HOSPITAL.label)
    fitting = [
        one
        for one in known.by_day.get(day, ())
        if village.startswith(one.region_id[:6]) and (place in (None, one.place, one.hospital))
    ]
    if len(fitting) == 1:
        return {"clinic_id": fitting[0].pk}
    if fitting:
        row.add_compared(
            "CLINIC_SEVERAL_FIT", CLINIC_PLACE.field, suggestion="、".join(one.place for one in fitting[:5])
        )
        return None
    place = place or hospital or known.townships.get(village[:9], "")
    region = village[:9] if within(village[:9], list(frame.scope)) else village
    row.add_compared("CLINIC_NEW", CLINIC.field, written=f"{day.isoformat()} {place}")
    values = {"hospital": hospital, "doctors": row.values.get(DOCTORS.label)}
    return {"clinic": Draft(Clinic, {"region_id": region, "held_on": day, "place": place}, values)}


CLINICS = Ledger(
    name="clinics",
    title=gettext_lazy("义诊登记表"),
    about=About.PERSON,
    columns=(CLINIC, CLINIC_PLACE, HOSPITAL, DOCTORS, FINDINGS, REGISTERED),
    done={"clinic": ""},
    aliases=_REGISTERED_WORDS | {
        "义诊日期": "clinic", "义诊时间": "clinic", "就诊日期": "clinic", "就诊时间": "clinic", "查体日期": "clinic",
        "查体时间": "clinic", "体检日期": "clinic", "体检时间": "clinic", "日期": "clinic", "时间": "clinic", "是否参加": "clinic",
        "参加义诊": "clinic", "签到": "clinic", "地点": "clinic_place", "义诊地址": "clinic_place", "医疗机构": "hospital",
        "义诊医院": "hospital", "承办医院": "hospital", "义诊单位": "hospital", "医师": "doctors", "义诊医生": "doctors",
        "接诊医生": "doctors", "诊断": "findings", "诊断结果": "findings", "体检结果": "findings", "查体结果": "findings",
        "初步诊断": "findings", "病情": "findings", "检查情况": "findings",
    },
    patterns={
        r"(?:义诊|就诊|查体|体检|检查|筛查|诊疗|活动|举办|参加|签到)的?(?:时间|日期)": "clinic",
        r"(?:义诊|就诊|查体|体检|检查|筛查|活动|举办)的?(?:地点|场所|地址)": "clinic_place",
        r"(?:义诊|承办|检查|体检|诊疗)?(?:医院|医疗机构|卫生院)(?:名称)?": "hospital",
        r"(?:义诊|接诊|主诊|坐诊|检查)?(?:医生|医师|专家|大夫)(?:姓名)?": "doctors",
        r"(?:初步|医生|临床|体格)?(?:诊断|检查|体检|查体|筛查)的?(?:结果|意见|结论|情况|诊断)": "findings",
    },
    labelled=frozenset({"clinic", "clinic_place", "hospital", "doctors"}),
    leads=("clinic", "clinic_place", "hospital", "doctors"),
    required=(
        frozenset({"name"}),
        frozenset({"clinic", "findings", "clinic_place", "hospital"}),
        frozenset({"village", "address", "id_no"}),
    ),
    known=_known_clinics,
    drafts=_clinic_drafts,
    models=(Clinic, ClinicAttendance),
    template=(
        "乡镇", "行政村", "户主姓名", "姓名", "证件号码", "是否建档立卡", "义诊", "义诊地点", "医院", "医生", "检查结果",
    ),
    lists={"是否建档立卡": ("是", "否")},
    outsiders="registered",
)  # fmt: skip
