"""Identity and mobile numbers in free texts: such texts stand unencrypted, also in the change history, and are printed."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from households.identity import mask_id, mask_phone

_BETWEEN = r"[ \-\u2010-\u2015]?"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# 18 characters or 15 digits with a day of birth in them, or 11 digits of a mobile number, however they are grouped.
_NUMBER = re.compile(
    rf"(?<!\d)(?:[1-9]\d{{5}}{_BETWEEN}(?:19|20)\d{{2}}{_BETWEEN}{_DAY}{_BETWEEN}\d{{3}}[\dXx]"
    rf"|[1-9]\d{{5}}\d{{2}}{_DAY}\d{{3}}"
    rf"|1[3-9]\d{{1}}{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}})(?!\d)"
)
# Columns whose business is a number that is nobody's identity: a firm's telephone, a policy, a receipt.
NUMBERS_OF_THINGS = frozenset({"phone", "number", "receipt_no", "stored_name"})


def holds_number(text: str) -> bool:
    """Does a personal number stand in the text, in whatever width?"""
    return bool(_NUMBER.search(unicodedata.normalize("NFKC", text)))


def masked(text: str) -> str:
    """The text with the middle of every personal number hidden; the same text where there is none."""
    return (
        _NUMBER.sub(lambda found: _mask(found[0]), unicodedata.normalize("NFKC", text)) if holds_number(text) else text
    )


def _mask(number: str) -> str:
    bare = re.sub(_BETWEEN[:-1], "", number)
    return mask_phone(bare) if len(bare) == 11 else mask_id(bare)


def no_numbers(text: str) -> None:
    """Validator of free texts that people type."""
    if holds_number(text):
        raise ValidationError(_("请不要在这里填写证件号码或手机号码，它们应填在专门的栏目里。"))


def check_texts(row: models.Model) -> None:
    """Refuse a row in whose plain texts somebody's number stands. Raises ValidationError at the fields."""
    wrong: dict[str, list[str]] = {}
    for field in row._meta.concrete_fields:
        plain = isinstance(field, models.CharField | models.TextField) and not field.choices
        if plain and field.name not in NUMBERS_OF_THINGS:
            try:
                no_numbers(getattr(row, field.attname) or "")
            except ValidationError as error:
                wrong[field.name] = error.messages
    if wrong:
        raise ValidationError(wrong)
