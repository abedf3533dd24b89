"""The object that a demo prints."""

from __future__ import annotations

import json

from tests.reports.story import NOW

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.funnel import funnel
from crm_sync.reports.sla import sla
from crm_sync.reports.sources import sources
from crm_sync.reports.trial import Trial
from crm_sync.store import Store

FIRST = {"pulled": {"hubspot": {"contacts": 5}}, "people": 6, "links": 1, "written": {"hubspot": 70, "salesforce": 14}}
SECOND = {"read": 0, "planned": 0, "written": {"hubspot": 0, "salesforce": 0}}


def test_a_trial_is_one_object_with_everything_promised(store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    reports = (
        funnel(store, engine, vocabulary),
        sla(store, engine, vocabulary, NOW),
        sources(store, engine, vocabulary),
    )
    found = json.loads(json.dumps(Trial(FIRST, SECOND, *reports, seconds=12.34).as_json()))
    assert set(found) == {
        "pulled", "people", "links", "funnel", "sla", "sources", "written", "second_sync", "seconds",
    }  # fmt: skip
    assert found["second_sync"] == {"read": 0, "planned": 0, "written": 0}
    assert set(found["sla"]) == {"sales", "marketing"}
    assert found["written"] == {"hubspot": 70, "salesforce": 14}
    assert found["seconds"] == 12.3
