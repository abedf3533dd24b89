"""Where a property is used, which is why it cannot be archived: filters of lists and fields of forms."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.account import Account
from crm_sync.sandbox.hubspot.list_filters import properties_in
from crm_sync.sandbox.hubspot.objects import CrmObject


def used_in(known: Account, one: CrmObject, name: str) -> int:
    """How many lists and forms of the account need the property."""
    lists = [made for made in known.lists.values() if made.object_type_id == one.type_id and made.deleted_at is None]
    forms = [form for form in known.forms.values() if not form["archived"]]
    in_lists = sum(name in properties_in(made.branch) for made in lists)
    return in_lists + sum((one.type_id, name) in fields_of(form) for form in forms)


def fields_of(form: dict[str, Any]) -> set[tuple[str, str]]:
    """(object type id, property) of every field that a form shows."""
    return {
        (str(field.get("objectTypeId", "0-1")), str(field.get("name")))
        for group in form.get("fieldGroups") or ()
        for field in group.get("fields") or ()
    }
