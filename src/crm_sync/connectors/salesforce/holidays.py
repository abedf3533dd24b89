"""Holidays as the dates on which they fall, each with its hours when it is not the whole day. Pure."""

from __future__ import annotations

from calendar import month_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crm_sync.connectors.salesforce.rows import Columns, Texts
from crm_sync.mappings.hours import END_OF_DAY, window_text

HOLIDAY = (
    "Name", "ActivityDate", "IsAllDay", "StartTimeInMinutes", "EndTimeInMinutes", "IsRecurrence", "RecurrenceType",
    "RecurrenceStartDate", "RecurrenceEndDateOnly", "RecurrenceInterval", "RecurrenceDayOfWeekMask",
    "RecurrenceDayOfMonth", "RecurrenceInstance", "RecurrenceMonthOfYear",
)  # fmt: skip
INSTANCES = {"First": 0, "Second": 1, "Third": 2, "Fourth": 3, "Last": -1}
BEFORE, AFTER = 1, 2  # years around this one for which a holiday that returns is spelled out


@dataclass(frozen=True, slots=True)
class Rule:
    """When a holiday returns. `mask` has a bit for each day of the week, Sunday's is 1 and Saturday's is 64."""

    type: str
    start: date
    end: date
    every: int = 1
    mask: int = 0
    day: int = 0
    instance: str = ""
    month: str = ""

    def holds(self, day: date) -> bool:
        if not self.start <= day <= self.end:
            return False
        match self.type:
            case "RecursDaily":
                return (day - self.start).days % self.every == 0
            case "RecursEveryWeekday":
                return self.on_weekday(day)
            case "RecursWeekly":
                return self.on_weekday(day) and (sunday(day) - sunday(self.start)).days // 7 % self.every == 0
            case "RecursMonthly":
                return day.day == self.day and self.in_month(day)
            case "RecursMonthlyNth":
                return self.is_nth(day) and self.in_month(day)
            case "RecursYearly":
                return day.day == self.day and month_name[day.month] == self.month
            case "RecursYearlyNth":
                return month_name[day.month] == self.month and self.is_nth(day)
        return False

    def on_weekday(self, day: date) -> bool:
        return bool(self.mask >> day.isoweekday() % 7 & 1)

    def in_month(self, day: date) -> bool:
        """Every so many months."""
        return ((day.year - self.start.year) * 12 + day.month - self.start.month) % self.every == 0

    def is_nth(self, day: date) -> bool:
        """The first, second ... or last such day of its month."""
        days = [one for one in days_of_month(day) if self.on_weekday(one)]
        place = INSTANCES.get(self.instance)
        return place is not None and place < len(days) and bool(days) and days[place] == day


def holidays(columns: Columns, rows: list[Texts], today: date) -> tuple[str, ...]:
    """`2026-12-25 Christmas`, `2026-12-24 14:00-24:00 Christmas Eve`, in order."""
    return tuple(sorted({line for row in rows for line in lines_of(columns, row, today)}))


def lines_of(columns: Columns, row: Texts, today: date) -> Iterator[str]:
    held = {name: row[columns.at(name)] for name in HOLIDAY}
    what = " ".join(f"{hours_of(held)} {held['Name']}".split())
    yield from (f"{day.isoformat()} {what}".rstrip() for day in days_of(held, today))


def hours_of(held: dict[str, str]) -> str:
    """Nothing for a whole day."""
    start, end = number(held["StartTimeInMinutes"]), number(held["EndTimeInMinutes"])
    if held["IsAllDay"] == "true" or not 0 <= start < end <= END_OF_DAY:
        return ""
    return window_text((start, end))


def days_of(held: dict[str, str], today: date) -> list[date]:
    """Of a holiday that returns, those of last year, this one and the next two."""
    if held["IsRecurrence"] != "true":
        return [one] if (one := day_of(held["ActivityDate"])) else []
    start = day_of(held["RecurrenceStartDate"]) or day_of(held["ActivityDate"])
    if start is None:
        return []
    first, last = date(today.year - BEFORE, 1, 1), date(today.year + AFTER, 12, 31)
    rule = Rule(
        held["RecurrenceType"], start, day_of(held["RecurrenceEndDateOnly"]) or date.max,
        max(1, number(held["RecurrenceInterval"])), number(held["RecurrenceDayOfWeekMask"]),
        number(held["RecurrenceDayOfMonth"]) or start.day, held["RecurrenceInstance"],
        held["RecurrenceMonthOfYear"] or month_name[start.month],
    )  # fmt: skip
    return [day for day in days_between(first, last) if rule.holds(day)]


def days_between(first: date, last: date) -> Iterator[date]:
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def days_of_month(day: date) -> Iterator[date]:
    yield from (day.replace(day=one) for one in range(1, monthrange(day.year, day.month)[1] + 1))


def sunday(day: date) -> date:
    """With which its week begins."""
    return day - timedelta(days=day.isoweekday() % 7)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def number(text: str) -> int:
    """Nothing is 0."""
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError):
        return 0
