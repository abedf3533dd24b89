"""Attempts: which touches of a cycle count, and which rule decided about each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_sync.changes import Considered
from crm_sync.mappings import Activity, Policy
from crm_sync.reconciler.directory import Directory
from crm_sync.reconciler.sla.cycles import Cycle
from crm_sync.reconciler.timeline import Happened
from crm_sync.reconciler.words import iso


@dataclass(frozen=True, slots=True)
class Effort:
    """What both sides did in a cycle: attempts that count, answers of the person, meetings that the person booked."""

    attempts: tuple[datetime, ...]
    answers: tuple[datetime, ...]
    bookings: tuple[datetime, ...]
    considered: tuple[Considered, ...]


def effort_in(
    cycle: Cycle, happened: Sequence[Happened], policy: Policy, directory: Directory, now: datetime
) -> Effort:
    """`happened` in order of time."""
    considered: list[Considered] = []
    attempts: list[datetime] = []
    counted: dict[str | None, datetime] = {}  # channel → the last attempt that counted
    for one in happened:
        activity, at = one.activity, one.touch.at
        rule = why_not(one, cycle, policy, directory, now) or same_attempt(activity, at, counted, policy)
        if not rule and activity:
            counted[activity.channel] = at
            attempts.append(at)
        considered.append(Considered(one.touch.ref, at, name_of(one), not rule, rule or "counts as an attempt"))
    answers = [
        (one.touch.at, one.activity.satisfies)
        for one in happened
        if one.activity and one.activity.answer and answers_in(cycle, one.touch.at, now)
    ]
    booked = tuple(at for at, satisfies in answers if satisfies)
    return Effort(tuple(attempts), tuple(at for at, _ in answers), booked, tuple(considered))


def why_not(one: Happened, cycle: Cycle, policy: Policy, directory: Directory, now: datetime) -> str:
    """The first rule by which a touch is no attempt of this cycle; empty when it is one."""
    activity, touch = one.activity, one.touch
    if activity is None:
        return "no rule of activities.toml fits"
    if not activity.attempt:
        return what_it_is(activity, cycle, touch.at, now)
    if touch.actor and not directory.is_human(touch.actor):
        return f"done by {directory.owner_name(touch.actor)}, who is not a human being"
    if touch.at < cycle.started_at - policy.pre_start_grace.as_timedelta():
        return f"more than {policy.pre_start_grace} before the cycle started at {iso(cycle.started_at)}"
    if cycle.ended_at and touch.at > cycle.ended_at:
        return f"after the cycle ended at {iso(cycle.ended_at)}"
    return "lies in the future" if touch.at > now else ""


def what_it_is(activity: Activity, cycle: Cycle, at: datetime, now: datetime) -> str:
    if activity.answer and answers_in(cycle, at, now):
        return "the person answered" if not activity.satisfies else "the person booked a meeting"
    return f"{activity.label.en} is not an attempt"


def answers_in(cycle: Cycle, at: datetime, now: datetime) -> bool:
    """At or after the start, before the end."""
    return cycle.started_at <= at <= now and (cycle.ended_at is None or at < cycle.ended_at)


def same_attempt(activity: Activity | None, at: datetime, counted: dict[str | None, datetime], policy: Policy) -> str:
    """Another touch on one channel soon after a counted one; this also joins what the CRMs mirror to each other."""
    last = counted.get(activity.channel) if activity else None
    if last is None or at - last > policy.same_attempt_within.as_timedelta():
        return ""
    return f"the same attempt as the one at {iso(last)}: same channel within {policy.same_attempt_within}"


def no_cycle(happened: Iterable[Happened]) -> tuple[Considered, ...]:
    """Every touch of somebody who has no cycle yet."""
    return tuple(
        Considered(one.touch.ref, one.touch.at, name_of(one), False, "no cycle has started") for one in happened
    )


def name_of(one: Happened) -> str:
    return one.activity.name if one.activity else one.touch.ref.kind
