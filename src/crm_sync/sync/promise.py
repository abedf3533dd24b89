"""Which promises were in force when: an edit of the tables holds from the run on that first sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from crm_sync.mappings import Promise
from crm_sync.reconciler.sla.court import Former
from crm_sync.store import Store
from crm_sync.store.promises import Kept, readable


class Archive(Protocol):
    """The store, as far as promises are concerned."""

    def promises(self) -> Sequence[Kept]:
        """Every promise that was in force, oldest first."""


def former_promises(store: Archive, promise: Promise, now: datetime) -> Former:
    """Those of before `promise`, oldest first, each with the instant until which it held."""
    kept = store.promises()
    if kept and readable(kept[-1]) == promise:
        now, kept = kept[-1].since, kept[:-1]  # the newest one is still in force
    ends = [*(one.since for one in kept[1:]), now]
    return tuple((until, read) for one, until in zip(kept, ends, strict=False) if (read := readable(one)))


def keep(store: Store, promise: Promise, now: datetime) -> None:
    """Writes the tables down when they say something new; the words of a comment are nothing new."""
    kept = store.promises()
    if not kept or readable(kept[-1]) != promise:
        store.keep_promise(promise.version, promise.text, now)
