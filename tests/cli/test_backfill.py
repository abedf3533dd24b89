"""`crm-sync backfill`: a window of the past, read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import crm, crm_on
from tests.cli.settings import settings_of
from tests.cli.wire import forget_calls, writes
from tests.sync.town import Town

WINDOW = ("--since", "2026-01-01", "--until", "2026-07-01")


def test_a_window_is_read_again_and_nothing_new_is_written(synced: Town) -> None:
    before = synced.held()
    ran = crm_on(synced, "backfill", "--object", "contacts", "--object", "salesforce:Lead", *WINDOW, "--json")
    assert ran.code == 0
    pulled = {crm: {name for name, count in counts.items() if count} for crm, counts in ran.json["pulled"].items()}
    assert pulled == {"hubspot": {"contacts"}, "salesforce": {"Lead"}}
    assert (ran.json["read"], ran.json["planned"]) == (0, 0)
    assert synced.held() == before


def test_a_window_in_which_nothing_happened_reads_nothing(synced: Town) -> None:
    ran = crm_on(synced, "backfill", "--object", "Task", "--since", "2020-01-01", "--until", "2020-02-01", "--json")
    assert (ran.code, ran.json["pulled"]) == (0, {"salesforce": {"Task": 0}})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--object", "contact", *WINDOW), "--object: found 'contact'; allowed: one of hubspot:calls"),
        (("--object", "contacts", "--since", "may", "--until", "2026-06-01"), "as in 2026-03-01"),
        (("--object", "contacts", "--since", "2026-06-01", "--until", "2026-05-01"), "an instant before --until"),
        (("--object", "contacts", "--since", "2026-06-01", "--until", "2026-06-01"), "an instant before --until"),
        (("--object", "contacts", "--since", "2026-06-01"), "Missing option '--until'"),
    ],
)
def test_a_window_or_object_that_is_none_is_one_sentence(synced: Town, words: tuple[str, ...], told: str) -> None:
    runs = crm_on(synced, "runs", "--json").json
    ran = crm_on(synced, "backfill", *words)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert told in ran.err
    assert crm_on(synced, "runs", "--json").json == runs


def test_a_window_that_ends_first_is_told_in_the_zone_that_is_named(synced: Town) -> None:
    window = ("--since", "2026-06-01T12:00Z", "--until", "2026-05-01T12:00:30Z")
    told = crm_on(synced, "backfill", "--object", "contacts", *window).err
    assert "--since: found 2026-06-01 06:00; allowed: an instant before --until (2026-05-01 06:00:30)." in told
    assert told.endswith("Times in America/Mexico_City.\n")


def test_days_of_a_window_begin_where_the_teams_work(synced: Town) -> None:
    told = crm_on(synced, "backfill", "--object", "contacts", "--since", "2026-06-01", "--until", "2026-05-01").err
    assert "--since: found 2026-06-01 00:00; allowed: an instant before --until (2026-05-01 00:00)." in told


def test_a_dry_run_of_a_window_writes_nothing(synced: Town) -> None:
    forget_calls(synced)
    ran = crm_on(synced, "backfill", "--object", "contacts", *WINDOW, "--dry-run", "--json")
    assert (ran.code, ran.json["dry_run"], ran.json["changes"]) == (0, True, [])
    assert writes(synced) == {}


def test_a_backfill_stops_at_its_share_of_the_day_and_goes_on_with_more(synced: Town, tmp_path: Path) -> None:
    """The sandbox tells its limits in the answers, as both CRMs do."""
    assert crm("--config", settings_of(synced, tmp_path), "--quiet", "sync").code == 0
    file = settings_of(synced, tmp_path, budget={"backfill_share": 0.000_008})
    objects = [word for name in ("owners", "companies", "contacts", "deals", "calls") for word in ("--object", name)]
    ran = crm("--config", file, "--quiet", "backfill", *objects, *WINDOW)
    assert (ran.code, ran.out) == (3, "")
    assert "hubspot: backfills have used" in ran.err
    assert "budget.backfill_share = 8e-06 of 1,000,000" in ran.err
    assert "Run the same command again after 2026-05-30 00:00. Times in America/Mexico_City." in ran.err
    told = crm("--config", file, "status", "--json").json
    assert told["budgets"]["hubspot"]["limit"] == 1_000_000
    assert 8 <= told["budgets"]["hubspot"]["backfill"] < told["budgets"]["hubspot"]["own"]
    file = settings_of(synced, tmp_path)
    assert crm("--config", file, "--quiet", "backfill", *objects, *WINDOW).code == 0
    assert crm("--config", file, "status", "--json").json["unfinished"] == []
