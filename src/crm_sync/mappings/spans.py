"""Lengths of time with their units, which read aloud: 8bh, 2bd, 14d, 24h, 30m."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from crm_sync.errors import ConfigError

Unit = Literal["bh", "bd", "d", "h", "m"]
UNITS: tuple[Unit, ...] = ("bh", "bd", "d", "h", "m")
FORM = "a number and its unit: 8bh (business hours), 2bd (business days), 14d (days on the wall clock), 24h, 30m"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time with its unit."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def as_timedelta(self) -> timedelta:
        """Elapsed hours or minutes. Everything else needs a calendar: ValueError."""
        if self.unit not in ("h", "m"):
            raise ValueError(f"{self} is not elapsed time")
        return timedelta(hours=self.count) if self.unit == "h" else timedelta(minutes=self.count)


def read_span(text: str | int, where: str, units: tuple[Unit, ...] = UNITS) -> Span:
    """A bare number is refused, for nobody could tell what it counts. Raises ConfigError."""
    match = re.fullmatch(r"(\d{1,5})(bh|bd|d|h|m)", str(text))
    if not match or match[2] not in units or int(match[1]) == 0:
        raise ConfigError(where, repr(text), f"{FORM}; here the unit is one of {', '.join(units)}")
    return Span(int(match[1]), units[units.index(match[2])])
