"""Schooling, health, work and cause of poverty of the invented people, plausible together."""

from datetime import date
from random import Random

from campaigns.demo.counties import Home
from campaigns.demo.families import REPORTING_DAY, Member, Stage
from households.periods import age_on

SCHOOL_STATUS = {
    7: "七年级", 8: "八年级", 9: "九年级", 10: "高中一年级", 11: "高中二年级", 12: "高中三年级",
}  # fmt: skip
ILL = ("长期慢性病", "患有大病")
CATEGORIES, LEVELS = ("视力", "听力", "肢体", "肢体", "肢体", "智力", "精神", "多重"), ("一级", "二级", "三级", "四级")


def school_status(member: Member) -> str:
    """The register's word for where she is at school."""
    if member.stage == Stage.PRESCHOOL:
        return "学前教育"
    if member.stage == Stage.TERTIARY:
        return "大专及以上"
    if member.grade is None:
        return "小学" if member.stage == Stage.PRIMARY else "非在校生"
    return SCHOOL_STATUS.get(member.grade, "小学")


def education(rng: Random, member: Member) -> str:
    """The highest level reached; empty for pupils, as in the register."""
    age = age_on(member.born, REPORTING_DAY)
    if age < 6:
        return "学龄前儿童"
    if member.stage:
        return ""
    if age >= 68:
        return rng.choice(("文盲或半文盲", "文盲或半文盲", "小学", "小学", "初中"))
    return rng.choice(("小学", "初中", "初中", "初中", "高中") if age >= 40 else ("初中", "初中", "高中", "大专及以上"))


def settle_health(rng: Random, member: Member) -> None:
    """Health and, for the disabled, category and level of the certificate."""
    age = age_on(member.born, REPORTING_DAY)
    if not member.health:
        well, chronic, serious = (
            (0.34, 0.82, 0.90) if age >= 60 else (0.70, 0.83, 0.88) if age >= 18 else (0.96, 0.975, 0.98)
        )
        draw = rng.random()
        member.health = ["健康" if draw < well else ILL[0] if draw < chronic else ILL[1] if draw < serious else "残疾"]
        if member.health == ["残疾"] and rng.random() < 0.2:
            member.health.append(ILL[0])
    if "残疾" in member.health and not member.disability[0]:
        member.disability = rng.choice(CATEGORIES), rng.choice(LEVELS)


def labour(rng: Random, member: Member) -> str:
    """The register's word for capacity to work."""
    age = age_on(member.born, REPORTING_DAY)
    if age < 16 or age >= 70 or member.stage:
        return "无劳动力"
    if member.disability[1] in ("一级", "二级") or (ILL[1] in member.health and rng.random() < 0.6):
        return "丧失劳动力"
    if age >= 60:
        return rng.choice(("普通劳动力", "无劳动力"))
    return "技能劳动力" if rng.random() < 0.07 else "普通劳动力"


def household_attribute(rng: Random, home: Home) -> str:
    """五保户 only for old people living alone."""
    if len(home.family.members) == 1 and home.family.head.born < date(1953, 1, 1) and rng.random() < 0.6:
        return "五保户"
    return rng.choice(("一般贫困户", "一般贫困户", "低保贫困户", "低保户"))


def main_cause(rng: Random, home: Home) -> str:
    """A cause that somebody in the household explains."""
    members = home.family.members
    causes = ["缺技术", "缺资金", "自身发展动力不足"]
    if any("残疾" in member.health for member in members):
        causes += ["因残"] * 6
    if any(word in member.health for member in members for word in ILL):
        causes += ["因病"] * 6
    if any(member.stage in (Stage.SENIOR, Stage.TERTIARY) for member in members):
        causes += ["因学"] * 5
    if not any(date(1958, 7, 1) < member.born < date(2000, 7, 1) for member in members):
        causes += ["缺劳力"] * 5
    return rng.choice(causes)
