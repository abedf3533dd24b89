"""The only place that asks this machine for the time, and how instants are written down."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SAID = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # an instant in a sentence, as `to_iso` writes it


def host_now() -> datetime:
    """Aware UTC by this machine's clock. Verdicts use the CRMs' clock instead: see `Connector.now`."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds on a clock that only moves forward; differences are durations."""
    return time.monotonic()


def to_iso(at: datetime) -> str:
    """`2026-05-29T22:30:00Z`, whole seconds: the precision that both CRMs keep."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def on_wall(at: datetime, zone: ZoneInfo) -> str:
    """`2026-05-29 16:30`, for people; the zone has to be named beside it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def told_on_wall(text: str, zone: ZoneInfo) -> str:
    """A sentence with its instants on a wall; seconds only where there are any, for there they may decide."""
    return SAID.sub(lambda found: f"{from_iso(found[0]).astimezone(zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00"), text)


def from_iso(text: str) -> datetime:
    """An aware UTC instant from ISO 8601 in any form that the CRMs use. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of the years 1 to 9999 in UTC") from None
