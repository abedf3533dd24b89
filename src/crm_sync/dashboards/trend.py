"""A small line of shares month by month: points and lines only, on a field of 100 by 20. Geometry, no numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

WIDE, HIGH, EDGE = 100.0, 20.0, 2.0
Point = tuple[float, float]


def trend_of(shares: Sequence[float | None]) -> list[list[Point]]:
    """Stretches of months that have a share, each as its points from left to right; a gap parts them."""
    step = (WIDE - 2 * EDGE) / max(len(shares) - 1, 1)
    told = [(place, share) for place, share in enumerate(shares)]
    return [list(points(run, step)) for known, run in groupby(told, lambda one: one[1] is not None) if known]


def points(run: Iterator[tuple[int, float | None]], step: float) -> Iterator[Point]:
    for place, share in run:
        yield round(EDGE + place * step, 2), round(HIGH - EDGE - (HIGH - 2 * EDGE) * (share or 0.0), 2)
