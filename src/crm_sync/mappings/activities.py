"""Activities: what a touch is, and what it counts for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped, unaccented

Credit = Literal["visit", "response", "label"]


RuleTable = dict[str, str | tuple[str, ...]]


class ActivityTable(Shape):
    rules: tuple[RuleTable, ...]
    label: Label
    channel: Literal["call", "email", "message", "meeting"] | None = None
    attempt: bool = False
    answer: bool = False
    satisfies: bool = False
    inbound: bool = False
    sequence: bool = False
    void: bool = False
    held: tuple[RuleTable, ...] | None = None
    subjects: tuple[str, ...] = ()
    credit: Credit | None = None
    words: Literal["source", "campaign"] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Touches of `object` whose facts hold one of the allowed values each."""

    object: str
    allowed: Mapping[str, frozenset[str]]

    def holds(self, facts: Mapping[str, str]) -> bool:
        return all(holds(facts.get(name, ""), values) for name, values in self.allowed.items())


def holds(value: str, allowed: frozenset[str]) -> bool:
    """`*` stands for any value but an empty one."""
    return value in allowed or (value != "" and "*" in allowed)


@dataclass(frozen=True, slots=True)
class Activity:
    """One kind of touch; see the head of activities.toml for each mark."""

    name: str
    rules: tuple[Rule, ...]
    label: Label
    channel: str | None
    attempt: bool
    answer: bool
    satisfies: bool
    inbound: bool
    sequence: bool
    void: bool
    held: tuple[Rule, ...] | None
    subjects: frozenset[str]  # how one begins, without case and accents; empty: with any
    credit: Credit | None
    words: str | None

    def was_held(self, kind: str, facts: Mapping[str, str]) -> bool:
        """Whether an appointment counts once it has begun; where no rule says when, it does as its booking does."""
        if self.held is None:
            return self.attempt
        return any(rule.object == kind and rule.holds(facts) for rule in self.held)


@dataclass(frozen=True, slots=True)
class Activities:
    """All activities by name, and per object the rules in the order of the file."""

    by_name: Mapping[str, Activity]
    of_object: Mapping[str, tuple[tuple[Rule, Activity], ...]]
    beginnings: Mapping[str, tuple[str, ...]]  # object → how subjects begin that any of its activities asks for

    def classify(self, kind: str, facts: Mapping[str, str], beginning: str = "") -> Activity | None:
        """The first activity whose rule holds for a touch of this object; None when no rule does. `beginning` is that
        of its subject."""
        for rule, activity in self.of_object.get(kind, ()):
            if rule.holds(facts) and (not activity.subjects or beginning in activity.subjects):
                return activity
        return None

    def beginning(self, kind: str, subject: str | None) -> str:
        """How a subject begins, as far as any activity of the object asks; empty: in no such way."""
        if not subject or kind not in self.beginnings:
            return ""
        told = folded(subject)
        return next((one for one in self.beginnings[kind] if told.startswith(one)), "")

    def facts_of(self, kind: str) -> tuple[str, ...]:
        """The fields that the rules of an object look at: what a connector must read into `Touch.facts`."""
        return tuple(sorted({name for rule in self.rules_of(kind) for name in rule.allowed}))

    def rules_of(self, kind: str) -> Iterator[Rule]:
        """Of an object, those of being held, too."""
        yield from (rule for rule, _ in self.of_object.get(kind, ()))
        yield from (rule for one in self.by_name.values() for rule in one.held or () if rule.object == kind)

    def in_words(self, kind: str, facts: Mapping[str, str]) -> str:
        """Facts as they would stand in a rule: `*` for what rules ask only whether it is there."""
        rules = [rule.allowed for rule in self.rules_of(kind)]
        ids = {name for allowed in rules for name in allowed}
        ids -= {name for allowed in rules for name, values in allowed.items() if values - {"", "*"}}
        told = sorted((name, "*" if name in ids else value) for name, value in facts.items() if value)
        return ", ".join(f"{name}={value}" for name, value in told)


def load_activities(path: Path) -> Activities:
    """Raises ConfigError."""
    return read_activities(read_toml(path), path.name)


def read_activities(tables: Mapping[str, Any], where: str) -> Activities:
    """Raises ConfigError."""
    activities = {name: read_activity(name, table, where) for name, table in tables.items()}
    kinds = dict.fromkeys(rule.object for activity in activities.values() for rule in activity.rules)
    of_object = {
        kind: tuple((rule, one) for one in activities.values() for rule in one.rules if rule.object == kind)
        for kind in kinds
    }
    beginnings = {
        kind: tuple(sorted({one for _, activity in some for one in activity.subjects}, key=len, reverse=True))
        for kind, some in of_object.items()
        if any(activity.subjects for _, activity in some)
    }
    return Activities(activities, of_object, beginnings)


def folded(subject: str) -> str:
    """Without case, accents and blanks around it."""
    return unaccented(subject.casefold()).strip()


def read_activity(name: str, table: Any, where: str) -> Activity:
    found = shaped(ActivityTable, table, f"{where}: [{name}]")
    if found.credit and not found.words:
        raise ConfigError(f"{where}: [{name}] words", "nothing", '"source" or "campaign" where credit is given')
    rules = tuple(read_rule(rule, f"{where}: [{name}] rules") for rule in found.rules)
    held = None if found.held is None else tuple(read_rule(rule, f"{where}: [{name}] held") for rule in found.held)
    subjects = frozenset(map(folded, found.subjects))
    if "" in subjects:
        raise ConfigError(f"{where}: [{name}] subjects", "an empty one", "how a subject begins, in some letters")
    return Activity(
        name, rules, found.label, found.channel, found.attempt, found.answer,
        found.satisfies, found.inbound, found.sequence, found.void, held, subjects, found.credit, found.words,
    )  # fmt: skip


def read_rule(rule: RuleTable, where: str) -> Rule:
    kind = rule.get("object")
    if not isinstance(kind, str):
        raise ConfigError(where, repr(dict(rule)), 'a rule with object = "..."')
    allowed = {name: as_set(values) for name, values in rule.items() if name != "object"}
    return Rule(kind, allowed)


def as_set(values: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset([values] if isinstance(values, str) else values)
