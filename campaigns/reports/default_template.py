"""The work briefing's Word template as it is delivered: built here, so that its text stands in one place that can be read.

Staff download it, change layout and words in Word, and upload theirs (templates.py). The texts are those of the paper, in
Chinese like the paper; what stands in {{ }} and {% %} are tags, listed with their meaning in briefing.py.
"""

import io
from functools import cache
from typing import Any

from campaigns.reports.word import (
    CENTRE,
    HEI,
    KAI,
    RED,
    SONG,
    TITLE,
    add_line,
    add_table,
    add_text,
    new_document,
    rule,
    shape,
)

_OPENING = (
    "{{ 截至 }}，{{ 区划 }}各级妇联组织认真贯彻脱贫攻坚决策部署，立足党政所急、建档立卡贫困妇女儿童所需和妇联所能，"
    "深入实施巾帼脱贫攻坚“六大行动”，聚力实现“五个百分百”目标。现将有关情况通报如下。"
)
_HEADS = (
    "{% if 妇女儿童 %}{{ 全域 }}现有16周岁及以上建档立卡贫困妇女{{ 妇女 }}名、贫困儿童{{ 儿童 }}名"
    "{% if 两项都算 %}，其中{{ 两项都算 }}名16至17周岁女孩在两项中都有计算{% endif %}，"
    "按人计共{{ 妇女儿童 }}名，涉及{{ 户数 }}户。"
    "{% if 已调查妇女 or 已调查儿童 %}已调查摸底妇女{{ 已调查妇女 }}名、儿童{{ 已调查儿童 }}名。{% endif %}"
    "{% else %}{{ 全域 }}暂无在册的建档立卡贫困妇女儿童。{% endif %}"
)
_EVENTS = (
    "{% if 举办活动 or 培训妇联干部和志愿者 %}举办推进会、培训班等活动{{ 举办活动 }}次，"
    "培训妇联干部和巾帼志愿者{{ 培训妇联干部和志愿者 }}名。{% else %}暂无组织推动记录。{% endif %}"
)
_FIVE = "{% for 项 in 五项 %}{{ 项.名称 }}{{ 项.情况 }}{% if loop.last %}。{% else %}；{% endif %}{% endfor %}"

# The six actions: heading, then sentences that stand only where there is something to tell.
_ACTIONS = (
    (
        "巾帼脱贫攻坚宣传进村入户行动",
        "{% if 宣传.应完成 %}{{ 全域 }}应宣传{{ 宣传.应完成 }}户，已宣传到户{{ 宣传.已完成 }}户，"
        "{% if 宣传.未完成 %}完成率{{ 宣传.百分比 }}，尚有{{ 宣传.未完成 }}户未宣传到户{% else %}实现了宣传到户百分百{% endif %}。"
        "{% else %}暂无宣传任务。{% endif %}"
        "{% if 入户宣讲 %}开展入户宣讲{{ 入户宣讲 }}户次。{% endif %}"
        "{% if 讲习所集中培训 %}通过讲习所集中培训{{ 讲习所集中培训 }}户次。{% endif %}"
        "{% if 印制宣传单 %}印制宣传单{{ 印制宣传单 }}份。{% endif %}"
        "{% if 发放宣传单 %}发放宣传单{{ 发放宣传单 }}份。{% endif %}",
    ),
    (
        "巾帼脱贫攻坚结对包联行动",
        "{% if 包联.应完成 %}{{ 包联.应完成 }}名建档立卡贫困妇女儿童中，已有{{ 包联.已完成 }}名纳入包联帮扶体系，"
        "{% if 包联.未完成 %}完成率{{ 包联.百分比 }}，尚有{{ 包联.未完成 }}名未包联{% else %}实现了包联关爱百分百{% endif %}。"
        "{% else %}暂无包联任务。{% endif %}"
        "{% if 在岗包联人 %}在岗包联人{{ 在岗包联人 }}名，结成个人包联对子{{ 个人结对 }}对。{% endif %}"
        "{% if 走访 %}开展走访{{ 走访 }}次，走访到妇女儿童{{ 走访到的妇女儿童 }}名。{% endif %}"
        "{% if 逾期未走访 %}尚有{{ 逾期未走访 }}名妇女儿童逾期未走访。{% endif %}",
    ),
    (
        "巾帼脱贫攻坚家居清洁互助行动",
        "{% if 清洁.应完成 %}应开展家居首轮清洁{{ 清洁.应完成 }}户，已完成{{ 清洁.已完成 }}户，"
        "{% if 清洁.未完成 %}完成率{{ 清洁.百分比 }}，尚有{{ 清洁.未完成 }}户未完成{% else %}实现了家居清洁百分百{% endif %}。"
        "{% else %}暂无清洁任务。{% endif %}"
        "{% if 已复查 %}复查{{ 已复查 }}户，保持整洁{{ 复查保持整洁 }}户"
        "{% if 待整改 %}，待整改{{ 待整改 }}户次{% endif %}。{% endif %}",
    ),
    (
        "巾帼脱贫攻坚产业就业互助行动",
        "{% if 有就业意愿 or 有培训意愿 or 有贷款需求 %}入户摸底显示，有就业意愿的妇女{{ 有就业意愿 }}名、"
        "有培训意愿的{{ 有培训意愿 }}名、有贷款需求的{{ 有贷款需求 }}名。{% endif %}"
        "{% if 就业岗位 %}征集扶贫就业岗位{{ 就业岗位种类 }}类{{ 就业岗位 }}个。{% endif %}"
        "{% if 技能培训项目 %}征集技能培训项目{{ 技能培训项目 }}个，可培训{{ 可培训 }}人。{% endif %}"
        "{% if 手工技能培训 or 现代农业科技培训 %}举办手工技能培训{{ 手工技能培训 }}场次、"
        "现代农业科技培训{{ 现代农业科技培训 }}场次，培训妇女{{ 培训妇女 }}人次。{% endif %}"
        "{% if 实现就业 %}帮助{{ 实现就业 }}名建档立卡贫困妇女实现就业"
        "{% if 手工产业就业增收 %}，其中{{ 手工产业就业增收 }}名参与手工产业就业增收{% endif %}。{% endif %}"
        "{% if 有贷款需求并谋划产业项目 %}帮助{{ 有贷款需求并谋划产业项目 }}名有扶贫小额贷款需求的妇女谋划产业项目。{% endif %}"
        "{% if not 就业岗位 and not 技能培训项目 and not 手工技能培训 and not 现代农业科技培训 and not 实现就业 "
        "and not 有贷款需求并谋划产业项目 and not 有就业意愿 and not 有培训意愿 and not 有贷款需求 %}暂无产业就业记录。{% endif %}",
    ),
    (
        "巾帼脱贫攻坚健康关爱行动",
        "{% if 保障.应完成 %}符合“两癌”健康保险条件的建档立卡贫困妇女{{ 保障.应完成 }}名，已承保{{ 保障.已完成 }}名，"
        "{% if 保障.未完成 %}完成率{{ 保障.百分比 }}，尚有{{ 保障.未完成 }}名未承保{% else %}实现了健康保险百分百{% endif %}。"
        "{% else %}暂无“两癌”安康保障任务。{% endif %}"
        "{% if 年度保额 %}年度保额{{ 年度保额 }}。{% endif %}"
        "{% if 救助大病儿童 %}为{{ 救助大病儿童 }}名患大病的建档立卡贫困儿童争取救助资金{{ 大病救助金额 }}。{% endif %}"
        "{% if 款物帮扶家庭 %}为{{ 款物帮扶家庭 }}户建档立卡及其他贫困家庭募集款物价值{{ 款物价值 }}。{% endif %}"
        "{% if 义诊查体妇女 %}联合爱心单位为{{ 义诊查体妇女 }}名妇女进行义诊查体。{% endif %}",
    ),
    (
        "巾帼脱贫攻坚春蕾助学行动",
        "{% if 募集善款 %}募集善款{{ 募集善款 }}。{% endif %}"
        "{% if 捐赠物资折价 %}接受捐赠物资折价{{ 捐赠物资折价 }}。{% endif %}"
        "{% if 助学.应完成 %}{{ 助学.应完成 }}名义务教育阶段建档立卡贫困儿童中，累计精准帮扶{{ 助学.已完成 }}名，"
        "{% if 助学.未完成 %}完成率{{ 助学.百分比 }}，尚有{{ 助学.未完成 }}名未受助{% else %}实现了在校贫困儿童助学百分百{% endif %}。"
        "{% else %}暂无助学任务。{% endif %}"
        "{% if 发放助学款物 %}发放助学款物{{ 发放助学款物 }}。{% endif %}",
    ),
)
_GAPS = (
    "{% if 差距 %}从完成情况看，{% for 项 in 差距 %}{{ 项.名称 }}尚差{{ 项.未完成 }}{{ 项.单位 }}"
    "{% if 项.已说明 %}（其中已说明特殊情况{{ 项.已说明 }}{{ 项.单位 }}）{% endif %}"
    "{% if loop.last %}。{% else %}，{% endif %}{% endfor %}各级妇联要对照未完成名单，逐户逐人落实责任，限期完成。"
    "{% elif 妇女儿童 %}应完成的任务均已完成，要继续做好动态管理和巩固提升。{% else %}暂无未完成任务。{% endif %}"
)
_COLUMNS = ("名称", "妇女儿童", "宣传", "包联", "清洁", "保障", "助学")
_WIDTHS = [30.0, 18.0, 21.6, 21.6, 21.6, 21.6, 21.6]


@cache
def default_template() -> bytes:
    """The .docx."""
    paper = new_document()
    _masthead(paper)
    _body(paper)
    _source(paper)
    _table(paper)
    _named(paper)
    _imprint(paper)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _masthead(paper: Any) -> None:
    """红头: title in red, issue, who publishes it, who signs, and the red line."""
    title = add_line(paper, align=CENTRE)
    shape(title, align=CENTRE, spacing=60)
    add_text(title, "巾帼脱贫攻坚行动工作简报", font=TITLE, size=36).font.color.rgb = RED
    add_line(paper, "第{{ 期号 }}期", align=CENTRE)
    add_line(paper)
    line = add_line(paper, "{{ 编发单位 }}　　{{ 简报日期 }}　　签发：", font=SONG)
    add_text(line, "{{ 签发人 }}", font=KAI)
    rule(line)
    add_line(paper)
    heading = add_line(paper, align=CENTRE)
    shape(heading, align=CENTRE, spacing=36)
    add_text(heading, "{{ 区划 }}巾帼脱贫攻坚行动进展情况", font=TITLE, size=22)
    add_line(paper)


def _body(paper: Any) -> None:
    add_line(paper, _OPENING, indent=True)
    add_line(paper, "一、总体情况", font=HEI, indent=True)
    add_line(paper, "（一）基本情况", font=KAI, indent=True)
    add_line(paper, _HEADS, indent=True)
    add_line(paper, "（二）组织推动情况", font=KAI, indent=True)
    add_line(paper, _EVENTS, indent=True)
    add_line(paper, "（三）“五个百分百”完成情况", font=KAI, indent=True)
    add_line(paper, _FIVE, indent=True)
    _only_if(paper, "完成率图", "{{ 完成率图 }}")
    add_line(paper, "二、“六大行动”进展情况", font=HEI, indent=True)
    for number, (heading, text) in zip("一二三四五六", _ACTIONS, strict=True):
        add_line(paper, f"（{number}）{heading}", font=KAI, indent=True)
        add_line(paper, text, indent=True)
        if "清洁" in heading:
            _only_if(paper, "故事", "{{ 故事.地点 }}{{ 故事.标题 }}：{{ 故事.正文 }}", is_picture=False)
    add_line(paper, "三、存在差距和下步安排", font=HEI, indent=True)
    add_line(paper, _GAPS, indent=True)


def _only_if(paper: Any, tag: str, content: str, *, is_picture: bool = True) -> None:
    """A paragraph that is there only where the tag has something to show."""
    add_line(paper, f"{{%p if {tag} %}}")
    if is_picture:  # a fixed line height would cut it off
        line = paper.add_paragraph()
        shape(line, align=CENTRE, spacing=0)
        add_text(line, content)
    else:
        add_line(paper, content, indent=True)
    add_line(paper, "{%p endif %}")


def _source(paper: Any) -> None:
    """Whose figures these are, where they were not counted for this paper."""
    add_line(paper, "{%p if 数字来源 %}")
    add_line(paper, "注：{{ 数字来源 }}", font=SONG, size=12, indent=True)
    add_line(paper, "{%p endif %}")


def _table(paper: Any) -> None:
    add_line(paper, "{%p if 分表 %}")
    add_line(paper, "四、分区划完成情况", font=HEI, indent=True)
    add_line(paper, "“五个百分百”完成情况表（{{ 截至 }}）", font=HEI, size=12, align=CENTRE)
    heads = ["{{ 下级 }}", "妇女儿童（人）", "脱贫攻坚宣传", "包联关爱", "家居洁净", "“两癌”安康保障", "春蕾助学"]
    rows = [heads]
    rows += [
        ["{%tr for 行 in 分表 %}", *[""] * 6],
        [f"{{{{ 行.{name} }}}}" for name in _COLUMNS],
        ["{%tr endfor %}", *[""] * 6],
    ]
    rows += [[f"{{{{ 合计.{name} }}}}" for name in _COLUMNS]]
    add_table(paper, rows, _WIDTHS)
    note = add_line(paper, "注：表中为完成率，保留一位小数，不四舍五入。{{ 口径 }}", font=SONG, size=9)
    shape(note, spacing=14)
    _only_if(paper, "分区划图", "{{ 分区划图 }}")
    add_line(paper, "{%p endif %}")


def _named(paper: Any) -> None:
    """Only for readers who may see names, and only when asked for."""
    add_line(paper, "{%p if 名单 %}")
    add_line(paper, "附件：未完成名单（内部资料，注意保管）", font=HEI, indent=True)
    columns = ("序号", "任务", "村", "姓名", "包联人", "说明")
    rows = [list(columns), ["{%tr for 人 in 名单 %}", *[""] * 5], [f"{{{{ 人.{name} }}}}" for name in columns]]
    add_table(paper, [*rows, ["{%tr endfor %}", *[""] * 5]], [12.0, 28.0, 52.0, 22.0, 26.0, 16.0])
    add_line(paper, "{% if 名单未列 %}另有{{ 名单未列 }}条未列出，见系统“未完成名单”。{% endif %}", size=12)
    add_line(paper, "{%p endif %}")


def _imprint(paper: Any) -> None:
    """版记: to whom it goes."""
    rule(add_line(paper), colour="000000", width=8)
    add_line(paper, "主送：{{ 主送 }}", size=14)
    rule(add_line(paper, "抄送：{{ 抄送 }}", size=14), colour="000000", width=8)
    rule(add_line(paper, "{{ 编发单位 }}　　　　　　{{ 简报日期 }}印发", size=14), colour="000000", width=8)
