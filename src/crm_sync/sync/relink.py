"""Who is who, worked out again from what the store holds: shown first, and carried out when it is still the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from crm_sync.changes import Compared
from crm_sync.clock import host_now
from crm_sync.engine.base import Engine
from crm_sync.errors import ConfigError, CrmSyncError, Stale
from crm_sync.mappings import Vocabulary
from crm_sync.reconciler.dedupe.companies import Matching, compare_companies, link_firms
from crm_sync.reconciler.dedupe.evidence import compared_of
from crm_sync.reconciler.dedupe.link import link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.rows import rows_of
from crm_sync.records import Ref, Snapshot, Subject
from crm_sync.store import Store
from crm_sync.sync.memory import load_in_force
from crm_sync.sync.run import Parts, conclude
from crm_sync.sync.turns import turn


@dataclass(frozen=True, slots=True)
class Moved:
    """A record would belong to another person or company than now; `before` is None for a record that nobody has looked
    at."""

    ref: str
    before: str | None
    after: str
    because: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change of who is who and of which company is which, in order of records, and how many pairs would wait
    for somebody to look."""

    moved: tuple[Moved, ...]
    people: int
    companies: int
    reviews: int

    @property
    def fingerprint(self) -> str:
        told = json.dumps([[one.ref, one.before, one.after] for one in self.moved])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        moved = [asdict(one) for one in self.moved]
        found = {"people": self.people, "companies": self.companies, "to_review": self.reviews}
        return {"fingerprint": self.fingerprint, **found, "moved": moved}


def propose(snapshot: Snapshot, vocabulary: Vocabulary, engine: Engine, language: str) -> Proposal:
    """Raises Failed."""
    linked = link_people(snapshot, Matcher(*vocabulary.identity, engine, language))
    firms = link_firms(snapshot, linked.person_of, Matching.of(vocabulary.companies, engine, language))
    now = chain(
        ((one.ref, snapshot.person_ids.get(one.ref), one.person_id, one.because) for one in linked.links),
        ((one.ref, snapshot.company_ids.get(one.ref), one.company_id, one.because) for one in firms.links),
    )
    moved = tuple(Moved(str(ref), before, after, because) for ref, before, after, because in now if before != after)
    return Proposal(moved, len(linked.records), len(firms.records), len(linked.reviews) + len(firms.reviews))


async def carry_out(parts: Parts, fingerprint: str) -> Proposal:
    """Concludes everything anew from what the store holds, as of the last read; what our fields should say goes out
    with the next sync. Raises Stale when it would not be what was shown, Locked, Failed."""
    async with turn(parts.store, gives_way=False):
        snapshot, settings = parts.store.snapshot_alone(), parts.settings
        proposal = propose(snapshot, parts.vocabulary, parts.engine, settings.language)
        if proposal.fingerprint != fingerprint:
            fix = "Plan again: crm-sync dupes plan -o FILE"
            raise Stale("Something else would change now than was planned.", fix=fix)
        run_id = parts.store.start_run("dupes", host_now())
        try:
            plan = conclude(parts, snapshot, last_read(parts), anew=True)
            queued = parts.store.save_plan(run_id, plan)
        except CrmSyncError as problem:
            parts.store.finish_run(run_id, "failed", {"error": str(problem)}, host_now())
            raise
        summary = {"people": proposal.people, "moved": len(proposal.moved), "planned": queued.planned}
        parts.store.finish_run(run_id, "done", summary, host_now())
    return proposal


def last_read(parts: Parts) -> datetime:
    """Up to when anything has been read, by the CRMs' own clock; this machine's where nothing has."""
    return max((one.horizon for one in parts.store.all_progress() if one.horizon), default=host_now())


def compared(
    store: Store, about: Subject, pair: tuple[Ref, Ref], vocabulary: Vocabulary, engine: Engine, language: str,
    directory: Path | None,
) -> Compared:  # fmt: skip
    """Two records of people or companies; where these work is that of the last plan. Raises Failed."""
    if about == "person":
        return compare(store, *pair, Matcher(*vocabulary.identity, engine, language), directory)
    snapshot, by = store.snapshot_alone(), Matching.of(vocabulary.companies, engine, language)
    person_of = {person.ref: snapshot.person_ids.get(person.ref, str(person.ref)) for person in snapshot.people}
    return compare_companies(snapshot.companies, snapshot.people, person_of, *pair, by)


def compare(store: Store, one: Ref, other: Ref, matcher: Matcher, directory: Path | None) -> Compared:
    """Two records, whether or not anything brings them together. How often a name or a number is used decides what it
    proves: that is kept of the last matching in `directory`; where it is not, everybody is looked at. Raises Failed."""
    statistics = load_in_force(directory, store).statistics_of(matcher) if directory else None
    snapshot = store.snapshot_of((one, other)) if statistics else store.snapshot_alone()
    place = {person.ref: number for number, person in enumerate(snapshot.people)}
    companies = {company.ref: company for company in snapshot.companies}
    return compared_of(matcher.compare(rows_of(snapshot.people, companies), place[one], place[other], statistics))


def save_proposal(proposal: Proposal, file: Path) -> None:
    """For this user's eyes only. Raises ConfigError."""
    try:
        file.touch(mode=0o600)
        file.write_text(json.dumps(proposal.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise ConfigError(
            str(file), str(problem.strerror), "a file in a directory that this user may write to"
        ) from None


def fingerprint_in(file: Path) -> str:
    """Raises ConfigError."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return str(found["fingerprint"])
    raise ConfigError(str(file), "no plan", "a file that `crm-sync dupes plan -o FILE` wrote")
