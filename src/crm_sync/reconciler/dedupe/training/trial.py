"""Who is who with some weights, without what is settled: what two sets of weights make of the same people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.caution import doubts, merged_of, misjudged, one_by_one
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.matching.prior import moved
from crm_sync.reconciler.dedupe.matching.statistics import QUESTIONS, Statistics


class Trial(NamedTuple):
    """`groups`: the leader of each row. `wrong`: the share of merged groups that is to be expected wrong."""

    groups: Sequence[int]
    statistics: Statistics
    wrong: float

    def together(self, pairs: Collection[Pair]) -> int:
        """How many of the pairs are one person here."""
        return sum(self.groups[one] == self.groups[other] for one, other in pairs)

    @property
    def duplicates(self) -> int:
        """Records beyond the first of each person."""
        return len(self.groups) - len(set(self.groups))

    @property
    def largest(self) -> int:
        return max(Counter(self.groups).values(), default=0)


def asked_of(people: pa.Table, matcher: Matcher, statistics: Statistics | None = None) -> tuple[chain.Tables, bool]:
    """All that comparing needs, and whether loose rules find pairs. Raises Failed."""
    tables = chain.told(people, matcher.words, matcher.engine, statistics)
    few = statistics.few if statistics else chain.few(tables)
    tables["pairs"] = chain.pairs_of(tables, matcher.engine, few=few)
    return {name: table for name, table in tables.items() if name not in ("spellings", "persons")}, few


def trial(
    count: int, tables: chain.Tables, matcher: Matcher, *, few: bool, statistics: Statistics | None = None
) -> Trial:  # fmt: skip
    """`tables` are `asked_of` these people, `statistics` those of a trial of others with the same weights. Raises
    Failed."""
    tables, engine, model = dict(tables), matcher.engine, matcher.model
    scored = chain.scored(tables, model, engine)
    add = statistics.shift if statistics else matcher.shift(scored)
    tables["scored"] = moved(scored, add, model)
    first, link = matcher.grouped(count, tables, Decided(), statistics.link if statistics else None, add)
    groups: list[int] = tables["groups"]["leader"].to_pylist()
    tables["groups"] = chain.groups_of(first)
    wrong = expected(first, chain.links(tables, engine), tables["whole"], matcher, link, add)
    found = Statistics({name: tables[name] for name in QUESTIONS}, add, link, model.review, few)
    return Trial(groups, statistics or found, wrong)


def expected(
    first: Sequence[int], links: pa.Table, whole: pa.Table, matcher: Matcher, link: float, shift: float
) -> float:  # fmt: skip
    """The share of merged groups that the scores expect to hold two people, at the score that groups have to reach."""
    model = matcher.model
    merged = len(merged_of(first))
    wrong = (compute.sum(doubts(links["score"])).as_py() or 0.0) + model.mistaken * len(links)
    for score, so_far, groups in one_by_one(first, links, whole, model):
        if score < link:
            break
        wrong, merged = so_far, groups
    return float(wrong * misjudged(len(first), shift, model) / max(merged, 1))


def partners(groups: Iterable[int]) -> list[frozenset[int]]:
    """Of each row, the rows of its group."""
    members: dict[int, list[int]] = {}
    listed = list(groups)
    for row, leader in enumerate(listed):
        members.setdefault(leader, []).append(row)
    whole = {leader: frozenset(rows) for leader, rows in members.items()}
    return [whole[leader] for leader in listed]
