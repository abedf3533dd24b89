"""What a fresh HubSpot account has: its tables with every default property, read from properties.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from crm_sync.sandbox.hubspot.account import Account, account, new_account
from crm_sync.sandbox.hubspot.event_store import install_events
from crm_sync.sandbox.hubspot.objects import ACTIVITIES, OBJECTS
from crm_sync.sandbox.hubspot.words import has_token
from crm_sync.sandbox.world import FieldDef, World

#: Names whose values come from the record itself; they have a definition, but no column.
DERIVED: Final = frozenset({"createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate", "hs_object_id"})

LIFECYCLE: Final = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer",
    "evangelist", "other",
)  # fmt: skip

_OWNER = ("email", "firstName", "lastName", "type", "userId", "teams")
_STAGE_NUMBERS = ("cumulative_time_in", "latest_time_in")


def install(world: World) -> None:
    """Adds all HubSpot tables to the world, empty, and the account that stands around them."""
    read = tomllib.loads(files(__package__).joinpath("properties.toml").read_text("utf-8"))
    world.notes["hubspot_account"] = new_account()
    world.notes.setdefault("hubspot_index_lag_ms", 0)
    for one in OBJECTS:
        _add_object(world, one.name, read)
    world.db.execute(
        "CREATE INDEX hubspot_contacts_additional ON hubspot_contacts (hs_additional_emails)"
        " WHERE hs_additional_emails IS NOT NULL"
    )
    world.db.create_function("hubspot_has_token", 2, has_token, deterministic=True)
    world.add_table("hubspot", "owners", [FieldDef(name) for name in _OWNER])
    _index_ids(world, "owners")
    install_events(world)


def _add_object(world: World, name: str, read: Mapping[str, Any]) -> None:
    definitions = list(_definitions(name, read))
    known = account(world)
    known.derived[name] = {one["name"]: one for one in definitions if one["name"] in DERIVED}
    known.groups[name] = _groups(definitions)
    fields = [field_of(one) for one in definitions if one["name"] not in DERIVED]
    world.add_table("hubspot", name, [*fields, *stage_fields(name, known)])
    _index_ids(world, name)
    for unique in (one["name"] for one in definitions if one.get("hasUniqueValue")):
        world.db.execute(f"CREATE INDEX hubspot_{name}_{unique} ON hubspot_{name} ({unique} COLLATE NOCASE)")


def _index_ids(world: World, name: str) -> None:
    """Ids are text in the world and numbers to HubSpot: lists and cursors run in their numeric order."""
    world.db.execute(f"CREATE INDEX hubspot_{name}_number ON hubspot_{name} (CAST(_id AS INTEGER))")


def field_of(definition: Mapping[str, Any]) -> FieldDef:
    """The column behind a definition. Numbers stay text, for HubSpot echoes 5000.00 as it was sent."""
    kind = "integer" if definition["type"] == "datetime" else "text"
    return FieldDef(definition["name"], kind, definition)


def stage_fields(name: str, known: Account) -> Iterator[FieldDef]:
    """The stamps HubSpot keeps for each lifecycle stage of a contact and each pipeline stage of a deal."""
    stages = LIFECYCLE if name == "contacts" else known.stage_ids(name)
    group = "contactlcs" if name == "contacts" else f"{name.removesuffix('s')}_information"
    for stage in stages:
        for verb in ("date_entered", "date_exited"):
            yield _stamp(f"hs_v2_{verb}_{stage}", "datetime", group)
        for verb in _STAGE_NUMBERS:
            yield _stamp(f"hs_v2_{verb}_{stage}", "number", group)
        if name == "contacts":
            yield _stamp(f"hs_lifecyclestage_{stage}_date", "datetime", "contactinformation")


def _stamp(name: str, kind: str, group: str) -> FieldDef:
    label = name.removeprefix("hs_v2_").removeprefix("hs_").replace("_", " ").capitalize()
    field_type = "date" if kind == "datetime" else "number"
    return field_of(definition(name, label, kind, field_type, group, readonly=True, calculated=True))


def _definitions(name: str, read: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sections = ("engagement", name) if name in ACTIVITIES else (name,)
    for section in sections:
        for group, rows in read[section].items():
            for key, row in rows.items():
                options = read["options"].get(section, {}).get(key, ())
                yield _parse(key, row, group, [_option(text, at) for at, text in enumerate(options)])


def _parse(name: str, row: str, group: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    left, _, label = row.partition(" | ")
    kind, field_type, *flags = left.split()
    marks = {flag: flag in flags for flag in ("readonly", "unique", "calculated", "custom")}
    return definition(name, label, kind, field_type, group, options=options, **marks)


def _option(text: str, at: int) -> dict[str, Any]:
    value, _, label = text.partition(" = ")
    return {"label": label, "value": value, "description": "", "displayOrder": at, "hidden": False}


def definition(
    name: str,
    label: str,
    kind: str,
    field_type: str,
    group: str,
    *,
    options: list[dict[str, Any]] | None = None,
    readonly: bool = False,
    unique: bool = False,
    calculated: bool = False,
    custom: bool = False,
) -> dict[str, Any]:
    """A property definition as `GET /crm/v3/properties/{object}` shows it."""
    owner = {"referencedObjectType": "OWNER", "externalOptions": True} if name == "hubspot_owner_id" else {}
    return {
        "name": name, "label": label, "type": kind, "fieldType": field_type, "groupName": group, "description": "",
        "options": options or [], "displayOrder": -1, "calculated": calculated, "externalOptions": False,
        "hasUniqueValue": unique, "hidden": False, "hubspotDefined": not custom, "formField": not readonly,
        "archived": False, "dataSensitivity": "non_sensitive",
        "modificationMetadata": {"archivable": custom, "readOnlyDefinition": not custom, "readOnlyValue": readonly},
        **owner,
    }  # fmt: skip


def _groups(definitions: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(one["groupName"] for one in definitions)
    return {
        name: {"name": name, "label": name.replace("_", " ").capitalize(), "displayOrder": at, "archived": False}
        for at, name in enumerate(names)
    }
