"""The promise as data: policies with targets, the rules that they share, calendars, the commitment of marketing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from crm_sync.mappings.activities import Activities
from crm_sync.mappings.holidays import Holidays
from crm_sync.mappings.spans import Span
from crm_sync.mappings.working_time import WorkingTime

CONDITIONS = ("stage", "source", "last_source", "campaign", "country", "team", "owner", "crm", "score_band", "persona")
By = Literal["attempts", "contact", "owner"]
Clock = Literal["rep", "lead"]
Actor = Literal["team", "owner", "anyone"]


@dataclass(frozen=True, slots=True)
class Target:
    """So many attempts, a contact or an owner within a span. The rep's clock starts with a human owner, the lead's
    with the qualifying event; what runs on the lead's clock is measured, not shown to the rep."""

    name: str
    within: Span
    attempts: int = 1
    by: By = "attempts"
    clock: Clock = "rep"
    at_risk_after: float = 0.75
    roll: bool = False

    def __str__(self) -> str:
        return str(self.within) if self.attempts == 1 else f"{self.attempts} in {self.within}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts, from when, for how long; see the head of sla.toml."""

    actor: Actor
    count_sequence_steps: bool
    count_unnamed: bool
    pre_start_grace: Span
    same_attempt_within: Span
    mirrored_within: Span
    copied_within: Span
    late_logging: Span
    late_logging_grace: Span
    excused_reasons: frozenset[str]
    pauses: frozenset[str] | None  # None: all that lifecycle.toml lists
    enforce_from: date | None
    lookback: Span | None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy. `when`: condition → allowed values, in lower case; `exempt`: why nothing is owed."""

    name: str
    version: str
    since: date | None
    until: date | None
    when: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]
    rules: Rules
    calendar: str | None = None
    exempt: str | None = None

    def suits(self, facts: Mapping[str, frozenset[str]]) -> bool:
        """Whether every condition holds for what is known of somebody."""
        return all(facts.get(name, frozenset()) & allowed for name, allowed in self.when.items())


@dataclass(frozen=True, slots=True)
class Promise:
    """Both directions of the SLA, as judged by docs/sla.md. Versions of one policy stand together, newest first."""

    version: str
    policies: tuple[tuple[Policy, ...], ...]
    calendars: Mapping[str, WorkingTime]
    calendar_source: Literal["team", "owner", "org"]
    default_calendar: str
    teams: Mapping[str, str]
    recycle_cooldown: Span
    integrations: frozenset[str]  # e-mail addresses of users that are no people, in lower case
    qualified_leads_per_rep_month: int
    holidays: Holidays
    activities: Activities | None = None  # what counts as an attempt; None in a promise kept before this was kept
    team_leads: Mapping[str, str] = field(default_factory=dict, compare=False)  # team in lower case → e-mail or name
    warnings: tuple[str, ...] = field(default=(), compare=False)
    text: str = field(default="", repr=False, compare=False)  # the tables, as they are kept for cycles of today

    @property
    def working_time(self) -> WorkingTime:
        """The calendar of the house."""
        return self.calendars[self.default_calendar]

    @property
    def main(self) -> Policy:
        """The newest version of the last policy, which holds for whoever is nobody special."""
        return self.policies[-1][0]

    @property
    def asks(self) -> frozenset[str]:
        """The conditions that any policy names."""
        return frozenset(name for versions in self.policies for one in versions for name in one.when)

    def from_ever(self) -> Promise:
        """The same promise, kept for cycles from before `enforce_from` too."""
        versions = tuple(
            tuple(replace(one, rules=replace(one.rules, enforce_from=None)) for one in some) for some in self.policies
        )
        return replace(self, policies=versions)

    def policy_for(self, facts: Mapping[str, frozenset[str]], day: date) -> Policy | None:
        """The first policy that suits, in the version that held on a day."""
        for versions in self.policies:
            held = next((one for one in versions if one.since is None or one.since <= day), None)
            if held and (held.until is None or day < held.until) and held.suits(facts):
                return held
        return None

    def targets(self) -> Mapping[str, Target]:
        """Every target that any policy names, in the order of the file."""
        found: dict[str, Target] = {}
        for versions in self.policies:
            for target in versions[0].targets:
                found.setdefault(target.name, target)
        return found
