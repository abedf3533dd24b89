"""`crm-sync status` and `crm-sync runs`: how fresh, how complete, what waits for a person."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.cli.commands import Ran, crm, crm_on
from tests.cli.conftest import OwnStore
from tests.cli.wire import say_in_salesforce
from tests.conftest import Towns
from tests.sync.town import Town


def test_before_the_first_sync_there_is_nothing_and_that_is_stale(own: OwnStore) -> None:
    ran = crm("--config", own(), "status")
    assert (ran.code, ran.out, ran.lines) == (1, "", ["Nothing has been read yet: crm-sync sync"])
    assert crm("--config", own(), "status", "--json").json["stale"] is True


def test_after_a_sync_everything_has_been_read(synced: Town) -> None:
    ran = crm_on(synced, "status", "--json")
    assert (ran.code, ran.json["stale"], ran.json["refusals"]) == (0, False, [])
    assert {"contacts", "deals", "owners"} <= set(ran.json["progress"]["hubspot"])
    assert {"Lead", "Task", "User"} <= set(ran.json["progress"]["salesforce"])
    assert ran.json["read_up_to"].startswith("2026-05-30T02:")
    assert ran.json["last_run"]["outcome"] == "done"


def test_what_was_read_long_ago_is_stale(first_sync: tuple[Path, Ran]) -> None:
    file, _ = first_sync
    assert crm("--config", file, "status").code == 0
    with sqlite3.connect(file.parent / "own.db") as database:
        database.execute("UPDATE runs SET started_at = '2020-01-01 00:00:00', finished_at = '2020-01-01 00:00:10'")
    database.close()
    ran = crm("--config", file, "status")
    assert ran.code == 1
    assert "Stale: run crm-sync sync" in ran.err
    assert crm("--config", file, "status", "--stale-after", "99999999").code == 0


def test_a_stage_that_no_table_knows_is_listed_and_changes_nothing(towns: Towns) -> None:
    town = towns(people=20, seed=3)
    crm_on(town, "schema", "apply")
    lead = town.soql("SELECT Id FROM Lead WHERE IsConverted = false")[0]["Id"]
    ref = f"salesforce:Lead:{lead}"
    crm_on(town, "sync")
    before = town.held()[ref]
    say_in_salesforce(town, f"Lead/{lead}", {"Status": "Contacto"})
    assert crm_on(town, "sync").code == 0
    words = crm_on(town, "status", "--json").json["unmapped"]
    said = next(one for one in words if one["value"] == "Contacto")
    assert (said["crm"], said["field"], said["count"], said["example"]) == ("salesforce", "Status", 1, ref)
    assert town.held()[ref].get("stage") == before.get("stage")
    assert "Contacto" in crm_on(town, "status").out


def test_runs_are_listed_newest_first_with_how_they_ended(first_sync: tuple[Path, Ran]) -> None:
    file, first = first_sync
    crm("--config", file, "sync", "--dry-run")
    runs = crm("--config", file, "runs", "--json").json
    assert [(one["id"], one["kind"], one["outcome"]) for one in runs] == [(2, "dry run", "done"), (1, "sync", "done")]
    assert runs[1]["summary"]["pulled"] == first.json["pulled"]
    assert runs[1]["started_at"].endswith("Z")
    assert [line.split()[0] for line in crm("--config", file, "runs").out.splitlines()[2:]] == ["2", "1"]
    assert len(crm("--config", file, "runs", "--limit", "1", "--json").json) == 1


def test_without_any_run_there_is_nothing_to_list(own: OwnStore) -> None:
    ran = crm("--config", own(), "runs")
    assert (ran.code, ran.out, ran.lines) == (0, "", ["Nothing has run yet: crm-sync sync"])
    assert crm("--config", own(), "runs", "--json").json == []
