"""Sort and search keys for names: 王小明 → "wang xiao ming". Characters read otherwise as surnames have a table."""

import unicodedata

from django.db.models import F, Func, TextField, Value
from pypinyin import lazy_pinyin

# What a search by pinyin looks through, and what is indexed for it: "wang xiao ming" as wangxiaoming and as wxm.
SYLLABLES = Func(F("pinyin"), Value(" "), Value(""), function="replace", output_field=TextField())
INITIALS = Func(
    F("pinyin"), Value(r"(\S)\S*\s*"), Value(r"\1"), Value("g"), function="regexp_replace", output_field=TextField()
)

_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "任": "ren", "华": "hua", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "尉": "yu", "员": "yun", "贠": "yun", "缪": "miao", "种": "chong", "覃": "qin", "召": "shao", "乐": "yue",
    "冼": "xian", "洗": "xian", "逄": "pang", "訾": "zi", "宓": "mi", "翟": "zhai", "牟": "mu", "葛": "ge", "纪": "ji",
    "秘": "bi", "折": "she", "黑": "he", "哈": "ha", "么": "yao", "幺": "yao", "那": "na", "佴": "nai", "繁": "po",
}  # fmt: skip
_COMPOUND = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "单于": "chan yu",
    "澹台": "tan tai",
    "令狐": "ling hu",
}
_readings: dict[str, str] = {}


def pinyin_of(name: str) -> str:
    """Syllables without tones, separated by blanks; other scripts lower case; at most 200 characters."""
    start = ""
    rest = name
    if name[:2] in _COMPOUND:
        start, rest = _COMPOUND[name[:2]], name[2:]
    elif name[:1] in _SURNAMES:
        start, rest = _SURNAMES[name[0]], name[1:]
    return " ".join(filter(None, [start, *(_reading(char) for char in rest)]))[:200]


def _reading(char: str) -> str:
    if char not in _readings:
        letters = unicodedata.normalize("NFKD", "".join(lazy_pinyin(char))).lower()
        _readings[char] = "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
    return _readings[char]
