"""Why a record belongs to its person: of everything that ties it to another record of the person, the best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from crm_sync.changes import Compared, Reason
from crm_sync.reconciler.dedupe.matching.match import Matched
from crm_sync.reconciler.dedupe.ties import Pair, Ties
from crm_sync.reconciler.words import crm_name, full_name, record_name
from crm_sync.records import Decision, Person, Ref

SAID, DECIDED, MATCHED = range(3)  # the better evidence first


class Tie(NamedTuple):
    """`ref` and `other` are one person; `because` is what `ref` has to say for it."""

    ref: Ref
    strength: int
    against: float  # orders equal strength: the lower one is better
    other: Ref
    because: str
    compared: Compared | None = None


def best_ties(ties: Iterable[Tie], person_of: Mapping[Ref, str]) -> dict[Ref, Tie]:
    """The best one of every ref that has one; what ties records that were told apart is none."""
    found: dict[Ref, Tie] = {}
    for tie in ties:
        if person_of.get(tie.ref) == person_of.get(tie.other):
            before = found.get(tie.ref)
            if before is None or tie[1:4] < before[1:4]:
                found[tie.ref] = tie
    return found


def ties_in(people: Sequence[Person], ties: Ties, matched: Matched | None) -> Iterator[Tie]:
    found = matched_ties(people, matched) if matched else ()
    return chain(said_ties(ties.said), decided_ties(ties.decisions), found)


def said_ties(said: Iterable[Pair]) -> Iterator[Tie]:
    """What a CRM itself says: merged, converted and synced ids."""
    for ref, other in said:
        yield Tie(ref, SAID, 0, other, f"{crm_name(ref.crm)} says {full_name(other)}")
        yield Tie(other, SAID, 0, ref, f"{crm_name(ref.crm)} says so in {record_name(ref)}")


def decided_ties(decisions: Iterable[Decision]) -> Iterator[Tie]:
    for decision in decisions:
        if decision.same:
            told = f"{decision.by} decided on {decision.at:%Y-%m-%d} that it is"
            yield Tie(decision.one, DECIDED, -decision.number, decision.other, f"{told} {full_name(decision.other)}")
            yield Tie(decision.other, DECIDED, -decision.number, decision.one, f"{told} {full_name(decision.one)}")


def matched_ties(people: Sequence[Person], matched: Matched) -> Iterator[Tie]:
    for row in matched.links.to_pylist():
        one, other = people[row["a"]].ref, people[row["b"]].ref
        for ref, like in ((one, other), (other, one)):
            because = f"{row['because']}: {full_name(like)}"
            yield Tie(ref, MATCHED, -row["score"], like, because, compared_of(row))


def compared_of(row: Mapping[str, Any]) -> Compared:
    return Compared(row["score"], tuple(Reason(one["told"], one["weight"]) for one in row["evidence"]))
