"""The golden record: one value for each field of a person or company, out of all that their records say."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from crm_sync.changes import GoldenValue, KnownCompany
from crm_sync.mappings import Survives
from crm_sync.reconciler.dedupe.companies import LinkedCompanies
from crm_sync.reconciler.dedupe.companies.sites import Sites
from crm_sync.reconciler.dedupe.keys import email_key, phone_key
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.survivorship import Complete, Said, survivor
from crm_sync.records import Company, Person

Golden = tuple[GoldenValue, ...]
Rules = Mapping[str, Survives]
Record = TypeVar("Record", Person, Company)
Read = Callable[[Record], Iterable[str | None]]


def golden_person(records: Sequence[Person], rules: Rules, directory: Directory, roles: Container[str]) -> Golden:
    """The fields that any record says, in the order of the table; `roles` are mailboxes that are nobody's own."""
    country = {record.ref: record.country for record in records}
    complete: Mapping[str, Complete] = {
        "email": lambda said: email_key(said.value, roles) is not None,  # an address that is a person's own
        "phone": lambda said: phone_key(said.value, country[said.ref]) is not None,
    }
    read: Mapping[str, Read[Person]] = {
        "name": lambda one: (" ".join(filter(None, (tidy(one.first_name), tidy(one.last_name)))),),
        "email": lambda one: ((one.email or "").lower(),),
        "phone": attrgetter("phones"),
        "title": lambda one: (one.title,),
        "company": lambda one: (directory.employer_name(one),),
        "country": lambda one: (one.country,),
    }
    parts = {record.ref: sum(bool(tidy(part)) for part in (record.first_name, record.last_name)) for record in records}
    return golden(records, rules, read, {**complete, "name": lambda said: parts[said.ref]})


def golden_company(records: Sequence[Company], rules: Rules, sites: Sites) -> Golden:
    """The fields that any record says, in the order of the table."""
    country = {record.ref: record.country for record in records}
    complete: Mapping[str, Complete] = {
        "domain": lambda said: sites.of_site(said.value) is not None,
        "phone": lambda said: phone_key(said.value, country[said.ref]) is not None,
    }
    read: Mapping[str, Read[Company]] = {field: one_of(field) for field in rules}
    return golden(records, rules, read, complete)


def known_companies(linked: LinkedCompanies, rules: Rules, sites: Sites) -> Iterator[KnownCompany]:
    """In order of their ids."""
    for company_id, records in linked.records.items():
        found = golden_company(records, rules, sites)
        yield KnownCompany(company_id, tuple(record.ref for record in records), value_of(found, "name") or "", found)


def golden(
    records: Sequence[Record], rules: Rules, read: Mapping[str, Read[Record]], complete: Mapping[str, Complete]
) -> Golden:
    found = (
        survivor(field, rule, list(said(records, read[field])), complete.get(field, words))
        for field, rule in rules.items()
    )
    return tuple(one for one in found if one)


def said(records: Sequence[Record], read: Read[Record]) -> Iterator[Said]:
    for record in records:
        for value in read(record):
            if text := tidy(value):
                yield Said(record.ref, record.created_at, text)


def one_of(field: str) -> Read[Company]:
    return lambda company: (getattr(company, field),)


def words(said: Said) -> int:
    return len(said.value.split())


def tidy(text: str | None) -> str:
    return (text or "").strip()


def value_of(values: Golden, field: str) -> str | None:
    for one in values:
        if one.field == field:
            return one.value
    return None
