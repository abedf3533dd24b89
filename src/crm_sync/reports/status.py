"""How fresh and how complete our knowledge is: what `crm-sync status` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from crm_sync.mappings import load_vocabulary
from crm_sync.records import Ref
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, Row

STALE_AFTER = timedelta(hours=1)
ENDED_WELL = ("done", "partial")


class Books(Relations, Protocol):
    """The store, with what it keeps about its outbox."""

    def outbox_counts(self) -> Mapping[str, int]:
        """Writes by state."""


@dataclass(frozen=True, slots=True)
class ObjectProgress:
    """How far one object of one CRM has been read, by the CRM's clock.
    `horizon` None: the first read has not come to its end."""

    crm: str
    name: str
    rows: int  # that the CRM ever sent, re-read ones included
    horizon: datetime | None
    age: timedelta | None

    def as_json(self) -> dict[str, Any]:
        seconds = None if self.age is None else int(self.age.total_seconds())
        return {"rows": self.rows, "horizon": plain(self.horizon), "age_seconds": seconds}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A backfill that stopped on its way; the same command goes on with it."""

    crm: str
    name: str
    window: str

    @classmethod
    def of(cls, row: Row) -> Unfinished:
        name, _, window = row["name"].partition("@")
        return cls(row["crm"], name, window)


@dataclass(frozen=True, slots=True)
class BudgetNote:
    """The newest day of calls of one CRM. `used` counts everybody's, `own` ours, `backfill` those among ours of
    backfills and proofs; `reserve` is kept for the scheduled sync. None where the CRM does not tell."""

    crm: str
    day: str
    limit: int | None
    used: int | None
    own: int
    backfill: int
    reserve: int | None
    resets_at: datetime | None

    @property
    def low(self) -> bool:
        """Is what is left no more than the reserve?"""
        if self.limit is None or self.used is None or self.reserve is None:
            return False
        return self.limit - self.used <= self.reserve

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "low": self.low}


@dataclass(frozen=True, slots=True)
class RunNote:
    """One run of sync or backfill."""

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    summary: Mapping[str, Any]


@cache
def kinds_of_people() -> frozenset[str]:
    return load_vocabulary().fields.kinds("people")


@dataclass(frozen=True, slots=True)
class UnmappedWord:
    """A word of a CRM that no table knows, with one record that says it."""

    crm: str
    field: str
    value: str
    count: int
    example: str

    @property
    def person(self) -> str | None:
        """The record id of the person whose fields say the word; None when an activity does."""
        kind, record_id = Ref.parse(self.example)[1:]
        match kind:
            case "label":
                return record_id.rpartition("/")[2]
            case "visit" | "conversion" | "reply":
                return record_id.partition("/")[0]
        return record_id if kind in kinds_of_people() else None


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    """A record that took no part in something, and why."""

    ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A write that a CRM refused for good."""

    key: str
    ref: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that tells whether the numbers can be trusted now."""

    progress: tuple[ObjectProgress, ...]
    last_run: RunNote | None
    outbox: Mapping[str, int]
    unmapped: tuple[UnmappedWord, ...]
    set_aside: tuple[SetAsideRow, ...]
    refusals: tuple[Refusal, ...]
    stale_after: timedelta
    budgets: tuple[BudgetNote, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()

    @property
    def read_up_to(self) -> datetime | None:
        """The horizon of the object that lags most; None while any has not been read to its end."""
        horizons = [one.horizon for one in self.progress]
        return min((at for at in horizons if at), default=None) if all(horizons) else None

    @property
    def stale(self) -> bool:
        """True when nothing was read, a first read is unfinished, or any object lags more than `stale_after`."""
        return not self.progress or any(one.age is None or one.age > self.stale_after for one in self.progress)

    def as_json(self) -> dict[str, Any]:
        crms: dict[str, dict[str, Any]] = {}
        for one in self.progress:
            crms.setdefault(one.crm, {})[one.name] = one.as_json()
        return {
            "stale": self.stale,
            "stale_after_seconds": int(self.stale_after.total_seconds()),
            "read_up_to": plain(self.read_up_to),
            "progress": crms,
            "last_run": plain(self.last_run),
            "budgets": {one.crm: one.as_json() for one in self.budgets},
            "unfinished": plain(self.unfinished),
            "outbox": dict(self.outbox),
            "unmapped": plain(self.unmapped),
            "set_aside": plain(self.set_aside),
            "refusals": plain(self.refusals),
        }


def status(store: Books, now: datetime, stale_after: timedelta = STALE_AFTER, reserve: float = 0.0) -> Status:
    """`now` is by the CRMs' clock, as the horizons are: see `crm_time`. `reserve` is the share of a day's calls that is
    kept for the scheduled sync."""
    found = store.tables("progress", "runs", "unmapped", "set_aside", "refusals", "budgets")
    lists = {name: found[name].to_pylist() for name in found}
    words = sorted(lists["unmapped"], key=lambda row: (-row["count"], row["crm"], row["field"], row["value"]))
    return Status(
        progress=tuple(as_progress(row, now) for row in lists["progress"] if "@" not in row["name"]),
        last_run=last_of(lists["runs"]),
        outbox=store.outbox_counts(),
        unmapped=tuple(
            UnmappedWord(*(row[key] for key in ("crm", "field", "value", "count", "example"))) for row in words
        ),
        set_aside=tuple(SetAsideRow(row["ref"], row["reason"]) for row in lists["set_aside"]),
        refusals=tuple(as_refusal(row) for row in lists["refusals"]),
        stale_after=stale_after,
        budgets=newest(lists["budgets"], now, reserve),
        unfinished=tuple(Unfinished.of(row) for row in lists["progress"] if "@" in row["name"]),
    )


def crm_time(store: Relations, host_now: datetime) -> datetime:
    """The CRMs' clock now, without asking them: the newest horizon, carried on by this machine's clock since the
    last sync that ended well began. Without such a sync both clocks count as one."""
    found = store.tables("progress", "runs")
    horizons: list[datetime] = [row["horizon"] for row in found["progress"].to_pylist() if row["horizon"]]
    runs = [row for row in found["runs"].to_pylist() if row["kind"] == "sync" and row["outcome"] in ENDED_WELL]
    began: list[datetime] = [row["started_at"] for row in runs]
    return max(horizons) + max(host_now - max(began), timedelta()) if horizons and began else host_now


def as_progress(row: Row, now: datetime) -> ObjectProgress:
    horizon = row["horizon"]
    age = None if horizon is None else max(now - horizon, timedelta())
    return ObjectProgress(row["crm"], row["name"], row["total"], horizon, age)


def newest(days: list[Row], now: datetime, reserve: float) -> tuple[BudgetNote, ...]:
    """The last day of each CRM; of a day that is over, only the limit still says something."""
    last = {row["crm"]: row for row in sorted(days, key=lambda row: row["day"])}
    return tuple(as_budget(row, now, reserve) for _, row in sorted(last.items()))


def as_budget(row: Row, now: datetime, reserve: float) -> BudgetNote:
    limit, resets_at = row["limit"], row["resets_at"]
    over = resets_at is not None and resets_at <= now
    kept = None if limit is None else round(limit * reserve)
    used, own, backfill = (None, 0, 0) if over else (row["used"], row["own"], row["backfill"])
    return BudgetNote(row["crm"], row["day"], limit, used, own, backfill, kept, None if over else resets_at)


def as_refusal(row: Row) -> Refusal:
    return Refusal(row["key"], row["ref"], row["reason"] or "", row["message"] or "")


def last_of(runs: list[Row]) -> RunNote | None:
    if not runs:
        return None
    row = max(runs, key=lambda run: run["id"])
    summary = json.loads(row["summary"]) if isinstance(row["summary"], str) else row["summary"] or {}
    return RunNote(row["id"], row["kind"], row["started_at"], row["finished_at"], row["outcome"], summary)
