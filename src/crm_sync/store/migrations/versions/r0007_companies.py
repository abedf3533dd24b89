"""Companies as one: links with evidence, golden values, whom each person works for, and what to look at."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Float, Integer, Text, text

from crm_sync.store.types import RowNumber

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("companies", Column("phone", Text))
    op.add_column("companies", Column("city", Text))
    # both are in no record that was read before: companies are read from their beginning once
    op.execute(text("DELETE FROM progress WHERE name IN ('companies', 'Account')"))
    op.add_column("known", Column("company_id", Text))
    op.create_table("company_links", key("ref"), must("record_id"), must("company_id"), must("because"))
    op.create_index("company_links_record_id", "company_links", ["record_id"])
    op.create_index("company_links_company_id", "company_links", ["company_id"])
    op.create_table("company_forwards", key("old_id"), must("company_id"))
    op.create_table(
        "known_companies",
        key("company_id"), must("name"), Column("domain", Text), Column("country", Text),
        Column("records", Integer, nullable=False), must("folded_name"), must("body"),
    )  # fmt: skip
    op.create_table(
        "company_reviews",
        Column("position", RowNumber, primary_key=True, autoincrement=False),
        must("ref"), must("other"), Column("score", Float, nullable=False), must("because"),
    )  # fmt: skip
    op.create_table("employers", key("ref"), must("company_id"), must("because"), Column("others", Text))
    op.create_index("employers_company_id", "employers", ["company_id"])


def key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def must(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)
