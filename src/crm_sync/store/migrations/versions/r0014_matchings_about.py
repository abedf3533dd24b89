"""Which matching of all companies is in force, beside that of everybody."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """The key is another one, which SQLite cannot change: the table is made anew, with what it held of people."""
    held = op.get_bind().scalar(text("SELECT mark FROM matchings"))
    op.drop_table("matchings")
    made = op.create_table("matchings", Column("about", Text, primary_key=True), Column("mark", Text, nullable=False))
    if held is not None:
        op.bulk_insert(made, [{"about": "person", "mark": held}])
