"""Why a promise was missed, in both directions: volume, quality, system delay, follow-up. No miss has two causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Vocabulary
from crm_sync.reports.marketing import MarketingSide
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Row, rows

CAUSES: Final = ("system_delay", "quality", "volume", "follow_up")
EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Miss:
    """One lead and what was missed of it, for one cause."""

    person_id: str
    person: str
    company: str | None
    rep_name: str | None
    handed_at: datetime
    targets: tuple[str, ...]
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """`missed` targets of `leads` leads, counted per target; the newest are the examples."""

    cause: str
    missed: int
    leads: int
    targets: dict[str, int]
    examples: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What marketing owes in this month by now: `expected` accepted leads, less those that were not delivered (volume)
    and those that sales sent back (quality)."""

    month: str
    expected: int
    delivered: int
    rejected: int

    @property
    def volume(self) -> int:
        return max(self.expected - self.delivered, 0)

    @property
    def quality(self) -> int:
        """Sent back ones that would have been needed; what was delivered beyond the commitment makes up for some."""
        return max(self.rejected - max(self.delivered - self.expected, 0), 0)

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "volume": self.volume, "quality": self.quality}


@dataclass(frozen=True, slots=True)
class Misses:
    """Both directions: what sales missed, by cause in the order in which causes are asked, and marketing's gap."""

    missed: int
    leads: int
    causes: tuple[Cause, ...]
    gap: Gap

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "gap": self.gap.as_json()}


def misses(engine: Engine, tables: dict[str, pa.Table], vocabulary: Vocabulary, marketing: MarketingSide) -> Misses:
    """`tables` are those of a handoff."""
    found = missed(engine, tables, vocabulary)
    return Misses(
        missed=len(found),
        leads=len({row["person_id"] for row in found}),
        causes=tuple(as_cause(cause, [row for row in found if row["cause"] == cause]) for cause in CAUSES),
        gap=gap_of(marketing),
    )


def missed(engine: Engine, tables: dict[str, pa.Table], vocabulary: Vocabulary) -> list[Row]:
    needed = vocabulary.handoff
    owners = [one.name for one in vocabulary.promise.targets().values() if one.by == "owner"]
    more = {
        "quality_reasons": pa.table({"reason": pa.array(sorted(needed.quality_reasons), pa.string())}),
        "too_many": pa.table({"leads": [needed.leads_in_a_week]}),
        "owner_targets": pa.table({"name": pa.array(owners, pa.string())}),
    }
    return rows(engine, "handoff", "missed", {**tables, **more})


def as_cause(cause: str, some: Sequence[Row]) -> Cause:
    people = tuple(dict.fromkeys(row["person_id"] for row in some))
    examples = tuple(as_miss([row for row in some if row["person_id"] == one]) for one in people[:EXAMPLES])
    return Cause(cause, len(some), len(people), dict(Counter(row["target"] for row in some)), examples)


def as_miss(some: Sequence[Row]) -> Miss:
    first, targets = some[0], tuple(row["target"] for row in some)
    refs = tuple(first["refs"])
    return Miss(
        first["person_id"], first["person"], first["company"], first["rep_name"], first["handed_at"], targets, refs
    )


def gap_of(marketing: MarketingSide) -> Gap:
    total = marketing.total
    return Gap(total.month, round(total.expected), total.delivered, total.rejected)


def people_of(found: Iterable[Row], cause: str) -> set[str]:
    return {row["person_id"] for row in found if row["cause"] == cause}
