"""Whom each record of a person works for: the CRM's own tie, then the domain of the e-mail, then the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crm_sync.changes import Employer
from crm_sync.reconciler.dedupe.companies.link import LinkedCompanies
from crm_sync.reconciler.dedupe.companies.match import Matching
from crm_sync.reconciler.dedupe.countries import region_of
from crm_sync.reconciler.words import crm_name, record_name
from crm_sync.records import Deal, Person, Ref

Index = dict[str, dict[str, None]]  # key → company ids, in order


@dataclass(frozen=True, slots=True)
class Offices:
    """What companies are found by."""

    at_site: Index
    named: Index
    lands: Mapping[str, frozenset[str]]
    selling: frozenset[str]  # companies with an open deal
    since: Mapping[str, datetime]


def employers_of(
    people: Iterable[Person], linked: LinkedCompanies, deals: Iterable[Deal], by: Matching
) -> tuple[Employer, ...]:
    """One for each record whose company is known, in order of ref."""
    offices = offices_of(linked, deals, by)
    found = (employer_of(person, linked.company_of, offices, by) for person in people)
    return tuple(sorted((one for one in found if one), key=lambda one: one.ref))


def offices_of(linked: LinkedCompanies, deals: Iterable[Deal], by: Matching) -> Offices:
    at_site: Index = {}
    named: Index = {}
    lands: dict[str, set[str]] = {}
    for company_id, records in linked.records.items():
        for record in records:
            name, site = by.names.read(record.name), by.sites.of_site(record.domain)
            if site:
                at_site.setdefault(site, {})[company_id] = None
            if name and name.distinct:
                named.setdefault(name.glued, {})[company_id] = None
            land = (
                region_of(record.country) or (name.land if name else None) or (by.sites.land_of(site) if site else None)
            )
            lands.setdefault(company_id, set()).update(filter(None, [land]))
    sold_to = (linked.company_of.get(deal.company) for deal in deals if deal.company and deal.state == "open")
    selling = frozenset(company_id for company_id in sold_to if company_id)
    since = {company_id: records[0].created_at for company_id, records in linked.records.items()}
    return Offices(at_site, named, {one: frozenset(found) for one, found in lands.items()}, selling, since)


def employer_of(person: Person, company_of: Mapping[Ref, str], offices: Offices, by: Matching) -> Employer | None:
    if person.company and (tied := company_of.get(person.company)):
        return Employer(person.ref, tied, f"{crm_name(person.ref.crm)} ties it to {record_name(person.company)}")
    for site in sites_of(person, by):
        if site in offices.at_site:
            return chosen(person, offices.at_site[site], f"writes from {site}", offices)
    name = by.names.read(person.company_name)
    if not name or not name.distinct:
        return None
    land = region_of(person.country) or name.land
    there = [one for one in offices.named.get(name.glued, ()) if may_be_in(offices.lands[one], land)]
    return chosen(person, there, f"names {person.company_name}", offices) if there else None


def sites_of(person: Person, by: Matching) -> Iterator[str]:
    yield from filter(None, (by.sites.of_mail(address) for address in (person.email, *person.more_emails)))


def may_be_in(lands: frozenset[str], land: str | None) -> bool:
    """A company whose country is not known may be anywhere."""
    return land is None or not lands or land in lands


def chosen(person: Person, companies: Iterable[str], because: str, offices: Offices) -> Employer:
    """Of several companies the one in the person's country, then the one with an open deal, then the oldest."""
    land = region_of(person.country)
    merits = {one: (land in offices.lands[one], one in offices.selling) for one in companies}
    best, *others = sorted(merits, key=lambda one: (*(not merit for merit in merits[one]), offices.since[one], one))
    if not others:
        return Employer(person.ref, best, because)
    why = f"{because}: of {len(merits)} companies {advantage(merits[best], merits[others[0]])}"
    return Employer(person.ref, best, why, tuple(sorted(others)))


def advantage(best: tuple[bool, bool], second: tuple[bool, bool]) -> str:
    """Where the best one is ahead of the second."""
    if best[0] != second[0]:
        return "the one in the same country"
    return "the one with an open deal" if best[1] != second[1] else "the oldest"
