"""Where each column of an SQL row goes in its JSON record, with parents nested under their relationship."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_sync.sandbox.salesforce.soql.scope import Column, Place, Scope
from crm_sync.sandbox.salesforce.soql.tree import Field

Record = dict[str, Any]

_PRINTED = "strftime('%Y-%m-%dT%H:%M:%S.000+0000', {} / 1000, 'unixepoch')"


@dataclass(slots=True)
class Shape:
    """A record or a parent inside it. Indexes are columns of the SQL row; `kind` tells parents of several kinds."""

    url: str
    type: str
    id: int
    kind: int | None = None
    values: list[tuple[str, int]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    parents: dict[str, Shape | Choice] = field(default_factory=dict)

    def record(self, row: Sequence[Any]) -> Record | None:
        """The record, or None for a parent that is not there."""
        id_ = row[self.id]
        if id_ is None:
            return None
        type_ = self.type if self.kind is None else row[self.kind]
        made: Record = {"attributes": {"type": type_, "url": f"{self.url}/{type_}/{id_}"}}
        for label, index in self.values:
            made[label] = row[index]
        for label in self.flags:
            made[label] = bool(made[label])
        for label in self.documents:
            made[label] = json.loads(made[label]) if made[label] else None
        for label, parent in self.parents.items():
            made[label] = parent.record(row)
        return made

    def add(self, column: Column, index: int) -> None:
        self.values.append((column.label, index))
        if column.type == "boolean":
            self.flags.append(column.label)
        elif column.type == "complexvalue":
            self.documents.append(column.label)

    def reserve(self, label: str) -> None:
        """Keeps the place of something filled in later, so that keys stay in the order of the SELECT."""
        self.values.append((label, self.id))


@dataclass(frozen=True, slots=True)
class Choice:
    """A parent of several kinds, of which each has a shape of its own; the others have one in common, or none."""

    whens: Mapping[str, Shape]
    otherwise: Shape | None

    def record(self, row: Sequence[Any]) -> Record | None:
        """The record of the one kind that is there."""
        found = next((record for shape in self.whens.values() if (record := shape.record(row))), None)
        return found or (self.otherwise.record(row) if self.otherwise else None)


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
        if column.label not in dict(at.values):
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
        self.sql.append(sql)
        return len(self.sql) - 1


def stored_as_printed(column: Column) -> str:
    """Instants are stored in milliseconds and printed in whole seconds; SQLite prints faster than Python."""
    return _PRINTED.format(column.sql) if column.type == "datetime" else column.sql
