"""The town's own judge: each line of the decision log once, told as a short story."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crm_sync.sandbox.town.judge import Facts, Verdict, judge

ZONE = ZoneInfo("America/Mexico_City")


def at(text: str) -> int:
    """An instant of March 2026 in the town: `13 16:30` is a Friday; Monday the 16th is a holiday."""
    day, hour = text.split()
    return int(datetime.fromisoformat(f"2026-03-{int(day):02d}T{hour}").replace(tzinfo=ZONE).timestamp())


def told(now: str, start: str = "13 16:30", **facts: object) -> Verdict:
    """A lead that became qualified, and was owned, at `start`."""
    calls = [(at(one), "call") for one in facts.pop("calls", ())]  # type: ignore[attr-defined]  # a list of instants
    stages = ((at(start), "mql"), *facts.pop("then", ()))  # type: ignore[misc]  # a list of stages
    said = {"answers": (), "booked": ()} | facts
    verdict = judge(Facts(stages, ((at(start), "luis"),), tuple(calls), **said), at(now))  # type: ignore[arg-type]
    assert verdict is not None
    return verdict


def test_a_friday_lead_may_be_answered_until_tuesday() -> None:
    assert told("17 17:00", calls=["17 16:30:00"]).first.state == "met"
    assert told("17 17:00", calls=["17 16:30:01"]).first.state == "met_late"
    assert told("17 16:30", calls=[]).first.state == "at_risk"
    assert told("17 16:31", calls=[]).first.state == "breached"


def test_it_is_at_risk_from_six_of_eight_working_hours_on() -> None:
    assert told("17 13:29").first.state == "on_track"
    assert told("17 13:30").first.state == "at_risk"


def test_an_attempt_counts_from_half_an_hour_before_the_start() -> None:
    assert told("14 10:00", calls=["13 16:00:00"]).first.state == "met"
    assert told("14 10:00", calls=["13 15:59:59"]).first.state == "on_track"


def test_calls_within_half_an_hour_of_the_counted_one_are_one_attempt() -> None:
    calls = ["13 16:40", "13 16:50", "13 17:10", "13 17:11"]
    assert told("14 10:00", calls=calls).attempts == 2


def test_the_fifth_attempt_decides_the_cadence() -> None:
    calls = [f"{day} 10:00" for day in (17, 18, 19, 20)]
    assert told("28 10:00", calls=[*calls, "27 16:30"]).cadence.state == "met"
    assert told("28 10:00", calls=[*calls, "27 16:31"]).cadence.state == "met_late"
    late = told("28 10:00", calls=calls)
    assert (late.status, late.target, late.breaches) == ("breached", "cadence", 1)


def test_five_missing_attempts_need_five_days_with_working_hours() -> None:
    assert told("20 19:00", calls=["17 10:00"]).cadence.state == "on_track"
    assert told("23 19:00", calls=["17 10:00"]).cadence.state == "on_track"
    assert told("24 19:00", calls=["17 10:00"]).cadence.state == "at_risk"


def test_an_answer_ends_the_cadence_and_a_booked_meeting_the_first_attempt_too() -> None:
    reply = told("17 10:00", answers=(at("14 11:00"),))
    assert (reply.cadence.state, reply.first.state) == ("met", "on_track")
    booked = told("17 10:00", answers=(at("14 11:00"),), booked=(at("14 11:00"),))
    assert (booked.cadence.state, booked.first.state, booked.target) == ("met", "met", "none")


@pytest.mark.parametrize(("reason", "state", "breaches"), [("no_fit", "closed_untouched", 2), ("spam", "exempt", 0)])
def test_closing_untouched_is_a_miss_unless_the_reason_excuses_it(reason: str, state: str, breaches: int) -> None:
    closed = told("18 10:00", then=[(at("17 10:00"), "disqualified")], reason=reason)
    assert (closed.first.state, closed.cadence.state) == (state, state)
    assert closed.status == ("exempt" if state == "exempt" else "breached")
    assert (closed.target, closed.breaches) == ("none", breaches)


@pytest.mark.parametrize(("then", "state"), [("sql", "met"), ("recycled", "exempt")])
def test_after_an_attempt_moving_forward_meets_the_cadence_and_going_out_excuses_it(then: str, state: str) -> None:
    assert told("18 10:00", calls=["17 10:00"], then=[(at("17 12:00"), then)]).cadence.state == state


def test_who_opted_out_is_exempt_at_once() -> None:
    out = told("18 10:00", opted_out=True)
    assert (out.status, out.target, out.breaches) == ("exempt", "none", 0)


def test_a_qualified_lead_in_a_queue_is_pending() -> None:
    verdict = judge(Facts(((at("13 10:00"), "mql"),), ((at("13 10:05"), None),), (), (), ()), at("14 10:00"))
    assert verdict is not None
    assert (verdict.status, verdict.target, verdict.start) == ("pending", "none", None)


def test_a_second_qualification_is_a_second_cycle_and_the_count_keeps_the_first() -> None:
    then = [(at("18 10:00"), "recycled"), (at("23 10:00"), "mql")]
    again = told("23 12:00", calls=["17 17:30"], then=then)
    assert (again.start, again.attempts, again.breaches) == (at("23 10:00"), 0, 1)
    assert again.first.state == "on_track"
