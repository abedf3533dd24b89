"""Stages: the CRMs' words for them, who owns them, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crm_sync.errors import ConfigError
from crm_sync.mappings.spans import Span, read_span
from crm_sync.mappings.tables import CRMS, Label, Words, no_word_twice, read_toml, shaped

REQUIRED = ("lead", "mql", "sal", "sql", "opportunity", "customer", "recycled", "disqualified")


class ActionTable(Label):
    target: str | None = None
    done_by: tuple[str, ...] = ()
    due: str | None = None
    reaches_out: bool = False


class StageTable(Words):
    team: Literal["marketing", "sales"]
    next: tuple[str, ...]
    label: Label
    next_actions: tuple[ActionTable, ...] = ()
    next_action: Label | None = None  # of tables of before: the only one
    off_ladder: bool = False


class PauseTable(Words):
    """A table below [paused]. `label`: what boards call the condition where its name is no word of theirs."""

    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What the owner of a stage does: done when a target is settled or when one of the activities happens; neither:
    until the stage changes. `due` counts from the entry into the stage. What `reaches_out` to a person is not asked for
    where the person opted out."""

    label: Label
    target: str | None = None
    done_by: frozenset[str] = frozenset()
    due: Span | None = None
    reaches_out: bool = False

    @property
    def ends(self) -> bool:
        """Whether anything but another stage ends it."""
        return self.target is not None or bool(self.done_by)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `rank` grows along the ladder; exits have none."""

    name: str
    rank: int | None
    team: str
    next: tuple[str, ...]
    label: Label
    actions: tuple[Action, ...]  # in their order


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """All stages, and each CRM's words for them."""

    stages: Mapping[str, Stage]
    words: Mapping[str, Mapping[str, str]]  # crm → word → stage
    ignored: Mapping[str, frozenset[str]]
    paused: Mapping[str, Mapping[str, str]]  # crm → word → the condition that stops the SLA's clock
    pause_labels: Mapping[str, Label]  # of the conditions that have one

    @property
    def pauses(self) -> frozenset[str]:
        """Every condition that stops the clock."""
        return frozenset(name for words in self.paused.values() for name in words.values())

    def pause_of(self, crm: str, word: str) -> str | None:
        return self.paused.get(crm, {}).get(word)

    def stage_of(self, crm: str, word: str) -> Stage | None:
        """The stage that a CRM's word means; None for ignored and for unknown words."""
        name = self.words.get(crm, {}).get(word)
        return self.stages[name] if name else None

    def knows(self, crm: str, word: str) -> bool:
        """False for a word that should be reported as unmapped."""
        named = self.words.get(crm, {}), self.ignored.get(crm, ()), self.paused.get(crm, {})
        return any(word in words for words in named)


def load_lifecycle(path: Path) -> Lifecycle:
    """Raises ConfigError."""
    data = read_toml(path)
    ignored = read_ignored(data.pop("ignored", {}), path.name)
    paused_by = data.pop("paused", {})
    pauses = {name: shaped(PauseTable, one, f"{path.name}: [paused.{name}]") for name, one in paused_by.items()}
    tables = {name: shaped(StageTable, table, f"{path.name}: [{name}]") for name, table in data.items()}
    check_stages(tables, path.name)
    words = {crm: column_of({**tables, **pauses}, crm, ignored[crm], path.name) for crm in CRMS}
    paused = {crm: {word: name for word, name in words[crm].items() if name in pauses} for crm in CRMS}
    words = {crm: {word: name for word, name in words[crm].items() if name in tables} for crm in CRMS}
    ladder = [name for name, table in tables.items() if not table.off_ladder]
    stages = {name: as_stage(name, table, ladder, path.name) for name, table in tables.items()}
    labels = {name: table.label for name, table in pauses.items() if table.label}
    return Lifecycle(stages, words, ignored, paused, labels)


def read_ignored(data: Any, where: str) -> dict[str, frozenset[str]]:
    found = shaped(Words, data, f"{where}: [ignored]")
    return {crm: frozenset(getattr(found, crm)) for crm in CRMS}


def check_stages(tables: Mapping[str, StageTable], where: str) -> None:
    for name in REQUIRED:
        if name not in tables:
            raise ConfigError(f"{where}: [{name}]", "no such table", "a table for each of " + ", ".join(REQUIRED))
    for name, table in tables.items():
        for after in table.next:
            if after not in tables:
                raise ConfigError(f"{where}: [{name}] next", repr(after), "one of " + ", ".join(tables))


def column_of(tables: Mapping[str, Words], crm: str, ignored: frozenset[str], where: str) -> dict[str, str]:
    pairs = [(word, name) for name, table in tables.items() for word in getattr(table, crm)]
    no_word_twice([*pairs, *((word, "ignored") for word in sorted(ignored))], where, crm)
    return dict(pairs)


def as_stage(name: str, table: StageTable, ladder: list[str], where: str) -> Stage:
    rank = None if table.off_ladder else ladder.index(name)
    return Stage(name, rank, table.team, table.next, table.label, actions_of(table, f"{where}: [{name}] next_actions"))


def actions_of(table: StageTable, where: str) -> tuple[Action, ...]:
    if table.next_action and not table.next_actions:
        return (Action(table.next_action),)
    if not table.next_actions or table.next_action:
        found = "next_action beside it" if table.next_action else "nothing"
        raise ConfigError(where, found, 'a list of { en = "...", es = "..." }, and no next_action')
    found_actions = tuple(as_action(one, where) for one in table.next_actions)
    for one in found_actions[:-1]:
        if not one.ends:
            raise ConfigError(where, f"{one.label.en!r} before others", "target or done_by, else nothing ends it")
    return found_actions


def as_action(table: ActionTable, where: str) -> Action:
    if table.target and (table.due or table.done_by):
        raise ConfigError(where, f"{table.en!r} with more than its target", "a target alone: due and end are its own")
    due = read_span(table.due, f"{where} due") if table.due else None
    return Action(Label(en=table.en, es=table.es), table.target, frozenset(table.done_by), due, table.reaches_out)
