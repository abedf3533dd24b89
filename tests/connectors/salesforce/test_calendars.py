"""Business hours and holidays, over the wire and as the dates that they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.connectors.salesforce.conftest import NOW, Org, Read, read

from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.holidays import HOLIDAY, holidays
from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.records import Calendar, Ref

TODAY = date(2026, 5, 30)
WEEK = {"Name": "Ventas", "IsActive": 1, "IsDefault": 1, "TimeZoneSidKey": "America/Mexico_City"}
NINE_TO_SIX = {"StartTime": "09:00:00.000Z", "EndTime": "18:00:00.000Z"}
CHRISTMAS = {"Name": "Navidad", "IsAllDay": 1, "ActivityDate": "2026-12-25"}


def on(*days: str, **times: str) -> dict[str, str]:
    """on("Monday", StartTime=…, EndTime=…) as the fields of a row."""
    return {f"{day}{edge}": at for day in days for edge, at in times.items()}


def told(**said: Any) -> tuple[str, ...]:
    """The dates of one holiday."""
    given = {name: str(value) for name, value in ({"Name": "Fiesta", "IsAllDay": "true"} | said).items()}
    columns = Columns(HOLIDAY)
    return holidays(columns, [[*(given.get(name, "") for name in HOLIDAY), ""]], TODAY)


def returns(kind: str, **said: Any) -> list[str]:
    rule = {f"Recurrence{name}": value for name, value in ({"Type": kind, "StartDate": "2025-01-01"} | said).items()}
    return [line.split(" ")[0] for line in told(IsRecurrence="true", **rule)]


def calendars(found: Read) -> list[Calendar]:
    return [one for one in found.records if isinstance(one, Calendar)]


async def test_business_hours_are_a_calendar_with_the_holidays_of_the_org(org: Org, salesforce: Salesforce) -> None:
    (week,) = org.add("BusinessHours", WEEK | on("Monday", "Tuesday", "Friday", **NINE_TO_SIX))
    half = {"Name": "Nochebuena", "ActivityDate": "2026-12-24", "StartTimeInMinutes": 840, "EndTimeInMinutes": 1440}
    org.add("Holiday", CHRISTMAS, half)
    found = await read(salesforce, "BusinessHours")
    (one,) = calendars(found)
    assert (one.ref, one.name, one.time_zone) == (
        Ref("salesforce", "BusinessHours", week),
        "Ventas",
        WEEK["TimeZoneSidKey"],
    )
    assert one.hours == "monday-tuesday 09:00-18:00; friday 09:00-18:00"
    assert one.holidays == ("2026-12-24 14:00-24:00 Nochebuena", "2026-12-25 Navidad")
    assert (one.main, one.active) == (True, True)
    assert (found.fetched, found.pages[-1].horizon) == (1, NOW)


async def test_midnight_to_midnight_is_all_day_and_a_night_belongs_to_two_days(
    org: Org, salesforce: Salesforce
) -> None:
    midnight, ten = "00:00:00.000Z", "22:00:00.000Z"
    org.add(
        "BusinessHours",
        WEEK
        | on("Monday", StartTime=midnight, EndTime=midnight)
        | on("Sunday", StartTime=ten, EndTime="06:00:00.000Z"),
        {"Name": "Apagado", "IsActive": 0} | on("Tuesday", StartTime=ten, EndTime=midnight),
    )
    always, off = calendars(await read(salesforce, "BusinessHours"))
    assert always.hours == "monday 00:00-24:00; sunday 22:00-24:00"
    assert (off.hours, off.active, off.main) == ("tuesday 22:00-24:00", False, False)


async def test_what_changes_or_goes_is_seen_within_the_hour_and_nobody_is_asked_before(
    org: Org, connect: Callable[..., Salesforce]
) -> None:
    weeks = org.add("BusinessHours", WEEK, {"Name": "Norte", "IsActive": 1})
    (christmas,) = org.add("Holiday", CHRISTMAS)
    salesforce = connect()
    first = await read(salesforce, "BusinessHours")
    org.change("Holiday", christmas, _archived_at=1)
    org.change("BusinessHours", weeks[1], _archived_at=1)
    calls = salesforce.calls
    soon = await read(salesforce, "BusinessHours", first.cursor)
    assert (soon.records, salesforce.calls, soon.cursor) == ([], calls, first.cursor)
    org.world.clock.set(NOW - timedelta(seconds=2))  # another host of the org answers, whose clock is a bit behind
    assert (await read(connect(), "BusinessHours", first.cursor)).records == []
    org.world.clock.set(NOW + timedelta(hours=1, minutes=1))
    later = await read(connect(), "BusinessHours", soon.cursor)
    (one,) = calendars(later)
    assert (one.ref.id, one.holidays) == (weeks[0], ())
    assert one.version != calendars(first)[0].version
    assert later.gone == [Ref("salesforce", "BusinessHours", weeks[1])]
    again = calendars(await read(connect(), "BusinessHours", None))[0]
    assert replace(again, modified_at=one.modified_at) == one


@pytest.mark.parametrize(("hidden", "holidays_left"), [("BusinessHours", None), ("Holiday", ())])
async def test_an_org_without_them_is_read_without_them(
    org: Org, salesforce: Salesforce, hidden: str, holidays_left: tuple[str, ...] | None
) -> None:
    org.add("BusinessHours", WEEK | on("Monday", **NINE_TO_SIX))
    org.add("Holiday", CHRISTMAS)
    org.veil.hidden = {hidden}
    assert (await salesforce.look()).problems == ()
    found = await read(salesforce, "BusinessHours")
    assert [one.holidays for one in calendars(found)] == ([] if holidays_left is None else [holidays_left])
    assert found.pages[-1].horizon == NOW


def test_a_single_holiday_is_one_line_and_one_without_a_date_none() -> None:
    assert told(ActivityDate="2024-05-01") == ("2024-05-01 Fiesta",)
    assert told() == ()
    assert told(ActivityDate="2026-05-01", IsAllDay="false", StartTimeInMinutes=540, EndTimeInMinutes=600) == (
        "2026-05-01 09:00-10:00 Fiesta",
    )
    assert told(ActivityDate="2026-05-01", IsAllDay="false") == ("2026-05-01 Fiesta",)


def test_a_yearly_holiday_is_spelled_out_for_last_year_to_the_year_after_next() -> None:
    assert returns("RecursYearly", DayOfMonth=25, MonthOfYear="December") == [
        "2025-12-25", "2026-12-25", "2027-12-25", "2028-12-25",
    ]  # fmt: skip
    assert returns("RecursYearly", DayOfMonth=29, MonthOfYear="February") == ["2028-02-29"]
    assert returns("RecursYearly", StartDate="2026-03-04") == ["2026-03-04", "2027-03-04", "2028-03-04"]


def test_the_nth_weekday_of_a_month_is_found() -> None:
    first_monday = {"Instance": "First", "DayOfWeekMask": 2, "MonthOfYear": "February"}
    assert returns("RecursYearlyNth", **first_monday) == ["2025-02-03", "2026-02-02", "2027-02-01", "2028-02-07"]
    last_friday = {"Instance": "Last", "DayOfWeekMask": 32, "EndDateOnly": "2025-03-31"}
    assert returns("RecursMonthlyNth", **last_friday) == ["2025-01-31", "2025-02-28", "2025-03-28"]
    fourth_weekday = {"Instance": "Fourth", "DayOfWeekMask": 62, "MonthOfYear": "May", "EndDateOnly": "2026-12-31"}
    assert returns("RecursYearlyNth", **fourth_weekday) == ["2025-05-06", "2026-05-06"]


def test_days_weeks_and_months_return_at_their_interval() -> None:
    until = {"StartDate": "2026-01-30", "EndDateOnly": "2026-02-12"}
    assert returns("RecursDaily", Interval=5, **until) == ["2026-01-30", "2026-02-04", "2026-02-09"]
    weekend = {"DayOfWeekMask": 1 + 64, "Interval": 2, **until}
    assert returns("RecursWeekly", **weekend) == ["2026-01-31", "2026-02-08"], "a week begins with its Sunday"
    assert len(returns("RecursEveryWeekday", DayOfWeekMask=62, **until)) == 10
    third = {"StartDate": "2026-01-31", "EndDateOnly": "2026-12-31", "DayOfMonth": 31, "Interval": 2}
    assert returns("RecursMonthly", **third) == ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]


def test_a_kind_of_return_that_nobody_knows_is_no_day() -> None:
    assert returns("RecursLunarly") == []
    assert returns("RecursYearlyNth", Instance="Fifth", DayOfWeekMask=2, MonthOfYear="May") == []
