"""Where each column of an SQL row goes in its JSON record, with parents nested under their relationship."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    parents: dict[str, Shape] = field(default_factory=dict)

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


@dataclass(slots=True)
class Columns:
    """The SQL columns of a statement, collected while its shape grows."""

    scope: Scope
    url: str
    sql: list[str] = field(default_factory=list)

    def root(self) -> Shape:
        return self._shape([self.scope.root])

    def select(self, shape: Shape, wanted: Field) -> None:
        """Adds a field to the shape, inside the parents that it is reached through."""
        column, at = self.scope.column(wanted), shape
        hops = self.scope.path_of(wanted)
        for number, hop in enumerate(hops, 1):
            at = self._parent(at, hop, self.scope.places(hops[:number], wanted.at))
        if column.label not in dict(at.values):
            at.add(column, self._index(stored_as_printed(column)))

    def _parent(self, shape: Shape, hop: str, places: Sequence[Place]) -> Shape:
        if hop not in shape.parents:
            shape.reserve(hop)
            shape.parents[hop] = self._shape(places)
        return shape.parents[hop]

    def _shape(self, places: Sequence[Place]) -> Shape:
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
