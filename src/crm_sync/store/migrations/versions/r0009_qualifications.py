"""What the criteria of a qualified lead said of each qualifying event."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from crm_sync.store.types import Instant, RowNumber

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "qualifications",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        Column("person_id", Text, ForeignKey("known.person_id", ondelete="CASCADE"), nullable=False, index=True),
        Column("qualified_at", Instant, nullable=False), Column("started_at", Instant),
        Column("version", Text, nullable=False),
        Column("points", Integer, nullable=False), Column("needed", Integer, nullable=False),
        Column("band", Text), Column("persona", Text), Column("rules", Text), Column("missed", Text),
    )  # fmt: skip
