"""What a record and our rights looked like when a write was refused."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Writes that were refused before have neither, so that each has one more chance."""
    op.add_column("outbox", Column("refused_version", Text))
    op.add_column("outbox", Column("refused_rights", Text))
