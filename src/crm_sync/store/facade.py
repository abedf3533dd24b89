"""Everything that the store can do, as one thing to hold; each line is told in the file that it leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from crm_sync.changes import Basis, Known, KnownCompany, Owed, Plan, Receipt, Write
from crm_sync.errors import ConfigError
from crm_sync.records import Decision, Happenings, News, Record, Ref, Snapshot, Subject
from crm_sync.store import (
    about,
    budgets,
    census,
    companies,
    decisions,
    history,
    lease,
    matchings,
    moved,
    outbox,
    pages,
    past,
    people,
    plans,
    progress,
    promises,
    relations,
    runs,
    scribes,
    snapshot,
    trainings,
)
from crm_sync.store.budgets import Spent
from crm_sync.store.census import Census
from crm_sync.store.database import IN_MEMORY, Database, in_memory, is_there, make_directory, public, read_url
from crm_sync.store.decisions import Decided
from crm_sync.store.lease import Holder, Lease
from crm_sync.store.outbox import Refusal
from crm_sync.store.past import Remembered
from crm_sync.store.progress import Progress
from crm_sync.store.runs import Run
from crm_sync.store.schema import company_links
from crm_sync.store.scribes import Scribe
from crm_sync.store.trainings import Trained
from crm_sync.store.upgrade import upgrade
from crm_sync.store.writes import Queued

TTL = timedelta(minutes=10)


def open_store(url: str) -> Store:
    """The database at `url`, created and migrated where needed. Raises ConfigError."""
    parsed = read_url(url)
    make_directory(parsed)
    database = Database(parsed)
    try:
        upgrade(database)
    except ConfigError:
        database.close()
        raise
    return Store(database)


def open_for_reading(url: str) -> tuple[Store, str]:
    """The database at `url`, and where there is none an empty one in memory, with the place where none is: who only
    looks makes no file, least of all where a path was misspelt. Raises ConfigError."""
    parsed = read_url(url)
    return (open_store(url), "") if is_there(parsed) else (open_store(IN_MEMORY), public(parsed))


class Store:
    """Operational truth: what the CRMs said, what we concluded, what is to be written, who runs."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def url(self) -> str:
        """By which another process opens the same store; empty where it is in this one's memory."""
        url = self.database.url
        return "" if in_memory(url) else url.render_as_string(hide_password=False)

    def close(self) -> None:
        self.database.close()

    # what the CRMs said

    def save_page(
        self,
        crm: str,
        name: str,
        records: Iterable[Record],
        *,
        cursor: str,
        gone: Iterable[Ref] = (),
        horizon: datetime | None = None,
        fetched: int = 0,
    ) -> int:
        """A page and its cursor, all or nothing; returns how many records are new, different or gone now."""
        return pages.save_page(
            self.database, crm, name, records, cursor=cursor, gone=gone, horizon=horizon, fetched=fetched
        )

    def progress(self, crm: str, name: str) -> Progress:
        return progress.read_progress(self.database, crm, name)

    def all_progress(self) -> list[Progress]:
        return progress.read_all_progress(self.database)

    def forget(self, crm: str, name: str) -> None:
        progress.forget(self.database, crm, name)

    def census(self, crm: str, name: str) -> Census:
        return census.take_census(self.database, crm, name)

    def snapshot(self) -> Snapshot:
        return snapshot.read_snapshot(self.database)

    def news(self, now: datetime, by: Basis) -> News | None:
        """What there is since the last plan; None: everybody has to be judged."""
        return moved.read_news(self.database, now, by)

    def snapshot_alone(self) -> Snapshot:
        """Everything but what happened to people."""
        return snapshot.read_snapshot(self.database, happenings=False)

    def happenings(self, people: Collection[Ref], others: Collection[Ref]) -> Happenings:
        """What happened to some people, and touches among `others`."""
        return snapshot.read_happenings(self.database, people, others)

    def strays(self) -> Happenings:
        """What happened to nobody who is here."""
        return snapshot.read_strays(self.database)

    def held_back(self) -> int:
        """How many people's SLA is not written, for it was over before anybody looked."""
        return moved.count_held_back(self.database)

    def first_qualified(self) -> datetime | None:
        """The earliest qualifying event of which a verdict is remembered."""
        return history.first_qualified(self.database)

    def scribes(self) -> list[Scribe]:
        """Users who write down what others did, though their CRM takes them for people."""
        return scribes.read_scribes(self.database)

    def snapshot_about(self, known: Known) -> Snapshot:
        return snapshot.read_snapshot_about(self.database, known)

    def snapshot_of(self, refs: Collection[Ref]) -> Snapshot:
        return snapshot.read_snapshot_of(self.database, refs)

    def house(self) -> Snapshot:
        """Owners, calendars and campaigns, and nobody's records."""
        return snapshot.read_house(self.database)

    # what we concluded

    def save_plan(
        self,
        run_id: int,
        plan: Plan,
        rights: Mapping[str, str] = {},
        cause: str | None = None,
        *,
        quiet: bool = False,
        by: Basis | None = None,
    ) -> Queued:
        """A plan, all or nothing; returns the changes that wait for the CRMs now. `rights` are what each CRM grants us:
        where they are others than before, what was refused may have another chance. `cause` and `quiet` go into the
        history of verdicts: why they may differ from the last ones, and that nobody should be told. `by`: a plan that
        judges by the same may follow this one."""
        return plans.save_plan(self.database, run_id, plan, rights, cause, quiet=quiet, by=by)

    def past(self, field: str) -> Remembered:
        """What nobody was told of, and which records wait for a value of one of our fields."""
        return past.read_past(self.database, field)

    def matching_in_force(self, about: Subject = "person") -> str | None:
        """The mark of the last matching of everybody."""
        return matchings.matching_in_force(self.database, about)

    def put_matching_in_force(self, mark: str, about: Subject = "person") -> None:
        matchings.put_matching_in_force(self.database, mark, about)

    def promises(self) -> list[promises.Kept]:
        """Every promise that was in force, oldest first."""
        return promises.read_promises(self.database)

    def keep_promise(self, version: str, tables: str, since: datetime) -> None:
        """From an instant on, these are the tables of the promise; what was to begin later is forgotten."""
        promises.keep_promise(self.database, version, tables, since)

    def known(self, person_id: str) -> Known | None:
        return people.read_known(self.database, person_id)

    def running(self) -> Iterator[Owed]:
        """Those with a cycle that runs and in which something is owed, one after the other."""
        return people.read_running(self.database)

    def find_people(self, text: str) -> list[Known]:
        return people.find_people(self.database, text)

    def find_companies(self, text: str) -> list[KnownCompany]:
        return companies.find_companies(self.database, text)

    def tables(self, *names: str) -> dict[str, pa.Table]:
        """Relations by name as Arrow tables, all of the same moment."""
        return relations.read_tables(self.database, names)

    def tables_about(self, known: Known) -> Mapping[str, pa.Table]:
        """Of the relations that tell of people and their companies, the rows that are about one person."""
        return about.read_tables_about(self.database, known)

    # what people decided

    def decide(
        self, one: Ref, other: Ref, *, same: bool, by: str, now: datetime, note: str | None = None,
        about: Subject = "person",
    ) -> Decision:  # fmt: skip
        """Two records are one person or company, or two: from the next plan on."""
        return decisions.decide(self.database, one, other, same=same, by=by, now=now, note=note, about=about)

    def undo_decision(self, number: int, by: str, now: datetime) -> Decision:
        """Raises ConfigError when no such decision is in force."""
        return decisions.undo(self.database, number, by, now)

    def decisions(self) -> list[Decided]:
        """All that were ever made, the newest first."""
        return decisions.read_decisions(self.database)

    def keep_training(self, made: Trained) -> int:
        """Weights of matching that hold from the next plan on; returns their number."""
        return trainings.keep_training(self.database, made)

    def trainings(self) -> list[Trained]:
        """All that were ever kept, the newest first."""
        return trainings.read_trainings(self.database)

    def last_training(self) -> Trained | None:
        return next(iter(trainings.read_trainings(self.database, limit=1)), None)

    def find_records(self, text: str) -> list[Ref]:
        """Records of people by ref or by the CRM's own id."""
        return people.find_records(self.database, text)

    def find_company_records(self, text: str) -> list[Ref]:
        """The same of companies."""
        return people.find_records(self.database, text, links=company_links)

    # what is to be written

    def pending(self, crm: str, limit: int, now: datetime) -> list[Write]:
        """What may be sent now, the oldest first."""
        return outbox.read_pending(self.database, crm, limit, now)

    def settle(self, receipts: Sequence[Receipt], now: datetime, rights: str | None = None) -> None:
        """Files what a CRM answered under the rights that it grants us."""
        outbox.settle(self.database, receipts, now, rights)

    def refusals(self) -> list[Refusal]:
        return outbox.read_refusals(self.database)

    def release_refusals(self, keys: Collection[str] | None = None) -> int:
        return outbox.release_refusals(self.database, keys)

    def outbox_counts(self) -> dict[str, int]:
        """State → number of writes."""
        return outbox.count_writes(self.database)

    # who runs

    def lease(
        self, holder: str, now: datetime, ttl: timedelta = TTL, *, gives_way: bool = False
    ) -> AbstractContextManager[Lease]:
        """`with store.lease(...) as lease:`. Raises Locked when somebody else is at work."""
        return lease.hold(self.database, holder, now, ttl, gives_way=gives_way)

    def wait_for_lease(self, holder: str, now: datetime) -> None:
        """Asks whoever gives way to do so; asked again and again while one waits."""
        lease.announce(self.database, holder, now)

    def stop_waiting(self, holder: str) -> None:
        lease.withdraw(self.database, holder)

    def waiting(self, now: datetime) -> str | None:
        """Who waits for the lease."""
        return lease.read_waiting(self.database, now)

    def lock_holder(self) -> Holder | None:
        return lease.read_holder(self.database)

    def release_lock(self) -> Holder | None:
        """Takes the lease from its holder by hand, and returns who that was."""
        return lease.release(self.database)

    def start_run(self, kind: str, now: datetime) -> int:
        return runs.start_run(self.database, kind, now)

    def finish_run(self, run_id: int, outcome: str, summary: Mapping[str, Any], now: datetime) -> None:
        runs.finish_run(self.database, run_id, outcome, summary, now)

    def spend(self, new: Spent) -> None:
        budgets.spend(self.database, new)

    def spent(self, crm: str, day: str) -> Spent | None:
        return budgets.read_spent(self.database, crm, day)

    def resume_run(self, run_id: int) -> None:
        runs.resume_run(self.database, run_id)

    def runs(self, limit: int = 20) -> list[Run]:
        return runs.read_runs(self.database, limit)

    def last_run(self, kind: str) -> Run | None:
        return runs.read_last_run(self.database, kind)
