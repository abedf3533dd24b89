"""Links: which HubSpot companies and Salesforce accounts are one company, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from crm_sync.changes import CompanyLink, Review, SetAside
from crm_sync.reconciler.dedupe.companies.match import Alike, Matching
from crm_sync.reconciler.dedupe.companies.memory import KeptFirms
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
    snapshot: Snapshot,
    person_of: Mapping[Ref, str],
    by: Matching,
    kept: KeptFirms | None = None,
    now: datetime | None = None,
) -> LinkedCompanies:
    """The companies of a snapshot; `person_of` says whose each record of a person is. Raises Failed."""
    return link_companies(
        snapshot.companies, snapshot.merged_companies, snapshot.company_ids, snapshot.people, person_of, by,
        snapshot.company_decisions, kept, now,
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
    now: datetime | None = None,
) -> LinkedCompanies:
    """`merged` are refs that are gone, each with the one that it became part of; `held` the ids of the last plan.
    `people` and `person_of` tell who works where. What a CRM says itself holds against all evidence, and what people
    decided against that. `kept` is the matching of the last plan, and becomes that of this one. Raises Failed."""
    ordered = sorted(companies, key=lambda company: company.ref)
    ties = ties_of({company.ref: company for company in ordered}, merged, decisions, "company")
    matched = (kept or KeptFirms()).match(ordered, people, person_of, ties, by, now)
    groups = groups_of(matched.leader, ordered)
    ids = company_ids(groups, held)
    company_of = {company.ref: company_id for group, company_id in zip(groups, ids, strict=True) for company in group}
    company_of |= {ref: company_of[living] for ref, living in ties.gone.items()}
    best = best_ties(chain(said_ties(ties.said), decided_ties(ties.decisions)), company_of)
    place = {company.ref: number for number, company in enumerate(ordered)}

    def tie_of(ref: Ref) -> Tie:
        return best.get(ref) or matched_tie(ref, matched.alike[place[ref]], ordered)

    return LinkedCompanies(
        tuple(sorted(links_of(groups, ids, tie_of), key=lambda link: link.ref)),
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


def matched_tie(ref: Ref, alike: Alike, companies: Sequence[Company]) -> Tie:
    other = companies[alike.other].ref
    because = f"same company as {full_name(other)}: {alike.because}"
    return Tie(ref, MATCHED, -alike.compared.score, other, because, alike.compared)


def links_of(
    groups: Sequence[Sequence[Company]], ids: Sequence[str], tie_of: Callable[[Ref], Tie]
) -> Iterator[CompanyLink]:
    for group, company_id in zip(groups, ids, strict=True):
        yield CompanyLink(group[0].ref, company_id)
        for company in group[1:]:
            tie = tie_of(company.ref)
            yield CompanyLink(company.ref, company_id, tie.because, tie.other, tie.compared)
