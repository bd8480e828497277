"""Invented people: names by sex and generation, identity numbers, phones. Nothing here belongs to anybody."""

from datetime import date, timedelta
from random import Random

from households.identity import check_character

UNASSIGNED_PREFIX = "130299"
PHONE_PREFIX = "1440315"
SURNAMES = (
    "王李张刘王李张刘王李张刘赵杨陈孙周赵杨陈孙周吴郑高马董郭宋韩吴郑高马董郭宋韩"
    "冯于曹崔肖许田任石郝贾阎梁安魏孟唐史薛侯邢常武康尹毕苗齐龚翟邸鲁"
)
MANCHU_SURNAMES = "佟关金那白赫傅索"
# The first three characters of a generation's names are the most common ones.
_WOMEN = (
    (1950, "桂兰 秀英 玉珍 淑琴 凤英 素芬 桂芝 玉兰 秀珍 淑珍 桂英 凤兰 玉芝 秀兰 淑芳 俊英 瑞兰 翠英 银环 书琴"),
    (1975, "淑华 丽华 春梅 艳红 秀芹 小红 建华 爱民 桂荣 玉霞 晓云 振芳 立新 月英 翠平 国英 海霞 志敏 秋菊 会英"),
    (1998, "静 丽娜 婷婷 艳 雪 晓燕 丽丽 娜 敏 海燕 丹 佳 立娟 晓娟 亚楠 文静 雅静 春雨 红艳 思思"),
    (2030, "梓涵 欣怡 雨桐 诗涵 佳琪 一诺 可馨 思雨 梦瑶 语嫣 欣妍 雅琪 若曦 紫萱 子怡 依诺 佳怡 静怡 艺涵 书瑶"),
)
_MEN = (
    (1950, "德福 玉山 振海 国恩 守义 长林 树森 文才 永年 占元 福来 万成 景春 庆余 凤山 连生 瑞林 广田 宝忠 玉堂"),
    (1975, "建国 国强 志刚 立军 卫东 永强 海波 志明 春生 建民 铁柱 宝山 立民 振东 学军 爱国 双喜 金良 小刚 会来"),
    (1998, "磊 鹏 超 浩 亮 海龙 晓东 志伟 立伟 伟 强 宁 明明 建伟 亚东 永亮 雪松 金龙 小宝 文杰"),
    (2030, "子轩 浩然 宇轩 博文 俊杰 梓豪 一鸣 佳豪 铭泽 子涵 天佑 浩宇 思远 雨泽 明轩 嘉乐 文博 昊天 家乐 晨阳"),
)


def day_between(rng: Random, first: date, last: date) -> date:
    """A day from first to last, both inclusive."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def surname(rng: Random) -> str:
    """One of the surnames of the region, some of them Manchu."""
    return rng.choice(MANCHU_SURNAMES if rng.random() < 0.06 else SURNAMES)


def nation(rng: Random, family_name: str) -> str:
    """Mostly 汉族; Manchu surnames mostly 满族."""
    manchu = 0.85 if family_name in MANCHU_SURNAMES else 0.04
    return "满族" if rng.random() < manchu else "汉族"


def full_name(rng: Random, family_name: str, sex: str, born: date) -> str:
    """Surname and a given name as it was fashionable in the year of birth."""
    generations = _WOMEN if sex == "F" else _MEN
    given = next(names for until, names in generations if born.year < until).split()
    return family_name + rng.choice(given)


class Numbers:
    """Hands out identity numbers and phones, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def identity(self, born: date, sex: str) -> str:
        """18 characters with a valid check character; the third digit of the sequence tells the sex."""
        while True:
            sequence = self._rng.randrange(10, 999)
            if (sequence % 2 == 1) == (sex == "M"):
                first_17 = f"{UNASSIGNED_PREFIX}{born:%Y%m%d}{sequence:03d}"
                if first_17 not in self._used:
                    self._used.add(first_17)
                    return first_17 + check_character(first_17)

    def phone(self) -> str:
        """11 digits; a number range that no operator has."""
        return f"{PHONE_PREFIX}{self._rng.randrange(10_000):04d}"
