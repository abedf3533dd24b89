"""docs/sla.md, the decisions beyond the two targets: clocks, pauses, hands, twins, late words, segments, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from tests.reconciler.sla.lead import (
    CONTACT,
    DAY,
    EVA,
    HOUR,
    LEAD,
    LUIS,
    QUEUE,
    Lead,
    call,
    hubspot_owner,
    mexico,
    promise,
    promise_with,
    task,
    user,
)
from tests.reconciler.told import Told

from crm_sync.mappings import Span
from crm_sync.reconciler.sla.almanac import org_hours
from crm_sync.reconciler.sla.clock import clock_of
from crm_sync.reconciler.sla.escalation import escalations
from crm_sync.records import Calendar, Person, Ref

# two clocks


def test_routing_has_a_clock_of_its_own_and_the_rep_inherits_none_of_it() -> None:
    lead = Lead(owners=[("1 10:00", QUEUE), ("2 12:00", LUIS)], now="2 13:00")
    assert (lead.state("assignment"), lead.target("assignment").clock) == ("met_late", "lead")
    assert lead.due("assignment") == mexico("1 11:00")
    assert lead.due("contact") == mexico("2 10:00")
    assert (lead.state("contact"), lead.state()) == ("breached", "on_track")
    assert lead.due() == mexico("3 12:00")
    verdict = lead.verdict()
    assert (verdict.status, verdict.target, verdict.breach_count) == ("on_track", "first_attempt", 0)


def test_a_lead_in_a_queue_runs_against_routing_and_shows_pending_to_reps() -> None:
    lead = Lead(owners=[("1 10:00", QUEUE)], now="1 12:00")
    verdict = lead.verdict()
    assert (verdict.status, verdict.target, verdict.started_at) == ("pending", "none", None)
    assert [(one.target, one.state) for one in verdict.targets] == [("contact", "on_track"), ("assignment", "breached")]


def test_a_lead_that_left_the_queue_before_anybody_had_it_is_remembered_and_not_shown() -> None:
    known = Lead(
        stages=[("1 10:00", "MQL"), ("3 10:00", "Nurture")], owners=[("1 10:00", QUEUE)], now="4 10:00"
    ).known()
    assert known.verdict is None
    [verdict] = known.earlier
    assert {one.target: one.state for one in verdict.targets} == {"contact": "breached", "assignment": "breached"}


def test_contact_is_an_attempt_from_the_qualifying_event_on_or_a_word_of_the_person() -> None:
    early = Lead(owners=[("1 10:00", QUEUE), ("1 17:00", LUIS)], touches=[call("1 12:00", EVA)], now="1 17:30")
    assert (early.state("contact"), early.state(), early.verdict().attempts) == ("met", "on_track", ())
    assert "more than 30m before the cycle started" in early.rules()[0]


# pauses


def test_the_clock_stands_still_while_a_record_says_so(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes held
    tue 11:00   ana becomes mql
    tue 18:00   luis calls ana
    """
    assert told.first("ana") == "met"
    assert [one.condition for one in told.verdict("ana").pauses] == ["hold"]


def test_while_it_stands_still_the_rep_sees_paused_and_no_due(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes held
    fri 11:00   now
    """
    assert told.shown("ana") == "paused first_attempt"
    assert told.verdict("ana").due_at is None
    assert told.target("ana", "first_attempt").due_at == mexico("2 10:00")  # as it stood when the pause began
    assert "the clock stands still" in told.verdict("ana").because


def test_who_answers_during_a_pause_is_in_time(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes held
    fri 11:00   luis calls ana
    fri 12:00   now
    """
    assert told.first("ana") == "met"


def test_a_pause_after_the_due_repairs_nothing(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 11:00   ana becomes held
    fri 11:00   now
    """
    assert told.first("ana") == "breached"


def test_two_pauses_at_once_are_one() -> None:
    lead = Lead(stages=[("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 17:00", "MQL")], now="2 10:00")
    assert lead.due() == mexico("2 14:00")
    twice = Lead(
        stages=[("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 13:00", "Legal Review"), ("1 17:00", "MQL")],
        now="2 10:00",
    )
    assert twice.due() == mexico("2 14:00")
    assert [one.condition for one in twice.verdict().pauses] == ["hold", "legal"]


def test_only_the_conditions_of_the_policy_stop_the_clock() -> None:
    stages = [("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 17:00", "MQL")]
    assert Lead(stages=stages, now="2 09:30", promise=promise('pauses = ["legal"]')).due() == mexico("2 10:00")


# hands


def test_each_owner_owes_a_first_attempt_of_their_own_and_the_lead_never_starts_anew() -> None:
    lead = Lead(owners=[("1 10:00", LUIS), ("2 12:00", EVA)], touches=[call("3 10:00", EVA)], now="3 11:00")
    verdict = lead.verdict()
    assert lead.state() == "met_late"
    assert [(one.owner, one.state) for one in verdict.stretches] == [(LUIS.ref, "breached"), (EVA.ref, "met")]
    assert (verdict.transfers, verdict.owner) == (1, LUIS.ref)


def test_who_hands_a_lead_on_in_time_missed_nothing() -> None:
    lead = Lead(owners=[("1 10:00", LUIS), ("1 12:00", EVA)], now="3 11:00")
    assert [one.state for one in lead.verdict().stretches] == ["exempt", "breached"]


def test_after_an_attempt_the_next_owner_owes_no_first_one() -> None:
    lead = Lead(owners=[("1 10:00", LUIS), ("2 12:00", EVA)], touches=[call("1 11:00")], now="9 11:00")
    first, second = lead.verdict().stretches
    assert (first.state, second.state, second.due_at) == ("met", "exempt", None)
    assert lead.state() == "met"


def test_a_queue_between_two_owners_is_nobodys_miss() -> None:
    owners = [("1 10:00", LUIS), ("1 12:00", QUEUE), ("4 10:00", EVA)]
    lead = Lead(owners=owners, touches=[call("4 11:00", EVA)], now="4 12:00")
    assert [(one.owner.id, one.state) for one in lead.verdict().stretches] == [("luis", "exempt"), ("eva", "met")]
    assert lead.state() == "met_late"


def test_out_of_office_excuses_the_rep_and_not_the_lead() -> None:
    away = replace(LUIS, away=("2026-06-01T00:00:00+00:00/2026-06-05T00:00:00+00:00",))
    lead = Lead(team=(away, EVA, QUEUE), now="3 11:00")
    [mine] = lead.verdict().stretches
    assert (lead.state(), mine.state) == ("breached", "exempt")
    assert "excused: out of office" in mine.because
    [mine] = Lead(team=(away, EVA, QUEUE), now="1 11:00").verdict().stretches
    assert (mine.state, "hand the lead to a colleague" in mine.because) == ("on_track", True)


# cycles


def test_who_is_back_within_a_business_day_never_left() -> None:
    stages = [("1 10:00", "MQL"), ("1 12:00", "Nurture"), ("2 12:00", "MQL")]
    known = Lead(stages=stages, touches=[call("1 11:00")], now="2 13:00").known()
    assert known.earlier == ()
    assert known.verdict
    assert known.verdict.qualified_at == mexico("1 10:00")
    later = [*stages[:2], ("2 12:01", "MQL")]
    assert len(Lead(stages=later, now="2 13:00").known().earlier) == 1


def test_moving_forward_is_no_flip_flop() -> None:
    stages = [("1 10:00", "MQL"), ("1 12:00", "Qualified"), ("1 13:00", "Nurture"), ("1 14:00", "MQL")]
    assert len(Lead(stages=stages, now="1 15:00").known().earlier) == 1


# what counts


def test_an_automated_step_counts_only_where_the_promise_says_so(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis lets a sequence mail ana
    mon 12:00   now
    """
    assert told.attempts("ana") == 0
    assert told.rules("ana") == ["an automated step of a sequence"]
    mail = replace(
        call("1 11:00", ref=Ref("hubspot", "emails", "1")),
        facts={"hs_email_direction": "EMAIL", "hs_email_status": "SENT", "hs_sequence_id": "7"},
    )
    assert Lead(touches=[mail]).state() == "on_track"
    assert Lead(touches=[mail], promise=promise("count_sequence_steps = true")).state() == "met"


def test_a_step_of_a_cadence_is_automated_and_the_call_that_it_asks_for_is_not() -> None:
    """Salesforce gives a step of a cadence a subtype of its own; what the rep does then is a call or a mail."""
    step = replace(
        call("1 11:00", ref=Ref("salesforce", "Task", "00T1")), facts={"TaskSubtype": "Cadence", "Status": "Completed"}
    )
    verdict = Lead(touches=[step]).known().verdict
    assert verdict
    assert [one.rule for one in verdict.considered] == ["an automated step of a sequence"]
    assert Lead(touches=[step], promise=promise("count_sequence_steps = true")).state() == "met"
    planned = replace(step, facts={**step.facts, "Status": "Not Started"})
    assert Lead(touches=[planned], promise=promise("count_sequence_steps = true")).state() == "on_track"
    called = replace(step, facts={"TaskSubtype": "Call", "CallType": "Outbound", "Status": "Completed"})
    assert Lead(touches=[called]).state() == "met"


@pytest.mark.parametrize("actor", ["anyone", "team", "owner"])
def test_what_nobody_is_said_to_have_done_counts_only_where_the_promise_says_so(actor: str) -> None:
    touch = replace(call("1 10:30"), actor=None)
    lead = Lead(touches=[touch], promise=promise(f'actor = "{actor}"'))
    assert lead.state() == "on_track"
    verdict = lead.known().verdict
    assert verdict
    assert [one.rule for one in verdict.considered] == ["nobody says who did it"]
    assert Lead(touches=[touch], promise=promise(f'actor = "{actor}"\ncount_unnamed = true')).state() == "met"


def test_a_message_on_linkedin_that_salesforce_tells_is_an_attempt() -> None:
    told = {"TaskSubtype": "LinkedIn", "Status": "Completed"}
    touch = replace(call("1 10:30", ref=Ref("salesforce", "Task", "1")), facts=told)
    assert Lead(touches=[touch]).state() == "met"
    assert Lead(touches=[replace(touch, facts=told | {"Status": "Not Started"})]).state() == "on_track"


@pytest.mark.parametrize(("rule", "counts"), [("anyone", True), ("team", False), ("owner", False)])
def test_helpers_of_another_team_count_only_where_anyone_does(rule: str, counts: bool) -> None:
    team = (replace(LUIS, team="Norte"), replace(EVA, team="Sur"), QUEUE)
    lead = Lead(touches=[call("1 10:30", EVA)], team=team, promise=promise(f'actor = "{rule}"'))
    assert (lead.state() == "met") == counts


def test_helpers_of_the_team_count_unless_only_the_owner_does() -> None:
    team = (replace(LUIS, team="Norte"), replace(EVA, team="norte "), QUEUE)
    assert Lead(touches=[call("1 10:30", EVA)], team=team).state() == "met"
    owner = promise('actor = "owner"')
    assert Lead(touches=[call("1 10:30", EVA)], team=team, promise=owner).state() == "on_track"
    assert (
        Lead(
            touches=[call("1 10:30", hubspot_owner("luis"))], promise=owner, team=(*team, hubspot_owner("luis"))
        ).state()
        == "met"
    )


def test_a_touch_that_both_crms_tell_counts_once_however_far_apart() -> None:
    twin = task("1 15:30", same_as=(Ref("hubspot", "calls", "1 11:00"),))
    lead = Lead(touches=[call("1 11:00"), twin], now="1 17:00")
    assert len(lead.verdict().attempts) == 1
    assert lead.rules()[1] == "the same touch as hubspot:calls:1 11:00, told by both CRMs"


def test_the_same_call_by_the_same_colleague_two_minutes_apart_is_one_touch() -> None:
    team = (LUIS, EVA, QUEUE, hubspot_owner("luis"))
    lead = Lead(touches=[call("1 11:00", hubspot_owner("luis")), task("1 11:02")], team=team, now="1 17:00")
    assert "told by both CRMs" in lead.rules()[1]
    other = Lead(touches=[call("1 11:00", hubspot_owner("luis")), task("1 11:02", EVA)], team=team, now="1 17:00")
    assert "same channel within 30m" in other.rules()[1]


def test_an_attempt_of_which_only_the_day_is_known_accuses_nobody() -> None:
    calls = {day: call(f"{day} 00:00", day_only=True) for day in (1, 2, 3)}
    lead = Lead(stages=[("1 00:00", "MQL")], owners=[("1 00:00", LUIS)], now="5 10:00")  # due on the first at six
    assert replace(lead, touches=[calls[2]]).state() == "met_late"
    unsure = replace(lead, touches=[calls[1]])
    assert unsure.state() == "unknown_time"
    assert unsure.verdict().status in ("on_track", "pending")
    assert replace(lead, stages=[("1 12:00", "MQL")], owners=[("1 12:00", LUIS)], touches=[calls[1]]).state() == "met"


def test_the_telling_that_knows_the_time_is_the_one_that_counts() -> None:
    exact = call("1 11:00")
    twin = task("1 00:00", same_as=(exact.ref,), day_only=True)
    assert Lead(touches=[twin, exact], now="9 10:00").state() == "met"


def test_what_is_written_down_late_counts_and_is_flagged() -> None:
    lead = Lead(touches=[call("1 11:00", logged="4 12:00")], now="5 10:00")
    assert lead.state() == "met"
    assert lead.rules() == ["counts as an attempt; written down 3 days later"]


def test_and_after_the_grace_it_repairs_nothing() -> None:
    lead = Lead(touches=[call("1 11:00", logged="9 12:00")], now="10 10:00")
    assert (lead.state(), lead.target("first_attempt").settled_at) == ("met_late", mexico("9 12:00"))
    assert replace(lead, promise=promise('late_logging_grace = "30d"')).state() == "met"


# policies


def test_nothing_is_owed_where_a_policy_says_so() -> None:
    none = '[[policies]]\nname = "small"\nwhen = { country = "mx" }\nexempt = "not worth an attempt"\n\n'
    small = promise_with(none)
    lead = Lead(promise=small, facts={"country": "MX"}, now="9 10:00")
    assert (lead.verdict().status, lead.verdict().because) == ("exempt", "not worth an attempt")
    assert replace(lead, facts={"country": "ES"}).state() == "breached"


def test_a_segment_that_changes_in_the_middle_keeps_start_and_pauses() -> None:
    vip = '[[policies]]\nname = "vip"\nwhen = { country = "mx" }\ntargets = { first_attempt = "2bh" }\n\n'
    stages = [("1 10:00", "MQL"), ("1 10:30", "On Hold"), ("1 11:30", "MQL")]
    lead = Lead(stages=stages, promise=promise_with(vip), now="1 12:00")
    assert lead.due() == mexico("2 11:00")
    lead.facts["country"] = "MX"
    assert (lead.due(), lead.verdict().policy) == (mexico("1 13:00"), "vip")
    assert lead.verdict().started_at == mexico("1 10:00")


def test_a_cycle_keeps_the_version_that_held_when_it_began() -> None:
    later = '[[policies]]\nname = "standard"\nversion = "2026-2"\nfrom = 2026-06-02\n'
    two = promise_with(later + 'targets = { first_attempt = "2bh" }\n\n')
    before = Lead(promise=two, now="2 09:30")
    after = Lead(promise=two, stages=[("2 10:00", "MQL")], owners=[("2 10:00", LUIS)], now="2 11:00")
    assert (before.due(), before.known().wanted["policy_version"]) == (mexico("2 10:00"), "2026-1")
    assert (after.due(), after.known().wanted["policy_version"]) == (mexico("2 12:00"), "2026-2")


VIP = '[[policies]]\nname = "vip"\n{}\ntargets = {{ first_attempt = "2bh" }}\n\n'


def test_a_policy_holds_until_its_last_date_which_is_not_its_own_any_more() -> None:
    until = promise_with(VIP.format("until = 2026-06-03"))
    for began, policy, due in (("1", "vip", "1 12:00"), ("2", "vip", "2 12:00"), ("3", "standard", "4 10:00")):
        lead = Lead(promise=until, stages=[(f"{began} 10:00", "MQL")], owners=[(f"{began} 10:00", LUIS)])
        lead.now = f"{began} 11:00"
        assert (lead.verdict().policy, lead.due()) == (policy, mexico(due))


@pytest.mark.parametrize(
    ("dates", "policies"),
    [("until = 2026-06-02", ["vip", "standard"]), ("from = 2026-06-02", ["standard", "vip"])],
    ids=["until", "from"],
)
def test_the_date_of_a_policy_begins_at_midnight_of_the_house(dates: str, policies: list[str]) -> None:
    """In Greenwich, the second begins at six in the evening of the first."""
    dated = promise_with(VIP.format(dates))
    moments = ("1 23:59", "2 00:00")
    leads = [Lead(promise=dated, stages=[(at, "MQL")], owners=[(at, LUIS)], now="2 00:30") for at in moments]
    assert [lead.verdict().policy for lead in leads] == policies


def test_the_date_from_which_the_promise_is_kept_begins_at_midnight_of_the_house() -> None:
    kept = promise("enforce_from = 2026-06-02")
    leads = [
        Lead(promise=kept, stages=[(at, "MQL")], owners=[(at, LUIS)], now="2 00:30") for at in ("1 23:59", "2 00:00")
    ]
    assert [lead.verdict().enforced for lead in leads] == [False, True]


def test_an_edit_in_place_holds_for_cycles_that_begin_after_it() -> None:
    old, new = promise(), promise(first_attempt='"2bh"')
    edited = ((mexico("2 00:00"), old),)
    assert Lead(promise=new, former=edited, now="2 09:30").due() == mexico("2 10:00")
    begun = Lead(promise=new, former=edited, stages=[("2 10:00", "MQL")], owners=[("2 10:00", LUIS)], now="2 11:00")
    assert begun.due() == mexico("2 12:00")


def test_an_edit_of_a_calendar_reaches_cycles_that_run_and_not_those_that_ended() -> None:
    old = promise()
    time = old.working_time
    new = replace(old, calendars={"office": replace(time, holidays=time.holidays | {date(2026, 6, 2)})})
    edited = ((mexico("9 00:00"), old),)
    assert Lead(promise=new, former=edited, now="10 10:00").due() == mexico("3 10:00")
    ended = Lead(promise=new, former=edited, stages=[("1 10:00", "MQL"), ("4 10:00", "Nurture")], now="10 10:00")
    assert ended.due() == mexico("2 10:00")


def test_cycles_from_before_the_promise_are_neither_judged_nor_written() -> None:
    lead = Lead(promise=promise("enforce_from = 2026-06-02"), now="9 10:00")
    assert (lead.verdict().status, lead.verdict().enforced, lead.verdict().breach_count) == ("exempt", False, 0)
    assert "sla_status" not in lead.known().wanted  # left as it is
    ever = replace(lead, promise=promise("enforce_from = 2026-06-02").from_ever())
    assert (ever.state(), ever.known().wanted["sla_status"]) == ("breached", "breached")
    later = replace(lead, stages=[("2 10:00", "MQL")], owners=[("2 10:00", LUIS)])
    assert later.verdict().enforced


def test_a_deadline_may_wait_for_the_next_opening() -> None:
    weekend = Lead(stages=[("5 11:00", "MQL")], owners=[("5 11:00", LUIS)], now="5 12:00")
    assert weekend.due("contact") == mexico("6 11:00")
    assert replace(weekend, promise=promise('roll = "next_open"')).due("contact") == mexico("8 09:00")


# calendars


MADRID = '\n[madrid]\ntime_zone = "Europe/Madrid"\nmonday = ["09:00-18:00"]\ntuesday = ["09:00-18:00"]\n'


def test_a_team_may_have_a_calendar_of_its_own() -> None:
    team = (replace(LUIS, team="EMEA Sales"), EVA, QUEUE)
    teams = promise(calendars=MADRID)
    teams = replace(teams, teams={"emea sales": "madrid"})
    lead = Lead(team=team, promise=teams, stages=[("1 02:00", "MQL")], owners=[("1 02:00", LUIS)], now="1 03:00")
    assert lead.verdict().calendar == "madrid"
    assert lead.due() == mexico("1 10:00")  # from ten to six in Madrid


def test_an_owners_own_hours_measure_where_the_promise_says_so() -> None:
    own = replace(LUIS, working_hours="monday-friday 06:00-10:00", time_zone="America/Tijuana")
    by_owner = replace(promise(), calendar_source="owner")
    lead = Lead(team=(own, EVA, QUEUE), promise=by_owner, now="1 11:00")
    assert lead.verdict().calendar == "Luis, office"
    assert lead.due() == mexico("3 10:00")  # 9 to 10 in Tijuana, then four hours, then three
    assert replace(lead, team=(LUIS, EVA, QUEUE)).verdict().calendar == "office"


def test_where_owners_hours_measure_the_holidays_are_those_of_the_house() -> None:
    """Tuesday is a holiday by its date, Wednesday one of every year; on Thursday the house works until noon."""
    own = replace(LUIS, working_hours="monday-friday 09:00-13:00", time_zone="America/Mexico_City")
    house = promise().working_time
    closed = replace(
        house,
        holidays=house.holidays | {date(2026, 6, 2)},
        yearly=(((6, 3), ()),),
        days=((date(2026, 6, 4), ((540, 720),)),),
    )
    by_owner = replace(promise(), calendar_source="owner", calendars={"office": closed})
    lead = Lead(team=(own, EVA, QUEUE), promise=by_owner, now="1 11:00")
    assert lead.verdict().calendar == "Luis, office"
    assert lead.due() == mexico("5 11:00")  # three hours today, three on Thursday, two on Friday


def test_where_owners_hours_measure_the_holidays_are_those_of_the_team() -> None:
    """Madrid is closed on Tuesday, the house is not."""
    own = replace(LUIS, working_hours="monday-friday 09:00-14:00", time_zone="America/Mexico_City")
    closed = promise(calendars=MADRID + 'holidays = ["2026-06-02"]\n')
    by_owner = replace(closed, calendar_source="owner", teams={"emea sales": "madrid"})
    lead = Lead(team=(replace(own, team="EMEA Sales"), EVA, QUEUE), promise=by_owner, now="1 11:00")
    assert (lead.verdict().calendar, lead.due()) == ("Luis, madrid", mexico("3 13:00"))
    assert replace(lead, team=(own, EVA, QUEUE)).due() == mexico("2 13:00")


ORG = Calendar(
    Ref("salesforce", "BusinessHours", "1"), "1", mexico("1"), "HQ", "America/Mexico_City",
    "monday-friday 08:00-12:00", ("2026-06-02 Founders' day", "2026-06-03 10:00-24:00 Half a day"), main=True,
)  # fmt: skip


def test_the_organizations_hours_and_holidays_measure_where_the_promise_says_so() -> None:
    lead = Lead(promise=replace(promise(), calendar_source="org"), calendars=(ORG,), now="1 11:00")
    assert lead.verdict().calendar == "HQ"
    assert lead.due() == mexico("4 12:00")  # two hours today, none tomorrow, two, four
    broken = replace(ORG, time_zone="Mars/Olympus")
    assert replace(lead, calendars=(broken,)).verdict().calendar == "office"
    assert org_hours(broken) is None


# how far the CRMs were read


def test_only_the_crms_in_which_a_lead_lives_can_hold_it_up() -> None:
    slow = {"salesforce": mexico("3 10:00"), "hubspot": mexico("1 10:00")}
    lead = Lead(now="3 11:00", horizons=slow)
    assert lead.state() == "breached"
    both = replace(lead, also=(Person(CONTACT, "1", mexico("1"), mexico("1"), same_as=(LEAD,)),))
    assert both.state() == "pending"
    assert replace(lead, horizons={"salesforce": None}).state() == "pending"


def test_a_lookback_asks_for_more_than_the_due() -> None:
    lead = Lead(now="2 12:00", read="2 10:05")
    assert lead.state() == "breached"
    assert replace(lead, promise=promise('lookback = "10m"')).state() == "pending"


# early warnings


def test_early_warnings_are_counted_back_in_working_time_and_wait_for_the_opening() -> None:
    lead = Lead(stages=[("5 16:30", "MQL")], owners=[("5 16:30", LUIS)], now="5 17:00")
    verdict, clock = lead.verdict(), clock_of(lead.promise.working_time)
    [first, cadence] = lead.promise.main.targets[:2]
    found = escalations(first, lead.target("first_attempt"), verdict, clock)
    assert [(one.level, one.at) for one in found] == [
        ("at_risk", mexico("8 13:30")), ("breach", mexico("8 16:30")), ("overdue", mexico("9 16:30")),
    ]  # fmt: skip
    late = escalations(cadence, lead.target("cadence"), verdict, clock)
    assert all(clock.is_open(one.at) for one in late)


def test_nobody_is_urged_to_contact_who_opted_out() -> None:
    lead = Lead(facts={"opted_out": True})
    clock = clock_of(lead.promise.working_time)
    assert escalations(lead.promise.main.targets[0], lead.target("first_attempt"), lead.verdict(), clock) == ()


def test_the_cadence_tells_how_many_attempts_are_left_for_how_many_days() -> None:
    lead = Lead(touches=[call("1 11:00"), call("2 11:00"), call("3 11:00")], now="8 12:00")
    assert "3 of 5 attempts yet" in lead.target("cadence").because
    assert "2 attempts missing and 6 working days left" in lead.target("cadence").because


# a pure function


def test_the_same_inputs_give_the_same_bytes() -> None:
    from crm_sync.store.conclusions import body_of

    dice = Random(3)
    touches = [call(f"{day} {dice.randint(9, 17):02}:15", dice.choice([LUIS, EVA])) for day in range(1, 9)]
    assert len({body_of(Lead(touches=touches, now="20 10:00").known()) for _ in range(3)}) == 1


def test_as_of_an_earlier_moment_nothing_of_later_is_known() -> None:
    told = Lead(
        stages=[("1 10:00", "MQL"), ("4 10:00", "Qualified")], touches=[call("3 11:00"), call("1 12:00")], now="2 09:00"
    )
    verdict = told.verdict()
    assert (verdict.ended_at, len(verdict.attempts), verdict.status) == (None, 1, "on_track")


def test_business_days_and_minutes_are_spans_like_others() -> None:
    lead = Lead(promise=promise(first_attempt='"2bd"'))
    assert lead.due() == mexico("3 10:00")
    assert str(Span(2, "bd")) == "2bd"
    assert Lead(promise=promise(first_attempt='"90m"')).due() == mexico("1 10:00") + 1.5 * HOUR
    assert Lead(promise=promise(first_attempt='"2d"')).due() == mexico("1 10:00") + 2 * DAY


def test_of_two_names_of_one_colleague_it_is_one_team() -> None:
    mine = user("luis", team="A"), hubspot_owner("luis", team="Norte"), hubspot_owner("eva", team="Norte"), user("eva")
    assert Lead(team=(*mine, QUEUE), touches=[call("1 10:30", EVA)]).state() == "met"


def test_one_colleague_whom_both_crms_name_hands_nothing_on() -> None:
    team = (LUIS, EVA, QUEUE, hubspot_owner("luis"))
    lead = Lead(owners=[("1 10:00", LUIS), ("1 10:05", hubspot_owner("luis"))], team=team)
    assert (lead.verdict().transfers, len(lead.verdict().stretches)) == (0, 1)


def test_a_policy_that_asks_nothing_of_reps_shows_them_nothing() -> None:
    lead = Lead(promise=promise_with('[[policies]]\nname = "x"\ntargets = { contact = "24h" }\n\n'), now="3 10:00")
    assert (lead.verdict().status, lead.verdict().target, lead.state("contact")) == ("exempt", "none", "breached")


def test_hand_overs_are_counted_whatever_the_policy_promises() -> None:
    owners = [("1 10:00", LUIS), ("1 12:00", EVA), ("1 16:00", LUIS)]
    only = promise_with('[[policies]]\nname = "x"\ntargets = { cadence = "5 in 14d" }\n\n')
    verdict = Lead(owners=owners, promise=only, now="2 10:00").verdict()
    assert (verdict.transfers, verdict.stretches) == (2, ())
