"""Budgets of calls per day, tokens that CRMs replace, and leases that give way."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Text

from crm_sync.store.types import Instant, RowNumber

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "budgets",
        Column("crm", Text, primary_key=True), Column("day", Text, primary_key=True),
        Column("limit", RowNumber), Column("used", RowNumber),
        Column("own", RowNumber, nullable=False), Column("backfill", RowNumber, nullable=False),
        Column("resets_at", Instant), Column("heard_at", Instant, nullable=False),
    )  # fmt: skip
    op.create_table(
        "secrets",
        Column("name", Text, primary_key=True), Column("value", Text),
        Column("locked_by", Text), Column("locked_until", Instant),
    )  # fmt: skip
    op.add_column("leases", Column("gives_way", Boolean))
