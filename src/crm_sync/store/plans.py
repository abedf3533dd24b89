"""Keeps what a plan concluded, all of it or nothing, and puts its changes into the outbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain

from sqlalchemy import Column, Connection, Table, select

from crm_sync.changes import Basis, Plan
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
    unknown_rows,
    unmapped_rows,
)
from crm_sync.store.database import Database
from crm_sync.store.differing import next_position, replace_differing, replace_people
from crm_sync.store.editions import replace_editions
from crm_sync.store.history import Chronicle
from crm_sync.store.moved import settle_marks
from crm_sync.store.statements import delete_cells, insert_all, numbered, replace_all, upsert
from crm_sync.store.writes import OpenWrites, Queued, waiting_writes, writes_of


def save_plan(
    database: Database,
    run_id: int,
    plan: Plan,
    rights: Mapping[str, str],
    cause: str | None,
    *,
    quiet: bool,
    by: Basis | None,
) -> Queued:
    """Returns what waits for the CRMs now. `rights` are what each CRM grants us in this run, `cause` why verdicts may
    differ from the last ones, `quiet` that nobody should be told, `by` what a next plan has to judge by, too, to be
    content with what is told until then. Raises Locked when the run was overtaken."""
    with database.writing(fenced=True) as connection:
        others = plan.people - plan.scope.people if plan.scope else frozenset[str]()
        forward_ids(connection, plan)
        replace_people(connection, plan.known, Chronicle(connection, plan.now, cause, quiet=quiet), others)
        replace_conclusions(connection, plan)
        writes = chain(writes_of(plan.changes), waiting_writes(connection, records_of(plan, others)))
        outbox = OpenWrites(connection)
        outbox.put(writes, run_id, plan.now)
        settle_marks(connection, plan.now, by, outbox.supersede(), everybody=plan.scope is None)
        return outbox.queued(run_id, rights)


def records_of(plan: Plan, people: Collection[str]) -> frozenset[str]:
    return frozenset(str(link.ref) for link in plan.links if link.person_id in people) if people else frozenset()


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
    if plan.scope is None or plan.scope.credits:
        replace_all(connection, schema.credits, numbered(credit_rows(plan)))
    replace_unknowns(connection, plan)


def replace_unknowns(connection: Connection, plan: Plan) -> None:
    """Of records that a plan did not look at, the words stay."""
    table, first = schema.unknowns, 0
    if plan.scope is None:
        connection.execute(table.delete())
    else:
        delete_cells(connection, (table.c.ref,), [(str(ref),) for ref in plan.scope.records])
        first = next_position(connection, table)
    insert_all(connection, table, numbered(unknown_rows(plan), first))


LISTS: Mapping[Table, Callable[[Plan], Iterable[Row]]] = {
    schema.company_reviews: company_review_rows,
    schema.unmapped: unmapped_rows,
    schema.set_aside: set_aside_rows,
    schema.reviews: review_rows,
}
