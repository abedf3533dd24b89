"""`crm-sync lock`: two runs never work at the same time, and a dead one does not stand in the way."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_sync.clock import host_now
from crm_sync.store import open_store
from crm_sync.store.facade import TTL
from crm_sync.store.lease import take
from tests.cli.commands import crm
from tests.cli.conftest import OwnStore
from tests.cli.wire import forget_calls, writes
from tests.sync.town import Town


def held_by(holder: str, file: Path, since: datetime | None = None) -> None:
    """Leaves the lease in somebody's hands, as a run does that is at work or was killed."""
    store, now = open_store(f"sqlite:///{file.parent}/own.db"), host_now()
    take(store.database, holder, since or now, TTL + (now - since if since else timedelta()))
    store.close()


def test_a_sync_does_not_start_while_another_host_is_at_work(synced: Town, own: OwnStore) -> None:
    file = own()
    held_by("elsewhere:4711", file)
    forget_calls(synced)
    ran = crm("--config", file, "sync")
    assert (ran.code, ran.out, len(ran.lines)) == (5, "", 1)
    assert "elsewhere:4711 has been at work on this store since" in ran.err
    assert "crm-sync lock release" in ran.err
    assert writes(synced) == {}
    assert crm("--config", file, "runs", "--json").json == []


def test_since_when_it_is_held_is_told_on_the_wall_of_every_other_page(own: OwnStore) -> None:
    file = own(time_zone="Asia/Kolkata")
    held_by("elsewhere:4711", file, datetime(2026, 5, 29, 22, 30, tzinfo=UTC))
    ran = crm("--config", file, "sync")
    assert "elsewhere:4711 has been at work on this store since 2026-05-30 04:00. Wait for it" in ran.err
    assert ran.err.endswith("`crm-sync lock release`. Times in Asia/Kolkata.\n")


def test_a_run_that_died_on_this_host_gives_way(own: OwnStore) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    file = own()
    held_by(f"{socket.gethostname()}:{gone.pid}", file)
    assert crm("--config", file, "sync", "--dry-run").code == 0
    assert crm("--config", file, "lock", "status", "--json").json == {"held": False}


def test_who_holds_the_lease_is_told_and_it_can_be_taken_away(own: OwnStore) -> None:
    file = own()
    assert crm("--config", file, "lock", "status").out == "free\n"
    held_by("elsewhere:4711", file)
    said = crm("--config", file, "lock", "status", "--json").json
    assert (said["held"], said["holder"], said["since"][-1], said["until"][-1]) == (True, "elsewhere:4711", "Z", "Z")
    assert crm("--config", file, "lock", "status").out.startswith("held by elsewhere:4711 since ")
    assert "Taken from elsewhere:4711" in crm("--config", file, "lock", "release").err
    assert "free already" in crm("--config", file, "lock", "release").err
    assert crm("--config", file, "sync", "--dry-run").code == 0
