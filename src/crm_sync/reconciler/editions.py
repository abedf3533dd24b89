"""Owners and calendars as they were from time to time: what has ended is judged by those of its day.

A CRM tells how its users and business hours are, never how they were. So each plan keeps what is another than before,
and a colleague who changes the team, the hours or the CRM changes nothing about leads that were closed by then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from crm_sync.reconciler.directory import Directory, telling
from crm_sync.records import Calendar, Edition, Owner, Ref, Snapshot

Held = Owner | Calendar
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def editions_from(snapshot: Snapshot, since: datetime) -> tuple[Edition, ...]:
    """All editions there are when the owners and calendars of today hold from an instant on; what was kept of a later
    one is forgotten. Whoever is seen for the first time was always like that, as far as anybody knows."""
    before = [one for one in snapshot.editions if one.since < since]
    newest = {one.ref: one.record for one in before}
    today = by_ref(snapshot.owners, snapshot.calendars)
    first = [Edition(ref, EVER, record) for ref, record in today.items() if ref not in newest]
    moved = [Edition(ref, since, today.get(ref)) for ref, record in newest.items() if today.get(ref) != record]
    return tuple(sorted((*before, *first, *moved), key=lambda one: (one.since, one.ref)))


def by_ref(owners: Iterable[Owner], calendars: Iterable[Calendar]) -> dict[Ref, Held]:
    return {one.ref: unstamped(one) for some in (owners, calendars) for one in some}


def unstamped(record: Held) -> Held:
    """A record that was touched, and says the same, is the same."""
    return replace(record, version="", modified_at=EVER)


class Editions:
    """Looks up directories of before, each made once."""

    def __init__(self, newest: Directory, editions: Sequence[Edition]) -> None:
        self._newest = newest
        self._of: dict[Ref, list[Edition]] = {}
        for one in editions:
            self._of.setdefault(one.ref, []).append(one)
        self._begins = sorted({one.since for one in editions})
        self._made: dict[int, Directory] = {}

    def at(self, at: datetime | None) -> Directory:
        """As it stood at an instant; None: as it stands."""
        if at is None or not self._of:
            return self._newest
        place = bisect_right(self._begins, at)
        if place not in self._made:
            self._made[place] = self._directory(self._begins[place - 1] if place else EVER)
        return self._made[place]

    def _directory(self, since: datetime) -> Directory:
        today = by_ref(self._newest.owners.values(), self._newest.calendars)
        then = {**today, **self._held(since)}
        held = {ref: record for ref, record in then.items() if record}
        if held == today:
            return self._newest
        owners = [one for one in held.values() if isinstance(one, Owner)]
        calendars = [one for one in held.values() if isinstance(one, Calendar)]
        return telling(self._newest, owners, calendars)

    def _held(self, since: datetime) -> Mapping[Ref, Held | None]:
        return {ref: next(one for one in reversed(some) if one.since <= since).record for ref, some in self._of.items()}
