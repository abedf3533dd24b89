"""What makes a lead qualified, as data: versions of rules with points, bands, personas; see criteria.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from crm_sync.errors import ConfigError
from crm_sync.mappings.activities import Activities
from crm_sync.mappings.channels import Channels
from crm_sync.mappings.spans import read_span
from crm_sync.mappings.tables import Label, Shape, listed, read_toml, shaped

FILE = "criteria.toml"
FACTS = ("source", "last_source", "campaign", "country", "title", "company", "email", "crm_persona", "crm_score")
SCORE = re.compile(r"(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)")
ANY = "*"
When = dict[str, str | tuple[str, ...]]


class Criterion(Shape):
    """One rule: what somebody did, what somebody is, and how many points that gives."""

    name: str = Field(min_length=1)
    points: int
    label: Label
    did: tuple[str, ...] = ()
    at_least: Annotated[int, Field(ge=1)] = 1
    within: str | None = None
    when: When = Field(default_factory=dict)

    @field_validator("within")
    @classmethod
    def with_unit(cls, text: str | None) -> str | None:
        if text is not None:
            read_span(text, f"{FILE}: within", ("d", "h"))
        return text

    @property
    def span(self) -> timedelta | None:
        """How long before the event; None: ever."""
        if self.within is None:
            return None
        span = read_span(self.within, FILE, ("d", "h"))
        return timedelta(days=span.count) if span.unit == "d" else timedelta(hours=span.count)


class Version(Shape):
    """Rules that hold from a day on; None: from ever."""

    version: str
    since: date | None = Field(None, alias="from")
    qualifies_at: int
    bands: dict[str, int] = Field(default_factory=dict)
    rules: tuple[Criterion, ...] = Field(min_length=1)

    def band_of(self, points: int) -> str | None:
        """The highest band that so many points reach."""
        band, most = None, 0
        for name, least in self.bands.items():
            if points >= least and (band is None or least > most):
                band, most = name, least
        return band


class Persona(Shape):
    """People who are alike, as far as the facts tell."""

    name: str = Field(min_length=1)
    when: When = Field(min_length=1)
    label: Label


class Criteria(Shape):
    """The whole table; versions oldest first."""

    criteria: tuple[Version, ...] = Field(min_length=1)
    personas: tuple[Persona, ...] = ()

    def on(self, day: date) -> Version:
        """The version that holds on a day; before all of them the first."""
        for one in reversed(self.criteria):
            if one.since is None or one.since <= day:
                return one
        return self.criteria[0]

    @property
    def bands(self) -> frozenset[str]:
        """The names of all bands of any version, in lower case."""
        return frozenset(name.casefold() for one in self.criteria for name in one.bands)

    @property
    def labels(self) -> Mapping[str, Label]:
        """Rule → label, the newest one."""
        return {rule.name: rule.label for one in self.criteria for rule in one.rules}


def load_criteria(path: Path, activities: Activities, channels: Channels) -> Criteria:
    """Raises ConfigError."""
    found = shaped(Criteria, read_toml(path), path.name)
    dates, names = [one.since for one in found.criteria], [one.version for one in found.criteria]
    for at, one in enumerate(found.criteria):
        where = f"{path.name}: [[criteria]] {one.version}"
        if names.index(one.version) != at or dates.index(one.since) != at:
            raise ConfigError(where, f"from {one.since or 'ever'} again", "another version and date for each")
        for place, rule in enumerate(one.rules):
            check_rule(rule, activities, channels, f"{where} {rule.name}")
            if [other.name for other in one.rules].index(rule.name) != place:
                raise ConfigError(f"{where} rules", f"{rule.name!r} again", "each name once")
    for persona in found.personas:
        check_facts(persona.when, channels, f"{path.name}: [[personas]] {persona.name}")
    versions = tuple(sorted(found.criteria, key=lambda one: one.since or date.min))
    return found.model_copy(update={"criteria": versions})


def check_rule(rule: Criterion, activities: Activities, channels: Channels, where: str) -> None:
    if not rule.did and not rule.when:
        raise ConfigError(where, "neither did nor when", "something that somebody did or is")
    for name in rule.did:
        if name not in activities.by_name:
            raise ConfigError(f"{where} did", repr(name), "one of " + ", ".join(activities.by_name))
    check_facts(rule.when, channels, where)


def check_facts(when: When, channels: Channels, where: str) -> None:
    for name, values in when.items():
        if name not in FACTS:
            raise ConfigError(f"{where} when", repr(name), "one of " + ", ".join(FACTS))
        if name == "crm_score" and (odd := sorted(one for one in listed(values) - {ANY} if not SCORE.fullmatch(one))):
            raise ConfigError(f"{where} when.{name}", repr(odd[0]), 'a comparison such as ">= 50", or "*"')
        unknown = sorted(listed(values) - {ANY, *channels.labels}) if name in ("source", "last_source") else []
        if unknown:
            raise ConfigError(f"{where} when.{name}", repr(unknown[0]), ", ".join(sorted(channels.labels)))
