"""A list of who is unfinished as a workbook: the blank workbook of its ledger with the people already in it.

系统编号 stands for the person (for a household, for one of its members), so that no identity number is in the file; what is
filled in is recorded by uploading the workbook as that ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import IO

from django.utils.translation import gettext as _

from campaigns.fact_lines import FACT_KINDS
from campaigns.kinds import LEDGERS
from campaigns.ledgers.template import blank_of
from campaigns.models import Standing, Target
from campaigns.targets import TargetDefinition
from households.blank_workbook import ROWS, write_blank
from households.models import Household, Membership, Person, Region, User
from households.places import display_name
from households.row_keys import row_key

# As many rows as the blank workbooks are laid out for.
MOST_ROWS = ROWS
_KEY = "系统编号"
# The ledger, and the kind of fact recorded by hand, that answer each target.
LEDGER_OF = {
    Target.PUBLICITY: "contacts",
    Target.PAIRING: "pairings",
    Target.CLEANING: "cleanings",
    Target.INSURANCE: "policies",
    Target.SCHOOLING: "grants",
}
FACT_OF = {kind.target: key for key, kind in FACT_KINDS.items() if kind.target is not None}


def write_worklist(file: IO[bytes], user: User, target: TargetDefinition, rows: Sequence[Standing], day: date) -> None:
    """Write the .xlsx of at most MOST_ROWS rows, for the user's regions."""
    blank = blank_of(LEDGERS[LEDGER_OF[target.key]])
    units = [row.unit_id for row in rows]
    people = _of_households(units, day) if target.unit == "household" else _of_people(units, day)
    villages = {row.village_code for row in rows}
    codes = villages | {code[:9] for code in villages}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    filled = [
        {
            "乡镇": names[row.village_code[:9]],
            "行政村": display_name(row.village_code, names[row.village_code]),
            **people.get(row.unit_id, {}),
        }
        for row in rows
    ]
    columns = (_KEY, *(column for column in blank.columns if column != "证件号码"))
    required = blank.required - {"证件号码"}
    told = [_("一、“系统编号”是认人认户的依据，请不要改动；没有做的留空。"), *blank.instructions[1:]]
    write_blank(file, user, replace(blank, columns=columns, required=required, instructions=told), filled)


def _of_people(units: Sequence[int], day: date) -> Mapping[int, dict[str, str]]:
    homes = Membership.objects.filter(person__in=units, period__contains=day).select_related("household")
    heads = {member.person_id: member.household.head_name or "" for member in homes}
    return {
        pk: {_KEY: row_key(pk), "户主姓名": heads.get(pk, ""), "姓名": person.name}
        for pk, person in Person.objects.in_bulk(units).items()
    }


def _of_households(units: Sequence[int], day: date) -> Mapping[int, dict[str, str]]:
    members = Membership.objects.filter(household__in=units, period__contains=day).order_by("-pk")
    keys = {member.household_id: row_key(member.person_id) for member in members}
    return {
        pk: {_KEY: keys.get(pk, ""), "户主姓名": household.head_name or ""}
        for pk, household in Household.objects.in_bulk(units).items()
    }
