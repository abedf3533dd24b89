"""Calls and jobs of the last 24 hours, which the org counts and tells in a header and under /limits."""

from __future__ import annotations

from crm_sync.sandbox.world import World

DAILY_CALLS = 100_000
_HOUR_MS, _HOURS = 3_600_000, 24


def count(world: World, what: str = "calls") -> None:
    """One more, in the hour that it is now."""
    hours, hour = _hours(world, what), world.clock.now_ms() // _HOUR_MS
    hours[hour] = hours.get(hour, 0) + 1


def used(world: World, what: str = "calls") -> int:
    """How many in the last 24 hours of the world's clock, whole hours taken together."""
    hours, hour = _hours(world, what), world.clock.now_ms() // _HOUR_MS
    for old in [one for one in hours if one <= hour - _HOURS]:
        del hours[old]
    return sum(hours.values())


def _hours(world: World, what: str) -> dict[int, int]:
    usage: dict[str, dict[int, int]] = world.notes.setdefault("salesforce_usage", {})
    return usage.setdefault(what, {})
