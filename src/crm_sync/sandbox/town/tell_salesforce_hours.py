"""When the town's company works, as Salesforce keeps it: one default week, and holidays of several kinds."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.town.calendar import DAY, ZONE
from crm_sync.sandbox.town.ids import sobject_id
from crm_sync.sandbox.town.ledger import Ledger
from crm_sync.sandbox.world import Row

_WORKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_EVERY_YEAR: Final[Row] = {"IsAllDay": 1, "IsRecurrence": 1, "RecurrenceStartDate": "2025-01-01"}
_MONDAY: Final = 2  # in the mask of weekdays, where Sunday is 1

_HOLIDAYS: Final[tuple[Row, ...]] = (
    {
        "Name": "Año Nuevo", "RecurrenceType": "RecursYearly", "RecurrenceDayOfMonth": 1,
        "RecurrenceMonthOfYear": "January", **_EVERY_YEAR,
    },
    {
        "Name": "Día de la Constitución", "RecurrenceType": "RecursYearlyNth", "RecurrenceInstance": "First",
        "RecurrenceDayOfWeekMask": _MONDAY, "RecurrenceMonthOfYear": "February", **_EVERY_YEAR,
    },
    {
        "Name": "Navidad", "RecurrenceType": "RecursYearly", "RecurrenceDayOfMonth": 25,
        "RecurrenceMonthOfYear": "December", **_EVERY_YEAR,
    },
    {"Name": "Día del Trabajo", "IsAllDay": 1, "ActivityDate": "2026-05-01"},
    {"Name": "Nochebuena", "ActivityDate": "2026-12-24", "StartTimeInMinutes": 840, "EndTimeInMinutes": 1440},
)  # fmt: skip


def tell_working_time(now: int, ledger: Ledger) -> None:
    """One window a day: Salesforce keeps no lunch break."""
    created = now - 400 * DAY
    hours = {f"{day}StartTime": "09:00:00.000Z" for day in _WORKDAYS}
    hours |= {f"{day}EndTime": "18:00:00.000Z" for day in _WORKDAYS}
    week = {"Name": "Ventas México", "IsActive": 1, "IsDefault": 1, "TimeZoneSidKey": ZONE.key}
    ledger.add("BusinessHours", sobject_id("BusinessHours", 0), created, created, week | hours)
    for number, holiday in enumerate(_HOLIDAYS):
        ledger.add("Holiday", sobject_id("Holiday", number), created, created, holiday)
