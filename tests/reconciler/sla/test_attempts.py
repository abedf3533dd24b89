"""Which touches are attempts, where it is a close call: whose touch it was, twins, late words, days without a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reconciler.sla.lead import EVA, LUIS, QUEUE, Lead, call, hubspot_owner, mexico, promise, task

from crm_sync.records import Ref, Touch

NORTH_AND_SOUTH = (replace(LUIS, team="Norte"), replace(EVA, team="Sur"), QUEUE)
HANDED_ON = [("1 10:00", LUIS), ("2 12:00", EVA)]
FOUR = [call(f"{day} 11:00") for day in (1, 2, 3, 4)]


# whose touch it was


@pytest.mark.parametrize("rule", ["team", "owner"])
def test_a_touch_is_asked_of_whose_the_lead_was_at_that_time(rule: str) -> None:
    """Luis and Eva are of different teams; he hands the lead on to her on the second at noon."""
    lead = Lead(owners=HANDED_ON, team=NORTH_AND_SOUTH, promise=promise(f'actor = "{rule}"'), now="4 10:00")

    def counted(touch: Touch) -> bool:
        return bool(replace(lead, touches=[touch]).verdict().attempts)

    assert [counted(call(at, LUIS)) for at in ("1 11:00", "2 11:59", "2 12:00", "3 11:00")] == [
        True,
        True,
        False,
        False,
    ]
    assert [counted(call(at, EVA)) for at in ("1 11:00", "2 11:59", "2 12:00", "3 11:00")] == [False, False, True, True]


def test_before_the_start_it_is_asked_of_whose_the_lead_became() -> None:
    lead = Lead(team=NORTH_AND_SOUTH, now="1 12:00")
    assert replace(lead, touches=[call("1 09:45", LUIS)]).state() == "met"
    assert replace(lead, touches=[call("1 09:45", EVA)]).state() == "on_track"


# twins


LUIS_TOO = hubspot_owner("luis")
AT_ONCE = promise(same_attempt_within='"1m"')  # so that only a twin can be the same attempt


@pytest.mark.parametrize(
    ("first", "second", "attempts"),
    [
        (call("1 11:00", LUIS_TOO), task("1 11:02"), 1),
        (call("1 11:00", LUIS_TOO), task("1 11:02", EVA), 2),
        (call("1 11:00", LUIS_TOO), task("1 11:03"), 2),
        (call("1 11:00", LUIS_TOO), call("1 11:02", LUIS_TOO), 2),
        (task("1 11:00"), task("1 11:02"), 2),
    ],
    ids=["one", "other-colleague", "later", "hubspot-twice", "salesforce-twice"],
)
def test_two_crms_tell_one_touch_when_the_same_colleague_made_both_at_once(
    first: Touch, second: Touch, attempts: int
) -> None:
    lead = Lead(touches=[first, second], team=(LUIS, EVA, QUEUE, LUIS_TOO), promise=AT_ONCE, now="1 12:00")
    assert len(lead.verdict().attempts) == attempts


def test_where_one_of_two_crms_does_not_say_by_whom_it_is_the_same_touch() -> None:
    unnamed = replace(task("1 11:02"), actor=None)
    anyone = promise("count_unnamed = true", same_attempt_within='"1m"')
    lead = Lead(touches=[call("1 11:00"), unnamed], promise=anyone, now="1 12:00")
    assert len(lead.verdict().attempts) == 1


# written down late


def test_of_the_cadence_a_late_word_counts_from_when_it_was_written_down() -> None:
    """The fifth attempt, in time, and written down eleven days later, two after the due on the fifteenth."""
    late = call("5 11:00", logged="16 12:00")
    lead = Lead(touches=[*FOUR, late], now="20 10:00")
    assert (lead.state("cadence"), lead.target("cadence").settled_at) == ("met_late", mexico("16 12:00"))
    before_the_due = call("5 11:00", logged="15 09:00")
    early = replace(lead, touches=[*FOUR, before_the_due]).target("cadence")
    assert (early.state, early.settled_at) == ("met", mexico("5 11:00"))
    within_the_grace = call("14 11:00", logged="16 12:00")
    assert replace(lead, touches=[*FOUR, within_the_grace]).state("cadence") == "met"


def test_of_the_cadence_a_late_word_of_an_early_attempt_makes_it_the_last_one() -> None:
    late = call("1 11:00", logged="16 12:00")
    lead = Lead(touches=[late, *FOUR[1:], call("5 11:00")], now="20 10:00")
    assert (lead.state("cadence"), lead.target("cadence").settled_at) == ("met_late", mexico("16 12:00"))
    sixth = replace(lead, touches=[*lead.touches, call("8 11:00")])
    assert (sixth.state("cadence"), sixth.target("cadence").settled_at) == ("met", mexico("8 11:00"))


def test_an_attempt_after_the_due_comes_before_a_late_word_of_an_earlier_one() -> None:
    lead = Lead(touches=[call("1 11:00", logged="10 12:00"), call("3 10:00")], now="20 10:00")
    assert (lead.state(), lead.target("first_attempt").settled_at) == ("met_late", mexico("3 10:00"))


# only the day is known


@pytest.mark.parametrize(("day", "state"), [(14, "met"), (15, "unknown_time"), (16, "met_late")])
def test_of_the_cadence_a_fifth_attempt_of_the_day_of_the_due_is_neither_met_nor_missed(day: int, state: str) -> None:
    """Due on the fifteenth at ten."""
    lead = Lead(touches=[*FOUR, call(f"{day} 00:00", day_only=True)], now="20 10:00")
    assert lead.state("cadence") == state


def test_when_there_were_five_attempts_depends_on_each_of_which_only_the_day_is_known() -> None:
    """At best the call without a time was the fourth and that of nine o'clock the fifth; at worst it was the fifth."""
    unsure, sure = call("15 00:00", day_only=True), call("15 09:00")
    lead = Lead(touches=[*FOUR[:3], unsure, sure], now="20 10:00")
    assert lead.state("cadence") == "unknown_time"
    assert replace(lead, touches=[*FOUR, unsure, sure]).state("cadence") == "met"  # there were five without it
    assert replace(lead, touches=[*FOUR[:3], unsure, call("15 10:01")]).state("cadence") == "met_late"


AUTOMATIC = [
    "Automatic reply: Your question",
    "  RESPUESTA AUTOMATICA: Tu pregunta",
    "Out of Office",
    "Réponse automatique",
]


@pytest.mark.parametrize("subject", AUTOMATIC)
@pytest.mark.parametrize("how", ["emails", "EmailMessage"])
def test_a_mailbox_that_answers_by_itself_is_no_answer(subject: str, how: str) -> None:
    lead = Lead(touches=[call("1 11:00"), reply("1 11:01", how, subject)], now="16 10:00")
    assert (lead.state("first_attempt"), lead.state("cadence")) == ("met", "breached")
    assert lead.rules()[1] == "Automatic reply is not an attempt"
    assert lead.known().last_action is None


@pytest.mark.parametrize("subject", ["Re: Your question", "Re: Automatic reply: Your question", "", None])
def test_a_person_who_answers_is(subject: str | None) -> None:
    lead = Lead(touches=[call("1 11:00"), reply("1 11:01", "emails", subject)], now="16 10:00")
    assert (lead.state("cadence"), lead.rules()[1]) == ("met", "the person answered")
    assert lead.known().last_action == "Reply"


def reply(at: str, how: str, subject: str | None) -> Touch:
    crm, facts = {
        "emails": ("hubspot", {"hs_email_direction": "INCOMING_EMAIL"}),
        "EmailMessage": ("salesforce", {"Incoming": "true"}),
    }[how]
    return replace(call(at, ref=Ref(crm, how, at)), actor=None, facts=facts, subject=subject)
