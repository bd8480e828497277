"""Breaking a constraint on purpose: what the database says and what people read.

Names: a constraint's own, or "Model.field" for a unique field.
"""

import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone


def constraints_of(app: str) -> set[str]:
    """Names of all constraints and unique fields an app's models declare; history copies have none."""
    names = set()
    for model in apps.get_app_config(app).get_models():
        names |= {constraint.name for constraint in model._meta.constraints}
        names |= {
            f"{model.__name__}.{field.name}"
            for field in model._meta.local_fields
            if field.unique and not field.primary_key
        }
    return names


def breaks_it(name: str, row: models.Model) -> None:
    """Saving the row, past all validation, is refused by the database for exactly this constraint."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        row.save()
    violated = error.value.__cause__.diag.constraint_name
    if "." in name:
        assert violated.startswith(f"{row._meta.db_table}_{name.partition('.')[2]}")
        assert violated.endswith(("_key", "_uniq"))
    else:
        assert violated == name


def says_it_in_chinese(name: str, row: models.Model) -> None:
    """The model itself refuses the row, in the constraint's own words where it has some."""
    with pytest.raises(ValidationError) as error:
        row.validate_constraints() if "." not in name else row.validate_unique()
    declared = {c.name: c for c in row._meta.constraints}
    if name in declared and declared[name].violation_error_message != declared[name].default_violation_error_message:
        assert str(declared[name].violation_error_message) in error.value.messages
    assert all(re.search(r"[\u4e00-\u9fff]", message) for message in error.value.messages)


def changed[M: models.Model](row: M, **values: object) -> M:
    """A saved row with other values, not saved."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def again[M: models.Model](row: M, **values: object) -> M:
    """The same row once more, not saved."""
    row.pk = None
    row._state.adding = True
    return changed(row, **values)


def voided[M: models.Model](row: M) -> M:
    return changed(row, voided_at=timezone.now(), void_reason="")
