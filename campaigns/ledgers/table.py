"""How a ledger's sheet is read: the roster's way of finding a table, with the ledger's words."""

from collections.abc import Sequence
from dataclasses import replace

from campaigns.ledgers.around import labelled
from campaigns.ledgers.header_patterns import patterns_of
from campaigns.ledgers.names import clean_row_key, optional_name
from campaigns.ledgers.spec import About, Ledger
from campaigns.ledgers.titles import MAY_TITLE
from households.intake.columns import Column
from households.intake.headers import TableSpec, Twin, header_aliases, normalise_header
from households.roster import fields as roster_fields
from households.roster.table import HELPER_GROUPS, roster_table

_NAMING = ("household_no", "name", "sex", "birth_date", "head_name", "county", "township", "village", "address")
ROW_KEY = Column("row_key", "系统编号", clean_row_key)
_ROSTER_COLUMNS = {column.field: column for column in roster_fields.COLUMNS}
# Columns that every list has and no ledger keeps.
_KNOWN_AND_LEFT = frozenset(
    {
        "seq", "age", "relation", "nation", "id_type", "province", "city", "hamlet", "household_size", "remark", "whether",
        "phone_household", "phone_person",
    }
)  # fmt: skip
# A telephone right of what tells about the helper is hers (right of her name and unit it is so in a roster, too).
_TWINS = (
    Twin(
        "phone_household",
        frozenset({"helper_post", "helper_kind"}),
        "helper_phone",
        always=True,
    ),
)


def ledger_columns(ledger: Ledger) -> tuple[Column, ...]:
    """The ledger's own columns, and those that name person, household and village; its own meaning wins."""
    own = {column.field for column in ledger.columns}
    naming = [_ROSTER_COLUMNS[name] for name in _NAMING if name not in own]
    naming = [replace(column, clean=optional_name) if column.field == "head_name" else column for column in naming]
    if not ledger.names_people:
        naming = [
            replace(column, is_key=False, clean=optional_name) if column.field == "name" else column
            for column in naming
        ]
    return (ROW_KEY, *naming, *ledger.columns) if ledger.about is not About.NOBODY else (*naming, *ledger.columns)


def ledger_table(ledger: Ledger, columns: Sequence[Column], labels: dict[str, str]) -> TableSpec:
    """The roster's way of finding a table, with the ledger's words."""
    roster = roster_table()
    fields = {column.field for column in columns} | {"id_no"} | _KNOWN_AND_LEFT
    told = {column.field for column in ledger.columns}
    passed_over = {"helper_other"} if ledger.about is About.NOBODY else set()  # a list of helpers tells of nobody else
    own = {normalise_header(column.label): column.field for column in columns}
    more = {normalise_header(word): name for word, name in ledger.aliases.items() if name in fields}
    shared = {word: name for word, name in {**roster.aliases, **header_aliases()}.items() if name in fields}
    spec = replace(
        roster,
        aliases={**shared, **own, **more},
        required=ledger.required,
        keys=ledger.keys or (("name", "id_no") if ledger.names_people else _keys(ledger)),
        household=ledger.filled if ledger.starts else frozenset({"county", "township", "village"}),
        places=roster.places | ledger.filled,
        spread=frozenset(told | {"head_name", "household_no"}),
        starts=ledger.starts,
        counter="",
        head_mark=None,
        head_columns={},
        foreign_sheets=(),
        twins=(*_TWINS, *(twin for twin in roster.twins if twin.field in fields and twin.becomes not in passed_over)),
        foreign_groups=tuple(word for word in roster.foreign_groups if word not in HELPER_GROUPS),
        others=frozenset(word for word in roster.others if word not in own | more),
        patterns=patterns_of(ledger),
        titled=lambda text: frozenset(name for name, read in ledger.titled.items() if read(text)),
        heading=next(iter(ledger.titled), ""),
        may_title=lambda text: MAY_TITLE.match(text) is not None,
        is_section=lambda _text: False,
        takes_out=lambda _header, _cell: False,
        unneeded=frozenset(),
        labels=labels,
        together=frozenset({*ledger.done, "whether"}),
        single=ledger.single,
        series=ledger.series,
        ticks={name: frozenset(map(normalise_header, words)) for name, words in ledger.ticks.items()},
    )
    if not ledger.labelled:
        return spec
    return replace(spec, told_by=lambda text: roster.told_by(text) | frozenset(labelled([text], spec, ledger)))


def _keys(ledger: Ledger) -> tuple[str, ...]:
    if ledger.about is About.NOBODY:
        return tuple(name for names in ledger.required for name in sorted(names))
    return ("household_no", "head_name", "name", "id_no")
