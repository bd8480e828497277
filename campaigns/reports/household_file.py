"""A household's file (一户一档) as a Word document: what its page shows the same reader, on A4."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from campaigns.household_page import HouseholdPage, TargetLine
from campaigns.reports.progress import WIDE
from campaigns.reports.word import CENTRE, HEI, TITLE, add_line, add_table, add_text, new_document, shape
from households.wording import word

_SIZE = 10.5


def household_file(page: HouseholdPage, *, sensitive: bool) -> bytes:
    """The .docx. `sensitive`: may the reader see identity numbers (masked) and the address?"""
    paper = new_document(margins=(22, 22, 22, 22))
    title = add_line(paper, align=CENTRE)
    shape(title, align=CENTRE, spacing=40)
    add_text(title, _("建档立卡贫困户档案（一户一档）"), font=TITLE, size=20)
    until = _("截至%(day)s") % {"day": formats.date_format(page.day)}
    add_line(paper, f"{page.home.village.path.replace(' / ', '')}{WIDE * 2}{until}", size=12, align=CENTRE)
    _register(paper, page, sensitive=sensitive)
    _members(paper, page, sensitive=sensitive)
    _targets(paper, page)
    _facts(paper, page)
    add_line(paper)
    signed = [_("填表人："), _("审核人："), _("村（盖章）："), _("日期：")]
    add_line(paper, (WIDE * 7).join(signed), size=12)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _section(paper: Any, title: str) -> None:
    add_line(paper, title, font=HEI, size=14)


def _table_or_none(paper: Any, rows: list[list[str]], widths: Sequence[float], nothing: str) -> None:
    if len(rows) > 1:
        add_table(paper, rows, widths, size=_SIZE)
    else:
        add_line(paper, nothing, size=12)


def _register(paper: Any, page: HouseholdPage, *, sensitive: bool) -> None:
    _section(paper, _("一、基本信息"))
    of = page.household
    income = (
        ""
        if of.income_per_head is None
        else _("%(yuan)s元") % {"yuan": f"{of.income_per_head:.2f}".removesuffix(".00")}
    )
    facts = [
        (_("户主姓名"), of.head_name), (_("户编号"), of.number), (_("脱贫属性"), str(page.home.get_status_display())),
        (_("贫困户属性"), word(of.attribute) if of.attribute else ""),
        (_("主要致贫原因"), word(of.main_cause) if of.main_cause else ""), (_("人均纯收入"), income),
        (_("脱贫时间"), of.exited_on), (_("联系电话"), page.phone), *([(_("家庭住址"), page.address)] if sensitive else []),
    ]  # fmt: skip
    if len(facts) % 2:
        facts.append(("", ""))
    rows = [[*facts[number], *facts[number + 1]] for number in range(0, len(facts), 2)]
    add_table(paper, rows, [30, 53, 30, 53], size=_SIZE, heading=False)


def _members(paper: Any, page: HouseholdPage, *, sensitive: bool) -> None:
    _section(paper, _("二、家庭成员"))
    heads = [_("姓名"), _("与户主关系"), _("性别"), _("年龄"), _("就读"), _("健康状况")]
    rows = [[*heads, _("证件号码")] if sensitive else heads]
    for member in page.members:
        who = member.person
        cells = [
            who.name,
            member.relation,
            str(who.get_sex_display()),
            str(member.age),
            member.schooling,
            member.health,
        ]
        rows.append([*cells, member.id_number] if sensitive else cells)
    widths = [20, 25, 13, 13, 28, 25, 42] if sensitive else [28, 28, 16, 16, 40, 38]
    _table_or_none(paper, rows, widths, _("这一天本户没有登记在册的家庭成员。"))


def _targets(paper: Any, page: HouseholdPage) -> None:
    _section(paper, _("三、“五个百分百”完成情况"))
    rows = [[_("任务"), _("应完成"), _("已完成"), _("未完成"), _("情况")]]
    for line in page.targets:
        figures = [f"{line.eligible}{line.definition.unit_name}", str(line.covered), str(line.gap)]
        rows.append([line.definition.title, *figures, _state(line)])
    add_table(paper, rows, [52, 27, 27, 27, 33], size=_SIZE)


def _state(line: TargetLine) -> str:
    if not line.eligible:
        return _("无任务")
    if not line.gap:
        return _("已完成")
    return _("已说明") if line.gap == line.explained else _("待完成")


def _facts(paper: Any, page: HouseholdPage) -> None:
    _section(paper, _("四、帮扶记录"))
    rows = [[_("日期"), _("事项"), _("对象"), _("内容")]]
    rows += [
        [str(line.days), str(line.title), str(line.who), str(line.detail)]
        for line in page.facts
        if not line.fact.voided_at
    ]
    _table_or_none(paper, rows, [44, 30, 20, 72], _("还没有帮扶记录。"))
