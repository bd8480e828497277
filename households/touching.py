"""Statement-level triggers that write the villages a change touches, old and new, into one table.

Admin, raw SQL, undo and bulk writes are all seen, because the database itself says what changed.
"""

import pgtrigger

# How the changed rows ("changed", the transition table) lead to villages; every time a household ever lived in counts,
# because a correction may rewrite the past.
_VILLAGES_OF_HOUSEHOLDS = "SELECT s.village_id FROM changed c JOIN households_householdspell s ON s.household_id = c.{}"
_VILLAGES_OF_PEOPLE = (
    "SELECT s.village_id FROM changed c JOIN households_membership m ON m.person_id = c.{} "
    "JOIN households_householdspell s ON s.household_id = m.household_id"
)
_EVERY_VILLAGE = "SELECT s.village_id FROM households_householdspell s WHERE EXISTS (SELECT 1 FROM changed)"
_WAYS = {
    "household": _VILLAGES_OF_HOUSEHOLDS.format("id"),
    "spell": "SELECT c.village_id FROM changed c",
    "person": _VILLAGES_OF_PEOPLE.format("id"),
    "membership": _VILLAGES_OF_HOUSEHOLDS.format("household_id"),
    "enrolment": _VILLAGES_OF_PEOPLE.format("person_id"),
    "fact_of_household": _VILLAGES_OF_HOUSEHOLDS.format("household_id"),
    "fact_of_person": _VILLAGES_OF_PEOPLE.format("person_id"),
    "fact_of_either": _VILLAGES_OF_HOUSEHOLDS.format("household_id")
    + " UNION ALL "
    + _VILLAGES_OF_PEOPLE.format("person_id"),
    "rule": _EVERY_VILLAGE,
}
_CHANGED = {
    pgtrigger.Insert: "SELECT * FROM new_values",
    pgtrigger.Delete: "SELECT * FROM old_values",
    pgtrigger.Update: "SELECT * FROM old_values UNION ALL SELECT * FROM new_values",
}
_NAMES = {pgtrigger.Insert: "insert", pgtrigger.Update: "update", pgtrigger.Delete: "delete"}


def triggers(kind: str) -> list[pgtrigger.Trigger]:
    """Three triggers (insert, update, delete) for a table whose rows lead to villages in the way `kind` names."""
    return [
        pgtrigger.Trigger(
            name=f"touch_{_NAMES[operation]}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(
                old="old_values" if operation is not pgtrigger.Insert else None,
                new="new_values" if operation is not pgtrigger.Delete else None,
            ),
            func=(
                f"WITH changed AS ({changed}) INSERT INTO households_touchedvillage (village_code) "
                f"SELECT DISTINCT village_id FROM ({_WAYS[kind]}) AS touched; RETURN NULL;"
            ),
        )
        for operation, changed in _CHANGED.items()
    ]
