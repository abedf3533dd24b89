"""Who is who among the rows of a table: groups, and for each row the best evidence that it belongs to its group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.matching.prior import moved, shift

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
        leader = pa.array(grouped(count, tables["scored"], self.model, decided), pa.int32())
        tables["groups"] = pa.table({"rid": pa.array(range(count), pa.int32()), "leader": leader})
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
        tables["pairs"] = pa.table({side: pa.array(cells, pa.int32()) for side, cells in ends.items()})
        found = moved(chain.scored(tables, self.model, self.engine), add, self.model)
        told = chain.explained(tables, tables["pairs"], self.words, self.model, self.language, self.engine)
        return dict(chain.with_told(found, told, self.engine).to_pylist()[0])

    def shift(self, scored: pa.Table) -> float:
        return shift(chain.histogram(scored, self.engine), self.model.prior)

    def because(self, tables: chain.Tables, links: pa.Table, reviews: pa.Table) -> pa.Table:
        pairs = (
            pa.concat_tables([links.select(["a", "b"]), reviews.select(["a", "b"])]).group_by(["a", "b"]).aggregate([])
        )
        return chain.explained(tables, pairs, self.words, self.model, self.language, self.engine)
