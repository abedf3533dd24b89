"""Who wrote a touch down, and when an appointment starts."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from crm_sync.store.types import Instant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """What is asked of each record grows with them, so that calls, mails and appointments are read once again."""
    op.add_column("touches", Column("logged_by", Text))
    op.add_column("touches", Column("starts_at", Instant))
