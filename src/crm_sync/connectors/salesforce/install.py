"""Puts our fields on leads and contacts, and lets our user write them. Doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simple_salesforce.api import Salesforce as Client

from crm_sync.connectors.base import SchemaStep
from crm_sync.connectors.salesforce.auth import Login
from crm_sync.connectors.salesforce.control import Control
from crm_sync.connectors.salesforce.describe import Column
from crm_sync.connectors.salesforce.schema import (
    INTEGRATION,
    OBJECTS,
    SETS,
    Installed,
    Made,
    definition,
    lacking_sets,
    metadata,
    permission,
    plan,
)
from crm_sync.connectors.salesforce.values import CRM, Row, among, quoted
from crm_sync.errors import ConfigError, Failed
from crm_sync.mappings.fields import OurField

TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Installer:
    """Works through the official client; every step says what it did."""

    control: Control
    login: Login
    ours: Sequence[OurField]

    async def plan(self) -> list[SchemaStep]:
        return plan(await self.look(), self.ours)

    async def apply(self) -> list[SchemaStep]:
        """Raises ConfigError when a field of that name is somebody else's."""
        self.control.forget()
        installed = await self.look()
        steps = plan(installed, self.ours)
        refuse_conflicts(steps)
        by_name = {one.salesforce: one for one in self.ours}
        for step in steps:
            if step.kind == "create_field":
                await self.make(step.object, by_name[step.name], installed)
        await self.make_sets(installed)
        self.control.forget()
        await self.grant(await self.look())
        self.control.forget()
        return [step for step in steps if step.kind != "present"]

    async def look(self) -> Installed:
        """What is there now, as our user sees it and as the Tooling API knows it."""
        columns = await self.columns()
        rows = await self.control.query(f"SELECT Id, Name FROM PermissionSet WHERE {among('Name', SETS)}")
        sets = {row["Name"]: row["Id"] for row in rows}
        return Installed(columns, await self.made(columns), sets, await self.grants(), await self.assigned())

    async def columns(self) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for kind in OBJECTS:
            sight = await self.control.see(kind)
            if sight is None:
                raise Failed(CRM, kind, "our user cannot see this object.", fix="Grant it to the app's run-as user.")
            found |= {f"{kind}.{name}": column for name, column in sight.columns.items()}
        return found

    async def made(self, columns: Iterable[str]) -> dict[str, Made]:
        """Our custom fields, whether our user sees them or not; the definition of those that it does not see."""
        names = [one.salesforce.removesuffix("__c") for one in self.ours]
        asked = f"SELECT Id, DeveloperName, TableEnumOrId FROM CustomField WHERE {among('DeveloperName', names)}"
        # A package may bring fields of the same name under its prefix: they are not ours.
        ours = f"{among('TableEnumOrId', OBJECTS)} AND NamespacePrefix = null"
        rows = await self.control.query(f"{asked} AND {ours}", tooling=True)
        found = {f"{row['TableEnumOrId']}.{row['DeveloperName']}__c": row["Id"] for row in rows}
        seen = set(columns)
        return {name: Made(id_, "") if name in seen else await self.defined(id_) for name, id_ in found.items()}

    async def defined(self, field_id: str) -> Made:
        said: Any = await self.control.read(lambda client: client.restful(f"tooling/sobjects/CustomField/{field_id}"))
        about = said.get("Metadata") or {}
        values = ((about.get("valueSet") or {}).get("valueSetDefinition") or {}).get("value") or []
        return Made(field_id, str(about.get("type", "")), tuple(value["fullName"] for value in values))

    async def grants(self) -> frozenset[tuple[str, str, bool]]:
        asked = f"SELECT Parent.Name, Field, PermissionsEdit FROM FieldPermissions WHERE {among('Parent.Name', SETS)}"
        rows = await self.control.query(f"{asked} AND PermissionsRead = true")
        return frozenset((row["Parent"]["Name"], row["Field"], row["PermissionsEdit"] is True) for row in rows)

    async def assigned(self) -> bool:
        user = (await self.login.session()).user_id
        asked = f"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = {quoted(INTEGRATION)}"
        return bool(await self.control.query(f"{asked} AND AssigneeId = {quoted(user)}"))

    async def make(self, kind: str, one: OurField, installed: Installed) -> None:
        """A new field, or more options for one that is there; options that people added stay."""
        made = installed.made.get(f"{kind}.{one.salesforce}")
        if made is None:
            await self.control.do(lambda client: post(client, "tooling/sobjects/CustomField", definition(kind, one)))
            return
        column = installed.columns.get(f"{kind}.{one.salesforce}")
        options = dict.fromkeys([*(column.options if column else made.options), *one.options])
        body = {"Metadata": metadata(one, tuple(options))}
        path = f"tooling/sobjects/CustomField/{made.id}"
        await self.control.do(lambda client: client.restful(path, method="PATCH", json=body))

    async def make_sets(self, installed: Installed) -> None:
        """Both permission sets; ours is given to our own user."""
        sets = dict(installed.sets)
        for name, label in SETS.items():
            if name not in sets:
                sets[name] = await self.create("PermissionSet", {"Name": name, "Label": label})
        if not installed.assigned:
            user = (await self.login.session()).user_id
            await self.create("PermissionSetAssignment", {"PermissionSetId": sets[INTEGRATION], "AssigneeId": user})

    async def create(self, kind: str, row: dict[str, Any]) -> str:
        said: Any = await self.control.do(lambda client: post(client, f"sobjects/{kind}", row))
        return str(said["id"])

    async def grant(self, installed: Installed) -> None:
        """Every permission that is missing, many in one call."""
        rows = [
            permission(installed.sets[name], kind, one.salesforce, edit=name == INTEGRATION)
            for kind in OBJECTS
            for one in self.ours
            for name in lacking_sets(f"{kind}.{one.salesforce}", installed)
        ]
        for start in range(0, len(rows), TOGETHER):
            ask = partial(
                post, path="composite/sobjects", body={"allOrNone": True, "records": rows[start : start + TOGETHER]}
            )
            refuse_failures(await self.control.do(ask))


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.restful(path, method="POST", json=body)


def refuse_conflicts(steps: Iterable[SchemaStep]) -> None:
    for step in steps:
        if step.kind == "conflict":
            fix = "Rename or delete that field in Setup, Object Manager."
            found = f"a field that {step.detail}"
            raise ConfigError(f"Salesforce {step.object}.{step.name}", found, "a field that crm-sync made", fix=fix)


def refuse_failures(results: Iterable[Row]) -> None:
    for result in results:
        if not result.get("success"):
            errors = result.get("errors") or [{}]
            fix = "The app's run-as user needs `Manage Profiles and Permission Sets` and `Customize Application`."
            raise Failed(CRM, "FieldPermissions", str(errors[0].get("message", "no reason given")), fix=fix)
