"""Lines of a sheet that say what a colour or a kind of writing means: that is not read, and who uploads must know it."""

import re

from django.utils.translation import gettext_lazy

from households.intake.workbook import Sheet

_MARK = re.compile(
    r"[标涂]?[红黄蓝绿紫橙灰粉][颜色字底格体]|标[红黄蓝绿紫橙灰粉]|底[色纹]|填充色|颜色|着色|加粗|粗体|斜体|下划线"
)
_MEANING = re.compile(r"为|是|表示|表明|代表|指|的[,，、;；。]?|[:：=＝]")
# What a form says about filling it in.
_ABOUT_THE_FORM = re.compile(r"必填|选填|填写|请勿|不得|不要|勿改|修改|自动|公式|下拉|色列|的列")
_LONGEST = 120
_STRUCK_BY_RULE = gettext_lazy("条件格式中的删除线")


def colour_legends(sheet: Sheet, row_numbers: set[int]) -> list[str]:
    """The texts of a sheet, outside the rows with these Excel numbers, that give colours a meaning; also that a conditional
    format strikes cells through."""
    lines = (row for number, row in zip(sheet.numbers, sheet.rows, strict=True) if number not in row_numbers)
    texts = (" ".join(cell.split()) for row in lines for cell in row if isinstance(cell, str) and _MARK.search(cell))
    told = [text[:_LONGEST] for text in texts if _MEANING.search(text) and not _ABOUT_THE_FORM.search(text)]
    return [*told, str(_STRUCK_BY_RULE)] if sheet.strikes_by_rule else told
