"""An operation for initial migrations with many tables."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Several operations as one step: their state is worked out first, once, and then the database is changed.

    Django renders every related model anew after each operation, and every model here is related to regions, people
    and users: a hundred tables with their history and triggers took two minutes one by one, seconds together. Only for
    operations of which each needs nothing but the final state: tables that are created whole, in the order of their
    foreign keys, then triggers.
    """

    reversible = True
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without rendered models nothing is rendered anew; they come back whole when the database step asks for them.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        # A trigger is dropped by its model, which the state before all of this no longer knows.
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations together"


# Roles belong to the whole server: they may exist already, made by an administrator where the owner may make none.
IDENTITIES_EXIST = """
DO $$
DECLARE identity text;
BEGIN
  FOREACH identity IN ARRAY ARRAY['povertyrelief_reader', 'povertyrelief_steward'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = identity) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', identity);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database is being prepared this moment
      END;
    END IF;
    IF NOT pg_has_role(current_user, identity, 'MEMBER') THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', identity);
      EXCEPTION WHEN unique_violation OR SQLSTATE 'XX000' THEN NULL;
      END;
    END IF;
  END LOOP;
END $$;
"""

# What the database keeps by itself must not depend on who asks: a change touches every village where its household ever was,
# a fund pays for children of any county, history is written of every change. Run after creating triggers.
TRIGGERS_RUN_AS_OWNER = """
DO $$
DECLARE kept regprocedure;
BEGIN
  FOR kept IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'pgtrigger\\_%' LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', kept);
  END LOOP;
END $$;
"""

# The change history is insert-only. Run after creating history tables.
HISTORY_IS_INSERT_ONLY = """
DO $$
DECLARE history text;
BEGIN
  FOR history IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname ~ '^(households|campaigns)_.*event$'
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM povertyrelief_reader, povertyrelief_steward', history);
  END LOOP;
END $$;
"""
