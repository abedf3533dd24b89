"""The town's only source of chance: a generator seeded by a text, with the few throws a story needs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from crm_sync.sandbox.town.calendar import moment_after, worked

T = TypeVar("T")


class Dice:
    """Throws that depend on the seed alone; instants are epoch seconds."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, some: Sequence[T]) -> T:
        return some[int(self._random.random() * len(some))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        left = self._random.random() * sum(weights.values())
        for one, weight in weights.items():
            left -= weight
            if left < 0:
                return one
        return next(reversed(list(weights)))

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included; low when the range is empty."""
        return low + int(self._random.random() * (max(low, high) - low + 1))

    def office(self, low: int, high: int) -> int:
        """An instant in working hours between two others; any instant there when nobody works in between."""
        share, open_ = self._random.random(), worked(low, high)
        return moment_after(low, int(share * open_)) if open_ > 0 else self.between(low, high)

    def spread(self, low: int, high: int, count: int, apart: int) -> list[int]:
        """Up to `count` instants in working hours, in order, each at least `apart` seconds after the one before."""
        kept: list[int] = []
        for at in sorted(self.office(low, high) for _ in range(count)):
            if not kept or at - kept[-1] >= apart:
                kept.append(at)
        return kept
