"""Next actions: the first one of the stage that is not done, with its due."""

from __future__ import annotations

from tests.reconciler.conftest import Planner
from tests.reconciler.made import assigned, at, call, contact, owner, said, touch

from crm_sync.changes import Known, NextAction, Plan
from crm_sync.records import Ref

LUIS = owner(1, email="luis@acme.mx")
QUALIFIED = said(contact(1).ref, "2026-05-25 16:00", "marketingqualifiedlead", field="lifecyclestage")  # Monday, 10:00


def only(plan: Plan) -> Known:
    (known,) = plan.known
    return known


def action_of(plan: Plan) -> NextAction:
    known = only(plan)
    assert known.action is not None
    return known.action


def test_a_lead_without_an_owner_is_to_be_given_to_a_rep(plan: Planner) -> None:
    found = action_of(plan(people=(contact(1),), stage_changes=(QUALIFIED,)))
    assert (found.label.en, found.label.es) == ("Give it to a rep", "Asignar a un vendedor")
    assert (found.place, found.of) == (1, 4)
    assert found.due_at == at("2026-05-25 17:00")  # one business hour, as the target says


def test_actions_follow_each_other_as_their_targets_are_settled(plan: Planner) -> None:
    owned = contact(1, owner=LUIS.ref)
    first = plan(people=(owned,), owners=(LUIS,), stage_changes=(QUALIFIED,))
    assert action_of(first).label.en == "Make the first attempt"
    verdict = only(first).verdict
    assert verdict
    assert action_of(first).due_at == next(one.due_at for one in verdict.targets if one.target == "first_attempt")

    called = (call(1, owned.ref, "2026-05-25 17:00", actor=LUIS.ref),)
    second = plan(people=(owned,), owners=(LUIS,), stage_changes=(QUALIFIED,), touches=called)
    assert (action_of(second).place, action_of(second).label.en) == (3, "Keep the cadence until there is an answer")

    answered = touch(
        Ref("hubspot", "emails", "2"),
        "2026-05-25 18:00",
        people=(owned.ref,),
        facts={"hs_email_direction": "INCOMING_EMAIL"},
    )
    third = plan(people=(owned,), owners=(LUIS,), stage_changes=(QUALIFIED,), touches=(*called, answered))
    assert (action_of(third).place, action_of(third).label.en) == (4, "Accept it, or say why not")
    assert action_of(third).due_at == at("2026-06-09 16:00")  # 15 days after the person became mql


def test_an_activity_since_the_entry_does_an_action_and_one_of_before_does_not(plan: Planner) -> None:
    qualified = said(contact(1).ref, "2026-05-25 16:00", "salesqualifiedlead", field="lifecyclestage")
    meeting = {"hs_meeting_source": "CRM_UI"}
    before = touch(Ref("hubspot", "meetings", "1"), "2026-05-24 16:00", people=(contact(1).ref,), facts=meeting)
    since = touch(Ref("hubspot", "meetings", "2"), "2026-05-26 16:00", people=(contact(1).ref,), facts=meeting)
    found = action_of(plan(people=(contact(1),), stage_changes=(qualified,), touches=(before,)))
    assert (found.label.en, found.due_at) == ("Agree on a meeting", at("2026-05-28 16:00"))  # three business days
    found = action_of(plan(people=(contact(1),), stage_changes=(qualified,), touches=(before, since)))
    assert found.label.en == "Open the deal"


def test_nobody_is_pressed_to_reach_who_opted_out(plan: Planner) -> None:
    found = plan(people=(contact(1, owner=LUIS.ref, opted_out=True),), owners=(LUIS,), stage_changes=(QUALIFIED,))
    assert action_of(found).label.en == "Accept it, or say why not"

    recycled = said(contact(1).ref, "2026-05-26 16:00", "BAD_TIMING", field="hs_lead_status")
    assert only(plan(people=(contact(1),), stage_changes=(QUALIFIED, recycled))).action is not None
    found = plan(people=(contact(1, opted_out=True),), stage_changes=(QUALIFIED, recycled))
    assert only(found).action is None


def test_a_due_that_stands_still_is_none(plan: Planner) -> None:
    held = said(contact(1).ref, "2026-05-25 17:00", "ON_HOLD", field="hs_lead_status")
    found = plan(people=(contact(1, owner=LUIS.ref),), owners=(LUIS,), stage_changes=(QUALIFIED, held))
    assert (action_of(found).label.en, action_of(found).due_at) == ("Make the first attempt", None)


def test_without_a_stage_there_is_nothing_to_do(plan: Planner) -> None:
    known = only(plan(people=(contact(1),)))
    assert (known.action, known.wanted["next_action"], known.wanted["next_action_due_at"]) == (None, None, None)


def test_action_and_due_are_written(plan: Planner) -> None:
    given = assigned(contact(1).ref, "2026-05-25 16:30", LUIS.ref)
    found = plan(people=(contact(1, owner=LUIS.ref),), owners=(LUIS,), stage_changes=(QUALIFIED,), assignments=(given,))
    wanted = only(found).wanted
    assert wanted["next_action"] == "Make the first attempt"
    assert wanted["next_action_due_at"] == "2026-05-26T16:30:00Z"  # eight business hours
    because = {change.field: change.because for change in found.changes}
    assert because["next_action_due_at"] == because["next_action"] == because["stage"]
