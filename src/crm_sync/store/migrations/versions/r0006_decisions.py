"""Evidence of links as numbers, pairs that somebody should look at, and what was decided about them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Float, Text

from crm_sync.store.types import Instant, RowNumber

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    for column in (Column("other", Text), Column("score", Float), Column("evidence", Text)):
        op.add_column("links", column)
    op.create_table(
        "reviews",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        Column("one", Text, nullable=False), Column("other", Text, nullable=False),
        Column("score", Float, nullable=False), Column("evidence", Text),
    )  # fmt: skip
    op.create_table(
        "decisions",
        Column("id", RowNumber, primary_key=True),
        Column("one", Text, nullable=False), Column("other", Text, nullable=False),
        Column("same", Boolean, nullable=False), Column("by", Text, nullable=False),
        Column("at", Instant, nullable=False), Column("note", Text),
        Column("undone_at", Instant), Column("undone_by", Text),
    )  # fmt: skip
