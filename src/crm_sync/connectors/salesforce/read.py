"""Pages of one object in the order in which its rows changed, so that every page's cursor is safe to stop at."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from crm_sync.clock import from_iso, to_iso
from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.describe import Sight
from crm_sync.connectors.salesforce.sources import Source
from crm_sync.connectors.salesforce.translate import Words
from crm_sync.connectors.salesforce.values import CRM, Row, instant, literal, quoted
from crm_sync.errors import Failed

#: A transaction commits with stamps from when it began: what changed shortly before the last read is read again.
OVERLAP = timedelta(minutes=10)
PAGE = 2_000

Ask = Callable[[str], Awaitable[list[Row]]]  # SOQL in, all its rows out
See = Callable[[str], Awaitable[Sight | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a read stands. `began` is None between reads; `since` is None in the first one. `part` counts the sources
    of an object, `stamp` and `id` are those of the last row."""

    since: str | None = None
    began: str | None = None
    part: int = 0
    stamp: str | None = None
    id: str | None = None

    def as_cursor(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @classmethod
    def of(cls, cursor: str | None) -> Place:
        """Raises Failed when the text was not written by us."""
        try:
            return cls(**json.loads(cursor)) if cursor else cls()
        except (ValueError, TypeError):
            fix = "Read this object again from the start."
            raise Failed(CRM, "cursor", f"{cursor!r} cannot be read.", fix=fix) from None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the sources of one object. `again` is the source of what rows with a parent point to."""

    ask: Ask
    see: See
    words: Words
    sources: Sequence[Source]
    again: Source | None = None
    size: int = PAGE

    async def pages(self, cursor: str | None, window: Window | None, now: datetime) -> AsyncIterator[Page]:
        """From where the cursor stands to the end, or to the end of the window."""
        place = Place.of(cursor)
        place = place if place.began else replace(place, began=to_iso(now))
        hidden = [source for source in self.sources if await self.see(source.object) is None]
        while True:
            rows = await self.rows(place, window)
            after = self.after(place, rows)
            if after.began is None and hidden:
                after = Place(place.since)  # whoever grants it later wants all of it, not what came since
            yield await self.page(place, after, rows, blind=any(source.judges for source in hidden))
            if after.began is None:
                return
            place = after

    async def rows(self, place: Place, window: Window | None) -> list[Row]:
        """The next rows of the source where we stand; none of an object that this user cannot see."""
        source = self.sources[place.part]
        sight = await self.see(source.object)
        if sight is None:
            return []
        return await self.ask(soql(source, sight, bounds(source, place, window), self.size))

    def after(self, place: Place, rows: Sequence[Row]) -> Place:
        """Where the read stands once these rows are stored. Raises Failed when it would stand still."""
        if len(rows) < self.size:
            last = place.part + 1 == len(self.sources)
            return Place(since=place.began) if last else Place(place.since, place.began, place.part + 1)
        stamp = literal(instant(rows[-1], self.sources[place.part].stamp))
        if (stamp, rows[-1]["Id"]) == (place.stamp, place.id):
            where = self.sources[place.part].object
            raise Failed(CRM, where, f"the same page came twice, up to {place.id} at {stamp}.")
        return replace(place, stamp=stamp, id=rows[-1]["Id"])

    async def page(self, place: Place, after: Place, rows: Sequence[Row], *, blind: bool) -> Page:
        """Who is `blind` to what people are judged by has no horizon: nobody is late by what we could not see."""
        source = self.sources[place.part]
        told = await self.parents(source, rows) if source.parent and rows else rows
        teller = self.again if source.parent and self.again else source
        telling = [row for row in told if row.get("IsDeleted") is not True or row.get("MasterRecordId")]
        return Page(
            tuple(record for row in telling for record in teller.records(row, self.words)),
            after.as_cursor(),
            tuple(ref for row in told if row.get("IsDeleted") is True for ref in teller.gone(row)),
            len(rows),
            from_iso(place.began) if after.began is None and place.began and not blind else None,
        )

    async def parents(self, source: Source, rows: Sequence[Row]) -> list[Row]:
        """The records that these rows belong to, found by the rows' stamps: 2,000 ids would be too long for a URL."""
        sight = await self.see(self.again.object) if self.again else None
        if self.again is None or sight is None:
            return []
        first, last = (literal(instant(row, source.stamp)) for row in (rows[0], rows[-1]))
        between = f"{source.stamp} >= {first} AND {source.stamp} <= {last}"
        children = f"SELECT {source.parent} FROM {source.object} WHERE {between}"
        return await self.ask(soql(self.again, sight, [f"Id IN ({children})"]))


async def all_rows(http: Http, root: str, soql: str) -> list[Row]:
    """The whole answer, deleted rows included, however many pieces it comes in. Money stays exact."""
    said = (await http.get(f"{root}/queryAll", params={"q": soql})).json(parse_float=Decimal)
    rows = [*said["records"], *await rest(http, said)]
    for row in rows:
        for children in row.values():
            if isinstance(children, dict) and "records" in children:
                children["records"] += await rest(http, children)
    return rows


async def rest(http: Http, said: Row) -> list[Row]:
    """What follows a first piece."""
    found: list[Row] = []
    while said.get("nextRecordsUrl"):
        said = (await http.get(said["nextRecordsUrl"])).json(parse_float=Decimal)
        found += said["records"]
    return found


def soql(source: Source, sight: Sight, where: Sequence[str], limit: int | None = None) -> str:
    """Only fields that exist are asked for: one missing field would cost the whole answer."""
    fields = ", ".join(field for field in source.fields if sight.has(field))
    conditions = " AND ".join(filter(None, (source.where, *where)))
    asked = f"SELECT {fields} FROM {source.object}" + (f" WHERE {conditions}" if conditions else "")
    return asked + (f" ORDER BY {source.stamp}, Id LIMIT {limit}" if limit else "")


def bounds(source: Source, place: Place, window: Window | None) -> list[str]:
    """The rows after the last one; or from a little before the last read; or all of them."""
    stamp = source.stamp
    found = [f"{stamp} < {literal(window.until)}"] if window else []
    if place.stamp and place.id:
        return [*found, f"({stamp} > {place.stamp} OR ({stamp} = {place.stamp} AND Id > {quoted(place.id)}))"]
    if window:
        return [*found, f"{stamp} >= {literal(window.since)}"]
    return [f"{stamp} >= {literal(from_iso(place.since) - OVERLAP)}"] if place.since else []
