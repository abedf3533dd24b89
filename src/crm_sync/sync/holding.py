"""One run at a time: the store's lease, held by this process and taken over from one that died."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crm_sync.clock import host_now, stopwatch
from crm_sync.store import Holder, Lease, Store
from crm_sync.sync.progress import Progress

BEAT = 30.0  # seconds between two signs of life; the lease outlives many missed ones
STARTED = host_now()  # of this process, before it can hold anything


def this_process() -> str:
    """`host:pid`, the name under which this process holds the lease."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def holding(store: Store, *, gives_way: bool = False) -> Iterator[Lease]:
    """The lease for the time of a run. A holder that died on this host gives way at once. Raises Locked."""
    bury_the_dead(store)
    with store.lease(this_process(), host_now(), gives_way=gives_way) as lease:
        yield lease


def bury_the_dead(store: Store) -> None:
    """Takes the lease from a process of this host that no longer runs."""
    holder = store.lock_holder()
    if holder and died_here(holder):
        store.release_lock()


def died_here(holder: Holder) -> bool:
    """True for a process of this host that no longer runs. In a container that starts again every process is number 1:
    who has our number and was there before us is not us."""
    host, _, pid = holder.name.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return holder.since < STARTED
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Beating:
    """A watcher that also keeps the lease alive: every page and every batch is a sign of life. `then` is done with
    each of them that is told."""

    def __init__(self, watcher: Progress, lease: Lease, then: Callable[[], None] = lambda: None) -> None:
        self.watcher, self.lease, self.then, self.beaten = watcher, lease, then, stopwatch()

    def started(self, stage: str) -> None:
        self.watcher.started(stage)

    def pulled(self, crm: str, name: str, fetched: int, done: bool) -> None:
        self.beat()
        self.watcher.pulled(crm, name, fetched, done)

    def pushed(self, crm: str, done: int, total: int) -> None:
        self.beat()
        self.watcher.pushed(crm, done, total)

    def beat(self) -> None:
        if stopwatch() - self.beaten > BEAT:
            self.lease.beat(host_now())
            self.then()
            self.beaten = stopwatch()
