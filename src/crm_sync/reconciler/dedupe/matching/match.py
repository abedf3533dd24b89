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
class Matcher:
    """What matching is handed; `language` is that of the evidence."""

    words: IdentityWords
    model: IdentityModel
    engine: Engine
    language: str = "en"

    def __call__(self, people: pa.Table, decided: Decided = Decided()) -> Matched:
        """`people` has the columns of chain.PEOPLE, `rid` from 0 on. Raises Failed."""
        count, engine = len(people), self.engine
        tables = chain.prepared(people, self.words, engine)
        del people
        scored = chain.scored(tables, self.model, engine)
        tables["scored"] = moved(scored, self.shift(scored), self.model)
        del scored
        leader = self.grouped(count, tables, decided)
        links = chain.links(tables, engine)
        most = max(FEW_REVIEWS, int(len(leader.unique()) * MOST_REVIEWS))
        reviews = chain.reviews(tables, self.model.review, most, engine)
        told = self.because(tables, links, reviews)
        compared = len(tables["pairs"])
        links, reviews = (chain.with_told(rows, told, engine) for rows in (links, reviews))
        return Matched(leader, links, reviews, chain.crowds(tables, engine), compared)

    def compare(self, people: pa.Table, one: int, other: int) -> Mapping[str, Any]:
        """score, evidence and because of two rows, whether or not a key brings them together. Raises Failed."""
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

    def grouped(self, count: int, tables: chain.Tables, decided: Decided) -> pa.Array:
        """The leader of each row: the surest pairs make groups, and then groups are judged as a whole. Leaves `groups`
        and, with what the whole adds, `scored` in `tables`."""
        first = grouped(count, tables["scored"], self.model, self.model.sure, decided)
        tables["groups"] = groups_of(first)
        tables["whole"] = judged(between(tables, self.model, self.engine), self.model, self.engine)
        apart = excluded(tables, self.model, self.engine)
        tables["scored"] = chain.with_whole(tables, self.engine)
        of_groups = Decided(two={(min(ends), max(ends)) for x, y in decided.two for ends in [(first[x], first[y])]})
        link = cautious_link(first, chain.links(tables, self.engine), tables["whole"], self.model)
        second = grouped(count, pa.concat_tables([tables["whole"], apart]), self.model, link, of_groups)
        tables["groups"] = groups_of([second[leader] for leader in first])
        return tables["groups"]["leader"].combine_chunks()

    def because(self, tables: chain.Tables, links: pa.Table, reviews: pa.Table) -> pa.Table:
        pairs = chain.told_pairs({**tables, "links": links, "reviews": reviews}, self.engine)
        return chain.explained(tables, pairs, self.words, self.model, self.language, self.engine)


def groups_of(leaders: Sequence[int]) -> pa.Table:
    return pa.table({"rid": pa.array(range(len(leaders)), pa.int32()), "leader": pa.array(leaders, pa.int32())})
