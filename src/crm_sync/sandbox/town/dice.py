"""The town's only source of chance: a generator seeded by a text, with the few throws a story needs."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from crm_sync.sandbox.town.calendar import moment_within

T = TypeVar("T")


class Dice:
    """Throws that depend on the seed alone; instants are epoch seconds."""

    def __init__(self, seed: str = "") -> None:
        self._random = random.Random(seed)
        self._throw = self._random.random

    def again(self, seed: str) -> Dice:
        """The same dice as if made from this seed, which takes half the time."""
        self._random.seed(seed)
        return self

    def chance(self, share: float) -> bool:
        return self._throw() < share

    def pick(self, some: Sequence[T]) -> T:
        return some[int(self._throw() * len(some))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        left = self._throw() * sum(weights.values())
        for one, weight in weights.items():
            left -= weight
            if left < 0:
                return one
        return next(reversed(list(weights)))

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included; low when the range is empty."""
        throw = self._throw()
        return low + int(throw * (high - low + 1)) if high > low else low

    def office(self, low: int, high: int) -> int:
        """An instant in working hours between two others; any instant there when nobody works in between."""
        at = moment_within(low, high, self._throw())
        return self.between(low, high) if at is None else at

    def spread(self, low: int, high: int, count: int, apart: int) -> list[int]:
        """Up to `count` instants in working hours, in order, each at least `apart` seconds after the one before."""
        kept: list[int] = []
        for at in sorted(self.office(low, high) for _ in range(count)):
            if not kept or at - kept[-1] >= apart:
                kept.append(at)
        return kept
