"""What a folder said so far, row by row, in the order in which it changed: what makes files readable like a CRM.

A file only tells what is so now. The journal keeps the cells of each row under a number that grows with every change; a
cursor is the last number seen, so that a read returns what changed or went away after it. It stands in the folder, so
that several stores may read the same folder, each from where it stopped.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from crm_sync.connectors.files.sheets import CRM
from crm_sync.errors import ConfigError, TryLater

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
Cells = Mapping[str, str]
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS journal (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sheets (name TEXT PRIMARY KEY, stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    number INTEGER PRIMARY KEY, sheet TEXT NOT NULL, key TEXT NOT NULL, cells TEXT, at INTEGER NOT NULL,
    UNIQUE (sheet, key)
);
CREATE INDEX IF NOT EXISTS rows_in_order ON rows (sheet, number);
CREATE TABLE IF NOT EXISTS bad (
    sheet TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,
    place TEXT NOT NULL, found TEXT NOT NULL, allowed TEXT NOT NULL
);
CREATE TEMPORARY TABLE seen (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;
"""
USABLE: Final = "a journal of crm-sync, in a folder that this user may write"
AGAIN: Final = "Without it everything is read again."
KEYS: Final = "(SELECT value FROM json_each(?))"


class BadRow(NamedTuple):
    """A row that was left out, and why."""

    file: str
    line: int
    column: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: line {self.line}: {self.column}: found {self.found}; allowed: {self.allowed}."


@dataclass(frozen=True, slots=True)
class Entry:
    """A row under its number. `cells` None: it is not there any more. `ours` are our properties of a person."""

    number: int
    key: str
    cells: Cells | None
    ours: Cells
    at: datetime


class Journal:
    """Opens the journal of a folder, and makes it where there is none. Raises ConfigError."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.database = sqlite3.connect(file, isolation_level=None)
            self.database.execute("PRAGMA synchronous = NORMAL")
            self.database.executescript(SCHEMA)
        except sqlite3.Error as problem:
            raise ConfigError(str(file), str(problem), USABLE, fix=AGAIN) from None
        with self.changing():
            if not self.database.execute("SELECT 1 FROM journal").fetchone():
                self.database.execute("INSERT INTO journal VALUES (?)", (uuid.uuid4().hex[:12],))
        self.id = str(self.database.execute("SELECT id FROM journal").fetchone()[0])

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All or nothing. Raises TryLater while somebody else changes it."""
        try:
            self.database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            raise TryLater(CRM, f"{self.file}: {problem}", after=10.0) from None
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    # what stands in it

    def after(self, sheet: str, number: int, most: int, window: tuple[datetime, datetime] | None) -> list[Entry]:
        """The rows that changed after `number`, in that order; with `window`, those noticed inside of it."""
        since, until = map(micros, window) if window else (-(2**62), 2**62)
        question = """
            SELECT rows.number, rows.key, rows.cells, ours.cells, rows.at
            FROM rows LEFT JOIN rows AS ours ON ours.sheet = ? AND ours.key = rows.key
            WHERE rows.sheet = ? AND rows.number > ? AND rows.at >= ? AND rows.at < ?
            ORDER BY rows.number LIMIT ?"""
        found = self.database.execute(question, (ours_of(sheet), sheet, number, since, until, most))
        return [Entry(place, key, read(cells), read(ours) or {}, instant(at)) for place, key, cells, ours, at in found]

    def cells(self, sheet: str, keys: Sequence[str]) -> dict[str, Cells]:
        """Key → cells of the rows that are there."""
        question = f"SELECT key, cells FROM rows WHERE sheet = ? AND cells IS NOT NULL AND key IN {KEYS}"
        return {key: json.loads(cells) for key, cells in self.database.execute(question, (sheet, json.dumps(keys)))}

    def every(self, sheet: str) -> Iterator[tuple[str, Cells]]:
        question = "SELECT key, cells FROM rows WHERE sheet = ? AND cells IS NOT NULL ORDER BY rowid"
        return ((key, json.loads(cells)) for key, cells in self.database.execute(question, (sheet,)))

    def count(self, sheet: str) -> int:
        question = "SELECT count(*) FROM rows WHERE sheet = ? AND cells IS NOT NULL"
        return int(self.database.execute(question, (sheet,)).fetchone()[0])

    def stamp(self, sheet: str) -> str | None:
        """What the file of the sheet looked like from outside when it was read last."""
        found = self.database.execute("SELECT stamp FROM sheets WHERE name = ?", (sheet,)).fetchone()
        return str(found[0]) if found else None

    def bad_rows(self, most: int = -1) -> list[BadRow]:
        question = "SELECT file, line, place, found, allowed FROM bad ORDER BY file, line LIMIT ?"
        return [BadRow(*row) for row in self.database.execute(question, (most,))]

    # changes of it, inside of `changing`

    def begin(self, sheet: str) -> None:
        """Before a file is read from its beginning."""
        self.database.execute("DELETE FROM seen")
        self.database.execute("DELETE FROM bad WHERE sheet = ?", (sheet,))

    def see(self, key: str, line: int) -> int | None:
        """The key is there; the line where it stood before in this file, if it did."""
        if self.database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
            return None
        return int(self.database.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()[0])

    def note(self, sheet: str, rows: Mapping[str, Cells], at: datetime, anew: bool = False) -> list[str]:
        """Rows as they are now; returns the keys of those that are new or different, or of all with `anew`."""
        held = {} if anew else self.cells(sheet, list(rows))
        moved = [key for key, cells in rows.items() if held.get(key) != cells]
        number, noticed = self.last(), micros(at)
        self.database.executemany(NOTE, [
            (number + place, sheet, key, json.dumps(rows[key], ensure_ascii=False), noticed)
            for place, key in enumerate(moved, 1)
        ])  # fmt: skip
        return moved

    def set_aside(self, sheet: str, row: BadRow) -> None:
        self.database.execute("INSERT INTO bad VALUES (?, ?, ?, ?, ?, ?)", (sheet, *row))

    def bury_unseen(self, sheet: str, at: datetime) -> list[str]:
        """Rows that are not in the file any more; returns their keys."""
        question = "SELECT key FROM rows WHERE sheet = ? AND cells IS NOT NULL AND key NOT IN (SELECT key FROM seen)"
        gone = [str(key) for (key,) in self.database.execute(question, (sheet,))]
        number, noticed = self.last(), micros(at)
        self.database.executemany(
            "UPDATE rows SET number = ?, cells = NULL, at = max(at, ?) WHERE sheet = ? AND key = ?",
            [(number + place, noticed, sheet, key) for place, key in enumerate(gone, 1)],
        )
        return gone

    def touch(self, sheet: str, keys: Sequence[str], at: datetime) -> None:
        """Rows that say something else now because of what stands in another file."""
        there, number, noticed = self.cells(sheet, keys), self.last(), micros(at)
        self.database.executemany(
            "UPDATE rows SET number = ?, at = max(at, ?) WHERE sheet = ? AND key = ?",
            [(number + place, noticed, sheet, key) for place, key in enumerate(there, 1)],
        )

    def finish(self, sheet: str, stamp: str) -> None:
        self.database.execute("INSERT OR REPLACE INTO sheets VALUES (?, ?)", (sheet, stamp))

    def last(self) -> int:
        return int(self.database.execute("SELECT coalesce(max(number), 0) FROM rows").fetchone()[0])


NOTE: Final = """
    INSERT INTO rows (number, sheet, key, cells, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (sheet, key) DO UPDATE SET
        number = excluded.number, cells = excluded.cells, at = max(at, excluded.at)"""


def ours_of(sheet: str) -> str:
    """The sheet that holds our properties of the rows of `sheet`."""
    return f"properties of {sheet}"


def read(cells: Any) -> Cells | None:
    found: Cells | None = None if cells is None else json.loads(cells)
    return found


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def instant(count: int) -> datetime:
    return EPOCH + timedelta(microseconds=count)
