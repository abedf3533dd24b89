"""What a page of rows needs from other objects: children in their parent's row, parents, and what a merge has moved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from crm_sync.connectors.salesforce.describe import Sight
from crm_sync.connectors.salesforce.rest import Rest
from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.connectors.salesforce.soql import Question, Rows
from crm_sync.connectors.salesforce.sources import Children, Source
from crm_sync.connectors.salesforce.translate import Words
from crm_sync.connectors.salesforce.values import among, quoted
from crm_sync.records import Record

See = Callable[[str], Awaitable[Sight | None]]

TOGETHER = 400  # ids in one statement: what fits into a URL
LISTED = 2_000  # for more ids than this we ask for all between the first and the last


@dataclass(frozen=True, slots=True)
class Related:
    """`sources` are all that we read, by object."""

    rest: Rest
    see: See
    words: Words
    sources: Mapping[str, Source]

    async def whole(self, source: Source, rows: Rows) -> Rows:
        """The rows with their children, in a column of their own."""
        if source.children is None or not rows.rows:
            return rows
        held = await self.children(source.children, sorted(ids_of(rows)))
        at = rows.columns.at("Id")
        filled = [[*row[:-1], " ".join(held.get(row[at], ())), ""] for row in rows.rows]
        return Rows(Columns((*rows.columns.names, source.children.column)), filled)

    async def children(self, children: Children, parents: list[str]) -> dict[str, list[str]]:
        """Parent → what its children hold."""
        fields, alive = ("Id", children.parent, children.value), "IsDeleted = false"
        if children.listed or len(parents) <= LISTED:
            found = await self.having(children.object, fields, children.parent, parents, alive)
        else:
            between = f"{children.parent} >= {quoted(parents[0])} AND {children.parent} <= {quoted(parents[-1])}"
            found = await self.ask(children.object, fields, between, alive)
        held: dict[str, list[str]] = {}
        parent, value = found.columns.at(children.parent), found.columns.at(children.value)
        for row in found.rows:
            held.setdefault(row[parent], []).append(row[value])
        return held

    async def parents(self, child: Source, parent: Source, rows: Rows) -> Rows:
        """The records that these rows belong to."""
        wanted = sorted(set(ids_of(rows, child.parent)))
        return await self.whole(parent, await self.having(parent.object, parent.fields, "Id", wanted))

    async def moved(self, source: Source, rows: Rows) -> tuple[Record, ...]:
        """What belongs to the winners of merges now: Salesforce gives it to them without a new stamp."""
        deleted, master = rows.columns.at("IsDeleted"), rows.columns.at("MasterRecordId")
        winners = sorted({row[master] for row in rows.rows if row[deleted] == "true" and row[master]})
        if not winners:
            return ()
        found = await asyncio.gather(*(self.belonging(name, field, winners) for name, field in source.moved))
        return tuple(record for records in found for record in records)

    async def belonging(self, name: str, field: str, winners: list[str]) -> tuple[Record, ...]:
        source = self.sources[name]
        rows = await self.having(name, source.fields, field, winners, source.where)
        if source.parent:
            parent = self.sources[source.parent.removesuffix("Id")]
            return records(parent, await self.parents(source, parent, rows), self.words)
        return records(source, await self.whole(source, rows), self.words)

    async def having(self, name: str, fields: tuple[str, ...], field: str, values: list[str], *where: str) -> Rows:
        """The rows in which a field holds one of these ids."""
        packs = [values[start : start + TOGETHER] for start in range(0, len(values), TOGETHER)]
        found = await asyncio.gather(*(self.ask(name, fields, among(field, pack), *where) for pack in packs))
        return Rows(found[0].columns, [row for part in found for row in part.rows]) if found else Rows(Columns(()), [])

    async def ask(self, name: str, fields: tuple[str, ...], *where: str) -> Rows:
        """None of an object that our user cannot see."""
        sight = await self.see(name)
        return await self.rest.every(Question.about(name, fields, sight, *where)) if sight else Rows(Columns(()), [])


def ids_of(rows: Rows, field: str = "Id") -> Iterable[str]:
    at = rows.columns.at(field)
    return (row[at] for row in rows.rows if row[at])


def records(source: Source, rows: Rows, words: Words) -> tuple[Record, ...]:
    """What the rows say. A deleted one says nothing, but for one that was merged: it tells into whom."""
    if source.records is None or not rows.rows:
        return ()
    tell, deleted, master = source.records(rows.columns, words), *map(rows.columns.at, ("IsDeleted", "MasterRecordId"))
    return tuple(record for row in rows.rows if row[deleted] != "true" or row[master] for record in tell(row))
