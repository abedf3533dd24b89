"""Calls and jobs of the last 24 hours, which the org counts and tells in a header and under /limits."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from crm_sync.sandbox.world import World

DAILY_CALLS = 100_000
_COUNTED = "crm_sync.sandbox.counted"
_HOUR_MS, _HOURS = 3_600_000, 24


def count_call(world: World, scope: MutableMapping[str, Any]) -> None:
    """One more call, once for each request: the quotas count at the door, and without them the face does."""
    if _COUNTED not in scope:
        scope[_COUNTED] = True
        count(world)


def allow(world: World, calls: int = DAILY_CALLS, per_app: int = 0) -> None:
    """How many calls the quotas allow in 24 hours, and to one app; 0 says nothing of apps."""
    world.notes["salesforce_allowed"] = calls, per_app


def allowed(world: World) -> int:
    return int(world.notes.get("salesforce_allowed", (DAILY_CALLS, 0))[0])


def usage_told(world: World) -> str:
    """What every REST answer says in Sforce-Limit-Info. Some clients stumble over the part about the app."""
    calls, per_app = world.notes.get("salesforce_allowed", (DAILY_CALLS, 0))
    spent = used(world)
    told = f"api-usage={spent}/{calls}"
    return f"{told}; per-app-api-usage={spent}/{per_app}(appName=crm-sync)" if per_app else told


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
