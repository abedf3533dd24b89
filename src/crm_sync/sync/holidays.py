"""Holidays as the package `holidays` knows them, for the table that pins them: nothing else asks it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from crm_sync.errors import ConfigError
from crm_sync.mappings.holidays import HolidayList, Holidays


def library_holidays(pinned: Holidays, more: Sequence[str], years: tuple[int, int] | None) -> Holidays:
    """What the package `holidays` says for the lists that are pinned, and for more. Raises ConfigError for a country
    that it does not know."""
    import holidays

    found: dict[str, HolidayList] = {}
    for code in dict.fromkeys([*pinned.lists, *more]):
        held = pinned.lists.get(code)
        first, last = years or ((held.first_year, held.last_year) if held else span_of(pinned))
        country, _, part = code.partition("-")
        try:
            days = holidays.country_holidays(country, subdiv=part or None, years=range(first, last + 1))
        except (NotImplementedError, KeyError) as problem:  # how the package says that it has no such country
            raise ConfigError("--country", repr(code), f"a country of the package `holidays` ({problem})") from None
        found[code] = HolidayList(code, first, last, dict(days.items()))
    return Holidays(f"holidays {version('holidays')}", found)


def span_of(pinned: Holidays) -> tuple[int, int]:
    """The years of the lists that are pinned, for one more."""
    lists = pinned.lists.values()
    return min((one.first_year for one in lists), default=2006), max((one.last_year for one in lists), default=2031)
