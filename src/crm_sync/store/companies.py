"""Finds companies by whatever somebody has at hand: an id, a ref, a domain, a part of the name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select

from crm_sync.changes import KnownCompany
from crm_sync.store.cells import clean
from crm_sync.store.conclusions import company_of
from crm_sync.store.database import Database
from crm_sync.store.names import folded
from crm_sync.store.people import MOST, current
from crm_sync.store.schema import company_forwards, company_links, known_companies

ID = known_companies.c.company_id


def find_companies(database: Database, text: str) -> list[KnownCompany]:
    """By name, when `text` is no company's id, ref or domain."""
    text = clean(text).strip()
    with database.reading() as connection:
        ids = exactly(connection, text) or by_name(connection, folded(text))
        order = (known_companies.c.folded_name, ID)
        found = connection.execute(select(known_companies.c.body).where(ID.in_(ids)).order_by(*order))
        return [company_of(body) for body in found.scalars()]


def exactly(connection: Connection, text: str) -> Sequence[str]:
    by_id = select(ID).where(ID.in_([current(connection, text, ID, company_forwards)]))
    by_domain = select(ID).where(func.lower(known_companies.c.domain) == text.lower())
    refs = or_(company_links.c.ref == text, company_links.c.record_id == text)
    by_ref = select(company_links.c.company_id).where(refs)
    return connection.execute(by_id.union(by_ref, by_domain)).scalars().all()


def by_name(connection: Connection, name: str) -> Sequence[str]:
    if not name:
        return []
    part = known_companies.c.folded_name.contains(name, autoescape=True)
    return connection.execute(select(ID).where(part).order_by(ID).limit(MOST)).scalars().all()
