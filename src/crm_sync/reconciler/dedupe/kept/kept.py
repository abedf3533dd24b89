"""What is kept of a matching of everybody, so that later ones need to look at little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.names import Names
from crm_sync.reconciler.dedupe.kept.shelf import Sheet, Shelf, both_ways
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair
from crm_sync.reconciler.dedupe.matching.match import Matched, Matcher
from crm_sync.reconciler.dedupe.matching.statistics import Statistics


class Crowd(NamedTuple):
    """What too many records share, and the first of these."""

    kind: str
    value: str
    first: int


@dataclass(slots=True)
class Kept:
    """All of it by the numbers of `names`.

    blocks   key → records, and `keys`: record → keys
    pairs    record → records and scores
    first    record → the leader of its group before groups were looked at as a whole, and `members` back
    wholes   such a leader → others, and scores as a whole
    final    record → the leader of its group
    said     record → a digest of its row, and `known`: what it says
    links    by record, and `reviews` by pair, with their evidence; `crowds` by key
    """

    statistics: Statistics
    names: Names
    blocks: Shelf
    keys: Shelf
    pairs: Shelf
    first: Shelf
    members: Shelf
    wholes: Shelf
    final: Shelf
    said: Shelf
    known: Sheet
    links: Sheet
    reviews: dict[Pair, dict[str, Any]]
    crowds: dict[int, Crowd]
    compared: int
    decided: Decided
    reviewed: dict[int, set[Pair]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pair in self.reviews:
            self.mark(pair)

    @property
    def changed(self) -> int:
        """How many records came, changed or went since everybody was matched."""
        return len(self.said.fresh) + len(self.names.gone)

    def mark(self, pair: Pair) -> None:
        for end in pair:
            self.reviewed.setdefault(end, set()).add(pair)

    def matched(self) -> Matched:
        """As a matching of everybody tells it, by the order of names."""
        living = self.names.living()["number"].combine_chunks()
        place = pa.array(places(living.to_pylist(), len(self.names.base) + len(self.names.later)), pa.int32())

        def ordered(rows: pa.Table, *columns: str) -> pa.Table:
            for name in columns:
                rows = rows.set_column(rows.column_names.index(name), name, place.take(rows[name].combine_chunks()))
            return rows

        final = dict(zip(self.final.base["rid"].to_pylist(), self.final.base["leader"].to_pylist(), strict=True))
        final.update({number: rows[0][0] for number, rows in self.final.fresh.items() if rows})
        leader = place.take(pa.array([final[number] for number in living.to_pylist()], pa.int32()))
        links = ordered(self.links.all(), "rid", "a", "b").sort_by("rid")
        reviews = pa.Table.from_pylist(list(self.reviews.values()), links.drop_columns("rid").schema)
        by_score = [("score", "descending"), ("a", "ascending"), ("b", "ascending")]
        reviews = ordered(reviews, "a", "b").sort_by(by_score)
        return Matched(leader, links, reviews, ordered(self.crowded(), "first"), self.compared)

    def crowded(self) -> pa.Table:
        rows = [(one.kind, one.value, self.blocks.count(key), one.first) for key, one in self.crowds.items()]
        columns = list(zip(*rows, strict=True)) or [()] * 4
        names, types = ("kind", "value", "records", "first"), (pa.string(), pa.string(), pa.int64(), pa.int32())
        cells = [pa.array(found, kind) for found, kind in zip(columns, types, strict=True)]
        return pa.table(cells, names=list(names)).sort_by([("records", "descending"), ("value", "ascending")])


def places(living: Iterable[int], count: int) -> list[int | None]:
    """Number → place among the living."""
    found: list[int | None] = [None] * count
    for place, number in enumerate(living):
        found[number] = place
    return found


def kept_of(
    matcher: Matcher, people: pa.Table, names: pa.Array, decided: Decided, statistics: Statistics | None = None
) -> tuple[Kept, Matched]:  # fmt: skip
    """Everybody is matched; `names` belong to the rows of `people`, which are numbered by them. Raises Failed."""
    engine = matcher.engine
    said = chain.digests(people, engine)
    told = chain.told(people, matcher.words, engine, statistics)
    few = statistics.few if statistics else chain.few(told)
    keyed = chain.keyed(told, engine, few=few)
    told["pairs"] = chain.pairs_of(told, engine, few=few)
    del told["persons"], told["spellings"]
    worked = matcher.worked_out(len(people), told, decided, statistics, few=few)
    matched, groups = worked.matched, chain.groups_of(worked.first)
    crowded = matched.crowds
    kept = Kept(
        statistics=worked.statistics,
        names=Names(names),
        blocks=Shelf(one_piece(keyed)),
        keys=Shelf(one_piece(keyed.select(["rid", "key"]).sort_by("rid"))),
        pairs=Shelf(one_piece(both_ways(worked.pairs))),
        first=Shelf(one_piece(groups)),
        members=Shelf(one_piece(groups.select(["leader", "rid"]).sort_by("leader"))),
        wholes=Shelf(one_piece(both_ways(worked.tables["whole"]))),
        final=Shelf(one_piece(worked.tables["groups"])),
        said=Shelf(one_piece(said)),
        known=Sheet(one_piece(worked.tables["known"].sort_by("rid"))),
        links=Sheet(one_piece(matched.links)),
        reviews={(row["a"], row["b"]): row for row in matched.reviews.to_pylist()},
        crowds=dict(zip(
            chain.crowd_keys(crowded, engine),
            map(Crowd._make, zip(*(crowded[name].to_pylist() for name in Crowd._fields), strict=True)),
            strict=True,
        )),
        compared=matched.compared,
        decided=decided,
    )  # fmt: skip
    return kept, matched


def one_piece(table: pa.Table) -> pa.Table:
    return table.combine_chunks()


def number_pairs(names: Names, pairs: Iterable[tuple[str, str]]) -> frozenset[Pair]:
    """Pairs of names as pairs of numbers, the lower name first; of records that are there."""
    found = set()
    for pair in pairs:
        one, other = (names.find(name) for name in sorted(pair))
        if one is not None and other is not None and not {one, other} & names.gone:
            found.add((one, other))
    return frozenset(found)
