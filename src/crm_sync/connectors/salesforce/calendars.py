"""Business hours and holidays as calendars: read whole once an hour, since neither tells what was deleted.

Which holidays belong to which business hours no query tells, only a file of the org's metadata: each calendar has all
of them, with their names, and whoever uses one strikes out what is not theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from crm_sync.clock import from_iso, to_iso
from crm_sync.connectors.base import Page
from crm_sync.connectors.salesforce.holidays import HOLIDAY, holidays
from crm_sync.connectors.salesforce.related import See
from crm_sync.connectors.salesforce.rest import Rest
from crm_sync.connectors.salesforce.rows import Columns, Texts
from crm_sync.connectors.salesforce.soql import Question, Rows
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.mappings.hours import END_OF_DAY, WEEKDAYS, Weekly, hours_text, weekly_of
from crm_sync.records import Calendar, Ref

EVERY: Final = timedelta(hours=1)
CALENDARS: Final = "BusinessHours"
OBJECTS: Final = (CALENDARS, "Holiday")
HOURS: Final = tuple((f"{day.title()}StartTime", f"{day.title()}EndTime") for day in WEEKDAYS)
FIELDS: Final = ("Id", "Name", "IsActive", "IsDefault", "TimeZoneSidKey", *(name for day in HOURS for name in day))


@dataclass(frozen=True, slots=True)
class Stand:
    """When calendars were read last, and which there were."""

    read: str = ""
    ids: tuple[str, ...] = ()

    def text(self) -> str:
        return json.dumps({"read": self.read, "ids": self.ids})

    @classmethod
    def parse(cls, text: str | None) -> Stand:
        told: dict[str, Any] = json.loads(text) if text else {}
        return cls(told.get("read", ""), tuple(told.get("ids", ())))


async def read_calendars(rest: Rest, see: See, cursor: str | None, now: datetime) -> AsyncGenerator[Page, None]:
    """None of an org that has no business hours, or does not show them to our user."""
    stand, now = Stand.parse(cursor), now.replace(microsecond=0)  # the CRM tells seconds
    if stand.read and abs(now - from_iso(stand.read)) < EVERY:  # the CRM's hosts differ by a second or two
        yield Page((), stand.text(), horizon=now)
        return
    living = replace(rest, verb="query")
    weeks, days = await every(living, see, CALENDARS, FIELDS), await every(living, see, "Holiday", ("Id", *HOLIDAY))
    if weeks is None:
        yield Page((), replace(stand, read=to_iso(now)).text(), horizon=now)
        return
    known = holidays(days.columns, days.rows, now.date()) if days else ()
    found = tuple(to_calendar(weeks.columns, row, known, now) for row in weeks.rows)
    ids = tuple(one.ref.id for one in found)
    gone = tuple(Ref(CRM, CALENDARS, one) for one in stand.ids if one not in ids)
    yield Page(found, Stand(to_iso(now), ids).text(), gone, len(found), now)


async def every(rest: Rest, see: See, name: str, fields: tuple[str, ...]) -> Rows | None:
    sight = await see(name)
    return await rest.every(Question.about(name, fields, sight)) if sight else None


def to_calendar(columns: Columns, row: Texts, known: tuple[str, ...], now: datetime) -> Calendar:
    """Holidays change without a stamp of the week that they interrupt, so a version is what all of it says."""
    held = {name: row[columns.at(name)] for name in FIELDS}
    version = hashlib.sha256(json.dumps([held, known]).encode()).hexdigest()[:16]
    return Calendar(
        Ref(CRM, CALENDARS, held["Id"]), version, now,
        name=held["Name"].strip() or None, time_zone=held["TimeZoneSidKey"] or None,
        hours=hours_text(weekly(held)), holidays=known,
        main=held["IsDefault"] == "true", active=held["IsActive"] != "false",
    )  # fmt: skip


def weekly(held: dict[str, str]) -> Weekly:
    return weekly_of(
        window for day, names in enumerate(HOURS) for window in windows(day, *(held[one] for one in names))
    )


def windows(day: int, start: str, end: str) -> Iterator[tuple[int, int, int]]:
    """A day from midnight to midnight is open all of it; one that ends before it begins ends on the next."""
    if not start or not end:
        return
    opens, closes = minute_of(start), minute_of(end) or END_OF_DAY
    if opens < closes:
        yield day, opens, closes
    else:
        yield from ((day, opens, END_OF_DAY), ((day + 1) % 7, 0, closes))


def minute_of(text: str) -> int:
    """`09:30:00.000Z`, which is a time on the wall, in spite of the Z."""
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)
