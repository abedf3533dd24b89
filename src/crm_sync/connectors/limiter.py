"""Keeps our calls below what a CRM allows in a rolling window of time, and as close to it as can be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from crm_sync.clock import stopwatch


@dataclass(eq=False, slots=True)
class Start:
    """One call: until it is answered, the CRM may have counted it at any time from `soon` to `late`."""

    soon: float
    late: float
    clock: Callable[[], float]

    def answered(self) -> None:
        """It was counted before now."""
        self.soon = self.late = min(self.late, self.clock())


class Limiter:
    """At most `calls` in any `seconds`, and no more than `burst` of them ahead of an even pace.

    The CRM counts when calls arrive, not when they start, and two calls may come closer together than they went out: a
    call counts from its answer on, or from `slack` seconds after its start if that is earlier. An even pace keeps the
    CRM's answers quick; after a pause, `burst` calls may go at once. Who asks first goes first; waiting is a sleep or
    two, not a loop of looks.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        slack: float = 0.0,
        burst: int | None = None,
        clock: Callable[[], float] = stopwatch,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.calls, self.seconds, self.slack, self.burst = calls, seconds, slack, burst
        self.taken, self.waited = 0, 0.0  # starts, and seconds in which somebody waited: where the time went
        self._clock, self._sleep = clock, sleep
        self._starts: list[Start] = []
        self._paused = self._due = float("-inf")
        self._turn = asyncio.Lock()  # wakes its waiters in the order of their coming

    async def take(self) -> Start:
        """Returns when one more call may start, and counts it; tell what it returns when the call was answered."""
        async with self._turn:
            while (wait := self._wait()) > 0:
                began = self._clock()
                await self._sleep(wait)
                self.waited += self._clock() - began
            now = self._clock()
            self._starts.append(start := Start(now, now + self.slack, self._clock))
            self.taken += 1
            self._due = max(self._due, now) + self._pace
            return start

    def shape(self, *, slack: float, burst: int) -> None:
        """For a CRM that counts closely: see above."""
        self.slack, self.burst = slack, burst

    def allow(self, calls: int, seconds: float | None = None) -> None:
        """The CRM told other numbers: edition and add-ons differ between accounts."""
        self.calls, self.seconds = max(1, calls), seconds or self.seconds

    def pause(self, seconds: float) -> None:
        """The CRM said that it was too much: nobody starts for a while."""
        self._paused = max(self._paused, self._clock() + seconds)

    @property
    def _pace(self) -> float:
        """Seconds from one call to the next when many are waiting."""
        return (self.seconds + self.slack) / self.calls

    def _wait(self) -> float:
        """Seconds until the window has room and the pace allows."""
        now = self._clock()
        self._starts = [one for one in self._starts if one.late + self.seconds > now]
        wait = self._paused - now
        if self.burst is not None:
            wait = max(wait, self._due - self.burst * self._pace - now)
        if len(self._starts) >= self.calls:
            wait = max(wait, self._room(now))
        return wait

    def _room(self, now: float) -> float:
        """Seconds until a full window may have room, and once that is over, until it has."""
        last = len(self._starts) - self.calls
        soon, late = sorted(one.soon for one in self._starts)[last], sorted(one.late for one in self._starts)[last]
        return (soon if soon + self.seconds > now else late) + self.seconds - now
