"""The promise as it was in force from time to time: what a cycle of last year is judged by, whatever is edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm_sync.store.database import Database
from crm_sync.store.schema import promises


@dataclass(frozen=True, slots=True)
class Kept:
    """The text of the tables, from `since` on; the first one stands for all time before it, too."""

    since: datetime
    version: str
    tables: str


def read_promises(database: Database) -> list[Kept]:
    """Oldest first."""
    columns = promises.c.since, promises.c.version, promises.c.tables
    with database.reading() as connection:
        return [Kept(*row) for row in connection.execute(select(*columns).order_by(promises.c.since, promises.c.id))]


def keep_promise(database: Database, version: str, tables: str, since: datetime) -> None:
    """What began at that instant or later is forgotten: it was never to be, or is no more."""
    with database.writing(fenced=True) as connection:
        connection.execute(promises.delete().where(promises.c.since >= since))
        connection.execute(promises.insert().values(since=since, version=version, tables=tables))
