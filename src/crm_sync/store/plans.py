"""Keeps what a plan concluded, all of it or nothing, and puts its changes into the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Column, Connection, Table, select

from crm_sync.changes import Plan
from crm_sync.store import schema
from crm_sync.store.conclusions import (
    Row,
    company_link_rows,
    company_review_rows,
    company_rows,
    credit_rows,
    employer_rows,
    link_rows,
    review_rows,
    set_aside_rows,
    unmapped_rows,
)
from crm_sync.store.database import Database
from crm_sync.store.differing import replace_differing, replace_people
from crm_sync.store.editions import replace_editions
from crm_sync.store.history import Chronicle
from crm_sync.store.statements import numbered, replace_all, upsert
from crm_sync.store.writes import Queued, enqueue, writes_of


def save_plan(
    database: Database, run_id: int, plan: Plan, rights: Mapping[str, str], cause: str | None, *, quiet: bool
) -> Queued:
    """Returns what waits for the CRMs now. `rights` are what each CRM grants us in this run, `cause` why verdicts may
    differ from the last ones, `quiet` that nobody should be told. Raises Locked when the run was overtaken."""
    with database.writing(fenced=True) as connection:
        forward_ids(connection, plan)
        replace_people(connection, plan.known, Chronicle(connection, plan.now, cause, quiet=quiet))
        replace_conclusions(connection, plan)
        return enqueue(connection, run_id, writes_of(plan.changes), plan.now, rights)


def forward_ids(connection: Connection, plan: Plan) -> None:
    """Who knew a person or company by an id that is not in use any more still finds the person or company."""
    people = {str(link.ref): link.person_id for link in plan.links}
    forward(connection, schema.links.c.person_id, people, schema.forwards)
    companies = {str(link.ref): link.company_id for link in plan.company_links}
    forward(connection, schema.company_links.c.company_id, companies, schema.company_forwards)


def forward(connection: Connection, held: Column[str], now: Mapping[str, str], forwards: Table) -> None:
    """`held` are the ids of the plan before, `now` those of this one by ref."""
    before = connection.execute(select(held.table.c.ref, held))
    moved = {old: now[ref] for ref, old in before if ref in now}
    in_use = set(now.values())
    gone = {old: new for old, new in moved.items() if old not in in_use}
    upsert(connection, forwards, [{"old_id": old, held.name: new} for old, new in gone.items()])


def replace_conclusions(connection: Connection, plan: Plan) -> None:
    replace_differing(connection, schema.links, link_rows(plan))
    replace_differing(connection, schema.known_companies, company_rows(plan))
    replace_differing(connection, schema.company_links, company_link_rows(plan))
    replace_differing(connection, schema.employers, employer_rows(plan))
    replace_editions(connection, plan.editions)
    for table, rows in LISTS.items():
        replace_all(connection, table, numbered(rows(plan)))


LISTS: Mapping[Table, Callable[[Plan], Iterable[Row]]] = {
    schema.credits: credit_rows,
    schema.company_reviews: company_review_rows,
    schema.unmapped: unmapped_rows,
    schema.set_aside: set_aside_rows,
    schema.reviews: review_rows,
}
