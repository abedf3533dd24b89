"""How the promise was kept month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_sync.changes import Known, Plan
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.reports.kept import kept
from crm_sync.reports.lists import people
from crm_sync.reports.sales import TargetTally
from crm_sync.store import Store, open_store

from .story import LUIS, NOW, known, may, verdict

LATE_APRIL = datetime(2026, 4, 28, 12, tzinfo=UTC)


def told(months: tuple[TargetTally, ...]) -> dict[str, int]:
    """Of the last two months shown, which are April and May."""
    april, may = months[-2:]
    return {"april": april.judged, "may": may.judged}


@pytest.fixture
def april(tmp_path: Path) -> Iterator[Store]:
    """Six leads that qualified in April: their first attempts were due then, their cadences in May."""
    store = open_store(f"sqlite:///{tmp_path}/april.db")
    store.save_plan(
        store.start_run("sync", NOW), Plan(NOW, NOW, (), tuple(map(lead_of_april, range(6))), (), (), (), (), 0)
    )
    yield store
    store.close()


@pytest.fixture
def midnight(tmp_path: Path) -> Iterator[Store]:
    """Two leads, one due and qualified when May began in Mexico City, the other a microsecond before."""
    store = open_store(f"sqlite:///{tmp_path}/midnight.db")
    both = tuple(lead_of(number, at) for number, at in enumerate((may(1, 6), may(1, 6) - timedelta(microseconds=1))))
    store.save_plan(store.start_run("sync", NOW), Plan(NOW, NOW, (), both, (), (), (), (), 0))
    yield store
    store.close()


def lead_of(number: int, at: datetime) -> Known:
    person = lead_of_april(number)
    assert person.verdict
    first, cadence = person.verdict.targets
    targets = (first, replace(cadence, due_at=at))
    return replace(person, verdict=replace(person.verdict, targets=targets, qualified_at=at))


def lead_of_april(number: int) -> Known:
    made = verdict(f"p-{number}", LATE_APRIL, LUIS, "met", "breached" if number else "met", "met")
    first, cadence = made.targets
    targets = (first, replace(cadence, due_at=may(12)))
    person = known(number, f"Person {number}", [("mql", 1)], "email")
    return replace(person, verdict=replace(made, targets=targets, qualified_at=LATE_APRIL))


def test_a_target_counts_in_the_month_of_its_due_and_in_the_cohort_of_its_lead(
    april: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = kept(april, engine, vocabulary, NOW)
    assert (found.months[-2:], len(found.months)) == (("2026-04", "2026-05"), 6)
    first, cadence = found.due[0], found.due[1]
    assert (first[0].target, told(first)) == ("first_attempt", {"april": 6, "may": 0})
    assert (cadence[0].target, told(cadence)) == ("cadence", {"april": 0, "may": 6})
    assert [told(one) for one in found.qualified[:2]] == [{"april": 6, "may": 0}] * 2
    assert cadence[-1].compliance == 1 / 6
    assert first[-1].compliance is None


def test_a_month_holds_its_first_instant_and_not_that_of_the_next(
    midnight: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = kept(midnight, engine, vocabulary, NOW)
    assert (told(found.due[1]), told(found.qualified[1])) == ({"april": 1, "may": 1}, {"april": 1, "may": 1})


def test_and_so_do_the_people_behind_it(midnight: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    for counted_by in ("due", "qualified"):
        for month, name in (("2026-04", "Person 1"), ("2026-05", "Person 0")):
            asked = {"target": "cadence", counted_by: month}
            assert [one.name for one in people(midnight, engine, vocabulary, asked, NOW).people] == [name]


def test_every_share_opens_to_its_people(april: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
    asked = {"target": "cadence", "state": "breached"}
    for month, by_due, by_cohort in (("2026-04", 0, 5), ("2026-05", 5, 0)):
        due = people(april, engine, vocabulary, asked | {"due": month}, NOW).people
        cohort = people(april, engine, vocabulary, asked | {"qualified": month}, NOW).people
        assert (len(due), len(cohort)) == (by_due, by_cohort)
