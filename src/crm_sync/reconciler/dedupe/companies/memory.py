"""The matching of companies from the last plan to the next: follows what changed, or is made anew when that is due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

import pyarrow as pa

from crm_sync.reconciler.dedupe.companies import chain
from crm_sync.reconciler.dedupe.companies.follow import News, follow
from crm_sync.reconciler.dedupe.companies.kept import SAID, Kept, kept_of
from crm_sync.reconciler.dedupe.companies.match import Matched, Matching, Statistics
from crm_sync.reconciler.dedupe.companies.told import staff_table, told_table
from crm_sync.reconciler.dedupe.link import name_of
from crm_sync.reconciler.dedupe.matching.clusters import Decided
from crm_sync.reconciler.dedupe.ties import Ties
from crm_sync.records import Company, Person, Ref


@dataclass(frozen=True, slots=True)
class Read:
    """All that matching reads. `companies` in order of ref; `texts` and `staff` tell what was read of each."""

    companies: Sequence[Company]
    people: Iterable[Person]
    person_of: Mapping[Ref, str]
    ties: Ties
    texts: Sequence[str]
    staff: Sequence[str]

    @classmethod
    def of(
        cls, companies: Sequence[Company], people: Iterable[Person], person_of: Mapping[Ref, str], ties: Ties
    ) -> Read:
        hired: list[Person] = []
        there: dict[Ref, list[str]] = {}
        for one in people:
            if one.company:
                hired.append(one)
                there.setdefault(one.company, []).append(f"{person_of[one.ref]}\0{one.email}")
        staff = ["\n".join(sorted(there.get(company.ref, ()))) for company in companies]
        return cls(companies, hired, person_of, ties, [said_by(company) for company in companies], staff)

    def decided(self, numbers: Iterable[int]) -> Decided:
        number = dict(zip((company.ref for company in self.companies), numbers, strict=True))
        one, two = ({(number[x], number[y]) for x, y in pairs} for pairs in (self.ties.one, self.ties.two))
        return Decided(one, two)

    def said(self, places: Sequence[int], numbers: Sequence[int]) -> pa.Table:
        cells = ([some[place] for place in places] for some in (self.texts, self.staff))
        return pa.table([pa.array(numbers, pa.int32()), *(pa.array(one, pa.string()) for one in cells)], SAID.names)

    def hired(self, places: Sequence[int], numbers: Sequence[int], by: Matching) -> pa.Table:
        number = {self.companies[place].ref: one for place, one in zip(places, numbers, strict=True)}
        return staff_table(self.people, self.person_of, number, by.sites)


@dataclass(slots=True)
class KeptFirms:
    """`made_by` is a digest of the words, weights and questions that `kept` was made with, `made_at` when that was, and
    `mark` stands for that one matching of all. `anew`: all are to be matched anew whatever is kept, and afterwards,
    whether that was done; `fresh`: whether what is kept is another than what was handed in."""

    kept: Kept | None = None
    made_by: str = ""
    made_at: datetime | None = None
    anew: bool = False
    mark: str = ""
    fresh: bool = False

    def match(
        self, companies: Sequence[Company], people: Iterable[Person], person_of: Mapping[Ref, str], ties: Ties,
        by: Matching, now: datetime | None = None,
    ) -> Matched:  # fmt: skip
        """`companies` in order of ref; without `now` nothing is kept. Raises Failed."""
        read = Read.of(companies, people, person_of, ties)
        if now is None or len(companies) < by.words.renewal.people:
            self.kept = None
            return made(read, by).matched(companies)
        if self.kept is None or not self.followed(self.kept, read, by, now):
            before = self.kept if self.made_by == digest_of(by) else None
            self.kept = made(read, by, before=before)
            self.made_by, self.made_at, self.anew, self.fresh = digest_of(by), now, True, True
        return self.kept.matched(companies)

    def followed(self, kept: Kept, read: Read, by: Matching, now: datetime) -> bool:
        """Whether that was possible: not where too much is another."""
        renewal = by.words.renewal
        if self.made_at is None or self.anew or self.made_by != digest_of(by):
            return False
        if not now - timedelta(hours=renewal.hours) <= self.made_at <= now:
            return False
        names = [name_of(company.ref) for company in read.companies]
        changed, gone = differing(kept, read, names)
        if kept.changed + len(changed) + len(gone) > renewal.share * len(names):
            return False
        here = [kept.names.here(names[place]) for place in changed]
        kept.names.gone |= set(gone)
        decided = read.decided(kept.names.living()["number"].to_pylist())
        told = told_table([read.companies[place] for place in changed], by.names, by.sites)
        told = told.set_column(0, "cid", pa.array(here, pa.int32()))
        news = News(read.said(changed, here), told, read.hired(changed, here, by), gone, decided)
        self.fresh = follow(kept, by, news) or self.fresh
        return True


def made(read: Read, by: Matching, statistics: Statistics | None = None, before: Kept | None = None) -> Kept:
    """All matched; what `before` has read of the same words is taken from there."""
    places = range(len(read.companies))
    told = read_anew(read, by) if before is None else read_again(read, before, by)
    names = pa.array([name_of(company.ref) for company in read.companies], pa.string())
    decided, staff = read.decided(places), read.hired(places, places, by)
    return kept_of(read.said(places, places), told, staff, names, decided, by, statistics)


def read_anew(read: Read, by: Matching) -> pa.Table:
    return told_table(read.companies, by.names, by.sites)


def read_again(read: Read, before: Kept, by: Matching) -> pa.Table:
    place = {text: number for number, text in enumerate(before.said.all()["text"].to_pylist())}
    unread = {text: one for text, one in zip(read.texts, read.companies, strict=True) if text not in place}
    old = before.told.all()
    place |= {text: len(old) + number for number, text in enumerate(unread)}
    told = pa.concat_tables([old, told_table(list(unread.values()), by.names, by.sites)])
    found = told.take(pa.array([place[text] for text in read.texts], pa.int64()))
    return found.set_column(0, "cid", pa.array(range(len(found)), pa.int32())).combine_chunks()


def differing(kept: Kept, read: Read, names: Sequence[str]) -> tuple[list[int], list[int]]:
    """The places of those that say something else than what is kept, and the numbers of those that are gone."""
    living = kept.names.living()
    numbers, fresh = living["number"].to_pylist(), kept.said.fresh
    texts, staff = (kept.said.base[name].to_pylist() for name in ("text", "staff"))
    said = [
        (row["text"], row["staff"]) if (row := fresh.get(one)) is not None else (texts[one], staff[one])
        for one in numbers
    ]
    now = list(zip(read.texts, read.staff, strict=True))
    held = dict(zip(living["name"].to_pylist(), zip(numbers, said, strict=True), strict=True))
    changed = [place for place, name in enumerate(names) if held.pop(name, (0, None))[1] != now[place]]
    return changed, [number for number, _ in held.values()]


def said_by(company: Company) -> str:
    """All that told.py reads of a record."""
    return repr((company.name, company.domain, company.phone, company.city, company.country))


def digest_of(by: Matching) -> str:
    """Changes with everything that a matching depends on but companies, people and what is decided."""
    words = [(name, sorted_again(getattr(by.words, name))) for name in sorted(by.words.__slots__) if name != "renewal"]
    code = [version(package) for package in ("crm-sync", "duckdb", "phonenumbers", "publicsuffixlist")]
    asked = (chain.QUESTIONS, chain.RULES, chain.PAIRS, chain.MOST)
    told = repr([*words, by.language, *code, *(sorted(some.items()) for some in asked)])
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def sorted_again(table: object) -> object:
    """Sets and mappings in an order that is the same in every process."""
    if isinstance(table, Mapping):
        return sorted((name, repr(sorted_again(value))) for name, value in table.items())
    return sorted(table) if isinstance(table, frozenset) else table
