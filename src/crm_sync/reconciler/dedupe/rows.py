"""Person records as the rows that matching compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from crm_sync.reconciler.dedupe.matching.chain import PEOPLE
from crm_sync.records import Company, Person, Ref

Companies = Mapping[Ref, Company]
NOWHERE: Final = Ref("", "", "")


def rows_of(people: Sequence[Person], companies: Companies) -> pa.Table:
    """One row a record, numbered from 0 in the given order; a column that records have nothing for is empty."""
    read = columns(companies)
    cells = {"rid": range(len(people)), **{name: [get(one) for one in people] for name, get in read.items()}}
    empty = [None] * len(people)
    return pa.table({field.name: pa.array(cells.get(field.name, empty), field.type) for field in PEOPLE}, PEOPLE)


def columns(companies: Companies) -> dict[str, Callable[[Person], Any]]:
    def employer(one: Person) -> Company | None:
        return companies.get(one.company or NOWHERE)

    return {
        "source": lambda one: one.ref.crm,
        "first_name": lambda one: one.first_name,
        "last_name": lambda one: one.last_name,
        "emails": lambda one: list(addresses(one)),
        "phones": lambda one: list(one.phones),
        "company": lambda one: one.company_name or (found.name if (found := employer(one)) else None),
        "domain": lambda one: found.domain if (found := employer(one)) else None,
        "title": lambda one: one.title,
        "country": lambda one: one.country,
        "created_at": lambda one: one.created_at.isoformat(),
    }


def addresses(one: Person) -> Iterator[str]:
    return (address for address in (one.email, *one.more_emails) if address)
