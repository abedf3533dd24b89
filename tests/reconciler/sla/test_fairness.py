"""What nobody is blamed for, and what repairs nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.reconciler.sla.lead import EVA, LUIS, QUEUE, Lead, call, hubspot_owner, mexico, promise, task

from crm_sync.records import Ref, Touch

BOOKED = {"hs_meeting_source": "MEETINGS_PUBLIC"}
REPLY = {"hs_email_direction": "INCOMING_EMAIL"}


def by_the_person(kind: str, at: str) -> Touch:
    """A meeting that the person booked, or an answer."""
    facts = BOOKED if kind == "meetings" else REPLY
    return replace(call(at, ref=Ref("hubspot", kind, at)), actor=None, facts=facts)


# what the CRMs were not read for


@pytest.mark.parametrize("stage", ["Qualified", "Nurture"])
@pytest.mark.parametrize("end", ["1 15:30", "2 13:00"])
def test_a_cycle_that_ended_accuses_nobody_before_the_crms_were_read_that_far(stage: str, end: str) -> None:
    lead = Lead(stages=[("1 10:00", "MQL"), (end, stage)], now="3 10:00", read="1 11:00")
    verdict = lead.verdict()
    assert (lead.state(), verdict.status, verdict.breach_count) == ("pending", "pending", 0)
    assert [one.state for one in verdict.stretches] == ["pending"]
    read = replace(lead, read="same")
    assert read.state() in ("closed_untouched", "breached")
    assert read.verdict().breach_count > 0


def test_what_was_done_in_time_is_told_however_far_the_crms_were_read() -> None:
    stages = [("1 10:00", "MQL"), ("1 15:30", "Qualified")]
    assert Lead(stages=stages, touches=[call("1 10:30")], now="3 10:00", read="1 11:00").state() == "met"


@pytest.mark.parametrize(("read", "state"), [("2 10:05", "pending"), ("2 10:11", "breached")])
def test_a_lookback_holds_for_reps_and_for_what_was_handed_on(read: str, state: str) -> None:
    lead = Lead(promise=promise('lookback = "10m"'), now="2 12:00", read=read)
    assert [one.state for one in lead.verdict().stretches] == [state]
    handed = replace(lead, owners=[("1 10:00", LUIS), ("2 11:00", EVA)])
    assert handed.verdict().stretches[0].state == state


# copies


@pytest.mark.parametrize("linked", [True, False])
def test_a_copy_that_the_other_crm_got_late_spoils_no_timely_attempt(linked: bool) -> None:
    mine = task("1 11:00")
    copy = call("1 11:00", hubspot_owner("luis"), logged="20 09:00")
    lead = Lead(touches=[mine, replace(copy, same_as=(mine.ref,) if linked else ())], now="22 10:00")
    lead = replace(lead, team=(LUIS, EVA, QUEUE, hubspot_owner("luis")))
    assert lead.state() == "met"
    assert sorted(lead.rules())[0] == "counts as an attempt"
    assert Lead(touches=[copy], team=lead.team, now="22 10:00").state() == "met_late"


# what the person did before anybody had the lead


def test_a_meeting_booked_while_nobody_had_the_lead_is_no_reps_miss() -> None:
    lead = Lead(
        owners=[("1 10:00", QUEUE), ("1 12:00", LUIS)], touches=[by_the_person("meetings", "1 11:00")], now="4 10:00"
    )
    assert [lead.state(name) for name in ("first_attempt", "cadence", "contact")] == ["met", "met", "met"]
    assert lead.target("first_attempt").settled_at == mexico("1 12:00")
    assert [one.state for one in lead.verdict().stretches] == ["met"]


def test_a_meeting_that_made_the_person_a_qualified_lead_counts() -> None:
    before = [by_the_person("meetings", "1 09:59")]
    assert Lead(touches=before, now="4 10:00").state() == "met"
    long_before = [by_the_person("meetings", "1 09:00")]
    assert Lead(touches=long_before, now="4 10:00").state() == "breached"


def test_an_answer_before_anybody_had_the_lead_ends_the_cadence_and_waits_for_an_attempt() -> None:
    lead = Lead(owners=[("1 10:00", QUEUE), ("1 12:00", LUIS)], touches=[by_the_person("emails", "1 11:00")])
    lead = replace(lead, now="4 10:00")
    assert (lead.state("cadence"), lead.state()) == ("met", "breached")


def test_who_gets_a_lead_with_a_meeting_owes_no_first_attempt() -> None:
    owners = [("1 10:00", LUIS), ("2 12:00", EVA)]
    lead = Lead(owners=owners, touches=[by_the_person("meetings", "1 11:00")], now="8 10:00")
    assert [one.state for one in lead.verdict().stretches] == ["met", "exempt"]
    assert "booked a meeting" in lead.verdict().stretches[1].because


# what is written down too late


def test_what_was_written_down_weeks_later_is_no_contact_in_time() -> None:
    lead = Lead(touches=[call("1 11:00", logged="30 09:00")], now="30 12:00")
    assert [lead.state(name) for name in ("first_attempt", "contact")] == ["met_late", "met_late"]


# one colleague in two CRMs


def test_the_absence_that_one_crm_tells_excuses_the_owner_of_the_other() -> None:
    twin = hubspot_owner("luis", away=("2026-06-01T00:00:00+00:00/2026-06-05T00:00:00+00:00",))
    [mine] = Lead(team=(LUIS, EVA, QUEUE, twin), now="3 11:00").verdict().stretches
    assert (mine.state, "out of office" in mine.because) == ("exempt", True)


def test_the_hours_that_one_crm_tells_hold_for_the_owner_of_the_other() -> None:
    own = replace(promise(), calendar_source="owner")
    twin = hubspot_owner("luis", working_hours="monday-friday 06:00-10:00", time_zone="America/Tijuana")
    verdict = Lead(team=(LUIS, EVA, QUEUE, twin), promise=own).verdict()
    assert verdict.calendar == "Luis, office"


# programs


def test_a_program_that_the_crm_takes_for_a_colleague_keeps_no_promise() -> None:
    told = promise(integrations='["LUIS@acme.mx"]')
    lead = Lead(owners=[("1 10:00", EVA)], touches=[call("1 10:30", LUIS)], now="3 11:00")
    assert lead.state() == "met"
    assert replace(lead, promise=told).state() == "breached"
    assert "who is not a human being" in replace(lead, promise=told).rules()[0]
    held = Lead(owners=[("1 10:00", LUIS)], promise=told).verdict()
    assert (held.owner, held.status) == (None, "pending")


# what is over


def test_who_opts_out_changes_nothing_about_a_cycle_of_before() -> None:
    stages = [("1 10:00", "MQL"), ("5 10:00", "Nurture"), ("15 10:00", "MQL")]
    known = Lead(stages=stages, now="19 10:00", facts={"opted_out": True}).known()
    assert known.verdict
    assert [one.status for one in (*known.earlier, known.verdict)] == ["breached", "exempt"]
    assert known.verdict.breach_count == 2


def test_another_cooldown_joins_no_cycles_of_before() -> None:
    stages = [("1 10:00", "MQL"), ("4 10:00", "Nurture"), ("8 10:00", "MQL"), ("9 10:00", "Nurture")]
    edited, held_until = promise(recycle_cooldown='"30d"'), datetime(2026, 6, 20, tzinfo=UTC)
    lead = Lead(stages=stages, now="22 10:00", promise=edited)
    assert len(lead.known().earlier) == 0
    assert len(replace(lead, former=((held_until, Lead().promise),)).known().earlier) == 1
