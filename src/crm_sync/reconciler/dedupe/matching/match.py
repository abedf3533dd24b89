"""Who is who among the rows of a table: groups, and for each row the best evidence that it belongs to its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.matching.prior import moved, shift
from crm_sync.reconciler.dedupe.matching.whole import between, judged

MOST_REVIEWS: Final = 0.03  # of all people: more than that nobody looks at


@dataclass(frozen=True, slots=True)
class Matched:
    """`leader` of each row is the lowest number of its group. `links` tell of each row but the leader which row of the
    group it resembles most (rid, a, b, score, because); `reviews` are pairs that a person should look at, the likeliest
    first (a, b, score, because); `crowds` what too many records share (kind, value, records). A score is the natural
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
        tables["scored"] = moved(scored, shift(chain.histogram(scored, engine), self.model.prior))
        del scored
        leader = self.grouped(count, tables, decided)
        links = chain.links(tables, engine)
        reviews = chain.reviews(tables, self.model.review, int(len(leader.unique()) * MOST_REVIEWS), engine)
        told = self.because(tables, links, reviews)
        compared = len(tables["pairs"])
        return Matched(leader, with_told(links, told), with_told(reviews, told), chain.crowds(tables, engine), compared)

    def grouped(self, count: int, tables: chain.Tables, decided: Decided) -> pa.Array:
        """The leader of each row: the surest pairs make groups, and then groups are judged as a whole. Leaves `groups`
        and, with what the whole adds, `scored` in `tables`."""
        first = grouped(count, tables["scored"], self.model, self.model.sure, decided)
        tables["groups"] = groups_of(first)
        tables["whole"] = judged(between(tables, self.model, self.engine), self.model, self.engine)
        tables["scored"] = chain.with_whole(tables, self.engine)
        of_groups = Decided(two={(min(ends), max(ends)) for x, y in decided.two for ends in [(first[x], first[y])]})
        second = grouped(count, tables["whole"], self.model, self.model.link, of_groups)
        tables["groups"] = groups_of([second[leader] for leader in first])
        return tables["groups"]["leader"].combine_chunks()

    def because(self, tables: chain.Tables, links: pa.Table, reviews: pa.Table) -> pa.Table:
        pairs = chain.told_pairs({**tables, "links": links, "reviews": reviews}, self.engine)
        return chain.explained(tables, pairs, self.words, self.model, self.language, self.engine)


def groups_of(leaders: Sequence[int]) -> pa.Table:
    return pa.table({"rid": pa.array(range(len(leaders)), pa.int32()), "leader": pa.array(leaders, pa.int32())})


def with_told(rows: pa.Table, told: pa.Table) -> pa.Table:
    names = rows.column_names
    joined = rows.join(told, ["a", "b"]).select([*names, "because"])
    return joined.sort_by(
        [("rid", "ascending")] if "rid" in names else [("score", "descending"), ("a", "ascending"), ("b", "ascending")]
    )
