"""Operational truth in a SQL database: SQLite by default, PostgreSQL when several hosts run it."""

from crm_sync.store.budgets import Spent
from crm_sync.store.census import Census
from crm_sync.store.decisions import Decided
from crm_sync.store.facade import Store, open_for_reading, open_store
from crm_sync.store.lease import Holder, Lease
from crm_sync.store.outbox import Refusal
from crm_sync.store.progress import Progress
from crm_sync.store.runs import Run
from crm_sync.store.writes import Queued

__all__ = [
    "Census", "Decided", "Holder", "Lease", "Progress", "Queued", "Refusal", "Run", "Spent", "Store",
    "open_for_reading", "open_store",
]  # fmt: skip
