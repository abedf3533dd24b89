"""Indexes on fields that records are looked up by: without them an upsert of 200 rows reads the table 200 times."""

from __future__ import annotations

from crm_sync.sandbox.world import ARCHIVED_AT, MODIFIED, FieldDef, Table, quoted


def index(table: Table, field: FieldDef) -> None:
    """For a key field only; text is looked up without regard to case."""
    if field.about.get("idLookup") or field.about.get("unique"):
        column = f"{quoted(field.name)} COLLATE NOCASE"
        table.db.execute(f"CREATE INDEX IF NOT EXISTS {_name(table, field.name)} ON {table.sql_name} ({column})")


def index_deleted(table: Table) -> None:
    """For queryAll, which asks what was deleted since; few rows ever are."""
    kept = f"{table.sql_name} ({MODIFIED}, _id) WHERE {ARCHIVED_AT} IS NOT NULL"
    table.db.execute(f"CREATE INDEX IF NOT EXISTS {quoted(f'deleted_{table.name}')} ON {kept}")


def index_reference(table: Table, field: str) -> None:
    """For the fields by which children are found: made when a parent is first deleted, merged or converted."""
    table.db.execute(f"CREATE INDEX IF NOT EXISTS {_name(table, field)} ON {table.sql_name} ({quoted(field)})")


def unindex(table: Table, name: str) -> None:
    """Before the column is dropped."""
    table.db.execute(f"DROP INDEX IF EXISTS {_name(table, name)}")


def _name(table: Table, field: str) -> str:
    return quoted(f"key_{table.name}_{field}")
