"""What all people together say of one: how often a name occurs, who shares a number, how common duplicates are.

Kept as a value, so that somebody who changed can be matched anew without a look at everybody else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

#: Question → the answer whose rows look into it, and by which columns; it is sorted by these.
LOOKED_UP: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "sites": ("employers", ("name",)), "twins": ("persons", ("company",)),
    "brands": ("employers", ("domain",)), "numbers": ("persons", ("phone",)),
    "boxes": ("persons", ("mailbox",)), "givens": ("persons", ("g",)), "surnames": ("persons", ("s",)),
    "cities": ("persons", ("city",)), "locals": ("persons", ("local",)), "staffs": ("persons", ("employer",)),
    "namesakes": ("persons", ("g", "s")), "families": ("persons", ("employer", "s")),
    "firsts": ("persons", ("employer", "g")),
}  # fmt: skip
QUESTIONS: Final = (*LOOKED_UP, "total")
FEW: Final = 1_000  # rows: more of them are answered sooner by all of the statistics than by a search for each


@dataclass(frozen=True, slots=True)
class Statistics:
    """`tables` are the answers to QUESTIONS; what occurs once is in none of them. `shift` is what is added to each
    score, `link` the score from which on two groups are one person, `review` that from which on a person looks at a
    pair; `few`: whether the people are so few that loose rules find pairs, too."""

    tables: Mapping[str, pa.Table]
    shift: float
    link: float
    review: float
    few: bool

    def of(self, question: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The rows that the rows of `tables` look for, or all."""
        answer = self.tables[question]
        if question not in LOOKED_UP:
            return answer
        source, columns = LOOKED_UP[question]
        asking = tables[source].select(columns)
        if len(asking) > FEW:
            return answer
        wanted = {values for row in asking.to_pylist() if None not in (values := tuple(row.values()))}
        return answer.take(pa.array(places(answer, columns, sorted(wanted)), pa.int64()))


def places(table: pa.Table, columns: Sequence[str], wanted: Sequence[tuple[Any, ...]]) -> Iterator[int]:
    """Where each of these is, of those that are there."""
    cells = [table[name] for name in columns]

    def at(place: int) -> tuple[Any, ...]:
        return tuple(column[place].as_py() for column in cells)

    for values in wanted:
        place = bisect_left(range(len(table)), values, key=at)
        if place < len(table) and at(place) == values:
            yield place
