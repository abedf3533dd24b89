"""Which living records of an object the store holds, by the instant of their creation."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Column, ColumnElement, Table, func, select

from crm_sync.store.database import Database
from crm_sync.store.schema import campaigns, companies, deals, people, touches
from crm_sync.store.statements import batches

CREATED: Final = (
    (people, people.c.created_at),
    (companies, companies.c.created_at),
    (deals, deals.c.created_at),
    (campaigns, campaigns.c.created_at),
    (touches, touches.c.logged_at),
)


@dataclass(frozen=True, slots=True)
class Census:
    """The records of one object. `count` goes by the instants of the beginning, so that it costs no question."""

    database: Database
    prefix: str  # "hubspot:contacts:"
    table: Table | None  # None when none was ever stored
    created: Column[datetime] | None
    stamps: array[float] = field(repr=False, default_factory=lambda: array("d"))

    def count(self, since: datetime, until: datetime) -> int:
        return bisect_left(self.stamps, until.timestamp()) - bisect_left(self.stamps, since.timestamp())

    def ids(self, since: datetime, until: datetime) -> frozenset[str]:
        """Of those that were created in [since, until), as it is now."""
        if self.table is None or self.created is None:
            return frozenset()
        return self._asked(self.created >= since, self.created < until)

    def living(self, ids: Collection[str]) -> frozenset[str]:
        """Those among `ids` that the store holds, whenever they were created."""
        found = [self.prefix + one for one in ids]
        if self.table is None:
            return frozenset()
        ref = self.table.c.ref
        return frozenset[str]().union(*(self._asked(ref.in_(some)) for some in batches(found)))

    def _asked(self, *conditions: ColumnElement[bool]) -> frozenset[str]:
        assert self.table is not None
        question = select(self.table.c.ref).where(self.table.c.live, of(self.table, self.prefix), *conditions)
        with self.database.reading() as connection:
            return frozenset(ref.removeprefix(self.prefix) for ref in connection.execute(question).scalars())


def take_census(database: Database, crm: str, name: str) -> Census:
    prefix = f"{crm}:{name}:"
    with database.reading() as connection:
        for table, created in CREATED:
            if connection.execute(select(table.c.ref).where(of(table, prefix)).limit(1)).first():
                question = select(created).where(table.c.live, of(table, prefix)).order_by(created)
                stamps = array("d", (at.timestamp() for at in connection.execute(question).scalars()))
                return Census(database, prefix, table, created, stamps)
    return Census(database, prefix, None, None)


def of(table: Table, prefix: str) -> ColumnElement[bool]:
    """Character by character: neither case nor collation may matter."""
    return func.substr(table.c.ref, 1, len(prefix)) == prefix
