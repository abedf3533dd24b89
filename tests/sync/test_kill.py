"""kill -9 anywhere in the first sync; the next sync ends where an undisturbed one does."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from crm_sync.store import open_store
from tests.sync.town import Held, Town, crm_sync, running_town, start_of

PEOPLE = 120
CONCLUSIONS = (
    "links",
    "known",
    "targets",
    "credits",
    "stage_entries",
    "qualifications",
    "unmapped",
    "set_aside",
    "people",
    "touches",
    "deals",
)

Final = tuple[Held, dict[str, list[dict[str, Any]]]]


def final_of(town: Town) -> Final:
    """What both CRMs and the store hold, without the columns that tell when it was read or concluded."""
    store = open_store(f"sqlite:///{town.settings_file.parent}/crm-sync.db")
    tables = store.tables(*CONCLUSIONS)
    store.close()
    return town.held(), {name: sorted(map(comparable, table.to_pylist()), key=repr) for name, table in tables.items()}


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Without version and modified_at: our own write moves them."""
    return {name: value for name, value in row.items() if name not in ("version", "modified_at")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Final]:
    with running_town(tmp_path_factory.mktemp("undisturbed"), PEOPLE) as town:
        crm_sync(town, "schema", "apply")
        crm_sync(town, "sync")
        yield final_of(town)


def differing(held: Held, expected: Held) -> list[tuple[str, str, str | None, str | None]]:
    """(ref, field, found, expected) wherever the two disagree."""
    found = []
    for ref in sorted(held.keys() | expected.keys()):
        mine, theirs = held.get(ref, {}), expected.get(ref, {})
        names = sorted(mine.keys() | theirs.keys())
        found += [(ref, one, mine.get(one), theirs.get(one)) for one in names if mine.get(one) != theirs.get(one)]
    return found


def kill_at(town: Town, match: str, then: str) -> None:
    """Starts a sync, waits until it hangs in the given call, and kills it there."""
    town.order(match=match, delay_ms=60_000, then=then, status=503)
    process = subprocess.Popen(start_of(town, "sync"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None and town.http.get("/sandbox/faults").json()["faults"]:
            pass
        assert process.poll() is None, "the sync ended before it came to the call"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("match", "then"),
    [
        ("GET /crm/v3/objects/contacts", "refuse"),
        ("GET /crm/v3/objects/communications", "refuse"),
        ("GET /services/data/v62.0/queryAll", "refuse"),
        ("POST /crm/v3/objects/contacts/batch/update", "refuse"),
        ("POST /crm/v3/objects/contacts/batch/update", "handle"),
        ("PATCH /services/data/v62.0/composite/sobjects", "handle"),
    ],
)
def test_a_killed_first_sync_is_finished_by_the_next_one(
    undisturbed: Final, tmp_path: Any, match: str, then: str
) -> None:
    with running_town(tmp_path, PEOPLE) as town:
        crm_sync(town, "schema", "apply")
        kill_at(town, match, then)
        again = json.loads(crm_sync(town, "sync", "--json").stdout)
        assert again["refused"] == 0
        assert "pending" not in json.loads(crm_sync(town, "status", "--json").stdout)["outbox"]
        held, tables = final_of(town)
        assert differing(held, undisturbed[0]) == []
        for name in CONCLUSIONS:
            assert tables[name] == undisturbed[1][name], name
        assert json.loads(crm_sync(town, "sync", "--json").stdout)["planned"] == 0
