"""Companies that are made up with their truth: how many are found, and how few are wrong."""

from __future__ import annotations

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import Matching, link_companies
from tests.identity.companies import companies
from tests.identity.scores import scores


def test_made_up_companies_are_found_and_hardly_ever_mixed_up():
    told = companies(4_000, seed=5)
    by = Matching.of(load_vocabulary().companies, DuckDB(threads=1))
    linked = link_companies(told.companies, (), {}, told.people, told.person_of, by)
    found = [linked.company_of[one.ref] for one in told.companies]
    measured = scores(found, [told.truth[one.ref] for one in told.companies])
    assert measured.f1 > 0.93
    assert measured.poisoned < 0.015
    assert len(linked.reviews) <= 0.03 * len(told.companies)
