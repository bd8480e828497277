"""Loading a city's divisions: order, labels, idempotence, and files that cannot be used."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from households.models import Region, RegionAlias
from households.regions import RegionFileError, load_regions, official_children, top_region

pytestmark = pytest.mark.django_db

OTHER_CITY = """code,name,level,parent_code
13,河北省,province,
1303,秦皇岛市,city,13
130303,山海关区,county,1303
130302,海港区,county,1303
130302100,东港镇,township,130302
130302100200,东港村村委会,village,130302100
"""


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "regions.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_the_bundled_city_loads_completely_with_its_tree() -> None:
    assert load_regions() == 6575
    levels = {level: Region.objects.filter(level=level).count() for level in Region.Level.values}
    assert levels == {"province": 1, "city": 1, "county": 18, "township": 251, "village": 6304}
    village = Region.objects.get(code="130207104225")
    assert village.path == "丰南区 / 黄各庄镇 / 曹庄子村"
    assert village.parent_id == "130207104"
    assert Region.objects.get(code="130207110").short_name == "柳树酄镇"
    assert RegionAlias.objects.filter(alias="滦县", region_id="130284", is_old_name=True).exists()


def test_counties_come_in_the_official_order_with_short_names_for_the_zones() -> None:
    load_regions()
    city = top_region()
    assert city is not None and city.code == "1302"
    names = [county.short_name for county in official_children(city)]
    assert len(names) == 18
    assert names.index("丰润区") < names.index("曹妃甸区") < names.index("遵化市") < names.index("玉田县")
    assert set(names[-4:]) == {"海港开发区", "高新区", "芦台开发区", "汉沽管理区"}


def test_every_division_stands_before_its_parts_and_after_its_parent() -> None:
    load_regions()
    positions = dict(Region.objects.values_list("code", "position"))
    parents = Region.objects.exclude(parent=None).values_list("code", "parent_id")
    assert all(positions[parent] < positions[code] for code, parent in parents)
    assert len(set(positions.values())) == len(positions)


def test_a_second_run_writes_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    load_regions()
    with django_assert_num_queries(5):  # savepoint, three reads, release
        load_regions()


def test_another_city_of_the_same_format_loads_beside_the_first(tmp_path: Path) -> None:
    load_regions()
    assert load_regions(write(tmp_path, OTHER_CITY)) == 6
    assert Region.objects.count() == 6575 + 5  # the province is the same
    village = Region.objects.get(code="130302100200")
    assert village.path == "海港区 / 东港镇 / 东港村"
    counties = official_children(Region.objects.get(code="1303"))
    assert [county.code for county in counties] == ["130302", "130303"]


def test_a_renamed_division_is_updated_and_its_parts_follow(tmp_path: Path) -> None:
    load_regions(write(tmp_path, OTHER_CITY))
    load_regions(write(tmp_path, OTHER_CITY.replace("东港镇", "西港镇")))
    assert Region.objects.get(code="130302100200").path == "海港区 / 西港镇 / 东港村"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name,level\n河北省,province\n", "缺少code列"),
        ("code,name\n", "没有区划"),
        (OTHER_CITY.replace("130302100200,", "13030210020,"), "第7行"),
        (OTHER_CITY.replace("13,河北省,province,\n", ""), "上级13不存在"),
        (OTHER_CITY.replace("东港镇,township", "东港镇,village"), "第6行"),
        (OTHER_CITY.replace("东港镇", ""), "名称为空"),
        (OTHER_CITY + "130303,又一个区,county,1303\n", "代码130303重复"),
        (OTHER_CITY.replace("township,130302", "township,130303"), "上级不应是130303"),
    ],
)
def test_a_file_that_is_not_a_complete_tree_loads_nothing_and_says_why(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(RegionFileError, match=word):
        load_regions(write(tmp_path, text))
    assert not Region.objects.exists()


def test_a_file_in_another_encoding_or_missing_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(RegionFileError, match="UTF-8"):
        load_regions(write(tmp_path, OTHER_CITY, encoding="gb18030"))
    with pytest.raises(RegionFileError, match="无法读取"):
        load_regions(tmp_path / "nowhere.csv")
