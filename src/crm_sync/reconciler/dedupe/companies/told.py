"""What company records say, as tables for the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from crm_sync.mappings.companies import LEVELS, CompanyWords
from crm_sync.reconciler.dedupe.companies.names import CompanyNames, folded
from crm_sync.reconciler.dedupe.companies.sites import Sites
from crm_sync.reconciler.dedupe.countries import region_of
from crm_sync.reconciler.dedupe.keys import phone_key, phone_region
from crm_sync.records import Company, Person, Ref

TOLD: Final = pa.schema(
    [
        ("cid", pa.int32()), ("words", pa.list_(pa.string())), ("glued", pa.string()), ("distinct_name", pa.bool_()),
        ("form", pa.string()), ("site", pa.string()),
        ("label", pa.string()), ("city", pa.string()), ("land", pa.string()), ("named_land", pa.string()),
        ("phone", pa.string()),
    ]
)  # fmt: skip
STAFF: Final = pa.schema([("cid", pa.int32()), ("person", pa.string()), ("site", pa.string())])
WEIGHTS: Final = pa.schema(
    [("side", pa.string()), ("level", pa.string()), ("weight", pa.float64()), ("told", pa.string())]
)

Row = dict[str, Any]

region, city = lru_cache(1 << 12)(region_of), lru_cache(1 << 14)(folded)  # there are few of them


def told_table(companies: Sequence[Company], names: CompanyNames, sites: Sites) -> pa.Table:
    """One row a record, numbered by its place."""
    return pa.Table.from_pylist([told(place, one, names, sites) for place, one in enumerate(companies)], TOLD)


def told(place: int, company: Company, names: CompanyNames, sites: Sites) -> Row:
    named, site = names.read(company.name), sites.of_site(company.domain)
    named_land, ending = (named.land if named else None), (sites.land_of(site) if site else None)
    phone = phone_key(company.phone, company.country) if company.phone else None
    return {
        "cid": place,
        "words": list(named.words) if named else None,
        "glued": named.glued if named else None,
        "distinct_name": bool(named and named.distinct),
        "form": named.form if named else None,
        "site": site,
        "label": sites.label_of(site) if site else None,
        "city": city(company.city) if company.city else None,
        "land": region(company.country) or named_land or ending or (phone_region(phone) if phone else None),
        "named_land": named_land,
        "phone": phone,
    }


def staff_table(
    people: Iterable[Person], person_of: Mapping[Ref, str], place_of: Mapping[Ref, int], sites: Sites
) -> pa.Table:
    """The people whom the CRMs tie to each record, and the domain that they write from."""
    return pa.Table.from_pylist(list(staff(people, person_of, place_of, sites)), STAFF)


def staff(
    people: Iterable[Person], person_of: Mapping[Ref, str], place_of: Mapping[Ref, int], sites: Sites
) -> Iterator[Row]:
    for person in people:
        place = place_of.get(person.company) if person.company else None
        if place is not None:
            yield {"cid": place, "person": person_of[person.ref], "site": sites.of_mail(person.email)}


def weight_table(words: CompanyWords, language: str) -> pa.Table:
    """What every finding weighs and how it is told; one that the table leaves out says nothing."""
    rows = [
        {"side": side, "level": level, "weight": said.weight, "told": said.in_language(language)}
        for side in LEVELS
        for level, said in words.evidence.get(side, {}).items()
    ]
    return pa.Table.from_pylist(rows, WEIGHTS)
