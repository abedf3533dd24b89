"""Installs our properties in HubSpot with the official client, in a group of their own; nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hubspot.crm.properties import OptionInput, PropertyCreate, PropertyGroupCreate, PropertyUpdate

from crm_sync.connectors.base import SchemaStep
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.auth import Login, ask_official
from crm_sync.connectors.hubspot.objects import CRM
from crm_sync.connectors.hubspot.row import Json
from crm_sync.errors import ConfigError, Failed, TryLater
from crm_sync.mappings.fields import OurField

OBJECT: Final = "contacts"
GROUP: Final = "smart_marketing_sla"
GROUP_LABEL: Final = "Smarketing SLA / SLA marketing-ventas"
DEADLINE: Final = {"_request_timeout": 60.0}  # seconds; the official client would wait for ever
TYPES: Final = {
    "text": ("string", "text"),
    "number": ("number", "number"),
    "datetime": ("datetime", "date"),
    "choice": ("enumeration", "select"),
}


@dataclass(frozen=True, slots=True)
class Present:
    """What the account has already: group names, and property name → (type, options as (value, label))."""

    groups: frozenset[str]
    properties: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)


async def look_at(http: Http, login: Login) -> Present:
    """Raises NeedsLogin, TryLater, Failed."""
    groups = await ask_official(
        http, login, lambda client: client.crm.properties.groups_api.get_all(OBJECT, **DEADLINE)
    )
    found = await ask_official(http, login, lambda client: client.crm.properties.core_api.get_all(OBJECT, **DEADLINE))
    return Present(
        frozenset(one.name for one in results_of(groups)), {one.name: as_present(one) for one in results_of(found)}
    )


def results_of(answer: Any) -> list[Any]:
    """The official client takes a body that it cannot read for an empty answer. Raises TryLater."""
    if answer.results is None:
        raise TryLater(CRM, "the list of properties came without results; its body was cut off or changed on the way")
    found: list[Any] = answer.results
    return found


def as_present(definition: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    return definition.type, tuple((one.value, one.label) for one in definition.options or ())


def granted(definitions: Iterable[Json], profile: Sequence[OurField]) -> list[Json]:
    """Of our properties, as HubSpot defines them, what decides whether a value is taken."""
    ours = {one.hubspot for one in profile}
    return [
        {
            "name": one["name"],
            "type": one.get("type"),
            "options": sorted(str(option.get("value")) for option in one.get("options") or ()),
            "closed": bool((one.get("modificationMetadata") or {}).get("readOnlyValue")),
        }
        for one in sorted(definitions, key=lambda one: str(one["name"]))
        if one["name"] in ours
    ]


def plan(present: Present, profile: Sequence[OurField]) -> list[SchemaStep]:
    """The group and every field of ours: what is to do, and what is there."""
    there = GROUP in present.groups
    group = SchemaStep(CRM, OBJECT, GROUP, "present" if there else "create_group", "" if there else GROUP_LABEL)
    return [group, *(step_for(present, one) for one in profile)]


def step_for(present: Present, one: OurField) -> SchemaStep:
    wanted = TYPES[one.type][0]
    if one.hubspot not in present.properties:
        return SchemaStep(CRM, OBJECT, one.hubspot, "create_field", wanted)
    found, options = present.properties[one.hubspot]
    if found != wanted:
        return SchemaStep(CRM, OBJECT, one.hubspot, "conflict", f"it exists as {found}, ours is {wanted}")
    missing = missing_options(one, options)
    if missing:
        return SchemaStep(CRM, OBJECT, one.hubspot, "create_field", f"add the options {', '.join(missing)}")
    return SchemaStep(CRM, OBJECT, one.hubspot, "present", wanted)


def missing_options(one: OurField, options: Sequence[tuple[str, str]]) -> list[str]:
    values = {value for value, _ in options}
    return [option for option in one.options if option not in values]


async def apply(http: Http, login: Login, profile: Sequence[OurField]) -> list[SchemaStep]:
    """Takes the steps of the plan that change something, and returns them. Raises ConfigError on a conflict."""
    present = await look_at(http, login)
    steps = [step for step in plan(present, profile) if step.kind != "present"]
    refuse_conflicts(steps)
    fields = {one.hubspot: one for one in profile}
    for step in steps:
        try:
            await take(http, login, present, step, fields.get(step.name))
        except Failed:
            if step in plan(await look_at(http, login), profile):
                raise  # else it was done: an answer was lost, and asking again met what the first call had made
    return steps


def refuse_conflicts(steps: Sequence[SchemaStep]) -> None:
    clashes = [f"{step.name} ({step.detail})" for step in steps if step.kind == "conflict"]
    if clashes:
        raise ConfigError(
            f"hubspot {OBJECT}", f"properties of another type under our names: {', '.join(clashes)}", "ours alone",
            fix="Rename or archive them in HubSpot, then run `crm-sync schema apply` again.",
        )  # fmt: skip


async def take(http: Http, login: Login, present: Present, step: SchemaStep, one: OurField | None) -> None:
    if one is None:
        group = PropertyGroupCreate(name=GROUP, label=GROUP_LABEL, display_order=-1)
        await ask_official(
            http, login, lambda client: client.crm.properties.groups_api.create(OBJECT, group, **DEADLINE)
        )
    elif one.hubspot in present.properties:
        held = present.properties[one.hubspot][1]
        update = PropertyUpdate(options=options_of(one, held))
        await ask_official(
            http,
            login,
            lambda client: client.crm.properties.core_api.update(OBJECT, one.hubspot, update, **DEADLINE),
        )
    else:
        new = definition_of(one)
        await ask_official(http, login, lambda client: client.crm.properties.core_api.create(OBJECT, new, **DEADLINE))


def definition_of(one: OurField) -> PropertyCreate:
    kind, shown_as = TYPES[one.type]
    return PropertyCreate(
        name=one.hubspot, label=f"{one.label.en} / {one.label.es}", type=kind, field_type=shown_as, group_name=GROUP,
        description="Kept by crm-sync; what is typed here is replaced at the next sync.", form_field=False,
        options=options_of(one, ()),
    )  # fmt: skip


def options_of(one: OurField, held: Sequence[tuple[str, str]]) -> list[OptionInput]:
    """Those that are held, as they are, then ours that are missing: an update replaces the whole list."""
    new = [(value, value.replace("_", " ").capitalize()) for value in missing_options(one, held)]
    return [
        OptionInput(label=label, value=value, display_order=at, hidden=False)
        for at, (value, label) in enumerate([*held, *new])
    ]
