"""Names of people on paper: what is repaired, what is doubtful, what is no name at all."""

import re
import unicodedata
from typing import Any

from households.intake.columns import Doubt, as_text
from households.intake.workbook import CellValue

MAX_NAME = 50
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\ufffd\ufffc\U000f0000-\U0010ffff]")
_RADICALS = re.compile(r"[\u2e80-\u2fdf\u31c0-\u31ef]")
_MARKUP = re.compile(r"[<>{}\[\]]|^[=+@|&%]|https?:|&#|javascript:", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U0003ffff"
_HAN_ONLY = re.compile(rf"[{HAN}]+")
# Seen for U+00B7 between the parts of a name; the second group could also be a slip of the finger.
_SURE_DOTS = re.compile(r"[\u2022\u2027\u30fb\uff65\u2219\u22c5\u00b7\u0387\u16eb\u2e31\uff0e\ufe52.]")
# 、 ， and / stand between two people as well.
_GUESSED_DOTS = re.compile(r"[\u25cf\u3002\uff61*＊\-—_]")
_REMARK = re.compile(
    rf"(?<=[{HAN}]{{2}})(去世|去逝|过世|病逝|已故|死亡|病故|亡故|已死|嫁出|已嫁|外嫁|出嫁|迁出|户主|本人|某某?"
    rf"|之[父母夫妻子女孙]|父亲|母亲|妻子?|丈夫|儿子|女儿|儿媳|家属)$|^[{HAN}]某某?$"
    # What somebody is before her name: 长女李花. 孙子涵 is a name.
    rf"|^(户主|配偶|妻子|丈夫|父亲|母亲|女儿|儿子|儿媳|女婿|[之长次三四五][子女])(?=[{HAN}]{{2,3}}$)"
)
# Surnames of two characters, which may stand apart from a name of two: 欧阳 娜娜. Without one, 王芳 李娟 are two people.
_LONG_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文", "司徒", "司空", "令狐", "夏侯", "轩辕",
        "端木", "南宫", "独孤", "呼延", "西门", "东郭", "百里", "闻人", "澹台", "公冶", "宗政", "濮阳", "淳于", "单于", "太史", "申屠",
        "仲孙", "钟离", "鲜于", "闾丘", "公羊", "赫连", "拓跋", "完颜", "纳兰", "叶赫", "富察", "那拉",
    }
)  # fmt: skip
# Han names have two to four characters; longer ones without a dot are two people or a sentence.
_LONGEST_HAN = 8
_NO_NAME = frozenset(
    {
        "",
        "无",
        "空",
        "-",
        "—",
        "/",
        "不详",
        "未知",
        "无名",
        "姓名",
        "待定",
        "暂无",
        "未起名",
        "未取名",
        "新生儿",
        "婴儿",
    }
)


# Words of a roster that are nobody's name.
_NO_PERSON = frozenset(
    {
        "同上", "同左", "合计", "小计", "总计", "户主", "本人", "配偶", "妻子", "丈夫", "之子", "之女", "之孙", "长子", "次子", "三子",
        "长女", "次女", "三女", "儿子", "女儿", "父亲", "母亲", "孙子", "孙女", "儿媳", "女婿", "之妻", "之夫", "之父", "之母", "备注",
        "自己", "同户主", "略", "死亡", "已故", "注销", "户籍注销", "未命名", "女婴", "男婴", "监护人", "重复", "妻", "子", "女",
    }
)  # fmt: skip


def clean_name(cell: CellValue) -> Any:
    """The name with `·` as its only separator, or a Doubt (NAME_*, CONTROL_CHAR, VALUE_TOO_LONG)."""
    written = as_text(cell)
    if written in _NO_PERSON:
        return Doubt(None, ("NAME_INVALID",))
    if _HAN_ONLY.fullmatch(written) and 1 < len(written) <= MAX_NAME:
        return (
            _han(unicodedata.normalize("NFC", written)) if written not in _NO_NAME else Doubt(None, ("NAME_MISSING",))
        )
    text = _INVISIBLE.sub("", written).strip().lstrip("'‘’")
    if "\n" in text and all(len(line.strip()) > 1 for line in text.splitlines()):
        return Doubt(" ".join(text.split()), ("NAME_SUSPECT",))  # two names, one below the other
    if text in _NO_NAME:
        return Doubt(None, ("NAME_MISSING",))
    if not isinstance(cell, str) or len(text) > MAX_NAME:
        return Doubt(None, ("NAME_INVALID",) if len(text) <= MAX_NAME else ("VALUE_TOO_LONG",))
    for pattern, code in ((_CONTROL, "CONTROL_CHAR"), (_PRIVATE, "NAME_PUA_CHAR"), (_RADICALS, "NAME_SUSPECT")):
        if pattern.search(text):
            return Doubt(_CONTROL.sub("", text), (code,))
    return _without_dots_and_blanks(unicodedata.normalize("NFKC", text.replace("·", "\u00b7")).strip())


def _without_dots_and_blanks(text: str) -> Any:
    if _MARKUP.search(text) or not any(unicodedata.category(char).startswith("L") for char in text):
        return Doubt(None, ("NAME_INVALID",))
    parts = _BLANKS.split(text)
    if all(_HAN_ONLY.fullmatch(part) for part in parts):
        # 王  芳 is padded to align; 阿依古丽 买买提 has lost its dot.
        name = "".join(parts)
        if len(parts) == 2 and len(name) > 4 and min(map(len, parts)) > 1:
            # 王芳 李丽娟 are two people.
            if max(map(len, parts)) < 4:
                return Doubt(" ".join(parts), ("NAME_SUSPECT",))
            return Doubt("·".join(parts), ("NAME_DOT_REPAIRED",))
        is_cut = len(parts) == 2 and len(parts[0]) > 1 and (parts[1] in ("男", "女") or len(parts[1]) > 1)
        if is_cut and parts[0] not in _LONG_SURNAMES:
            return Doubt(" ".join(parts), ("NAME_SUSPECT",))
        return _han(name)
    joined = re.sub(rf"(?<=[{HAN}·.])\s+|\s+(?=[{HAN}·.])", "", text)
    name = re.sub(r"·+", "·", _SURE_DOTS.sub("·", joined))
    if re.fullmatch(rf"[{HAN}]+(·[{HAN}]+)+", name):
        return name
    guessed = re.sub(r"·+", "·", _GUESSED_DOTS.sub("·", name))
    if re.fullmatch(rf"[{HAN}]{{2,}}(·[{HAN}]{{2,}})+", guessed):
        return Doubt(guessed, ("NAME_DOT_REPAIRED",))
    if _is_foreign(text):
        return _BLANKS.sub(" ", text)
    return Doubt(_BLANKS.sub(" ", text), ("NAME_SUSPECT",))


def _han(name: str) -> Any:
    """A name of Han characters without a dot; too short, too long or with a remark it is doubtful."""
    if len(name) == 1 or len(name) > _LONGEST_HAN or _REMARK.search(name):
        return Doubt(name, ("NAME_SUSPECT",))
    return name


def _is_foreign(text: str) -> bool:
    """A name in another script: letters and marks only, with blanks, dots, hyphens and apostrophes between, no Han."""
    letters = re.sub(r"[ .·'’-]", "", text)
    return len(letters) > 1 and all(
        unicodedata.category(char)[0] in "LM" and not _HAN_ONLY.fullmatch(char) for char in letters
    )
