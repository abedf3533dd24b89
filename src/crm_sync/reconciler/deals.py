"""Deals, each counted once: a deal that both CRMs hold is the one that the other record names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crm_sync.reconciler.dedupe.groups import grouped
from crm_sync.records import Deal, Ref, StageChange, as_said


@dataclass(frozen=True, slots=True)
class OneDeal:
    """`ref` is the record that is kept of `records`, which are all that say or are said to be this deal, those that are
    gone included; `person_ids` the people of all of them. `won_at` None: no date is known."""

    ref: Ref
    created_at: datetime
    won: bool
    won_at: datetime | None
    amount: Decimal | None
    currency: str | None
    person_ids: tuple[str, ...]
    records: tuple[Ref, ...] = ()


def one_of_each(
    deals: Iterable[Deal], changes: Iterable[StageChange], person_of: Mapping[Ref, str]
) -> tuple[OneDeal, ...]:
    """Deals in order of ref, with the instant at which the won ones were won."""
    by_ref = {deal.ref: deal for deal in deals}
    closing = closings(by_ref, changes)
    pairs = [(deal.ref, other) for deal in by_ref.values() for other in deal.same_as]
    groups = ([by_ref[ref] for ref in group if ref in by_ref] for group in grouped(by_ref, pairs))
    kept = (merged(group, closing, person_of) for group in groups if group)
    return tuple(sorted(kept, key=lambda deal: deal.ref))


def merged(group: Sequence[Deal], closing: Mapping[Ref, datetime], person_of: Mapping[Ref, str]) -> OneDeal:
    named = {ref for deal in group for ref in deal.same_as if ref != deal.ref}
    kept = min(group, key=lambda deal: (deal.ref not in named, deal.created_at, deal.ref))
    people = {person_of[ref] for deal in group for ref in deal.people if ref in person_of}
    won = kept.state == "won"
    won_at = closing.get(kept.ref, kept.closed_at) if won else None
    records = tuple(sorted({*(deal.ref for deal in group), *named}))
    return OneDeal(kept.ref, kept.created_at, won, won_at, kept.amount, kept.currency, tuple(sorted(people)), records)


def closings(deals: Mapping[Ref, Deal], changes: Iterable[StageChange]) -> dict[Ref, datetime]:
    """When each deal entered the stage in which it is now, by its history: a close date is only a date, and typed.
    A history may name a stage again (Salesforce does with each new amount or date): staying there is no entry."""
    found: dict[Ref, datetime] = {}
    for change in sorted((one for one in changes if one.ref in deals), key=as_said):
        if change.value == deals[change.ref].stage:
            found.setdefault(change.ref, change.at)
        else:
            found.pop(change.ref, None)
    return found
