"""The first schema. What the tables mean stands in schema.py; this is what they were on the first day, and stays so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, Text, text

from crm_sync.store.types import Instant, Money, RowNumber

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_records()
    create_conclusions()
    create_work()


def create_records() -> None:
    op.create_table(
        "people",
        key(), must("version"), *instants("created_at", "modified_at"),
        *texts("email", "more_emails", "phones", "first_name", "last_name", "company_name", "company", "title"),
        *texts("country", "owner", "stage", "source", "campaign", "close_reason"),
        flag("opted_out"), *texts("same_as"), flag("writable"), *texts("ours"), live(),
    )  # fmt: skip
    op.create_table(
        "companies",
        key(), must("version"), *instants("created_at", "modified_at"),
        *texts("name", "domain", "industry", "country", "owner", "same_as"), live(),
    )  # fmt: skip
    op.create_table(
        "deals",
        key(), must("version"), *instants("created_at", "modified_at"),
        *texts("name", "stage"), must("state"), Column("amount", Money), *texts("currency"),
        maybe("closed_at"), *texts("owner", "company", "people", "source", "same_as"), live(),
    )  # fmt: skip
    op.create_table(
        "touches",
        key(), must("version"), *instants("at", "logged_at", "modified_at"),
        *texts("people", "deals", "actor", "subject", "source", "campaign", "facts", "same_as"), live(),
    )  # fmt: skip
    op.create_table(
        "owners",
        key(), must("version"), *instants("modified_at"), *texts("name", "email", "team", "manager", "time_zone"),
        flag("human"), flag("active"), live(),
    )  # fmt: skip
    op.create_table(
        "campaigns",
        key(), must("version"), *instants("created_at", "modified_at"),
        *texts("name", "type", "starts_on", "ends_on"), Column("cost", Money), live(),
    )  # fmt: skip
    op.create_table(
        "stage_changes", key(), key("id"), *instants("at"), must("value"), *texts("was"), must("field"), live(),
    )  # fmt: skip
    op.create_table(
        "assignments", key(), key("id"), *instants("at"), *texts("owner", "was"), live(),
    )  # fmt: skip
    op.create_table(
        "progress",
        key("crm"), key("name"), must("cursor"), maybe("horizon"), Column("total", RowNumber, nullable=False),
    )  # fmt: skip


def create_conclusions() -> None:
    op.create_table(
        "links",
        key(), indexed("record_id"), indexed("person_id"), must("because"),
    )  # fmt: skip
    op.create_table("forwards", key("old_id"), must("person_id"))
    op.create_table(
        "known",
        key("person_id"), must("name"), *texts("email", "company", "stage", "owner", "owner_email"),
        must("source_first"), must("source_last"), *texts("campaign", "last_action"), maybe("last_action_at"),
        count("records"), *texts("sla_status", "sla_target", "sla_owner"),
        maybe("sla_started_at"), maybe("sla_ended_at"), maybe("sla_due_at"),
        maybe("first_attempt_at"), Column("attempts", Integer), Column("breach_count", Integer),
        must("folded_name"), must("body"),
    )  # fmt: skip
    op.create_table(
        "targets",
        position(), of_known(), maybe("started_at"), maybe("ended_at"), must("target"),
        must("state"), *instants("due_at"), maybe("settled_at"), *texts("owner"), must("because"),
    )  # fmt: skip
    op.create_table(
        "verdict_history",
        number(), indexed("person_id"), maybe("started_at"), must("target"),
        must("state"), *instants("due_at"), maybe("settled_at"), *instants("detected_at"), must("cause"),
    )  # fmt: skip
    op.create_table(
        "credits",
        position(), must("deal"), must("model"), must("channel"), Column("amount", Money, nullable=False),
        *texts("touch", "person_id"),
    )  # fmt: skip
    op.create_table(
        "stage_entries",
        position(), of_known(), must("stage"), *instants("at"), must("ref"), must("because"),
    )  # fmt: skip
    op.create_table(
        "unmapped",
        position(), must("crm"), must("field"), must("value"), count("count"), must("example"),
    )  # fmt: skip
    op.create_table("set_aside", position(), must("ref"), must("reason"))


def create_work() -> None:
    op.create_table(
        "runs",
        number(), must("kind"), *instants("started_at"), maybe("finished_at"), *texts("outcome", "summary"),
    )  # fmt: skip
    op.create_table(
        "outbox",
        number(), must("key"), must("crm"), indexed("ref"), must("values"), must("before"), must("state"),
        Column("run_id", RowNumber, ForeignKey("runs.id"), nullable=False), *instants("planned_at"),
        count("attempts"), maybe("not_before"), maybe("answered_at"), *texts("reason", "message"),
    )  # fmt: skip
    op.create_table(
        "leases",
        key("name"), *texts("holder"), Column("token", RowNumber, nullable=False),
        maybe("since"), maybe("expires_at"),
    )  # fmt: skip
    still_open = text("state IN ('pending', 'refused')")
    op.create_index(
        "outbox_open_key", "outbox", ["key"], unique=True, sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_index("outbox_state", "outbox", ["state", "crm"])


def key(name: str = "ref") -> Column[str]:
    return Column(name, Text, primary_key=True)


def texts(*names: str) -> Iterator[Column[str]]:
    return (Column(name, Text) for name in names)


def instants(*names: str) -> Iterator[Column[datetime]]:
    return (Column(name, Instant, nullable=False) for name in names)


def must(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def indexed(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, index=True)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def maybe(name: str) -> Column[datetime]:
    return Column(name, Instant)


def live() -> Column[bool]:
    return flag("live")


def position() -> Column[int]:
    return Column("position", RowNumber, primary_key=True, autoincrement=False)


def number() -> Column[int]:
    return Column("id", RowNumber, primary_key=True)


def of_known() -> Column[str]:
    return Column("person_id", Text, ForeignKey("known.person_id", ondelete="CASCADE"), nullable=False, index=True)
