"""Filters that together are one span of one key: from this stamp on, between two ids. Incremental reads ask so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_sync.sandbox.hubspot.tally import Key, key_of
from crm_sync.sandbox.hubspot.values import instant


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` on and below `high`; None is open."""

    key: Key
    low: int | None = None
    high: int | None = None


#: What an operator says about a whole number; the second one is the upper bound of BETWEEN.
_BOUNDS: Final[dict[str, Callable[[int, int], tuple[int | None, int | None]]]] = {
    "EQ": lambda value, _: (value, value + 1),
    "GTE": lambda value, _: (value, None),
    "GT": lambda value, _: (value + 1, None),
    "LT": lambda value, _: (None, value),
    "LTE": lambda value, _: (None, value + 1),
    "BETWEEN": lambda value, high: (value, high + 1),
}


def span(filters: Sequence[dict[str, Any]]) -> Span | None:
    """The span that checked filters ask for, everything without filters; None when they ask for something else."""
    keys = {key_of(str(item.get("propertyName"))) for item in filters} or {key_of("lastmodifieddate")}
    key = keys.pop()
    bounds = [_bounds(item) for item in filters]
    if keys or key is None or None in bounds:
        return None
    lows = [low for low, _ in filter(None, bounds) if low is not None]
    highs = [high for _, high in filter(None, bounds) if high is not None]
    return Span(key, max(lows, default=None), min(highs, default=None))


def _bounds(item: dict[str, Any]) -> tuple[int | None, int | None] | None:
    made, value = _BOUNDS.get(str(item.get("operator"))), _whole(item.get("value"))
    high = _whole(item.get("highValue")) if item.get("operator") == "BETWEEN" else 0
    return None if made is None or value is None or high is None else made(value, high)


def _whole(value: object) -> int | None:
    """An instant or an id as a number; an id may look like no instant."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 19 else instant(text)
