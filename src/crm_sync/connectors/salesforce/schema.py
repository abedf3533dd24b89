"""Our fields as Salesforce defines them, and what is missing of them. Pure: what is there comes as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_sync.connectors.base import SchemaStep, StepKind
from crm_sync.connectors.salesforce.describe import Column
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.mappings.fields import OurField

OBJECTS = ("Lead", "Contact")

#: The set that lets our user write, and the one that lets everybody read who is given it.
INTEGRATION, READERS = "SMK_Integration", "SMK_Rep_Read"
SETS = {INTEGRATION: "crm-sync: write the SLA fields", READERS: "crm-sync: see the SLA fields"}

#: What a field of each type is called in describe and in the Metadata of the Tooling API.
DESCRIBED = {
    "text": frozenset({"string", "Text"}),
    "number": frozenset({"double", "int", "Number"}),
    "datetime": frozenset({"datetime", "DateTime"}),
    "choice": frozenset({"picklist", "Picklist"}),
}
WANTED = {"text": "Text(255)", "number": "Number(18, 0)", "datetime": "Date/Time", "choice": "Picklist"}


@dataclass(frozen=True, slots=True)
class Made:
    """A custom field as the Tooling API knows it, seen by our user or not: its record, type and options."""

    id: str
    type: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """What is there: fields and permissions by `Lead.SMK_Stage__c`, permission sets by name."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    made: Mapping[str, Made] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)  # name → id
    grants: frozenset[tuple[str, str, bool]] = frozenset()  # name of the set, field, may it be edited
    assigned: bool = False


def plan(installed: Installed, ours: Sequence[OurField]) -> list[SchemaStep]:
    """Permission sets first, then each field with its permissions."""
    steps = list(set_steps(installed))
    for kind in OBJECTS:
        for one in ours:
            steps += field_steps(kind, one, installed)
    return steps


def set_steps(installed: Installed) -> Iterator[SchemaStep]:
    for name, label in SETS.items():
        if name not in installed.sets:
            yield SchemaStep(CRM, "PermissionSet", name, "create_group", label)
    if not installed.assigned:
        yield SchemaStep(CRM, "PermissionSetAssignment", INTEGRATION, "create_group", "assigned to our own user")


def field_steps(kind: str, one: OurField, installed: Installed) -> list[SchemaStep]:
    def step(what: StepKind, detail: str) -> SchemaStep:
        return SchemaStep(CRM, kind, one.salesforce, what, detail)

    found = type_and_options(f"{kind}.{one.salesforce}", installed)
    if found and found[0] not in DESCRIBED[one.type]:
        return [step("conflict", f"is {found[0]}, should be {WANTED[one.type]}")]
    missing = [option for option in one.options if found and option not in found[1]]
    steps = [] if found else [step("create_field", WANTED[one.type])]
    steps += [step("create_field", f"new options: {', '.join(missing)}")] if missing else []
    lacking = lacking_sets(f"{kind}.{one.salesforce}", installed)
    steps += [step("grant_field", f"to {', '.join(lacking)}")] if lacking else []
    return steps or [step("present", WANTED[one.type])]


def type_and_options(name: str, installed: Installed) -> tuple[str, tuple[str, ...]] | None:
    """As our user sees the field, else as the Tooling API knows it; None when there is no such field."""
    if name in installed.columns:
        return installed.columns[name].type, installed.columns[name].options
    return (installed.made[name].type, installed.made[name].options) if name in installed.made else None


def lacking_sets(name: str, installed: Installed) -> list[str]:
    """The permission sets that do not let people see the field (ours: write it)."""
    wanted = ((INTEGRATION, True), (READERS, False))
    return [one for one, edits in wanted if not any((one, name, edit) in installed.grants for edit in {edits, True})]


def definition(kind: str, one: OurField) -> dict[str, Any]:
    """The field as the Tooling API takes it."""
    return {"FullName": f"{kind}.{one.salesforce}", "Metadata": metadata(one)}


def metadata(one: OurField, options: Sequence[str] = ()) -> dict[str, Any]:
    about = {
        "label": one.label.en,
        "inlineHelpText": one.label.es,
        "description": "Written by crm-sync.",
        "required": False,
    }
    match one.type:
        case "text":
            return {**about, "type": "Text", "length": 255}
        case "number":
            return {**about, "type": "Number", "precision": 18, "scale": 0}
        case "datetime":
            return {**about, "type": "DateTime"}
        case "choice":
            return {**about, "type": "Picklist", "valueSet": value_set(options or one.options)}


def value_set(options: Sequence[str]) -> dict[str, Any]:
    """Restricted: a word that is not ours must not slip in."""
    values = [{"fullName": option, "label": option, "default": False} for option in options]
    return {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}


def permission(set_id: str, kind: str, name: str, *, edit: bool) -> dict[str, Any]:
    """A row that lets the holders of a permission set see a field, and edit it."""
    return {
        "attributes": {"type": "FieldPermissions"},
        "ParentId": set_id,
        "SobjectType": kind,
        "Field": f"{kind}.{name}",
        "PermissionsRead": True,
        "PermissionsEdit": edit,
    }
