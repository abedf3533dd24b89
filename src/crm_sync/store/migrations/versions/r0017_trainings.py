"""Weights of matching that a company's own records taught."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text

from crm_sync.store.types import Instant, RowNumber

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "trainings",
        Column("id", RowNumber, primary_key=True), Column("at", Instant, nullable=False),
        Column("by", Text, nullable=False), Column("begun_with", Text, nullable=False),
        Column("records", Integer, nullable=False), Column("pairs", Integer, nullable=False),
        Column("weights", Text), Column("checks", Text),
    )  # fmt: skip
