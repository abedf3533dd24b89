"""Keeps our calls below what a CRM allows in a rolling window of time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from crm_sync.clock import stopwatch


class Limiter:
    """At most `calls` starts in any `seconds`. Who asks first goes first; waiting is one sleep, not a loop of looks."""

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        clock: Callable[[], float] = stopwatch,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.calls, self.seconds = calls, seconds
        self._clock, self._sleep = clock, sleep
        self._starts: deque[float] = deque()
        self._turn = asyncio.Lock()  # wakes its waiters in the order of their coming

    async def take(self) -> None:
        """Returns when one more call may start, and counts it."""
        async with self._turn:
            while (wait := self._wait()) > 0:
                await self._sleep(wait)
            self._starts.append(self._clock())

    def allow(self, calls: int) -> None:
        """The CRM told another number: edition and add-ons differ between accounts."""
        self.calls = max(1, calls)

    def _wait(self) -> float:
        """Seconds until the window has room."""
        now = self._clock()
        while self._starts and self._starts[0] + self.seconds <= now:
            self._starts.popleft()
        if len(self._starts) < self.calls:
            return 0.0
        return self._starts[len(self._starts) - self.calls] + self.seconds - now
