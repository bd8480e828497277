"""The work briefing (工作简报): what its tags say for a region and a day, counted where the dashboard counts.

Tags are Chinese words, for the staff who edit the template; the paper is Chinese whatever the reader's language.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import formats, translation

from campaigns import coverage, worklists
from campaigns.coverage import Coverage, Figures
from campaigns.figures import all_figures, asked_for
from campaigns.models import Story, Target
from campaigns.reports.amounts import Yuan
from campaigns.reports.charts import RateChart
from campaigns.reports.progress import counting_note, invented_note, levels_below
from campaigns.reports.wording import month_day, percent_text, plain_percent
from campaigns.room import Asked, Figure
from campaigns.rooms import ROOMS
from campaigns.submissions.reported import Reported
from campaigns.targets import BY_KEY, TARGETS, TargetDefinition
from households.access import Permission, code_range
from households.identity import mask_name
from households.models import Region, User
from households.wording import running

TARGET_TAGS = {
    Target.PUBLICITY: "宣传",
    Target.PAIRING: "包联",
    Target.CLEANING: "清洁",
    Target.INSURANCE: "保障",
    Target.SCHOOLING: "助学",
}
_PARTS = frozenset({"名称", "单位", "应完成", "已完成", "未完成", "已说明", "完成率", "百分比", "情况"})
# What may be asked of the tags that have parts: records, and the rows of lists.
FIELDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(TARGET_TAGS.values(), _PARTS),
    "五项": _PARTS,
    "差距": _PARTS,
    "分表": frozenset({"名称", "妇女儿童", *TARGET_TAGS.values()}),
    "合计": frozenset({"名称", "妇女儿童", *TARGET_TAGS.values()}),
    "故事": frozenset({"地点", "标题", "正文"}),
    "名单": frozenset({"序号", "任务", "村", "姓名", "包联人", "说明"}),
}
# How a template goes through a list, for the table of tags.
EACH_ROW, ROW_FIELD = "{% for 行 in LIST %}", "行."
# The longest list of names in a paper; the rest stays in the system.
MOST_NAMED = 200


@dataclass(frozen=True)
class Masthead:
    """What the maker of the paper types: 期号, 编发单位, 签发人, 主送, 抄送, and the day printed on it."""

    issue: str
    unit: str
    signer: str
    to: str
    copy_to: str
    printed_on: date

    @property
    def tags(self) -> dict[str, str]:
        """As tags."""
        return {
            "期号": self.issue,
            "编发单位": self.unit,
            "签发人": self.signer,
            "主送": self.to,
            "抄送": self.copy_to,
            "简报日期": formats.date_format(self.printed_on),
        }


def tags_of(
    user: User, region: Region, day: date, head: Masthead, *, names: bool = False, frozen: Reported | None = None
) -> dict[str, Any]:
    """Every tag of the template with what it says. The caller has checked the region and whether names may be told.

    frozen: the five targets and the head counts as they were submitted for the day, not as they are counted now.
    """
    with translation.override(settings.LANGUAGE_CODE):
        below = list(Region.objects.visible_to(user).filter(parent=region).order_by("position", "code"))
        if frozen:
            below = [one for one in below if one.code in frozen.below or one in frozen.missing]
        found = frozen.below if frozen else coverage.as_of([region.code, *(one.code for one in below)], day)
        total = frozen.total if frozen else found[region.code]
        told = [one for one in below if one.code in found]
        five = [_target(target, total.target(target.key)) for target in TARGETS]
        rows = [_row(one.short_name, found[one.code]) if one in told else _none(one.short_name) for one in below]
        worst = max(TARGETS, key=lambda target: _missing_share(total.target(target.key)))
        return {
            **head.tags,
            "区划": region.short_name,
            "全域": _whole(region),
            "下级": str(levels_below(region)[0].label),
            "截至": f"截至{month_day(day)}",
            "年度": day.year,
            **_heads(total),
            **dict(zip(TARGET_TAGS.values(), five, strict=True)),
            "五项": five,
            "差距": [one for one in five if one["未完成"]],
            **_figures(asked_for(region.code, day)),
            "分表": rows,
            "合计": _row("合计", total),
            "完成率图": RateChart(
                f"{region.short_name}“五个百分百”完成率（%）",
                [target.title for target in TARGETS],
                [total.target(target.key).percent for target in TARGETS],
            ),
            "分区划图": RateChart(
                f"各地{worst.title}完成率（%）",
                [one.short_name for one in told],
                [found[one.code].target(worst.key).percent for one in told],
            ),
            "故事": _story(user, asked_for(region.code, day)),
            **_names(user, region, day, names=names),
            "数字来源": _source(frozen),
            "口径": running([counting_note(day), *invented_note()]),
        }


def _heads(total: Coverage) -> dict[str, int]:
    words = {
        "women": "妇女",
        "children": "儿童",
        "both": "两项都算",
        "persons": "妇女儿童",
        "households": "户数",
    }
    return {words[name]: count for name, count in total.heads.items()}


def _target(target: TargetDefinition, figures: Figures) -> dict[str, Any]:
    unit = str(target.unit_name)
    said = f"应完成{figures.eligible}{unit}、已完成{figures.covered}{unit}，完成率{plain_percent(figures)}"
    if figures.gap:
        said += f"，尚差{figures.gap}{unit}"
    return {
        "名称": target.title,
        "单位": unit,
        "应完成": figures.eligible,
        "已完成": figures.covered,
        "未完成": figures.gap,
        "已说明": figures.explained,
        "完成率": percent_text(figures, unit),
        "百分比": plain_percent(figures),
        "情况": said if figures.eligible else "暂无任务",
    }


def _row(name: str, found: Coverage) -> dict[str, Any]:
    rates = {tag: percent_text(found.target(key), str(BY_KEY[key].unit_name)) for key, tag in TARGET_TAGS.items()}
    return {"名称": name, "妇女儿童": found.heads["persons"], **rates}


def _none(name: str) -> dict[str, Any]:
    return {"名称": name, "妇女儿童": "未上报", **dict.fromkeys(TARGET_TAGS.values(), "未上报")}


def _source(frozen: Reported | None) -> str:
    """Where frozen figures come from and whose are missing; "" where all is counted now."""
    if frozen is None:
        return ""
    missing = f"，其中没有单独上报的：{'、'.join(one.short_name for one in frozen.missing)}" if frozen.missing else ""
    return f"五个百分百和人数为“{frozen.round.title}”的上报数{missing}。"


def _missing_share(figures: Figures) -> float:
    return figures.gap / figures.eligible if figures.eligible else -1.0


def _whole(region: Region) -> str:
    """全市, 全区, 全镇 …: how a paper calls the region it speaks of."""
    last = region.short_name[-1]
    return f"全{last}" if last in "省市县区镇乡村" else "本地"


def tag_of(figure: Figure) -> str:
    """A figure's tag: its title without quotation marks and the like."""
    return re.sub(r"\W", "", str(figure.title))


def _figures(asked: Asked) -> dict[str, int | Yuan]:
    """The rooms' figures by their tags; money as Yuan."""
    counts = all_figures(asked)
    return {
        tag_of(figure): Yuan(Decimal(counts[figure.key])) if str(figure.unit) == "元" else int(counts[figure.key])
        for room in ROOMS.values()
        for figure in room.figures
    }


def _story(user: User, asked: Asked) -> dict[str, str]:
    """The latest story that the family agreed to have told; empty where there is none or the reader may see no names."""
    if not user.may(Permission.VIEW_WORKLIST):
        return {}
    story = (
        Story.objects.visible_to(user)
        .filter(
            code_range("village_id", asked.region),
            is_offered=True,
            voided_at=None,
            told_on__range=(asked.start, asked.day),
            consent_on__lte=asked.day,
        )
        .select_related("village")
        .order_by("-told_on", "-pk")
        .first()
    )
    return {"地点": story.village.path.replace(" / ", ""), "标题": story.title, "正文": story.text} if story else {}


def _names(user: User, region: Region, day: date, *, names: bool) -> dict[str, Any]:
    """Who is unfinished, target by target; minors masked, because the paper leaves the system."""
    if not names or not user.may(Permission.VIEW_WORKLIST):
        return {"名单": [], "名单未列": 0}
    total = coverage.as_of([region.code], day)[region.code]
    listed = [
        {
            "任务": target.title,
            "村": line.village,
            "姓名": mask_name(line.name) if line.is_minor else line.name,
            "包联人": "、".join(helper.name for helper in line.helpers),
            "说明": "已说明" if line.explained else "",
        }
        for target in TARGETS
        if total.target(target.key).gap
        for line in worklists.lines_of(
            user, target.key, list(worklists.unfinished(user, target.key, region, day)[:MOST_NAMED]), day
        )
    ]
    shown = [{"序号": number, **line} for number, line in enumerate(listed[:MOST_NAMED], start=1)]
    everybody = sum(total.target(target.key).gap for target in TARGETS)
    return {"名单": shown, "名单未列": everybody - len(shown)}


def named(tags: dict[str, Any]) -> int:
    """How many lines of names the paper has."""
    return len(tags["名单"])
