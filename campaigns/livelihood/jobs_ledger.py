"""The list of posts (岗位信息表)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.ledgers.done_cells import clean_day
from campaigns.ledgers.spec import About, Draft, Ledger, Unit, is_soft
from campaigns.ledgers.words import official_word_cleaner, stored
from campaigns.livelihood.job_words import ages_of, clean_count, is_handicraft, pay_of, schooling_of
from campaigns.livelihood.models import Enterprise, JobOffer
from campaigns.livelihood.offices import county_of, held_by, near_or_above
from households.access import within
from households.codes import plain
from households.intake.columns import Column, as_text, text_cleaner
from households.intake.kinds import Frame
from households.intake.rows import CheckedRow
from households.models import Person

MOST_POSTS, MOST_TEXT = 100_000, 200
SEXES = {
    Person.Sex.FEMALE: ("女", "女性", "女工", "限女性", "仅限女性", "妇女"),
    Person.Sex.MALE: ("男", "男性", "男工", "限男性"),
    "any": ("不限", "男女不限", "均可", "男女均可", "男/女", "男、女", "性别不限"),
}
COUNTY = Column("of_county", "县（市、区）", text_cleaner(60))
ENTERPRISE = Column("enterprise", "企业名称", text_cleaner(100))
LINE = Column("line", "行业", text_cleaner(60))
TITLE = Column("job_title", "岗位名称", text_cleaner(60))
CATEGORY = Column("job_category", "岗位类别", text_cleaner(40))
POSTS = Column("posts", "招聘人数", clean_count)
SEX = Column("job_sex", "性别要求", official_word_cleaner(SEXES))
AGE = Column("job_age", "年龄要求", text_cleaner(60))
SCHOOLING = Column("job_schooling", "学历要求", text_cleaner(60))
DEMANDS = Column("demands", "其他要求", text_cleaner(MOST_TEXT))
PAY = Column("pay", "薪资", text_cleaner(100))
PLACE = Column("job_place", "工作地点", text_cleaner(100))
CONTACT = Column("job_contact", "联系人", text_cleaner(60))
PHONE = Column("job_phone", "联系电话", text_cleaner(40, keeps_numbers=True))
OPEN_FROM = Column("open_from", "发布日期", clean_day)
OPEN_UNTIL = Column("open_until", "截止日期", clean_day)
COLUMNS = (
    COUNTY, ENTERPRISE, LINE, TITLE, CATEGORY, POSTS, SEX, AGE, SCHOOLING, DEMANDS, PAY, PLACE, CONTACT, PHONE,
    OPEN_FROM, OPEN_UNTIL,
)  # fmt: skip
ALIASES = {
    "县区": "of_county", "县": "of_county", "县市区": "of_county", "区县": "of_county", "所在县区": "of_county",
    "县(市、区)": "of_county", "所属县区": "of_county", "县(区)": "of_county",
    "企业": "enterprise", "单位名称": "enterprise",
    "用人单位": "enterprise", "用工单位": "enterprise", "公司名称": "enterprise",
    "用工企业": "enterprise", "招聘单位": "enterprise",
    "招工企业": "enterprise", "用人单位名称": "enterprise", "企业(单位)名称": "enterprise",
    "所属行业": "line", "企业类型": "line", "行业类别": "line",
    "工种": "job_title", "岗位": "job_title",
    "岗位(工种)": "job_title", "岗位名称/工种": "job_title", "招聘岗位": "job_title",
    "招工岗位": "job_title", "职位": "job_title",
    "职位名称": "job_title", "招聘工种": "job_title", "用工岗位": "job_title",
    "岗位类型": "job_category", "类别": "job_category", "岗位种类": "job_category", "工种类别": "job_category",
    "人数": "posts", "用工人数": "posts", "需求人数": "posts",
    "招工人数": "posts", "岗位数": "posts", "岗位数量": "posts",
    "用工需求": "posts", "需求数": "posts", "招聘数量": "posts", "岗位人数": "posts", "用工数量": "posts",
    "性别": "job_sex", "年龄": "job_age", "年龄段": "job_age", "学历": "job_schooling", "文化程度": "job_schooling",
    "文化要求": "job_schooling", "要求": "demands", "岗位要求": "demands", "任职要求": "demands", "招聘要求": "demands",
    "用工要求": "demands", "备注": "demands", "技能要求": "demands", "任职条件": "demands", "招聘条件": "demands",
    "工资": "pay", "薪资待遇": "pay", "工资待遇": "pay", "月工资": "pay", "月薪": "pay", "待遇": "pay", "薪酬": "pay",
    "工资(元/月)": "pay", "月工资(元)": "pay", "薪资(元/月)": "pay",
    "福利待遇": "pay", "工资标准": "pay", "薪酬待遇": "pay",
    "工作地址": "job_place", "地点": "job_place", "地址": "job_place",
    "工作地": "job_place", "用工地点": "job_place", "企业地址": "job_place",
    "单位地址": "job_place", "负责人": "job_contact",
    "企业联系人": "job_contact", "联系人姓名": "job_contact", "电话": "job_phone",
    "联系方式": "job_phone", "手机": "job_phone",
    "联系人电话": "job_phone", "手机号": "job_phone", "咨询电话": "job_phone",
    "日期": "open_from", "发布时间": "open_from",
    "招聘时间": "open_from", "招聘日期": "open_from", "有效期至": "open_until",
    "截止时间": "open_until", "招聘截止日期": "open_until", "有效期": "open_until",
}  # fmt: skip

_MEANT = r"(?:用人|用工|招聘|招工|招收|就业|企业|单位|公司|岗位|提供|需求|征集)"
PATTERNS = {
    r"(?:用人|用工|招聘|招工|就业|提供岗位)?的?(?:单位|企业|公司)(?:\((?:企业|公司|单位|车间)\))?的?(?:全称|名称)?": "enterprise",
    rf"{_MEANT}?的?(?:岗位|工种|职位)(?:名称)?(?:[/(](?:岗位|工种|职位)\)?)?": "job_title",
    r"(?:岗位|工种|职业)(?:类别|类型|种类|分类)": "job_category",
    rf"(?:拟|计划|还?需)?(?:{_MEANT}|招|聘|需)*的?(?:人员)?(?:人数|数量|名额)": "posts",
    rf"{_MEANT}数": "posts",
    rf"{_MEANT}?性别(?:要求|限制)?": "job_sex",
    rf"{_MEANT}?年龄(?:要求|限制|范围|段)?": "job_age",
    rf"{_MEANT}?最?低?(?:学历|文化程度|文化)(?:要求|限制)?": "job_schooling",
    r"(?:招聘|任职|用工|岗位|录用|其他|技能|招工)(?:条件|要求|说明)(?:及其?他?(?:条件|要求|说明))?": "demands",
    r"(?:岗位|月|基本|税后|综合|参考)*(?:工资|薪资|薪金|薪酬|薪水|收入|待遇|报酬)+(?:标准|水平|范围|及?福利)?": "pay",
    r"(?:工作|用工|上班|企业|单位|公司)的?(?:地点|地址|所在地|地)": "job_place",
    r"(?:企业|单位|招聘|公司)?(?:联系人|招聘人)(?:姓名)?(?:(?:及|和|、|/)?(?:联系)?(?:电话|方式))?": "job_contact",
    r"(?:企业|单位|招聘|公司|咨询|报名)(?:联系)?(?:电话|方式|手机)": "job_phone",
    r"(?:招聘|招工|信息|岗位)?的?(?:发布|登记|征集|开始|起始)的?(?:时间|日期)": "open_from",
    r"(?:招聘|招工|报名|信息)?的?(?:(?:起止|有效)(?:时间|日期)|(?:有效)?期限?)": "open_from",
    r"(?:招聘|招工|报名|信息)?的?(?:截止|结束|终止)的?(?:时间|日期)": "open_until",
}


@dataclass(slots=True)
class KnownOffers:
    """Enterprises that a row can mean, by name; this year's valid offers by enterprise, title, sex and place: the
    uploader's own, and those of the levels above her, which are not hers to change."""

    enterprises: dict[str, list[Enterprise]]
    offers: dict[tuple[int, str, str, str], JobOffer]
    above: dict[tuple[int, str, str, str], JobOffer]


def known_offers(_rows: list[CheckedRow], frame: Frame) -> KnownOffers:
    """What the uploader's regions hold, and what the levels above offer to them."""
    enterprises: dict[str, list[Enterprise]] = defaultdict(list)
    for one in held_by(Enterprise, frame.scope, above=True).order_by("pk"):
        enterprises[plain(one.name)].append(one)
    own: dict[tuple[int, str, str, str], JobOffer] = {}
    beyond: dict[tuple[int, str, str, str], JobOffer] = {}
    offers = held_by(JobOffer, frame.scope, above=True).filter(open_from__year=frame.as_of.year)
    for one in offers.order_by("-pk"):
        key = (one.enterprise_id, plain(one.title), one.sex, plain(one.place_text))
        (own if within(one.region_id, list(frame.scope)) else beyond)[key] = one
    return KnownOffers(enterprises, own, beyond)


def _drafts(row: CheckedRow, _unit: Unit | None, known: Any, frame: Frame) -> list[Draft]:
    name, title, posts = (row.values.get(column.label) for column in (ENTERPRISE, TITLE, POSTS))
    region = county_of(row, COUNTY, frame)
    if name is None:
        row.add_compared("ENTERPRISE_MISSING", ENTERPRISE.field)
    if title is None:
        row.add_compared("JOB_MISSING", TITLE.field)
    if posts is None and not any(one.field == POSTS.field for one in row.findings):
        row.add_compared("POSTS_MISSING", POSTS.field)
    if posts is not None and posts > MOST_POSTS:
        row.add_compared("NUMBER_OUT_OF_RANGE", POSTS.field, written=str(posts))
    if name is None or title is None or posts is None or not region:
        return []
    told, days = _conditions(row), _days(row, frame)
    if days is None:
        return []
    place, sex = row.values.get(PLACE.label) or "", told.pop("sex")
    enterprise = _enterprise(row, name, region, known)
    same: dict[str, Any] = {"enterprise": enterprise, "title": title, "sex": sex, "place_text": place}
    soft = set() if is_told(row, OPEN_FROM) else {"open_from"}
    if isinstance(enterprise, Enterprise):
        key = (enterprise.pk, plain(title), sex, plain(place))
        offer = known.offers.get(key)
        if offer is None and key in known.above:
            row.add_compared("RECORDED_ABOVE", TITLE.field, written=title)
            return []
        if offer is not None and not _fits(row, offer, told, days, soft):
            return []
        same = {"enterprise_id": enterprise.pk, "title": title, "sex": sex, "place_text": place, "region_id": region}
        # The same post of an earlier year is another offer.
        same |= {"open_from": days["open_from"]}
        if offer is not None:
            same = {"enterprise_id": enterprise.pk, "id": offer.pk}
    # Without a column of its own the trade is the category; a recorded category is not touched by that.
    if (category := row.values.get(CATEGORY.label)) is None:
        category = title[:40]
        soft.add("category")
    values = {"category": category, "posts": posts, **told, **days, "region_id": region}
    values["handicraft"] = is_handicraft(f"{category} {title}")
    return [Draft(JobOffer, same, values, soft=frozenset(soft | {"region_id", "handicraft"}), labels=LABELS)]


LABELS = {
    "category": CATEGORY.label, "posts": POSTS.label, "age_from": AGE.label, "age_to": AGE.label,
    "education": SCHOOLING.label, "requirements": DEMANDS.label, "pay_from": PAY.label, "pay_to": PAY.label,
    "pay_text": PAY.label, "contact": CONTACT.label, "phone": PHONE.label, "open_from": OPEN_FROM.label,
    "open_until": OPEN_UNTIL.label,
}  # fmt: skip


def _fits(row: CheckedRow, offer: JobOffer, told: dict[str, Any], days: dict[str, Any], soft: set[str]) -> bool:
    """Is the recorded offer in order with what the row tells? What it does not tell stays as it is recorded."""
    for column, low, high in ((AGE, "age_from", "age_to"), (PAY, "pay_from", "pay_to")):
        least = told[low] if told[low] is not None else getattr(offer, low)
        most = told[high] if told[high] is not None else getattr(offer, high)
        if least is not None and most is not None and least > most:
            row.add_compared("BOUNDS_REVERSED", column.field, written=as_text(row.values[column.label]))
            return False
    first = offer.open_from if "open_from" in soft else days["open_from"]
    last = days["open_until"] or offer.open_until
    if last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", OPEN_UNTIL.field)
        return False
    return True


def is_told(row: CheckedRow, column: Column) -> bool:
    """Does the row tell an exact day in the column?"""
    return row.values.get(column.label) is not None and not is_soft(row, column.field)


def _enterprise(row: CheckedRow, name: str, region: str, known: KnownOffers) -> Enterprise | Draft:
    """The enterprise of the name that the region has, else one above or below it, else a new one."""
    found = near_or_above(known.enterprises.get(plain(name), ()), region)
    if found is not None:
        return found
    values = {"line": LINE, "contact": CONTACT, "phone": PHONE, "address": PLACE}
    told = {field: row.values.get(column.label) for field, column in values.items()}
    return Draft(Enterprise, {"name": name, "region_id": region}, told)


def _conditions(row: CheckedRow) -> dict[str, Any]:
    """What the job asks for and pays; words that cannot be read stand as they are among the other demands."""
    extra = [row.values.get(DEMANDS.label) or ""]
    ages, (schooling, is_schooling_read) = (
        ages_of(row.values.get(AGE.label) or ""),
        schooling_of(row.values.get(SCHOOLING.label) or ""),
    )
    for column, is_read in ((AGE, ages.is_read), (SCHOOLING, is_schooling_read)):
        if not is_read:
            written = as_text(row.values[column.label])
            extra.append(f"{column.label}：{written}")
            row.add_compared("TEXT_KEPT", column.field, written=written)
    written = row.values.get(PAY.label) or ""
    pay = pay_of(written)
    for column, bounds in ((AGE, ages), (PAY, pay)):
        if bounds.low is not None and bounds.high is not None and bounds.low > bounds.high:
            row.add_compared("BOUNDS_REVERSED", column.field, written=as_text(row.values[column.label]))
    requirements = "；".join(filter(None, extra))
    if len(requirements) > MOST_TEXT:
        row.add_compared("VALUE_TOO_LONG", DEMANDS.field)
    sex = stored(SEXES, row.values.get(SEX.label))
    return {
        "sex": "" if sex in (None, "any") else sex,
        "age_from": ages.low,
        "age_to": ages.high,
        "education": schooling or None,
        "requirements": requirements or None,
        "pay_from": pay.low if pay.low is None else Decimal(pay.low),
        "pay_to": pay.high,
        "pay_text": written or None,
        "contact": row.values.get(CONTACT.label),
        "phone": row.values.get(PHONE.label),
    }


def _days(row: CheckedRow, frame: Frame) -> dict[str, Any] | None:
    """From and until; without a day of its own the list's day."""
    first, last = (
        date.fromisoformat(told) if (told := row.values.get(column.label)) else None
        for column in (OPEN_FROM, OPEN_UNTIL)
    )
    first = first or (min(frame.as_of, last) if last else frame.as_of)
    if last is not None and last < first:
        row.add_compared("PERIOD_ENDS_EARLY", OPEN_UNTIL.field)
        return None
    return {"open_from": first, "open_until": last}


JOBS = Ledger(
    name="jobs",
    title=_("岗位信息表"),
    about=About.NOBODY,
    columns=COLUMNS,
    aliases=ALIASES,
    patterns=PATTERNS,
    spans={OPEN_FROM.field: OPEN_UNTIL.field},
    required=(frozenset({"enterprise"}), frozenset({"job_title"}), frozenset({"posts"})),
    known=known_offers,
    drafts=_drafts,
    models=(Enterprise, JobOffer),
    template=tuple(column.label for column in COLUMNS),
    lists={
        "性别要求": ("女", "男", "不限"),
        "学历要求": ("不限", *(str(label) for label in ("小学", "初中", "高中", "大专", "本科"))),
    },
    named="岗位名称",
    first_line=_("一、一个岗位一行，企业名称、岗位名称和招聘人数必填；没有要求的留空或写“不限”。"),
    starts=("enterprise",),
    filled=frozenset({"enterprise", "line", "of_county", "job_contact", "job_phone"}),
)
