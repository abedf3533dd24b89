"""How much work the leads are: what each rep's hours allow, and how many attempts a lead of each segment is worth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from crm_sync.mappings import Commitment, Policy, Vocabulary
from crm_sync.mappings.commitment import OTHER, Segment
from crm_sync.reconciler.commitment.goal import Part
from crm_sync.reconciler.commitment.rates import Past, answers_of, part_of
from crm_sync.reconciler.commitment.work import Capacity, Depth, capacity, depth
from crm_sync.reports.commitment import part_json
from crm_sync.reports.marketing import Delivery, MarketingSide


@dataclass(frozen=True, slots=True)
class RepCapacity:
    """One rep (or all): for the leads of the commitment, and for those that came this month so far."""

    rep: str
    name: str
    team: str
    committed: Capacity
    delivered: Capacity

    def as_json(self) -> dict[str, Any]:
        named = {"rep": self.rep, "name": self.name, "team": self.team}
        return {**named, "committed": capacity_json(self.committed), "delivered": capacity_json(self.delivered)}


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """The month's leads against everybody's hours."""

    month: str
    reps: tuple[RepCapacity, ...]
    total: RepCapacity

    def as_json(self) -> dict[str, Any]:
        return {"month": self.month, "total": self.total.as_json(), "reps": [one.as_json() for one in self.reps]}


@dataclass(frozen=True, slots=True)
class SegmentDepth:
    """How many attempts a lead of one segment is worth, what that rests on, and how many are promised."""

    part: Part
    depth: Depth
    promised: int

    def as_json(self) -> dict[str, Any]:
        found = {"expected_value": round(float(self.depth.value), 2), "attempts": self.depth.attempts}
        gains = [round(float(one), 2) for one in self.depth.gains]
        rest = {"promised": self.promised, "exempt": self.depth.exempt, "gain_after": gains}
        rates = part_json(self.part)
        del rates["share"]
        return {**rates, **found, **rest}


@dataclass(frozen=True, slots=True)
class DepthPlan:
    """Every segment with its depth; `answered` of `n` people (None: as the table says) at each attempt; `policies`:
    what sla.toml would say of it."""

    cost: Decimal
    answers: tuple[Fraction, ...]
    n: int | None
    segments: tuple[SegmentDepth, ...]
    policies: str

    def as_json(self) -> dict[str, Any]:
        answers = {"shares": [round(float(one), 4) for one in self.answers], "n": self.n}
        found = {"cost_per_attempt": float(self.cost), "answers": answers}
        return {**found, "segments": [one.as_json() for one in self.segments], "policies": self.policies}


def promised_attempts(vocabulary: Vocabulary) -> int:
    """What sales owes a lead that is nobody special."""
    return max((one.attempts for one in vocabulary.promise.main.targets if one.clock == "rep"), default=0)


def capacity_plan(side: MarketingSide, vocabulary: Vocabulary) -> CapacityPlan:
    """The leads of this month for everybody who was handed one or is named in the table."""
    reps = tuple(rep_capacity(one, vocabulary) for one in side.reps)
    return CapacityPlan(side.month.name, reps, in_all(reps, vocabulary))


def rep_capacity(one: Delivery, vocabulary: Vocabulary) -> RepCapacity:
    table = vocabulary.commitment
    hours = table.rep(one.rep).hours_per_month or table.team(one.team).hours_per_month or table.work.hours_per_month
    committed, delivered = (
        capacity(leads, hours, table.work.minutes_per_attempt, promised_attempts(vocabulary))
        for leads in (ceil(one.commitment), one.delivered)
    )
    return RepCapacity(one.rep, one.name, one.team, committed, delivered)


def capacity_json(one: Capacity) -> dict[str, Any]:
    per_lead = None if one.per_lead is None else round(float(one.per_lead), 2)
    asked = {"leads": one.leads, "hours": float(one.hours), "minutes_per_attempt": float(one.minutes_per_attempt)}
    found = {"attempts": one.attempts, "per_lead": per_lead, "promised": one.promised}
    return {**asked, **found, "feasible": one.feasible, "most_leads": one.most_leads}


def in_all(reps: Sequence[RepCapacity], vocabulary: Vocabulary) -> RepCapacity:
    """Everybody's leads against everybody's hours."""
    minutes, promised = vocabulary.commitment.work.minutes_per_attempt, promised_attempts(vocabulary)
    committed, delivered = (
        Capacity(
            sum(one.leads for one in some), sum((one.hours for one in some), Fraction(0)), Fraction(minutes), promised
        )
        for some in ([one.committed for one in reps], [one.delivered for one in reps])
    )
    return RepCapacity("", "", "", committed, delivered)


def depth_plan(before: Past, vocabulary: Vocabulary) -> DepthPlan:
    """Raises ConfigError where neither the table nor the past tells a rate, a revenue or the answers."""
    table = vocabulary.commitment
    answers, n = answers_of(table, before)
    work, promised = table.work, promised_attempts(vocabulary)
    found = []
    for name in (*(one.name for one in table.segments), OTHER):
        part = part_of(name, Fraction(table.shares.get(name, 0)), table, before)
        value = part.rate.value * part.revenue.value
        worth = depth(value, Fraction(work.cost_per_attempt), answers, Fraction(work.exempt_below))
        found.append(SegmentDepth(part, worth, promised))
    return DepthPlan(work.cost_per_attempt, answers, n, tuple(found), policies_of(found, vocabulary))


def policies_of(found: Sequence[SegmentDepth], vocabulary: Vocabulary) -> str:
    """TOML for sla.toml: a policy for each segment that is worth less than what is promised to everybody."""
    table, main = vocabulary.commitment, vocabulary.promise.main
    segments = {one.name: one for one in table.segments}
    less = [one for one in found if one.part.segment in segments and one.depth.attempts < one.promised]
    return "\n".join(policy_of(segments[one.part.segment], one.depth, table, main) for one in less)


def policy_of(segment: Segment, worth: Depth, table: Commitment, main: Policy) -> str:
    """The main policy with fewer attempts, or none."""
    lines = ["[[policies]]", f"name = {quoted(segment.name)}", f"when = {{ {conditions(segment, table)} }}"]
    if worth.exempt:
        lines.append(f'exempt = "such a lead is worth {float(worth.value):,.2f}, which no attempt pays for"')
    else:
        kept = [replace(one, attempts=min(one.attempts, worth.attempts)) for one in main.targets]
        kept = [one for one in kept if one.attempts > 1 or one in main.targets]  # one attempt is promised already
        lines.append(f"targets = {{ {', '.join(f'{one.name} = {quoted(str(one))}' for one in kept)} }}")
    return "\n".join(lines) + "\n"


def conditions(segment: Segment, table: Commitment) -> str:
    """As policies know them: a region is its countries."""
    said = {name: sorted(values) for name, values in segment.conditions.items()}
    if regions := said.pop("region", None):
        countries = {
            one.casefold() for name, some in table.regions.items() if name.casefold() in regions for one in some
        }
        said["country"] = sorted(countries & set(said.get("country", countries)))
    return ", ".join(f"{name} = [{', '.join(map(quoted, values))}]" for name, values in said.items())


def quoted(text: str) -> str:
    """A JSON string is a TOML string, too."""
    return json.dumps(text, ensure_ascii=False)
