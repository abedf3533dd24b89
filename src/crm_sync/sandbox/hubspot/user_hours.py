"""What HubSpot takes as a user's working hours and absences: lists as JSON text, none of which overlap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from crm_sync.sandbox.hubspot.errors import BadValue
from crm_sync.sandbox.world import Row

_DAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_SETS: Final = {
    "MONDAY_TO_FRIDAY": _DAYS[:5],
    "SATURDAY_SUNDAY": _DAYS[5:],
    "EVERY_DAY": _DAYS,
    **{one: (one,) for one in _DAYS},
}
_MOST_MINUTES: Final = 1_440
_ZONE: Final = "hs_standard_time_zone"
_BAD: Final = "INVALID_VALUE"

Span = tuple[str, int, int]  # of what, from when, until when


def bad_hours(texts: Mapping[str, str], before: Row) -> list[BadValue]:
    """What is wrong with the time zone, hours and absences that a write names."""
    found = [bad for name, check in _CHECKS.items() if (bad := _checked(name, check, texts.get(name) or ""))]
    if texts.get("hs_working_hours") and not (texts.get(_ZONE) or before.get(_ZONE)):
        found.append(BadValue("hs_working_hours", _BAD, f"{_ZONE} must be set before hs_working_hours"))
    return found


def _checked(name: str, check: Callable[[str], None], text: str) -> BadValue | None:
    try:
        if text:
            check(text)
    except (ValueError, KeyError, TypeError, OSError) as problem:
        return BadValue(name, _BAD, f"{text} was not valid: {problem}", text)
    return None


def _zone(text: str) -> None:
    ZoneInfo(text)


def _working(text: str) -> None:
    spans = [span for one in _listed(text) for span in _windows(one)]
    _apart(spans, _MOST_MINUTES)


def _windows(one: Mapping[str, Any]) -> Iterator[Span]:
    yield from ((day, one["startMinute"], one["endMinute"]) for day in _SETS[one["days"]])


def _away(text: str) -> None:
    spans = [("", one["startTimestamp"], one["endTimestamp"]) for one in _listed(text)]
    if spans != sorted(spans):
        raise ValueError("each startTimestamp must be later than the one before")
    _apart(spans, None)


def _listed(text: str) -> list[Any]:
    found = json.loads(text)
    if not isinstance(found, list):
        raise TypeError("it must be a list")
    return found


def _apart(spans: list[Span], most: int | None) -> None:
    for _, start, end in spans:
        if not 0 <= start < end or (most and end > most):
            raise ValueError(f"{start} to {end} is no span")
    for (one, _, end), (other, start, _) in pairwise(sorted(spans)):
        if one == other and start < end:
            raise ValueError("spans cannot overlap")


_CHECKS: Final = {_ZONE: _zone, "hs_working_hours": _working, "hs_out_of_office_hours": _away}
