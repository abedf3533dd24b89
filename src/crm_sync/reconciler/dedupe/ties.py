"""What is settled before anything is compared: what the CRMs themselves say, and what people have decided."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from crm_sync.changes import SetAside
from crm_sync.reconciler.dedupe.groups import grouped
from crm_sync.reconciler.words import full_name
from crm_sync.records import Decision, Ref, Subject

Pair = tuple[Ref, Ref]
ONE = {"person": "one person", "company": "one company"}


class Naming(Protocol):
    """A record of a person or company."""

    @property
    def ref(self) -> Ref: ...
    @property
    def same_as(self) -> tuple[Ref, ...]: ...


@dataclass(frozen=True, slots=True)
class Ties:
    """`said` are pairs as the CRMs say them, `one` and `two` pairs of living records that are one person or company,
    and two. `gone` is the lowest living record that stands for a ref that is gone."""

    said: tuple[Pair, ...]
    one: frozenset[Pair]
    two: frozenset[Pair]
    decisions: tuple[Decision, ...]
    gone: Mapping[Ref, Ref]
    set_aside: tuple[SetAside, ...]


def ties_of(
    records: Mapping[Ref, Naming], merged: Iterable[Pair], decisions: Sequence[Decision], about: Subject = "person"
) -> Ties:  # fmt: skip
    """`merged` are refs that are gone, each with the one that it became part of. Of two decisions about one pair the
    later one holds."""
    named = ((record.ref, other) for record in records.values() for other in record.same_as)
    said = tuple(sorted({pair for pair in (*merged, *named) if pair[0] != pair[1]}))
    bridges = list(bridged(records, said))
    gone = {ref: living[0] for group, living in bridges for ref in group if ref not in records}
    last = latest(decisions, records, gone)
    one = {ordered(*pair) for pair in said if pair[0] in records and pair[1] in records}
    one |= {pair for _, living in bridges for pair in pairwise(living)}
    one |= {pair for pair, decision in last.items() if decision.same}
    two = frozenset(pair for pair, decision in last.items() if not decision.same)
    kept = tuple(last[pair] for pair in sorted(last))
    return Ties(said, frozenset(one) - two, two, kept, gone, tuple(contradictions(one, two, last, ONE[about])))


def bridged(records: Container[Ref], said: Iterable[Pair]) -> Iterator[tuple[list[Ref], list[Ref]]]:
    """Records that belong together through one that is gone: all of them, and those that live."""
    for group in grouped((), (pair for pair in said if pair[0] not in records or pair[1] not in records)):
        if living := [ref for ref in group if ref in records]:
            yield group, living


def latest(decisions: Iterable[Decision], records: Container[Ref], gone: Mapping[Ref, Ref]) -> dict[Pair, Decision]:
    """What is in force about two living records; a record that is gone is stood for by the one that it became."""
    found = {}
    for decision in sorted(decisions, key=lambda one: one.number):
        one, other = (gone.get(ref, ref) for ref in (decision.one, decision.other))
        if one != other and one in records and other in records:
            found[ordered(one, other)] = decision
    return found


def contradictions(
    one: Iterable[Pair], two: Iterable[Pair], last: Mapping[Pair, Decision], same: str
) -> Iterator[SetAside]:
    """Decisions that two records are two although other decisions, or the CRMs, make them one."""
    group_of = {ref: number for number, group in enumerate(grouped((), one)) for ref in group}
    for pair in sorted(two):
        first, other = pair
        if first in group_of and group_of[first] == group_of.get(other):
            reason = f"decision {last[pair].number} keeps it apart from {full_name(other)}, others make them {same}"
            yield SetAside(first, reason)


def ordered(one: Ref, other: Ref) -> Pair:
    return (one, other) if one < other else (other, one)
