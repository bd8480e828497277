"""The ledger of donations (捐赠台账): who gave what into which fund."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy

from campaigns.business_day import year_begun
from campaigns.ledgers.done_cells import clean_done
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, day_told, is_soft, month_told
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.models import Allocation, Donation, Donor, Fund
from households.access import LEVELS, code_range
from households.codes import plain
from households.intake.columns import Column, MoneyCleaner, clean_phone, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.intake.workbook import CellValue

_ALIGNED = re.compile(r"[\u3400-\u9fff](?: [\u3400-\u9fff]){1,3}")
MOST_GIVEN = 5_000_000  # more is a number of yuan in a column of ten thousands
DONOR_KINDS = {
    Donor.Kind.PERSON: ("个人", "自然人", "爱心人士"),
    Donor.Kind.FIRM: ("企业", "公司", "爱心企业"),
    Donor.Kind.UNIT: ("单位", "机关", "机关单位", "事业单位", "学校"),
    Donor.Kind.SOCIETY: ("社团", "社会组织", "社会团体", "协会", "商会"),
}
_text = text_cleaner(100)


def clean_donor(cell: CellValue) -> Any:
    """A donor's name; a short one without the blanks that only align it (张 三)."""
    name = _text(cell)
    return name.replace(" ", "") if isinstance(name, str) and _ALIGNED.fullmatch(name) else name


DONOR = Column("donor", "捐赠人", clean_donor, is_key=True)
DONOR_KIND = Column("donor_kind", "捐赠人类别", official_word_cleaner(DONOR_KINDS))
RECEIVED = Column("received", "捐赠日期", clean_done)
GIVEN = Column("given", "捐赠金额", MoneyCleaner(most=MOST_GIVEN))
PURPOSE = Column("purpose", "捐赠用途", text_cleaner(200))
RECEIPT = Column("receipt", "收据号", text_cleaner(40, keeps_numbers=True))
DONOR_PHONE = Column("donor_phone", "捐赠人电话", clean_phone)
GOODS_GIVEN = Column("goods_given", "捐赠物品", text_cleaner(200))
GOODS_VALUE = Column("goods_value", "实物折价", MoneyCleaner(most=MOST_GIVEN))
BASIS = Column("value_basis", "折价依据", text_cleaner(100))
INTO = Column("into", "入账基金", text_cleaner(60))

_ALIASES = {
    "donor": "捐赠单位 捐赠单位或个人 捐赠人/单位 捐赠人(单位) 捐赠方 捐款人 捐款单位 捐款单位(个人) 捐助人 捐助单位 资助人 "
    "捐赠单位(个人) 捐赠者 爱心人士 爱心企业 姓名 单位 单位名称 姓名/单位 捐赠单位/个人 单位或个人",
    "donor_kind": "类别 捐赠类别 捐赠人类型 性质 单位性质",
    "received": "日期 时间 捐赠时间 捐款日期 捐款时间 到账日期 到账时间 收款日期 接收日期 接收时间",
    "given": "金额 金额(元) 捐赠金额(元) 捐款金额 捐款金额(元) 捐款 善款 善款(元) 到账金额 到账金额(元) 捐款数额 现金 资金(元)",
    "purpose": "用途 资金用途 捐款用途 捐赠意向 捐赠项目 指定用途 使用意向",
    "receipt": "收据编号 票据号 票据编号 收据 票号 捐赠票据号 收据号码",
    "donor_phone": "联系电话 电话 手机 手机号 联系方式",
    "goods_given": "物资 物资名称 物品 物品名称 实物 实物名称 捐赠物资 物品名称及数量 物资名称及数量",
    "goods_value": "折价 折价(元) 实物折价(元) 折合金额 折合金额(元) 物资价值 物资价值(元) 物品价值 物品折价 实物价值(元) 折合人民币(元)",
    "value_basis": "作价依据 估价依据 计价依据",
    "into": "基金 基金名称 账户 入账账户 资金账户 专项基金",
}  # fmt: skip
_GIVES = r"(?:捐赠|捐款|捐助|认捐|捐献)"
_WHO = r"(?:单位|企业|人士|个人|人|方|者)"
PATTERNS = {
    rf"(?:爱心|资助|{_GIVES})+{_WHO}(?:\({_WHO}\)|(?:或|及|和|/|、){_WHO})?的?(?:名称|姓名)?": "donor",
    rf"{_GIVES}{_WHO}?的?(?:类别|类型|性质)": "donor_kind",
    rf"(?:{_GIVES}|到账|收款|接收|入账)+的?(?:时间|日期)": "received",
    r"是否(?:已)?(?:到账|到位|入账)|(?:到账|到位|入账)(?:情况|状态|与否)": "received",
    rf"(?:{_GIVES}|到账|善款|现金|资金)+的?(?:金额|数额|数|总额|额)|(?:捐赠)?(?:现金|善款|捐款|资金)": "given",
    r"(?:捐赠|财政|专用|行政)*(?:收据|票据|发票|凭证)的?(?:号码?|编号)": "receipt",
    rf"{_GIVES}{_WHO}?的?(?:联系)?(?:电话|手机|方式)(?:号码?)?": "donor_phone",
    rf"{_GIVES}?的?(?:物资|物品|实物)(?:名称|明细|内容|品名)?(?:(?:及|、)?数量)?": "goods_given",
    rf"{_GIVES}?的?(?:物资|物品|实物)?的?(?:价值|折价|作价|估价|折款|折合)(?:金额|人民币)?": "goods_value",
    rf"(?:{_GIVES}|资金|善款)?的?(?:用途|意向|投向|去向)(?:说明)?": "purpose",
}
# What a name's end says of its owner.
_SIGNS = (
    (re.compile(r"(公司|集团|厂|店|银行|超市|合作社|酒店|企业|商行|药房|农场)$"), Donor.Kind.FIRM),
    (re.compile(r"(协会|商会|联合会|学会|基金会|促进会|志愿者?(服务)?(队|团)|社团|俱乐部|服务队|联谊会)$"), Donor.Kind.SOCIETY),
    (re.compile(r"(局|委员会|办公室|中心|学校|小学|中学|幼儿园|大学|学院|医院)$"), Donor.Kind.UNIT),
    (re.compile(r"(政府|支部|妇联|总工会|法院|检察院|大队|支队|机关)$"), Donor.Kind.UNIT),
)  # fmt: skip
_NAMELESS = frozenset({"匿名", "无名氏", "爱心人士", "不愿具名", "匿名人士", "好心人", "热心人士"})
# Written into a new account where the list names none.
_FUND, _GOODS_FUND, _NO_BASIS = "春蕾助学基金", "春蕾助学物资", "台账填报"


@dataclass(slots=True)
class KnownDonations:
    """Donors and funds by name, and which donations are there: by receipt, or without one by donor, day, amount."""

    donors: dict[tuple[str, str], Donor]
    funds: dict[tuple[str, bool], list[Fund]]
    since: date
    receipts: set[tuple[str, str, bool]]
    bare: set[tuple[int, date, Decimal, bool]]
    spent: dict[int, Decimal] = field(default_factory=dict)


def _reach(scope: tuple[str, ...], name: str) -> Q:
    """The regions of the uploader and those above them."""
    found = Q(**{f"{name}__in": {code[:digits] for code in scope for digits in LEVELS}})
    for code in scope:
        found |= code_range(name, code)
    return found


def known_funds(scope: tuple[str, ...]) -> list[Fund]:
    """The funds that an uploader of these regions may name: her own ones and those of the levels above."""
    return list(Fund.objects.filter(_reach(scope, "region_id"), voided_at=None).order_by("pk"))


def known_donors(scope: tuple[str, ...]) -> dict[tuple[str, str], Donor]:
    """The donors of these regions and of the levels above, by region and name."""
    found = Donor.objects.filter(_reach(scope, "region_id"), voided_at=None).order_by("pk")
    donors: dict[tuple[str, str], Donor] = {}
    for one in found:
        donors.setdefault((one.region_id, plain(one.name)), one)
    return donors | {(one.region_id, one.name): one for one in found}


def find_donor(donors: Mapping[tuple[str, str], Donor], region: str, name: str) -> Donor | None:
    """The donor of this name of the region, else of the nearest level above it."""
    for digits in reversed(LEVELS):
        for word in (name, plain(name)):  # brackets and blanks make no other donor
            if digits <= len(region) and (found := donors.get((region[:digits], word))):
                return found
    return None


def _known(_rows: list[CheckedRow], frame: Frame) -> KnownDonations:
    funds: dict[tuple[str, bool], list[Fund]] = defaultdict(list)
    for fund in known_funds(frame.scope):
        funds[fund.region_id, fund.is_goods].append(fund)
    donations = Donation.objects.filter(_reach(frame.scope, "region_id"), voided_at=None)
    receipts: set[tuple[str, str, bool]] = set()
    bare: set[tuple[int, date, Decimal, bool]] = set()
    for one in donations:
        if one.receipt_no:
            receipts.add((one.region_id, one.receipt_no, one.is_goods))
        else:
            bare.add((one.donor_id, one.received_on, one.amount, one.is_goods))
    year = year_begun(frame.as_of)
    return KnownDonations(
        known_donors(frame.scope), funds, year.start if year else frame.as_of, receipts, bare, _spent(donations)
    )


def _spent(donations: Any) -> dict[int, Decimal]:
    """Donation → yuan that have been paid out of it."""
    sums = Allocation.objects.filter(donation__in=donations).values_list("donation").annotate(Sum("amount"))
    return dict(sums)


def _drafts(row: CheckedRow, _unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    """The donor, and what the row says she gave: money, goods, or both."""
    given, value = row.values.get(GIVEN.label), row.values.get(GOODS_VALUE.label)
    if not given and not value:
        if any(row.values.get(column.label) is not None for column in (DONOR, GOODS_GIVEN, RECEIPT)):
            row.add_compared("GOODS_VALUE_MISSING", GIVEN.field)
        return []
    name = row.values.get(DONOR.label)
    if name is None:
        row.add_compared("DONOR_MISSING", DONOR.field)
        return []
    if (region := _region(row, frame)) is None:
        row.add_compared("REGION_NOT_TOLD", DONOR.field)
        return []
    told = row.values.get(RECEIVED.label)
    if told is None:
        row.add_compared(
            "DATE_FROM_TICK", RECEIVED.field, written=str(given or value), expected=frame.as_of.isoformat()
        )
    registered = find_donor(known.donors, region, name)
    donor = _donor(row, registered.name, registered.region_id) if registered else _donor(row, name, region)
    if registered is None:
        label = str(Donor.Kind(donor.values["kind"]).label)
        row.add_compared("DONOR_NEW", DONOR.field, written=name, expected=label)
    drafts = [donor]
    for amount, is_goods in ((given, False), (value, True)):
        if amount and (fund := _fund(row, region, known, is_goods=is_goods)) is not None:
            who: dict[str, Any] = {"donor_id": registered.pk} if registered else {"donor": donor}
            drafts.append(_donation(row, region, who, fund, Decimal(str(amount)), known, frame, is_goods=is_goods))
    return drafts


def _region(row: CheckedRow, frame: Frame) -> str | None:
    """The uploader's region that the row belongs to."""
    fitting = [code for code in frame.scope if row.village and row.village.startswith(code)] or list(frame.scope)
    return fitting[0] if len(fitting) == 1 else None


def donor_kind(name: str) -> str:
    """What a donor's name says of her kind."""
    return str(next((kind for sign, kind in _SIGNS if sign.search(name)), Donor.Kind.PERSON))


def _donor(row: CheckedRow, name: str, region: str) -> Draft:
    """The donor as the row describes her: what is registered already outweighs it."""
    phone = row.values.get(DONOR_PHONE.label)
    return Draft(
        Donor,
        {"name": name, "region_id": region},
        {
            "kind": stored(DONOR_KINDS, row.values.get(DONOR_KIND.label)) or donor_kind(name),
            "phone": "、".join(phone) if isinstance(phone, list) else phone,
            "is_anonymous": True if name in _NAMELESS else None,
        },
        soft=frozenset({"kind", "phone", "is_anonymous"}),
    )


def _fund(row: CheckedRow, region: str, known: KnownDonations, *, is_goods: bool) -> Fund | Draft | None:
    """The fund named; the only one of the region where none is named; a new one where there is none of the name."""
    name = row.values.get(INTO.label)
    near = [
        one for digits in reversed(LEVELS) if digits <= len(region) for one in known.funds[region[:digits], is_goods]
    ]
    if name is not None:
        # An account's name in a row with goods and money is that of the money.
        named = [one for one in near if one.name == name]
        if named:
            return named[0]
        if any(one.name == name for found in known.funds.values() for one in found):
            row.add_compared("FUND_OF_OTHER_KIND", INTO.field, written=name)
            return None
    own = [one for one in near if one.region_id == region]
    if name is None and len(own) > 1:
        row.add_compared("FUND_SEVERAL_FIT", INTO.field, suggestion="、".join(one.name for one in own[:5]))
        return None
    if name is None and own:
        return own[0]
    name = name or (_GOODS_FUND if is_goods else _FUND)
    row.add_compared("FUND_NEW", INTO.field, written=name)
    return Draft(Fund, {"region_id": region, "name": name, "is_goods": is_goods}, {"opened_on": known.since})


def _donation(
    row: CheckedRow,
    region: str,
    who: dict[str, Any],
    fund: Fund | Draft,
    amount: Decimal,
    known: KnownDonations,
    frame: Frame,
    *,
    is_goods: bool,
) -> Draft:
    """A donation is known again by its receipt, without one by donor, day and amount."""
    told = row.values.get(RECEIVED.label)
    day = date.fromisoformat(told) if told else frame.as_of
    soft = told is None or is_soft(row, RECEIVED.field)
    receipt = row.values.get(RECEIPT.label) or ""
    into: dict[str, Any] = {"fund": fund} if isinstance(fund, Draft) else {"fund_id": fund.pk}
    values: dict[str, Any] = {**into, "purpose": row.values.get(PURPOSE.label)}
    if is_goods:
        values |= {"goods": row.values.get(GOODS_GIVEN.label)}
        values |= {"value_basis": row.values.get(BASIS.label) or _NO_BASIS}
    if (region, receipt, is_goods) in known.receipts and any(isinstance(one, Draft) for one in (*who.values(), fund)):
        # A draft with a new donor or fund is a new record, and this one is there.
        row.add_compared("RECEIPT_RECORDED", RECEIPT.field, written=receipt)
    is_bare = not soft and (who.get("donor_id"), day, amount, is_goods) in known.bare
    if receipt and not ((region, receipt, is_goods) not in known.receipts and is_bare):
        same: dict[str, Any] = {"receipt_no": receipt, "region_id": region, "is_goods": is_goods}
        values |= {**who, "amount": amount, "received_on": day}
    else:
        same = {**who, "amount": amount, "is_goods": is_goods, "region_id": region}
        values["receipt_no"] = receipt or None
        (values if soft else same)["received_on"] = day
    if soft:
        values["day_told"] = day_told(row, RECEIVED.field)
    return Draft(
        Donation,
        same,
        values,
        soft=frozenset({"value_basis", *({"received_on", "day_told"} if soft else ())}),
        day="received_on",
        sum="amount",
        month=None if "receipt_no" in same else month_told(row, RECEIVED.field, day),
        labels={
            "amount": GOODS_VALUE.label if is_goods else GIVEN.label,
            "received_on": RECEIVED.label,
            "purpose": PURPOSE.label,
            "receipt_no": RECEIPT.label,
            "goods": GOODS_GIVEN.label,
        },
    )


def _review(rows: list[CheckedRow], planned: Mapping[int, list[Any]], known: Any) -> None:
    """A donation whose money has been paid out stays as large as what was paid, and in its fund."""
    for position, records in planned.items():
        for one in records:
            spent = known.spent.get(one.record.pk, 0) if isinstance(one.record, Donation) else 0
            changes = one.changes or {}
            if spent and ("fund_id" in changes or changes.get("amount", spent) < spent):
                rows[position].add_compared("DONATION_SPENT", GIVEN.field, expected=f"{spent:.2f}")


DONATIONS = Ledger(
    name="donations",
    title=gettext_lazy("捐赠台账"),
    about=About.NOBODY,
    columns=(
        DONOR, DONOR_KIND, RECEIVED, GIVEN, PURPOSE, RECEIPT, DONOR_PHONE, GOODS_GIVEN, GOODS_VALUE, BASIS, INTO,
    ),
    done={"received": ""},
    aliases={word: name for name, words in _ALIASES.items() for word in words.split()},
    patterns=PATTERNS,
    phones={"donor": "donor_phone"},
    required=(frozenset({"donor"}), frozenset({"given", "goods_value"})),
    known=_known,
    drafts=_drafts,
    review=_review,
    models=(Donor, Fund, Donation),
    template=(
        "捐赠人", "捐赠人类别", "捐赠日期", "捐赠金额", "捐赠物品", "实物折价", "折价依据", "捐赠用途", "收据号", "捐赠人电话", "入账基金",
    ),
    lists={"捐赠人类别": tuple(words[0] for words in DONOR_KINDS.values())},
    named="捐赠人",
)  # fmt: skip
