"""`crm-sync sync`: rehearsed, done, done again."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from crm_sync.sync.scheduler import every
from tests.cli.commands import Ran, crm, crm_on
from tests.cli.conftest import OwnStore
from tests.cli.settings import settings_of
from tests.cli.wire import forget_calls, writes
from tests.conftest import Towns
from tests.sync.town import Town


@pytest.mark.slow
def test_a_dry_run_leaves_both_crms_as_they_are_and_the_sync_then_writes_just_that(towns: Towns) -> None:
    fresh = towns(people=20, seed=3)
    crm_on(fresh, "schema", "apply")
    before = fresh.held()
    rehearsed = crm_on(fresh, "sync", "--dry-run", "--json")
    assert rehearsed.code == 0
    assert fresh.held() == before
    assert rehearsed.json["written"] == {"hubspot": 0, "salesforce": 0}
    wanted = {(one["ref"], one["field"]) for one in rehearsed.json["changes"]}
    assert len(wanted) == rehearsed.json["planned"]
    done = crm_on(fresh, "sync", "--json").json
    assert sum(done["written"].values()) == done["planned"] == rehearsed.json["planned"]
    assert {(ref, field) for ref, values in fresh.held().items() for field in values} == wanted


def test_detailed_exit_codes_tell_pending_changes_from_none(bare: Town, own: OwnStore, tmp_path: Path) -> None:
    assert crm("--config", own(), "sync", "--dry-run", "--detailed-exitcode").code == 0
    assert crm("--config", settings_of(bare, tmp_path / "bare"), "sync", "--dry-run", "--detailed-exitcode").code == 2


def test_a_dry_run_shows_changes_with_their_reason(bare: Town, tmp_path: Path) -> None:
    ran = crm("--config", settings_of(bare, tmp_path), "sync", "--dry-run")
    out = ran.out
    assert ran.code == 0
    assert "properties would be written" in out
    assert "because" in out
    assert "more: crm-sync sync --dry-run --json" in out


def test_a_second_sync_plans_and_writes_nothing(synced: Town) -> None:
    before = synced.held()
    again = crm_on(synced, "sync", "--json").json
    assert (again["read"], again["planned"], again["written"]) == (0, 0, {"hubspot": 0, "salesforce": 0})
    assert synced.held() == before


def test_a_store_that_was_lost_is_read_again_without_a_write(first_sync: tuple[Path, Ran]) -> None:
    _, ran = first_sync
    assert ran.code == 0
    assert ran.json["read"] > 100
    assert (ran.json["planned"], sum(ran.json["written"].values())) == (0, 0)


def test_a_sync_tells_its_story_on_stderr_and_its_figures_on_stdout(own: OwnStore) -> None:
    ran = crm("--config", own(), "sync")
    assert [line for line in ran.lines if not line.startswith(" ")][:3] == [
        "Reading the CRMs",
        "Working out what is true",
        "Writing back",
    ]
    assert "properties planned" in ran.out
    assert ran.out.startswith("Read\nCRM")


def test_quiet_leaves_the_figures_and_nothing_else(own: OwnStore) -> None:
    ran = crm("--config", own(), "--quiet", "sync")
    assert (ran.code, ran.err) == (0, "")
    assert "properties planned" in ran.out


def test_an_interval_that_is_none_is_refused_before_anything_starts(own: OwnStore) -> None:
    for text in ("10", "0m", "soon"):
        ran = crm("--config", own(), "sync", "--every", text)
        assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
        assert "as in 30s, 10m, 1h" in ran.err


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that ends by itself after two runs."""
    monkeypatch.setattr("crm_sync.cli.sync.run_every", partial(every, times=2))


@pytest.mark.usefixtures("twice")
def test_a_service_that_rehearses_writes_nothing_in_any_run(bare: Town, tmp_path: Path) -> None:
    forget_calls(bare)
    ran = crm("--config", settings_of(bare, tmp_path), "--quiet", "sync", "--every", "1s", "--dry-run", "--json")
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, len(told)) == (0, 2), ran.err
    assert all(one["dry_run"] and len(one["changes"]) == one["planned"] > 0 for one in told)
    assert writes(bare) == {}


@pytest.mark.usefixtures("twice")
def test_a_service_tells_of_each_run_in_a_line_of_its_own(own: OwnStore) -> None:
    told = [json.loads(line) for line in crm("--config", own(), "sync", "--every", "1s", "--json").out.splitlines()]
    assert [(one["run"], one["planned"], one["dry_run"]) for one in told] == [(1, 0, False), (2, 0, False)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--every", "1s", "--write-history"), "found --every with --write-history; allowed: one without the other."),
        (("--every", "1s", "--dry-run", "--detailed-exitcode"), "found --every with --detailed-exitcode"),
        (("--detailed-exitcode",), "found --detailed-exitcode without --dry-run"),
    ],
)
@pytest.mark.usefixtures("twice")
def test_what_a_sync_could_not_obey_is_refused(own: OwnStore, words: tuple[str, ...], told: str) -> None:
    ran = crm("--config", own(), "sync", *words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert ran.err.startswith("crm-sync: sync: ")
    assert told in ran.err
