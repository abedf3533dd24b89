"""Rows that are found by a number: most of them sorted and never changed, so that they may lie in a mapped file, and
beside them those that changed since.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as compute

Row = tuple[Any, ...]
FORMATS: Final[dict[pa.DataType, Any]] = {pa.int32(): "i", pa.uint64(): "Q", pa.float32(): "f"}


class Shelf:
    """Number → rows, each without the number. `base` is sorted by its first column, the number; its cells are numbers,
    never empty."""

    def __init__(self, base: pa.Table, fresh: dict[int, list[Row]] | None = None) -> None:
        self.base = base
        self.fresh = {} if fresh is None else fresh
        self._numbers, *self._cells = (viewed(column) for column in base.columns)

    def __getitem__(self, number: int) -> list[Row]:
        if (found := self.fresh.get(number)) is not None:
            return found
        low, high = self._span(number)
        return list(zip(*(cells[low:high].tolist() for cells in self._cells), strict=True)) if low < high else []

    def __setitem__(self, number: int, rows: list[Row]) -> None:
        self.fresh[number] = rows

    def one(self, number: int) -> int:
        """The only cell of its only row. Raises LookupError."""
        if (found := self.fresh.get(number)) is not None:
            return int(found[0][0])
        low, high = self._span(number)
        if low == high:
            raise LookupError(number)
        return int(self._cells[0][low])

    def count(self, number: int) -> int:
        if (found := self.fresh.get(number)) is not None:
            return len(found)
        low, high = self._span(number)
        return high - low

    def add(self, number: int, row: Row) -> None:
        self.fresh[number] = [*self[number], row]

    def drop(self, number: int, first: int) -> None:
        """Without the rows that begin so."""
        self.fresh[number] = [row for row in self[number] if row[0] != first]

    def changed(self) -> pa.Table:
        """`fresh` in the columns of `base`; a number without rows has one empty row."""
        rows = [(number, *row) for number in self.fresh for row in self.fresh[number] or [(None,) * len(self._cells)]]
        columns = zip(*rows, strict=True) if rows else ((),) * self.base.num_columns
        cells = [pa.array(found, field.type) for found, field in zip(columns, self.base.schema, strict=True)]
        return pa.table(cells, self.base.schema)

    def _span(self, number: int) -> tuple[int, int]:
        numbers = self._numbers
        if (
            number + 1 < len(numbers)
            and numbers[number] == number < numbers[number + 1]
            and number != numbers[number - 1]
        ):
            return number, number + 1  # as everywhere where each number has one row
        low = bisect_left(numbers, number)
        return low, bisect_right(numbers, number, low)


def fresh_of(changed: pa.Table) -> dict[int, list[Row]]:
    """`Shelf.changed` read back."""
    found: dict[int, list[Row]] = {}
    for number, *row in zip(*(column.to_pylist() for column in changed.columns), strict=True):
        rows = found.setdefault(number, [])
        if row[0] is not None:
            rows.append(tuple(row))
    return found


def viewed(column: pa.ChunkedArray) -> memoryview[Any]:
    """The numbers of a column, where they lie."""
    whole = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([*column.chunks, pa.array([], column.type)])
    buffer = whole.buffers()[1]
    cells: memoryview[Any] = memoryview(buffer if buffer is not None else b"").cast("B").cast(FORMATS[column.type])
    return cells[whole.offset : whole.offset + len(whole)]


class Sheet:
    """Number → one row of a table whose first column is the number, which sorts it; None for one that is gone."""

    def __init__(self, base: pa.Table, fresh: dict[int, dict[str, Any] | None] | None = None) -> None:
        self.base = base
        self.fresh = {} if fresh is None else fresh
        self._numbers = viewed(base.column(0))

    def rows(self, numbers: Iterable[int]) -> pa.Table:
        """Those that are there, in any order."""
        places, changed = [], []
        for number in numbers:
            if number in self.fresh:
                changed.append(self.fresh[number])
            elif (place := bisect_left(self._numbers, number)) < len(self._numbers) and self._numbers[place] == number:
                places.append(place)
        told = pa.Table.from_pylist([row for row in changed if row is not None], self.base.schema)
        return pa.concat_tables([self.base.take(pa.array(places, pa.int64())), told])

    def all(self) -> pa.Table:
        """Every row, sorted."""
        number = self.base.column_names[0]
        kept = compute.invert(compute.is_in(self.base[number], pa.array(list(self.fresh), self.base[number].type)))
        return pa.concat_tables([self.base.filter(kept), self.changed()]).sort_by(number)

    def changed(self) -> pa.Table:
        """The rows that changed or came."""
        return pa.Table.from_pylist([row for row in self.fresh.values() if row is not None], self.base.schema)

    def gone(self) -> list[int]:
        return [number for number, row in self.fresh.items() if row is None]

    def put(self, rows: pa.Table) -> None:
        for row in rows.to_pylist():
            self.fresh[row[self.base.column_names[0]]] = row

    def drop(self, numbers: Iterable[int]) -> None:
        self.fresh.update(dict.fromkeys(numbers))


def both_ways(pairs: pa.Table) -> pa.Table:
    """Rows of two numbers and more, under either number."""
    one, two, *rest = pairs.column_names
    turned = pairs.select([two, one, *rest]).rename_columns([one, two, *rest])
    return pa.concat_tables([pairs, turned]).sort_by([(one, "ascending"), (two, "ascending")])
