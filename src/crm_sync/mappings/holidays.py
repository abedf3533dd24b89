"""Holidays of countries and their parts as dates, pinned in a table: a newer library changes nobody's verdict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Shape, shaped

CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
LOCK = "`crm-sync sla holidays --lock` writes the list anew; --country MX adds one."


class ListTable(Shape):
    first_year: int
    last_year: int
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HolidayList:
    """The holidays of one country or part of it: all that fall into these years."""

    code: str
    first_year: int
    last_year: int
    days: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Holidays:
    """Every list that is pinned, and the library that they come from."""

    library: str
    lists: Mapping[str, HolidayList]

    def run_out(self, day: date) -> list[str]:
        """A sentence for every list that does not reach so far."""
        short = (one for one in self.lists.values() if one.last_year < day.year)
        return [f"holidays.toml: [{one.code}] ends with {one.last_year}. {LOCK}" for one in short]

    def not_yet(self, day: date) -> list[str]:
        """A sentence for every list that begins later: of days before it nobody knows which were holidays."""
        late = (one for one in self.lists.values() if day.year < one.first_year)
        return [
            f"holidays.toml: [{one.code}] begins with {one.first_year}, so days of {day.year} count as worked. "
            f"`crm-sync sla holidays --lock --years {day.year}-{one.last_year}` brings their holidays."
            for one in late
        ]

    def of(self, code: str, where: str) -> HolidayList:
        """Raises ConfigError for a country that is not pinned."""
        if code not in self.lists:
            pinned = ", ".join(self.lists) or "none yet"
            raise ConfigError(where, repr(code), f"a country that is pinned in holidays.toml ({pinned})", fix=LOCK)
        return self.lists[code]


def read_holidays(data: Mapping[str, Any], where: str) -> Holidays:
    """Raises ConfigError."""
    tables = dict(data)
    library = str(tables.pop("library", ""))
    return Holidays(library, {code: read_list(code, table, f"{where}: [{code}]") for code, table in tables.items()})


def read_list(code: str, table: Any, where: str) -> HolidayList:
    if not CODE.fullmatch(code):
        raise ConfigError(where, repr(code), "a country as in MX, or a part of one as in US-CA")
    found = shaped(ListTable, table, where)
    days = dict(read_line(line, f"{where} days") for line in found.days)
    outside = [day for day in days if not found.first_year <= day.year <= found.last_year]
    if outside:
        raise ConfigError(f"{where} days", str(outside[0]), f"dates from {found.first_year} to {found.last_year}")
    return HolidayList(code, found.first_year, found.last_year, days)


def read_line(line: str, where: str) -> tuple[date, str]:
    """`2026-12-25 Christmas Day`"""
    day, _, name = line.partition(" ")
    try:
        return date.fromisoformat(day), name.strip()
    except ValueError:
        raise ConfigError(where, repr(line), "a date and its name, as in 2026-12-25 Christmas Day") from None


def holidays_text(holidays: Holidays) -> str:
    """The table as `sla holidays --lock` writes it."""
    return "\n".join([HEAD, f'library = "{holidays.library}"', *map(list_text, holidays.lists.values())]) + "\n"


HEAD = """\
# Holidays of countries and their parts, as dates: what calendars.toml names by code stands here.
#
# `crm-sync sla holidays --lock` writes this file from the package `holidays`; nothing is looked up while verdicts are
# made. Edit it by hand if you like: the next lock brings the package's dates back. To work on one of these days, or to
# close on another, say so in the calendar (`worked`, `holidays`), where no lock touches it.
"""


def list_text(one: HolidayList) -> str:
    days = "".join(f'  "{day} {escaped(name)}",\n' for day, name in sorted(one.days.items()))
    return f"\n[{one.code}]\nfirst_year = {one.first_year}\nlast_year  = {one.last_year}\ndays = [\n{days}]"


def escaped(name: str) -> str:
    return name.replace("\\", " ").replace('"', "'")
