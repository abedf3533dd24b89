"""Fields: where each thing stands in the CRMs' records, and the fields that are ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from crm_sync.errors import ConfigError
from crm_sync.mappings.tables import Label, Shape, read_toml, shaped

Places = dict[str, str | tuple[str, ...]]


class OursTable(Shape):
    type: Literal["text", "number", "datetime", "choice"]
    options: tuple[str, ...] = ()
    minimal: bool = False
    label: Label


class VisitTable(Shape):
    source: tuple[str, ...] = Field(min_length=1)
    at: str
    never: tuple[str, ...] = ()


class ConversionTable(Shape):
    name: str
    at: str


class ReplyTable(Shape):
    at: str


class FieldsTable(Shape):
    people: dict[str, Places]
    companies: dict[str, Places]
    deals: dict[str, Places]
    owners: dict[str, Places] = Field(default_factory=dict)
    campaigns: dict[str, Places] = Field(default_factory=dict)
    touches: dict[str, Places] = Field(default_factory=dict)
    stage_changes: dict[str, Places] = Field(default_factory=dict)
    same_as: dict[str, Places] = Field(default_factory=dict)
    visits: dict[str, tuple[VisitTable, ...]] = Field(default_factory=dict)
    conversions: dict[str, tuple[ConversionTable, ...]] = Field(default_factory=dict)
    replies: dict[str, tuple[ReplyTable, ...]] = Field(default_factory=dict)
    ours: dict[str, OursTable]


GROUPS = ("people", "companies", "deals", "owners", "campaigns", "touches", "stage_changes")


@dataclass(frozen=True, slots=True)
class OurField:
    """A field that we own on every person record."""

    name: str
    type: Literal["text", "number", "datetime", "choice"]
    options: tuple[str, ...]
    minimal: bool
    label: Label

    @property
    def hubspot(self) -> str:
        return f"smk_{self.name}"

    @property
    def salesforce(self) -> str:
        return f"SMK_{self.name.title()}__c"


class Named(NamedTuple):
    """What a field names: records of an object of a CRM, where the id `begins` so."""

    crm: str
    kind: str
    begins: str = ""

    def in_text(self, text: str) -> Iterator[str]:
        """The ids that stand in a field, `;` between them. That of an e-mail may come in the brackets of its header."""
        for one in text.split(";"):
            found = one.strip().removeprefix("<").removesuffix(">")
            if found and found.startswith(self.begins):
                yield found


@dataclass(frozen=True, slots=True)
class Fields:
    """`places[group][our name][object]` are the CRM's field names; the rest mirrors fields.toml."""

    places: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    same_as: Mapping[str, Mapping[str, tuple[Named, ...]]]  # object → field → what it names
    visits: Mapping[str, tuple[VisitTable, ...]]
    conversions: Mapping[str, tuple[ConversionTable, ...]]
    replies: Mapping[str, tuple[ReplyTable, ...]]
    ours: Mapping[str, OurField]

    def of(self, group: str, name: str, kind: str) -> tuple[str, ...]:
        """The fields that hold `name` in records of `kind`; empty when that CRM has none."""
        return self.places[group].get(name, {}).get(kind, ())

    def kinds(self, group: str) -> frozenset[str]:
        """Every object of any CRM that some line of the group names."""
        return frozenset(kind for places in self.places[group].values() for kind in places)

    def to_read(self, group: str, kind: str) -> tuple[str, ...]:
        """Every field of `kind` that any line of this file asks for, sorted, ours not included."""
        names = {field for places in self.places[group].values() for field in places.get(kind, ())}
        names |= set(self.same_as.get(kind, {}))
        if group == "people":
            names |= {field for one in self.visits.get(kind, ()) for field in (*one.source, one.at)}
            names |= {field for two in self.conversions.get(kind, ()) for field in (two.name, two.at)}
            names |= {three.at for three in self.replies.get(kind, ())}
        return tuple(sorted(names))

    def profile(self, minimal: bool) -> tuple[OurField, ...]:
        """Our fields to install and write: all of them, or the minimal six."""
        return tuple(field for field in self.ours.values() if field.minimal or not minimal)


def load_fields(path: Path) -> Fields:
    """Raises ConfigError."""
    found = shaped(FieldsTable, read_toml(path), path.name)
    groups: dict[str, dict[str, Places]] = {group: getattr(found, group) for group in GROUPS}
    return Fields(
        {group: {name: as_lists(places) for name, places in lines.items()} for group, lines in groups.items()},
        {kind: read_same_as(kind, table, path.name) for kind, table in found.same_as.items()},
        found.visits,
        found.conversions,
        found.replies,
        {name: read_ours(name, table, path.name) for name, table in found.ours.items()},
    )


def as_lists(places: Places) -> dict[str, tuple[str, ...]]:
    return {kind: (names,) if isinstance(names, str) else names for kind, names in places.items()}


def read_same_as(kind: str, table: Places, where: str) -> dict[str, tuple[Named, ...]]:
    return {
        field: tuple(read_named(one, f"{where}: [same_as.{kind}] {field}") for one in named)
        for field, named in as_lists(table).items()
    }


def read_named(text: str, where: str) -> Named:
    crm, _, rest = text.partition(":")
    kind, _, begins = rest.partition(":")
    if not kind:
        allowed = '"crm:object", as in "salesforce:Lead", or with how its ids begin, "salesforce:Task:00T"'
        raise ConfigError(where, repr(text), allowed)
    return Named(crm, kind, begins)


def read_ours(name: str, table: OursTable, where: str) -> OurField:
    if (table.type == "choice") != bool(table.options):
        raise ConfigError(
            f"{where}: [ours.{name}] options", repr(table.options), "options for a choice, and only there"
        )
    return OurField(name, table.type, table.options, table.minimal, table.label)
