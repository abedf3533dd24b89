"""Date literals: what TODAY or LAST_N_DAYS:30 cover, as days in the user's time zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_sync.sandbox.salesforce.soql.tree import Literal
from crm_sync.sandbox.salesforce.wire import next_day, read_date, read_instant
from crm_sync.sandbox.world import to_ms


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to but without `end`: days as text for a date field, epoch milliseconds for a datetime."""

    start: str | int
    end: str | int


def span(literal: Literal, now: datetime, zone: ZoneInfo, *, of_days: bool) -> Span | None:
    """What a literal covers when compared with a date (`of_days`) or a datetime; None when it fits neither."""
    if literal.kind == "word":
        return _of_word(literal.text, now, zone, of_days=of_days)
    if literal.kind == "date" and of_days:
        day = read_date(literal.text)
        return Span(day, next_day(day)) if day else None
    if literal.kind == "datetime" and not of_days:
        return _second(read_instant(literal.text.upper()))
    return None


def _second(ms: int | None) -> Span | None:
    """Stored instants are compared by whole seconds, as they are printed; between two seconds lies nothing."""
    if ms is None:
        return None
    return Span(-(-ms // 1000) * 1000, ms // 1000 * 1000 + 1000)


def _of_word(word: str, now: datetime, zone: ZoneInfo, *, of_days: bool) -> Span | None:
    name, _, number = word.upper().partition(":")
    days = _DAYS.get(name)
    if days is None or bool(number) != ("_N_" in name or name.startswith("N_")):
        return None
    start, end = days(now.astimezone(zone).date(), int(number or 0))
    if of_days:
        return Span(start.isoformat(), end.isoformat())
    return Span(*(to_ms(datetime.combine(day, time(), zone)) for day in (start, end)))


def _days_from(first: int, last: int) -> Callable[[date, int], tuple[date, date]]:
    return lambda today, _: (today + timedelta(first), today + timedelta(last))


def _month(today: date, away: int) -> date:
    months = today.year * 12 + today.month - 1 + away
    return date(months // 12, months % 12 + 1, 1)


_DAYS: dict[str, Callable[[date, int], tuple[date, date]]] = {
    "YESTERDAY": _days_from(-1, 0),
    "TODAY": _days_from(0, 1),
    "TOMORROW": _days_from(1, 2),
    "LAST_90_DAYS": _days_from(-90, 1),
    "LAST_N_DAYS": lambda today, n: (today - timedelta(n), today + timedelta(1)),
    "NEXT_N_DAYS": lambda today, n: (today + timedelta(1), today + timedelta(n + 1)),
    "N_DAYS_AGO": lambda today, n: (today - timedelta(n), today - timedelta(n - 1)),
    "LAST_MONTH": lambda today, _: (_month(today, -1), _month(today, 0)),
    "THIS_MONTH": lambda today, _: (_month(today, 0), _month(today, 1)),
    "NEXT_MONTH": lambda today, _: (_month(today, 1), _month(today, 2)),
    "LAST_YEAR": lambda today, _: (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    "THIS_YEAR": lambda today, _: (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
}
