"""Values of exported cells: instants, dates, numbers and flags in the spellings that exports use."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?"
    r"\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?"
)
_TRUE, _FALSE = ("true", "1", "t", "yes"), ("false", "0", "f", "no")


class Unreadable(ValueError):
    """A cell that is not what its column should hold."""


def instant(text: str) -> int:
    """Epoch milliseconds; without an offset the exports mean UTC. `2020-12-30 3:15:52` is fine."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise Unreadable(f"{text!r} is not a date or time; 2026-05-29 14:05:00 would be")
    year, month, day, hour, minute, second, fraction, sign, east_hours, east_minutes = found.groups()
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
    except ValueError as error:
        raise Unreadable(f"{text!r} is not a date or time: {error}") from None
    at += timedelta(milliseconds=int(f"{fraction or 0:0<3}"[:3]))
    if sign:
        at -= timedelta(hours=int(f"{sign}{east_hours}"), minutes=int(f"{sign}{east_minutes}"))
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def day(text: str) -> str:
    """YYYY-MM-DD, also of a column that holds midnight with it."""
    return day_of(instant(text))


def day_of(ms: int) -> str:
    """The UTC date of epoch milliseconds."""
    return (date(1970, 1, 1) + timedelta(milliseconds=ms)).isoformat()


def number(text: str) -> float:
    """A decimal number, without signs for thousands or currencies."""
    try:
        return float(text)
    except ValueError:
        raise Unreadable(f"{text!r} is not a number; 1234.50 would be") from None


def flag(text: str) -> bool:
    """TRUE, true, 1 and their opposites."""
    word = text.strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Unreadable(f"{text!r} is neither true nor false")
