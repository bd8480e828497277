"""Code lists of the national register (文化程度, 与户主关系, …) with the synonyms people write.

Data: households/data/code_lists.csv (official values and numbers), code_synonyms.csv (words seen on paper),
county_order.csv (the official order of counties).
"""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
SEPARATORS = re.compile(r"[,，、/;；|+\s]+")
# A word of several with its notes: separators in brackets separate nothing.
_WORD_WITH_NOTES = re.compile(r"(?:\([^()]*\)|[^,，、/;；|+\s])+")
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# 小学3年级 is 小学三年级; a number alone has been looked up as it stands.
_IN_HAN = str.maketrans("123456789", "一二三四五六七八九")
# 01户主, 02-配偶: a drop-down's number before its word.
_NUMBERED = re.compile(r"(\d{1,2})[-.、:_]?(\D.*)")
_BRACKETED = re.compile(r"\([^()]*\)")
_NOTES = re.compile(r"\(([^()]*)\)")
# Notes behind a word that take it back without naming another one: 四年级（休学）, 是（未参加）, 户主（代）.
_TAKES_BACK = {
    "school_status": re.compile(r"[休辍失退停]学|毕业|肄业|[未没不][入上就]"),
    "yes_no": re.compile(r"[未没不停断退欠]"),
    "relation": re.compile(r"^[代原前外]"),
    "health": re.compile(r"^[无否]$|^[已未]?(?:治|痊|康)?[愈复]|无残"),
    "labour": re.compile(r"弱|半|部分"),
    "household_attr": re.compile("脱贫"),
}
_IN_DOUBT = re.compile(r"[?]|存疑|待[核查定]|曾")
# Lists in which a note may be the end of the word: 初中（二年级）, 肢体（二级）.
_ONE_WORD = frozenset({"school_status", "health"})
_SAYS_NO_MORE = {
    "school_status": re.compile(
        r"^在读|(?:在读|在校)?(?:学生)?$|[上下](?:学期)?$|(?<=年级)[一二三四五六七八九十\d]{1,2}班$"
    ),
    "relation": re.compile(r"^户主[之的]?|^之"),
}
# What is said already by a word that denies: 非在校生（未上学）, 否（未参加）.
_DENIALS = frozenset({"非在校生", "学龄前儿童", "否"})
# A note may name the stage of a grade; that of the others is in their names (小学三年级).
_STAGES = {grade: f"{grade}初中" for grade in ("七年级", "八年级", "九年级")}
# Behind a relation these tell the sex.
_SEXES = frozenset({("relation", "男"), ("relation", "女")})


def plain(text: str) -> str:
    """NFKC without blanks and zero-width characters: the form in which words are compared."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


@cache
def code_list(name: str) -> dict[str, str]:
    """Every accepted word of a list (official values, numbers with and without leading zero, synonyms) → official value.

    `name` is the first column of the data files: relation, education, school_status, health, labour, household_attr,
    exit_status, main_cause, nation, politics, sex, yes_no, disability_type, disability_level, work_status, standard.
    Keys are in the form of `plain`. An unknown name gives an empty dictionary.
    """
    words: dict[str, str] = {}
    for row in _rows("code_lists.csv"):
        if row["list"] == name:
            words.setdefault(plain(row["value"]), row["value"])
            for number in (row["code"], row["code"].lstrip("0")):
                if number:
                    words.setdefault(number, row["value"])
    for row in _rows("code_synonyms.csv"):
        if row["list"] == name:
            words[plain(row["synonym"])] = row["value"]
    if name == "nation":
        words |= {nation.removesuffix("族"): nation for nation in list(words.values()) if nation.endswith("族")}
    if name == "exit_status":
        words["1"] = "已脱贫"  # number 1 is 脱贫 in one era and 已脱贫（享受政策） in the next: take the weaker claim
    return words


def look_up(name: str, text: str) -> str | None:
    """Official value for a word on paper, a remark in brackets aside; None when the list does not know it, or when the
    remark says something else."""
    words = code_list(name)
    word = plain(text)
    if word in words:
        return words[word]
    if name == "exit_status":  # its brackets carry meaning
        return None
    if (numbered := _NUMBERED.fullmatch(word)) and numbered[2] in words:
        told = words[numbered[2]]
        return told if words.get(numbered[1], told) == told else None
    bare = _BRACKETED.sub("", word)
    if name in _ONE_WORD and bare != word:
        whole = word.replace("(", "").replace(")", "").translate(_IN_HAN)
        if whole in words:
            return words[whole]
    value = words.get(bare) or words.get(bare.translate(_IN_HAN)) or _simpler(name, bare)
    return None if value is None or _contradicted(name, value, word) else value


def _simpler(name: str, word: str) -> str | None:
    """What is left of a word without what tells no more: 五年级二班, 小学在读, 户主的长女."""
    pattern = _SAYS_NO_MORE.get(name)
    rest = pattern.sub("", word).translate(_IN_HAN) if pattern else word
    value = code_list(name).get(rest) if rest and not rest.isdigit() else None
    return None if value in _DENIALS else value


def _contradicted(name: str, value: str, written: str) -> bool:
    """Whether a note in brackets names another choice than the word before it, or takes it back: 健康（残疾）."""
    words = code_list(name)
    takes_back = None if value in _DENIALS else _TAKES_BACK.get(name)
    for note in _NOTES.findall(written):
        parts = (part for part in SEPARATORS.split(note) if not part.isdigit() and (name, part) not in _SEXES)
        named = {words.get(part, value) for part in parts}
        if any(other not in _STAGES.get(value, value) for other in named):
            return True
        taken = takes_back.search(note) if takes_back else None
        if _IN_DOUBT.search(note) or (taken and taken[0] not in value):
            return True
    return False


def look_up_several(name: str, text: str) -> tuple[list[str], list[str]]:
    """(official values in list order, unknown words) for a cell with several values in any order and punctuation."""
    whole = look_up(name, text)
    if whole is not None:
        return [whole], []
    found: set[str] = set()
    unknown: list[str] = []
    for word in _WORD_WITH_NOTES.findall(unicodedata.normalize("NFKC", text).replace(" (", "(")):
        values = [value] if (value := look_up(name, word)) else _run_together(name, word)
        found.update(values)
        if not values:
            unknown.append(word)
    if "健康" in found and len(found) > 1:  # healthy and ill at once: neither is believed
        return [], [text]
    official = list(dict.fromkeys(code_list(name).values()))
    return sorted(found, key=official.index), unknown


def _run_together(name: str, word: str) -> list[str]:
    """What a word tells that is made of several words of the list and nothing else: 聋哑, 听力言语, 因病因残."""
    words = {written: value for written, value in code_list(name).items() if not written.isascii()}
    found = re.findall("|".join(map(re.escape, sorted(words, key=len, reverse=True))), word)
    return [words[piece] for piece in found] if "".join(found) == word else []


@cache
def county_positions() -> dict[str, int]:
    """County code → place in the official order (0 first); counties not listed are to be put behind by code."""
    return {row["code"]: position for position, row in enumerate(_rows("county_order.csv"))}


@cache
def county_labels() -> dict[str, str]:
    """County code → the short name people use, only where it is not the official name without its city."""
    return {row["code"]: row["label"] for row in _rows("county_order.csv") if row["label"]}


def _rows(file_name: str) -> list[dict[str, str]]:
    with open(DATA / file_name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
