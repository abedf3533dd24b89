"""The town's life: every thread in the order of time, lived as far as the world's clock has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from typing import Any, Final

from crm_sync.sandbox.town.blocks import blocks_of
from crm_sync.sandbox.town.build import draw_story
from crm_sync.sandbox.town.calendar import text_of
from crm_sync.sandbox.town.life import hand_hubspot, hand_salesforce
from crm_sync.sandbox.town.life.going_on import gone_on, with_more
from crm_sync.sandbox.town.life.hand import stands
from crm_sync.sandbox.town.life.newcomers import MOST_DAYS, dawn_of, draw_newcomers
from crm_sync.sandbox.town.life.page import One, everybody
from crm_sync.sandbox.town.life.thread import Delta, Thread, threads_of
from crm_sync.sandbox.town.life.truth_at import truth_at
from crm_sync.sandbox.town.story import HUBSPOT
from crm_sync.sandbox.town.truth import Truth
from crm_sync.sandbox.world import World, from_ms

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Town:
    """Which town it is, and the second in which it began."""

    seed: int
    people: int
    start: int


@dataclass(slots=True)
class Life:
    """Off, nothing happens; on again, what was due meanwhile happens, each event at its own time."""

    world: World
    on: bool = True
    town: Town | None = None
    _lived: int = 0  # up to this second everything has happened
    _day: int = 0  # the next one whose newcomers are drawn
    _waiting: list[tuple[int, int, str, Thread]] = field(default_factory=list)
    _due_ms: float = inf
    _shown: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_SHOWN))
    _events: int = 0

    def begin(self, town: Town) -> None:
        """A town as it stands on its first evening. Ids that the living will have are kept free for them."""
        self.forget()
        self.town, self._lived = town, town.start
        hand_hubspot.make_room(self.world)
        hand_salesforce.make_room(self.world)
        self._due_ms = self._next() * 1000

    def forget(self) -> None:
        """No town: an empty world, or one with exported data, stands still."""
        self.town, self._lived, self._day, self._due_ms, self._events = None, 0, 0, inf, 0
        self._waiting.clear()
        self._shown.clear()

    def catch_up(self) -> None:
        """To be called before the world is looked at; costs next to nothing while nothing is due."""
        if self.on and (now := self.world.clock.now_ms()) >= self._due_ms:
            self._live(now // 1000)

    def switch(self, on: bool) -> None:
        """Switched off, the town stands still from now on, not from a moment ago."""
        self.catch_up()
        if self.on and not on and self.town is not None:
            self._lived = max(self._lived, self.world.clock.now_ms() // 1000)
        self.on = on
        self.catch_up()

    def truth(self) -> Truth:
        """What is true now. Raises ValueError when there is no town."""
        if self.town is None:
            raise ValueError("there is no town here, so nobody knows the truth")
        self.catch_up()
        now = self.world.clock.now_ms() // 1000
        lived = max(self._lived, now) if self.on else self._lived
        return truth_at(self.town.seed, self.town.people, self.town.start, lived, now)

    def told(self) -> dict[str, Any]:
        """The switch, the latest events, and when the next one comes."""
        waits = self.town is not None and self._next() < inf
        return {
            "on": self.on,
            "events": self._events,
            "last": list(self._shown),
            "next_at": text_of(int(self._next())) if waits else None,
        }

    def _live(self, until: int) -> None:
        while (at := self._next()) <= until:
            if self._waiting and self._waiting[0][0] == at:
                self._step()
            else:
                self._dawn()
        self._lived, self._due_ms = max(self._lived, until), at * 1000

    def _next(self) -> float:
        """When something happens next: to somebody who is known, or because another day begins."""
        assert self.town is not None  # nobody asks before there is one
        dawn = dawn_of(self.town.start, self._day) if self._day <= MOST_DAYS else inf
        return min(dawn, self._waiting[0][0]) if self._waiting else dawn

    def _dawn(self) -> None:
        """A day's newcomers are drawn when it begins; on the first day, what reps will do about the people of the first
        block, too: ten reps cannot call a million."""
        assert self.town is not None
        seed, people, start = self.town.seed, self.town.people, self.town.start
        if self._day == 0:
            before = draw_story(seed, people, start, blocks_of(people)[0])
            after = gone_on(before, dawn_of(start, 0))
            self._await(with_more(before, after), start)
        self._await(everybody(draw_newcomers(seed, people, start, self._day)))
        self._day += 1

    def _await(self, some: Iterable[One], since: int | None = None) -> None:
        for one in some:
            for thread in threads_of(one, since):
                self._queue(thread)

    def _queue(self, thread: Thread) -> None:
        if thread.next_at is not None:
            heappush(self._waiting, (thread.next_at, thread.one.number, thread.face, thread))

    def _step(self) -> None:
        """The next event, at its own time whatever the clock says; a story whose record is gone ends there."""
        thread = heappop(self._waiting)[3]
        delta = thread.step()
        if not stands(self.world, delta):
            return
        with self.world.clock.standing_at(from_ms(delta.at * 1000)):
            write = hand_hubspot.write_hubspot if delta.face == HUBSPOT else hand_salesforce.write_salesforce
            write(self.world, delta)
        if delta.made or delta.moved:
            self._events += 1
            self._shown.append(_shown(delta))
        self._queue(thread)


def _shown(delta: Delta) -> dict[str, Any]:
    return {
        "at": text_of(delta.at),
        "crm": delta.face,
        "new": [f"{table}:{row['_id']}" for table, row in delta.made],
        "changed": {f"{one.table}:{one.record_id}": sorted(one.new) for one in delta.moved},
    }
