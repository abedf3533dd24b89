"""The CRMs' own persona and score of a person."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from crm_sync.store.types import Money

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("people", Column("persona", Text))
    op.add_column("people", Column("score", Money))
