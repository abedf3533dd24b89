"""Pages of one object in the order of ids, so that every page's cursor is safe to stop at and ties do not matter."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from crm_sync.clock import from_iso, to_iso
from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.salesforce.describe import Sight
from crm_sync.connectors.salesforce.place import Place
from crm_sync.connectors.salesforce.related import Related, records
from crm_sync.connectors.salesforce.soql import Question, Rows
from crm_sync.connectors.salesforce.sources import Source
from crm_sync.connectors.salesforce.values import literal
from crm_sync.connectors.salesforce.ways import Ways
from crm_sync.records import Ref

#: A transaction commits with stamps from when it began: what changed shortly before the last read is read again.
OVERLAP = timedelta(minutes=10)
#: What Salesforce calculates changes without a stamp: objects of which we read such fields are read whole this often.
REFRESH = timedelta(hours=24)

Seen = Mapping[str, Sight | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A source in a read; `again` when everything of it is read, whatever has a new stamp."""

    number: int
    source: Source
    question: Question
    again: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the sources of one object, and then, when it is time, those again that change without a stamp."""

    ways: Ways
    related: Related
    sources: Sequence[Source]
    refresh: timedelta = REFRESH

    async def pages(self, cursor: str | None, window: Window | None, now: datetime) -> AsyncGenerator[Page, None]:
        """From where the cursor stands to the end, or to the end of the window."""
        seen = {source.object: await self.related.see(source.object) for source in self.sources}
        place = self.begun(Place.of(cursor), seen, window, now)
        end = self.end(place, seen)
        parts = [part for part in self.parts(place, seen, window) if part.number >= place.part]
        for part in parts:
            place = replace(place, part=part.number)
            async with aclosing(self.ways.pieces(part.question, place)) as pieces:
                async for piece in pieces:
                    page = await self.page(part, piece.rows, place)
                    if piece.last and part is parts[-1]:
                        yield replace(page, cursor=end.cursor, horizon=end.horizon)
                        return
                    place = replace(piece.place.at(None), part=part.number + 1) if piece.last else piece.place
                    yield replace(page, cursor=place.as_cursor())
        yield end

    def begun(self, place: Place, seen: Seen, window: Window | None, now: datetime) -> Place:
        """A read that goes on, or a new one: it also reads everything again when it is time for what is calculated, or
        when other fields are read than before. That costs no cursor, and nothing that came before."""
        if place.began:
            return place
        due = place.refreshed is None or now - from_iso(place.refreshed) >= self.refresh
        known = fingerprint(self.sources, {name: sight for name, sight in seen.items() if name not in place.blind})
        stale = (due and self.calculates(seen)) or place.fields not in (None, known)
        return replace(place, began=to_iso(now), refreshing=stale and place.since is not None and window is None)

    def calculates(self, seen: Seen) -> bool:
        """Is one of the fields that we read calculated?"""
        known = ((sight, source.fields) for source in self.sources if (sight := seen[source.object]))
        return any(sight.columns[name].calculated for sight, names in known for name in names if name in sight.columns)

    def parts(self, place: Place, seen: Seen, window: Window | None) -> Iterator[Part]:
        """The sources that our user can see, and once more those that are read again."""
        rounds = [(one, again) for again in (False, True)[: 1 + place.refreshing] for one in self.sources]
        for number, (source, again) in enumerate(rounds):
            sight = seen[source.object]
            if sight and not (again and source.parent):
                limits = () if again else bounds(source, place, window)
                asked = Question.about(source.object, source.fields, sight, source.where, *limits)
                yield Part(number, source, asked, again)

    async def page(self, part: Part, rows: Rows, place: Place) -> Page:
        """Without its cursor. What a merge moved is looked for in what changed; whoever reads all has it anyway."""
        source, related = part.source, self.related
        teller = self.sources[0] if source.parent else source
        told = await (related.parents(source, teller, rows) if source.parent else related.whole(source, rows))
        moved = () if part.again or place.since is None else await related.moved(source, rows)
        lost = gone(teller, told)
        return Page((*records(teller, told, related.words), *moved), "", lost, len(rows.rows))

    def end(self, place: Place, seen: Seen) -> Page:
        """Who is blind to what people are judged by has no horizon: nobody is late by what we could not see."""
        hidden = {source.object for source in self.sources if seen[source.object] is None}
        judging = any(source.judges and source.object in hidden for source in self.sources)
        horizon = from_iso(place.began) if place.began and not judging else None
        # What came into sight after a read that goes on had passed it by is still to be read from its start.
        passed = {source.object for source in self.sources[: place.part] if source.object in place.blind}
        blind = tuple(sorted(hidden | passed))
        return Page((), place.over(blind, fingerprint(self.sources, seen)).as_cursor(), horizon=horizon)


def fingerprint(sources: Sequence[Source], seen: Seen) -> str:
    """Changes when other fields are read than before."""
    known = ((sight, source.fields) for source in sources if (sight := seen.get(source.object)))
    names = [name for sight, fields in known for name in fields if sight.has(name)]
    return f"{crc32(' '.join(names).encode()):08x}"


def bounds(source: Source, place: Place, window: Window | None) -> list[str]:
    """The rows of a window; or from a little before the last read; or all of them. What only points to rows that this
    very read has brought matters from its beginning on."""
    stamp = source.stamp
    if window:
        return [f"{stamp} >= {literal(window.since)}", f"{stamp} < {literal(window.until)}"]
    since = None if source.object in place.blind else place.since or (place.began if source.parent else None)
    return [f"{stamp} >= {literal(from_iso(since) - OVERLAP)}"] if since else []


def gone(source: Source, rows: Rows) -> tuple[Ref, ...]:
    id_, deleted = rows.columns.at("Id"), rows.columns.at("IsDeleted")
    return tuple(ref for row in rows.rows if row[deleted] == "true" for ref in source.gone(row[id_]))
