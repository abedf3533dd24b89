"""Which rejected leads marketing brings anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from crm_sync.mappings import Span
from crm_sync.reconciler.sla.clock import Clock
from crm_sync.reconciler.words import as_word


def replaced(
    handed_at: datetime,
    rejected_at: datetime,
    reason: str | None,
    reasons: Collection[str],
    within: Span,
    clock: Clock,
) -> bool:
    """Rejected in time after it was handed over (the very instant counts), for a reason that both teams agreed on."""
    return as_word(reason) in reasons and rejected_at <= clock.due(handed_at, within)
