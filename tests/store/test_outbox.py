"""Writes wait until they are confirmed, refused for good, or not wanted any more."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from crm_sync.changes import Change, Receipt
from crm_sync.connectors.hubspot.write import REASONS
from crm_sync.connectors.salesforce.refusals import REASONS as SALESFORCE_REASONS
from crm_sync.store import Queued, Store
from crm_sync.store.refusals import CLASSES

from .samples import ANA, HOUR, LEAD, MONDAY, change, known, person, plan

DAY = 24 * HOUR


def planned(store: Store, *changes: Change, now: datetime = MONDAY, rights: str = "as ever") -> Queued:
    run, granted = store.start_run("sync", now), {"hubspot": rights, "salesforce": rights}
    return store.save_plan(run, plan(known("p-1", (ANA, LEAD)), changes=changes), granted)


def answer(store: Store, outcome: Any, now: Any = MONDAY, rights: str = "as ever", **said: str) -> None:
    keys = [write.key for crm in ("hubspot", "salesforce") for write in store.pending(crm, 100, now)]
    store.settle([Receipt(key, outcome, **said) for key in keys], now, rights)


def values(store: Store, now: Any = MONDAY) -> list[Any]:
    return [dict(write.values) for write in store.pending("hubspot", 100, now)]


def test_what_was_confirmed_is_what_the_person_holds_from_then_on(store: Store) -> None:
    store.save_page("hubspot", "contacts", [person(ours={"stage": "lead", "campaign": "x"})], cursor="1")
    planned(store, change(before="lead"), change(field="campaign", before="x", after=None))
    answer(store, "written")
    assert store.snapshot().people[0].ours == {"stage": "mql"}
    assert (store.pending("hubspot", 10, MONDAY), store.outbox_counts()) == ([], {"settled": 1})


def test_a_confirmed_value_that_the_crm_sends_back_is_no_news(store: Store) -> None:
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    planned(store, change())
    answer(store, "written")
    assert store.save_page("hubspot", "contacts", [person(at=MONDAY + HOUR, ours={"stage": "mql"})], cursor="2") == 0


def test_the_oldest_writes_leave_first_and_no_more_than_asked_for(store: Store) -> None:
    planned(store, change(LEAD), change(ANA))
    planned(store, change(ANA), change(LEAD))
    assert [write.ref for write in store.pending("salesforce", 1, MONDAY)] == [LEAD]
    assert store.pending("salesforce", 0, MONDAY) == []


def test_what_a_later_plan_does_not_want_is_not_sent(store: Store) -> None:
    planned(store, change(after="lead"))
    planned(store, change(after="mql"))
    assert values(store) == [{"stage": "mql"}]
    assert planned(store) == Queued(0, {}, 0)
    assert (values(store), store.outbox_counts()) == ([], {"superseded": 2})


def test_a_busy_crm_is_asked_again_later_and_at_most_five_times(store: Store) -> None:
    planned(store, change())
    answer(store, "retry")
    assert values(store) == []
    for days in range(1, 5):
        assert values(store, MONDAY + days * DAY) == [{"stage": "mql"}]
        answer(store, "retry", MONDAY + days * DAY)
    (refusal,) = store.refusals()
    assert (refusal.reason, refusal.ref, refusal.values) == ("transient", ANA, {"stage": "mql"})


def test_a_later_plan_does_not_make_a_write_impatient(store: Store) -> None:
    planned(store, change())
    answer(store, "retry")
    assert planned(store, change()).planned == 1
    assert values(store) == []


def test_what_was_refused_is_neither_sent_nor_counted_again(store: Store) -> None:
    planned(store, change(), change(LEAD))
    answer(store, "refused", reason="picklist", message="mql is not an option")
    assert planned(store, change(), change(LEAD)) == Queued(0, {}, 2)
    assert [(each.ref, each.reason, each.message) for each in store.refusals()] == [
        (ANA, "picklist", "mql is not an option"),
        (LEAD, "picklist", "mql is not an option"),
    ]


PERMANENT = [name for name, one in CLASSES.items() if not one.pause]
PASSING = [name for name, one in CLASSES.items() if one.pause]


def test_every_class_waits_for_time_or_for_something_to_move_and_not_for_both() -> None:
    assert all(bool(one.moves) != bool(one.pause) for one in CLASSES.values())
    assert set(REASONS.values()) | set(SALESFORCE_REASONS.values()) <= CLASSES.keys()


@pytest.mark.parametrize("reason", PERMANENT)
def test_days_are_no_other_chance_for_what_is_refused_for_good(store: Store, reason: str) -> None:
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    planned(store, change())
    answer(store, "refused", reason=reason)
    for days in range(1, 50):
        assert planned(store, change(), now=MONDAY + days * DAY) == Queued(0, {}, 1)


@pytest.mark.parametrize("reason", PERMANENT)
def test_a_record_that_was_edited_is_another_chance_where_the_class_says_so(store: Store, reason: str) -> None:
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    planned(store, change())
    answer(store, "refused", reason=reason)
    store.save_page("hubspot", "contacts", [person(at=MONDAY + HOUR)], cursor="2")
    again = planned(store, change())
    assert again.planned == ("record" in CLASSES[reason].moves)
    answer(store, "refused", reason=reason)
    assert planned(store, change()).withheld == 1, "one edit is one chance"


@pytest.mark.parametrize("reason", PERMANENT)
def test_other_rights_are_another_chance_where_the_class_says_so(store: Store, reason: str) -> None:
    """Somebody grants the permission, or adds the option, that was missing; the value stays the same."""
    planned(store, change(), change(LEAD))
    answer(store, "refused", reason=reason)
    again = planned(store, change(), change(LEAD), rights="more than before")
    assert again.planned == 2 * ("rights" in CLASSES[reason].moves)
    answer(store, "refused", rights="more than before", reason=reason)
    assert planned(store, change(), change(LEAD), rights="more than before").withheld == 2


@pytest.mark.parametrize("reason", PASSING)
def test_what_passes_by_itself_is_tried_after_pauses_that_grow_to_a_day(store: Store, reason: str) -> None:
    now, pauses = MONDAY, []
    planned(store, change())
    for _ in range(25):
        answer(store, "refused", now, reason=reason)
        (refusal,) = store.refusals()
        assert refusal.not_before is not None
        pauses.append(refusal.not_before - now)
        assert planned(store, change(), now=refusal.not_before - HOUR / 3600).withheld == 1
        now = refusal.not_before
        assert planned(store, change(), now=now).planned == 1
    assert pauses[0] == CLASSES[reason].pause
    assert all(after == min(2 * before, DAY) for before, after in pairwise(pauses))
    assert pauses[-1] == DAY


def test_what_was_refused_before_circumstances_were_kept_has_one_more_chance(store: Store) -> None:
    store.save_page("hubspot", "contacts", [person()], cursor="1")
    planned(store, change())
    answer(store, "refused", reason="permission")
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE outbox SET refused_version = NULL, refused_rights = NULL")
    assert planned(store, change()).planned == 1
    answer(store, "refused", reason="permission")
    assert planned(store, change()).withheld == 1


@pytest.mark.parametrize("reason", ["", "never heard of"])
def test_a_class_that_nobody_knows_is_kept_and_treated_as_a_bug(store: Store, reason: str) -> None:
    planned(store, change())
    answer(store, "refused", reason=reason)
    assert [(one.reason, one.until) for one in store.refusals()] == [(reason, CLASSES["bug"].until)]
    assert planned(store, change(), rights="others").planned == 1


def test_a_refused_value_that_is_not_wanted_any_more_has_no_other_chance(store: Store) -> None:
    planned(store, change())
    answer(store, "refused", reason="picklist")
    planned(store, change(after="sql"), now=MONDAY + DAY)
    assert values(store, MONDAY + DAY) == [{"stage": "sql"}]


def test_another_value_for_a_refused_record_is_tried(store: Store) -> None:
    planned(store, change())
    answer(store, "refused", reason="picklist")
    assert planned(store, change(after="sql")).planned == 1
    answer(store, "written")
    assert store.refusals() == []


def test_a_refusal_is_forgotten_when_nothing_is_wanted_of_its_record(store: Store) -> None:
    planned(store, change())
    answer(store, "refused", reason="picklist")
    planned(store)
    assert store.refusals() == []


@pytest.mark.parametrize("by_key", [True, False])
def test_released_refusals_are_tried_again(store: Store, by_key: bool) -> None:
    planned(store, change())
    answer(store, "refused", reason="permission")
    keys = [store.refusals()[0].key] if by_key else None
    assert store.release_refusals(keys) == 1
    assert values(store) == [{"stage": "mql"}]


def test_what_somebody_changed_back_is_written_again(store: Store) -> None:
    planned(store, change())
    answer(store, "written")
    assert planned(store, change(before="lead")).planned == 1
    assert values(store) == [{"stage": "mql"}]
    assert store.outbox_counts() == {"pending": 1, "settled": 1}


def test_a_receipt_that_nothing_waits_for_is_passed_over(store: Store) -> None:
    store.settle([Receipt("hubspot:contacts:51#0", "written")], MONDAY)
    assert store.outbox_counts() == {}
