"""Who is who in a general list: compared side by side, weighed by what the list itself tells, and grouped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.engine.base import Engine
from crm_sync.mappings.identity import IdentityWords
from crm_sync.mappings.lists import ListModel
from crm_sync.reconciler.dedupe.lists import chain
from crm_sync.reconciler.dedupe.lists.learn import learnt
from crm_sync.reconciler.dedupe.matching import chain as leads
from crm_sync.reconciler.dedupe.matching.caution import ENOUGH, doubts
from crm_sync.reconciler.dedupe.matching.clusters import grouped
from crm_sync.reconciler.dedupe.matching.match import FEW_REVIEWS, MOST_REVIEWS, Matched

MANY: Final = 0.2  # of the records: a column that fewer fill in says little about the list
NAMES: Final = ("first_name", "last_name", "full_name")
WORK: Final = ("company", "domain")


@dataclass(frozen=True, slots=True)
class Lister:
    """What matching a list is handed; `language` is that of the evidence."""

    words: IdentityWords
    model: ListModel
    engine: Engine
    language: str = "en"

    def __call__(self, people: pa.Table) -> Matched:
        """`people` has the columns of matching.chain.PEOPLE and PAPERS, `rid` from 0 on. Raises Failed."""
        engine, model, count = self.engine, self.model, len(people)
        tables = chain.prepared(people, self.words, engine)
        met, drawn = (chain.patterns(tables, pairs, engine) for pairs in (tables["pairs"], chain.at_large(count)))
        known = learnt(met, drawn, count, model)
        tables["scored"] = chain.scored(tables, known, model.contested, engine)
        link = sure_link(tables["scored"]["score"], model)
        tables["groups"] = leads.groups_of(grouped(count, tables["scored"], model, link))
        leader = tables["groups"]["leader"].combine_chunks()
        links = leads.links(tables, engine)
        most = max(FEW_REVIEWS, int(len(leader.unique()) * MOST_REVIEWS))
        reviews = leads.reviews(tables, model.review, most, engine)
        pairs = chain.told_pairs(links, reviews, engine)
        told = chain.explained(tables, pairs, known, self.words, self.language, engine)
        links, reviews = (leads.with_told(rows, told, engine) for rows in (links, reviews))
        return Matched(leader, links, reviews, leads.crowds(tables, engine), len(tables["pairs"]))


def sure_link(scores: pa.ChunkedArray, model: ListModel) -> float:
    """The score from which on two records are one: `model.link`, or as much more as it takes that no more than
    `model.wrong` of the pairs from there on are to be expected wrong. A few pairs tell nothing about a share."""
    sure = scores.filter(compute.greater_equal(scores, model.link)).combine_chunks()
    if len(sure) < ENOUGH:
        return model.link
    sure = sure.take(compute.sort_indices(sure, sort_keys=[("", "descending")]))
    wrong = compute.cumulative_sum(doubts(sure))
    few = compute.less_equal(wrong, compute.multiply(pa.array(range(1, len(sure) + 1)), model.wrong))
    held = compute.sum(few).as_py()  # the share of wrong ones only grows, so these come first
    return model.link if held == len(sure) else float(sure[max(held - 1, 0)].as_py())


def general(people: pa.Table) -> bool:
    """Whether these are no leads: organisations, people with birth dates or national numbers, or people of whom neither
    mail nor phone nor company is known."""
    told = shares(people)
    if not any(told[name] for name in NAMES):
        return told["company"] > 0
    if told["birth_date"] >= MANY or told["national_id"] >= MANY:
        return True
    if any(told[name] >= MANY for name in WORK):
        return False
    reached = any(told[name] for name in ("emails", "phones"))
    return told["street"] >= MANY or told["postcode"] >= MANY or not reached


def shares(people: pa.Table) -> Mapping[str, float]:
    """Column → the share of records that fill it in."""
    count = max(len(people), 1)
    columns = {name: people[name].combine_chunks() for name in (*NAMES, *WORK, *chain.PAPERS)}
    columns |= {name: people[name].combine_chunks().flatten() for name in ("emails", "phones")}
    return {name: (len(cells) - cells.null_count) / count for name, cells in columns.items()}
