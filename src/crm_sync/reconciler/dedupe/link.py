"""Links: which records are one person, by exact keys only, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from crm_sync.changes import Link, SetAside
from crm_sync.engine.base import Engine
from crm_sync.engine.questions import read_question
from crm_sync.reconciler.dedupe.groups import grouped
from crm_sync.reconciler.dedupe.ids import age, person_ids
from crm_sync.reconciler.dedupe.keys import keys_of
from crm_sync.reconciler.words import crm_name, full_name, record_name
from crm_sync.records import Person, Ref

SAME_KEYS = read_question(__package__, "same_keys.sql")
LARGEST_BLOCK = (
    50  # more records with one key than a person has: the key names something else, a switchboard or a default
)
KEY_COLUMNS = ("rule", "key", "ref")
SAID, EMAIL, PHONE = range(3)  # the better evidence first


class Edge(NamedTuple):
    """`ref` and `other` are one person; `because` is what `ref` has to say for it."""

    ref: Ref
    strength: int
    other: Ref
    because: str


@dataclass(frozen=True, slots=True)
class Linked:
    """`person_of` also knows refs that are gone, which other records still name. Records come oldest first."""

    links: tuple[Link, ...]
    records: Mapping[str, tuple[Person, ...]]
    person_of: Mapping[Ref, str]
    set_aside: tuple[SetAside, ...]


def link_people(
    people: Iterable[Person], merged: Iterable[tuple[Ref, Ref]], held: Mapping[Ref, str], engine: Engine
) -> Linked:
    """`merged` are refs that are gone, each with the one that it became part of; `held` the ids of the last plan."""
    by_ref = {person.ref: person for person in sorted(people, key=lambda person: person.ref)}
    blocks, set_aside = shared_keys(by_ref.values(), engine)
    said = [*merged, *((person.ref, other) for person in by_ref.values() for other in person.same_as)]
    edges = sorted([*said_edges(said), *blocks])
    groups = grouped(by_ref, ((edge.ref, edge.other) for edge in edges))
    groups = [group for group in groups if any(ref in by_ref for ref in group)]
    records = [tuple(sorted((by_ref[ref] for ref in group if ref in by_ref), key=age)) for group in groups]
    ids = person_ids(records, held)
    return Linked(
        tuple(sorted(links_of(records, ids, evidence(edges)), key=lambda link: link.ref)),
        dict(sorted(zip(ids, records, strict=True))),
        {ref: person_id for group, person_id in zip(groups, ids, strict=True) for ref in group},
        set_aside,
    )


def evidence(edges: Iterable[Edge]) -> dict[Ref, str]:
    """The best reason of every ref that has one; `edges` in order."""
    found: dict[Ref, str] = {}
    for edge in edges:
        found.setdefault(edge.ref, edge.because)
    return found


def links_of(records: Sequence[Sequence[Person]], ids: Sequence[str], because: Mapping[Ref, str]) -> Iterator[Link]:
    for group, person_id in zip(records, ids, strict=True):
        yield Link(group[0].ref, person_id)
        yield from (Link(record.ref, person_id, because[record.ref]) for record in group[1:])


def said_edges(said: Iterable[tuple[Ref, Ref]]) -> Iterator[Edge]:
    """What a CRM itself says: merged, converted and synced ids."""
    for ref, other in said:
        if other != ref:
            yield Edge(ref, SAID, other, f"{crm_name(ref.crm)} says {full_name(other)}")
            yield Edge(other, SAID, ref, f"{crm_name(ref.crm)} says so in {record_name(ref)}")


def shared_keys(people: Iterable[Person], engine: Engine) -> tuple[list[Edge], tuple[SetAside, ...]]:
    """Edges between records with an equal key, and the blocks that are too large to mean one person."""
    refs = {str(person.ref): person.ref for person in people}
    edges: list[Edge] = []
    too_large: list[SetAside] = []
    for row in engine.ask(SAME_KEYS, {"keys": key_table(people)}).to_pylist():
        ref, first = refs[row["ref"]], refs[row["first_ref"]]
        if row["size"] <= LARGEST_BLOCK:
            edges += both_ways(row["rule"], ref, first)
        elif ref == first:
            too_large.append(SetAside(first, f"not linked by {row['rule']}: {row['size']} records share it"))
    return edges, tuple(too_large)


def both_ways(rule: str, ref: Ref, first: Ref) -> list[Edge]:
    if ref == first:
        return []
    strength = EMAIL if rule == "e-mail" else PHONE
    return [
        Edge(ref, strength, first, f"same {rule} as {full_name(first)}"),
        Edge(first, strength, ref, f"same {rule} as {full_name(ref)}"),
    ]


def key_table(people: Iterable[Person]) -> pa.Table:
    rows = sorted({(key.rule, key.value, str(person.ref)) for person in people for key in keys_of(person)})
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(KEY_COLUMNS, columns, strict=True)})
