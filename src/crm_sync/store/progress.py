"""How far each object of each CRM has been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from crm_sync.store.database import Database
from crm_sync.store.schema import progress
from crm_sync.store.statements import as_text, inserting
from crm_sync.store.types import to_database


@dataclass(frozen=True, slots=True)
class Progress:
    """`cursor` None: nothing was read yet. `total` counts the rows that the CRM ever sent for the object."""

    crm: str
    name: str
    cursor: str | None = None
    horizon: datetime | None = None
    total: int = 0


def read_progress(database: Database, crm: str, name: str) -> Progress:
    with database.reading() as connection:
        row = connection.execute(select(progress).where(of(crm, name))).first()
    return Progress(*row) if row else Progress(crm, name)


def read_all_progress(database: Database) -> list[Progress]:
    question = select(progress).order_by(progress.c.crm, progress.c.name)
    with database.reading() as connection:
        return [Progress(*row) for row in connection.execute(question)]


def advance(connection: Connection, to: Progress) -> None:
    """Adds to what was read before; a page without a horizon leaves the one of the last complete read."""
    horizon = to_database(progress.c.horizon.type, [to.horizon], connection.dialect.name)[0]
    connection.exec_driver_sql(advancing(connection.dialect.name), (to.crm, to.name, to.cursor, horizon, to.total))


@cache
def advancing(dialect: str) -> str:
    insert = inserting(progress, dialect)
    now, before = insert.excluded, progress.c
    horizon, total = func.coalesce(now.horizon, before.horizon), before.total + now.total
    after = {"cursor": now.cursor, "horizon": horizon, "total": total}
    return as_text(insert.on_conflict_do_update(index_elements=list(progress.primary_key), set_=after), dialect)


def forget(database: Database, crm: str, name: str) -> None:
    """The next pull reads the object from its beginning; the records stay."""
    with database.writing(fenced=True) as connection:
        connection.execute(delete(progress).where(of(crm, name)))


def of(crm: str, name: str) -> ColumnElement[bool]:
    return and_(progress.c.crm == crm, progress.c.name == name)
