"""`crm-sync status` and `crm-sync runs`: how fresh, how complete, what waits for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from crm_sync.clock import host_now
from crm_sync.errors import TryLater
from crm_sync.store import open_store
from crm_sync.store.schema import runs
from tests.cli.commands import Ran, crm, crm_on
from tests.cli.conftest import OwnStore
from tests.cli.settings import settings_of
from tests.cli.wire import say_in_salesforce
from tests.conftest import Towns
from tests.sync.town import Town


def test_before_the_first_sync_there_is_nothing_and_that_is_stale(own: OwnStore) -> None:
    ran = crm("--config", own(), "status")
    assert (ran.code, ran.out, ran.lines[1:]) == (1, "", ["Nothing has been read yet: crm-sync sync"])
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
    store = open_store(f"sqlite:///{file.parent}/own.db")
    with store.database.writing() as connection:
        connection.execute(update(runs).values(started_at=host_now() - timedelta(days=3)))
    store.close()
    ran = crm("--config", file, "status")
    assert ran.code == 1
    assert "Stale: run crm-sync sync" in ran.err
    assert "  3 days\n" in ran.out
    assert crm("--config", file, "status", "--stale-after", "99999999").code == 0


@pytest.mark.slow
def test_a_stage_that_no_table_knows_is_listed_and_changes_nothing(towns: Towns, tmp_path: Path) -> None:
    town = towns(people=20, seed=3)
    crm_on(town, "schema", "apply")
    lead = town.soql("SELECT Id FROM Lead WHERE IsConverted = false")[0]["Id"]
    ref = f"salesforce:Lead:{lead}"
    crm_on(town, "sync")
    before = town.held()[ref]
    say_in_salesforce(town, f"Lead/{lead}", {"Status": "Contacto"})
    file = settings_of(town, tmp_path)
    assert crm("--config", file, "sync").code == 0
    words = crm("--config", file, "status", "--json").json["unmapped"]
    said = next(one for one in words if one["value"] == "Contacto")
    assert (said["crm"], said["field"], said["count"], said["example"]) == ("salesforce", "Status", 1, ref)
    assert town.held()[ref].get("stage") == before.get("stage")
    assert "Contacto" in crm("--config", file, "status").out


def test_runs_are_listed_newest_first_with_how_they_ended(own: OwnStore, first_sync: tuple[Path, Ran]) -> None:
    _, first = first_sync
    file = own(hubspot={"token": "wrong"})
    refused = crm("--config", file, "sync", "--dry-run")
    told = crm("--config", file, "runs", "--json").json
    assert [(one["id"], one["kind"], one["outcome"]) for one in told] == [(2, "dry run", "failed"), (1, "sync", "done")]
    assert refused.err == f"crm-sync: {told[0]['summary']['error']}\n"
    assert told[0]["summary"]["error"] in crm("--config", file, "runs").out
    assert told[1]["summary"]["pulled"] == first.json["pulled"]
    assert told[1]["started_at"].endswith("Z")
    assert [line.split()[0] for line in crm("--config", file, "runs").out.splitlines()[2:-1]] == ["2", "1"]
    assert len(crm("--config", file, "runs", "--limit", "1", "--json").json) == 1


def test_without_any_run_there_is_nothing_to_list(own: OwnStore) -> None:
    ran = crm("--config", own(), "runs")
    assert (ran.code, ran.out, ran.lines[1:]) == (0, "", ["Nothing has run yet: crm-sync sync"])
    assert crm("--config", own(), "runs", "--json").json == []


def test_calls_used_and_left_are_shown_with_when_they_come_back(first_sync: tuple[Path, Ran]) -> None:
    file, _ = first_sync
    told = crm("--config", file, "status", "--json").json["budgets"]
    for name, limit, back in (("hubspot", 1_000_000, "2026-05-30T06:00:00Z"), ("salesforce", 100_000, None)):
        assert (told[name]["limit"], told[name]["resets_at"], told[name]["low"]) == (limit, back, False)
        assert told[name]["reserve"] == limit * 0.2
        assert 0 < told[name]["own"] <= told[name]["used"] + 5  # logins and searches are not among what is told
    shown = crm("--config", file, "status").out
    assert "2026-05-30 00:00" in shown
    assert "24 hours after each call" in shown


def test_instants_inside_of_a_sentence_are_told_on_the_same_wall(
    own: OwnStore, first_sync: tuple[Path, Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise TryLater("hubspot", "busy until 2026-05-30T02:00:00Z.")

    monkeypatch.setattr("crm_sync.sync.run.pull", busy)
    assert crm("--config", own(), "sync").code == 1
    told = crm("--config", own(), "runs").out
    assert ("busy until 2026-05-29 20:00." in told, "02:00:00Z" in told) == (True, False)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "funnel"), ("report", "sla"), ("dupes", "list"), ("dupes", "review"), ("dupes", "plan"),
        ("dupes", "train", "--dry-run"), ("sla", "escalations"), ("sla", "compliance"), ("sla", "explain", "ana"),
        ("explain", "ana"), ("company", "acme"), ("commitment", "report"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_figures_of_nothing_come_with_what_brings_some(own: OwnStore, words: tuple[str, ...]) -> None:
    assert "Nothing has been read yet: crm-sync sync" in crm("--config", own(), *words).lines


def test_once_something_was_read_nobody_is_told_to_read(synced: Town) -> None:
    assert crm_on(synced, "report", "funnel").err == ""
