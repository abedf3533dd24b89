"""Which rules of criteria.toml held for a lead at its qualifying event, and how many points they give."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from crm_sync.changes import Qualification
from crm_sync.mappings import Criteria
from crm_sync.mappings.criteria import ANY, Criterion, When, listed
from crm_sync.reconciler.timeline import Happened

Facts = Mapping[str, str | None]
WORDS = re.compile(r"\w+")


class Event(NamedTuple):
    """A qualifying event: when, on which local date, and since when a human owner has had the lead."""

    at: datetime
    date: datetime
    started_at: datetime | None


def qualification(
    event: Event, facts: Facts, deeds: Mapping[str, Sequence[datetime]], table: Criteria
) -> Qualification:
    """`facts`: FACTS of criteria.toml; `deeds`: activity → when it was done, in order of time."""
    version = table.on(event.date.date())
    held = [rule for rule in version.rules if holds(rule, event.at, facts, deeds)]
    points = sum(rule.points for rule in held)
    persona = next((one.name for one in table.personas if suits(frozen(one.when), facts)), None)
    names = frozenset(rule.name for rule in held)
    return Qualification(
        version=version.version,
        at=event.at,
        started_at=event.started_at,
        points=points,
        needed=version.qualifies_at,
        band=version.band_of(points),
        persona=persona,
        rules=tuple(rule.name for rule in held),
        missed=tuple(rule.name for rule in version.rules if rule.name not in names),
    )


def deeds_of(happened: Sequence[Happened]) -> dict[str, list[datetime]]:
    """When each activity was done; `happened` is in order of time."""
    found: dict[str, list[datetime]] = {}
    for one in happened:
        if one.activity:
            found.setdefault(one.activity.name, []).append(one.touch.at)
    return found


def holds(rule: Criterion, at: datetime, facts: Facts, deeds: Mapping[str, Sequence[datetime]]) -> bool:
    if rule.did:
        since = at - span if (span := rule.span) else None
        if sum(counted(deeds[name], since, at) for name in rule.did if name in deeds) < rule.at_least:
            return False
    return suits(frozen(rule.when), facts)


def counted(times: Sequence[datetime], since: datetime | None, until: datetime) -> int:
    """How many lie from one instant up to another, both included."""
    first = 0 if since is None else bisect_left(times, since)
    return max(bisect_right(times, until) - first, 0)


Conditions = tuple[tuple[str, frozenset[str]], ...]


def frozen(when: When) -> Conditions:
    return folded(tuple(when.items()))


@lru_cache(maxsize=256)
def folded(when: tuple[tuple[str, str | tuple[str, ...]], ...]) -> Conditions:
    """The conditions of one rule, read once."""
    return tuple((name, listed(values)) for name, values in when)


def suits(conditions: Conditions, facts: Facts) -> bool:
    return all(allows(name, allowed, (facts.get(name) or "").strip().casefold()) for name, allowed in conditions)


def allows(name: str, allowed: frozenset[str], said: str) -> bool:
    if not said:
        return False
    if ANY in allowed or said in allowed:
        return True
    if name == "title":
        return not allowed.isdisjoint(WORDS.findall(said))
    return name == "email" and said.rpartition("@")[2] in allowed
