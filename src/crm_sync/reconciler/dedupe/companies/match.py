"""Which records are one company by what they say: comparing, grouping, and what somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from crm_sync.records import Company, Person, Ref

Statistics = Mapping[str, pa.Table]  # answers to the questions of chain.STATISTICS


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


class Alike(NamedTuple):
    """The record of the same company that one resembles most, what was found, and that in words."""

    other: int
    compared: Compared
    because: str


@dataclass(frozen=True, slots=True)
class Matched:
    """By places: `leader` is the lowest of each record's group; `alike` tells of a record that resembles another one of
    its group, `doubts` of pairs that somebody should look at, the likeliest first."""

    leader: Sequence[int]
    alike: Mapping[int, Alike]
    doubts: Mapping[Pair, Compared]
    set_aside: tuple[SetAside, ...]


def asked_of(told: pa.Table, staff: pa.Table, by: Matching, statistics: Statistics | None = None) -> questions.Tables:
    tables = {"told": told, "staff": staff, "weights": weight_table(by.words, by.language)}
    return questions.prepared(tables, by.words.thresholds, by.engine, statistics)


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


def alike(found: Mapping[Pair, float]) -> dict[int, tuple[int, float]]:
    """Record → the one that it resembles most, and the score; of equal ones the lower one."""
    best: dict[int, tuple[float, int]] = {}
    for (a, b), score in found.items():
        for one, other in ((a, b), (b, a)):
            said = (-score, other)
            if one not in best or said < best[one]:
                best[one] = said
    return {one: (other, -score) for one, (score, other) in best.items()}


def doubtful(scored: pa.Table, leader: Sequence[int], least: float) -> dict[Pair, tuple[Pair, float]]:
    """Leaders of two companies → the likeliest pair between them, and its score."""
    best: dict[Pair, tuple[float, Pair]] = {}
    for (a, b), score in scores_of(scored.filter(compute.greater_equal(scored["score"], least))).items():
        ends = min(leader[a], leader[b]), max(leader[a], leader[b])
        if ends[0] != ends[1]:
            found = (-score, (a, b))
            best[ends] = min(best.get(ends, found), found)
    return {ends: (pair, -score) for ends, (score, pair) in best.items()}
