"""How sales keeps its side: targets by state, by rep, and what reps see."""

from __future__ import annotations

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.sales import STATES, TargetTally, sales_side, times
from crm_sync.store import Store


def tally(**states: int) -> TargetTally:
    return TargetTally("first_attempt", dict.fromkeys(STATES, 0) | states)


def test_every_state_is_counted_per_target(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    first, cadence, *measured = sales_side(store, engine, vocabulary).targets
    assert [one.target for one in measured] == ["contact", "assignment"]
    assert {state: count for state, count in first.states.items() if count} == {
        "met": 2,
        "breached": 1,
        "closed_untouched": 1,
    }
    assert {state: count for state, count in cadence.states.items() if count} == {
        "met": 1,
        "closed_untouched": 1,
        "at_risk": 1,
        "on_track": 1,
    }


def test_compliance_is_met_by_all_that_were_judged() -> None:
    assert tally(met=6, met_late=1, breached=2, closed_untouched=1, exempt=9, pending=9, on_track=9).compliance == 0.6


def test_fewer_than_five_judged_give_no_rate() -> None:
    assert tally(met=4).compliance is None
    assert tally(met=4, breached=1).compliance == 0.8


def test_an_owner_in_both_crms_is_one_rep(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Ana's owner is Luis in HubSpot, Bruno's is Luis in Salesforce, with his address in another case."""
    reps = {rep.rep: rep for rep in sales_side(store, engine, vocabulary).reps}
    assert set(reps) == {"eva@acme.test", "luis@acme.test"}
    assert reps["luis@acme.test"].name == "Luis Mora"
    assert reps["luis@acme.test"].targets[0].judged == 2


def test_statuses_are_those_that_reps_see(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    shown = sales_side(store, engine, vocabulary).statuses
    assert {status: people for status, people in shown.items() if people} == {"on_track": 1, "breached": 2, "met": 1}


def test_half_and_most_of_what_was_met_took_so_many_hours() -> None:
    rows = [
        {"target": "contact", "met": 5, "half": 2.004, "most": 20.0},
        {"target": "cadence", "met": 4, "half": 1.0, "most": 2.0},
    ]
    assert times(rows) == {"contact": (2.0, 20.0)}
    assert tally(met=5).as_json().get("hours") is None
    assert TargetTally("contact", dict.fromkeys(STATES, 0), (2.0, 20.0)).as_json()["hours"] == {"p50": 2.0, "p90": 20.0}


def test_times_are_counted_from_the_clock_that_a_target_runs_on(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    from crm_sync.reports.relations import rows

    found = rows(engine, "sla", "times", store.tables("targets"))
    assert found == [{"target": "first_attempt", "met": 2, "half": 0.0, "most": 0.0}]
