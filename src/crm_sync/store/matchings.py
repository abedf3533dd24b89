"""Which matching of everybody, and of all companies, the links stand on: one row each, the mark that its files have."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, select

from crm_sync.records import Subject
from crm_sync.store.database import Database
from crm_sync.store.schema import matchings

COMPANIES: Final = "company:"  # before the mark of companies


def matching_in_force(database: Database, about: Subject) -> str | None:
    """None where all were never matched."""
    with database.reading() as connection:
        mark: str | None = connection.scalar(select(matchings.c.mark).where(marks_of(about)))
    return mark and mark.removeprefix(COMPANIES)


def put_matching_in_force(database: Database, mark: str, about: Subject) -> None:
    with database.writing(fenced=True) as connection:
        connection.execute(matchings.delete().where(marks_of(about)))
        connection.execute(matchings.insert().values(mark=f"{COMPANIES}{mark}" if about == "company" else mark))


def marks_of(about: Subject) -> ColumnElement[bool]:
    companies = matchings.c.mark.startswith(COMPANIES)
    return companies if about == "company" else ~companies
