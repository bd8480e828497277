"""Names on paper → village codes."""

import pytest

from households.places import PlaceIndex, display_name, read_aliases, read_regions

CITY = ("1302",)


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return PlaceIndex(read_regions(), read_aliases())


def test_every_village_is_found_by_its_full_names(index: PlaceIndex) -> None:
    for code, name in index.names.items():
        if len(code) == 12:
            place = index.resolve(index.names[code[:6]], index.names[code[:9]], name, scope=CITY)
            assert (place.code, place.problem) == (code, "")


@pytest.mark.parametrize(
    ("county", "township", "village"),
    [
        ("丰南区", "黄各庄镇", "曹庄子村"),
        ("丰南", "黄各庄", "曹庄子"),
        ("唐山市丰南区", "黄各庄镇", "曹庄子村委会"),
        ("河北省唐山市丰南区", "黄各庄镇", "曹庄子村民委员会"),
        ("丰南区", "黄各莊鎮", "曹莊子"),
        (" 丰 南 区 ", "黄各庄镇\n", "曹庄子\u3000"),
        ("", "", "唐山市丰南区黄各庄镇曹庄子村"),
        ("", "", "河北省唐山市丰南区黄各庄镇曹庄子村3组"),
        ("丰南区", "", "黄各庄镇曹庄子村"),
        ("丰南区", "丰南区黄各庄镇", "曹庄子"),
        ("唐山市", "丰南区黄各庄镇", "曹庄子"),
        ("唐山市丰南区", "唐山市丰南区黄各庄镇", "丰南区黄各庄镇曹庄子村"),
        ("丰南区", "黄各庄", "黄各庄镇曹庄子村"),
        ("丰南区", "黄各庄镇", "曹庄子(一组)"),
        ("", "", "130207104225"),
        ("丰南区", "黄各庄镇", "黄各庄曹庄子村"),
        ("", "", "丰南区-黄各庄镇-曹庄子村"),
    ],
)
def test_many_ways_of_writing_one_village(index: PlaceIndex, county: str, township: str, village: str) -> None:
    assert index.resolve(county, township, village, scope=CITY).code == "130207104225"


@pytest.mark.parametrize("village", ["黄各庄2村", "黄各庄２村", "黄各庄2村委会", "黄各庄镇黄各庄2村"])
def test_a_village_counted_in_digits_is_the_one_counted_in_words(index: PlaceIndex, village: str) -> None:
    assert index.resolve("丰南区", "黄各庄镇", village, scope=CITY).code == "130207104203"


def test_the_county_is_taken_from_the_scope_where_it_is_not_written(index: PlaceIndex) -> None:
    assert index.resolve("", "汀流河", "房子", scope=("130225",)).code == "130225107256"
    assert index.resolve("", "", "曹庄子", scope=("130207",)).code == "130207104225"


def test_a_village_name_that_stands_twice_is_never_guessed(index: PlaceIndex) -> None:
    place = index.resolve("", "", "曹庄子", scope=CITY)
    assert (place.code, place.problem, len(place.candidates)) == ("", "REGION_AMBIGUOUS", 6)


def test_village_and_community_of_one_name_are_told_apart_by_their_kind(index: PlaceIndex) -> None:
    assert index.resolve("滦州市", "古城街道", "北关", scope=CITY).problem == "REGION_AMBIGUOUS"
    assert index.resolve("滦州市", "古城街道", "北关村", scope=CITY).code == "130284002210"
    assert index.resolve("滦州市", "古城街道", "北关社区", scope=CITY).code == "130284002005"


@pytest.mark.parametrize(
    ("county", "township", "village"),
    [
        ("滦县", "古城街道", "北关村"),
        ("丰南县", "黄各庄镇", "曹庄子村"),
        ("路南区", "女织寨乡", "女织寨村"),
        ("丰南市", "黄各庄镇", "曹庄子村"),
        ("丰南区", "黄各庄乡", "曹庄子村"),
    ],
)
def test_old_names_are_found_and_said_to_be_old(index: PlaceIndex, county: str, township: str, village: str) -> None:
    place = index.resolve(county, township, village, scope=CITY)
    assert place.code and place.problem == "REGION_OLD_NAME"


def test_a_rare_character_is_the_same_in_both_spellings(index: PlaceIndex) -> None:
    code = next(code for code in index.names if code.startswith("130207110") and len(code) == 12)
    name = index.names[code]
    for township in ("柳树酄镇", "柳树瞿阝镇", "柳树酄"):
        assert index.resolve("丰南区", township, name, scope=CITY).code == code


def test_a_typing_error_gets_a_suggestion_and_no_guess(index: PlaceIndex) -> None:
    place = index.resolve("丰南区", "黄各庄镇", "曹庄字", scope=CITY)
    assert (place.code, place.problem) == ("", "REGION_UNKNOWN")
    assert "丰南区 / 黄各庄镇 / 曹庄子村" in place.candidates


def test_an_address_in_another_township_than_the_column_beside_it_is_not_found(index: PlaceIndex) -> None:
    for township in ("西葛镇", "丰南区西葛镇"):
        place = index.resolve("丰南区", township, "丰南区黄各庄镇曹庄子村", scope=CITY)
        assert (place.code, place.problem) == ("", "REGION_UNKNOWN")


def test_a_village_of_another_township_is_unknown_with_the_right_place_suggested(index: PlaceIndex) -> None:
    place = index.resolve("丰南区", "小集镇", "曹庄子", scope=CITY)
    assert place.problem == "REGION_UNKNOWN" and "丰南区 / 黄各庄镇 / 曹庄子村" in place.candidates


def test_another_countys_village_is_out_of_scope_with_the_same_words_whether_it_exists_or_not(
    index: PlaceIndex,
) -> None:
    for village in ("曹庄子", "没有这个村"):
        place = index.resolve("丰南区", "黄各庄镇", village, scope=("130225",))
        assert place == ("", "REGION_OUT_OF_SCOPE", ())


def test_without_a_county_a_village_of_another_one_is_out_of_scope(index: PlaceIndex) -> None:
    assert index.resolve("", "兴城镇", "下寺村", scope=("130207",)).problem == "REGION_OUT_OF_SCOPE"
    for township, village in (("兴城镇", "没有这个村"), ("", "下寺村"), ("黄各庄镇", "下寺村")):
        assert index.resolve("", township, village, scope=("130207",)).problem == "REGION_UNKNOWN"


def test_a_special_zones_village_listed_under_its_neighbour_is_found(index: PlaceIndex) -> None:
    assert index.resolve("乐亭县", "王滩镇", "赵滩村", scope=CITY).code == "130274103202"
    assert index.resolve("海港开发区", "王滩镇", "赵滩", scope=CITY).code == "130274103202"


@pytest.mark.parametrize(
    "cells", [("北京市", "某镇", "某村"), ("丰南区", "黄各庄镇", ""), ("丰南区", "某镇", "曹庄子")]
)
def test_what_is_not_known_is_not_found(index: PlaceIndex, cells: tuple[str, str, str]) -> None:
    assert index.resolve(*cells, scope=CITY).problem == "REGION_UNKNOWN"


def test_shown_names_are_short() -> None:
    assert display_name("130207104225", "曹庄子村民委员会") == "曹庄子村"
    assert display_name("130225107256", "房子村村民委员会") == "房子村"
    assert display_name("130205002008", "新谊社区居民委员会") == "新谊社区"
    assert display_name("130205002008", "赵庄居民委员会") == "赵庄居委会"
    assert display_name("130207104", "黄各庄镇") == "黄各庄镇"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("乐亭县乐亭镇高孙庄村贫困户花名册", ("乐亭镇", "高孙庄")),  # the county's short name begins the township's
        ("遵化镇何家园村", ("遵化镇", "何家园")),
        ("三屯营镇-南团汀村", ("三屯营镇", "南团汀")),  # no number of a list
        ("滦南县长凝镇西孙庄建档立卡贫困户花名册", ("长凝镇", "西孙庄")),
        ("建档立卡贫困户花名册（丰南区黄各庄镇曹庄子村）", ("黄各庄镇", "曹庄子")),
        ("黄各庄镇曹庄子村村民委员会名册", ("黄各庄镇", "曹庄子")),
        ("建档立卡贫困户花名册（不含黄各庄镇曹庄子村）", ("", "")),
        ("黄各庄镇曹庄子村（不含东老治村）", ("", "")),
    ],
)
def test_a_heading_tells_township_and_village(index: PlaceIndex, text: str, told: tuple[str, str]) -> None:
    assert index.heading(text) == told


@pytest.mark.parametrize(
    ("texts", "county", "town"),
    [
        (["Sheet1", "乐亭县建档立卡贫困户花名册"], "乐亭县", ""),
        (["丰润区", "唐山市丰润区贫困户花名册"], "", ""),
        (["开平区荆各庄村贫困户花名册"], "开平区", ""),  # 荆各庄街道 is another place
        (["乐亭", "乐亭县建档立卡贫困户花名册"], "乐亭县", "乐亭"),
        (["Sheet1", "乐亭县乐亭镇花名册"], "乐亭县", "乐亭镇"),
        (["黄各庄"], "丰南区", "黄各庄"),
    ],
)
def test_neither_county_nor_village_names_the_township_that_is_called_so_too(
    index: PlaceIndex, texts: list[str], county: str, town: str
) -> None:
    assert index.township_named_in(texts, county=county, scope=CITY) == town
