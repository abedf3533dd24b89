"""What was told since the last plan, and until when what it concluded holds."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Text, false

from crm_sync.store.types import Instant, RowNumber

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table("moved", Column("ref", Text, primary_key=True), Column("about", Text, nullable=False))
    op.create_table(
        "judging",
        Column("tables", Text, primary_key=True), Column("horizons", Text, nullable=False),
        Column("everybody_at", Instant, nullable=False), Column("judged_at", Instant, nullable=False),
    )  # fmt: skip
    op.create_table(
        "unknowns",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        Column("ref", Text, nullable=False, index=True),
        Column("field", Text, nullable=False), Column("value", Text, nullable=False),
    )  # fmt: skip
    op.add_column("known", Column("moves_at", Instant))
    op.add_column("known", Column("held_back", Boolean, nullable=False, server_default=false()))
    op.create_index("known_moves_at", "known", ["moves_at"])
