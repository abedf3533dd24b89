"""Which rules of criteria.toml held for a lead at its qualifying event, and how many points they give."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from crm_sync.changes import Qualification
from crm_sync.mappings import Criteria
from crm_sync.mappings.criteria import ANY, SCORE, Version, When
from crm_sync.mappings.tables import listed
from crm_sync.reconciler.timeline import Happened

Facts = Mapping[str, str]  # in lower case; what is not known is not there
Deeds = Mapping[str, Sequence[datetime]]  # activity → when it was done, in order of time
Conditions = tuple[tuple[str, frozenset[str]], ...]
COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
WORDS = re.compile(r"\w+")


class Event(NamedTuple):
    """A qualifying event: when, on which local date, and since when a human owner has had the lead."""

    at: datetime
    day: date
    started_at: datetime | None


class Rule(NamedTuple):
    """A rule as it is asked about: nothing is read or worked out again for each lead."""

    name: str
    points: int
    did: tuple[str, ...]
    at_least: int
    span: timedelta | None
    conditions: Conditions


class Examiner:
    """Asks the criteria about leads."""

    def __init__(self, table: Criteria) -> None:
        self.table = table
        self.rules = {one.version: rules_of(one) for one in table.criteria}
        self.personas = [(one.name, conditions_of(one.when)) for one in table.personas]

    def qualification(self, event: Event, facts: Facts, deeds: Deeds) -> Qualification:
        """By the version of the event's day."""
        version = self.table.on(event.day)
        rules = self.rules[version.version]
        held, missed, points = [], [], 0
        for rule in rules:
            if holds(rule, event.at, facts, deeds):
                held.append(rule.name)
                points += rule.points
            else:
                missed.append(rule.name)
        return Qualification(
            version.version,
            event.at,
            event.started_at,
            points,
            version.qualifies_at,
            version.band_of(points),
            self.persona_of(facts),
            tuple(held),
            tuple(missed),
        )

    def persona_of(self, facts: Facts) -> str | None:
        """The first one whose facts hold."""
        return next((name for name, conditions in self.personas if suits(conditions, facts)), None)


def rules_of(version: Version) -> tuple[Rule, ...]:
    return tuple(
        Rule(one.name, one.points, one.did, one.at_least, one.span, conditions_of(one.when)) for one in version.rules
    )


def conditions_of(when: When) -> Conditions:
    return tuple((name, listed(values)) for name, values in when.items())


def facts_known(said: Mapping[str, str | None]) -> dict[str, str]:
    """In lower case, without what is empty."""
    return {name: value.strip().casefold() for name, value in said.items() if value and value.strip()}


def deeds_of(happened: Sequence[Happened]) -> dict[str, list[datetime]]:
    """`happened` is in order of time."""
    found: dict[str, list[datetime]] = {}
    for one in happened:
        if one.activity:
            found.setdefault(one.activity.name, []).append(one.touch.at)
    return found


def holds(rule: Rule, at: datetime, facts: Facts, deeds: Deeds) -> bool:
    if rule.did:
        since = at - rule.span if rule.span else None
        done = 0
        for name in rule.did:
            if name in deeds:
                done += counted(deeds[name], since, at)
        if done < rule.at_least:
            return False
    return suits(rule.conditions, facts)


def counted(times: Sequence[datetime], since: datetime | None, until: datetime) -> int:
    """How many lie from one instant up to another, both included."""
    first = 0 if since is None else bisect_left(times, since)
    return max(bisect_right(times, until) - first, 0)


def suits(conditions: Conditions, facts: Facts) -> bool:
    return all(name in facts and allows(name, allowed, facts[name]) for name, allowed in conditions)


def allows(name: str, allowed: frozenset[str], said: str) -> bool:
    if ANY in allowed or said in allowed:
        return True
    if name == "title":
        return not allowed.isdisjoint(WORDS.findall(said))
    if name == "crm_score":
        return any(compares(Decimal(said), one) for one in allowed)
    return name == "email" and said.rpartition("@")[2] in allowed


def compares(score: Decimal, said: str) -> bool:
    """Whether a score is as `said`, such as `>= 50`."""
    match = SCORE.fullmatch(said)
    return match is not None and COMPARED[match[1]](score, Decimal(match[2]))
