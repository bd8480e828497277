"""What typing a sheet in means for each purpose: who is shown for confirmation, and what is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns.models import Cleaning, Contact, Sheet
from campaigns.operations import record_cleaning, record_contact
from campaigns.recording import AlreadyRecordedError, already_recorded, refuse
from campaigns.sheets.forms import CleaningEntryForm, ContactEntryForm, EntryByRowForm
from campaigns.sheets.operations import Entered, PrintedRow, enter_rows, printed_rows
from campaigns.views import ticked
from households.models import Household, Person, User


@dataclass(frozen=True)
class Confirmed:
    """One row for confirmation: who it is and what is recorded already."""

    row: PrintedRow
    recorded: str


@dataclass(frozen=True)
class Entry:
    """A purpose's form and how its rows are written."""

    form: type[EntryByRowForm]
    write: Callable[[User, Any, QueryDict], Entered]


def confirmation(user: User, form: EntryByRowForm) -> dict[str, Any]:
    """Context of the page that shows whom the row numbers mean."""
    assert form.sheet is not None
    rows = printed_rows(user, form.sheet, form.positions)
    recorded = _recorded(form, [row.household_id for row in rows if row.is_there])
    kept = [(field.html_name, value) for field in form for value in _values(form, field)]
    is_lecture = form.cleaned_data.get("kind") == Contact.Kind.LECTURE
    return {
        "sheet": form.sheet,
        "rows": [Confirmed(row, recorded.get(row.household_id, "")) for row in rows],
        "kept": kept,
        "shown": [(field.label, _text(form, field)) for field in form if field.name not in ("number", "rows")],
        "is_lecture": is_lecture,
    }


def _values(form: EntryByRowForm, field: Any) -> list[str]:
    assert isinstance(form.data, QueryDict)
    return [str(value) for value in form.data.getlist(field.html_name)]


def _text(form: EntryByRowForm, field: Any) -> str:
    value = form.cleaned_data.get(field.name)
    if isinstance(value, list):
        return _("、").join(value)
    choices = dict(getattr(field.field, "choices", []))
    return str(choices.get(value, value) or "")


def _recorded(form: EntryByRowForm, households: list[int]) -> dict[int, str]:
    """What is recorded of the households already, in words."""
    found: dict[int, str] = {}
    if form.purpose == Sheet.Purpose.CLEANING:
        for one in Cleaning.objects.filter(household__in=households, voided_at=None, round_number=1):
            found[one.household_id] = _("首轮清洁 %(day)s") % {"day": one.done_on}
        return found
    for contact in Contact.objects.filter(household__in=households, voided_at=None).order_by("done_on", "pk"):
        found[contact.household_id] = f"{contact.done_on} {contact.get_kind_display()}"
    return found


def _write_contacts(user: User, form: ContactEntryForm, posted: QueryDict) -> Entered:
    assert form.sheet is not None
    data = form.cleaned_data
    values = {name: data[name] for name in ("kind", "done_on", "place", "speaker")}

    def record(household: Household, position: int) -> None:
        if values["kind"] != Contact.Kind.LECTURE:
            record_contact(by=user, household=household, **values)
            return
        attended = _members(household, posted.getlist(f"member-{position}"))
        if not attended:
            refuse("attended_by", _("集中培训须选择参加的家庭成员，没有登记。"))
        new = 0
        for person in attended:
            try:
                record_contact(by=user, household=household, attended_by=person, **values)
                new += 1
            except AlreadyRecordedError:
                pass
        if not new:
            raise AlreadyRecordedError(already_recorded())

    return enter_rows(form.sheet, form.positions, record)


def _members(household: Household, chosen: list[str]) -> list[Person]:
    """Those chosen who ever belonged to the household; whether on the day, the operation checks."""
    return list(
        Person.objects.filter(pk__in=ticked(chosen), memberships__household=household).distinct().order_by("pk")
    )


def _write_cleanings(user: User, form: CleaningEntryForm, _posted: QueryDict) -> Entered:
    assert form.sheet is not None
    data = form.cleaned_data
    values = {name: data[name] for name in ("done_on", "helpers", "items")}

    def record(household: Household, _position: int) -> None:
        record_cleaning(by=user, household=household, round_number=1, **values)

    return enter_rows(form.sheet, form.positions, record)


ENTRIES = {
    Sheet.Purpose.PUBLICITY.value: Entry(ContactEntryForm, _write_contacts),
    Sheet.Purpose.CLEANING.value: Entry(CleaningEntryForm, _write_cleanings),
}
