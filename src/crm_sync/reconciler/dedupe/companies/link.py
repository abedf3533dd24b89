"""Links: which HubSpot companies and Salesforce accounts are one company, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.changes import CompanyLink, Compared, Review, SetAside
from crm_sync.engine.base import Engine
from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.companies import chain as questions
from crm_sync.reconciler.dedupe.companies.chain import Pair
from crm_sync.reconciler.dedupe.companies.names import CompanyNames
from crm_sync.reconciler.dedupe.companies.sites import Sites
from crm_sync.reconciler.dedupe.companies.told import staff_table, told_table, weight_table
from crm_sync.reconciler.dedupe.evidence import MATCHED, Tie, best_ties, decided_ties, said_ties
from crm_sync.reconciler.dedupe.ids import age, company_ids
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.dedupe.ties import Ties, ties_of
from crm_sync.reconciler.words import full_name
from crm_sync.records import Company, Decision, Person, Ref, Snapshot

MOST_REVIEWS: Final = 0.03  # of all companies: more than that nobody looks at
FEW_REVIEWS: Final = 20  # that somebody looks at in any case


@dataclass(frozen=True, slots=True)
class LinkedCompanies:
    """`company_of` also knows refs that are gone, which other records still name. Records come oldest first."""

    links: tuple[CompanyLink, ...]
    records: Mapping[str, tuple[Company, ...]]
    company_of: Mapping[Ref, str]
    reviews: tuple[Review, ...]
    set_aside: tuple[SetAside, ...]


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


def link_firms(snapshot: Snapshot, person_of: Mapping[Ref, str], by: Matching) -> LinkedCompanies:
    """The companies of a snapshot; `person_of` says whose each record of a person is. Raises Failed."""
    return link_companies(
        snapshot.companies, snapshot.merged_companies, snapshot.company_ids, snapshot.people, person_of, by,
        snapshot.company_decisions,
    )  # fmt: skip


def link_companies(
    companies: Iterable[Company],
    merged: Iterable[tuple[Ref, Ref]],
    held: Mapping[Ref, str],
    people: Iterable[Person],
    person_of: Mapping[Ref, str],
    by: Matching,
    decisions: Sequence[Decision] = (),
) -> LinkedCompanies:
    """`merged` are refs that are gone, each with the one that it became part of; `held` the ids of the last plan.
    `people` and `person_of` tell who works where. What a CRM says itself holds against all evidence, and what people
    decided against that. Raises Failed."""
    ordered = sorted(companies, key=lambda company: company.ref)
    ties = ties_of({company.ref: company for company in ordered}, merged, decisions, "company")
    matched = match(ordered, people, person_of, ties, by)
    groups = groups_of(matched.leader, ordered)
    ids = company_ids(groups, held)
    company_of = {company.ref: company_id for group, company_id in zip(groups, ids, strict=True) for company in group}
    company_of |= {ref: company_of[living] for ref, living in ties.gone.items()}
    found = chain(said_ties(ties.said), decided_ties(ties.decisions), matched_ties(matched.inside, ordered))
    best = best_ties(found, company_of)
    return LinkedCompanies(
        tuple(sorted(links_of(groups, ids, best), key=lambda link: link.ref)),
        dict(sorted(zip(ids, groups, strict=True))),
        company_of,
        matched.reviews,
        (*ties.set_aside, *matched.set_aside),
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """`leader` is the lowest place of each record's group; `inside` what was found between records of one group."""

    leader: Sequence[int]
    inside: Mapping[Pair, Compared]
    reviews: tuple[Review, ...]
    set_aside: tuple[SetAside, ...]


def match(
    companies: Sequence[Company], people: Iterable[Person], person_of: Mapping[Ref, str], ties: Ties, by: Matching
) -> Matched:
    """`companies` in order of ref."""
    place_of = {company.ref: place for place, company in enumerate(companies)}
    one, two = ({(place_of[x], place_of[y]) for x, y in pairs} for pairs in (ties.one, ties.two))
    tables = told_tables(companies, people, person_of, by)
    tables["pairs"] = questions.pairs_of(tables, by.engine)
    tables["compared"] = questions.compared(tables, by.engine)
    scored = questions.scored(tables, by.words.thresholds, by.engine)
    at = by.words.thresholds
    leader = grouped(len(companies), scored, model_of(by.words), at.link, Decided(one, two))
    found, doubts = inside(scored, leader), doubtful(scored, leader, at.review, two)
    told = questions.evidence(tables, chain(found, doubts), by.engine)
    return Matched(
        leader,
        {pair: Compared(score, told.get(pair, ())) for pair, score in found.items()},
        tuple(
            Review(companies[a].ref, companies[b].ref, Compared(score, told.get((a, b), ())))
            for (a, b), score in doubts.items()
        ),
        tuple(too_large(tables, companies, by.engine)),
    )


def told_tables(
    companies: Sequence[Company], people: Iterable[Person], person_of: Mapping[Ref, str], by: Matching
) -> questions.Tables:
    place_of = {company.ref: place for place, company in enumerate(companies)}
    told = {
        "told": told_table(companies, by.names, by.sites),
        "staff": staff_table(people, person_of, place_of, by.sites),
        "weights": weight_table(by.words, by.language),
    }
    return questions.prepared(told, by.words.thresholds, by.engine)


def compare_companies(
    companies: Iterable[Company], people: Iterable[Person], person_of: Mapping[Ref, str], one: Ref, other: Ref,
    by: Matching,
) -> Compared:  # fmt: skip
    """Two records, whether or not anything brings them together. Raises Failed."""
    ordered = sorted(companies, key=lambda company: company.ref)
    place_of = {company.ref: place for place, company in enumerate(ordered)}
    pair = min(place_of[one], place_of[other]), max(place_of[one], place_of[other])
    tables = told_tables(ordered, people, person_of, by)
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


def groups_of(leader: Sequence[int], companies: Sequence[Company]) -> list[tuple[Company, ...]]:
    """Records of one company each, oldest first."""
    groups: dict[int, list[Company]] = {}
    for company, head in zip(companies, leader, strict=True):
        groups.setdefault(head, []).append(company)
    return [tuple(sorted(group, key=age)) for group in groups.values()]


def inside(scored: pa.Table, leader: Sequence[int]) -> dict[Pair, float]:
    """The scores between records of one group."""
    heads = pa.array(leader, pa.int32())
    return scores_of(scored.filter(compute.equal(heads.take(scored["a"]), heads.take(scored["b"]))))


def scores_of(scored: pa.Table) -> dict[Pair, float]:
    a, b, scores = (scored[name].to_pylist() for name in ("a", "b", "score"))
    return dict(zip(zip(a, b, strict=True), scores, strict=True))


def matched_ties(found: Mapping[Pair, Compared], companies: Sequence[Company]) -> Iterator[Tie]:
    for (a, b), compared in found.items():
        because = ", ".join(f"{one.told} ({one.weight:+.1f})" for one in compared.evidence)
        for ref, like in ((companies[a].ref, companies[b].ref), (companies[b].ref, companies[a].ref)):
            told = f"same company as {full_name(like)}: {because}"
            yield Tie(ref, MATCHED, -compared.score, like, told, compared)


def links_of(groups: Sequence[Sequence[Company]], ids: Sequence[str], best: Mapping[Ref, Tie]) -> Iterator[CompanyLink]:
    for group, company_id in zip(groups, ids, strict=True):
        yield CompanyLink(group[0].ref, company_id)
        for company in group[1:]:
            tie = best[company.ref]
            yield CompanyLink(company.ref, company_id, tie.because, tie.other, tie.compared)


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
