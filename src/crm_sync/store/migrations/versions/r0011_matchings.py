"""Which matching of everybody is in force, so that hosts whose files stand for another one begin anew."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table("matchings", Column("mark", Text, primary_key=True))
