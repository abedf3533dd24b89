"""The history of verdicts: what changed, when it was seen, since when it was so, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_sync.changes import Known, TargetVerdict, Verdict
from crm_sync.store import Store

from .samples import ANA, HOUR, LEAD, MONDAY, known, plan, verdict

DUE = MONDAY + 8 * HOUR


def judged(state: Any, settled_at: datetime | None = None, due_at: datetime = DUE, **said: Any) -> Known:
    target = TargetVerdict("first_attempt", state, due_at, settled_at, f"because {state}")
    one: Verdict = replace(verdict("p-1", state), targets=(target,), qualified_at=MONDAY, **said)
    return known(verdict=one)


def save(store: Store, one: Known, hours: int, **said: Any) -> None:
    store.save_plan(store.start_run("sync", MONDAY), plan(one, now=MONDAY + hours * HOUR), **said)


def rows(store: Store) -> list[dict[str, Any]]:
    return list(store.tables("verdict_history")["verdict_history"].to_pylist())


def causes(store: Store) -> list[tuple[str, str, bool]]:
    return [(row["state"], row["cause"], row["revised_at"] is not None) for row in rows(store)]


def test_time_goes_by_somebody_acts_and_late_data_takes_a_breach_back(store: Store) -> None:
    save(store, judged("on_track"), 1)
    save(store, judged("at_risk"), 7)
    save(store, judged("breached"), 9)
    save(store, judged("met", DUE - HOUR), 30)
    assert causes(store) == [
        ("on_track", "first seen", False),
        ("at_risk", "time", False),
        ("breached", "time", False),
        ("met", "late data", True),
    ]
    breach, met = rows(store)[2:]
    assert (breach["breached_at"], breach["detected_at"]) == (DUE, MONDAY + 9 * HOUR)
    assert (met["breached_at"], met["revised_at"]) == (None, MONDAY + 30 * HOUR)


def test_an_answer_after_the_breach_takes_nothing_back_and_the_breach_keeps_its_time(store: Store) -> None:
    save(store, judged("breached"), 9)
    save(store, judged("met_late", MONDAY + 20 * HOUR), 21)
    assert causes(store) == [("breached", "first seen", False), ("met_late", "activity", False)]
    assert [row["breached_at"] for row in rows(store)] == [DUE, DUE]


def test_a_due_that_moved_is_told_as_the_promises_doing(store: Store) -> None:
    save(store, judged("met", MONDAY + HOUR), 2)
    save(store, judged("met_late", MONDAY + HOUR, MONDAY), 3)
    assert causes(store)[-1] == ("met_late", "promise", True)


def test_who_asks_for_it_is_the_cause(store: Store) -> None:
    save(store, judged("met", MONDAY + HOUR), 2)
    save(store, judged("met_late", MONDAY + HOUR, MONDAY), 3, cause="recompute")
    assert causes(store)[-1] == ("met_late", "recompute", True)


def test_no_row_is_ever_rewritten_and_the_same_verdict_writes_none(store: Store) -> None:
    save(store, judged("met", MONDAY + HOUR), 2)
    before = rows(store)
    save(store, judged("met", MONDAY + HOUR), 3)
    save(store, judged("breached"), 4)
    assert rows(store)[:1] == before
    assert len(rows(store)) == 2


def test_a_first_import_and_a_backfill_are_no_news(store: Store) -> None:
    save(store, judged("breached"), 9, quiet=True)
    save(store, judged("met", DUE), 10, cause="backfill", quiet=True)
    save(store, judged("breached"), 11)
    assert [row["quiet"] for row in rows(store)] == [True, True, False]


def test_the_first_lead_of_all_is_news_where_the_first_import_found_none(store: Store) -> None:
    save(store, known(verdict=None), 9, quiet=True)
    save(store, judged("on_track"), 10)
    assert [row["quiet"] for row in rows(store)] == [False]


def test_cycles_from_before_the_promise_are_not_remembered(store: Store) -> None:
    save(store, judged("exempt", enforced=False), 9)
    assert rows(store) == []


def last_words(store: Store) -> list[tuple[str, str, str, str, bool]]:
    return [
        (row["person_id"], row["target"], row["state"], row["cause"], row["revised_at"] is not None)
        for row in rows(store)
        if row["state"] == "withdrawn"
    ]


def test_a_target_that_the_promise_does_not_name_any_more_is_withdrawn_once(store: Store) -> None:
    both = judged("breached")
    assert both.verdict
    [first] = both.verdict.targets
    two = replace(both, verdict=replace(both.verdict, targets=(first, replace(first, target="cadence"))))
    save(store, two, 9)
    save(store, both, 10)
    save(store, both, 11)
    assert last_words(store) == [("p-1", "cadence", "withdrawn", "promise", True)]
    [row] = [row for row in rows(store) if row["state"] == "withdrawn"]
    assert (row["detected_at"], row["breached_at"], row["due_at"]) == (MONDAY + 10 * HOUR, None, DUE)
    assert (row["qualified_at"], row["because"]) == (MONDAY, "the policy of this cycle has no such target any more")


def test_a_cycle_that_the_crms_tell_otherwise_now_is_withdrawn_and_comes_back(store: Store) -> None:
    save(store, judged("on_track"), 1)
    save(store, replace(judged("on_track"), verdict=None), 2)
    save(store, judged("on_track"), 3)
    assert causes(store) == [
        ("on_track", "first seen", False),
        ("withdrawn", "history", False),
        ("on_track", "returned", False),
    ]


def test_who_became_another_person_is_judged_there_and_the_old_rows_are_found_by_the_new_id(store: Store) -> None:
    save(store, replace(judged("breached"), refs=(LEAD,)), 9)
    joined = known("p-2", (ANA, LEAD))
    save(store, joined, 10)
    assert last_words(store) == [("p-1", "first_attempt", "withdrawn", "merged", True)]
    told = store.tables_about(joined)["verdict_history"].to_pylist()
    assert [(row["person_id"], row["state"]) for row in told] == [
        ("p-1", "breached"),
        ("p-2", "on_track"),
        ("p-1", "withdrawn"),
    ]
    assert "p-2" in told[-1]["because"]


def test_an_id_that_is_in_use_again_is_somebody_elses(store: Store) -> None:
    save(store, replace(judged("breached"), refs=(LEAD,)), 9)
    joined, apart = known("p-2", (ANA, LEAD)), known("p-2", (ANA,))
    save(store, joined, 10)
    store.save_plan(
        store.start_run("sync", MONDAY), plan(apart, replace(judged("breached"), refs=(LEAD,)), now=MONDAY + 11 * HOUR)
    )
    told = store.tables_about(apart)["verdict_history"].to_pylist()
    assert {row["person_id"] for row in told} == {"p-2"}


def test_of_somebody_without_records_nothing_is_left_to_judge(store: Store) -> None:
    save(store, judged("met", MONDAY + HOUR), 2)
    store.save_plan(store.start_run("sync", MONDAY), plan(now=MONDAY + 3 * HOUR))
    assert last_words(store) == [("p-1", "first_attempt", "withdrawn", "gone", True)]


def test_who_asks_is_the_cause_of_a_withdrawal_too(store: Store) -> None:
    save(store, judged("met", MONDAY + HOUR), 2)
    save(store, replace(judged("met"), verdict=None), 3, cause="recompute", quiet=True)
    assert causes(store)[-1] == ("withdrawn", "recompute", True)
    assert rows(store)[-1]["quiet"] is True


def test_cycles_that_are_not_remembered_now_are_not_withdrawn(store: Store) -> None:
    """With --write-history they are, and the next sync does not care."""
    save(store, judged("breached"), 9)
    save(store, judged("exempt", enforced=False), 10)
    assert [state for state, _, _ in causes(store)] == ["breached"]
