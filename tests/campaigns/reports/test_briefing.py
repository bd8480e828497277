"""The work briefing through the front door: its numbers are the dashboard's, its names within the reader's rights."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from campaigns import coverage
from campaigns.coverage import Figures
from campaigns.figures import all_figures, asked_for
from campaigns.models import Story
from campaigns.reports import wording
from campaigns.reports.amounts import Yuan, roughly
from campaigns.reports.briefing import FIELDS, TARGET_TAGS, tag_of
from campaigns.reports.wording import percent_text
from campaigns.rooms import ROOMS
from campaigns.targets import TARGETS
from households.audit.models import Action, AuditEntry
from households.models import Region
from tests import make
from tests.campaigns.reports.papers import briefing, charts_of, content, table_of, text_of, world
from tests.conftest import Cast

DAY = make.REPORTING_DAY
# 2018年6月30日, 7月2日 and 第7期; 16至17周岁; the counting rules' version and limits; numbers of the heading levels' lists.
AROUND = {"2018", "6", "30", "7", "2", "16", "17", "1", "90", "10"}


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    """The city's staff are signed in; two counties have something to tell."""
    world()
    client.force_login(cast.federation_staff)
    return client


def known_numbers(region: str) -> set[str]:
    """Every number that the dashboard and the rooms' pages show for a region and those below it."""
    codes = [region, *Region.objects.filter(parent=region).values_list("code", flat=True)]
    found: set[str] = set(AROUND)
    for one in coverage.as_of(codes, DAY).values():
        found |= {str(count) for count in one.heads.values()}
        for target in TARGETS:
            figures = one.target(target.key)
            found |= {str(n) for n in (figures.eligible, figures.covered, figures.gap, figures.explained)}
            found.add(str(figures.percent).removesuffix(".0"))
    for count in all_figures(asked_for(region, DAY)).values():
        found |= {str(count), re.sub(r"\D+$", "", str(Yuan(Decimal(count))))}
    return found


@pytest.mark.parametrize("region", [make.CITY, make.COUNTY_A, make.COUNTY_B, make.TOWNSHIP_A, make.TOWNSHIP_A2])
def test_every_number_is_one_of_the_figures(staff: Client, region: str) -> None:
    text = text_of(content(briefing(staff, region)))
    assert set(re.findall(r"\d+(?:\.\d+)?", text)) <= known_numbers(region)
    assert not re.search(r"None|\{\{|\{%|\}\}|%\}", text)


def test_the_sentences_say_what_was_counted(staff: Client) -> None:
    text = text_of(content(briefing(staff, make.COUNTY_A)))
    for said in (
        "截至6月30日，丰南区各级妇联组织",
        "全区现有16周岁及以上建档立卡贫困妇女3名、贫困儿童2名，其中1名16至17周岁女孩在两项中都有计算，按人计共4名，涉及3户。",
        "全区应宣传3户，已宣传到户1户，完成率33.3%，尚有2户未宣传到户。",
        "4名建档立卡贫困妇女儿童中，已有1名纳入包联帮扶体系，完成率25%，尚有3名未包联。",
        "应开展家居首轮清洁3户，已完成1户，完成率33.3%，尚有2户未完成。",
        "征集扶贫就业岗位1类44个。",
        "募集善款31.52万元。",
        "1名义务教育阶段建档立卡贫困儿童中，累计精准帮扶0名，完成率0%，尚有1名未受助。",
        "春蕾助学尚差1人",
        "第7期",
        "签发：李签发",
        "主送：市委",
        "2018年7月2日印发",
    ):
        assert said in text, said


def test_the_table_is_the_dashboards(staff: Client) -> None:
    heads, *rows, total = table_of(content(briefing(staff, make.CITY)))
    assert heads[0] == "县（市、区）"
    found = coverage.as_of([make.COUNTY_A, make.COUNTY_B, make.CITY], DAY)
    for row, code in zip([*rows, total], found, strict=True):
        rates = [percent_text(found[code].target(t.key), str(t.unit_name)) for t in TARGETS]
        assert row[1:] == [str(found[code].heads["persons"]), *rates]
    assert (rows[0][0], rows[1][0], total[0]) == ("丰南区", "迁西县", "合计")
    assert total[2:] == ["25%", "20%", "25%", "33.3%", "0%"]


def test_the_charts_are_native_and_hold_the_same_percentages(staff: Client) -> None:
    docx = content(briefing(staff, make.CITY))
    five, by_county = charts_of(docx)
    figures = coverage.as_of([make.CITY], DAY)[make.CITY]
    assert five == [figures.target(target.key).percent for target in TARGETS]
    assert by_county == [0.0]  # 春蕾助学: nothing to do in the other county
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        assert archive.testzip() is None
        book = openpyxl.load_workbook(io.BytesIO(archive.read("word/embeddings/chart1.xlsx")))
    assert [cell.value for cell in book.worksheets[0]["B"][1:]] == five


def test_where_nobody_is_registered_it_reads_sensibly(staff: Client) -> None:
    docx = content(briefing(staff, make.TOWNSHIP_B2))
    text = text_of(docx)
    assert "全镇暂无在册的建档立卡贫困妇女儿童。" in text or "全乡暂无在册的建档立卡贫困妇女儿童。" in text
    for said in (
        "暂无宣传任务。",
        "暂无包联任务。",
        "暂无清洁任务。",
        "暂无产业就业记录。",
        "暂无助学任务。",
        "暂无未完成任务。",
    ):
        assert said in text, said
    assert list(charts_of(docx)) == []


def test_it_shows_the_day_asked_for(staff: Client) -> None:
    text = text_of(content(briefing(staff, make.COUNTY_A, "2018-06-15")))
    assert "截至6月15日" in text and "已完成0户，完成率0%，尚有3户未完成" in text


def test_names_stand_in_it_only_when_asked_for_with_a_reason(staff: Client) -> None:
    assert "吴桂枝" not in text_of(content(briefing(staff, make.CITY)))
    refused = briefing(staff, make.CITY, names="on")
    assert refused.status_code == 422 and "请写明用途" in refused.content.decode()
    text = text_of(content(briefing(staff, make.CITY, names="on", reason="报市委")))
    assert "吴桂枝" in text and "郑秀兰" in text
    assert "周某某" in text and "周小宝" not in text and "赵小雨" not in text
    entry = AuditEntry.objects.filter(url_name="briefing", action=Action.EXPORT).latest("pk")
    gaps = sum(f.gap for f in coverage.as_of([make.CITY], DAY)[make.CITY].targets.values())
    assert entry.reason == "报市委" and entry.details == {"rows": gaps}


def test_a_child_who_heads_a_household_is_masked_for_every_reader(staff: Client) -> None:
    orphans = make.household(make.VILLAGE_A, head_name="郑小孤")
    make.person(orphans, birth=date(2003, 5, 1), relation="户主", name="郑小孤")
    coverage.settle_touched()
    text = text_of(content(briefing(staff, make.CITY, names="on", reason="报市委")))
    assert "郑某某" in text and "郑小孤" not in text


def test_who_may_see_no_names_gets_none(cast: Cast, staff: Client) -> None:
    staff.force_login(cast.auditor)
    assert 'name="names"' not in staff.get("/reports/briefing/").content.decode()
    text = text_of(content(briefing(staff, make.CITY, names="on", reason="想看")))
    assert "吴桂枝" not in text and "附件" not in text and "一家人一起打扫" not in text
    staff.force_login(cast.leader)
    assert "一家人一起打扫" in text_of(content(briefing(staff, make.CITY)))


def test_a_story_needs_consent(staff: Client) -> None:
    assert "小院变了样：一家人一起打扫。" in text_of(content(briefing(staff, make.COUNTY_A)))
    assert "小院变了样" not in text_of(content(briefing(staff, make.COUNTY_B)))
    Story.objects.update(is_offered=False)
    assert "小院变了样" not in text_of(content(briefing(staff, make.COUNTY_A)))


@pytest.mark.usefixtures("staff")
def test_a_county_officer_gets_her_county_only(officer_a: Client) -> None:
    for code in (make.CITY, make.COUNTY_B, make.VILLAGE_B, "139999"):
        assert briefing(officer_a, code).status_code == 404, code
    text = text_of(content(briefing(officer_a, make.COUNTY_A, names="on", reason="核对")))
    assert "吴桂枝" in text and "郑秀兰" not in text


def test_what_is_typed_stays_text(staff: Client) -> None:
    text = text_of(content(briefing(staff, make.CITY, signer="<b>&{{ 7*7 }}")))
    assert "签发：<b>&{{ 7*7 }}" in text


def test_an_issue_that_is_no_number_is_refused_and_nothing_typed_is_lost(staff: Client) -> None:
    refused = briefing(staff, make.CITY, issue="第七期", signer="李签发")
    page = refused.content.decode()
    assert refused.status_code == 422 and "期号只填数字，例如12。" in page and "第七期" in page and "李签发" in page


def test_control_characters_do_not_cut_the_paper_off(staff: Client) -> None:
    Story.objects.update(text="第一句。\x0b\x1f第二句。\n第三句。")
    text = text_of(content(briefing(staff, make.CITY)))
    assert "第一句。第二句。\n第三句。" in text and "印发" in text


def test_the_fonts_are_those_of_official_papers(staff: Client) -> None:
    with zipfile.ZipFile(io.BytesIO(content(briefing(staff, make.CITY)))) as archive:
        body = archive.read("word/document.xml").decode()
    for font in ("仿宋", "黑体", "楷体", "方正小标宋简体"):
        assert f'w:eastAsia="{font}"' in body, font


def test_each_figure_has_a_tag_of_its_own() -> None:
    tags = [tag_of(figure) for room in ROOMS.values() for figure in room.figures]
    assert len(tags) == len(set(tags)) and all(tag.isidentifier() for tag in tags)
    assert not set(tags) & {*FIELDS, *TARGET_TAGS.values()}


@pytest.mark.parametrize(
    ("eligible", "covered", "said"),
    [
        (0, 0, "无任务"), (3, 2, "66.6%"), (2, 1, "50%"), (5, 5, "100%"), (1000, 999, "99.9%（差1户）"),
        (100_000, 99_999, "99.9%（差1户）"), (1000, 989, "98.9%"),
    ],
)  # fmt: skip
def test_percentages_are_cut_and_almost_done_is_not_done(eligible: int, covered: int, said: str) -> None:
    assert percent_text(Figures(eligible, covered), "户") == said


def test_a_sentence_tells_what_is_missing_once(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_ALMOST", 0)  # every unfinished percentage is followed by how many are missing
    text = text_of(content(briefing(staff, make.COUNTY_A)))
    assert "完成率33.3%，尚有2户未宣传到户。" in text and "完成率33.3%，尚差2户" in text
    assert not re.search(r"（差\d+[人户]），尚", text)


@pytest.mark.parametrize(
    ("yuan", "exact", "about"),
    [
        ("24910000", "2491万元", "2000多万元"), ("28000", "2.8万元", "2万多元"), ("298640", "29.86万元", "近30万元"),
        ("315226.35", "31.52万元", "30多万元"), ("640", "640元", "600多元"), ("300000", "30万元", "30万元"),
        ("9999.99", "9999.99元", "近1万元"),
    ],
)  # fmt: skip
def test_money_is_said_in_ten_thousands(yuan: str, exact: str, about: str) -> None:
    assert str(Yuan(Decimal(yuan))) == exact and roughly(Yuan(Decimal(yuan))) == about


@pytest.mark.parametrize(("count", "about"), [(6220, "6000多"), (296, "近300"), (9, "9"), (500, "500"), (742, "700多")])
def test_counts_are_rounded_to_their_first_digit(count: int, about: str) -> None:
    assert roughly(count) == about


def test_yuan_of_nothing_is_false() -> None:
    assert not Yuan(Decimal(0)) and Yuan(Decimal("0.01"))
    assert date(2018, 6, 30) == DAY
