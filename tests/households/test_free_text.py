"""Personal numbers in free texts are found however they are written, and other numbers are not."""

import pytest
from django.core.exceptions import ValidationError

from households.free_text import holds_number, masked, no_numbers
from households.intake.columns import Doubt, text_cleaner


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("电话14403151234找她", "电话144****1234找她"),
        ("１４４０３１５１２３４", "144****1234"),
        ("144-0315-1234", "144****1234"),
        ("证130299198001010026。", "证1302**********0026。"),
        ("130299 19800101 002X", "1302**********002X"),
        ("130299800101002", "1302*******1002"),
    ],
)
def test_a_persons_number_is_hidden(text: str, left: str) -> None:
    assert holds_number(text) and masked(text) == left
    with pytest.raises(ValidationError):
        no_numbers(text)


@pytest.mark.parametrize(
    "text",
    ["2018年6月30日", "130207104225", "1302071042250001", "保单PZ2018000001", "3户12人", "0315-2801234", "5000元", ""],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text and not holds_number(text)
    no_numbers(text)


def test_a_workbooks_text_is_masked_with_a_flag_unless_it_is_kept_encrypted() -> None:
    cell = "联系人 14403151234"
    assert text_cleaner()(cell) == Doubt("联系人 144****1234", ("NUMBER_MASKED",))
    assert text_cleaner(keeps_numbers=True)(cell) == cell
