"""The promise in both directions: what sales owes to each qualified lead, and how many of them marketing owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reports.kept import Kept, kept
from crm_sync.reports.marketing import MarketingSide, marketing_side
from crm_sync.reports.relations import Relations
from crm_sync.reports.sales import SalesSide, sales_side


@dataclass(frozen=True, slots=True)
class Sla:
    """Both sides, and how sales kept its own month by month, under the version of the policy that judged them."""

    version: str
    sales: SalesSide
    marketing: MarketingSide
    kept: Kept

    def as_json(self) -> dict[str, Any]:
        sides = {"sales": self.sales.as_json(), "marketing": self.marketing.as_json()}
        return {"version": self.version, **sides, "kept": self.kept.as_json()}


def sla(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime) -> Sla:
    """`now` stands in for the CRMs' clock only while nothing has been read."""
    sales = sales_side(store, engine, vocabulary)
    marketing = marketing_side(store, engine, vocabulary, now)
    return Sla(vocabulary.promise.version, sales, marketing, kept(store, engine, vocabulary, now))
