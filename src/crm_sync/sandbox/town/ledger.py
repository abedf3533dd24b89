"""Rows on their way into one face of the world: gathered while a block's story is told, handed on table by table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.world import Row

Change = tuple[str, str, str, str, int]  # table, record, field, value, and when it came
Link = tuple[str, str, str, str, int]  # from which record to which, and the type


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one table with the same columns."""

    face: str
    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Ledger:
    """Instants come in as epoch seconds and are kept as the world keeps them, in milliseconds."""

    def __init__(self, face: str, first: int = 0) -> None:
        self.face, self._first = face, first
        self._rows: dict[str, list[Row]] = {}
        self.changes: list[Change] = []
        self.links: list[Link] = []

    def next(self, table: str) -> int:
        """The number of the record that is added next, for tables whose records are counted."""
        return self._first + len(self._rows.get(table, ()))

    def add(self, table: str, record_id: str, created: int, modified: int, values: Row) -> None:
        stamps: Row = {"_id": record_id, "_created": created * 1000, "_modified": max(created, modified) * 1000}
        self._rows.setdefault(table, []).append(stamps | values)

    def changed(self, table: str, record_id: str, field: str, steps: list[tuple[int, str]]) -> None:
        """The values that a field has held, each with the instant it came."""
        self.changes += [(table, record_id, field, value, at * 1000) for at, value in steps]

    def join(self, one: tuple[str, str], other: tuple[str, str], types: Mapping[int, int]) -> None:
        """Associates two records both ways; `types` maps each type to its inverse."""
        for there, back in types.items():
            self.links.append((*one, *other, there))
            self.links.append((*other, *one, back))

    def sheets(self) -> list[Sheet]:
        """Every table once, its rows with the same columns, so that one statement inserts them all."""
        return [_sheet(self.face, table, rows) for table, rows in self._rows.items()]


def _sheet(face: str, table: str, rows: list[Row]) -> Sheet:
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return Sheet(face, table, columns, [tuple(map(row.get, columns)) for row in rows])
