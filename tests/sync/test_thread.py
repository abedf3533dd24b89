"""The whole thread over real HTTP: both CRMs in, the truth out, and nothing left to do the second time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from crm_sync.clock import from_iso, to_iso
from crm_sync.store import Store, open_store
from tests.sync.town import Held, Town, crm_sync, running_town

PEOPLE = 400

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[7, 23])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town after `schema apply` and the first `sync`, with what was over before it."""
    with running_town(tmp_path_factory.mktemp("town"), PEOPLE, request.param) as town:
        crm_sync(town, "schema", "apply")
        first: dict[str, Any] = json.loads(crm_sync(town, "sync", "--write-history", "--json").stdout)
        town.card["first"] = first
        yield town


@pytest.fixture(scope="module")
def held(town: Town) -> Held:
    return town.held()


@pytest.fixture(scope="module")
def store(town: Town) -> Iterator[Store]:
    store = open_store(f"sqlite:///{town.settings_file.parent}/crm-sync.db")
    yield store
    store.close()


def told(town: Town, held: Held) -> Iterator[tuple[dict[str, Any], str, dict[str, str]]]:
    """(person of the truth, ref, what the CRM holds) for every writable record."""
    for person in town.truth()["people"]:
        for ref in person["records"]:
            if ref in held:
                yield person, ref, held[ref]


def expected_sla(person: dict[str, Any]) -> dict[str, str]:
    """What the truth says about a person's SLA, as our fields."""
    sla = person["sla"]
    if sla is None:
        return {}
    due = {one: sla[one]["due_at"] for one in ("first_attempt", "cadence")}.get(sla["target"])
    return {
        "sla_status": sla["status"],
        "sla_target": sla["target"],
        "attempt_count": str(sla["attempts"]),
        "sla_breach_count": str(sla["breach_count"]),
    } | {name: to_iso(from_iso(at)) for name, at in (("sla_started_at", sla["started_at"]), ("sla_due_at", due)) if at}


def test_every_record_of_every_person_is_read_and_written(town: Town, held: Held) -> None:
    writable = {ref for _, ref, _ in told(town, held)}
    assert writable == set(held)
    assert town.card["first"]["people"] == town.truth()["totals"]["people"]
    assert town.card["first"]["links"] == town.truth()["totals"]["duplicates"]


def test_when_owners_and_the_company_work_is_kept(town: Town, store: Store) -> None:
    told = store.snapshot()
    hours = {one.working_hours for one in told.owners if one.ref.crm == "hubspot"}
    assert hours == {
        "monday-friday 09:00-14:00 15:00-18:00",
        "monday-friday 08:00-16:00",
        "monday-friday 10:00-18:00; saturday 10:00-14:00",
    }
    assert sum(len(one.away) for one in told.owners) == 1
    [week] = told.calendars
    assert (week.main, week.hours) == (True, "monday-friday 09:00-18:00")
    assert "2026-12-24 14:00-24:00 Nochebuena" in week.holidays
    notes = [one for one in told.touches if one.ref.kind == "ContentNote"]
    assert {len(one.people) for one in notes} == {1}


def test_every_persons_sla_status_equals_the_truth_in_both_crms(town: Town, held: Held) -> None:
    names = ("sla_status", "sla_target", "attempt_count", "sla_breach_count", "sla_started_at", "sla_due_at")
    wrong = [
        (person["id"], ref, {name: record.get(name) for name in names}, expected_sla(person))
        for person, ref, record in told(town, held)
        if {name: record[name] for name in names if name in record} != expected_sla(person)
    ]
    assert wrong == []


def test_every_state_of_the_sla_occurs_in_the_town(town: Town) -> None:
    seen = {person["sla"]["status"] for person in town.truth()["people"] if person["sla"]}
    assert seen == {"on_track", "at_risk", "breached", "met", "met_late", "exempt", "pending"}


def test_stage_and_sources_equal_the_truth(town: Town, held: Held) -> None:
    wrong = [
        (person["id"], ref, record, person["stage"], person["channels"])
        for person, ref, record in told(town, held)
        if record.get("stage") != person["stage"]
        or record["source_first"] != (person["channels"][0][1] if person["channels"] else "unknown")
        or record["source_last"] != (person["channels"][-1][1] if person["channels"] else "unknown")
    ]
    assert wrong == []


def test_one_human_has_one_id_in_both_crms_and_shares_it_with_nobody(town: Town, held: Held) -> None:
    ids: dict[str, set[str]] = defaultdict(set)
    humans: dict[str, set[str]] = defaultdict(set)
    for person, _, record in told(town, held):
        ids[person["id"]].add(record["person_id"])
        humans[record["person_id"]].add(person["id"])
    assert {human: found for human, found in ids.items() if len(found) > 1} == {}
    assert {one: found for one, found in humans.items() if len(found) > 1} == {}


def test_the_credits_of_every_won_deal_sum_to_its_amount_and_equal_the_truth(town: Town, store: Store) -> None:
    earned: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in store.tables("credits")["credits"].to_pylist():
        earned[row["deal"], row["model"]][row["channel"]] += row["amount"]
    won = [deal for deal in town.truth()["deals"] if deal["state"] == "won"]
    assert won
    for deal in won:
        for model in ("first", "last", "linear"):
            found = [dict(earned[ref, model]) for ref in deal["records"] if (ref, model) in earned]
            assert found == [{channel: Decimal(amount) for channel, amount in deal["credit"][model].items()}]
            assert sum(found[0].values()) == Decimal(deal["amount"])


def test_a_word_that_no_table_maps_is_listed_and_gives_no_stage(town: Town, store: Store) -> None:
    unmapped = {(row["field"], row["value"]) for row in store.tables("unmapped")["unmapped"].to_pylist()}
    assert ("Status", "Contacto") in unmapped


def test_a_second_sync_finds_nothing_new_plans_nothing_and_writes_nothing(town: Town, held: Held) -> None:
    town.http.post("/sandbox/calls/reset").raise_for_status()
    second = json.loads(crm_sync(town, "sync", "--json").stdout)
    assert (second["read"], second["planned"], sum(second["written"].values())) == (0, 0, 0)
    assert town.held() == held
    assert "batch/update" not in json.dumps(town.calls())
    assert "PATCH" not in json.dumps(town.calls())


def test_a_human_edit_of_our_field_is_restored(town: Town, held: Held) -> None:
    ref = next(ref for ref, record in held.items() if ref.startswith("hubspot:") and record.get("sla_status") == "met")
    town.hubspot_edit(ref.rsplit(":", 1)[1], {"smk_sla_status": "on_track"})
    again = json.loads(crm_sync(town, "sync", "--json").stdout)
    assert (again["read"], again["planned"], again["written"]["hubspot"]) == (1, 1, 1)
    assert town.held() == held
