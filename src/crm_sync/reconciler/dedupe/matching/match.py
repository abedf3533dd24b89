"""Who is who among the rows of a table: groups, and for each row the best evidence that it belongs to its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.caution import cautious_link
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.matching.prior import moved, shift
from crm_sync.reconciler.dedupe.matching.statistics import QUESTIONS, Statistics
from crm_sync.reconciler.dedupe.matching.whole import between, excluded, judged

MOST_REVIEWS: Final = 0.03  # of all people: more than that nobody looks at
FEW_REVIEWS: Final = 25  # that many are looked at even where there are few people


@dataclass(frozen=True, slots=True)
class Matched:
    """`leader` of each row is the lowest number of its group. `links` tell of each row but the leader which row of the
    group it resembles most (rid, a, b, score, evidence, because); `reviews` are pairs that a person should look at, the
    likeliest first (the same without rid); `crowds` what too many records share (kind, value, records, and the first
    record). A score is the natural
    logarithm of the odds that two rows are one person."""

    leader: pa.Array
    links: pa.Table
    reviews: pa.Table
    crowds: pa.Table
    compared: int


@dataclass(frozen=True, slots=True)
class Worked:
    """How it came to that: the statistics, all that was asked, every pair with its own score, and the leader of each
    row before groups were looked at as a whole."""

    matched: Matched
    statistics: Statistics
    tables: chain.Tables
    pairs: pa.Table
    first: Sequence[int]


@dataclass(frozen=True, slots=True)
class Matcher:
    """What matching is handed; `language` is that of the evidence."""

    words: IdentityWords
    model: IdentityModel
    engine: Engine
    language: str = "en"

    def __call__(
        self, people: pa.Table, decided: Decided = Decided(), statistics: Statistics | None = None
    ) -> Matched:  # fmt: skip
        """`people` has the columns of chain.PEOPLE, `rid` from 0 on; their own statistics where none are given. Raises
        Failed."""
        count = len(people)
        tables = chain.prepared(people, self.words, self.engine, statistics)
        del people
        return self.worked_out(count, tables, decided, statistics).matched

    def worked_out(
        self, count: int, tables: chain.Tables, decided: Decided, statistics: Statistics | None, *, few: bool = False
    ) -> Worked:  # fmt: skip
        """`tables` are `prepared`; `few` is kept as it is. Raises Failed."""
        engine = self.engine
        scored = chain.scored(tables, self.model, engine)
        add = statistics.shift if statistics else self.shift(scored)
        pairs = tables["scored"] = moved(scored, add, self.model)
        del scored
        first, link = self.grouped(count, tables, decided, statistics.link if statistics else None, add)
        leader = tables["groups"]["leader"].combine_chunks()
        links = chain.links(tables, engine)
        most = max(FEW_REVIEWS, int(len(leader.unique()) * MOST_REVIEWS))
        if statistics:
            reviews = chain.reviews(tables, statistics.review, chain.ALL, engine)
        else:
            reviews = chain.reviews(tables, self.model.review, most, engine)
            least = reviews["score"][-1].as_py() if len(reviews) == most else self.model.review
            statistics = Statistics({name: tables[name] for name in QUESTIONS}, add, link, least, few)
        told = self.because(tables, links, reviews)
        links, reviews = (chain.with_told(rows, told, engine) for rows in (links, reviews))
        matched = Matched(leader, links, reviews, chain.crowds(tables, engine), len(pairs))
        return Worked(matched, statistics, tables, pairs, first)

    def compare(
        self, people: pa.Table, one: int, other: int, statistics: Statistics | None = None
    ) -> Mapping[str, Any]:  # fmt: skip
        """score, evidence and because of two rows, whether or not a key brings them together. With `statistics` nobody
        but the two has to be among `people`. Raises Failed."""
        if statistics:
            tables, add = chain.told(people, self.words, self.engine, statistics), statistics.shift
        else:
            tables = chain.prepared(people, self.words, self.engine)
            add = self.shift(chain.scored(tables, self.model, self.engine))
        ends = {"a": [min(one, other)], "b": [max(one, other)]}
        tables["pairs"] = pa.table(
            {side: pa.array(cells, pa.int32()) for side, cells in ends.items()} | {"whole": [0.0]}
        )
        found = moved(chain.scored(tables, self.model, self.engine), add, self.model)
        told = chain.explained(tables, tables["pairs"], self.words, self.model, self.language, self.engine)
        return dict(chain.with_told(found, told, self.engine).to_pylist()[0])

    def shift(self, scored: pa.Table) -> float:
        return shift(chain.histogram(scored, self.engine), self.model.prior)

    def grouped(
        self, count: int, tables: chain.Tables, decided: Decided, link: float | None, shift: float
    ) -> tuple[list[int], float]:  # fmt: skip
        """The leader of each row among groups that the surest pairs make, and the score from which on two of these are
        one person (`link` where it is known), judged as a whole; `shift` was added to every score. Leaves `groups` and,
        with what the whole adds, `scored` in `tables`."""
        first = grouped(count, tables["scored"], self.model, self.model.sure, decided)
        tables["groups"] = chain.groups_of(first)
        tables["whole"] = judged(between(tables, self.model, self.engine), self.model, self.engine)
        apart = excluded(tables, self.model, self.engine)
        tables["scored"] = chain.with_whole(tables, self.engine)
        if link is None:
            link = cautious_link(first, chain.links(tables, self.engine), tables["whole"], self.model, shift)
        pairs = pa.concat_tables([tables["whole"], apart])
        second = grouped(count, pairs, self.model, link, of_groups(decided, first))
        tables["groups"] = chain.groups_of([second[leader] for leader in first])
        return first, link

    def because(self, tables: chain.Tables, links: pa.Table, reviews: pa.Table) -> pa.Table:
        pairs = chain.told_pairs({**tables, "links": links, "reviews": reviews}, self.engine)
        return chain.explained(tables, pairs, self.words, self.model, self.language, self.engine)


def of_groups(decided: Decided, first: Sequence[int]) -> Decided:
    """What was decided of records, for the groups that these lead: who is one person is in one group already."""
    return Decided(two={(min(ends), max(ends)) for x, y in decided.two for ends in [(first[x], first[y])]})
