"""When owners work and are away, and the calendars of their organizations."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Text

from crm_sync.store.types import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("owners", Column("working_hours", Text))
    op.add_column("owners", Column("away", Text))
    op.create_table(
        "calendars",
        Column("ref", Text, primary_key=True), Column("version", Text, nullable=False),
        Column("modified_at", Instant, nullable=False),
        *(Column(name, Text) for name in ("name", "time_zone", "hours", "holidays")),
        *(Column(name, Boolean, nullable=False) for name in ("main", "active", "live")),
    )  # fmt: skip
