"""A few records numbered from 0 on in the order of their names, as the questions of matching take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.kept import Kept
from crm_sync.reconciler.dedupe.kept.names import Names
from crm_sync.reconciler.dedupe.kept.shelf import Shelf
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair

SCORED = pa.schema([("a", pa.int32()), ("b", pa.int32()), ("score", pa.float32())])


class Naming(Protocol):
    """What keeps records by the numbers of their names."""

    @property
    def names(self) -> Names: ...


@dataclass(frozen=True, slots=True)
class Local:
    """`numbers` are those that Kept knows, `place` is where each stands."""

    numbers: Sequence[int]
    place: Mapping[int, int]

    @classmethod
    def of(cls, kept: Naming, numbers: Iterable[int]) -> Local:
        found = kept.names.sorted(set(numbers))
        return cls(found, {number: place for place, number in enumerate(found)})

    def __len__(self) -> int:
        return len(self.numbers)

    def back(self, places: Iterable[int]) -> list[int]:
        return [self.numbers[place] for place in places]

    def pair(self, one: int, other: int) -> Pair:
        low, high = sorted((self.place[one], self.place[other]))
        return low, high

    def pairs(self, shelf: Shelf, of: Iterable[int] | None = None) -> pa.Table:
        """a, b, score: what `shelf` holds between these, or what it holds of some of them."""
        found = {
            (min(here, there), max(here, there)): score
            for number in (self.numbers if of is None else of)
            for here in [self.place[number]]
            for other, score in shelf[number]
            if (there := self.place.get(other)) is not None
        }
        return scored_table([(*pair, score) for pair, score in sorted(found.items())])

    def scores(self, table: pa.Table) -> Iterator[tuple[int, int, float]]:
        """Rows of a, b and score with the numbers that Kept knows."""
        a, b, scores = (table[name].to_pylist() for name in SCORED.names)
        return zip(self.back(a), self.back(b), scores, strict=True)

    def decided(self, decided: Decided) -> Decided:
        """What was decided of these."""
        one, two = (
            {self.pair(*pair) for pair in pairs if pair[0] in self.place and pair[1] in self.place}
            for pairs in (decided.one, decided.two)
        )
        return Decided(one, two)

    def groups(self, leaders: Shelf) -> pa.Table:
        """rid, leader: the leaders are among these."""
        return chain.groups_of([self.place[leaders.one(number)] for number in self.numbers])

    def tables(self, kept: Kept, scored: pa.Table, leaders: Shelf) -> chain.Tables:
        return {"known": self.known(kept, self.numbers), "scored": scored, "groups": self.groups(leaders)}

    def known(self, kept: Kept, numbers: Iterable[int]) -> pa.Table:
        found = kept.known.rows(numbers)
        places = pa.array([self.place[number] for number in found["rid"].to_pylist()], pa.int32())
        return found.set_column(found.column_names.index("rid"), "rid", places)


def scored_table(rows: Sequence[tuple[int, int, float]]) -> pa.Table:
    """a, b, score."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table([pa.array(cells, one.type) for cells, one in zip(columns, SCORED, strict=True)], SCORED)
