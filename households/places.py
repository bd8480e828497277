"""Names on paper → twelve-digit village codes: township first, the village inside it.

A village name is unique only within its township, so nothing is guessed: a name that fits two places is ambiguous,
one that fits none is unknown and comes with suggestions.
"""

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from households.codes import DATA

REGIONS_CSV = DATA / "regions.csv"
ALIASES_CSV = DATA / "region_aliases.csv"
LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
# Special zones are counties in the statistical list, but rosters list their villages under a neighbour.
ZONE_PART = re.compile(r"^[0-9]{4}7[0-9]$")

_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
with open(DATA / "variant_characters.csv", encoding="utf-8", newline="") as _file:
    _VARIANTS = str.maketrans({row["written"]: row["meant"] for row in csv.DictReader(_file)})
# A title or caption that names a place: what may stand before all places, the word after a village, what may follow.
_LEAD = re.compile(
    r"^(副本)?([(\[【《“]*第?[0-9一二三四五六七八九十]{1,3}([)\]】、.:]|(?=[^0-9年月日])))?([(\[【《“]*\d{4}年度?(\d{1,2}月)?(\d{1,2}日)?)?"
    r"(((填报|填表|制表|编制|统计)?单位|所?在?地|(行政)?村名?|乡镇):)?"
)
_MARKS = re.compile(r"^[-—_·/,()\[\]【】《》“”\"]+")
_VILLAGE_WORD = re.compile(r"村民委员会|居民委员会|村委会|居委会|社区|行政村|村")
_REST = re.compile(
    r"(村?委员?会|妇联|居?民|全|村|妇女|儿童|建档立卡|贫困|脱贫|享受政策|未|低保|五保|特困|人口|人员|家庭|成员|农?户籍?|户主|花|名册|名单|台[账帐]"
    r"|登记|统计|明细|汇总|调查|摸底|信息|基本|情况|表|数据|帮扶|对象|留守|巾帼|行动|关爱|两癌|保险|春蕾|助学|采集|公示|合计|小计|共|计"
    r"|攻坚|宣传|宣讲|大?喇叭|广播|微信群?|讲习所|集中|讲座|入户|到户|家居|清洁|互助|首?轮|复查|整改|结对|包联|走访|慰问|健康|义诊|救助|大病|产业|就业|岗位|培训|学员|签[到收字]|发放|助学金"
    r"|返贫|边缘|易致贫|致贫|临界|相对|一般|重点|优抚|残疾|孤儿|困境|单亲|母亲|老[年人]|重病|患病|慢性病|学生|在校|适龄|学龄|义务教育|群众|居民"
    r"|死亡|减少|清退|迁出|新增|增加|增减|变动|变化|动态|调整|监测|识别|纳入|退出|稳定|重复|疑似|[已拟待预非不]|上半年|下半年|半年|年[底末]|上报|更新|修改|核[对实查]"
    r"|资金|款物|物资|捐[赠款]|需求|意愿|[参投承]保|清单|记录|档案|活动|特殊|说明|审批"
    r"|副本|最终|定稿|新|版|行政村|[A-Za-z]|年度?|月|日|号|季度|批|页|第|[0-9一二三四五六七八九十]|人|名|口|个|[-—_·/.:()\[\]【】《》“”\"])*+"
)
_LAST_BRACKETS = re.compile(r"[(【]([^()【】]{2,})[)】]$")
# A line that may be about a place although nobody can read it.
_PLACE_HINT = re.compile(r"[村镇乡庄屯]|社区|街道|居委|办事处")
_VILLAGE_SUFFIX = re.compile(r"(村民委员会|居民委员会|村委会|居委会|委员会|社区|生产队|行政村|村)$")
_TOWNSHIP_SUFFIX = re.compile(r"(满族乡|回族乡|蒙古族乡|民族乡|镇|乡|街道办事处|街道办|街道|办事处)$")
_COUNTY_SUFFIX = re.compile(r"(自治县|县|区|市)$")
_HAMLET = re.compile(
    r"(第?[一二三四五六七八九十0-9]+(村民小组|居民小组|小组|组|社|队)|(?<=[村区会])[0-9一二三四五六七八九十]+.{0,14}(号|户|院|排|楼|栋|单元|室|街|巷))$"
)
# A remark may be dropped, but not what tells two villages apart: 杨家泊(北).
_BRACKETED = re.compile(r"\((?![东西南北中前后上下大小新老旧左右内外]\))[^()]*\)")


# 丰南区-黄各庄镇-曹庄子村
_BETWEEN_LEVELS = re.compile(r"(?<=[省市县区镇乡])[-—/\\、,.]")
_ONE_DIGIT = re.compile(r"(?<!\d)[1-9](?!\d)")
_IN_HAN = str.maketrans("123456789", "一二三四五六七八九")


class RegionRow(NamedTuple):
    """One division as in the national list."""

    code: str
    name: str


class Place(NamedTuple):
    """What a name on paper means.

    `code`: 12 digits, "" when not decided. `problem`: "", REGION_OLD_NAME (code is set), REGION_AMBIGUOUS,
    REGION_UNKNOWN or REGION_OUT_OF_SCOPE. `candidates`: paths (县/乡镇/村) to choose from, never outside the scope.
    """

    code: str = ""
    problem: str = ""
    candidates: tuple[str, ...] = ()


class _Found(NamedTuple):
    codes: tuple[str, ...]
    is_old: bool = False


@lru_cache(1024)  # counties and townships come with every village; only a few, because a cell may hold an address
def tidy(text: str) -> str:
    """The form in which names are compared: NFKC, no blanks, simplified characters, rare characters in one spelling."""
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).translate(_VARIANTS)
    return text.replace("瞿阝", "酄")


def core(name: str, suffix: re.Pattern[str]) -> str:
    """A tidied name without its suffixes: 曹庄子村村民委员会 → 曹庄子."""
    while (shorter := suffix.sub("", name)) and shorter != name:
        name = shorter
    return name


def display_name(code: str, name: str) -> str:
    """The name shown to people: 曹庄子村民委员会 → 曹庄子村, 新谊社区居民委员会 → 新谊社区; other levels unchanged."""
    if len(code) != 12:
        return name
    for ending, shown in (("村民委员会", "村"), ("村委会", "村"), ("社区居民委员会", "社区"), ("社区居委会", "社区")):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(shown) else stem + shown
    return name.removesuffix("居民委员会") + "居委会" if name.endswith("居民委员会") else name


def read_regions(path: Path = REGIONS_CSV) -> list[RegionRow]:
    """Divisions of a CSV file with the columns code and name (level and parent follow from the code)."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [RegionRow(row["code"].strip(), row["name"].strip()) for row in csv.DictReader(file)]


def read_aliases(path: Path = ALIASES_CSV) -> list[tuple[str, str, bool]]:
    """(alias, code, is it an old name) of the alias file."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return [(row["alias"], row["code"], row["is_old_name"] == "1") for row in csv.DictReader(file)]


class PlaceIndex:
    """Finds villages by the names on paper. Built from all divisions of the installation; look-ups build lazily."""

    def __init__(self, regions: Iterable[RegionRow], aliases: Iterable[tuple[str, str, bool]] = ()) -> None:
        self.names: dict[str, str] = dict(regions)
        self._children: dict[str, list[str]] = defaultdict(list)
        for code in self.names:
            parent = {6: code[:4], 9: code[:6], 12: code[:9]}.get(len(code))
            if parent:
                self._children[parent].append(code)
        # Province and city names, longest first, for stripping: 河北省, 唐山市.
        self._above = sorted(
            {tidy(name) for code, name in self.names.items() if len(code) in (2, 4)}, key=len, reverse=True
        )
        self._counties = [code for code in self.names if len(code) == 6]
        self._county_names: dict[str, _Found] = {}
        self._aliases: dict[tuple[str, str], _Found] = {}
        for code in self._counties:
            for name in self._spellings(code):
                self._county_names.setdefault(name, _Found((code,)))
        for alias, code, is_old in aliases:
            if code in self.names:
                target = self._county_names if len(code) == 6 else self._aliases
                key = tidy(alias) if len(code) == 6 else (code[:6] if len(code) == 9 else code[:9], tidy(alias))
                target[key] = _Found((code,), is_old)  # type: ignore[index]
        self._township_tables: dict[str, tuple[dict[str, str], dict[str, list[str]]]] = {}
        self._village_tables: dict[str, dict[str, list[str]]] = {}
        self._village_names: set[str] | None = None
        self._all_townships: set[str] | None = None
        self._township_cores: set[str] = set()

    def _spellings(self, code: str) -> list[str]:
        """A county's name in full, without province and city, and without its suffix."""
        name = tidy(self.names[code])
        city = tidy(self.names.get(code[:4], ""))
        province = tidy(self.names.get(code[:2], ""))
        bare = name
        for prefix in (province, province.removesuffix("省"), city, city.removesuffix("市")):
            bare = bare.removeprefix(prefix) if prefix and len(bare) > len(prefix) + 2 else bare
        return [name, bare, city + bare, province + city + bare, _COUNTY_SUFFIX.sub("", bare)]

    # --- one level each -------------------------------------------------------------------------------------------

    def counties(self, text: str) -> _Found:
        """County codes that the text may name; empty when unknown."""
        name = tidy(text)
        name = name if name in self._county_names else self._without_city(name)
        return self._county_names.get(name, _Found(()))

    def townships(self, county: str, text: str) -> _Found:
        """Township codes of the county that the text may name, several when only the short form fits."""
        name = tidy(text)
        exact, cores = self._township_table(county)
        if name in exact:
            return _Found((exact[name],))
        if (alias := self._aliases.get((county, name))) is not None:
            return alias
        short = core(name, _TOWNSHIP_SUFFIX)
        found = cores.get(short, [])
        # 女织寨乡 where only 女织寨镇 exists: renamed. The bare short form says nothing about its kind.
        return _Found(
            tuple(found), is_old=bool(found) and short != name and not name.endswith(("街道办事处", "街道办"))
        )

    def _township_table(self, county: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        if county not in self._township_tables:
            exact: dict[str, str] = {}
            cores: dict[str, list[str]] = defaultdict(list)
            for code in self._children[county]:
                name = tidy(self.names[code])
                exact[name] = code
                cores[core(name, _TOWNSHIP_SUFFIX)].append(code)
                for prefix in ("河北唐山", "河北", "唐山", _COUNTY_SUFFIX.sub("", tidy(self.names[county]))):
                    if name.startswith(prefix) and len(name) > len(prefix) + 2 and not _TOWNSHIP_SUFFIX.search(name):
                        exact.setdefault(name.removeprefix(prefix), code)
            self._township_tables[county] = exact, dict(cores)
        return self._township_tables[county]

    def villages(self, township: str, text: str) -> _Found:
        """Village codes of the township that the text may name; the kind (村 or 社区) decides between namesakes."""
        name = tidy(text)
        if (alias := self._aliases.get((township, name))) is not None:
            return alias
        table = self._village_table(township)
        bare = _BRACKETED.sub("", name)
        forms = [name, bare, _HAMLET.sub("", bare)]
        # 黄各庄2村 is 黄各庄二村; a hamlet's own number has been looked for before.
        forms += [form.translate(_IN_HAN) for form in forms[:2] if _ONE_DIGIT.search(form)]
        town = core(tidy(self.names[township]), _TOWNSHIP_SUFFIX)
        forms += [form.removeprefix(town) for form in forms if form.startswith(town) and len(form) > len(town) + 1]
        for form in forms:
            found = table.get(core(form, _VILLAGE_SUFFIX), [])
            if found:
                return self._same_kind(found, form)
        return _Found(())

    def _village_table(self, township: str) -> dict[str, list[str]]:
        if township not in self._village_tables:
            table: dict[str, list[str]] = defaultdict(list)
            for code in self._children[township]:
                table[core(tidy(self.names[code]), _VILLAGE_SUFFIX)].append(code)
            self._village_tables[township] = dict(table)
        return self._village_tables[township]

    def _same_kind(self, found: list[str], name: str) -> _Found:
        wanted = _kind(name)
        if wanted:
            fitting = tuple(code for code in found if _kind(tidy(self.names[code])) in (wanted, ""))
            # A village that became a community (or the list says so): the same place under another kind.
            return _Found(fitting) if fitting else _Found(tuple(found), is_old=True)
        return _Found(tuple(found))

    def county_named_in(self, text: str) -> str:
        """The one county whose name (with its suffix) stands in a title or sheet name; "" for none or several."""
        words = tidy(text)
        codes = {
            found.codes[0]: name
            for name, found in self._county_names.items()
            if len(name) >= 3 and name in words and _COUNTY_SUFFIX.search(name)
        }
        return next(iter(codes.values())) if len(codes) == 1 else ""

    def township_named_in(self, texts: Sequence[str], *, county: str, scope: Sequence[str]) -> str:
        """The one township of the county (or of the scope) that titles and sheet names name; "" for none or several.

        In 开平区荆各庄村 neither the county nor the village names the township that is called so as well.
        """
        words = bare = tidy(" ".join(texts))
        villages = (self.heading(text)[1] for text in texts)
        for name in (*filter(_COUNTY_SUFFIX.search, self._county_names), *filter(None, villages)):
            bare = bare.replace(name, "\n")
        counties = self.counties(county).codes if county else tuple(c for c in self._counties if _touches(c, scope))
        full: dict[str, str] = {}
        short: dict[str, str] = {}
        for code in counties:
            exact, cores = self._township_table(code)
            full |= {exact[name]: name for name in exact if name in words}
            short |= {
                codes[0]: name for name, codes in cores.items() if len(codes) == 1 and len(name) > 1 and name in bare
            }
        found = full or short
        return next(iter(found.values())) if len(found) == 1 else ""

    # --- all levels -----------------------------------------------------------------------------------------------

    def resolve(self, county: str, township: str, village: str, *, scope: Sequence[str]) -> Place:
        """The village that the three cells name, inside the scope (region-code prefixes).

        Any of the cells may be empty or hold more than its level (a whole address). Where the county is not written
        it is taken from the scope. A village of a special zone listed under a neighbouring county is found by
        township and village.
        """
        county, township, village = tidy(county), tidy(township), tidy(village)
        if len(village) == 12 and village in self.names:
            return self._coded(county, township, village, scope)
        if county in self._above:
            county = ""
        as_written = self._resolve(county, township, village, scope)
        if as_written.code or as_written.problem == "REGION_AMBIGUOUS":
            return as_written
        apart = self._take_apart(county, township, _BETWEEN_LEVELS.sub("", village))
        return self._resolve(*apart, scope) if apart != (county, township, village) else as_written

    def _coded(self, county: str, township: str, code: str, scope: Sequence[str]) -> Place:
        """A village by its code, unless the county or township beside it is another one."""
        counties = self.counties(county).codes if county and county not in self._above else ()
        towns = self.townships(code[:6], township).codes if township else ()
        if (counties and code[:6] not in counties) or (township and code[:9] not in towns):
            inside = self._inside(_Found((code,)), scope)
            return Place(problem="REGION_UNKNOWN", candidates=(self.path(code),) if inside.code else ())
        return self._inside(_Found((code,)), scope)

    def heading(self, text: str) -> tuple[str, str]:
        """The township and the village (without its suffix) that a title, a caption or a name of a file is about, or "".

        It begins with them, maybe after a number, a label and the county, and goes on with words that say nothing more
        (黄各庄镇曹庄子村建档立卡花名册), or ends with them in brackets: a note that speaks of a village does not count, nor do
        two villages. The bare name of a village counts alone, and not where a township is called so as well.
        """
        whole = tidy(text)
        # 三屯营镇 begins with no number of a list.
        words = whole if whole.startswith(tuple(self._township_names())) else _LEAD.sub("", whole)
        below = self._after([*self._above, *self._county_names], words)
        town = max(filter(below.startswith, self._township_names()), key=len, default="")
        behind = _MARKS.sub("", below.removeprefix(town))
        for rest in dict.fromkeys((whole, words, below, behind)):
            villages = [
                (rest[: end.start()], rest[end.end() :])
                for end in _VILLAGE_WORD.finditer(rest)
                if end.start() > 1 and rest[: end.start()] in self._village_cores()
            ]
            if not villages and rest in self._village_cores() and rest not in self._township_cores:
                villages = [(rest, "")]
            if not villages and town and rest == behind:
                # Its township beside it says enough: 黄各庄镇曹庄子建档立卡花名册.
                named = max(filter(rest.startswith, self._village_cores()), key=len, default="")
                villages = [(named, rest.removeprefix(named))] if named else []
            for village, after in reversed(villages):
                if _REST.fullmatch(after):
                    return town, village
        if town and _REST.fullmatch(below.removeprefix(town)):
            return town, ""
        in_brackets = _LAST_BRACKETS.search(whole)
        return self.heading(in_brackets[1]) if in_brackets else ("", "")

    def may_tell(self, text: str) -> bool:
        """Whether a line may be about a place although `heading` cannot read it."""
        return _PLACE_HINT.search(text) is not None

    def _after(self, names: Sequence[str], words: str) -> str:
        """What follows leading marks and names; 乐亭镇 does not begin with the county 乐亭."""
        before = None
        while words != before:
            before = words
            name = max(filter(words.startswith, names), key=len, default="")
            town = max(filter(words.startswith, self._township_names()), key=len, default="")
            words = _MARKS.sub("", words.removeprefix(name if len(name) >= len(town) else ""))
        return words

    def _village_cores(self) -> set[str]:
        if self._village_names is None:
            names = (core(tidy(name), _VILLAGE_SUFFIX) for code, name in self.names.items() if len(code) == 12)
            self._village_names = {name for name in names if len(name) > 1}
        return self._village_names

    def _township_names(self) -> set[str]:
        if self._all_townships is None:
            tables = [self._township_table(county) for county in self._counties]
            self._all_townships = {name for exact, _cores in tables for name in exact}
            self._township_cores = {name for _exact, cores in tables for name in cores}
        return self._all_townships

    def _resolve(self, county: str, township: str, village: str, scope: Sequence[str]) -> Place:
        named = self.counties(county) if county else _Found(())
        if county and not named.codes:
            return Place(problem="REGION_UNKNOWN")
        counties = named.codes or tuple(code for code in self._counties if _touches(code, scope))
        found = self._search(counties, township, village, scope)
        if not found.codes and township:
            zones = tuple(code for code in self._counties if ZONE_PART.match(code) and code not in counties)
            found = self._search(zones, township, village, scope)
        if found.codes:
            return self._inside(_Found(found.codes, found.is_old or named.is_old), scope)
        if not any(_touches(code, scope) for code in counties):
            return Place(problem="REGION_OUT_OF_SCOPE")
        similar = self._suggest(counties, township, village, scope)
        if not county and township and not similar:
            elsewhere = tuple(code for code in self._counties if code not in counties)
            if self._search(elsewhere, township, village, scope).codes:
                return Place(problem="REGION_OUT_OF_SCOPE")
        return Place(problem="REGION_UNKNOWN", candidates=similar)

    def _without_city(self, name: str) -> str:
        for above in self._above:
            if name.startswith(above) and len(name) > len(above):
                name = name.removeprefix(above)
        return name

    def _take_apart(self, county: str, township: str, village: str) -> tuple[str, str, str]:
        """Split a cell that holds more than its own level: 唐山市丰南区黄各庄镇曹庄子村."""
        whole, own = self._without_city(village or township), self._without_city(township)
        county_name = self._longest_prefix(whole, self._county_names)
        rest, own = whole.removeprefix(county_name), own.removeprefix(self._longest_prefix(own, self._county_names))
        codes = self._county_names[county_name].codes if county_name else self.counties(county).codes
        if not village:
            return county or county_name, rest, village
        for code in codes or self._counties:
            towns = self._township_table(code)[0]
            town = self._longest_prefix(rest, towns)
            if town and (not own or towns[town] in self.townships(code, own).codes):
                return county or county_name or self.names[code], town, rest.removeprefix(town)
        return county or county_name, own, rest

    @staticmethod
    def _longest_prefix(text: str, names: Iterable[str]) -> str:
        return max(
            (name for name in names if len(name) >= 3 and text.startswith(name) and text != name), key=len, default=""
        )

    def _search(self, counties: Sequence[str], township: str, village: str, scope: Sequence[str]) -> _Found:
        """Every village the names fit in these counties."""
        if not village:
            return _Found(())
        codes: list[str] = []
        is_old = False
        for county in counties:
            named = self.townships(county, township) if township else _Found(tuple(self._children[county]))
            for town in named.codes:
                if not township and not _touches(town, scope):
                    continue
                found = self.villages(town, village)
                codes.extend(found.codes)
                is_old = is_old or (bool(found.codes) and (found.is_old or named.is_old))
        return _Found(tuple(codes), is_old)

    def _inside(self, found: _Found, scope: Sequence[str]) -> Place:
        """Apply the scope; whoever lacks it learns nothing about what is outside."""
        inside = [code for code in found.codes if code.startswith(tuple(scope))]
        if not inside:
            return Place(problem="REGION_OUT_OF_SCOPE")
        if len(inside) > 1 or len(found.codes) > 1:
            return Place(problem="REGION_AMBIGUOUS", candidates=tuple(self.path(code) for code in inside))
        return Place(code=inside[0], problem="REGION_OLD_NAME" if found.is_old else "")

    def _suggest(self, counties: Sequence[str], township: str, village: str, scope: Sequence[str]) -> tuple[str, ...]:
        """Up to three places that were probably meant: close spellings in the township, namesakes in the county."""
        towns = [town for county in counties for town in self.townships(county, township).codes]
        suggestions: list[str] = []
        wanted = core(village, _VILLAGE_SUFFIX)
        for town in towns:
            table = self._village_table(town)
            for near in difflib.get_close_matches(wanted, table, n=2, cutoff=0.5):
                suggestions.extend(table[near])
        if len(counties) == 1:
            for town in self._children[counties[0]]:
                suggestions.extend(self._village_table(town).get(wanted, []))
            if not towns and township:
                names = self._township_table(counties[0])[0]
                suggestions.extend(names[near] for near in difflib.get_close_matches(township, names, n=2, cutoff=0.5))
        inside = [code for code in dict.fromkeys(suggestions) if _touches(code, scope)]
        return tuple(self.path(code) for code in inside[:3])

    def path(self, code: str) -> str:
        """County / township / village as shown to people."""
        parts = [code[:size] for size in (6, 9, 12) if len(code) >= size]
        return " / ".join(display_name(part, self.names[part]) for part in parts if part in self.names)


def _kind(name: str) -> str:
    """村, 社区 or "" when the name does not say."""
    if name.endswith(("村民委员会", "村委会", "村")):
        return "村"
    return "社区" if name.endswith(("社区", "居民委员会", "居委会")) else ""


def _touches(code: str, scope: Sequence[str]) -> bool:
    """Does the region lie in the scope, or the scope in it?"""
    return any(code.startswith(prefix) or prefix.startswith(code) for prefix in scope)


def current_index() -> PlaceIndex:
    """The index of the installation's divisions, kept in memory until they or their aliases change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(hashtext(code || name)), 0) || ':' || count(*) || ':' || "
            "(SELECT coalesce(sum(hashtext(alias || region_id || is_old_name)), 0) FROM households_regionalias) "
            "FROM households_region"
        )
        return _index_of(cursor.fetchone()[0])


@lru_cache(maxsize=2)
def _index_of(fingerprint: str) -> PlaceIndex:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, name FROM households_region ORDER BY code")
        regions = [RegionRow(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT alias, region_id, is_old_name FROM households_regionalias")
        return PlaceIndex(regions, cursor.fetchall())
