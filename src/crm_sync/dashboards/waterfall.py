"""A waterfall of evidence: where the odds start, what each finding adds, where they end. Geometry only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_sync.changes import Compared

WIDTH = 100.0  # units from the left edge to the right one
THIN = 0.6  # units that even nothing takes, so that it can be seen


@dataclass(frozen=True, slots=True)
class Step:
    """One finding: `weight` is added and leads to `level`; its bar lies at `left`, so wide."""

    told: str
    weight: float
    level: float
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`zero` is where the odds are even; `before` and `after` the levels at both ends."""

    steps: tuple[Step, ...]
    before: float
    after: float
    zero: float


def waterfall_of(compared: Compared) -> Waterfall:
    levels = [compared.before]
    for one in compared.evidence:
        levels.append(levels[-1] + one.weight)
    low, high = min(0.0, *levels), max(0.0, *levels)
    scale = WIDTH / ((high - low) or 1.0)
    return Waterfall(tuple(steps_of(compared, levels, low, scale)), levels[0], levels[-1], -low * scale)


def steps_of(compared: Compared, levels: list[float], low: float, scale: float) -> Iterator[Step]:
    for one, start, end in zip(compared.evidence, levels, levels[1:], strict=False):
        left, width = (min(start, end) - low) * scale, abs(end - start) * scale
        yield Step(one.told, one.weight, end, min(left, WIDTH - THIN), max(width, THIN))
