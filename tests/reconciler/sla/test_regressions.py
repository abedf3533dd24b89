"""Where other engines went wrong, one test each. The numbers lead to the public threads in which it was found out."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.reconciler.made import at
from tests.reconciler.sla.calendars import HOUR, OFFICE, WHOLE, calendar
from tests.reconciler.sla.lead import LUIS, QUEUE, Lead, answer, call, mexico, promise, promise_with

from crm_sync.errors import ConfigError
from crm_sync.mappings import Span
from crm_sync.mappings.holidays import read_holidays
from crm_sync.mappings.spans import read_span
from crm_sync.reconciler import sla
from crm_sync.reconciler.sla.clock import Clock, clock_of

DAY = timedelta(days=1)
MADRID = clock_of(calendar("Europe/Madrid", *[OFFICE] * 5, (), ()))
HELD = [("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("2 12:00", "MQL")]


# the clock


def test_a_night_in_which_the_clocks_change_has_the_hours_that_passed() -> None:
    """Subtracting local times gave 8:00 where 7:00 had elapsed: dbt_zendesk#25, moment-business-time#58."""
    nights = clock_of(calendar("Europe/Madrid", *[((0, 480),)] * 7))
    assert nights.elapsed(at("2026-03-28 22:00"), at("2026-03-29 22:00")) == 7 * HOUR


def test_an_offset_is_that_of_the_day_and_not_frozen_in_winter() -> None:
    """Rocket.Chat#40077: the offset of a winter date was used in summer."""
    opening = [MADRID.next_opening(at(day)) for day in ("2026-01-07 05:00", "2026-07-08 05:00")]
    assert opening == [at("2026-01-07 08:00"), at("2026-07-08 07:00")]


def test_a_schedule_stays_on_the_wall_all_year() -> None:
    """grafana/oncall#3261: schedules that were kept in UTC drift by an hour twice a year."""
    walls = {
        MADRID.next_opening(datetime(2026, 1, 1, 4, tzinfo=UTC) + day * DAY).astimezone(ZoneInfo("Europe/Madrid")).hour
        for day in range(365)
    }
    assert walls == {9}


def test_a_lunch_break_is_closed() -> None:
    """chatwoot#14009: one interval per day fails breaks."""
    assert MADRID.elapsed(at("2026-01-07 12:00"), at("2026-01-07 15:00")) == 2 * HOUR


def test_midnight_loses_no_minute() -> None:
    """zammad#3180: a day that ends at 23:59 loses a minute each."""
    always = clock_of(calendar("UTC", *[WHOLE] * 7))
    assert always.elapsed(at("2026-01-01 00:00"), at("2026-01-31 00:00")) == 30 * DAY


def test_an_empty_calendar_is_refused_and_never_searched_without_end() -> None:
    """zammad#1396 answered 500, businesstimedelta#9 hangs."""
    with pytest.raises(ConfigError, match="no opening hours in the 366 days"):
        Clock(calendar("UTC", *[()] * 7)).due(at("2026-01-01 00:00"), Span(1, "bh"))


def test_a_holiday_is_a_date_on_the_calendars_wall() -> None:
    """dbt_zendesk#117: a holiday shifted by the offset from UTC."""
    auckland = clock_of(calendar("Pacific/Auckland", *[WHOLE] * 7, holidays=frozenset({date(2026, 2, 6)})))
    assert auckland.elapsed(at("2026-02-05 11:00"), at("2026-02-06 11:00")) == timedelta(0)
    assert auckland.elapsed(at("2026-02-05 10:00"), at("2026-02-06 12:00")) == 2 * HOUR


def test_a_short_day_before_a_feast_is_short() -> None:
    """zendesk: days with hours of their own."""
    short = replace(calendar("UTC", *[OFFICE] * 7), days=((date(2026, 12, 24), ((540, 780),)),))
    assert clock_of(short).elapsed(at("2026-12-24 00:00"), at("2026-12-25 00:00")) == 4 * HOUR


def test_a_list_of_holidays_is_taken_as_it_is_pinned() -> None:
    """zammad#390: feeds hold feasts on which people work; here only what the table says is closed."""
    with pytest.raises(ConfigError, match=r"holidays\.toml"):
        read_holidays({"MX": {"first_year": 2026, "last_year": 2026, "days": ["soon"]}}, "holidays.toml")


@pytest.mark.parametrize("bare", ["8", 8, "24", "1 day", "8 h"])
def test_a_number_without_a_unit_is_refused(bare: str | int) -> None:
    """Intercom's day is 24 office hours, three days; glpi#10594 mixed days and hours."""
    with pytest.raises(ConfigError, match="8bh"):
        read_span(bare, "sla.toml")


def test_fourteen_days_may_land_on_a_time_that_does_not_exist() -> None:
    start = datetime(2026, 3, 15, 2, 30, tzinfo=ZoneInfo("Europe/Madrid"))
    assert MADRID.due(start, Span(14, "d")) == at("2026-03-29 01:00")


def test_created_outside_hours_is_not_zero() -> None:
    """glpi#687"""
    assert MADRID.due(at("2026-01-10 03:00"), Span(1, "bh")) == at("2026-01-12 09:00")


def test_both_ends_after_hours_measure_what_lies_between() -> None:
    """seatgeek/businesstime#13 gave 0."""
    assert MADRID.elapsed(at("2026-01-07 20:00"), at("2026-01-08 20:00")) == 8 * HOUR


def test_an_action_outside_hours_keeps_its_real_time() -> None:
    """glpi#12167"""
    lead = Lead(touches=[call("1 22:15")], now="2 09:30")
    assert lead.verdict().attempts == (mexico("1 22:15"),)
    assert lead.target("first_attempt").settled_at == mexico("1 22:15")


def test_an_early_warning_does_not_fall_on_midnight() -> None:
    """glpi#22678, glpi#15429: counted back in elapsed time, the escalation came at 00:00 instead of 10:00."""
    assert clock_of(calendar("UTC", *[((600, 1080),)] * 7)).before(at("2026-01-08 12:00"), 2 * HOUR) == at(
        "2026-01-08 10:00"
    )


def test_microseconds_count_and_minutes_are_for_reading() -> None:
    """dbt_zendesk#136: rounding to minutes moved results."""
    late = call("2 10:00")
    touched = replace(late, at=late.at + timedelta(microseconds=1), logged_at=late.at)
    assert Lead(touches=[late], now="2 11:00").state() == "met"
    assert Lead(touches=[touched], now="2 11:00").state() == "met_late"


# pauses and changes


def test_a_due_moves_when_a_hold_is_over() -> None:
    """helpdesk#1675: stored due dates were not refreshed after a hold."""
    assert Lead(stages=HELD, now="2 11:00").due() == mexico("2 10:00")
    assert Lead(stages=HELD, now="2 13:00").due() == mexico("3 10:00")  # eight working hours later


def test_a_hold_is_measured_in_working_time_too() -> None:
    """helpdesk#2449: the hold was added before the calendar was applied; helpdesk#3776 reported months as 42 days."""
    lead = Lead(stages=[("5 17:00", "MQL"), ("5 17:30", "On Hold"), ("9 10:00", "MQL")], owners=[("5 17:00", LUIS)])
    lead.now = "9 10:30"
    assert lead.due() == mexico("10 09:30")  # half an hour on Friday, then seven and a half


def test_another_policy_in_the_middle_keeps_the_pause() -> None:
    """glpi#6902, glpi#15605 lost it."""
    four = Lead(stages=HELD, now="2 13:00", promise=promise(first_attempt='"4bh"'))
    assert four.due() == mexico("2 14:00")


def test_who_resolves_while_paused_settles_the_pause_first() -> None:
    """erpnext#49414, glpi#14937"""
    lead = Lead(stages=HELD[:2], touches=[call("4 10:00")], now="5 10:00")
    assert (lead.state(), lead.due() >= mexico("4 10:00")) == ("met", True)
    assert replace(lead, now="25 10:00").due() == lead.due()


def test_a_reason_to_pause_goes_by_the_calendar() -> None:
    """glpi#14492: pending reasons ignored it."""
    over_night = Lead(stages=[("1 10:00", "MQL"), ("1 18:00", "On Hold"), ("2 09:00", "MQL")], now="2 09:30")
    assert over_night.due() == mexico("2 10:00")


# which calendar, which target


def test_the_calendar_is_the_one_that_the_policy_names() -> None:
    """glpi#8712, glpi#8710: that of the entity was taken."""
    night = '\n[night]\ntime_zone = "America/Mexico_City"\nmonday = ["18:00-24:00"]\ntuesday = ["18:00-24:00"]\n'
    lead = Lead(promise=promise('calendar = "night"', night))
    assert (lead.verdict().calendar, lead.due()) == ("night", mexico("2 20:00"))


def test_business_hours_are_not_ignored() -> None:
    """chatwoot#13392: for years the clock ran at night."""
    assert Lead(stages=[("5 17:00", "MQL")], owners=[("5 17:00", LUIS)], now="7 12:00").state() == "on_track"


def test_nothing_collapses_into_one_due_date() -> None:
    """zammad#5177"""
    lead = Lead(now="1 11:00")
    assert len({one.due_at for one in lead.verdict().targets}) == 4 - (lead.due() == lead.due("contact"))
    assert lead.verdict().due_at == lead.due()


def test_a_late_first_reply_stays_visible_once_there_is_one() -> None:
    """chatwoot#13392, review: hidden once replied."""
    assert Lead(touches=[call("3 10:00")], now="3 11:00").verdict().breach_count == 1


def test_a_record_that_came_back_has_two_cycles_and_the_old_one_is_as_it_was() -> None:
    """zammad#188: first-touch fields were overwritten on reopening."""
    stages = [("1 10:00", "MQL"), ("2 09:00", "Nurture"), ("8 10:00", "MQL")]
    lead = Lead(stages=stages, touches=[call("1 11:00"), call("8 11:00")], now="8 12:00")
    [first] = lead.known().earlier
    assert (first.attempts, lead.verdict().attempts) == ((mexico("1 11:00"),), (mexico("8 11:00"),))


def test_routing_time_is_not_the_reps() -> None:
    """glpi#1911"""
    assert Lead(owners=[("1 10:00", QUEUE), ("4 10:00", LUIS)], now="4 11:00").state() == "on_track"


def test_vacations_stop_no_clock() -> None:
    """osTicket#4166"""
    away = replace(LUIS, away=("2026-06-01T00:00:00+00:00/2026-06-09T00:00:00+00:00",))
    assert Lead(team=(away,), now="3 10:00").state() == "breached"


def test_nobody_is_accused_for_the_lag_of_the_reader() -> None:
    """airbyte#27146, airbyte#69203: connectors do miss records."""
    assert Lead(now="3 10:00", read="2 09:00").state() == "pending"
    assert Lead(now="3 10:00", read=None).state() == "pending"


@pytest.mark.parametrize(
    "lead",
    [
        Lead(owners=[], now="9 10:00"),
        Lead(owners=[("1 10:00", QUEUE)], now="9 10:00"),
        Lead(stages=[("1 10:00", "Working")], now="9 10:00"),
        Lead(facts={"opted_out": True}),
        Lead(promise=promise("enforce_from = 2030-01-01")),
        Lead(promise=promise('when = { country = "atlantis" }')),
        Lead(stages=HELD[:2], now="9 10:00"),
    ],
)
def test_every_eligible_lead_has_a_verdict_or_a_reason(lead: Lead) -> None:
    """objectstack-ai/hotcrm#1071: blank due dates never breach."""
    verdict = lead.verdict()
    assert verdict.because
    assert verdict.status in ("on_track", "at_risk", "breached", "met", "met_late", "paused", "exempt", "pending")
    assert all(one.because and one.due_at for one in verdict.targets)


def test_a_meeting_that_is_booked_before_anybody_has_the_lead_stops_no_plan() -> None:
    """Where only reps owe anything, no target has begun: there is no due that the booking could be in time for."""
    policy = '[[policies]]\nname = "reps"\nwhen = { stage = ["mql"] }\ntargets = { first_attempt = "8bh" }\n'
    lead = Lead(owners=[], touches=[answer("1 10:30", "books a meeting")], promise=promise_with(policy))
    assert (lead.verdict().status, lead.verdict().targets) == ("pending", ())


def test_instants_leave_in_utc() -> None:
    """erpnext#38745, helpdesk#3776 showed "failed" on fresh items in another zone."""
    assert Lead().known().wanted["sla_due_at"] == "2026-06-02T16:00:00Z"


def test_the_judge_asks_no_clock() -> None:
    """What was computed from a stored counter or the wall drifts; everything comes in as a value."""
    for file in Path(sla.__file__).parent.rglob("*.py"):
        names = {node.attr for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
        assert not names & {"utcnow", "today", "monotonic", "perf_counter", "time_ns"}, file
