"""What tells whether the numbers can be trusted."""

from __future__ import annotations

from datetime import timedelta

from tests.reports.story import NOW

from crm_sync.reports.status import UnmappedWord, crm_time, status
from crm_sync.store import Store

HOUR = timedelta(hours=1)


def test_progress_has_its_age_and_goes_stale(store: Store) -> None:
    fresh, old = status(store, NOW + HOUR, HOUR), status(store, NOW + 2 * HOUR, HOUR)
    assert [(one.crm, one.name, one.age) for one in old.progress] == [("hubspot", "contacts", 2 * HOUR)]
    assert (fresh.stale, old.stale) == (False, True)


def test_an_unfinished_first_read_is_stale_and_has_no_horizon(own_store: Store) -> None:
    own_store.save_page("salesforce", "Lead", (), cursor="page 2", fetched=5)
    found = status(own_store, NOW)
    assert found.stale
    assert found.read_up_to is None


def test_an_empty_store_is_stale(empty: Store) -> None:
    found = status(empty, NOW)
    assert found.stale
    assert found.last_run is None
    assert found.as_json()["progress"] == {}


def test_the_most_frequent_unknown_word_comes_first(store: Store) -> None:
    found = status(store, NOW)
    assert [(word.value, word.count) for word in found.unmapped] == [("N/D", 7), ("Contacto", 3)]
    assert [row.reason for row in found.set_aside] == ["won without an amount"]


def test_the_last_run_tells_its_summary(store: Store) -> None:
    run = status(store, NOW).last_run
    assert run is not None
    assert (run.kind, run.outcome, run.summary) == ("sync", "done", {"people": 6})


def test_age_does_not_depend_on_how_far_two_clocks_are_apart(own_store: Store) -> None:
    """A sync that began half a year later by our clock than by the CRM's; an hour has passed since."""
    began = NOW + timedelta(days=180)
    run_id = own_store.start_run("sync", began)
    own_store.finish_run(run_id, "done", {}, began)
    assert crm_time(own_store, began + HOUR) == NOW + HOUR


def test_a_failed_sync_makes_nothing_fresher(own_store: Store) -> None:
    run_id = own_store.start_run("sync", NOW + 5 * HOUR)
    own_store.finish_run(run_id, "failed", {}, NOW + 5 * HOUR)
    assert status(own_store, crm_time(own_store, NOW + 5 * HOUR), HOUR).stale


def test_an_unknown_word_leads_to_the_person_who_says_it() -> None:
    examples = {
        "salesforce:label:Contact/003A": "003A",
        "hubspot:label:51": "51",
        "hubspot:visit:51/1780000000": "51",
        "salesforce:Lead:00QA": "00QA",
        "hubspot:calls:9": None,
    }
    assert {one: UnmappedWord("crm", "field", "word", 1, one).person for one in examples} == examples
