"""Which records are one company by what they say: comparing, grouping, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.changes import Compared, SetAside
from crm_sync.engine.base import Engine
from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.companies import chain as questions
from crm_sync.reconciler.dedupe.companies.chain import Pair
from crm_sync.reconciler.dedupe.companies.names import CompanyNames
from crm_sync.reconciler.dedupe.companies.sites import Sites
from crm_sync.reconciler.dedupe.companies.told import staff_table, told_table, weight_table
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.ties import Ties
from crm_sync.records import Company, Person, Ref

MOST_REVIEWS: Final = 0.03  # of all companies: more than that nobody looks at
FEW_REVIEWS: Final = 20  # that somebody looks at in any case


@dataclass(frozen=True, slots=True)
class Matching:
    """What companies are matched with; names and sites remember what they have read."""

    words: CompanyWords
    names: CompanyNames
    sites: Sites
    engine: Engine
    language: str = "en"

    @classmethod
    def of(cls, words: CompanyWords, engine: Engine, language: str = "en") -> Matching:
        return cls(words, CompanyNames(words), Sites(words), engine, language)


@dataclass(frozen=True, slots=True)
class Matched:
    """`leader` is the lowest place of each record's group; `inside` what was found between records of one group,
    `doubts` between those that somebody should look at, the likeliest first."""

    leader: Sequence[int]
    inside: Mapping[Pair, Compared]
    doubts: Mapping[Pair, Compared]
    set_aside: tuple[SetAside, ...]


def match(companies: Sequence[Company], told: pa.Table, staff: pa.Table, ties: Ties, by: Matching) -> Matched:
    """`companies` in order of ref; `told` and `staff` are their tables of told.py. Raises Failed."""
    place_of = {company.ref: place for place, company in enumerate(companies)}
    one, two = ({(place_of[x], place_of[y]) for x, y in pairs} for pairs in (ties.one, ties.two))
    tables = asked_of(told, staff, by)
    tables["pairs"] = questions.pairs_of(tables, by.engine)
    tables["compared"] = questions.compared(tables, by.engine)
    scored = questions.scored(tables, by.words.thresholds, by.engine)
    at = by.words.thresholds
    leader = grouped(len(companies), scored, model_of(by.words), at.link, Decided(one, two))
    found, doubts = inside(scored, leader), doubtful(scored, leader, at.review, two)
    because = questions.evidence(tables, chain(found, doubts), by.engine)
    within, between = (
        {pair: Compared(score, because.get(pair, ())) for pair, score in some.items()} for some in (found, doubts)
    )
    return Matched(leader, within, between, tuple(too_large(tables, companies, by.engine)))


def asked_of(told: pa.Table, staff: pa.Table, by: Matching) -> questions.Tables:
    tables = {"told": told, "staff": staff, "weights": weight_table(by.words, by.language)}
    return questions.prepared(tables, by.words.thresholds, by.engine)


def compare_companies(
    companies: Iterable[Company], people: Iterable[Person], person_of: Mapping[Ref, str], one: Ref, other: Ref,
    by: Matching,
) -> Compared:  # fmt: skip
    """Two records, whether or not anything brings them together. Raises Failed."""
    ordered = sorted(companies, key=lambda company: company.ref)
    place_of = {company.ref: place for place, company in enumerate(ordered)}
    pair = min(place_of[one], place_of[other]), max(place_of[one], place_of[other])
    staff = staff_table(people, person_of, place_of, by.sites)
    tables = asked_of(told_table(ordered, by.names, by.sites), staff, by)
    tables["pairs"] = pa.table({side: pa.array([place], pa.int32()) for side, place in zip("ab", pair, strict=True)})
    tables["compared"] = questions.compared(tables, by.engine)
    (score,) = questions.scored(tables, by.words.thresholds, by.engine)["score"].to_pylist() or (
        by.words.thresholds.bias,
    )
    return Compared(score, questions.evidence(tables, [pair], by.engine).get(pair, ()))


def model_of(words: CompanyWords) -> IdentityModel:
    at = words.thresholds
    return IdentityModel(
        bias=at.bias, prior=0.5, sure=at.link, link=at.link, least=at.link, poisoned=0.0, proven=at.link,
        contested=at.link, review=at.review, veto=at.veto, unseen=at.unseen, together=at.together, weights={},
    )  # fmt: skip


def inside(scored: pa.Table, leader: Sequence[int]) -> dict[Pair, float]:
    """The scores between records of one group."""
    heads = pa.array(leader, pa.int32())
    return scores_of(scored.filter(compute.equal(heads.take(scored["a"]), heads.take(scored["b"]))))


def scores_of(scored: pa.Table) -> dict[Pair, float]:
    a, b, scores = (scored[name].to_pylist() for name in ("a", "b", "score"))
    return dict(zip(zip(a, b, strict=True), scores, strict=True))


def doubtful(scored: pa.Table, leader: Sequence[int], least: float, two: Iterable[Pair]) -> dict[Pair, float]:
    """The likeliest pair between any two companies that were not linked, the likeliest first; not what has been decided
    already."""
    apart = {(min(ends), max(ends)) for a, b in two for ends in [(leader[a], leader[b])]}
    best: dict[Pair, tuple[float, Pair]] = {}
    for (a, b), score in scores_of(scored.filter(compute.greater_equal(scored["score"], least))).items():
        ends = min(leader[a], leader[b]), max(leader[a], leader[b])
        if ends[0] != ends[1] and ends not in apart:
            found = (-score, (a, b))
            best[ends] = min(best.get(ends, found), found)
    most = max(FEW_REVIEWS, int(len(leader) * MOST_REVIEWS))
    return {pair: -score for score, pair in sorted(best.values())[:most]}


def too_large(tables: questions.Tables, companies: Sequence[Company], engine: Engine) -> Iterator[SetAside]:
    for rule, key, place, records in questions.skipped(tables, engine):
        yield SetAside(companies[place].ref, f"companies not compared by {rule}: {records} records share {key}")
