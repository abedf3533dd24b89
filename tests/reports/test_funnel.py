"""The funnel counts people on the shared ladder; the story is in story.py."""

from __future__ import annotations

import json

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.funnel import Funnel, FunnelStage, funnel
from crm_sync.store import Store


def stages(found: Funnel) -> dict[str, FunnelStage]:
    return {stage.stage: stage for stage in found.stages}


def test_everybody_is_in_exactly_one_stage_now(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = funnel(store, engine, vocabulary)
    now = {name: stage.now for name, stage in stages(found).items() if stage.now}
    assert now == {"mql": 2, "sal": 1, "customer": 1, "disqualified": 1, "unknown": 1}
    assert sum(now.values()) == found.people == 6


def test_who_skips_stages_on_the_way_up_counts_as_having_entered_them(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = stages(funnel(store, engine, vocabulary))
    assert {name: (stage.entered, stage.implied) for name, stage in found.items() if stage.entered} == {
        "lead": (4, 0),
        "mql": (5, 1),
        "sal": (2, 1),
        "sql": (1, 1),
        "opportunity": (1, 0),
        "customer": (1, 0),
        "recycled": (1, 0),
        "disqualified": (1, 0),
    }


def test_a_stage_below_the_first_known_one_is_not_implied(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    """Dora came as an mql: nobody saw her as a lead, and nobody was a subscriber."""
    assert stages(funnel(store, engine, vocabulary))["subscriber"].entered == 0


def test_conversion_is_the_share_of_all_who_entered_that_went_on(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = stages(funnel(store, engine, vocabulary))
    assert found["lead"].conversion == 1.0
    assert found["mql"].conversion == 2 / 5
    assert found["subscriber"].conversion is None
    assert found["recycled"].conversion is None


def test_days_between_stages_are_a_median_without_skipped_stages(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    """Lead to mql: ana 3 days, bruno 4, fay 4; carla skipped mql."""
    lead = stages(funnel(store, engine, vocabulary))["lead"]
    assert (lead.timed, lead.median_days) == (3, 4.0)


def test_the_ladder_comes_first_then_exits_then_people_without_a_stage(
    store: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    names = [stage.stage for stage in funnel(store, engine, vocabulary).stages]
    assert names[0] == "subscriber"
    assert names[-3:] == ["recycled", "disqualified", "unknown"]


def test_an_empty_store_gives_an_empty_funnel(empty: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = funnel(empty, engine, vocabulary)
    assert found.people == 0
    assert all(stage.entered == stage.now == 0 and stage.conversion is None for stage in found.stages)


def test_the_json_has_both_languages_and_rounded_rates(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    found = json.loads(json.dumps(funnel(store, engine, vocabulary).as_json()))
    mql = next(stage for stage in found["stages"] if stage["stage"] == "mql")
    assert mql["label"]["es"] == "Lead calificado por marketing"
    assert mql["conversion"] == 0.4
