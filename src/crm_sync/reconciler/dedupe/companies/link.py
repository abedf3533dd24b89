"""Links: which HubSpot companies and Salesforce accounts are one company, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pyarrow as pa
import pyarrow.compute as compute

from crm_sync.changes import CompanyLink, CompanyReview, SetAside
from crm_sync.engine.base import Engine
from crm_sync.mappings.companies import CompanyWords
from crm_sync.mappings.identity import IdentityModel
from crm_sync.reconciler.dedupe.companies import chain
from crm_sync.reconciler.dedupe.companies.names import CompanyNames
from crm_sync.reconciler.dedupe.companies.sites import Sites
from crm_sync.reconciler.dedupe.companies.told import staff_table, told_table, weight_table
from crm_sync.reconciler.dedupe.groups import grouped as connected
from crm_sync.reconciler.dedupe.ids import age, company_ids
from crm_sync.reconciler.dedupe.matching.clusters import Decided, grouped
from crm_sync.reconciler.words import crm_name, full_name, record_name
from crm_sync.records import Company, Person, Ref

MOST_REVIEWS: Final = 0.03  # of all companies: more than that nobody looks at
FEW_REVIEWS: Final = 20  # that somebody looks at in any case

Pair = tuple[int, int]  # places of two records, the lower one first
Told = dict[Pair, tuple[float, str]]  # score and evidence


@dataclass(frozen=True, slots=True)
class LinkedCompanies:
    """`company_of` also knows refs that are gone, which other records still name. Records come oldest first."""

    links: tuple[CompanyLink, ...]
    records: Mapping[str, tuple[Company, ...]]
    company_of: Mapping[Ref, str]
    reviews: tuple[CompanyReview, ...]
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


def link_companies(
    companies: Iterable[Company],
    merged: Iterable[tuple[Ref, Ref]],
    held: Mapping[Ref, str],
    people: Iterable[Person],
    person_of: Mapping[Ref, str],
    by: Matching,
) -> LinkedCompanies:
    """`merged` are refs that are gone, each with the one that it became part of; `held` the ids of the last plan.
    `people` and `person_of` tell who works where. What a CRM says itself holds against all evidence."""
    ordered = sorted(companies, key=lambda company: company.ref)
    place_of = {company.ref: place for place, company in enumerate(ordered)}
    said = [*merged, *((company.ref, other) for company in ordered for other in company.same_as)]
    known = [group for group in connected(place_of, said) if any(ref in place_of for ref in group)]
    one = {pair for group in known for pair in pairwise(sorted(place_of[ref] for ref in group if ref in place_of))}
    tables = {
        "told": told_table(ordered, by.names, by.sites),
        "staff": staff_table(people, person_of, place_of, by.sites),
        "weights": weight_table(by.words, by.language),
    }
    scored = chain.scored(tables, by.words.thresholds, by.engine)
    leader = grouped(len(ordered), scored, model_of(by.words), by.words.thresholds.link, Decided(one=one))
    groups = groups_of(leader, ordered)
    ids = company_ids(groups, held)
    links = links_of(groups, ids, evidence(said, place_of, inside(scored, leader)), place_of)
    company_of = {company.ref: company_id for group, company_id in zip(groups, ids, strict=True) for company in group}
    gone = {ref: company_of[next(one for one in group if one in company_of)] for group in known for ref in group}
    return LinkedCompanies(
        tuple(sorted(links, key=lambda link: link.ref)),
        dict(sorted(zip(ids, groups, strict=True))),
        gone | company_of,
        tuple(reviews(scored, leader, ordered, by.words.thresholds.review)),
        tuple(too_large(tables, ordered, by.engine)),
    )


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


def inside(scored: pa.Table, leader: Sequence[int]) -> Told:
    """What was found between records of one group."""
    heads = pa.array(leader, pa.int32())
    some = scored.filter(compute.equal(heads.take(scored["a"]), heads.take(scored["b"])))
    return told_of(some)


def told_of(scored: pa.Table) -> Told:
    rows = zip(*(scored[name].to_pylist() for name in ("a", "b", "score", "because")), strict=True)
    return {(a, b): (score, because) for a, b, score, because in rows}


def evidence(
    said: Iterable[tuple[Ref, Ref]], place_of: Mapping[Ref, int], told: Told
) -> dict[int, tuple[float, int, str]]:
    """Of each record the best reason: what a CRM says first, then the surest pair. Score, other record, words."""
    found: dict[int, list[tuple[float, int, str]]] = {}
    others = {place: ref for ref, place in place_of.items()}
    for (a, b), (score, because) in told.items():
        found.setdefault(a, []).append((-score, b, f"same company as {full_name(others[b])}: {because}"))
        found.setdefault(b, []).append((-score, a, f"same company as {full_name(others[a])}: {because}"))
    for ref, other in said:
        for one, words in (
            (ref, f"{crm_name(ref.crm)} says {full_name(other)}"),
            (other, f"{crm_name(ref.crm)} says so in {record_name(ref)}"),
        ):
            if one in place_of:
                found.setdefault(place_of[one], []).append((-float("inf"), place_of.get(ref, -1), words))
    return {place: min(reasons) for place, reasons in found.items()}


def links_of(
    groups: Sequence[Sequence[Company]],
    ids: Sequence[str],
    because: Mapping[int, tuple[float, int, str]],
    place_of: Mapping[Ref, int],
) -> Iterator[CompanyLink]:
    for group, company_id in zip(groups, ids, strict=True):
        yield CompanyLink(group[0].ref, company_id)
        for company in group[1:]:
            yield CompanyLink(company.ref, company_id, because[place_of[company.ref]][2])


def reviews(
    scored: pa.Table, leader: Sequence[int], companies: Sequence[Company], least: float
) -> Iterator[CompanyReview]:
    """The likeliest pair between any two companies that were not linked, the likeliest first."""
    best: dict[Pair, tuple[float, int, int, str]] = {}
    for (a, b), (score, because) in told_of(scored.filter(compute.greater_equal(scored["score"], least))).items():
        low, high = sorted((leader[a], leader[b]))
        if low != high:
            found = (-score, a, b, because)
            best[low, high] = min(best.get((low, high), found), found)
    most = max(FEW_REVIEWS, int(len(companies) * MOST_REVIEWS))
    for score, a, b, because in sorted(best.values())[:most]:
        yield CompanyReview(companies[a].ref, companies[b].ref, -score, because)


def too_large(tables: chain.Tables, companies: Sequence[Company], engine: Engine) -> Iterator[SetAside]:
    for rule, key, place, records in chain.skipped(tables, engine):
        yield SetAside(companies[place].ref, f"companies not compared by {rule}: {records} records share {key}")
