"""Who holds the lease, and who gives way at once because it is dead."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crm_sync.errors import Locked
from crm_sync.store import Store, open_store
from crm_sync.store.lease import take
from crm_sync.sync.holding import STARTED, holding, this_process

SECOND = timedelta(seconds=1)


@pytest.fixture
def store() -> Iterator[Store]:
    one = open_store("sqlite://")
    yield one
    one.close()


def left_behind(store: Store, holder: str, since: timedelta) -> None:
    """A lease whose holder was killed: nobody gave it back."""
    take(store.database, holder, STARTED + since, timedelta(days=365))


def test_a_container_that_was_killed_and_starts_again_goes_on_at_once(store: Store) -> None:
    """Every process there has the number 1 and the host name stays: the dead one looks like ourselves."""
    left_behind(store, this_process(), -SECOND)
    with holding(store):
        assert store.lock_holder()


def test_another_run_in_this_very_process_is_waited_for(store: Store) -> None:
    left_behind(store, this_process(), SECOND)
    with pytest.raises(Locked, match="has been at work"), holding(store):
        pass


def test_a_dead_process_of_this_host_gives_way(store: Store) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left_behind(store, f"{socket.gethostname()}:{dead.pid}", SECOND)
    with holding(store):
        assert store.lock_holder()


@pytest.mark.parametrize("holder", ["elsewhere:1", f"{socket.gethostname()}:{os.getppid()}", "by hand"])
def test_nobody_else_gives_way(store: Store, holder: str) -> None:
    left_behind(store, holder, SECOND)
    with pytest.raises(Locked), holding(store):
        pass
