"""Identity numbers: what is repaired, what is flagged, what is sent back."""

from datetime import date

import pytest

from households.identity import IdKind, blind_index, check_character, mask_id, mask_name, mask_phone, parse_id

GOOD = "130299195908098197"


def with_check(first_17: str) -> str:
    return first_17 + check_character(first_17)


def number_ending_in_x() -> str:
    return next(number for n in range(1, 999, 2) if (number := with_check(f"13029919700101{n:03d}")).endswith("X"))


def test_the_standards_public_example_passes_and_gives_birth_date_and_sex() -> None:
    parsed = parse_id("11010519491231002X")
    assert (parsed.key, parsed.codes, parsed.sex, parsed.birth_date) == (
        "11010519491231002X", (), "女", date(1949, 12, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        f" {GOOD}\t",
        f"'{GOOD}",
        f"‘{GOOD}",
        f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}",
        f"{GOOD[:9]}\n{GOOD[9:]}",
        f"\u200b{GOOD}\ufeff",
        f"{GOOD[:6]}\u00a0{GOOD[6:]}",
        f'="{GOOD}"',
        GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ],
)
def test_spaces_quotes_widths_and_invisible_characters_are_repaired_silently(written: str) -> None:
    assert (parse_id(written).key, parse_id(written).codes) == (GOOD, ())


def test_lower_case_and_full_width_x_are_repaired_silently() -> None:
    number = number_ending_in_x()
    for written in (number.lower(), number[:17] + "Ｘ", number[:17] + "ｘ"):
        assert (parse_id(written).key, parse_id(written).codes) == (number, ())


@pytest.mark.parametrize("mark", ["×", "*", "Х", "х", "✕"])
def test_a_look_alike_of_x_is_repaired_with_a_flag_only_where_x_is_right(mark: str) -> None:
    number = number_ending_in_x()
    assert (parse_id(number[:17] + mark).key, parse_id(number[:17] + mark).codes) == (
        number,
        ("ID_CHECK_CHAR_SUSPECT",),
    )
    assert parse_id(GOOD[:17] + mark).codes == ("ID_CHECKSUM",)


def test_every_single_wrong_digit_is_noticed() -> None:
    for position in range(18):
        for digit in "0123456789":
            if digit != GOOD[position]:
                parsed = parse_id(GOOD[:position] + digit + GOOD[position + 1 :])
                assert parsed.kind is IdKind.DAMAGED and parsed.key == ""


@pytest.mark.parametrize(
    "stored", [float(GOOD), int(GOOD), 130299195908098000, 1.3029919590809819e19, int(GOOD + "44")]
)
def test_a_number_stored_as_a_number_is_damaged_even_if_its_ruin_passes_the_check(stored: float) -> None:
    assert parse_id(stored).codes == ("ID_PRECISION_LOST",)


@pytest.mark.parametrize("written", ["1.30299E+17", "1.30299195908098E+17", f"{GOOD}.0"])
def test_text_that_was_a_number_once_is_damaged(written: str) -> None:
    assert parse_id(written).codes == ("ID_PRECISION_LOST",)


def test_a_text_ending_000_is_damaged_unless_its_check_character_is_right() -> None:
    assert "ID_PRECISION_LOST" in parse_id(GOOD[:15] + "000").codes
    genuine = next(
        number for day in range(1, 29) if (number := with_check(f"130299196501{day:02d}100")).endswith("000")
        or (number := with_check(f"130299196502{day:02d}200")).endswith("000")
    )  # fmt: skip
    assert parse_id(genuine).key == genuine


def test_the_remains_of_a_damaged_number_are_its_first_fifteen_digits() -> None:
    assert parse_id(float(GOOD)).remains == GOOD[:15]


@pytest.mark.parametrize("born", ["19800231", "19801301", "18990101", "00000000"])
def test_an_impossible_birth_date_is_named(born: str) -> None:
    assert "ID_BIRTHDATE" in parse_id(with_check("130299" + born + "123")).codes


def test_a_birth_after_the_last_possible_day_is_impossible() -> None:
    number = with_check("13029920190101123")
    assert parse_id(number, latest=date(2018, 6, 30)).codes == ("ID_BIRTHDATE",)
    assert parse_id(number, latest=date(2019, 1, 1)).codes == ()


@pytest.mark.parametrize(
    "written", [GOOD[:17], GOOD + "1", "12", GOOD + GOOD, GOOD + "84", GOOD + "45", GOOD + "4", "13029919590809O197"]
)
def test_wrong_lengths_letters_and_impossible_categories_are_sent_back(written: str) -> None:
    assert parse_id(written).kind is IdKind.DAMAGED


def test_a_fifteen_digit_number_is_extended_with_a_flag_as_text_and_as_number() -> None:
    for written in (GOOD[:6] + GOOD[8:17], int(GOOD[:6] + GOOD[8:17]), float(GOOD[:6] + GOOD[8:17])):
        assert (parse_id(written).key, parse_id(written).codes) == (GOOD, ("ID_15_DIGIT",))


def test_a_disability_certificate_gives_the_person_category_and_level() -> None:
    parsed = parse_id(GOOD + "44")
    assert (parsed.kind, parsed.key, parsed.disability_category, parsed.disability_level) == (
        IdKind.DISABILITY, GOOD, "肢体", "四级",
    )  # fmt: skip
    assert parse_id(GOOD + "21B1").certificate == GOOD + "21B1"


@pytest.mark.parametrize("written", [None, "", "  ", "无", "/", "未办理", "—", "暂无", "0"])
def test_words_for_no_number_mean_missing(written: str | None) -> None:
    assert parse_id(written).codes == ("ID_MISSING",)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("丢失", "ID_MISSING"), ("身份证补办中", "ID_MISSING"), ("未上户口（新生儿）", "ID_MISSING"), ("同上", "ID_LENGTH"),
        ("见户口本", "ID_LENGTH"), ("王秀英", "ID_LENGTH"), ("丢失130299", "ID_LENGTH"),
    ],
)  # fmt: skip
def test_words_in_the_numbers_place_may_say_why_there_is_none(written: str, code: str) -> None:
    assert parse_id(written).codes == (code,)


@pytest.mark.parametrize(
    "written",
    [
        "E12345678", "EA1234567", "P1234567", "D1234567", "H12345678", "M1234567890", "USA123456789012", "R123456(7)",
        "1234567(8)", "军字第1234567号", "护照:E12345678", "E12345678(护照)", "香港H12345678", "军官证1234567", "出生证M130123456",
    ],
)  # fmt: skip
def test_passports_and_permits_are_other_papers(written: str) -> None:
    assert (parse_id(written).key, parse_id(written).codes) == (written, ("ID_OTHER_TYPE",))


def test_the_type_column_tells_a_permit_that_the_number_alone_does_not() -> None:
    assert parse_id("12345678").codes == ("ID_LENGTH",)
    for written in ("12345678", 12345678, 12345678.0):
        assert parse_id(written, type_text="台胞证").codes == ("ID_OTHER_TYPE",)


@pytest.mark.parametrize(
    "written", ["130299195908", "1302991959080", "13029919590809", GOOD[:17], f"户口簿{GOOD[:17]}"]
)
def test_a_number_that_has_lost_digits_is_no_other_paper_whatever_its_type(written: str) -> None:
    for kind in ("户口簿", "护照", ""):
        assert parse_id(written, type_text=kind).kind is IdKind.DAMAGED


def test_residence_permits_of_hong_kong_macau_and_taiwan_are_ordinary_numbers() -> None:
    number = with_check("83000019900101001")
    assert parse_id(number).key == number


def test_masks_keep_what_people_recognise_and_no_more() -> None:
    assert mask_id("130299199001011234") == "1302**********1234"
    assert mask_id("E12345678") == "E1*****78"
    assert mask_phone("14403151234") == "144****1234"
    assert mask_phone("3151234") == "*****34"
    assert mask_name("王小明") == "王某某"


def test_the_blind_index_is_equal_for_equal_keys_only() -> None:
    assert blind_index(GOOD) == blind_index(GOOD)
    assert blind_index(GOOD) != blind_index(number_ending_in_x())
    assert GOOD.encode() not in blind_index(GOOD)


@pytest.mark.parametrize("sequence", range(100, 1000, 7))
def test_a_number_that_lost_its_last_digits_keeps_the_first_fifteen(sequence: int) -> None:
    """Excel stores 15 digits and noughts; the binary number next to them may be a little less. Other writers keep more."""
    written = f"13029919800501{sequence:03d}8"
    assert parse_id(float(written[:15] + "000")).remains == written[:15]
    if written[15:17] < "98":  # above, it may be the same binary number as the next thousand
        assert parse_id(float(written)).remains == written[:15]
    assert parse_id(int(written)).remains == written[:15]
    assert parse_id(float(written[:15] + "00000")).remains == written[:15]
