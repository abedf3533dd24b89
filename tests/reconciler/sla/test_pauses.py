"""The clock that stands still: pauses and answers, pauses and the end of a cycle, pauses and early warnings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reconciler.sla.lead import CONTACT, LEAD, Lead, answer, call, mexico, promise

from crm_sync.reconciler.sla.clock import clock_of
from crm_sync.reconciler.sla.escalation import escalations
from crm_sync.records import Person

HELD = [("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 17:00", "MQL")]


# answers: the cadence is due on the fifteenth at ten


def test_a_pause_after_an_answer_moves_the_due_of_the_cadence_no_more() -> None:
    stages = [("1 10:00", "MQL"), ("15 09:00", "On Hold"), ("16 09:00", "MQL")]
    lead = Lead(stages=stages, touches=[answer("14 11:00")], now="20 10:00")
    assert (lead.state("cadence"), lead.due("cadence")) == ("met", mexico("15 10:00"))


def test_a_pause_in_which_the_person_answers_moves_it_up_to_the_answer_only() -> None:
    stages = [("1 10:00", "MQL"), ("14 09:00", "On Hold"), ("16 09:00", "MQL")]
    lead = Lead(stages=stages, touches=[answer("14 11:00")], now="20 10:00")
    assert (lead.state("cadence"), lead.due("cadence")) == ("met", mexico("15 12:00"))


@pytest.mark.parametrize(
    ("at", "since", "state"),
    [
        ("15 11:00", "15 09:00", "met"),  # the clock stands still when the person answers
        ("15 11:00", "15 10:00", "met"),
        ("15 11:00", "15 10:01", "breached"),  # it stood still after the due only
        ("15 10:01", "15 10:30", "breached"),
        ("15 10:00", "15 10:30", "met"),
    ],
)
def test_an_answer_after_the_due_is_in_time_where_the_clock_stood_still_before_it(
    at: str, since: str, state: str
) -> None:
    stages = [("1 10:00", "MQL"), (since, "On Hold"), ("17 09:00", "MQL")]
    assert Lead(stages=stages, touches=[answer(at)], now="20 10:00").state("cadence") == state


def test_an_answer_after_the_pause_is_in_time_up_to_the_due_that_the_pause_moved() -> None:
    stages = [("1 10:00", "MQL"), ("8 10:00", "On Hold"), ("9 10:00", "MQL")]
    lead = Lead(stages=stages, now="20 10:00")
    assert replace(lead, touches=[answer("16 10:00")]).state("cadence") == "met"
    assert replace(lead, touches=[answer("16 10:01")]).state("cadence") == "breached"


# cycles


def test_pauses_after_the_end_of_a_cycle_are_not_its_own() -> None:
    stages = [*HELD, ("4 10:00", "Nurture"), ("5 10:00", "On Hold")]
    [pause] = Lead(stages=stages, now="9 10:00").verdict().pauses
    assert (pause.since, pause.until) == (mexico("1 12:00"), mexico("1 17:00"))


def test_each_cycle_has_the_pauses_that_lie_in_it() -> None:
    stages = [
        *HELD, ("4 10:00", "Nurture"), ("5 10:00", "Legal Review"), ("9 10:00", "MQL"), ("9 11:00", "Merging"),
    ]  # fmt: skip
    known = Lead(stages=stages, now="10 10:00").known()
    assert known.verdict
    assert [one.condition for one in known.verdict.pauses] == ["dedupe"]
    assert [[one.condition for one in verdict.pauses] for verdict in known.earlier] == [["hold"]]


def test_a_pause_from_before_the_qualifying_event_that_goes_on_is_one_of_the_cycle() -> None:
    """The contact of the same person is on hold since nine o'clock."""
    nine = mexico("1 09:00")
    held = Person(CONTACT, "1", nine, nine, stage=("ON_HOLD",), same_as=(LEAD,))
    lead = Lead(also=(held,), now="1 13:00")
    assert (lead.state(), [one.since for one in lead.verdict().pauses]) == ("paused", [nine])


# early warnings: two hours before the pause, one after it, and the sixth of eight on the next day at noon


def test_a_target_is_at_risk_when_three_quarters_of_the_time_without_pauses_have_passed() -> None:
    lead = Lead(stages=HELD)
    assert [replace(lead, now=now).state() for now in ("2 11:59", "2 12:00")] == ["on_track", "at_risk"]
    assert "75% of the working time has passed" in replace(lead, now="2 12:00").target("first_attempt").because


def test_a_pause_that_the_policy_does_not_know_holds_no_warning_up() -> None:
    lead = Lead(stages=HELD, promise=promise('pauses = ["legal"]'))
    assert [replace(lead, now=now).state() for now in ("1 16:59", "1 17:00")] == ["on_track", "at_risk"]


def test_an_early_warning_is_counted_back_from_the_due_without_the_pauses() -> None:
    lead = Lead(stages=HELD, now="2 09:30")
    clock, first = clock_of(lead.promise.working_time), lead.promise.main.targets[0]
    held = ((mexico("1 12:00"), mexico("1 17:00")),)
    found = escalations(first, lead.target("first_attempt"), lead.verdict(), clock, held)
    assert [(one.level, one.at) for one in found] == [
        ("at_risk", mexico("2 12:00")), ("breach", mexico("2 14:00")), ("overdue", mexico("3 14:00")),
    ]  # fmt: skip


# whom nobody needs to hear of any more


@pytest.mark.parametrize(
    ("lead", "state"),
    [
        (Lead(touches=[call("1 11:00")]), "met"),
        (Lead(touches=[call("2 11:00")], now="2 12:00"), "met_late"),
        (Lead(stages=[("1 10:00", "MQL"), ("4 10:00", "Nurture")], now="5 10:00"), "breached"),
        (Lead(stages=[("1 10:00", "MQL"), ("1 11:00", "Nurture")], now="5 10:00"), "closed_untouched"),
        (Lead(stages=HELD[:2], now="1 13:00"), "paused"),
        (Lead(touches=[call("2 00:00", day_only=True)], now="3 10:00"), "unknown_time"),
    ],
)
def test_nobody_is_warned_of_what_is_settled_or_over_or_stands_still(lead: Lead, state: str) -> None:
    clock, [first, cadence, *_] = clock_of(lead.promise.working_time), lead.promise.main.targets
    assert lead.state() == state
    assert escalations(first, lead.target("first_attempt"), lead.verdict(), clock) == ()
    if lead.state("cadence") == "on_track":
        assert len(escalations(cadence, lead.target("cadence"), lead.verdict(), clock)) == 3
