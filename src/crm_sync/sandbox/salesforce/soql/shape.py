"""Where each column of an SQL row goes in its JSON record, with parents nested under their relationship."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from crm_sync.sandbox.jsontext import NULL, as_json, objects, scalars
from crm_sync.sandbox.salesforce.soql.scope import Column, Place, Scope
from crm_sync.sandbox.salesforce.soql.tree import Field

#: All values of each SQL column.
Table = Sequence[Sequence[Any]]

_NONE: Final[Mapping[str, list[str]]] = MappingProxyType({})
_PRINTED = "strftime('%Y-%m-%dT%H:%M:%S.000+0000', {} / 1000, 'unixepoch')"


@dataclass(slots=True)
class Shape:
    """A record or a parent inside it. Numbers are places in the SQL row; `kind` tells parents of several kinds."""

    url: str
    type: str
    id: int
    kind: int | None = None
    values: dict[str, int] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    parents: dict[str, Shape | Choice] = field(default_factory=dict)

    def texts(self, columns: Table, children: Mapping[str, list[str]] = _NONE) -> list[str]:
        """The records as JSON, from all values of each SQL column; null for a parent that is not there. `children`
        are lists that come from another statement."""
        ids = columns[self.id]
        types = [self.type] * len(ids) if self.kind is None else columns[self.kind]
        made = {"attributes": _attributes(self.url, types, ids)}
        for label, place in self.values.items():
            if label in self.parents:
                made[label] = self.parents[label].texts(columns)
            else:
                made[label] = children.get(label) or _PRINTERS.get(self.types.get(label, ""), scalars)(columns[place])
        return [NULL if id_ is None else text for id_, text in zip(ids, objects(made), strict=True)]

    def add(self, column: Column, index: int) -> None:
        self.values[column.label] = index
        self.types[column.label] = column.type

    def reserve(self, label: str) -> None:
        """Keeps the place of something filled in later, so that keys stay in the order of the SELECT."""
        self.values.setdefault(label, self.id)


def _attributes(url: str, types: Iterable[str], ids: Iterable[str]) -> list[str]:
    """Neither ids nor names of objects have anything to escape."""
    return [f'{{"type":"{one}","url":"{url}/{one}/{id_}"}}' for one, id_ in zip(types, ids, strict=True)]


def _flags(values: Iterable[object]) -> list[str]:
    return ["true" if value else "false" for value in values]


def _documents(values: Iterable[str | None]) -> list[str]:
    return [as_json(json.loads(value)) if value else NULL for value in values]


_PRINTERS: Final[Mapping[str, Callable[[Iterable[Any]], list[str]]]] = {"boolean": _flags, "complexvalue": _documents}


@dataclass(frozen=True, slots=True)
class Choice:
    """A parent of several kinds, of which each has a shape of its own; the others have one in common, or none."""

    whens: Mapping[str, Shape]
    otherwise: Shape | None

    def texts(self, columns: Table) -> list[str]:
        """The records as JSON, each of the one kind that is there."""
        kinds = [shape.texts(columns) for shape in (*self.whens.values(), self.otherwise) if shape]
        return [next((text for text in row if text != NULL), NULL) for row in zip(*kinds, strict=True)]


@dataclass(slots=True)
class Columns:
    """The SQL columns of a statement, collected while its shape grows."""

    scope: Scope
    url: str
    sql: list[str] = field(default_factory=list)

    def root(self) -> Shape:
        return self.parent_of([self.scope.root])

    def select(self, shape: Shape, wanted: Field) -> None:
        """Adds a field to the shape, inside the parents that it is reached through."""
        column, at = self.scope.column(wanted), shape
        hops = self.scope.path_of(wanted)
        for number, hop in enumerate(hops, 1):
            at = self._parent(at, hop, self.scope.places(hops[:number], wanted.at), wanted.at)
        if column.label not in at.values:
            at.add(*self.read(column))

    def read(self, column: Column) -> tuple[Column, int]:
        """The column, and where its value will be in a row."""
        return column, self._index(stored_as_printed(column))

    def _parent(self, shape: Shape, hop: str, places: Sequence[Place], at: int) -> Shape:
        if hop not in shape.parents:
            shape.reserve(hop)
            shape.parents[hop] = self.parent_of(places)
        found = shape.parents[hop]
        if isinstance(found, Choice):
            self.scope.refuse("MALFORMED_QUERY", at, f"{hop} cannot be selected with TYPEOF and by a path")
        return found

    def parent_of(self, places: Sequence[Place]) -> Shape:
        """An empty shape for what stands at one of these places."""
        ids = [f"{one.name}._id" for one in places]
        if len(places) == 1:
            return Shape(self.url, places[0].sight.type.name, self._index(ids[0]))
        cases = " ".join(
            f"WHEN {id_} IS NOT NULL THEN '{one.sight.type.name}'" for id_, one in zip(ids, places, strict=True)
        )
        return Shape(self.url, "Name", self._index(f"coalesce({', '.join(ids)})"), self._index(f"CASE {cases} END"))

    def _index(self, sql: str) -> int:
        if sql not in self.sql:
            self.sql.append(sql)
        return self.sql.index(sql)


def stored_as_printed(column: Column) -> str:
    """Instants are stored in milliseconds and printed in whole seconds; SQLite prints faster than Python."""
    return _PRINTED.format(column.sql) if column.type == "datetime" else column.sql
