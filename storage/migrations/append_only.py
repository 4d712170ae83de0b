"""Triggers that make a table append-only, on both databases.

UPDATE and DELETE are refused. On SQLite an INSERT that meets any unique key of a row that is there
is refused as well: REPLACE would otherwise remove that row, and without recursive_triggers, which
each connection sets for itself, no other trigger would notice. On PostgreSQL so is TRUNCATE.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protect(table: str) -> None:
    """Make ``table`` append-only; its unique constraints must be there already."""
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite(table)
        return
    op.execute(_POSTGRES_FUNCTION)
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def unprotect(table: str) -> None:
    """Take the triggers of ``table`` away again, before it is dropped."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{what}")
        return
    op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


def _protect_sqlite(table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    # Names of tables and columns are constants of the migrations.
    known = f"EXISTS (SELECT 1 FROM {table} WHERE {_meets_a_key(table)})"  # noqa: S608
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {known} {refuse}")


def _meets_a_key(table: str) -> str:
    inspector = sa.inspect(op.get_bind())
    keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
    keys += [unique["column_names"] for unique in inspector.get_unique_constraints(table)]
    return " OR ".join(" AND ".join(f"{each} = NEW.{each}" for each in key) for key in keys)
