"""The world's own time: starts where it is told to, runs as fast as it is told to, and can be set and moved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class WorldClock:
    """The sandbox's time: starts at `start` and runs at `speed` times the real one (0 stands still)."""

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        if speed < 0:
            raise ValueError(f'"speed" is {speed}; 0 stands still, 1 is real time, and time does not run backwards')
        self._first, self._first_speed = start, speed
        self._start, self._speed, self._since = start, speed, time.monotonic()
        self._standing: datetime | None = None

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> datetime:
        """Aware UTC, to the millisecond: neither CRM prints more."""
        if self._standing is not None:
            return self._standing
        moved = self._start + timedelta(seconds=(time.monotonic() - self._since) * self._speed)
        return moved.replace(microsecond=moved.microsecond // 1000 * 1000)

    def now_ms(self) -> int:
        return to_ms(self.now())

    def set(self, start: datetime) -> None:
        self._start, self._since = start, time.monotonic()

    def advance(self, by: timedelta) -> None:
        """Jumps; the speed stays."""
        self.set(self.now() + by)

    def run_at(self, speed: float) -> None:
        """Another speed from now on."""
        if not 0 <= speed <= 10_000_000:
            raise ValueError(f'"speed" is {speed}; it must be from 0 (stands still) to 10,000,000 times real time')
        self._start, self._since, self._speed = self.now(), time.monotonic(), speed

    @contextmanager
    def standing_at(self, at: datetime) -> Iterator[None]:
        """What is done meanwhile is done at this instant; the clock itself runs on."""
        self._standing = at
        try:
            yield
        finally:
            self._standing = None

    @contextmanager
    def from_the_start(self) -> Iterator[None]:
        """Back at the first start, it stands there, or where it is set, while a world is made, however long that takes;
        then it runs at the first speed."""
        self._start, self._speed = self._first, 0.0
        try:
            yield
        finally:
            self._since, self._speed = time.monotonic(), self._first_speed


def to_ms(at: datetime) -> int:
    """Epoch milliseconds of an aware instant."""
    return int(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """The aware UTC instant of epoch milliseconds, exact to the millisecond."""
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
