"""The companies of the last plan: read and matched again only where something that matching reads is another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import pyarrow as pa

from crm_sync.reconciler.dedupe.companies import chain
from crm_sync.reconciler.dedupe.companies.match import Matched, Matching, match
from crm_sync.reconciler.dedupe.companies.told import staff_table, told_table
from crm_sync.reconciler.dedupe.ties import Ties
from crm_sync.records import Company, Person, Ref

SAID: Final = "said"  # the column that tells what a row of `read` was read from


@dataclass(slots=True)
class KeptFirms:
    """`made_by` is a digest of the words, weights and questions of the last matching, `inputs` of everything else that
    it read, `read` what its records say; `fresh` tells whether any of it is another than what was handed in."""

    made_by: str = ""
    inputs: str = ""
    matched: Matched | None = None
    read: pa.Table | None = None
    fresh: bool = False

    def match(
        self, companies: Sequence[Company], people: Iterable[Person], person_of: Mapping[Ref, str], ties: Ties,
        by: Matching,
    ) -> Matched:  # fmt: skip
        """`companies` in order of ref. Raises Failed."""
        place_of = {company.ref: place for place, company in enumerate(companies)}
        hired = [person for person in people if person.company in place_of]
        made_by, said = digest_of(by), [said_by(company) for company in companies]
        inputs = digest(read_of(companies, said, hired, person_of, ties))
        if self.made_by != made_by:
            self.made_by, self.matched, self.read = made_by, None, None
        if self.matched is None or self.inputs != inputs:
            self.read = self.told(companies, said, by)
            staff = staff_table(hired, person_of, place_of, by.sites)
            self.matched = match(companies, self.read.drop_columns(SAID), staff, ties, by)
            self.inputs, self.fresh = inputs, True
        return self.matched

    def told(self, companies: Sequence[Company], said: Sequence[str], by: Matching) -> pa.Table:
        """The table of told.py: what has been read before is taken from there."""
        before = self.read[SAID].to_pylist() if self.read is not None else []
        place = {text: number for number, text in enumerate(before)}
        unread = {text: company for text, company in zip(said, companies, strict=True) if text not in place}
        place |= {text: len(before) + number for number, text in enumerate(unread)}
        news = told_table(list(unread.values()), by.names, by.sites).append_column(SAID, pa.array(unread, pa.string()))
        read = news if self.read is None else pa.concat_tables([self.read, news])
        found = read.take(pa.array([place[text] for text in said], pa.int64()))
        return found.set_column(0, "cid", pa.array(range(len(companies)), pa.int32())).combine_chunks()


def said_by(company: Company) -> str:
    """All that told.py reads of a record."""
    return repr((company.name, company.domain, company.phone, company.city, company.country))


def read_of(
    companies: Iterable[Company], said: Iterable[str], hired: Iterable[Person], person_of: Mapping[Ref, str], ties: Ties
) -> Iterator[object]:
    """All that a matching reads, in an order of its own."""
    yield [str(company.ref) for company in companies]
    yield said
    yield sorted(f"{person.company}\0{person_of[person.ref]}\0{person.email}" for person in hired)
    yield sorted(ties.one)
    yield sorted(ties.two)


def digest(told: Iterable[object]) -> str:
    found = hashlib.blake2b(digest_size=12)
    for one in told:
        found.update(repr(one).encode("utf-8", "surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()


def digest_of(by: Matching) -> str:
    """Changes with everything that a matching depends on but companies, people and what is decided."""
    words = [(name, sorted_again(getattr(by.words, name))) for name in sorted(by.words.__slots__)]
    code = [version(package) for package in ("crm-sync", "duckdb", "phonenumbers")]
    asked = (chain.QUESTIONS, chain.RULES, chain.PAIRS, chain.MOST)
    return digest([*words, by.language, *code, *(sorted(some.items()) for some in asked)])


def sorted_again(table: object) -> object:
    """Sets and mappings in an order that is the same in every process."""
    if isinstance(table, Mapping):
        return sorted((name, repr(sorted_again(value))) for name, value in table.items())
    return sorted(table) if isinstance(table, frozenset) else table
