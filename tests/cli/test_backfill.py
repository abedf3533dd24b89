"""`crm-sync backfill`: a window of the past, read again."""

from __future__ import annotations

import pytest

from tests.cli.commands import crm_on
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


def test_a_dry_run_of_a_window_writes_nothing(synced: Town) -> None:
    forget_calls(synced)
    ran = crm_on(synced, "backfill", "--object", "contacts", *WINDOW, "--dry-run", "--json")
    assert (ran.code, ran.json["dry_run"], ran.json["changes"]) == (0, True, [])
    assert writes(synced) == {}
