"""The handoff from marketing to sales: what leads brought, which were lost, and how long they were on their way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.base import Engine
from crm_sync.mappings import Handoff as Needed
from crm_sync.mappings import Vocabulary
from crm_sync.mappings.handoff import PARTS
from crm_sync.reconciler.sla.clock import clock_of
from crm_sync.reports.marketing import marketing_side
from crm_sync.reports.misses import CAUSES, Misses, missed, misses, people_of
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import INSTANT, Relations, Row, as_of, read_until, rows, table
from crm_sync.reports.sales import SMALLEST_SAMPLE
from crm_sync.reports.teams import Teams, teams

MARKS: Final = ("handed", "complete", "incomplete", *(f"no_{part}" for part in PARTS), "black_hole", "stray", *CAUSES)
STEPS: Final = ("owner", "record", "properties", "contact")
RELATIONS: Final = (
    "known", "targets", "links", "people", "owners", "touches", "touch_people", "stage_entries", "stage_changes",
    "outbox", "runs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead that was handed off without everything it should bring. `rep` None: nobody had it yet."""

    person_id: str
    person: str
    company: str | None
    rep: str | None
    rep_name: str | None
    handed_at: datetime
    channel: str
    score: int
    missing: tuple[str, ...]
    content: str | None  # the title of what the person last asked for or answered
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """`missing` counts the leads that lack a part, `points` is what the part is worth; `score` is the mean, of 100."""

    leads: int
    complete: int
    score: float | None
    missing: dict[str, int]
    points: dict[str, int]
    incomplete: tuple[Lead, ...]

    @property
    def share(self) -> float | None:
        """Complete ones of all; None for a sample of fewer than five."""
        return self.complete / self.leads if self.leads >= SMALLEST_SAMPLE else None

    def as_json(self) -> dict[str, Any]:
        score, share = self.score, self.share
        rounded = {
            "score": None if score is None else round(score, 1),
            "share": None if share is None else round(share, 4),
        }
        return {**plain(self), **rounded}


@dataclass(frozen=True, slots=True)
class Silent:
    """A lead of which nothing was heard for `days` business days since it was handed off."""

    person_id: str
    person: str
    company: str | None
    stage: str | None
    handed_at: datetime
    rep: str | None
    rep_name: str | None
    days: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlackHole:
    """Who was lost, the longest silence first, of `open` leads. `judged_until` is up to when every CRM has been read;
    None: not to an end yet, so that silence proves nothing and nobody is listed."""

    after: str
    judged_until: datetime | None
    open: int
    leads: tuple[Silent, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Of `leads` that came so far, half did within `half` hours and nineteen of twenty within `most`; `waiting` have
    not. None for a sample of fewer than five."""

    step: str
    leads: int
    waiting: int
    half: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """One lead's hours from the qualifying event to each step; None: not there yet."""

    person_id: str
    person: str
    company: str | None
    rep_name: str | None
    qualified_at: datetime
    refs: tuple[str, ...]
    owner: float | None
    record: float | None
    properties: float | None
    contact: float | None


@dataclass(frozen=True, slots=True)
class Within:
    """The promise of a contact, from the qualifying event on: of those judged, how many were in time."""

    target: str
    within: str
    judged: int
    met: int

    @property
    def share(self) -> float | None:
        """None for a sample of fewer than five."""
        return self.met / self.judged if self.judged >= SMALLEST_SAMPLE else None

    def as_json(self) -> dict[str, Any]:
        return {**plain(self), "share": None if self.share is None else round(self.share, 4)}


@dataclass(frozen=True, slots=True)
class Handoff:
    """The latest handoff of each person. Completeness and speed look back `days`, the black hole at all open leads."""

    days: int
    completeness: Completeness
    black_hole: BlackHole
    steps: tuple[Step, ...]
    slowest: tuple[OnTheWay, ...]
    contact: tuple[Within, ...]
    teams: Teams
    misses: Misses

    def as_json(self) -> dict[str, Any]:
        return {
            "days": self.days,
            "completeness": self.completeness.as_json(),
            "black_hole": plain(self.black_hole),
            "speed": {"unit": "hours", "steps": plain(self.steps), "slowest": plain(self.slowest)},
            "contact": [one.as_json() for one in self.contact],
            "teams": self.teams.as_json(),
            "misses": self.misses.as_json(),
        }


def handoff(store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime, *, ever: bool = False) -> Handoff:
    """`now` stands in for the CRMs' clock only while nothing has been read. `ever`: however long ago."""
    tables = handed_tables(store, engine, vocabulary, now, ever=ever)
    tables["way"] = table(engine, "handoff", "way", tables)
    found = {row["step"]: row for row in rows(engine, "handoff", "legs", tables)}
    return Handoff(
        days=vocabulary.handoff.days,
        completeness=completeness(engine, tables, vocabulary.handoff),
        black_hole=black_hole(store, engine, tables, vocabulary),
        steps=tuple(as_step(step, found.get(step)) for step in STEPS),
        slowest=tuple(as_way(row) for row in rows(engine, "handoff", "slowest", tables)),
        contact=tuple(contact(engine, tables, vocabulary)),
        teams=teams(store, engine, vocabulary),
        misses=misses(engine, tables, vocabulary, marketing_side(store, engine, vocabulary, now)),
    )


def handed_tables(
    store: Relations, engine: Engine, vocabulary: Vocabulary, now: datetime, *, ever: bool = False
) -> dict[str, pa.Table]:
    """The relations that questions about handoffs need, `reps`, `handed` and `leads` among them."""
    needed, until = vocabulary.handoff, as_of(store, now)
    tables = {**store.tables(*RELATIONS)}
    tables["reps"] = table(engine, "sla", "reps", tables)
    tables["handed"] = table(engine, "handoff", "handed", tables)
    since = datetime.min.replace(tzinfo=UTC) if ever else until - timedelta(days=needed.days)
    tables["lately"] = pa.table({"since": pa.array([since], INSTANT)})
    tables["needed"] = pa.table({name: [value] for name, value in {**needed.points, "touches": needed.touches}.items()})
    tables["no_campaign"] = pa.table({"channel": pa.array(sorted(needed.no_campaign), pa.string())})
    tables["no_answer"] = words_without_answer(vocabulary)
    tables["activities"] = judged_activities(engine, tables, vocabulary)
    tables["contact"] = pa.table({"name": pa.array(contact_targets(vocabulary), pa.string())})
    tables["leads"] = table(engine, "handoff", "leads", tables)
    return tables


def marked(store: Relations, engine: Engine, vocabulary: Vocabulary, mark: str, now: datetime) -> set[str]:
    """Ids of the people behind a number of this report; none for a mark that is not in MARKS."""
    if mark == "stray":
        return {one.person_id for one in teams(store, engine, vocabulary).strays}
    tables = handed_tables(store, engine, vocabulary, now)
    if mark in CAUSES:
        return people_of(missed(engine, tables, vocabulary), mark)
    if mark == "black_hole":
        return {one.person_id for one in black_hole(store, engine, tables, vocabulary).leads}
    if mark in ("handed", "complete"):
        lacking = {one.person_id for one in completeness(engine, tables, vocabulary.handoff).incomplete}
        everybody = set(tables["leads"].column("person_id").to_pylist())
        return everybody if mark == "handed" else everybody - lacking
    found = completeness(engine, tables, vocabulary.handoff).incomplete
    return {one.person_id for one in found if mark == "incomplete" or mark.removeprefix("no_") in one.missing}


def words_without_answer(vocabulary: Vocabulary) -> pa.Table:
    """The CRMs' words that a record may come to say while nobody has lifted a finger: (crm, word)."""
    lifecycle, ranks = vocabulary.lifecycle, {one.name: one.rank for one in vocabulary.lifecycle.stages.values()}
    handed = ranks["mql"] or 0
    known = [
        (crm, word)
        for crm, words in lifecycle.words.items()
        for word, stage in words.items()
        if (rank := ranks[stage]) is not None and rank <= handed
    ]
    more = [(crm, word) for crm in lifecycle.words for word in sorted(vocabulary.handoff.no_answer)]
    crms, words = zip(*(known + more), strict=True)
    return pa.table({"crm": pa.array(crms, pa.string()), "word": pa.array(words, pa.string())})


def judged_activities(engine: Engine, tables: dict[str, pa.Table], vocabulary: Vocabulary) -> pa.Table:
    """Object and facts of every touch that there is: is it something that happened (a label is not), and content?"""
    said = rows(engine, "handoff", "said", tables)
    found = [vocabulary.activities.classify(row["kind"], json.loads(row["facts"] or "{}")) for row in said]
    return pa.table(
        {
            "kind": pa.array([row["kind"] for row in said], pa.string()),
            "facts": pa.array([row["facts"] for row in said], pa.string()),
            "touch": pa.array([one is None or one.credit != "label" for one in found], pa.bool_()),
            "content": pa.array(
                [one is not None and one.name in vocabulary.handoff.content for one in found], pa.bool_()
            ),
        }
    )


def contact_targets(vocabulary: Vocabulary) -> list[str]:
    """Targets that ask for a contact, from the qualifying event on."""
    return [one.name for one in vocabulary.promise.targets().values() if one.by == "contact"]


def completeness(engine: Engine, tables: dict[str, pa.Table], needed: Needed) -> Completeness:
    (counted,) = rows(engine, "handoff", "completeness", tables)
    return Completeness(
        leads=counted["leads"],
        complete=counted["complete"],
        score=counted["score"],
        missing={part: counted[part] for part in PARTS},
        points=dict(needed.points),
        incomplete=tuple(as_lead(row) for row in rows(engine, "handoff", "incomplete", tables)),
    )


def as_lead(row: Row) -> Lead:
    return Lead(
        row["person_id"], row["person"], row["company"], row["rep"], row["rep_name"], row["handed_at"], row["channel"],
        row["score"], tuple(part for part in PARTS if not row[part]), row["last_content"], tuple(row["refs"]),
    )  # fmt: skip


def black_hole(store: Relations, engine: Engine, tables: dict[str, pa.Table], vocabulary: Vocabulary) -> BlackHole:
    """Silence is measured on the calendar of the house, up to when every CRM has been read."""
    after, until = vocabulary.handoff.lost_after, read_until(store)
    (counted,) = rows(engine, "handoff", "open_leads", tables)
    if until is None:
        return BlackHole(str(after), None, counted["leads"], ())
    clock = clock_of(vocabulary.promise.working_time)
    lost = (
        Silent(**{**row, "refs": tuple(row["refs"])}, days=clock.business_days(row["handed_at"], until))
        for row in rows(engine, "handoff", "silent", tables)
        if row["handed_at"] < until and clock.due(row["handed_at"], after) < until
    )
    return BlackHole(str(after), until, counted["leads"], tuple(lost))


def as_step(step: str, row: Row | None) -> Step:
    if row is None or row["leads"] < SMALLEST_SAMPLE:
        return Step(step, row["leads"] if row else 0, row["waiting"] if row else 0, None, None)
    return Step(step, row["leads"], row["waiting"], round(row["half"], 2), round(row["most"], 2))


def as_way(row: Row) -> OnTheWay:
    hours = {step: None if row[step] is None else round(row[step], 2) for step in STEPS}
    return OnTheWay(**{**row, "refs": tuple(row["refs"]), **hours})


def contact(engine: Engine, tables: dict[str, pa.Table], vocabulary: Vocabulary) -> Iterable[Within]:
    targets = vocabulary.promise.targets()
    found = {row["target"]: row for row in rows(engine, "handoff", "within", tables)}
    for name in contact_targets(vocabulary):
        row = found.get(name, {"judged": 0, "met": 0})
        yield Within(name, str(targets[name].within), row["judged"], row["met"])
