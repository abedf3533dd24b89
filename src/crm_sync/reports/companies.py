"""One company, explained: its records and why they are one, the values that hold, and who works there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from crm_sync.changes import KnownCompany
from crm_sync.records import Ref
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations


class Companies(Relations, Protocol):
    """The store, with its register of companies."""

    def find_companies(self, text: str) -> list[KnownCompany]:
        """Companies by id, ref, CRM id, domain or part of the name."""


@dataclass(frozen=True, slots=True)
class HeldCompany:
    """A record of this company, and what ties it to the others (empty for the first one)."""

    ref: Ref
    because: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works there, by the record that says so."""

    person_id: str
    name: str
    ref: Ref
    because: str


@dataclass(frozen=True, slots=True)
class CompanyAnswer:
    """What was found for a text: no company, one explained, or several to choose from."""

    asked: str
    matches: tuple[KnownCompany, ...]
    company: KnownCompany | None
    records: tuple[HeldCompany, ...] = ()
    people: tuple[Colleague, ...] = ()

    def as_json(self) -> dict[str, Any]:
        around = {"records": plain(self.records), "people": plain(self.people)}
        found = None if self.company is None else {**plain(self.company), **around}
        matches = [{"company_id": one.company_id, "name": one.name, "records": len(one.refs)} for one in self.matches]
        return {"asked": self.asked, "matches": matches, "company": found}


def explain_company(store: Companies, text: str) -> CompanyAnswer:
    """`text` is a company id, a ref, a CRM id, a domain or part of a name."""
    matches = tuple(store.find_companies(text.strip())) if text.strip() else ()
    if len(matches) != 1:
        return CompanyAnswer(text, matches, None)
    (company,) = matches
    tables = store.tables("company_links", "employers", "links", "known")
    because = {row["ref"]: row["because"] for row in of_company(tables, "company_links", company)}
    records = tuple(HeldCompany(ref, because.get(str(ref)) or "") for ref in company.refs)
    return CompanyAnswer(text, matches, company, records, colleagues(tables, company))


def of_company(tables: Mapping[str, Any], name: str, company: KnownCompany) -> list[dict[str, Any]]:
    table = tables[name]
    return list(table.filter(pc.equal(table["company_id"], company.company_id)).to_pylist())


def colleagues(tables: Mapping[str, Any], company: KnownCompany) -> tuple[Colleague, ...]:
    """By name; each person once, with the first record that says so."""
    hired = of_company(tables, "employers", company)
    links = tables["links"].filter(pc.is_in(tables["links"]["ref"], texts(row["ref"] for row in hired)))
    person_of = {row["ref"]: row["person_id"] for row in links.to_pylist()}
    known = tables["known"].filter(pc.is_in(tables["known"]["person_id"], texts(person_of.values())))
    names = {row["person_id"]: row["name"] for row in known.select(["person_id", "name"]).to_pylist()}
    found: dict[str, Colleague] = {}
    for row in hired:
        person = person_of.get(row["ref"])
        if person and person not in found:
            found[person] = Colleague(person, names.get(person, ""), Ref.parse(row["ref"]), row["because"])
    return tuple(sorted(found.values(), key=lambda one: (one.name, one.person_id)))


def texts(values: Iterable[str]) -> pa.Array:
    return pa.array(values, pa.string())
