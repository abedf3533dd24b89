"""Whom a plan judges that follows another one: whom something was told of since then, or whose time has come.

What is known of one person follows from the person's own records, from what happened to them, and from a few things
that others have a part in: who is one with whom, where somebody works, what a deal came to. Whoever is not touched by
any of that is as the last plan found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from crm_sync.changes import Employer, KnownCompany, Scope
from crm_sync.reconciler.deals import OneDeal
from crm_sync.reconciler.dedupe.link import Linked
from crm_sync.records import Happenings, News, Ref, Snapshot, Unknown


class Telling(Protocol):
    """Says what happened."""

    def happenings(self, people: Collection[Ref], others: Collection[Ref]) -> Happenings:
        """To people with these records; and the touches among others."""

    def strays(self) -> Happenings:
        """To nobody who is here."""


@dataclass(frozen=True, slots=True)
class Look:
    """Whom a plan looks at. `scope` None: at everybody, of whom everything is told anew."""

    linked: Linked
    scope: Scope | None = None

    @property
    def credits(self) -> bool:
        return self.scope is None or self.scope.credits

    def judges(self, person_id: str) -> bool:
        return self.scope is None or person_id in self.scope.people

    @property
    def others(self) -> frozenset[Ref]:
        """Records about which something was told, whoever they may be of."""
        return self.scope.records if self.scope else frozenset()

    def at_records(self, records: Collection[Ref]) -> Scope | None:
        """The scope, with all records that were looked at."""
        return replace(self.scope, records=self.scope.records.union(records)) if self.scope else None


def look_at(
    snapshot: Snapshot,
    linked: Linked,
    deals: Sequence[OneDeal],
    firms: Iterable[KnownCompany],
    employers: Iterable[Employer],
    news: News | None,
) -> Look:
    """At those whom the news concern, and at who earned credit where that is told anew; without news at everybody."""
    if news is None:
        return Look(linked)
    scope = scope_of(snapshot, linked, deals, firms, employers, news)
    earners = {one for deal in deals if deal.won for one in deal.person_ids} if scope.credits else set()
    found = scope.people | earners
    some = replace(linked, records={one: records for one, records in linked.records.items() if one in found})
    return Look(some, scope)


def scope_of(
    snapshot: Snapshot,
    linked: Linked,
    deals: Sequence[OneDeal],
    firms: Iterable[KnownCompany],
    employers: Iterable[Employer],
    news: News,
) -> Scope:
    person_of = linked.person_of
    refs = {*news.refs, *employed_otherwise(firms, employers, news.employers)}
    found = {*(person_of[ref] for ref in refs if ref in person_of), *news.due}
    found.update(linked_otherwise(linked, snapshot.person_ids))
    found.update(one for deal in deals if not news.refs.isdisjoint(deal.records) for one in deal.person_ids)
    people = frozenset(found & linked.records.keys())
    earns = any(not people.isdisjoint(deal.person_ids) for deal in deals if deal.won)
    earned = not people.isdisjoint(news.earners) or not news.earners <= linked.records.keys()
    return Scope(people, news.refs, credits=earns or earned or news.of_deals)


def linked_otherwise(linked: Linked, before: Mapping[Ref, str]) -> Iterator[str]:
    """Ids of people to whom a record came, or of whom one went."""
    here = {record.ref: one for one, records in linked.records.items() for record in records}
    for ref, person_id in here.items():
        if (was := before.get(ref)) != person_id:
            yield from filter(None, (person_id, was))
    yield from (person_id for ref, person_id in before.items() if ref not in here)


def employed_otherwise(
    firms: Iterable[KnownCompany], employers: Iterable[Employer], before: Mapping[Ref, tuple[str, str]]
) -> Iterator[Ref]:
    """Records whose company is another one now, or goes by another name."""
    names = {firm.company_id: firm.name for firm in firms}
    now = {one.ref: (one.company_id, names.get(one.company_id, "")) for one in employers}
    yield from (ref for ref, company in now.items() if before.get(ref) != company)
    yield from (ref for ref in before if ref not in now)


def standing(news: News | None, scope: Scope | None) -> list[Unknown]:
    """Unknown words of records that were not looked at."""
    return [one for one in news.unknowns if one[0] not in scope.records] if news and scope else []
