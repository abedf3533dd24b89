"""Deeds that change a schema in the middle of a run: a field appears, or goes with all it held."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.actions.inside import DATA, Inside, Said
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.salesforce.install import API_USER

_GRANT = "Granted_On_Order"


async def add_field(inside: Inside, said: Said) -> Any:
    """A text field that the client's user may read and write."""
    table, name = inside.table(said), _name(said)
    if table.face == "hubspot":
        group = next(iter(account(inside.world).groups.get(table.name, {})), "")
        about: dict[str, Any] = {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": group}
        await inside.do("POST", f"/crm/v3/properties/{table.name}", about)
        return {"field": name}
    full = f"{table.name}.{name}"
    about = {"FullName": full, "Metadata": {"type": "Text", "label": name.removesuffix("__c"), "length": 255}}
    await inside.do("POST", f"{DATA}/tooling/sobjects/CustomField", about)
    grant = {"Field": full, "SobjectType": table.name, "PermissionsRead": True, "PermissionsEdit": True}
    await inside.do("POST", f"{DATA}/sobjects/FieldPermissions", {"ParentId": await _grant(inside), **grant})
    return {"field": name}


async def _grant(inside: Inside) -> str:
    """A permission set of our own, assigned to the client's user."""
    query = f"SELECT+Id+FROM+PermissionSet+WHERE+Name='{_GRANT}'"
    found = (await inside.do("GET", f"{DATA}/query?q={query}"))["records"]
    if found:
        return str(found[0]["Id"])
    made = await inside.do("POST", f"{DATA}/sobjects/PermissionSet", {"Name": _GRANT, "Label": _GRANT})
    assignment = {"PermissionSetId": made["id"], "AssigneeId": API_USER}
    await inside.do("POST", f"{DATA}/sobjects/PermissionSetAssignment", assignment)
    return str(made["id"])


async def drop_field(inside: Inside, said: Said) -> Any:
    """A custom field is deleted, with all it held."""
    table, name = inside.table(said), _name(said)
    if table.face == "hubspot":
        await inside.do("DELETE", f"/crm/v3/properties/{table.name}/{name}")
        return {"field": name}
    developer = name.removesuffix("__c")
    query = f"SELECT+Id+FROM+CustomField+WHERE+DeveloperName='{developer}'+AND+TableEnumOrId='{table.name}'"
    found = (await inside.do("GET", f"{DATA}/tooling/query?q={query}"))["records"]
    if not found:
        raise ValueError(f"{table.name} has no custom field {name!r}")
    await inside.do("DELETE", f"{DATA}/tooling/sobjects/CustomField/{found[0]['Id']}")
    return {"field": name}


def _name(said: Said) -> str:
    name = said.get("name")
    if not isinstance(name, str) or not name.replace("_", "").isalnum():
        raise ValueError(f'"name" is {name!r}; it must be the name of a field')
    return name
