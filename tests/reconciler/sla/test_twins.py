"""One touch, told by two CRMs or by two records of one: by their ids, by who wrote it down, by the hour."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reconciler.sla.lead import EVA, LUIS, QUEUE, ROBOT, Lead, call, hubspot_owner, mail, mexico, promise, task

from crm_sync.records import PROGRAM, Ref, Touch

LUIS_TOO = hubspot_owner("luis")
TEAM = (LUIS, EVA, QUEUE, ROBOT, LUIS_TOO)
MESSAGE = Ref("mail", "message", "abc@acme.mx")
BY_SALESFORCE = Ref("hubspot", PROGRAM, "SALESFORCE")


def attempts(*touches: Touch, now: str = "2 18:00", **said: str) -> list[str]:
    """When the attempts were, as `1 11:00`."""
    found = Lead(touches=list(touches), team=TEAM, promise=promise(**said), now=now).verdict().attempts
    return [f"{at.astimezone(mexico('1').tzinfo):%d %H:%M}" for at in found]


def rules(*touches: Touch) -> list[str]:
    return Lead(touches=list(touches), team=TEAM, now="2 18:00").rules()


def message(at: str, *, to: Touch | None = None, **facts: str) -> Touch:
    """An e-mail as Salesforce keeps it, with the task that tells the same."""
    told = {"Incoming": "false", "Status": "3", "ActivityId": to.ref.id if to else "", **facts}
    same_as = (MESSAGE, *((to.ref,) if to else ()))
    return replace(task(at), ref=Ref("salesforce", "EmailMessage", at), same_as=same_as, facts=told)


def mail_task(at: str) -> Touch:
    return replace(task(at), facts={"TaskSubtype": "Email", "Status": "Completed"})


# by id


def test_two_records_of_which_one_names_the_other_are_one_touch_however_far_apart() -> None:
    original = task("1 11:00")
    copy = call("1 16:00", LUIS_TOO, same_as=(original.ref,))
    assert len(attempts(original, copy)) == 1
    assert len(attempts(original, replace(copy, same_as=()))) == 2
    assert rules(original, copy)[1] == "the same touch as salesforce:Task:1 11:00, told by both CRMs"


def test_of_two_tellings_the_one_that_was_written_down_first_says_when_it_was() -> None:
    """The copy has the day of the task for its time, which lies before the lead was anybody's."""
    original = task("1 12:00")
    copy = call("1 00:00", LUIS_TOO, logged="1 12:15", same_as=(original.ref,))
    lead = Lead(touches=[original, copy], team=TEAM, now="1 18:00")
    assert lead.verdict().attempts == (mexico("1 12:00"),)
    assert lead.target("first_attempt").settled_at == mexico("1 12:00")


def test_a_telling_that_is_no_attempt_by_itself_does_not_hide_the_one_that_is() -> None:
    original = replace(call("1 11:00", LUIS_TOO), actor=None)
    copy = task("1 11:20", same_as=(original.ref,))
    assert len(attempts(original, copy)) == 1
    assert rules(original, copy) == ["nobody says who did it", "counts as an attempt"]


def test_an_e_mail_that_both_crms_log_has_one_message_id() -> None:
    """Salesforce tells it by a task, and the message names both."""
    told = mail_task("1 11:40")
    both = mail("1 11:00", by=LUIS_TOO, same_as=(MESSAGE,)), told, message("1 11:00", to=told)
    assert len(attempts(*both)) == 1
    assert len(attempts(both[0], both[1])) == 2


@pytest.mark.parametrize("status", ["BOUNCED", "FAILED"])
def test_what_reached_nobody_in_one_crm_is_no_attempt_in_the_other(status: str) -> None:
    told = mail_task("1 11:00")
    assert attempts(told, message("1 11:00", to=told)) != []
    assert attempts(told, message("1 11:00", to=told, IsBounced="true")) == []
    assert attempts(message("1 11:00", IsBounced="true")) == []
    assert attempts(mail("1 11:00", by=LUIS_TOO, status=status, same_as=(told.ref,)), told) == []


def test_the_task_of_a_mail_that_came_in_is_no_attempt_and_the_mail_an_answer() -> None:
    told = mail_task("1 11:00")
    lead = Lead(touches=[told, message("1 11:00", to=told, Incoming="true")], team=TEAM, now="1 12:00")
    assert (lead.verdict().attempts, lead.state("cadence"), lead.state()) == ((), "met", "on_track")
    assert "the same touch as salesforce:EmailMessage:1 11:00, which is no attempt" in lead.rules()


# by who wrote it down


@pytest.mark.parametrize(("at", "number"), [("1 12:30", 1), ("1 13:00", 1), ("1 13:01", 2)])
def test_a_copy_that_a_program_wrote_is_the_same_touch_for_two_hours(at: str, number: int) -> None:
    """One call at eleven; that in Salesforce bears the name of the same rep."""
    original = call("1 11:00", LUIS_TOO)
    assert len(attempts(original, task(at, logged_by=ROBOT.ref))) == number
    assert len(attempts(original, task(at, logged_by=LUIS.ref))) == 2
    assert len(attempts(original, task(at, EVA, logged_by=ROBOT.ref))) == 2


def test_how_long_a_copy_may_take_stands_in_the_promise() -> None:
    late = call("1 11:00", LUIS_TOO), task("1 16:00", logged_by=ROBOT.ref)
    assert (len(attempts(*late)), len(attempts(*late, copied_within='"6h"'))) == (2, 1)


def test_what_hubspot_copies_from_salesforce_says_so_itself() -> None:
    original = task("1 11:00", logged_by=LUIS.ref)
    assert len(attempts(original, call("1 12:00", LUIS_TOO, logged_by=BY_SALESFORCE))) == 1
    assert len(attempts(original, call("1 12:00", LUIS_TOO))) == 2


def test_each_touch_has_one_copy() -> None:
    """Two calls within half an hour, each copied an hour later, are one attempt; a third copy is a call of its own."""
    two = call("1 11:00", LUIS_TOO), call("1 11:10", LUIS_TOO)
    copies = [task(at, logged_by=ROBOT.ref) for at in ("1 12:00", "1 12:05", "1 12:10")]
    assert len(attempts(*two, *copies[:2])) == 1
    assert len(attempts(*two, *copies)) == 2


def test_what_a_program_logs_for_a_colleague_is_the_colleagues_attempt() -> None:
    assert len(attempts(task("1 11:00", logged_by=ROBOT.ref))) == 1
    assert attempts(task("1 11:00", ROBOT, logged_by=ROBOT.ref)) == []


# by the hour


def test_the_copy_of_a_call_that_was_part_of_a_burst_is_no_new_attempt() -> None:
    """Half an hour after the one that counted, the second is the same attempt, and its copy, a minute later, too."""
    burst = call("1 11:00", LUIS_TOO), call("1 11:30", LUIS_TOO)
    assert len(attempts(*burst, task("1 11:31"))) == 1
    assert len(attempts(*burst, call("1 11:31", LUIS_TOO))) == 2


@pytest.mark.parametrize(
    ("minutes", "number"),
    [((0, 20, 30), 1), ((0, 20, 31), 2), ((0, 20, 40), 2), ((0, 20, 40, 60, 70), 2), ((0, 20, 40, 60, 71), 3)],
)
def test_a_chain_of_calls_is_counted_anew_half_an_hour_after_the_last_one_that_counted(
    minutes: tuple[int, ...], number: int
) -> None:
    """Calls at 0, 20 and 40 minutes are two attempts: that of 20 is the one of 0, and that of 40 is the next."""
    assert len(attempts(*(call(f"1 1{1 + one // 60}:{one % 60:02}") for one in minutes))) == number
