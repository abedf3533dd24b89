"""Finds people by whatever somebody has at hand: an id, a ref, an e-mail address, a part of the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Column, Connection, Table, func, or_, select

from crm_sync.changes import Known, Owed
from crm_sync.records import Ref
from crm_sync.store.cells import clean, dumps
from crm_sync.store.conclusions import known_of
from crm_sync.store.database import Database
from crm_sync.store.names import folded
from crm_sync.store.schema import forwards, known, links, people

MOST = 50  # people that a part of a name may find


def read_known(database: Database, person_id: str) -> Known | None:
    """Ids that were given up lead to the person that they became."""
    with database.reading() as connection:
        found = select(known.c.body).where(known.c.person_id == current_id(connection, clean(person_id)))
        body = connection.execute(found).scalar()
    return known_of(body) if body else None


OWED = msgspec.json.Decoder(Owed)


def read_running(database: Database) -> Iterator[Owed]:
    """Those with a cycle that runs and in which something is owed, one after the other: held all at once, ten thousand
    would take five times as long."""
    owes = known.c.sla_ended_at.is_(None) & known.c.sla_status.is_not(None) & (known.c.sla_status != "exempt")
    with database.reading() as connection:
        bodies = connection.execute(select(known.c.body).where(owes).order_by(known.c.person_id)).scalars()
        yield from map(OWED.decode, bodies)


def find_people(database: Database, text: str) -> list[Known]:
    """By name, when `text` is nobody's id, ref or e-mail address (any of a person's, in any case)."""
    text = clean(text).strip()
    with database.reading() as connection:
        ids = exactly(connection, text) or by_name(connection, folded(text))
        found = select(known.c.body).where(known.c.person_id.in_(ids)).order_by(known.c.folded_name, known.c.person_id)
        return [known_of(body) for body in connection.execute(found).scalars()]


def find_records(database: Database, text: str, links: Table = links) -> list[Ref]:
    """Living records by ref or by the CRM's own id, which records of two CRMs may share; `links` of companies, too."""
    text = clean(text)
    with database.reading() as connection:
        found = select(links.c.ref).where(or_(links.c.ref == text, links.c.record_id == text)).order_by(links.c.ref)
        return [Ref.parse(ref) for ref in connection.execute(found).scalars()]


def exactly(connection: Connection, text: str) -> Sequence[str]:
    by_id = select(known.c.person_id).where(known.c.person_id == current_id(connection, text))
    by_ref = select(links.c.person_id).where(or_(links.c.ref == text, links.c.record_id == text))
    listed = func.lower(people.c.more_emails).contains(dumps(text.lower()), autoescape=True)
    mine = people.c.live & or_(func.lower(people.c.email) == text.lower(), listed)
    by_email = select(links.c.person_id).join(people, people.c.ref == links.c.ref).where(mine)
    return connection.execute(by_id.union(by_ref, by_email)).scalars().all()


def by_name(connection: Connection, name: str) -> Sequence[str]:
    if not name:
        return []
    part = known.c.folded_name.contains(name, autoescape=True)
    return (
        connection.execute(select(known.c.person_id).where(part).order_by(known.c.person_id).limit(MOST))
        .scalars()
        .all()
    )


def current_id(connection: Connection, person_id: str) -> str:
    return current(connection, person_id, known.c.person_id, forwards)


def current(connection: Connection, held: str, ids: Column[str], forwards: Table) -> str:
    """Follows forwards; an id in use has none, and a circle ends where it began."""
    seen: set[str] = set()
    while held not in seen:
        seen.add(held)
        in_use = connection.execute(select(ids).where(ids == held)).first()
        after = connection.execute(select(forwards.c[ids.name]).where(forwards.c.old_id == held)).scalar()
        if in_use or after is None:
            return held
        held = after
    return held
