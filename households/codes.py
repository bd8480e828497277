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
SEPARATORS = re.compile(r"[,，、/;；|\s]+")
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
# 小学3年级 is 小学三年级; a number alone has been looked up as it stands.
_IN_HAN = str.maketrans("123456789", "一二三四五六七八九")
# 01户主, 02-配偶: a drop-down's number before its word.
_NUMBERED = re.compile(r"(\d{1,2})[-.、:_]?(\D.*)")
_BRACKETED = re.compile(r"\([^()]*\)")


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
    """Official value for a word on paper, a remark in brackets aside; None when the list does not know it."""
    words = code_list(name)
    word = plain(text)
    if word in words:
        return words[word]
    if name == "exit_status":  # its brackets carry meaning
        return None
    if (numbered := _NUMBERED.fullmatch(word)) and numbered[2] in words:
        value = words[numbered[2]]
        return value if words.get(numbered[1], value) == value else None
    bare = _BRACKETED.sub("", word)
    return words.get(bare) or words.get(bare.translate(_IN_HAN))


def look_up_several(name: str, text: str) -> tuple[list[str], list[str]]:
    """(official values in list order, unknown words) for a cell with several values in any order and punctuation."""
    whole = look_up(name, text)
    if whole is not None:
        return [whole], []
    found: set[str] = set()
    unknown: list[str] = []
    for word in SEPARATORS.split(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)).strip()):
        value = look_up(name, word) if word else ""
        if value is None:
            unknown.append(word)
        elif value:
            found.add(value)
    official = list(dict.fromkeys(code_list(name).values()))
    return sorted(found, key=official.index), unknown


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
