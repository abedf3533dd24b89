"""What the store holds about one person, as the same relations that it has of everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
from sqlalchemy import ColumnElement, Select, Text, literal, select

from crm_sync.changes import Known
from crm_sync.store import schema
from crm_sync.store.database import Database
from crm_sync.store.relations import some

INSIDE: Final = ("record_id", "folded_name", "body")  # columns that no relation has


def read_tables_about(database: Database, known: Known) -> Mapping[str, pa.Table]:
    """`links`, `touches`, `credits`, `employers`, `known_companies` and `verdict_history` of one person, all of the
    same moment; the last one also of people whom this one became."""
    with database.reading() as connection:
        told = conditions(known).items()
        return {name: some(schema.metadata.tables[name], which, *INSIDE)(connection) for name, which in told}


def conditions(known: Known) -> Mapping[str, ColumnElement[bool]]:
    """Relation → which of its rows are about a person."""
    refs = [str(ref) for ref in known.refs]
    named = select(schema.mentions.c.ref).where(schema.mentions.c.person.in_(refs))
    jobs = select(schema.employers.c.company_id).where(schema.employers.c.ref.in_(refs))
    return {
        "links": schema.links.c.ref.in_(refs),
        "touches": schema.touches.c.ref.in_(named),
        "credits": schema.credits.c.person_id == known.person_id,
        "employers": schema.employers.c.ref.in_(refs),
        "known_companies": schema.known_companies.c.company_id.in_(jobs),
        "verdict_history": schema.verdict_history.c.person_id.in_(ids_of(known.person_id)),
    }


def ids_of(person_id: str) -> Select[str]:
    """The person's id, and those that were given up for it; one that is in use again is somebody else's."""
    given_up = schema.forwards.c
    ids = select(literal(person_id, Text).label("id")).cte("ids", recursive=True)
    in_use = select(schema.known.c.person_id)
    ids = ids.union(
        select(given_up.old_id).join(ids, given_up.person_id == ids.c.id).where(given_up.old_id.not_in(in_use))
    )
    return select(ids.c.id)
