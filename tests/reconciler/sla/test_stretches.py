"""What each owner of a lead owes: every way in which a stretch of theirs may stand."""

from __future__ import annotations

from dataclasses import replace

from tests.reconciler.sla.lead import EVA, LUIS, QUEUE, Lead, answer, call, mexico, promise

from crm_sync.changes import Stretch

HANDED_ON = [("1 10:00", LUIS), ("1 12:00", EVA)]
HELD = [("1 10:00", "MQL"), ("1 12:00", "On Hold"), ("1 17:00", "MQL")]


def of(lead: Lead) -> Stretch:
    """That of the last owner."""
    return lead.verdict().stretches[-1]


# what lies ahead, what is over


def test_an_owner_is_not_accused_before_the_crms_were_read_past_the_due() -> None:
    """Due on the second at ten."""
    lead = Lead(now="3 11:00", read="2 09:59")
    assert (of(lead).state, of(lead).due_at) == ("pending", mexico("2 10:00"))
    assert of(replace(lead, read=None)).state == "pending"
    assert of(replace(lead, read="2 10:00")).state == "breached"


def test_the_very_due_is_not_past_it_and_the_minute_after_is() -> None:
    assert of(Lead(now="2 10:00")).state == "at_risk"
    assert of(Lead(now="2 10:01")).state == "breached"


def test_three_quarters_of_the_owners_time_put_their_attempt_at_risk() -> None:
    assert [of(Lead(now=now)).state for now in ("1 16:59", "1 17:00")] == ["on_track", "at_risk"]


def test_the_next_owners_time_is_counted_from_the_hand_over_on() -> None:
    """Two hours before lunch, three after it, and the sixth of eight on the next morning."""
    lead = Lead(owners=HANDED_ON)
    assert [of(replace(lead, now=now)).state for now in ("2 09:59", "2 10:00")] == ["on_track", "at_risk"]
    assert of(replace(lead, now="2 10:00")).due_at == mexico("2 12:00")


def test_nothing_is_owed_by_an_owner_of_somebody_to_whom_nothing_is_owed() -> None:
    stretch = of(Lead(owners=HANDED_ON, now="9 10:00", facts={"opted_out": True}))
    assert (stretch.state, stretch.settled_at, stretch.because) == ("exempt", None, "the person opted out")


def test_an_attempt_after_the_due_is_late_for_the_owner_too() -> None:
    assert of(Lead(touches=[call("2 10:00")], now="9 10:00")).state == "met"
    assert of(Lead(touches=[call("2 10:01")], now="9 10:00")).state == "met_late"


def test_a_lead_that_is_closed_untouched_was_missed_by_its_owner() -> None:
    lead = Lead(stages=[("1 10:00", "MQL"), ("1 17:00", "Nurture")], owners=HANDED_ON, now="9 10:00")
    assert [one.state for one in lead.verdict().stretches] == ["exempt", "closed_untouched"]


# what settles it


def test_a_meeting_that_the_person_books_settles_it_like_an_attempt() -> None:
    booked = answer("1 13:00", "books a meeting")
    lead = Lead(touches=[booked], now="9 10:00")
    assert (of(lead).state, of(lead).settled_at) == ("met", mexico("1 13:00"))
    handed_on = replace(lead, owners=HANDED_ON)
    assert [one.state for one in handed_on.verdict().stretches] == ["exempt", "met"]
    assert of(replace(lead, touches=[answer("1 13:00")])).state == "breached"  # a reply waits for a word of the rep


def test_a_meeting_that_is_booked_late_is_a_late_attempt() -> None:
    booked = answer("2 10:01", "books a meeting")
    assert of(Lead(touches=[booked], now="9 10:00")).state == "met_late"


def test_what_is_written_down_after_the_grace_repairs_nothing_of_the_owners() -> None:
    """Luis' call was due on the second at ten, that of Eva two hours later."""
    late = call("1 13:00", logged="9 12:00")
    mine = of(Lead(touches=[late], now="10 10:00"))
    assert (mine.state, mine.settled_at) == ("met_late", mexico("9 12:00"))
    theirs = of(Lead(owners=HANDED_ON, touches=[late], now="10 10:00"))
    assert (theirs.state, theirs.settled_at) == ("met_late", mexico("9 12:00"))
    assert of(Lead(touches=[call("1 13:00", logged="8 12:00")], now="10 10:00")).state == "met"


def test_a_call_that_was_written_down_too_late_excuses_no_next_owner() -> None:
    """Luis called on the first, and said so on the ninth; when Eva got the lead on the third, nobody knew of a call."""
    lead = Lead(owners=[("1 10:00", LUIS), ("3 12:00", EVA)], now="10 10:00")
    luis, eva = replace(lead, touches=[call("1 13:00", logged="9 12:00")]).verdict().stretches
    assert (luis.state, eva.state, eva.settled_at) == ("breached", "met_late", mexico("9 12:00"))
    luis, eva = replace(lead, touches=[call("1 13:00", logged="8 12:00")]).verdict().stretches
    assert (luis.state, eva.state, eva.due_at) == ("met", "exempt", None)


def test_who_gets_the_lead_after_the_call_was_written_down_owes_none() -> None:
    late = call("1 13:00", logged="9 12:00")
    handed_on = [("1 10:00", LUIS), ("9 13:00", EVA)]
    luis, eva = Lead(owners=handed_on, touches=[late], now="12 10:00").verdict().stretches
    assert (luis.state, luis.settled_at, eva.state) == ("met_late", mexico("9 12:00"), "exempt")


def test_a_late_word_before_the_next_owners_due_is_no_attempt_from_before_they_had_the_lead() -> None:
    """Eva got it an hour before Luis told of his call: that is when it counts, for her too, and she is in time."""
    handed_on = [("1 10:00", LUIS), ("9 11:00", EVA)]
    lead = Lead(owners=handed_on, touches=[call("1 13:00", logged="9 12:00")], now="12 10:00")
    assert (of(lead).state, of(lead).settled_at) == ("met", mexico("9 12:00"))


def test_whether_a_word_came_too_late_is_told_by_the_owners_own_due() -> None:
    """Luis works from six to seven in Tijuana: the lead's attempt is due on the eleventh, and Eva's on the second."""
    luis = replace(LUIS, working_hours="monday-friday 06:00-07:00", time_zone="America/Tijuana")
    by_owner = replace(promise(), calendar_source="owner")
    hers = call("1 13:00", EVA, logged="9 12:00")
    lead = Lead(owners=HANDED_ON, team=(luis, EVA, QUEUE), promise=by_owner, touches=[hers], now="12 10:00")
    assert (lead.state(), lead.due(), of(lead).due_at) == ("met", mexico("11 08:00"), mexico("2 12:00"))
    assert (of(lead).state, of(lead).settled_at) == ("met_late", mexico("9 12:00"))


def test_an_attempt_of_which_only_the_day_is_known_may_leave_it_open_whether_it_was_in_time() -> None:
    lead = Lead(touches=[call("2 00:00", day_only=True)], now="9 10:00")
    assert (of(lead).state, of(lead).settled_at) == ("unknown_time", None)
    assert lead.state() == "unknown_time"
    assert of(replace(lead, touches=[call("1 00:00", day_only=True)])).state == "met"


# pauses


def test_paused_time_is_put_behind_the_due_of_an_owner() -> None:
    assert of(Lead(stages=HELD, now="2 09:30")).due_at == mexico("2 14:00")
    legal = promise('pauses = ["legal"]')
    assert of(Lead(stages=HELD, now="2 09:30", promise=legal)).due_at == mexico("2 10:00")


def test_a_pause_from_before_the_hand_over_is_not_the_next_owners() -> None:
    lead = Lead(stages=HELD, owners=[("1 10:00", LUIS), ("1 16:00", EVA)], now="2 09:30")
    assert of(lead).due_at == mexico("2 17:00")  # at four without the hour of the pause that is hers


def test_while_the_clock_stands_still_the_owner_sees_paused() -> None:
    assert of(Lead(stages=HELD[:2], now="1 13:00")).state == "paused"
    assert of(Lead(stages=HELD[:2], now="5 13:00")).state == "paused"
    assert of(Lead(stages=HELD[:2], now="5 13:00")).due_at == mexico("2 10:00")  # as it stood when the pause began


def test_who_hands_on_while_the_clock_stands_still_is_in_time() -> None:
    lead = Lead(stages=HELD[:2], owners=[("1 10:00", LUIS), ("3 10:00", EVA)], now="5 13:00")
    luis, eva = lead.verdict().stretches
    assert (luis.state, luis.due_at, eva.state) == ("exempt", mexico("3 17:00"), "paused")  # six hours were left
    assert replace(lead, now="9 13:00").verdict().stretches == (luis, eva)
    assert of(Lead(stages=HELD, now="2 09:30")).state == "on_track"


def test_an_owner_is_at_risk_when_three_quarters_of_the_time_without_pauses_have_passed() -> None:
    """Two hours before the pause, one after it, and the sixth on the next day at noon."""
    assert [of(Lead(stages=HELD, now=now)).state for now in ("2 11:59", "2 12:00")] == ["on_track", "at_risk"]


def test_a_pause_after_the_attempt_moves_no_due_any_more() -> None:
    stretch = of(Lead(stages=HELD, touches=[call("1 11:00")], now="9 10:00"))
    assert (stretch.state, stretch.due_at) == ("met", mexico("2 10:00"))


# calendars


def test_each_owner_is_measured_by_their_own_hours_after_a_hand_over() -> None:
    """Luis works as the house does, Eva from six to ten in Tijuana: seven to eleven here."""
    eva = replace(EVA, working_hours="monday-friday 06:00-10:00", time_zone="America/Tijuana")
    by_owner = replace(promise(), calendar_source="owner")
    lead = Lead(owners=HANDED_ON, team=(LUIS, eva, QUEUE), promise=by_owner, now="1 13:00")
    assert of(lead).due_at == mexico("3 11:00")
    back = replace(lead, team=(replace(eva, ref=LUIS.ref, email=LUIS.email), EVA, QUEUE))
    assert of(back).due_at == mexico("2 12:00")
