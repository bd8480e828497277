"""What a row below a header is: a person, a household, a total, a caption, a header again, or furniture of the page."""

import re
import unicodedata
from collections.abc import Mapping

from households.intake.headers import (
    Header,
    TableSpec,
    caption,
    looks_like_header,
    normalise_header,
    parts,
    resolve,
    row_texts,
)
from households.intake.workbook import CellValue, Sheet

INVISIBLE = " \t\r\n\u3000\xa0\u200b\u200c\u200d\u2060\ufeff"
_DIGITS = re.compile(r"\d{6}")
_TOTAL = re.compile(
    r"(本页|本村|本乡|本镇|全[村乡镇县区市户]|.{0,12})?(合计|小计|总计|共计|累计|总数|汇总)[:：]?.{0,12}"
)
# The same where a name or a place stands, with nothing beside it that could be one: 小计, 共计12人, 合计(3户), 曹庄子村小计, 户数:3.
_TOTAL_FOR_NAME = re.compile(
    r"(?P<of>\D{0,12}?)(合计|小计|总计|共计|累计|总数|汇总|总?[户人]数|[总一]?共有?(?=约?\d)):?"
    r"[\d.,:;()/、约余多共计男女妇儿童人次户口名个万元家类种项期批场笔]{0,24}"
)
_SUMMED = re.compile(
    r"((本|全|该|以上)[页表册部户]?|.*([村乡镇县区市组居庄处队户]|社区|街道|人口|人员|妇女|儿童|[户人]数))?"
)
# One count of a total, with what is counted: 2家, 4个岗位, 企业3家. Nobody's name and no place has a figure before such a word.
_COUNTED = r"\D{0,4}\d[\d.,]*[余多]?(人次|[人户口名个场家类种项期批处笔])\D{0,6}"
_COUNT = re.compile(
    r"共?约?[\d.,]*[余多]?(人次|人|户|口|名|个|场|万?元)?([,、/]?[\d.,]*[余多]?(人次|人|户|口|名|个|场|万?元))*(以上|左右|余)?|[-—/\\]+"
    rf"|{_COUNTED}([,、/]{_COUNTED})*"
)
_FOOTER = re.compile(
    r"(附?注\d*|备注|说明|填表说明|填报说明|填报单位|填表单位|制表单位|编制单位|填报时间|填表时间|制表时间|填报日期|填表日期|制表日期"
    r"|截[止至](时间|日期)?|日期|时间|单位|审核人?|复核人?|审批人?|填表人?|填报人?|制表人?|经手人|经办人|负责人|单位负责人|主要负责人|分管领导"
    r"|主管领导|联系人|联系电话|签字|签名|签章|盖章|公章|村支书|村主任|包村干部|驻村干部|第一书记)(\(?(签字|签章|盖章|公章|签名)\)?)?[:：].*"
    r"|[-—－]*第?\d+页?([,，/ ]*共?\d+页)[-—－]*|第\d+页|[-—－]+\d+[-—－]+|\(?(公章|盖章|签章|签字)\)?|以下(空白|无正文)|\(?续表\)?"
)
# What a caption may have in a key column beside the place that it names.
_BESIDE_CAPTION = re.compile(
    r"\D{2,}[:：]|第?[一二三四五六七八九十\d]{1,3}[、.]?$|[(（]?共?[\d,，、]*[户人口名个][\d,，、户人口名个]*[)）]?$"
)
_DATE_LINE = re.compile(r"\d{4}年\d{1,2}月(\d{1,2}日)?")
# A row with at least so many filled fields is a person's row, whatever one of its cells looks like.
_FULL_ROW = 5
_LONG_NOTE = 25
# The parts of a signature line: who signs, with or without the name; a label with what it tells; a day. A clerk's word needs
# no colon; 第一书记 alone may be somebody's post.
_CLERK = r"(填|制|编|上)[表报](单位|人)|制表|填表|审[核批]人?|复核人?|经[手办]人"
_SIGNATORY = rf"{_CLERK}|(单位|主要)?负责人|(分管|主管)?领导|村(党支部)?书记|村支书|村主任|主任|驻村(干部|工作队)|第一书记|帮扶(责任)?人"
_SIGNED = re.compile(
    rf"({_SIGNATORY}|日期|时间|联系(人|电话)|电话)[:：].{{0,24}}|\D{{0,14}}\(?(签字|签名|签章|盖章|公章|印章)\)?[:：]?.{{0,8}}"
)
_SIGNED_ON = re.compile(r"\d{4}年\d{1,2}月(\d{1,2}日)?|年月日")
_SIGNS = re.compile(rf"({_CLERK})[:：]?|({_SIGNATORY})[:：]")


# A heading between the rows that numbers what stands below it: 一、妇女, （二）儿童. No name has a number.
_SECTION = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）、.．][^\d:：]{1,20}")
# What a line below a header says about filling in, and how programs call columns.
_HINT = re.compile(
    r"[*(]*(必填|选填|非必填|可选|可空|可不填|不填|自动|文本|数[字值]|日期|下拉|请|如[:,]|例[如:]|示例|格式|\d{1,2}位|填写|填报|按身份证|同身份证)"
)
_PROGRAMS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{1,30}")
_NAMED_COLUMNS = 3
# How forms name their columns, where they do not number them.
_COLUMN_LETTERS = ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "甲乙丙丁戊己庚辛壬癸")


def is_signatory(label: str) -> bool:
    """Whether a normalised label is for who signs or fills in: 填表人, 负责人, 帮扶责任人."""
    return re.fullmatch(_SIGNATORY, label) is not None


def titles_list(texts: tuple[str, ...], header: Header, spec: TableSpec) -> bool:
    """Whether a line between the rows says what the list below it is about, where no column does."""
    return any(spec.titled(text) - header.fields.keys() for text in texts)


def is_long_number(value: CellValue) -> bool:
    """Whether a cell holds what may be an identity number."""
    if isinstance(value, str):
        return re.search(r"\d{15}", value) is not None
    return isinstance(value, float) and value > 1e14


def is_name(value: CellValue) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\s*[\u3400-\u9fff·\s]{2,12}\s*", value) is not None


def plainly_a_person(row: list[CellValue], key_columns: list[int]) -> bool:
    """The quick look that settles nearly every row: all key cells filled, one of them with a long number."""
    long_number = False
    for column in key_columns:
        value = row[column] if column < len(row) else None
        if not value:
            return False
        length = len(value) if isinstance(value, str) else 15 * (isinstance(value, float | int) and value > 1e14)
        long_number = long_number or (length >= 15 and holds_number(value) and not _is_labelled(value))
    return long_number


def _is_labelled(value: CellValue) -> bool:
    """A phone behind its label stands in a line of signatures."""
    return isinstance(value, str) and not value[:6].isdigit() and ("：" in value or ":" in value)


def _kind_of_total(texts: list[str]) -> str:
    """A total ends a household, a page's total only the page."""
    return "other" if any(text.startswith("本页") for text in texts) else "total"


class RowJudge:
    """Says what a row below the header is: person, household (no person on it), header, total, caption, section or other.

    A caption tells for the rows under it what no column tells; a section only that other people follow.
    """

    def __init__(self, header: Header, spec: TableSpec, titles: set[str]) -> None:
        self._header = header
        self._spec = spec
        self._titles = titles
        self._telling = {*spec.keys, *spec.starts}
        self._naming = {*self._telling, *spec.places, spec.counter}
        self._field_at = {column: name for name, column in header.fields.items()}
        self._untold = spec.tellable - header.fields.keys()

    def verdict(self, row: list[CellValue]) -> str:
        filled = {at: value for at, value in enumerate(row) if value is not None and not is_blank(value)}
        if not filled:
            return "other"
        names = {self._field_at[at] for at in filled if at in self._field_at}
        keys = {name: row[self._header.fields[name]] for name in self._spec.keys if name in names}
        if not any(holds_number(value) for value in keys.values()):
            if (self._untold and self._is_caption(row, keys)) or (len(filled) == 1 and self._is_section(row)):
                return "caption"
            if self._is_title(row, keys, alone=len(filled) == 1):
                return "caption"
            if len(filled) == 1 and _SECTION.fullmatch(_condensed(*filled.values())):
                return "section"
            if not self._untold and len(filled) == 1 and any(map(self._spec.told_by, caption(row))):
                return "other"
        if len(filled) < 3 and not names & self._telling:
            # A quick look for the long tails of files that are no rosters: no person, household or header can be here.
            texts = ["".join(unicodedata.normalize("NFKC", str(value)[:80]).split()) for value in filled.values()]
            return _kind_of_total(texts) if any(_TOTAL.fullmatch(text) for text in texts) else "other"
        if self._repeats_header(row) or (looks_like_header(row, self._spec) and self._only_words(keys)):
            return "header"
        texts = [_condensed(value) for value in filled.values()]
        # The sum of a ledger's money is a long number, too, but not as long as anybody's.
        if not any(map(is_long_number, keys.values())) and self._is_total(texts, row, keys):
            return _kind_of_total(texts)
        if _explains_columns(texts):
            return "other"
        if not any(holds_number(value) for value in keys.values()) and (
            _counts_columns(list(filled.values()))
            or _names_columns(texts)
            or self._is_furniture(texts, len(names), keys)
        ):
            return "other"
        if keys:
            return "other" if self._is_signature(filled) else "person"
        if self._is_signature(filled):
            return "other"
        own = names - self._spec.household - {self._spec.counter}
        if own and len(names - {self._spec.counter}) >= 2:
            return "person"
        return "household" if names & set(self._spec.starts) else "other"

    def can_read(self, row: list[CellValue]) -> bool:
        """Whether a caption tells what no column does, or who stands below it and nothing about a place.

        What it has a label for (行政村：…) it must tell, or the place of the rows above would go on.
        """
        texts = caption(row)
        told = frozenset[str]().union(*map(self._spec.told_by, texts)) & self._untold
        if told:
            return self._labelled(row) & self._untold <= told
        if titles_list(texts, self._header, self._spec):
            return True
        return self._is_section(row) and not (self._untold and self._spec.may_tell(texts[0]))

    def _labelled(self, row: list[CellValue]) -> set[str | None]:
        """The fields that a line has labels for, in cells of their own or before a colon."""
        words = (part for value in row if isinstance(value, str) for part in parts(value))
        return {resolve(normalise_header(re.split("[:：]", word)[0]), self._spec) for word in words}

    def _is_title(self, row: list[CellValue], keys: dict[str, CellValue], *, alone: bool) -> bool:
        """Whether a line says, or alone in its row may say, what the list below it is about, where no column does.

        A person's row is none, whatever days stand in it.
        """
        spec, texts = self._spec, caption(row)
        if alone and spec.heading and spec.heading not in self._header.fields and any(map(spec.may_title, texts)):
            return True
        if not all(spec.titled(str(value).strip()) for value in keys.values()):
            return False
        told = frozenset[str]().union(*map(spec.titled, texts)) - self._header.fields.keys()
        return spec.heading in told or (alone and bool(told))

    def _is_section(self, row: list[CellValue]) -> bool:
        return any(map(self._spec.is_section, caption(row)))

    def _is_caption(self, row: list[CellValue], keys: dict[str, CellValue]) -> bool:
        """Whether a row without a person's number tells something for those under it, or may tell and cannot be read.

        In a key column a text that only may tell is a name; a row with a name is about her, whatever place stands beside.
        """
        texts = caption(row)
        if not texts or self._repeats_header(row) or not all(map(self._may_head, keys.values())):
            return False
        named = [str(value).strip() for value in keys.values() if is_name(value) and not self._is_word(value)]
        if named and not any(self._spec.told_by(text) or self._spec.is_section(text) for text in (texts[0], *named)):
            return False
        may_tell = not keys or bool(self._labelled(row) & self._untold)
        return self.can_read(row) or (may_tell and self._spec.may_tell(texts[0]))

    def _may_head(self, value: CellValue) -> bool:
        """Whether a cell can be a caption's: it tells something, or is a label (村名：, 行政村), a number (二) or a count (共1户)."""
        text = str(value).strip()
        if self._is_word(value):
            return True
        told = self._spec.told_by(text) & self._untold
        return bool(told) or self._spec.is_section(text) or _BESIDE_CAPTION.match(text) is not None

    def _repeats_header(self, row: list[CellValue]) -> bool:
        """All texts of the row stand in the header at the same place (a group row of a repeated header, too)."""
        texts = row_texts(row)
        filled = sum(value is not None and not is_blank(value) for value in row)
        if not texts or len(texts) < filled:
            return False
        if len(texts) == 1 and next(iter(texts.values())) in self._titles:
            return True
        return len(texts) >= 2 and any(
            all(line.get(column) == text for column, text in texts.items()) for line in self._header.texts
        )

    def _only_words(self, keys: dict[str, CellValue]) -> bool:
        """Whether the key cells hold header words themselves: a person's row may hold 户主 and other such words."""
        return all(map(self._is_word, keys.values()))

    def _is_word(self, value: CellValue) -> bool:
        return isinstance(value, str) and resolve(normalise_header(value), self._spec) is not None

    def _is_total(self, texts: list[str], row: list[CellValue], keys: dict[str, CellValue]) -> bool:
        """合计 in one of the first cells, or in one that names a person, a household or a place, and no person beside it:
        key cells blank, a count, or the word."""
        told = {
            name: _condensed(row[at]) for at, name in self._field_at.items() if name in self._naming and at < len(row)
        }
        if texts[0].startswith("其中"):
            return True
        if not any(map(_TOTAL.fullmatch, texts[:3])) and not any(map(self._names_total, (*texts[:3], *told.values()))):
            return False
        return all(self._names_total(told[name]) or _COUNT.fullmatch(told[name]) for name in keys)

    def _names_total(self, text: str) -> bool:
        """Whether a cell says 合计, perhaps of a place and with a count, and nothing that could be a person's name."""
        match = _TOTAL_FOR_NAME.fullmatch(text)
        return match is not None and (bool(_SUMMED.fullmatch(match["of"])) or bool(self._spec.told_by(match["of"])))

    def _is_signature(self, filled: Mapping[int, CellValue]) -> bool:
        """Whether every cell belongs to a line of signatures, where a name or a phone may stand beside its label.

        Nobody's identity number is in it.
        """
        texts = [_condensed(value) for value in filled.values()]
        if len(texts) >= _FULL_ROW or any(map(is_long_number, filled.values())):
            return False
        undated = [text for text in texts if not _SIGNED_ON.fullmatch(text)]
        if undated and all(map(_SIGNED.fullmatch, undated)):
            return True
        labels = [text for text in texts if _SIGNS.fullmatch(text)]
        return texts[0] in labels and len(texts) <= 2 * len(labels) + 1

    def _is_furniture(self, texts: list[str], fields: int, keys: dict[str, CellValue]) -> bool:
        """Notes, signatures and page numbers, told by their first cell; a row with many filled fields is none of them.

        A date alone is the date of a signature, beside a name it is a person's.
        """
        if fields >= _FULL_ROW:
            return False
        if _FOOTER.fullmatch(texts[0]) or (not keys and _DATE_LINE.fullmatch(texts[0])):
            return True
        return len(texts) == 1 and (len(texts[0]) > _LONG_NOTE or normalise_header(texts[0]) in self._titles)


def _condensed(value: CellValue) -> str:
    """A cell's text after NFKC without blanks; "" for an empty cell."""
    return "" if value is None else "".join(unicodedata.normalize("NFKC", str(value)).split())


def _counts_columns(values: list[CellValue]) -> bool:
    """The line 1, 2, 3, … or A, B, C, … or 甲, 乙, 1, 2, … that numbers a form's columns (a first word such as 栏次 may stand
    before it)."""
    texts = [unicodedata.normalize("NFKC", str(value)).strip().removesuffix(".0").strip("()[]<>") for value in values]
    at = {text: place for row in _COLUMN_LETTERS for place, text in enumerate(row)}
    stems = [at[text] for text in texts if text in at]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= 3]
    return len(stems) + len(numbers) >= max(4, len(values) - 2) and all(map(_in_sequence, (stems, numbers)))


def _explains_columns(texts: list[str]) -> bool:
    """The line below a header that says how to fill in: 必填, 18位文本, 如:张三."""
    return len(texts) > 1 and all(map(_HINT.match, texts))


def _names_columns(texts: list[str]) -> bool:
    """The line of a program's names for the columns: hhbh, xm, AAC003."""
    return len(texts) >= _NAMED_COLUMNS and all(map(_PROGRAMS_NAME.fullmatch, texts))


def _in_sequence(numbers: list[int]) -> bool:
    return not numbers or numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def is_blank(value: CellValue) -> bool:
    return isinstance(value, str) and not value.strip(INVISIBLE)


def holds_number(value: CellValue) -> bool:
    if isinstance(value, str):
        return len(value) >= 6 and (value[:6].isdigit() or _DIGITS.search(value) is not None)
    return isinstance(value, float | int) and value > 1e5


def torn_rows(sheet: Sheet, header: Header, kept: list[int]) -> list[int]:
    """Of the rows (list positions), those with more cells than their header: of a text, or as its annotated copy tells."""
    rows = [sheet.rows[at] for at in kept]
    if header.surplus:
        cells = ([row[column] for column in header.surplus if column < len(row)] for row in rows)
        is_torn = [any(cell is not None and not is_blank(cell) for cell in surplus) for surplus in cells]
    elif sheet.is_text and header.bottom >= 0:
        named = len(sheet.rows[header.bottom])
        usual = max(named, min(map(len, rows)))  # some programs end each row with a comma; the last cell may be blank
        is_torn = [len(row) > usual or any(cell is not None for cell in row[named:]) for row in rows]
    else:
        return []
    return [at for at, torn in zip(kept, is_torn, strict=True) if torn]
