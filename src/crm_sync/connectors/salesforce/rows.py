"""One form for what REST and Bulk send: a row is a list of texts, one per column, and an empty one at its end.

Bulk cannot tell null from empty text, so nobody here can: nothing is "". A translator looks up once where its fields
stand; a field that was not asked for stands at the end, where nothing is.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from crm_sync.connectors.salesforce.describe import Sight

Texts = list[str]
Cell = Callable[[Mapping[str, Any]], str]

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a long text area is longer than what the module allows by itself


class Columns:
    """Where fields stand in the rows of one answer."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._places = {name: place for place, name in enumerate(names)}

    def at(self, name: str) -> int:
        return self._places.get(name, len(self.names))

    def every(self, names: Iterable[str]) -> tuple[int, ...]:
        """The places of those that are there."""
        return tuple(self._places[name] for name in names if name in self._places)


def first(row: Texts, places: Sequence[int]) -> str | None:
    """The first of these values that is no blank."""
    for place in places:
        if (value := row[place]) and not value.isspace():
            return value
    return None


def every(row: Texts, places: Sequence[int]) -> tuple[str, ...]:
    """All of these values that are no blanks."""
    return tuple([value for place in places if (value := row[place]) and not value.isspace()]) if places else ()


def from_csv(text: str) -> tuple[tuple[str, ...], list[Texts]]:
    """Header and rows. Raises ValueError when a row is longer or shorter than the header."""
    lines = csv.reader(io.StringIO(text, newline=""))
    names = tuple(next(lines, ()))
    rows = [row for row in lines if row]
    width = len(names)
    for row in rows:
        if len(row) != width:
            raise ValueError(f"{len(row)} values for {width} columns")
        row.append("")
    return names, rows


def from_json(fields: Sequence[str], sight: Sight, records: Iterable[Mapping[str, Any]]) -> list[Texts]:
    """The same rows from an answer of REST, with instants as Bulk writes them."""
    cells = [cell(name, sight) for name in fields]
    return [[*(read(record) for read in cells), ""] for record in records]


def cell(name: str, sight: Sight) -> Cell:
    """Reads one field, or one of a parent (`Campaign.Type`)."""
    parent, _, of_parent = name.partition(".")
    if of_parent:
        return lambda record: written((record.get(parent) or {}).get(of_parent))
    if name in sight.columns and sight.columns[name].type == "datetime":
        return lambda record: with_z(written(record.get(name)))
    return lambda record: written(record.get(name))


def written(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def with_z(instant: str) -> str:
    """`2026-01-05T10:00:00.000Z` for `2026-01-05T10:00:00.000+0000`: one instant, one version, however it was read."""
    return f"{instant[:-5]}Z" if instant.endswith("+0000") else instant
