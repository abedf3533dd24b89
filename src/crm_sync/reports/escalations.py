"""Who has to hear now of which lead: the level that every running target has reached, and what comes next.

Nothing is remembered here. A level is due from its instant until the target is met or its cycle ends, and it has a key
of its own: whoever sends messages and keeps the keys sends each of them once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from crm_sync.changes import Owed, TargetVerdict, Verdict
from crm_sync.clock import to_iso
from crm_sync.mappings import Target, Vocabulary
from crm_sync.reconciler.directory import Directory, directory_of
from crm_sync.reconciler.sla.court import Court, Former, Horizon, court_of
from crm_sync.reconciler.sla.escalation import Escalation, Level, escalations
from crm_sync.reconciler.sla.pauses import still
from crm_sync.records import Ref, Snapshot
from crm_sync.reports.plain import plain
from crm_sync.reports.relations import Relations, as_of
from crm_sync.reports.sla_person import policy_of

Role = Literal["owner", "manager", "team_lead", "routing"]
TOLD: dict[Level, tuple[Role, ...]] = {
    "at_risk": ("owner",),
    "breach": ("owner", "manager"),
    "overdue": ("owner", "manager", "team_lead"),
}


class Running(Relations, Protocol):
    """The store, as this report sees it."""

    def running(self) -> Iterable[Owed]:
        """Those with a cycle that runs and in which something is owed."""

    def house(self) -> Snapshot:
        """Owners, calendars and campaigns."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who has to hear of it. `name` is None where no CRM and no table says who that is."""

    role: Role
    name: str | None
    email: str | None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One target that calls for somebody: the highest level that it has reached, since when, and the one after it."""

    person_id: str
    name: str
    company: str | None
    qualified_at: datetime | None
    target: str
    state: str
    due_at: datetime
    level: Level
    since: datetime
    tell: tuple[Told, ...]
    then: Escalation | None
    away_until: datetime | None
    because: str

    @property
    def key(self) -> str:
        """One for each level of each target of each cycle, the same whenever it is asked for."""
        cycle = to_iso(self.qualified_at) if self.qualified_at else ""
        return f"{self.person_id}/{cycle}/{self.target}/{self.level}"

    def as_json(self) -> dict[str, Any]:
        then = {"level": self.then.level, "at": plain(self.then.at)} if self.then else None
        return {"key": self.key, **plain(self), "then": then}


@dataclass(frozen=True, slots=True)
class Escalations:
    """As of the moment up to which the CRMs were read; the newest first."""

    as_of: datetime
    due: tuple[Due, ...]

    def at(self, level: Level) -> int:
        return sum(one.level == level for one in self.due)

    def as_json(self) -> dict[str, Any]:
        return {"as_of": plain(self.as_of), "count": len(self.due), "due": [one.as_json() for one in self.due]}


def due_escalations(store: Running, vocabulary: Vocabulary, now: datetime, former: Former = ()) -> Escalations:
    """As of the CRMs' clock when they were last read; `now` stands in for it only while nothing has been read."""
    at = as_of(store, now)
    directory = directory_of(store.house(), vocabulary.promise.integrations)
    court = court_of(vocabulary, directory, at, Horizon(at), former)
    found = [due for known in store.running() for due in due_of(known, court)]
    return Escalations(at, tuple(sorted(found, key=lambda one: (one.since, one.key), reverse=True)))


def due_of(known: Owed, court: Court) -> Iterator[Due]:
    verdict = known.verdict
    if verdict is None or verdict.ended_at:
        return
    owner = owner_now(verdict)
    policy = policy_of(verdict, court)
    clock = court.calendar(None, policy.calendar, verdict.owner).clock
    pauses = still(verdict.pauses, policy.rules.pauses, court.as_of) if verdict.pauses else ()
    targets = {one.name: one for one in policy.targets if calls(one, owner)}
    for stands in verdict.targets:
        if stands.target in targets:
            levels = escalations(targets[stands.target], stands, verdict, clock, pauses)
            reached = [one for one in levels if one.at <= court.as_of and allowed(one, stands)]
            if reached:
                yield due(known, verdict, stands, owner, reached[-1], levels, court)


def calls(target: Target, owner: Ref | None) -> bool:
    """A rep is called for what a rep owes; where there is none, somebody has to make one."""
    return target.clock == "rep" if owner else target.by == "owner"


def owner_now(verdict: Verdict) -> Ref | None:
    """Whose the lead is; the one at the start where no first attempt is promised."""
    return verdict.stretches[-1].owner if verdict.stretches else verdict.owner


def allowed(level: Escalation, stands: TargetVerdict) -> bool:
    """Nobody hears of a breach that is none yet: the CRMs have to be read past it."""
    return level.level == "at_risk" or stands.state == "breached"


def due(
    known: Owed,
    verdict: Verdict,
    stands: TargetVerdict,
    owner: Ref | None,
    reached: Escalation,
    levels: Sequence[Escalation],
    court: Court,
) -> Due:
    after = levels[levels.index(reached) + 1 :]
    away = [ends for begins, ends in court.directory.away(owner) if begins <= court.as_of < ends] if owner else []
    return Due(
        known.person_id,
        known.name,
        known.company,
        verdict.qualified_at,
        stands.target,
        stands.state,
        stands.due_at,
        reached.level,
        reached.at,
        tuple(told(role, owner, court) for role in TOLD[reached.level]) if owner else (Told("routing", None, None),),
        after[0] if after else None,
        max(away, default=None),
        stands.because,
    )


def told(role: Role, owner: Ref, court: Court) -> Told:
    """The owner; who the CRMs say is the manager; whom sla.toml names as head of the team."""
    directory = court.directory
    if role == "owner":
        return Told(role, directory.owner_name(owner), directory.owner_email(owner))
    if role == "manager":
        manager = next((one.manager for one in directory.named(owner) if one.manager), None)
        named = (directory.owner_name(manager), directory.owner_email(manager)) if manager else (None, None)
        return Told(role, *named)
    team = next((one.team for one in directory.named(owner) if one.team), None)
    head = court.promise.team_leads.get(team.strip().casefold()) if team else None
    return head_of(team, head, directory) if head else Told(role, None, None, team)


def head_of(team: str | None, head: str, directory: Directory) -> Told:
    """By the name that a CRM has for an e-mail address, else as the table says."""
    known = next((one.name for one in directory.colleagues.get(head.casefold(), ()) if one.name), None)
    return Told("team_lead", known or head, head if "@" in head else None, team)
