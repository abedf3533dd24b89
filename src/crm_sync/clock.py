"""The only place that asks this machine for the time, and how instants are written down."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def host_now() -> datetime:
    """Aware UTC by this machine's clock. Verdicts use the CRMs' clock instead: see `Connector.now`."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds on a clock that only moves forward; differences are durations."""
    return time.monotonic()


def to_iso(at: datetime) -> str:
    """`2026-05-29T22:30:00Z`, whole seconds: the precision that both CRMs keep."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> datetime:
    """An aware UTC instant from ISO 8601 in any form that the CRMs use. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside of the years 1 to 9999 in UTC") from None
