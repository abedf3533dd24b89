"""What is settled before anything is compared: what the CRMs themselves say, and what people have decided."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crm_sync.changes import SetAside
from crm_sync.reconciler.dedupe.groups import grouped
from crm_sync.reconciler.words import full_name
from crm_sync.records import Decision, Person, Ref

Pair = tuple[Ref, Ref]


@dataclass(frozen=True, slots=True)
class Ties:
    """`said` are pairs as the CRMs say them, `one` and `two` pairs of living records that are one person and two.
    `gone` is the lowest living record that stands for a ref that is gone."""

    said: tuple[Pair, ...]
    one: frozenset[Pair]
    two: frozenset[Pair]
    decisions: tuple[Decision, ...]
    gone: Mapping[Ref, Ref]
    set_aside: tuple[SetAside, ...]


def ties_of(people: Mapping[Ref, Person], merged: Iterable[Pair], decisions: Sequence[Decision]) -> Ties:
    """`merged` are refs that are gone, each with the one that it became part of. Of two decisions about one pair the
    later one holds."""
    named = ((person.ref, other) for person in people.values() for other in person.same_as)
    said = tuple(sorted({pair for pair in (*merged, *named) if pair[0] != pair[1]}))
    bridges = list(bridged(people, said))
    gone = {ref: living[0] for group, living in bridges for ref in group if ref not in people}
    last = latest(decisions, people, gone)
    one = {ordered(*pair) for pair in said if pair[0] in people and pair[1] in people}
    one |= {pair for _, living in bridges for pair in pairwise(living)}
    one |= {pair for pair, decision in last.items() if decision.same}
    two = frozenset(pair for pair, decision in last.items() if not decision.same)
    kept = tuple(last[pair] for pair in sorted(last))
    return Ties(said, frozenset(one) - two, two, kept, gone, tuple(contradictions(one, two, last)))


def bridged(people: Container[Ref], said: Iterable[Pair]) -> Iterator[tuple[list[Ref], list[Ref]]]:
    """Records that belong together through one that is gone: all of them, and those that live."""
    for group in grouped((), (pair for pair in said if pair[0] not in people or pair[1] not in people)):
        if living := [ref for ref in group if ref in people]:
            yield group, living


def latest(decisions: Iterable[Decision], people: Container[Ref], gone: Mapping[Ref, Ref]) -> dict[Pair, Decision]:
    """What is in force about two living records; a record that is gone is stood for by the one that it became."""
    found = {}
    for decision in sorted(decisions, key=lambda one: one.number):
        one, other = (gone.get(ref, ref) for ref in (decision.one, decision.other))
        if one != other and one in people and other in people:
            found[ordered(one, other)] = decision
    return found


def contradictions(one: Iterable[Pair], two: Iterable[Pair], last: Mapping[Pair, Decision]) -> Iterator[SetAside]:
    """Decisions that two records are two people although other decisions, or the CRMs, make them one."""
    person_of = {ref: number for number, group in enumerate(grouped((), one)) for ref in group}
    for pair in sorted(two):
        first, other = pair
        if first in person_of and person_of[first] == person_of.get(other):
            reason = f"decision {last[pair].number} keeps it apart from {full_name(other)}, others make them one person"
            yield SetAside(first, reason)


def ordered(one: Ref, other: Ref) -> Pair:
    return (one, other) if one < other else (other, one)
