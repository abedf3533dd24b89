"""How numbers, shares, money and instants look on a page; numbers as both languages write them in the Americas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from crm_sync.clock import on_wall, to_iso, told_on_wall

NOTHING = "—"
FULL = 100.0


class Formats:
    """Instants as a reader's wall shows them; every page names its zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def instant(self, at: datetime | None) -> str:
        """For a place inside a sentence."""
        return on_wall(at, self.zone) if at else NOTHING

    def when(self, at: datetime | None) -> str:
        """For a place of its own: what it is in UTC, and in which zone it is told, stands behind it."""
        if at is None:
            return NOTHING
        title = f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z} ({self.zone.key})"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(to_iso(at), title, self.instant(at))

    def told(self, text: str | None) -> str:
        """A sentence with its instants on this wall."""
        return told_on_wall(text or "", self.zone)

    def day(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d}"


def on_the_readers_wall(name: str) -> Callable[..., str]:
    """A filter that asks the formats of the page at hand: readers sit in different zones."""

    @pass_context
    def filter(context: Context, value: Any) -> str:
        found: str = getattr(context["formats"], name)(value)
        return found

    return filter


@pass_context
def why(context: Context, reason: str | None) -> str:
    """A reason in the language of the page at hand, with its instants on the reader's wall."""
    told: str = context["formats"].told(context["reasons"](reason or ""))
    return told


def filters() -> Mapping[str, Callable[..., Any]]:
    """Template filters."""
    walls = {name: on_the_readers_wall(name) for name in ("instant", "when", "told", "day")}
    return walls | {
        "why": why,
        "count": count,
        "decimal": decimal,
        "percent": percent,
        "rate": rate,
        "money": money,
        "age": age,
        "hours": hours,
        "width": width,
    }


def count(number: int | float) -> str:
    return f"{number:,.0f}"


def decimal(number: float | None) -> str:
    """One place, and none where it would be zero."""
    return NOTHING if number is None else f"{number:,.1f}".removesuffix(".0")


def percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.0f} %"


def rate(share: float) -> str:
    """A small share, as of leads that become customers: two places."""
    return f"{100 * share:.2f} %"


def money(amount: Decimal | float | None) -> str:
    return NOTHING if amount is None else f"{amount:,.2f}"


def age(elapsed: timedelta | None) -> str:
    """The largest unit that fits: 40 s, 12 min, 5 h, 3 d."""
    if elapsed is None:
        return NOTHING
    seconds = int(elapsed.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def hours(number: float | None) -> str:
    """Hours in the unit that people would say: 12 s, 4 min, 20.7 h, 6.3 d."""
    if number is None:
        return NOTHING
    for unit, size in (("d", 48.0), ("h", 1.0), ("min", 1 / 60)):
        if number >= size:
            return f"{decimal(number / (24.0 if unit == 'd' else size))} {unit}"
    return f"{number * 3600:.0f} s"


def width(part: float | Decimal, whole: float | Decimal) -> float:
    """A part of the whole on a scale of a hundred, for the length of a bar; a little of something stays visible."""
    if not whole or part <= 0:
        return 0.0
    return round(min(FULL, max(0.6, FULL * float(part) / float(whole))), 2)
