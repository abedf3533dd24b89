"""Reads the promise from its three tables, and says what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from crm_sync.errors import ConfigError
from crm_sync.mappings.activities import Activities, read_activities
from crm_sync.mappings.calendars import Warnings, read_calendars
from crm_sync.mappings.former import Table, renewed, untangled
from crm_sync.mappings.holidays import read_holidays
from crm_sync.mappings.promise import CONDITIONS, Actor, By, Clock, Policy, Promise, Rules, Target
from crm_sync.mappings.spans import UNITS, Span, read_span
from crm_sync.mappings.tables import Shape, listed, parsed_toml, read_text, shaped

PROMISE_FILES = ("sla.toml", "calendars.toml", "holidays.toml")
ACTIVITIES = "activities.toml"  # says what counts as an attempt, so that it is kept with the promise
KEPT_FILES = (*PROMISE_FILES, ACTIVITIES)
MEASURED_BY: Mapping[str, tuple[By, Clock]] = {"contact": ("contact", "lead"), "assignment": ("owner", "lead")}
Roll = Literal["next_open"]
Share = Annotated[float, Field(gt=0, le=1)]
Text = str | int  # a bare number is read, and refused with a sentence


class CalendarChoice(Shape):
    source: Literal["team", "owner", "org"] = "team"
    default: str
    teams: dict[str, str] = Field(default_factory=dict)


class RulesTable(Shape):
    actor: Actor | None = None
    count_sequence_steps: bool | None = None
    count_unnamed: bool | None = None
    pre_start_grace: Text | None = None
    same_attempt_within: Text | None = None
    mirrored_within: Text | None = None
    copied_within: Text | None = None
    late_logging: Text | None = None
    late_logging_grace: Text | None = None
    at_risk_after: Share | None = None
    excused_reasons: tuple[str, ...] | None = None
    pauses: tuple[str, ...] | None = None
    roll: Roll | None = None
    enforce_from: date | None = None
    lookback: Text | None = None


class SharedRules(RulesTable):
    recycle_cooldown: Text = "1bd"
    integrations: tuple[str, ...] = ()


class TargetTable(Shape):
    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    within: Text
    by: By | None = None
    clock: Clock | None = None
    roll: Roll | None = None
    at_risk_after: Share | None = None


class PolicyTable(RulesTable):
    name: str = Field(min_length=1)
    version: str | None = None
    since: date | None = Field(None, alias="from")
    until: date | None = None
    when: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    calendar: str | None = None
    exempt: str | None = None
    targets: dict[str, TargetTable] = Field(default_factory=dict)

    @field_validator("targets", mode="before")
    @classmethod
    def in_words(cls, targets: Any) -> Any:
        """`8bh` and `5 in 14d` are short for a table."""
        return {name: in_words(one) for name, one in targets.items()} if isinstance(targets, Mapping) else targets


class MarketingTable(Shape):
    qualified_leads_per_rep_month: int = Field(ge=1)


class EscalationTable(Shape):
    team_leads: dict[str, str] = Field(default_factory=dict)


class PromiseTable(Shape):
    version: str
    calendar: CalendarChoice
    rules: SharedRules = SharedRules()
    policies: tuple[PolicyTable, ...] = Field(min_length=1)
    escalation: EscalationTable = EscalationTable()
    marketing: MarketingTable


DEFAULTS: Mapping[str, Any] = {
    "actor": "team", "count_sequence_steps": False, "count_unnamed": False, "pre_start_grace": "30m",
    "same_attempt_within": "30m", "mirrored_within": "2m", "copied_within": "2h",
    "late_logging": "24h", "late_logging_grace": "7d", "at_risk_after": 0.75,
    "excused_reasons": ("duplicate", "spam", "test", "existing_customer", "opted_out"),
}  # fmt: skip


def load_promise(files: Mapping[str, Path]) -> Promise:
    """From the files of KEPT_FILES. Raises ConfigError."""
    return promise_of({name: read_text(files[name]) for name in KEPT_FILES})


def promise_files(place: Path, others: Path | None) -> dict[str, Path]:
    """The tables in a directory, or the one that is a file; what is not there is taken from `others`, or as shipped."""
    if place.is_dir():
        return {name: first_of(name, place, others) for name in KEPT_FILES}
    return {name: first_of(name, others) for name in KEPT_FILES} | {"sla.toml": place}


def first_of(name: str, *directories: Path | None) -> Path:
    found = (directory / name for directory in directories if directory)
    return next((file for file in found if file.exists()), Path(__file__).parent / name)


def promise_of(texts: Mapping[str, str]) -> Promise:
    """From the texts of those files, as a person wrote them. Raises ConfigError."""
    data, calendars, pinned = (parsed_toml(texts[name], name) for name in PROMISE_FILES)
    promise = made(texts, *renewed(data, calendars), pinned, activities_in(texts))
    for versions in promise.policies:
        check_named(versions)
    return promise


def check_named(versions: Sequence[Policy]) -> None:
    """Raises ConfigError for two versions of a policy under one name: a verdict tells the version that it goes by."""
    names = [one.version for one in versions]
    if alike := next((one for one in names if names.count(one) > 1), None):
        allowed = f'a version = "..." of its own for each policy named {versions[0].name}'
        raise ConfigError(f"sla.toml: [[policies]] {versions[0].name} version", f"two that are {alike}", allowed)


def activities_in(texts: Mapping[str, str]) -> Activities | None:
    return read_activities(parsed_toml(texts[ACTIVITIES], ACTIVITIES), ACTIVITIES) if ACTIVITIES in texts else None


def made(
    texts: Mapping[str, str], data: Table, calendars: Table, pinned: Table, activities: Activities | None
) -> Promise:
    warnings: Warnings = []
    holidays = read_holidays(pinned, "holidays.toml")
    hours = read_calendars(calendars, holidays, "calendars.toml", warnings)
    found = shaped(PromiseTable, data, "sla.toml")
    for place, name in calendars_named(found):
        if name not in hours:
            raise ConfigError(place, repr(name), "a calendar of calendars.toml: " + (", ".join(hours) or "none yet"))
    return Promise(
        version=found.version,
        policies=read_policies(found),
        calendars=hours,
        calendar_source=found.calendar.source,
        default_calendar=found.calendar.default,
        teams={team.strip().casefold(): name for team, name in found.calendar.teams.items()},
        recycle_cooldown=read_span(found.rules.recycle_cooldown, "sla.toml: [rules] recycle_cooldown"),
        integrations=frozenset(one.strip().casefold() for one in found.rules.integrations),
        qualified_leads_per_rep_month=found.marketing.qualified_leads_per_rep_month,
        holidays=holidays,
        activities=activities,
        team_leads={team.strip().casefold(): who for team, who in found.escalation.team_leads.items()},
        warnings=tuple(warnings),
        text=json.dumps(dict(texts), ensure_ascii=False, sort_keys=True),
    )


def promise_from_text(text: str) -> Promise:
    """What `Promise.text` was made of, by this version of crm-sync or an earlier one. Raises ConfigError."""
    texts = json.loads(text)
    data, calendars, pinned = (parsed_toml(texts[name], name) for name in PROMISE_FILES)
    data, calendars = renewed(data, calendars)
    activities = None
    with suppress(ConfigError):  # of a version that read them otherwise; the promise itself holds
        activities = activities_in(texts)
    return made(texts, data, untangled(calendars), pinned, activities)


def calendars_named(found: PromiseTable) -> Iterator[tuple[str, str]]:
    yield "sla.toml: [calendar] default", found.calendar.default
    yield from (("sla.toml: [calendar.teams]", name) for name in found.calendar.teams.values())
    yield from ((place_of(one), one.calendar) for one in found.policies if one.calendar)


def place_of(policy: PolicyTable) -> str:
    return f"sla.toml: [[policies]] {policy.name}"


def read_policies(found: PromiseTable) -> tuple[tuple[Policy, ...], ...]:
    """In the order of the file; versions of one policy together where the first of them stands."""
    shared = {**DEFAULTS, **said_in(found.rules)}
    versions: dict[str, list[Policy]] = {}
    for one in found.policies:
        versions.setdefault(one.name, []).append(read_policy(one, shared, found.version))
    return tuple(tuple(in_turn(name, some)) for name, some in versions.items())


def in_turn(name: str, versions: list[Policy]) -> list[Policy]:
    """Newest first. Raises ConfigError for two of one date."""
    dates = [one.since for one in versions]
    if len(set(dates)) < len(dates):
        twice = next(one for one in dates if dates.count(one) > 1)
        found = f"two versions from {twice}" if twice else "two versions without a date"
        raise ConfigError(f"sla.toml: [[policies]] {name} from", found, "one version for each date")
    return sorted(versions, key=lambda one: one.since or date.min, reverse=True)


def read_policy(table: PolicyTable, shared: Mapping[str, Any], version: str) -> Policy:
    where = place_of(table)
    if table.until and table.since and table.until <= table.since:
        raise ConfigError(f"{where} until", str(table.until), f"a date after {table.since}, from which it holds")
    if bool(table.targets) == (table.exempt is not None):
        found = "both targets and exempt" if table.targets else "no targets"
        raise ConfigError(f"{where} targets", found, 'targets, or exempt = "why nothing is owed"')
    said = {**shared, **said_in(table)}
    return Policy(
        name=table.name,
        version=table.version or version,
        since=table.since,
        until=table.until,
        when={name: read_condition(name, values, where) for name, values in table.when.items()},
        targets=tuple(read_target(name, one, said, where) for name, one in table.targets.items()),
        rules=read_rules(said, where),
        calendar=table.calendar,
        exempt=table.exempt,
    )


def said_in(table: RulesTable) -> dict[str, Any]:
    return {name: value for name in RulesTable.model_fields if (value := getattr(table, name)) is not None}


def read_condition(name: str, values: str | tuple[str, ...], where: str) -> frozenset[str]:
    if name not in CONDITIONS:
        raise ConfigError(f"{where} when", repr(name), "one of " + ", ".join(CONDITIONS))
    return listed(values)


def read_rules(said: Mapping[str, Any], where: str) -> Rules:
    def span(name: str, *units: Any) -> Span:
        return read_span(said[name], f"{where} {name}", units or ("h", "m"))

    return Rules(
        actor=said["actor"],
        count_sequence_steps=said["count_sequence_steps"],
        count_unnamed=said["count_unnamed"],
        pre_start_grace=span("pre_start_grace"),
        same_attempt_within=span("same_attempt_within"),
        mirrored_within=span("mirrored_within"),
        copied_within=span("copied_within"),
        late_logging=span("late_logging"),
        late_logging_grace=span("late_logging_grace", *UNITS),
        excused_reasons=frozenset(said["excused_reasons"]),
        pauses=None if said.get("pauses") is None else frozenset(said["pauses"]),
        enforce_from=said.get("enforce_from"),
        lookback=span("lookback") if said.get("lookback") else None,
    )


def read_target(name: str, table: TargetTable, rules: Mapping[str, Any], where: str) -> Target:
    place = f"{where} targets.{name}"
    by, clock = MEASURED_BY.get(name, ("attempts", "rep"))
    if table.attempts > 1 and (table.by or by) != "attempts":
        raise ConfigError(f"{place} attempts", str(table.attempts), f"one {table.by or by}")
    return Target(
        name,
        read_span(table.within, place),
        table.attempts,
        table.by or by,
        table.clock or clock,
        table.at_risk_after or rules["at_risk_after"],
        (table.roll or rules.get("roll")) == "next_open",
    )


def in_words(said: object) -> object:
    """A text as the table that it stands for; anything else as it is."""
    if not isinstance(said, str | int):
        return said
    match = re.fullmatch(r"\s*(\d{1,9})\s+in\s+(\S+)\s*", str(said))
    return {"attempts": int(match[1]), "within": match[2]} if match else {"within": said}
