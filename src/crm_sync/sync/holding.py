"""One run at a time: the store's lease, held by this process and taken over from one that died."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from crm_sync.clock import host_now
from crm_sync.errors import Locked
from crm_sync.store import Store
from crm_sync.store.lease import Lease

TTL = timedelta(minutes=5)


def this_process() -> str:
    """`host:pid`, the name under which this process holds the lease."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def holding(store: Store, ttl: timedelta = TTL) -> Iterator[Lease]:
    """The lease for the time of a run. A holder that died on this host gives way at once. Raises Locked."""
    try:
        taken = store.lease(this_process(), host_now(), ttl)
        lease = taken.__enter__()
    except Locked as locked:
        if not died_here(locked.holder):
            raise
        store.release_lease()
        taken = store.lease(this_process(), host_now(), ttl)
        lease = taken.__enter__()
    try:
        yield lease
    finally:
        taken.__exit__(None, None, None)


def died_here(holder: str) -> bool:
    """True for a process of this host that no longer runs."""
    host, _, pid = holder.rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
