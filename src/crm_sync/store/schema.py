"""The tables of the store: what the CRMs said, what we concluded, what people decided, what is to be written, who runs.

A ref stands in one text column (`hubspot:contacts:51`). Lists and mappings are JSON text; an empty one is NULL.
A record that its CRM has deleted stays, with `live` false, so that it is not mistaken for one we never saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, text

from crm_sync.store.types import Instant, Money, RowNumber

NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "ix": "%(table_name)s_%(column_0_name)s",
}
VERSION_TABLE = "crm_sync_version"  # alembic's note of the revision, apart from any other application's
metadata = MetaData(naming_convention=NAMES)


def key(name: str = "ref") -> Column[str]:
    return Column(name, Text, primary_key=True)


def texts(*names: str) -> Iterator[Column[str]]:
    return (Column(name, Text) for name in names)


def numbers(*names: str, null: bool = True) -> Iterator[Column[int]]:
    return (Column(name, RowNumber, nullable=null) for name in names)


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


def since() -> Column[datetime]:
    return Column("since", Instant, primary_key=True)


def of_known() -> Column[str]:
    return Column("person_id", Text, ForeignKey("known.person_id", ondelete="CASCADE"), nullable=False, index=True)


# What the CRMs said -------------------------------------------------------------------------------------------------

people = Table(
    "people", metadata,
    key(), must("version"), *instants("created_at", "modified_at"),
    *texts("email", "more_emails", "phones", "first_name", "last_name", "company_name", "company", "title"),
    *texts("country", "owner", "stage", "source", "campaign", "close_reason", "persona"), Column("score", Money),
    flag("opted_out"), *texts("same_as"), flag("writable"), *texts("ours"), live(),
)  # fmt: skip
companies = Table(
    "companies", metadata,
    key(), must("version"), *instants("created_at", "modified_at"),
    *texts("name", "domain", "phone", "industry", "city", "country", "owner", "same_as"), live(),
)  # fmt: skip
deals = Table(
    "deals", metadata,
    key(), must("version"), *instants("created_at", "modified_at"),
    *texts("name", "stage"), must("state"), Column("amount", Money), *texts("currency"),
    maybe("closed_at"), *texts("owner", "company", "people", "source", "same_as"), live(),
)  # fmt: skip
touches = Table(
    "touches", metadata,
    key(), must("version"), *instants("at", "logged_at", "modified_at"),
    *texts("people", "deals", "actor", "subject", "source", "campaign", "facts", "same_as"), flag("day_only"),
    *texts("logged_by"), maybe("starts_at"), live(),
)  # fmt: skip
owners = Table(
    "owners", metadata,
    key(), must("version"), *instants("modified_at"), *texts("name", "email", "team", "manager", "time_zone"),
    *texts("working_hours", "away"), flag("human"), flag("active"), live(),
)  # fmt: skip
calendars = Table(
    "calendars", metadata,
    key(), must("version"), *instants("modified_at"), *texts("name", "time_zone", "hours", "holidays"),
    flag("main"), flag("active"), live(),
)  # fmt: skip
campaigns = Table(
    "campaigns", metadata,
    key(), must("version"), *instants("created_at", "modified_at"),
    *texts("name", "type", "starts_on", "ends_on"), Column("cost", Money), live(),
)  # fmt: skip
stage_changes = Table(
    "stage_changes", metadata, key(), key("id"), *instants("at"), must("value"), *texts("was"), must("field"), live(),
)  # fmt: skip
assignments = Table(
    "assignments", metadata, key(), key("id"), *instants("at"), *texts("owner", "was"), live(),
)  # fmt: skip
mentions = Table("mentions", metadata, key("person"), key("ref"), sqlite_with_rowid=False)
moved = Table("moved", metadata, key(), must("about"))
progress = Table(
    "progress", metadata,
    key("crm"), key("name"), must("cursor"), maybe("horizon"), Column("total", RowNumber, nullable=False),
)  # fmt: skip

# What we concluded: the last plan, and the history that outlives it -------------------------------------------------

links = Table(
    "links", metadata,
    key(), indexed("record_id"), indexed("person_id"), must("because"), *texts("other"), Column("score", Float),
    *texts("evidence"),
)  # fmt: skip
reviews = Table(
    "reviews", metadata,
    position(), must("one"), must("other"), Column("score", Float, nullable=False), *texts("evidence"),
)  # fmt: skip
forwards = Table("forwards", metadata, key("old_id"), must("person_id"))
known = Table(
    "known", metadata,
    key("person_id"), must("name"), *texts("email", "company", "stage", "owner", "owner_email"),
    must("source_first"), must("source_last"), *texts("campaign", "last_action"), maybe("last_action_at"),
    count("records"), *texts("sla_status", "sla_target", "sla_owner"),
    maybe("sla_started_at"), maybe("sla_ended_at"), maybe("sla_due_at"),
    maybe("first_attempt_at"), Column("attempts", Integer), Column("breach_count", Integer),
    must("folded_name"), must("body"), *texts("company_id", "digest"), Column("moves_at", Instant, index=True),
    flag("held_back"),
)  # fmt: skip
company_links = Table(
    "company_links", metadata,
    key(), indexed("record_id"), indexed("company_id"), must("because"), *texts("other"), Column("score", Float),
    *texts("evidence"),
)  # fmt: skip
company_forwards = Table("company_forwards", metadata, key("old_id"), must("company_id"))
known_companies = Table(
    "known_companies", metadata,
    key("company_id"), must("name"), *texts("domain", "country"), count("records"), must("folded_name"), must("body"),
)  # fmt: skip
company_reviews = Table(
    "company_reviews", metadata,
    position(), must("one"), must("other"), Column("score", Float, nullable=False), *texts("evidence"),
)  # fmt: skip
employers = Table("employers", metadata, key(), indexed("company_id"), must("because"), *texts("others"))
targets = Table(
    "targets", metadata,
    position(), of_known(), maybe("started_at"), maybe("ended_at"), must("target"),
    must("state"), *instants("due_at"), maybe("settled_at"), *texts("owner"), must("because"),
    maybe("qualified_at"), must("clock"),
)  # fmt: skip
stretches = Table(
    "stretches", metadata,
    position(), of_known(), must("target"), *instants("qualified_at"), must("owner"), *instants("since"),
    maybe("until"), must("state"), maybe("due_at"), maybe("settled_at"), must("because"),
)  # fmt: skip
verdict_history = Table(
    "verdict_history", metadata,
    number(), indexed("person_id"), maybe("started_at"), must("target"),
    must("state"), *instants("due_at"), maybe("settled_at"), *instants("detected_at"), must("cause"),
    maybe("qualified_at"), maybe("breached_at"), maybe("revised_at"), *texts("because"), flag("quiet"),
)  # fmt: skip
promises = Table("promises", metadata, number(), *instants("since"), must("version"), must("tables"))
editions = Table("editions", metadata, key(), since(), must("kind"), *texts("body"))
matchings = Table("matchings", metadata, key("about"), must("mark"))
judging = Table("judging", metadata, key("tables"), must("horizons"), *instants("everybody_at", "judged_at"))
credits = Table(
    "credits", metadata,
    position(), must("deal"), must("model"), must("channel"), Column("amount", Money, nullable=False),
    *texts("touch", "person_id"),
)  # fmt: skip
stage_entries = Table(
    "stage_entries", metadata,
    position(), of_known(), must("stage"), *instants("at"), must("ref"), must("because"),
)  # fmt: skip
qualifications = Table(
    "qualifications", metadata,
    position(), of_known(), *instants("qualified_at"), maybe("started_at"), must("version"), count("points"),
    count("needed"), *texts("band", "persona", "rules", "missed"),
)  # fmt: skip
unmapped = Table(
    "unmapped", metadata,
    position(), must("crm"), must("field"), must("value"), count("count"), must("example"),
)  # fmt: skip
unknowns = Table("unknowns", metadata, position(), indexed("ref"), must("field"), must("value"))
set_aside = Table("set_aside", metadata, position(), must("ref"), must("reason"))

# What people decided ------------------------------------------------------------------------------------------------

decisions = Table(
    "decisions", metadata,
    number(), must("one"), must("other"), flag("same"), must("by"), *instants("at"), *texts("note"),
    maybe("undone_at"), *texts("undone_by"), must("about"),
)  # fmt: skip
trainings = Table(
    "trainings", metadata,
    number(), *instants("at"), must("by"), must("begun_with"), count("records"), count("pairs"),
    *texts("weights", "checks"),
)  # fmt: skip

# What is to be written, and who runs --------------------------------------------------------------------------------

runs = Table(
    "runs", metadata,
    number(), must("kind"), *instants("started_at"), maybe("finished_at"), *texts("outcome", "summary"),
)  # fmt: skip
outbox = Table(
    "outbox", metadata,
    number(), must("key"), must("crm"), indexed("ref"), must("values"), must("before"), must("state"),
    Column("run_id", RowNumber, ForeignKey("runs.id"), nullable=False), *instants("planned_at"),
    count("attempts"), maybe("not_before"), maybe("answered_at"), *texts("reason", "message"),
    *texts("refused_version", "refused_rights"),
)  # fmt: skip
leases = Table(
    "leases", metadata,
    key("name"), *texts("holder"), Column("token", RowNumber, nullable=False),
    maybe("since"), maybe("expires_at"), Column("gives_way", Boolean),
)  # fmt: skip
budgets = Table(
    "budgets", metadata,
    key("crm"), key("day"), *numbers("limit", "used"), *numbers("own", "backfill", null=False),
    maybe("resets_at"), *instants("heard_at"),
)  # fmt: skip
secrets = Table("secrets", metadata, key("name"), *texts("value", "locked_by"), maybe("locked_until"))

# A write stands in the outbox once while it is open or refused; what was written or superseded is history.
OPEN = text("state IN ('pending', 'refused')")
Index("outbox_open_key", outbox.c.key, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
Index("outbox_state", outbox.c.state, outbox.c.crm)
