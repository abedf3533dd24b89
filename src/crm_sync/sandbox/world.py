"""The tables behind both faces: one SQLite table per CRM object, with history, associations and a clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_sync.sandbox.jsontext import as_json
from crm_sync.sandbox.worldclock import WorldClock, from_ms, to_ms

__all__ = [
    "ARCHIVED_AT", "CREATED", "MODIFIED", "Columns", "FieldDef", "HistoryItem", "Row", "Table", "World", "WorldClock",
    "as_json", "by_column", "from_ms", "quoted", "to_ms",
]  # fmt: skip

Row = dict[str, Any]
Columns = dict[str, Sequence[Any]]

#: Kept beside the CRM's own fields in every table; epoch milliseconds.
CREATED, MODIFIED, ARCHIVED_AT = "_created", "_modified", "_archived_at"

_AFFINITY = {"text": "TEXT", "number": "REAL", "integer": "INTEGER", "boolean": "INTEGER"}


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field of an object. `kind` is text, number, integer or boolean and decides the column's affinity;
    `about` is the definition as the face shows it (labels, options, flags)."""

    name: str
    kind: str = "text"
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A value that a field has held: `at` is epoch milliseconds, `source` and `source_id` say who set it."""

    record_id: str
    field: str
    value: str | None
    at: int
    source: str = "CRM_UI"
    source_id: str | None = None


class Table:
    """Records of one object of one CRM. Ids are text; every field is a column, so searches are SQL."""

    def __init__(self, db: sqlite3.Connection, face: str, name: str, fields: Iterable[FieldDef]) -> None:
        self.db, self.face, self.name = db, face, name
        self.sql_name = quoted(f"{face}_{name}")
        self.fields = {one.name: one for one in fields}
        stamps = f"{CREATED} INTEGER, {MODIFIED} INTEGER, {ARCHIVED_AT} INTEGER"
        columns = ", ".join(["_id TEXT PRIMARY KEY", stamps, *map(_column, self.fields.values())])
        db.execute(f"CREATE TABLE {self.sql_name} ({columns}) WITHOUT ROWID")
        db.execute(f"CREATE INDEX {quoted(f'{face}_{name}_modified')} ON {self.sql_name} ({MODIFIED}, _id)")

    def add_field(self, one: FieldDef) -> None:
        """A new column, empty in every record."""
        if one.name not in self.fields:
            self.db.execute(f"ALTER TABLE {self.sql_name} ADD COLUMN {_column(one)}")
        self.fields[one.name] = one

    def drop_field(self, name: str) -> None:
        """The column and what it held are gone."""
        self.db.execute(f"ALTER TABLE {self.sql_name} DROP COLUMN {quoted(name)}")
        del self.fields[name]

    def insert(self, rows: Iterable[Row]) -> None:
        """Rows with `_id`, `_created`, `_modified` and any fields; all rows of one call need not share keys."""
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(row), []).append(row)
        for keys, same in groups.items():
            columns = ", ".join(quoted(key) for key in keys)
            marks = ", ".join("?" for _ in keys)
            self.db.executemany(
                f"INSERT INTO {self.sql_name} ({columns}) VALUES ({marks})",
                [tuple(row[key] for key in keys) for row in same],
            )

    def update(self, record_id: str, values: Row) -> None:
        """Sets the given columns of one record (`_modified` included, if the caller moves it)."""
        if values:
            sets = ", ".join(f"{quoted(key)} = ?" for key in values)
            self.db.execute(f"UPDATE {self.sql_name} SET {sets} WHERE _id = ?", (*values.values(), record_id))

    def get(self, ids: Sequence[str], columns: Sequence[str] | None = None) -> dict[str, Row]:
        """Records by id, archived ones too; unknown ids are absent."""
        found: dict[str, Row] = {}
        for start in range(0, len(ids), 500):
            some = list(ids[start : start + 500])
            marks = ", ".join("?" for _ in some)
            for row in self.select(f"_id IN ({marks})", some, columns=columns):
                found[row["_id"]] = row
        return found

    def select(
        self,
        where: str = "1",
        params: Sequence[Any] = (),
        *,
        columns: Sequence[str] | None = None,
        order: str = "_id",
        limit: int | None = None,
        offset: int = 0,
    ) -> Iterator[Row]:
        """Records for which the SQL condition holds. `columns` are fields; the four kept ones always come."""
        chosen = "*" if columns is None else self.kept_and(columns)
        sql = f"SELECT {chosen} FROM {self.sql_name} WHERE {where} ORDER BY {order}"
        if limit is not None:
            sql += f" LIMIT {int(limit)} OFFSET {int(offset)}"
        cursor = self.db.execute(sql, tuple(params))
        names = [one[0] for one in cursor.description]
        for values in cursor:
            yield dict(zip(names, values))  # noqa: B905 - SQLite gives every row all its columns

    def count(self, where: str = "1", params: Sequence[Any] = ()) -> int:
        found = self.db.execute(f"SELECT count(*) FROM {self.sql_name} WHERE {where}", tuple(params)).fetchone()
        return int(found[0])

    @staticmethod
    def kept_and(columns: Sequence[str]) -> str:
        return ", ".join(["_id", CREATED, MODIFIED, ARCHIVED_AT, *(quoted(one) for one in columns)])


class World:
    """Everything the sandbox holds. Faces add their tables; the town fills them; one process, one thread."""

    def __init__(self, clock: WorldClock, path: str = ":memory:") -> None:
        self.clock, self._path = clock, path
        self.tables: dict[tuple[str, str], Table] = {}
        self.notes: dict[str, Any] = {}  # what a face keeps besides records: pipelines, groups, tokens
        self.db = self._opened()

    def clear(self) -> None:
        """As before the first table: no record, no note. The clock is not touched."""
        self.db.close()
        if self._path != ":memory:":
            Path(self._path).unlink()
        self.tables.clear()
        self.notes.clear()
        self.db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        db.executescript(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE TABLE history (face TEXT, object TEXT, record_id TEXT, field TEXT, value TEXT, at INTEGER,
                                  source TEXT, source_id TEXT);
            CREATE INDEX history_of ON history (record_id, field, at);
            CREATE TABLE association (from_object TEXT, from_id TEXT, to_object TEXT, to_id TEXT,
                                      type_id INTEGER, category TEXT,
                                      PRIMARY KEY (from_object, from_id, to_object, to_id, type_id)) WITHOUT ROWID;
            """
        )
        return db

    def add_table(self, face: str, name: str, fields: Iterable[FieldDef]) -> Table:
        self.tables[face, name] = table = Table(self.db, face, name, fields)
        return table

    def table(self, face: str, name: str) -> Table:
        return self.tables[face, name]

    def add_history(self, face: str, name: str, items: Iterable[HistoryItem]) -> None:
        self.db.executemany(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(face, name, i.record_id, i.field, i.value, i.at, i.source, i.source_id) for i in items],
        )

    def history(self, face: str, name: str, record_id: str, field_name: str) -> list[HistoryItem]:
        """Newest first, as HubSpot shows it."""
        rows = self.db.execute(
            "SELECT record_id, field, value, at, source, source_id FROM history WHERE face = ? AND object = ?"
            " AND record_id = ? AND field = ? ORDER BY at DESC, rowid DESC",
            (face, name, record_id, field_name),
        )
        return [HistoryItem(*row) for row in rows]

    def associate(self, rows: Iterable[tuple[str, str, str, str, int, str]]) -> None:
        """(from_object, from_id, to_object, to_id, type_id, category); the caller adds both directions."""
        self.db.executemany("INSERT OR REPLACE INTO association VALUES (?, ?, ?, ?, ?, ?)", rows)


def by_column(cursor: sqlite3.Cursor) -> Columns:
    """What a statement finds, as all values of each of its columns."""
    names = [one[0] for one in cursor.description]
    return dict(zip(names, zip(*cursor, strict=True), strict=False)) or dict.fromkeys(names, ())


def _column(one: FieldDef) -> str:
    return f"{quoted(one.name)} {_AFFINITY[one.kind]}"


def quoted(name: str) -> str:
    """An SQL identifier, safe for any field name."""
    return '"' + name.replace('"', '""') + '"'
