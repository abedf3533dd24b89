"""The promise as it was in force from time to time: what a cycle of last year is judged by, whatever is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from crm_sync.errors import ConfigError
from crm_sync.mappings import Promise, Vocabulary, load_vocabulary, promise_from_text
from crm_sync.store.database import Database
from crm_sync.store.schema import promises

STAYS = "The last good version of the promise stays in force."


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
    """What began later is forgotten: these tables hold from their instant on."""
    with database.writing(fenced=True) as connection:
        connection.execute(promises.delete().where(promises.c.since > since))
        connection.execute(promises.insert().values(since=since, version=version, tables=tables))


def in_force(directory: Path | None, kept: Sequence[Kept]) -> tuple[Vocabulary, tuple[str, ...]]:
    """The tables in `directory`, and what is odd about them, in sentences. Where nothing but the promise is wrong, the
    last good one stays in its place. Raises ConfigError."""
    try:
        vocabulary = load_vocabulary(directory)
    except ConfigError as problem:
        promise = last_good(kept)
        if promise is None:
            raise
        try:
            return load_vocabulary(directory, promise), (f"{problem} {STAYS}",)
        except ConfigError:
            raise problem from None
    return vocabulary, vocabulary.promise.warnings


def last_good(kept: Sequence[Kept]) -> Promise | None:
    """The newest promise that can be read, for when the tables cannot."""
    return next((read for one in reversed(kept) if (read := readable(one))), None)


def readable(kept: Kept) -> Promise | None:
    """None for tables of a version of crm-sync that read them otherwise."""
    try:
        return promise_from_text(kept.tables)
    except ConfigError:
        return None
