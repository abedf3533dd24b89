"""Rows on their way into one face of the world: gathered while a block's story is told, handed on table by table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_sync.sandbox.world import Row

#: May stand in a row for None, at which SQLite's driver looks for an adapter: that takes six times as long as writing
#: a number. No value in the town is this one.
NOTHING: Final = -1

Change = tuple[str, str, str, str, int]  # table, record, field, value, and when it came
Kind = tuple[str, str, tuple[tuple[int, int], ...]]  # of associations: from what, to what, each type and its inverse
Pair = tuple[str, str]  # the ids of two records
Link = tuple[str, str, str, str, int]  # from which record to which, and the type


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one table with the same columns, and what is the same in all of them."""

    face: str
    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    same: Row = field(default_factory=dict)


class Ledger:
    """Instants come in as epoch seconds and are kept as the world keeps them, in milliseconds."""

    def __init__(self, face: str, first: int = 0) -> None:
        self.face, self._first = face, first
        self._rows: dict[str, list[Row]] = {}
        self._alike: list[tuple[str, list[Row], Row]] = []
        self._count: Counter[str] = Counter()
        self.changes: list[Change] = []
        self.pairs: dict[Kind, list[Pair]] = {}

    def next(self, table: str) -> int:
        """The number of the record that is added next, for tables whose records are counted."""
        return self._first + self._count[table]

    def add(self, table: str, record_id: str, created: int, modified: int, values: Row) -> None:
        stamps: Row = {"_id": record_id, "_created": created * 1000, "_modified": max(created, modified) * 1000}
        self._rows.setdefault(table, []).append(stamps | values)
        self._count[table] += 1

    def add_alike(self, table: str, at: int, same: Row, rows: list[Row]) -> None:
        """Records of one instant which differ in little: `rows` says in what, their ids included."""
        stamps: Row = {"_created": at * 1000, "_modified": at * 1000}
        self._alike.append((table, rows, stamps | same))
        self._count[table] += len(rows)

    def changed(self, table: str, record_id: str, field: str, steps: list[tuple[int, str]]) -> None:
        """The values that a field has held, each with the instant it came."""
        self.changes += [(table, record_id, field, value, at * 1000) for at, value in steps]

    def join(self, one: tuple[str, str], other: tuple[str, str], types: Mapping[int, int]) -> None:
        """Associates two records both ways; `types` maps each type to its inverse."""
        self.pairs.setdefault((one[0], other[0], tuple(types.items())), []).append((one[1], other[1]))

    @property
    def links(self) -> list[Link]:
        """The associations one by one, each way by itself."""
        return [
            link
            for (one, other, types), pairs in self.pairs.items()
            for here, there in pairs
            for way, back in types
            for link in ((one, here, other, there, way), (other, there, one, here, back))
        ]

    def sheets(self, nothing: int | None = None) -> list[Sheet]:
        """Rows with the same columns together, so that one statement inserts them all; `nothing` stands for what a
        row does not say."""
        sheets = [_sheet(self.face, table, rows, {}, nothing) for table, rows in self._rows.items()]
        return sheets + [_sheet(self.face, *alike, nothing) for alike in self._alike]


def _sheet(face: str, table: str, rows: list[Row], same: Row, nothing: int | None) -> Sheet:
    blank: Row = {}
    for row in rows:
        blank.update(row)
    blank = dict.fromkeys(blank, nothing)
    return Sheet(face, table, tuple(blank), [tuple((blank | row).values()) for row in rows], same)
