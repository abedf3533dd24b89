"""`crm-sync verify`: both CRMs over real HTTP, and a store that was made to differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.records import Ref
from crm_sync.store import Store, open_store
from tests.cli.commands import Ran, crm
from tests.cli.settings import settings_of
from tests.conftest import Towns
from tests.sync.town import Town


@pytest.fixture
def fresh(towns: Towns, tmp_path: Path) -> tuple[Town, Path]:
    """A town that nobody else knows, read and written once."""
    town = towns(people=20, seed=11)
    file = settings_of(town, tmp_path)
    for words in (("schema", "apply"), ("sync",)):
        assert crm("--config", file, "--quiet", *words).code == 0
    town.http.post("/sandbox/clock", json={"advance": "1h"}).raise_for_status()
    assert crm("--config", file, "--quiet", "sync").code == 0
    return town, file


def verify(file: Path, *words: str) -> Ran:
    return crm("--config", file, "--quiet", "verify", *words)


def forget(file: Path, *refs: Ref) -> None:
    """The store thinks that they are gone."""
    store: Store = open_store(f"sqlite:///{file.parent}/own.db")
    for ref in refs:
        cursor = store.progress(ref.crm, ref.kind).cursor or ""
        store.save_page(ref.crm, ref.kind, (), cursor=cursor, gone=[ref])
    store.close()


def purge(town: Town, name: str, record_id: str) -> None:
    """Deleted past the recycle bin: no later read hears of it."""
    headers, jobs = town.salesforce_headers(), "/services/data/v65.0/jobs/ingest"
    said = {"object": name, "operation": "hardDelete", "contentType": "CSV", "lineEnding": "LF"}
    job = town.http.post(jobs, json=said, headers=headers).raise_for_status().json()["id"]
    rows = {"content": f"Id\n{record_id}\n", "headers": headers | {"Content-Type": "text/csv"}}
    town.http.put(f"{jobs}/{job}/batches", **rows).raise_for_status()
    town.http.patch(f"{jobs}/{job}", json={"state": "UploadComplete"}, headers=headers).raise_for_status()
    until_done = (town.http.get(f"{jobs}/{job}", headers=headers).json() for _ in range(200))
    assert next(one for one in until_done if one["state"] == "JobComplete")["numberRecordsFailed"] == 0


def differences(ran: Ran) -> dict[str, tuple[list[str], list[str]]]:
    told = {f"{one['crm']}:{one['object']}": (one["missing"], one["surplus"]) for one in ran.json}
    return {name: both for name, both in told.items() if any(both)}


@pytest.mark.slow
def test_differences_of_both_crms_are_found_mended_and_gone(fresh: tuple[Town, Path]) -> None:
    town, file = fresh
    held = town.held()
    contact, other = (one.rpartition(":")[2] for one in list(held)[:2])
    lead = town.soql("SELECT Id FROM Lead WHERE IsConverted = false")[0]["Id"]
    task, purged = (row["Id"] for row in town.soql("SELECT Id FROM Task")[:2])
    assert verify(file, "--deep").code == 0

    forget(file, Ref("hubspot", "contacts", contact), Ref("salesforce", "Lead", lead))
    headers = {"Authorization": f"Bearer {town.card['hubspot']['token']}"}
    town.http.delete(f"/crm/v3/objects/contacts/{other}", headers=headers).raise_for_status()
    town.http.post(
        "/sandbox/actions", json={"do": "delete", "crm": "salesforce", "object": "Task", "ids": [task]}
    ).raise_for_status()
    purge(town, "Task", purged)
    found = verify(file, "--json")
    expected = {
        "hubspot:contacts": ([contact], [other]), "salesforce:Lead": ([lead], []),
        "salesforce:Task": ([], sorted([task, purged])),
    }  # fmt: skip
    assert (found.code, differences(found)) == (3, expected)

    mended = verify(file, "--repair", "--json")
    assert (mended.code, differences(mended)) == (0, expected)
    again = verify(file, "--deep", "--json")
    assert (again.code, differences(again)) == (0, {})
    assert all(one["crm_count"] == one["store_count"] for one in again.json)
    assert crm("--config", file, "--quiet", "sync").code == 0


def test_one_crm_one_object_and_a_window_of_the_days_of_the_teams_can_be_chosen(first_sync: tuple[Path, Ran]) -> None:
    file, _ = first_sync
    assert {one["crm"] for one in verify(file, "--crm", "salesforce", "--json").json} == {"salesforce"}
    [proof] = verify(file, "--object", "contacts", "--since", "2026-05-01", "--until", "2026-05-15", "--json").json
    assert (proof["object"], proof["since"], proof["until"]) == (
        "contacts", "2026-05-01T06:00:00Z", "2026-05-15T06:00:00Z",
    )  # fmt: skip
    assert proof["crm_count"] == proof["store_count"] > 0
    ran = verify(file, "--object", "contacts", "--since", "2026-05-01", "--until", "2026-05-15")
    assert (ran.code, "hubspot" in ran.out) == (0, True)


def test_what_cannot_be_proven_is_one_sentence(first_sync: tuple[Path, Ran]) -> None:
    file, _ = first_sync
    for words, told in (
        (("--crm", "pipedrive"), "hubspot or salesforce"),
        (("--object", "unicorns"), "hubspot:calls"),
        (("--since", ""), "--since: found ''; allowed: a day or an instant"),
        (
            ("--since", "2026-05-15", "--until", "2026-05-01"),
            "--since: found '2026-05-15'; allowed: a day or an instant before",
        ),
    ):
        ran = verify(file, *words)
        assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
        assert told in ran.err


def test_what_is_not_counted_says_what_keeps_it_right(first_sync: tuple[Path, Ran]) -> None:
    file, _ = first_sync
    ran = crm("--config", file, "verify", "--object", "owners", "--object", "LeadHistory")
    assert (ran.code, ran.out) == (0, "")
    assert "hubspot owners: not counted: listed whole in every sync" in ran.err
    assert "its rows never change; `crm-sync backfill --object LeadHistory`" in ran.err
    every = {one["object"]: one["equal"] for one in verify(file, "--json").json}
    assert every["owners"] is every["BusinessHours"] is every["forms"] is True
