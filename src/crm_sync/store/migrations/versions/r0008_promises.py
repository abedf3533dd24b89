"""The promise in its versions, verdicts by the lead's clock and per owner, and a history that says why it changed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Text, false

from crm_sync.store.types import Instant, RowNumber

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("touches", Column("day_only", Boolean, nullable=False, server_default=false()))
    op.add_column("targets", Column("qualified_at", Instant))
    op.add_column("targets", Column("clock", Text, nullable=False, server_default="rep"))
    for name in ("qualified_at", "breached_at", "revised_at"):
        op.add_column("verdict_history", Column(name, Instant))
    op.add_column("verdict_history", Column("because", Text))
    op.add_column("verdict_history", Column("quiet", Boolean, nullable=False, server_default=false()))
    op.execute("UPDATE verdict_history SET because = cause, cause = 'before'")
    op.create_table(
        "stretches",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        Column("person_id", Text, ForeignKey("known.person_id", ondelete="CASCADE"), nullable=False, index=True),
        Column("target", Text, nullable=False), Column("qualified_at", Instant, nullable=False),
        Column("owner", Text, nullable=False),
        Column("since", Instant, nullable=False), Column("until", Instant), Column("state", Text, nullable=False),
        Column("due_at", Instant), Column("settled_at", Instant), Column("because", Text, nullable=False),
    )  # fmt: skip
    op.create_table(
        "promises",
        Column("id", RowNumber, primary_key=True), Column("since", Instant, nullable=False),
        Column("version", Text, nullable=False), Column("tables", Text, nullable=False),
    )  # fmt: skip
