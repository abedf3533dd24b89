"""Who may still call a CRM today: a sync down to the floor, a backfill down to the reserve and within its share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crm_sync.clock import host_now, to_iso
from crm_sync.connectors.base import Connector
from crm_sync.connectors.budget import Budget
from crm_sync.errors import Paused, TryLater
from crm_sync.settings import BudgetSettings
from crm_sync.store import Spent, Store

A_WHILE = 3600.0  # seconds to wait where calls come back one by one


class Spending:
    """Counts the calls of one run, day by day, into the store. `modest` are those of backfills and proofs."""

    def __init__(
        self, store: Store, connectors: Mapping[str, Connector], shares: BudgetSettings, *, modest: bool
    ) -> None:
        self.store, self.connectors, self.shares, self.modest = store, connectors, shares, modest
        self._saved = dict.fromkeys(connectors, 0) | {crm: one.calls for crm, one in connectors.items()}

    def save(self) -> None:
        """What was called since the last time. Cheap enough for every sign of life."""
        for crm, connector in self.connectors.items():
            new, known = connector.calls - self._saved[crm], connector.budget
            self._saved[crm] = connector.calls
            if new:
                modest = new if self.modest else 0
                told = (known.limit, known.used, new, modest, known.resets_at, host_now())
                self.store.spend(Spent(crm, known.day, *told))

    def check(self, crms: Iterable[str]) -> None:
        """Raises Paused for a modest run and TryLater for any other that should call no more today."""
        for crm in crms:
            reason = self.reason(crm)
            known = self.connectors[crm]
            if reason and self.modest:
                raise self.paused(crm, reason)
            if reason:
                raise TryLater(crm, f"{reason}.", after=seconds(known), fix=f"{again(known)}, or lower budget.floor.")

    def paused(self, crm: str, reason: str) -> Paused:
        return Paused(crm, f"{reason}. What was read is kept.", fix=f"{again(self.connectors[crm])}.")

    def reason(self, crm: str) -> str:
        """Why this run should make no further call to a CRM today; empty while it may."""
        known, shares = self.connectors[crm].budget, self.shares
        if known.limit is None:
            return ""
        if self.modest and (used := self.used_modestly(crm, known)) >= shares.backfill_share * known.limit:
            part = f"budget.backfill_share = {shares.backfill_share:g} of {known.limit:,}"
            return f"backfills have used {used:,} calls today, which is their share ({part})"
        name, kept = ("reserve", shares.reserve) if self.modest else ("floor", shares.floor)
        if known.left is None or known.left > kept * known.limit:
            return ""
        whom = "the scheduled sync" if self.modest else "the account's other apps"
        return f"{known.left:,} of {known.limit:,} calls are left today, kept for {whom} (budget.{name} = {kept:g})"

    def used_modestly(self, crm: str, known: Budget) -> int:
        before = self.store.spent(crm, known.day)
        return (before.backfill if before else 0) + self.connectors[crm].calls - self._saved[crm]


def again(connector: Connector) -> str:
    at = connector.budget.resets_at
    when = f"after {to_iso(at)}" if at else "in some hours, when calls of the last 24 hours have come back"
    return f"Run the same command again {when}"


def seconds(connector: Connector) -> float:
    at = connector.budget.resets_at
    return (at - connector.now()).total_seconds() if at else A_WHILE
