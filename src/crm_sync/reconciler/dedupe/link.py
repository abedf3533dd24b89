"""Links: which records are one person, each with its evidence, and which pairs somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crm_sync.changes import Link, Review, SetAside
from crm_sync.reconciler.dedupe.evidence import Tie, best_ties, compared_of, ties_in
from crm_sync.reconciler.dedupe.ids import age, person_ids
from crm_sync.reconciler.dedupe.kept.memory import Memory
from crm_sync.reconciler.dedupe.matching.clusters import Decided
from crm_sync.reconciler.dedupe.matching.match import Matched, Matcher
from crm_sync.reconciler.dedupe.rows import rows_of
from crm_sync.reconciler.dedupe.ties import Pair, Ties, ties_of
from crm_sync.records import Person, Ref, Snapshot

ALONE: Final = 2  # records; fewer need no comparison


@dataclass(frozen=True, slots=True)
class Linked:
    """`person_of` also knows refs that are gone, which other records still name. Records come oldest first, reviews the
    likeliest first."""

    links: tuple[Link, ...]
    records: Mapping[str, tuple[Person, ...]]
    person_of: Mapping[Ref, str]
    set_aside: tuple[SetAside, ...]
    reviews: tuple[Review, ...] = ()


def link_people(
    snapshot: Snapshot, matcher: Matcher, memory: Memory | None = None, now: datetime | None = None
) -> Linked:  # fmt: skip
    """What the CRMs say and people have decided holds; the rest is matched. With `memory`, and at `now`, only those
    whom a change concerns. Raises Failed."""
    people = sorted(snapshot.people, key=lambda person: person.ref)
    by_ref = {person.ref: person for person in people}
    ties = ties_of(by_ref, snapshot.merged, snapshot.decisions)
    matched = match(people, snapshot, ties, matcher, memory, now)
    records = [tuple(sorted(group, key=age)) for group in groups_of(people, matched)]
    ids = person_ids(records, snapshot.person_ids)
    person_of = {record.ref: one for group, one in zip(records, ids, strict=True) for record in group}
    person_of |= {ref: person_of[living] for ref, living in ties.gone.items()}
    best = best_ties(ties_in(people, ties, matched), person_of)
    return Linked(
        tuple(sorted(links_of(records, ids, best), key=lambda link: link.ref)),
        dict(sorted(zip(ids, records, strict=True))),
        person_of,
        (*ties.set_aside, *crowded(people, matched)),
        tuple(reviews_of(people, ties, matched)),
    )


def match(
    people: Sequence[Person], snapshot: Snapshot, ties: Ties, matcher: Matcher, memory: Memory | None,
    now: datetime | None,
) -> Matched | None:  # fmt: skip
    """None where there is nobody to compare with."""
    if len(people) < ALONE:
        return None
    number = {person.ref: place for place, person in enumerate(people)}

    def numbered(pairs: Iterable[Pair]) -> frozenset[tuple[int, int]]:
        return frozenset((number[one], number[other]) for one, other in pairs)

    companies = {company.ref: company for company in snapshot.companies}
    rows = rows_of(people, companies)
    if memory and now:
        one, two = ({(name_of(x), name_of(y)) for x, y in pairs} for pairs in (ties.one, ties.two))
        return memory.match(matcher, rows, [name_of(person.ref) for person in people], one, two, now)
    return matcher(rows, Decided(numbered(ties.one), numbered(ties.two)))


def name_of(ref: Ref) -> str:
    """In the order of refs: a sign below all that stand in ids is between its parts."""
    return "\x1f".join((ref.crm, ref.kind, ref.id))


def groups_of(people: Sequence[Person], matched: Matched | None) -> list[list[Person]]:
    if matched is None:
        return [[person] for person in people]
    groups: dict[int, list[Person]] = {}
    for person, leader in zip(people, matched.leader.to_pylist(), strict=True):
        groups.setdefault(leader, []).append(person)
    return list(groups.values())


def links_of(records: Sequence[Sequence[Person]], ids: Sequence[str], best: Mapping[Ref, Tie]) -> Iterator[Link]:
    for group, person_id in zip(records, ids, strict=True):
        yield Link(group[0].ref, person_id)
        for record in group[1:]:
            if tie := best.get(record.ref):
                yield Link(record.ref, person_id, tie.because, tie.other, tie.compared)
            else:
                yield Link(record.ref, person_id)


def reviews_of(people: Sequence[Person], ties: Ties, matched: Matched | None) -> Iterator[Review]:
    """Not what has been decided already: who was told from one record of a person was told from the person."""
    if matched is None:
        return
    leader = matched.leader.to_pylist()
    number = {person.ref: place for place, person in enumerate(people)}
    apart = {frozenset((leader[number[one]], leader[number[other]])) for one, other in ties.two}
    for row in matched.reviews.to_pylist():
        if frozenset((leader[row["a"]], leader[row["b"]])) not in apart:
            one, other = people[row["a"]].ref, people[row["b"]].ref
            yield Review(one, other, compared_of(row))


def crowded(people: Sequence[Person], matched: Matched | None) -> Iterator[SetAside]:
    """What too many records share."""
    for row in matched.crowds.to_pylist() if matched else ():
        said = f"not matched by its {row['kind']}: {row['records']} records share it"
        yield SetAside(people[row["first"]].ref, said)
