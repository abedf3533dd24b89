"""docs/sla.md, sentence by sentence, as stories."""

from __future__ import annotations

from tests.reconciler.told import Told


def test_a_friday_lead_may_be_answered_until_tuesday(told: Told) -> None:
    """
    fri 16:30   ana becomes mql, owner luis
    mon         holiday
    tue 16:30   luis calls ana
    """
    assert told.first("ana") == "met"


def test_one_second_after_the_due_is_late(told: Told) -> None:
    """
    fri 16:30      ana becomes mql, owner luis
    mon            holiday
    tue 16:30:01   luis calls ana
    """
    assert told.first("ana") == "met_late"
    assert told.verdict("ana").breach_count == 1


# the cycle


def test_the_clock_waits_for_a_human_owner(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner queue
    tue 10:00   ana goes to luis
    wed 10:00   luis calls ana
    """
    assert told.first("ana") == "met"
    assert told.verdict("ana").started_at == told.verdict("ana").attempts[0].replace(day=2)


def test_a_qualified_lead_without_a_human_owner_is_pending(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner queue
    fri 10:00   now
    """
    assert told.shown("ana") == "pending none"
    assert told.verdict("ana").started_at is None


def test_an_owner_of_tomorrow_starts_nothing_today(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner queue
    tue 10:00   ana goes to luis
    tue 09:59   now
    """
    assert told.shown("ana") == "pending none"


def test_a_qualified_lead_that_nobody_owns_is_pending(told: Told) -> None:
    """
    mon 10:00   ana becomes mql
    fri 10:00   now
    """
    assert told.shown("ana") == "pending none"


def test_an_owner_from_before_the_qualification_starts_the_clock_at_once(told: Told) -> None:
    """
    mon 09:00   ana becomes lead, owner luis
    mon 10:00   ana becomes mql
    mon 11:00   now
    """
    assert told.verdict("ana").started_at == told.known("ana").history[-1].at


def test_sal_without_mql_is_a_cycle_too(told: Told) -> None:
    """
    mon 10:00   ana becomes sal, owner luis
    mon 11:00   now
    """
    assert told.shown("ana") == "on_track first_attempt"


def test_mql_to_sal_stays_in_the_cycle(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 09:00   ana becomes sal
    tue 09:30   now
    """
    assert told.verdict("ana").started_at == told.known("ana").history[0].at


def test_another_owner_starts_no_other_cycle(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana goes to eva
    mon 13:00   now
    """
    assert told.verdict("ana").started_at == told.known("ana").history[0].at
    assert told.known("ana").owner_email == "eva@acme.mx"


def test_the_cycle_belongs_to_the_owner_at_its_start(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana goes to eva
    mon 13:00   now
    """
    owner = told.verdict("ana").owner
    assert owner
    assert owner.id == "005luis"


def test_who_was_never_qualified_has_no_verdict(told: Told) -> None:
    """
    mon 10:00   ana becomes lead, owner luis
    tue 10:00   ana becomes sql
    """
    assert told.known("ana").verdict is None
    assert told.known("ana").wanted["sla_status"] is None


def test_a_return_opens_a_new_cycle_and_the_newest_is_shown(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    wed 10:00        ana becomes recycled
    next mon 10:00   ana becomes mql
    mon 11:00        now
    """
    assert told.shown("ana") == "on_track first_attempt"
    assert told.verdict("ana").breach_count == 2  # of the first cycle: a late first attempt, a cadence closed untouched
    [before] = told.known("ana").earlier
    assert [one.state for one in before.targets if one.clock == "rep"] == ["breached", "closed_untouched"]
    assert (before.breach_count, before.ended_at is None) == (2, False)


def test_a_return_without_a_human_owner_is_pending_again(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 11:00        luis calls ana
    tue 10:00        ana becomes recycled
    tue 10:30        ana goes to queue
    next mon 10:00   ana becomes mql
    mon 11:00        now
    """
    assert told.shown("ana") == "pending none"


# what is an attempt


def test_calls_mails_messages_and_meetings_of_a_rep_are_attempts(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 10:01   luis calls ana
    mon 10:02   luis mails ana
    mon 10:03   luis messages ana
    mon 10:04   luis meets ana
    mon 11:00   luis logs a call with ana
    """
    assert told.attempts("ana") == 5
    assert told.cadence("ana") == "met"


def test_what_is_not_an_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 10:01   luis plans a call with ana
    mon 10:02   luis sends a list mail to ana
    mon 10:03   luis has mail bounced by ana
    mon 10:04   luis schedules a mail to ana
    mon 10:05   luis notes ana
    mon 10:06   luis plans a task for ana
    mon 10:07   robot mails ana
    mon 10:08   queue calls ana
    """
    assert told.attempts("ana") == 0
    assert told.rules("ana") == [
        "Call not made is not an attempt",
        "Mail that is not 1:1 or not sent yet is not an attempt",
        "Mail that was not delivered is not an attempt",
        "Mail that was not delivered is not an attempt",
        "Note is not an attempt",
        "Task is not an attempt",
        "done by Robot, who is not a human being",
        "done by Inbound, who is not a human being",
    ]


def test_a_colleague_may_make_the_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   eva calls ana
    """
    assert told.first("ana") == "met"


def test_an_attempt_counts_from_half_an_hour_before_the_start(told: Told) -> None:
    """
    mon 09:29:59   luis mails ana
    mon 09:30      luis calls ana
    mon 10:00      ana becomes mql, owner luis
    mon 11:00      now
    """
    assert told.attempts("ana") == 1
    assert told.first("ana") == "met"
    assert told.rules("ana")[0].startswith("more than 30m before the cycle started")


def test_an_attempt_counts_until_the_end_of_the_cycle_inclusive(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 12:00      ana becomes sql
    mon 12:00      luis calls ana
    mon 12:40      luis mails ana
    """
    assert told.attempts("ana") == 1
    assert told.rules("ana")[1].startswith("after the cycle ended")


def test_an_attempt_at_this_very_moment_counts_and_a_later_one_does_not_yet(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 12:00      luis calls ana
    mon 12:00:01   luis mails ana
    mon 12:00      now
    """
    assert told.attempts("ana") == 1
    assert told.rules("ana")[1] == "lies in the future"


def test_half_an_hour_on_one_channel_is_one_attempt(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 11:00      luis calls ana
    mon 11:20      luis calls ana
    mon 11:30      luis calls ana
    mon 11:30:01   luis calls ana
    """
    assert told.attempts("ana") == 2
    assert "same channel within 30m" in told.rules("ana")[1]


def test_half_an_hour_counts_from_the_last_counted_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    mon 11:25   luis calls ana
    mon 11:50   luis calls ana
    """
    assert told.attempts("ana") == 2


def test_a_call_that_both_crms_hold_is_one_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    mon 11:02   luis logs a call with ana
    """
    assert told.attempts("ana") == 1


# the two targets


def test_the_fifth_attempt_at_the_due_meets_the_cadence(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 11:00      luis calls ana
    tue 11:00      luis calls ana
    wed 11:00      luis calls ana
    thu 11:00      luis calls ana
    day 14 10:00   luis calls ana
    """
    assert told.cadence("ana") == "met"
    assert told.shown("ana") == "met none"


def test_the_fifth_attempt_after_the_due_is_late(told: Told) -> None:
    """
    mon 10:00         ana becomes mql, owner luis
    mon 11:00         luis calls ana
    tue 11:00         luis calls ana
    wed 11:00         luis calls ana
    thu 11:00         luis calls ana
    day 14 10:00:01   luis calls ana
    """
    assert told.cadence("ana") == "met_late"
    assert told.shown("ana") == "met_late none"


def test_an_answer_meets_the_cadence(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    tue 11:00   ana replies
    """
    assert told.cadence("ana") == "met"
    assert "the person answered" in told.target("ana", "cadence").because
    assert told.shown("ana") == "met none"


def test_a_call_from_the_person_is_an_answer(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 11:00   ana calls back
    """
    assert told.cadence("ana") == "met"


def test_an_answer_from_before_the_start_is_none(told: Told) -> None:
    """
    mon 09:59   ana replies
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   now
    """
    assert told.cadence("ana") == "on_track"


def test_an_answer_after_the_due_is_too_late(told: Told) -> None:
    """
    mon 10:00         ana becomes mql, owner luis
    mon 11:00         luis calls ana
    day 14 10:00:01   ana replies
    """
    assert told.cadence("ana") == "breached"


def test_an_answer_at_the_end_of_the_cycle_is_not_before_it(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    tue 11:00   ana becomes disqualified
    tue 11:00   ana replies
    """
    assert told.cadence("ana") == "exempt"


def test_a_reply_does_not_satisfy_the_first_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   ana replies
    tue 10:01   now
    """
    assert told.first("ana") == "breached"
    assert told.shown("ana") == "breached first_attempt"


def test_a_meeting_booked_by_the_person_satisfies_both_targets(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   ana books a meeting
    """
    assert told.first("ana") == "met"
    assert told.cadence("ana") == "met"
    assert told.attempts("ana") == 0


def test_a_meeting_booked_after_the_first_due_is_like_a_late_attempt(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 10:01   ana books a meeting
    """
    assert told.first("ana") == "met_late"
    assert told.cadence("ana") == "met"


# the cycle ends


def test_closing_without_any_attempt_is_a_miss(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes disqualified as no_budget
    """
    assert told.first("ana") == "closed_untouched"
    assert told.cadence("ana") == "closed_untouched"
    assert told.shown("ana") == "breached none"
    assert told.verdict("ana").breach_count == 2


def test_closing_a_duplicate_without_any_attempt_is_excused(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes disqualified as duplicate
    """
    assert told.shown("ana") == "exempt none"
    assert told.verdict("ana").breach_count == 0


def test_moving_forward_without_any_attempt_is_a_miss_too(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes sql
    """
    assert told.first("ana") == "closed_untouched"
    assert told.cadence("ana") == "closed_untouched"


def test_a_reason_excuses_who_moved_forward_without_any_attempt_too(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 12:00   ana becomes sql as existing customer
    """
    assert told.shown("ana") == "exempt none"
    assert told.verdict("ana").breach_count == 0


def test_the_reason_of_an_earlier_exit_excuses_nobody_who_moves_forward_later(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 11:00        ana gives the reason spam
    mon 12:00        ana becomes recycled
    next mon 10:00   ana becomes mql
    mon 12:00        ana becomes sql
    """
    assert [one.status for one in told.known("ana").earlier] == ["exempt"]
    assert told.shown("ana") == "breached none"


def test_a_reason_without_its_time_is_that_of_the_exit(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 12:00        ana becomes recycled as spam
    next mon 10:00   ana becomes mql
    mon 12:00        ana becomes sql
    """
    assert [one.status for one in told.known("ana").earlier] == ["exempt"]
    assert told.shown("ana") == "breached none"


def test_moving_forward_after_an_attempt_meets_the_cadence(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    mon 12:00   ana becomes sql
    """
    assert told.shown("ana") == "met none"
    assert told.cadence("ana") == "met"


def test_going_out_after_an_attempt_exempts_from_the_cadence(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    mon 12:00   ana becomes recycled
    """
    assert told.first("ana") == "met"
    assert told.cadence("ana") == "exempt"
    assert told.shown("ana") == "met none"


def test_closing_after_the_due_of_the_first_attempt_is_a_breach(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    tue 10:00:01   ana becomes disqualified as duplicate
    """
    assert told.first("ana") == "breached"
    assert told.cadence("ana") == "exempt"
    assert told.shown("ana") == "breached none"


def test_closing_at_the_very_due_is_still_in_time(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 10:00   ana becomes disqualified as spam
    """
    assert told.first("ana") == "exempt"


def test_closing_after_the_due_of_the_cadence_is_a_breach_whatever_was_done(told: Told) -> None:
    """
    mon 10:00         ana becomes mql, owner luis
    mon 11:00         luis calls ana
    day 14 10:00:01   ana becomes sql
    """
    assert told.cadence("ana") == "breached"


def test_a_reason_excuses_the_last_exit_only(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 12:00        ana becomes recycled
    next mon 10:00   ana becomes mql
    mon 12:00        ana becomes disqualified as duplicate
    """
    assert told.shown("ana") == "exempt none"
    assert told.verdict("ana").breach_count == 2


def test_each_exit_has_the_reason_that_was_given_for_it(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 12:00        ana becomes recycled
    mon 12:01        ana gives the reason spam
    next mon 10:00   ana becomes mql
    mon 11:00        ana gives the reason no_budget
    mon 12:00        ana becomes disqualified
    """
    assert told.shown("ana") == "breached none"
    assert [one.status for one in told.known("ana").earlier] == ["exempt"]
    assert told.verdict("ana").breach_count == 2  # both targets of the second cycle


def test_a_reason_that_was_taken_back_excuses_what_came_before_only(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 11:00        ana gives the reason spam
    mon 12:00        ana becomes recycled
    tue 10:00        ana gives the reason none
    next mon 10:00   ana becomes mql
    mon 12:00        ana becomes disqualified
    """
    assert [one.status for one in told.known("ana").earlier] == ["exempt"]
    assert told.shown("ana") == "breached none"


def test_a_reason_that_nobody_changed_still_stands(told: Told) -> None:
    """
    mon 10:00        ana becomes mql, owner luis
    mon 11:00        ana gives the reason spam
    mon 12:00        ana becomes recycled
    next mon 10:00   ana becomes mql
    mon 12:00        ana becomes disqualified
    """
    assert told.shown("ana") == "exempt none"
    assert told.verdict("ana").breach_count == 0


# the cycle runs


def test_the_very_due_is_not_past_it(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 10:00   now
    """
    assert told.shown("ana") == "at_risk first_attempt"


def test_past_the_due_is_a_breach(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    tue 10:00:01   now
    """
    assert told.shown("ana") == "breached first_attempt"


def test_nobody_is_accused_before_the_crms_were_read_past_the_due(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    tue 09:59:59   read up to here
    tue 12:00      now
    """
    assert told.shown("ana") == "pending first_attempt"


def test_three_quarters_of_the_working_time_put_the_first_attempt_at_risk(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 17:00   now
    """
    assert told.shown("ana") == "at_risk first_attempt"


def test_less_than_three_quarters_is_on_track(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 16:59:59   now
    """
    assert told.shown("ana") == "on_track first_attempt"


def test_three_quarters_of_the_days_put_the_cadence_at_risk(told: Told) -> None:
    """
    mon 10:00       ana becomes mql, owner luis
    mon 11:00       luis calls ana
    tue 11:00       luis calls ana
    wed 11:00       luis calls ana
    thu 11:00       luis calls ana
    day 10 22:00    now
    """
    assert told.shown("ana") == "at_risk cadence"


def test_four_of_five_attempts_are_on_track_before_that(told: Told) -> None:
    """
    mon 10:00       ana becomes mql, owner luis
    mon 11:00       luis calls ana
    tue 11:00       luis calls ana
    wed 11:00       luis calls ana
    thu 11:00       luis calls ana
    day 10 21:59    now
    """
    assert told.shown("ana") == "on_track cadence"


def test_more_attempts_missing_than_working_days_left_is_a_risk(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 11:00      luis calls ana
    day 9 18:00    now
    """
    assert told.shown("ana") == "at_risk cadence"
    assert "4 attempts missing and 3 working days left" in told.verdict("ana").because


def test_as_many_attempts_missing_as_working_days_left_is_none(told: Told) -> None:
    """
    mon 10:00      ana becomes mql, owner luis
    mon 11:00      luis calls ana
    day 9 17:59    now
    """
    assert told.shown("ana") == "on_track cadence"


def test_who_opted_out_is_exempt_at_once(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    wed 10:00   ana opts out
    wed 10:00   now
    """
    assert told.shown("ana") == "exempt none"
    assert (told.first("ana"), told.cadence("ana")) == ("exempt", "exempt")
    assert told.verdict("ana").breach_count == 0


# what a rep sees


def test_the_earliest_due_of_the_running_targets_is_shown(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   now
    """
    assert told.shown("ana") == "on_track first_attempt"
    assert told.verdict("ana").due_at == told.target("ana", "first_attempt").due_at


def test_a_settled_target_gives_way_to_the_one_that_runs(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    """
    assert told.shown("ana") == "on_track cadence"
    assert told.verdict("ana").due_at == told.target("ana", "cadence").due_at


def test_a_late_first_attempt_leaves_the_cadence_running(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 11:00   luis calls ana
    """
    assert told.shown("ana") == "on_track cadence"
    assert told.verdict("ana").breach_count == 1


def test_when_nothing_runs_the_worst_result_is_shown(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    tue 11:00   luis calls ana
    tue 12:00   ana replies
    """
    assert told.shown("ana") == "met_late none"
    assert told.verdict("ana").due_at is None


def test_the_fields_of_a_running_cycle_say_what_the_verdict_says(told: Told) -> None:
    """
    mon 10:00   ana becomes mql, owner luis
    mon 11:00   luis calls ana
    mon 12:00   luis mails ana
    """
    wanted = told.known("ana").wanted
    assert wanted["sla_status"] == "on_track"
    assert wanted["sla_target"] == "cadence"
    assert wanted["sla_started_at"] == "2026-06-01T16:00:00Z"
    assert wanted["sla_due_at"] == "2026-06-15T16:00:00Z"
    assert wanted["first_attempt_at"] == "2026-06-01T17:00:00Z"
    assert wanted["last_attempt_at"] == "2026-06-01T18:00:00Z"
    assert (wanted["attempt_count"], wanted["attempts_required"], wanted["sla_breach_count"]) == ("2", "5", "0")
