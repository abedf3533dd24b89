"""Owners and calendars as they were from time to time: what has ended is judged by those of its day."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from crm_sync.store.types import Instant

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """The next plan keeps how they are; that stands for all time before it."""
    op.create_table(
        "editions",
        Column("ref", Text, primary_key=True),
        Column("since", Instant, primary_key=True, nullable=False),
        Column("kind", Text, nullable=False),
        Column("body", Text),
    )
