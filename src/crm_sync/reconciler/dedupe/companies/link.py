"""Links: which HubSpot companies and Salesforce accounts are one company, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from crm_sync.changes import CompanyLink, Compared, Review, SetAside
from crm_sync.reconciler.dedupe.companies.chain import Pair
from crm_sync.reconciler.dedupe.companies.kept import KeptFirms
from crm_sync.reconciler.dedupe.companies.match import Matching
from crm_sync.reconciler.dedupe.evidence import MATCHED, Tie, best_ties, decided_ties, said_ties
from crm_sync.reconciler.dedupe.ids import age, company_ids
from crm_sync.reconciler.dedupe.ties import ties_of
from crm_sync.reconciler.words import full_name
from crm_sync.records import Company, Decision, Person, Ref, Snapshot


@dataclass(frozen=True, slots=True)
class LinkedCompanies:
    """`company_of` also knows refs that are gone, which other records still name. Records come oldest first."""

    links: tuple[CompanyLink, ...]
    records: Mapping[str, tuple[Company, ...]]
    company_of: Mapping[Ref, str]
    reviews: tuple[Review, ...]
    set_aside: tuple[SetAside, ...]


def link_firms(
    snapshot: Snapshot, person_of: Mapping[Ref, str], by: Matching, kept: KeptFirms | None = None
) -> LinkedCompanies:
    """The companies of a snapshot; `person_of` says whose each record of a person is. Raises Failed."""
    return link_companies(
        snapshot.companies, snapshot.merged_companies, snapshot.company_ids, snapshot.people, person_of, by,
        snapshot.company_decisions, kept,
    )  # fmt: skip


def link_companies(
    companies: Iterable[Company],
    merged: Iterable[tuple[Ref, Ref]],
    held: Mapping[Ref, str],
    people: Iterable[Person],
    person_of: Mapping[Ref, str],
    by: Matching,
    decisions: Sequence[Decision] = (),
    kept: KeptFirms | None = None,
) -> LinkedCompanies:
    """`merged` are refs that are gone, each with the one that it became part of; `held` the ids of the last plan.
    `people` and `person_of` tell who works where. What a CRM says itself holds against all evidence, and what people
    decided against that. `kept` is the matching of the last plan, and becomes that of this one. Raises Failed."""
    ordered = sorted(companies, key=lambda company: company.ref)
    ties = ties_of({company.ref: company for company in ordered}, merged, decisions, "company")
    matched = (kept or KeptFirms()).match(ordered, people, person_of, ties, by)
    groups = groups_of(matched.leader, ordered)
    ids = company_ids(groups, held)
    company_of = {company.ref: company_id for group, company_id in zip(groups, ids, strict=True) for company in group}
    company_of |= {ref: company_of[living] for ref, living in ties.gone.items()}
    tied = chain(said_ties(ties.said), decided_ties(ties.decisions), matched_ties(matched.inside, ordered))
    best = best_ties(tied, company_of)
    return LinkedCompanies(
        tuple(sorted(links_of(groups, ids, best), key=lambda link: link.ref)),
        dict(sorted(zip(ids, groups, strict=True))),
        company_of,
        tuple(Review(ordered[a].ref, ordered[b].ref, found) for (a, b), found in matched.doubts.items()),
        (*ties.set_aside, *matched.set_aside),
    )


def groups_of(leader: Sequence[int], companies: Sequence[Company]) -> list[tuple[Company, ...]]:
    """Records of one company each, oldest first."""
    groups: dict[int, list[Company]] = {}
    for company, head in zip(companies, leader, strict=True):
        groups.setdefault(head, []).append(company)
    return [tuple(sorted(group, key=age)) for group in groups.values()]


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
