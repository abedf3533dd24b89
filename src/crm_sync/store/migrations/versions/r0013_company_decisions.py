"""Decisions about companies, and the evidence of company records that are one or may be, as for people."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Float, Text

from crm_sync.store.types import RowNumber

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("decisions", Column("about", Text, nullable=False, server_default="person"))
    for column in (Column("other", Text), Column("score", Float), Column("evidence", Text)):
        op.add_column("company_links", column)
    op.drop_table("company_reviews")  # a conclusion: the next plan fills it again
    op.create_table(
        "company_reviews",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        Column("one", Text, nullable=False), Column("other", Text, nullable=False),
        Column("score", Float, nullable=False), Column("evidence", Text),
    )  # fmt: skip
