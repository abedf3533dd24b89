"""Meetings: an attempt when they are booked, or when they are held where the booking is none of the cycle's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.reconciler.sla.lead import LUIS, QUEUE, Lead, meeting, mexico

from crm_sync.records import Ref, Touch

OUTCOMES = ["SCHEDULED", "COMPLETED", "CANCELED", "NO_SHOW", "RESCHEDULED"]
BY_THE_PERSON = {"hs_meeting_source": "MEETINGS_PUBLIC"}


def attempts(*touches: Touch, now: str = "9 10:00", **said: Any) -> tuple[object, ...]:
    return Lead(touches=list(touches), now=now, **said).verdict().attempts


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_booking_counts_when_it_was_made_whatever_becomes_of_it(outcome: str) -> None:
    booked = meeting("1 11:00", "4 16:00", hs_meeting_outcome=outcome)
    assert attempts(booked) == (mexico("1 11:00"),)
    assert attempts(booked, now="1 12:00") == (mexico("1 11:00"),)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_meeting_that_was_written_down_afterwards_counts_when_it_began_if_it_was_held(outcome: str) -> None:
    """HubSpot's record of it was made two days later."""
    noted = meeting("2 16:00", "2 16:00", logged="4 12:00", hs_meeting_outcome=outcome)
    lead = Lead(touches=[noted], now="9 10:00")
    held = outcome in ("SCHEDULED", "COMPLETED")
    assert lead.verdict().attempts == ((mexico("2 16:00"),) if held else ())
    assert lead.state() == ("met_late" if held else "breached")
    late = "counts as an attempt; written down a day later"
    assert lead.rules() == [late if held else "an appointment that was not held, written down afterwards"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_meeting_booked_before_the_cycle_counts_in_it_when_it_is_held(outcome: str) -> None:
    """Booked on Saturday; the person becomes a qualified lead on Monday at ten, and meets Luis at noon."""
    early = meeting("1 08:00", "1 12:00", hs_meeting_outcome=outcome)
    held = outcome in ("SCHEDULED", "COMPLETED")
    assert attempts(early, now="1 13:00") == ((mexico("1 12:00"),) if held else ())
    assert attempts(early, now="1 11:59") == ()


def test_a_meeting_counts_once_though_it_is_booked_and_held_in_one_cycle() -> None:
    assert attempts(meeting("1 11:00", "2 11:00")) == (mexico("1 11:00"),)


def test_a_meeting_that_the_person_booked_long_before_is_an_attempt_when_it_is_held() -> None:
    early = meeting("1 08:00", "1 12:00", **BY_THE_PERSON)
    lead = Lead(touches=[early], now="9 10:00")
    assert (lead.verdict().attempts, lead.state(), lead.state("cadence")) == ((mexico("1 12:00"),), "met", "on_track")


def test_booked_while_nobody_had_the_lead_it_is_contact_and_held_an_attempt() -> None:
    """In the queue until noon; booked at eleven for the next day."""
    owners = [("1 10:00", QUEUE), ("1 12:00", LUIS)]
    lead = Lead(owners=owners, touches=[meeting("1 11:00", "2 09:30")], now="2 10:00")
    assert (lead.target("contact").settled_at, lead.state("contact")) == (mexico("1 11:00"), "met")
    assert lead.verdict().attempts == (mexico("2 09:30"),)


def test_two_crms_that_tell_one_meeting_tell_one_attempt() -> None:
    booked = meeting("1 08:00", "1 12:00")
    event = replace(booked, ref=Ref("salesforce", "Event", "1"), facts={}, at=mexico("1 08:20"))
    assert len(attempts(booked, event)) == 1
