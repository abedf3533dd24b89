"""How far the past reaches that is not written to the CRMs: up to a first import, and up to a backfill."""

from __future__ import annotations

from datetime import datetime

from crm_sync.reconciler.past import WRITTEN, Past
from crm_sync.records import Snapshot
from crm_sync.store import Store


def is_first_import(snapshot: Snapshot) -> bool:
    """People of a CRM are here of which the last plan knew nobody: what happened to them before is no news."""
    return not {one.ref.crm for one in snapshot.people} <= {ref.crm for ref in snapshot.person_ids}


def past_of(store: Store, now: datetime, *, quiet: bool) -> Past:
    """In a run that is `quiet` everything that is over; else what an earlier one found so."""
    first, cycles, waiting = store.past(WRITTEN)
    return Past(now, waiting=waiting) if quiet else Past(first, cycles, waiting)
