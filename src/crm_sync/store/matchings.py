"""Which matching of everybody, and of all companies, the links stand on: one row each, the mark that its files have."""

from __future__ import annotations

from sqlalchemy import select

from crm_sync.records import Subject
from crm_sync.store.database import Database
from crm_sync.store.schema import matchings


def matching_in_force(database: Database, about: Subject) -> str | None:
    """None where all were never matched."""
    with database.reading() as connection:
        mark: str | None = connection.scalar(select(matchings.c.mark).where(matchings.c.about == about))
    return mark


def put_matching_in_force(database: Database, mark: str, about: Subject) -> None:
    with database.writing(fenced=True) as connection:
        connection.execute(matchings.delete().where(matchings.c.about == about))
        connection.execute(matchings.insert().values(about=about, mark=mark))
