"""One person without everybody else: whom touches and deals name, and a digest of what is known of each person."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, text

from crm_sync.store.types import POSTGRESQL

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("known", Column("digest", Text))
    op.create_table(
        "mentions",
        Column("person", Text, primary_key=True),
        Column("ref", Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    named = (
        "json_array_elements_text(t.people::json) AS n(value)"
        if op.get_context().dialect.name == POSTGRESQL
        else "json_each(t.people) AS n"
    )
    for table in ("touches", "deals"):
        found = f"SELECT DISTINCT n.value, t.ref FROM {table} AS t, {named} WHERE t.people IS NOT NULL"
        op.execute(text(f"INSERT INTO mentions (person, ref) {found}"))
