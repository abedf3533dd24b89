"""One human in one CRM from event to event: the page before, the page after, and what is different."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crm_sync.sandbox.town.deals import stages_of
from crm_sync.sandbox.town.ids import sobject_id
from crm_sync.sandbox.town.ledger import Change, Link
from crm_sync.sandbox.town.life.cut import first_known, lateness, when
from crm_sync.sandbox.town.life.page import COUNTED, Key, One, Page, page_of
from crm_sync.sandbox.town.story import HUBSPOT, SALESFORCE
from crm_sync.sandbox.world import CREATED, MODIFIED, Row

#: Counted records of the living get numbers that no block of a town reaches, so many to a person.
_BEYOND: Final = 2_000_000
_ROOM: Final = 100
_FIRST_ID: Final = 60_000_000_001
_STAMPS: Final = ("_id", CREATED, MODIFIED)


@dataclass(frozen=True, slots=True)
class Moved:
    """A row whose telling has changed: what it said, and what it says now, where the two differ."""

    table: str
    record_id: str
    old: Row
    new: Row

    @property
    def row(self) -> tuple[str, str]:
        return self.table, self.record_id


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event changes in one CRM. `stands` is what must still be as it was told, or nothing happens."""

    at: int
    face: str
    number: int
    stands: tuple[tuple[str, Row], ...] = ()
    made: tuple[tuple[str, Row], ...] = ()
    moved: tuple[Moved, ...] = ()
    changes: tuple[Change, ...] = ()
    links: tuple[Link, ...] = ()


class Thread:
    """`since` is the last instant that is in the records already; nothing is for who is new."""

    def __init__(self, one: One, face: str, since: int | None = None) -> None:
        self.one, self.face = one, face
        self._page = Page() if since is None else page_of(one, face, since)
        self._names: dict[Key, str | None] = dict.fromkeys(self._page.rows)  # counted rows here: told by the block
        self._counts: Counter[str] = Counter()
        self._times = sorted({at for at in _instants(one, face) if since is None or at > since})

    @property
    def next_at(self) -> int | None:
        """When something happens next; None when the story is over."""
        return self._times[0] if self._times else None

    def step(self) -> Delta:
        """The next event. Whoever takes these steps in order gets the same ones, however long the strides."""
        at = self._times.pop(0)
        before, after = self._page, page_of(self.one, self.face, at)
        for late in after.late:
            if late not in self._times:
                insort(self._times, late)
        self._page = after
        made = tuple((key[0], self._new(key, row, at)) for key, row in after.rows.items() if key not in before.rows)
        return Delta(
            at,
            self.face,
            self.one.number,
            tuple(_standing(before)),
            made,
            tuple(self._moved(before, after)),
            tuple(one for one in after.changes if one not in before.changes),
            tuple(self._named(one) for one in after.links if one not in before.links),
        )

    def _new(self, key: Key, row: Row, at: int) -> Row:
        """A record's stamps are the instant at which it appears."""
        table, told = key
        if table in COUNTED:
            number = (_BEYOND + self.one.number) * _ROOM + self._counts[table]
            self._counts[table] += 1
            told = str(_FIRST_ID + number) if self.face == HUBSPOT else sobject_id(table, number)
        self._names[key] = told
        return row | {"_id": told, CREATED: at * 1000, MODIFIED: at * 1000}

    def _moved(self, before: Page, after: Page) -> Iterator[Moved]:
        for key, row in after.rows.items():
            old, name = before.rows.get(key), self._names.get(key)
            if key[0] not in COUNTED:
                name = key[1]
            elif key[0] != "CampaignMember":
                continue  # an activity stays as it was logged; a conversion moves those of a lead by itself
            if old is None or name is None:
                continue
            names = [one for one in old | row if old.get(one) != row.get(one) and one not in _STAMPS]
            if names:
                yield Moved(key[0], name, {one: old.get(one) for one in names}, {one: row.get(one) for one in names})

    def _named(self, link: Link) -> Link:
        """Links of activities name them as they are called in the world."""
        one, other = (self._names.get(end) or end[1] for end in (link[:2], link[2:4]))
        return link[0], one, link[2], other, link[4]


def threads_of(one: One, since: int | None = None) -> Iterator[Thread]:
    """A thread in each CRM that ever knows the human."""
    for face in (HUBSPOT, SALESFORCE):
        if first_known(one.human.course, face) is not None:
            yield Thread(one, face, since)


def _standing(page: Page) -> Iterator[tuple[str, Row]]:
    """The human's own records on a page, which come before those of a twin."""
    seen: set[str] = set()
    for (table, _), row in page.rows.items():
        if table in ("contacts", "Lead", "Contact") and table not in seen:
            seen.add(table)
            yield table, row


def _instants(one: One, face: str) -> Iterator[int]:
    """Whenever the page may change; a row that is logged later adds its own instant when the time comes."""
    human, course = one.human, one.human.course
    known = first_known(course, face)
    times: list[int | None] = [known, course.lead_at, course.contact_at]
    times += [when(course, said, face) for said in (*course.stages, *course.owners, *stages_of(one.deals))]
    times += [at + lateness(course, deal, face) for deal in one.deals for at, _ in deal.steps]
    times += [item.at for some in (human.origin.visits, human.touches, human.twins) for item in some]
    times += [at for at, _ in human.origin.conversions] + [item.date for item in human.origin.responses]
    yield from (at for at in times if at is not None and known is not None and at >= known)
