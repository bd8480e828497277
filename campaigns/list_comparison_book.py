"""A comparison as a workbook: a sheet that sums up, and one sheet a bucket."""

from collections.abc import Iterator
from typing import IO

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.list_comparison_page import EXPLANATIONS, ShownLine, all_lines, area_words, differing, label_word, tabs
from households.comparing.models import ComparedLine, ListComparison
from households.intake.xlsx_writer import NewSheet, write_book
from households.models import User
from households.wording import listed

Bucket = ComparedLine.Bucket
_WIDTHS = (12, 8, 12, 6, 13, 12, 24, 36, 12)
_VALUE_WIDTH, _REMARK_WIDTH = 16, 60


def write_comparison(file: IO[bytes], user: User, comparison: ListComparison) -> None:
    """Write the .xlsx of the user's own comparison.

    Rows of her list carry the identity number as the list has it; the register's numbers are masked.
    """
    summing_up = NewSheet(_("汇总"), [_("项目"), _("内容"), _("说明")], (24, 60, 70), _summary(comparison))
    write_book(file, [summing_up, *(_sheet(user, comparison, bucket) for bucket in Bucket)])


def _summary(comparison: ListComparison) -> Iterator[tuple[str, str | int, str]]:
    """What was compared, and every figure."""
    counts = comparison.counts
    yield _("名单来源"), comparison.source, ""
    yield _("文件"), comparison.file_name, ""
    yield _("比对日期"), formats.date_format(comparison.day), ""
    yield _("比对范围"), area_words(comparison), ""
    yield _("应列入名单的人"), str(ListComparison.Group(comparison.group).label), ""
    yield _("比对的内容"), listed(map(label_word, comparison.compared)), ""
    yield _("名单人员行"), counts["rows"], _("除“仅登记簿有”以外，以下各项之和。")
    for tab in tabs(comparison):
        yield tab.label, tab.count, str(EXPLANATIONS[Bucket(tab.key)])
    yield _("登记簿中应列入的人"), counts["expected"], _("以下两项与“仅登记簿有”之和。")
    yield _("其中名单中有的"), counts["expected_sure"], ""
    yield _("其中疑似在名单中的"), counts["expected_probable"], ""


def _sheet(user: User, comparison: ListComparison, bucket: Bucket) -> NewSheet:
    """One bucket: who it is, for each thing that differs somewhere what both sides say, and the remark."""
    labels = [label for label, _count in differing(comparison, bucket)]
    pairs = [heading for label in labels for heading in (_in_list(label), _in_register(label))]
    headings = [
        _("工作表"), _("行号"), _("姓名"), _("性别"), _("出生日期"), _("与户主关系"), _("证件号码"), _("所在村"), _("户主"),
        *pairs, _("说明"),
    ]  # fmt: skip
    widths = (*_WIDTHS, *(_VALUE_WIDTH for _heading in pairs), _REMARK_WIDTH)
    rows = (_cells(line, labels) for line in all_lines(user, comparison, bucket))
    return NewSheet(str(bucket.label), headings, widths, rows)


def _in_list(label: str) -> str:
    return _("%(label)s（名单）") % {"label": label}


def _in_register(label: str) -> str:
    return _("%(label)s（登记簿）") % {"label": label}


def _cells(line: ShownLine, labels: list[str]) -> list[str | int]:
    both = {cell.label: (cell.old, cell.new) for cell in line.differences}
    values = [value for label in labels for value in both.get(label, ("", ""))]
    return [
        line.sheet, line.row_number or "", line.name, line.sex, line.born, line.relation, line.number, line.village,
        line.head, *values, line.remark,
    ]  # fmt: skip
