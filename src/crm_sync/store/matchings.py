"""Which matching of everybody the links stand on: one row, the mark that its files have."""

from __future__ import annotations

from sqlalchemy import select

from crm_sync.store.database import Database
from crm_sync.store.schema import matchings


def matching_in_force(database: Database) -> str | None:
    """None where everybody was never matched."""
    with database.reading() as connection:
        mark: str | None = connection.scalar(select(matchings.c.mark))
    return mark


def put_matching_in_force(database: Database, mark: str) -> None:
    with database.writing(fenced=True) as connection:
        connection.execute(matchings.delete())
        connection.execute(matchings.insert().values(mark=mark))
