"""Labels of associations: those that HubSpot defines, and those that an account makes for itself."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.hubspot.association_types import BY_ID
from crm_sync.sandbox.hubspot.associations import DEFINED, unlabel
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, bounded
from crm_sync.sandbox.hubspot.write_api import link_types

#: Ids of labels an account makes for itself.
_FIRST_LABEL: Final = 1000


def batch_archive_labels(call: Call) -> Answer:
    """Some types of a link go, and the link with its last one."""
    one, other = call.crm_object("from"), call.crm_object("to")
    for item in call.inputs():
        ends, types = (at(item, "from", "id"), at(item, "to", "id")), link_types(item.get("types"))
        for type_id, category in types:
            unlabel(call.world, one, ends[0], other, ends[1], type_id, category)
    return Answer(status=204)


def list_labels(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    built_in = [
        {"category": DEFINED, "typeId": kind.type_id, "label": kind.label}
        for kind in BY_ID.values()
        if (kind.start, kind.end) == (one.name, other.name)
    ]
    own = call.account.labels.get((one.name, other.name), {})
    return Answer({"results": built_in + [_label(type_id, label) for type_id, label in own.items()]})


def create_label(call: Call) -> Answer:
    """One label for both directions; an inverse label makes a second type for the way back."""
    one, other = call.crm_object("from"), call.crm_object("to")
    if not call.body.get("label") or not call.body.get("name"):
        raise Refusal(400, "Invalid input JSON: some required fields were not set: [name, label]")
    labels, label = call.account.labels, str(call.body["label"])
    type_id = _FIRST_LABEL + call.account.next_number("label")
    labels.setdefault((one.name, other.name), {})[type_id] = label
    labels.setdefault((other.name, one.name), {})[type_id] = str(call.body.get("inverseLabel") or label)
    return Answer({"results": [_label(type_id, label)]})


def update_label(call: Call) -> Answer:
    """A new label for a type that the account has made."""
    one, other = call.crm_object("from"), call.crm_object("to")
    type_id, label = bounded("associationTypeId", call.body.get("associationTypeId"), 10**9), at(call.body, "label")
    if type_id not in call.account.labels.get((one.name, other.name), {}):
        raise Refusal(400, f"Association type {type_id} is none of this account's labels")
    call.account.labels[one.name, other.name][type_id] = label
    call.account.labels[other.name, one.name][type_id] = str(call.body.get("inverseLabel") or label)
    return Answer(status=204)


def delete_label(call: Call) -> Answer:
    """The type goes, and with it every link that has no other."""
    one, other = call.crm_object("from"), call.crm_object("to")
    type_id = bounded("associationTypeId", call.part("type"), 10**9)
    for pair in ((one.name, other.name), (other.name, one.name)):
        if call.account.labels.get(pair, {}).pop(type_id, None):
            sql = "DELETE FROM association WHERE from_object = ? AND to_object = ? AND type_id = ?"
            call.world.db.execute(f"{sql} AND category != ?", (*pair, type_id, DEFINED))
    return Answer(status=204)


def _label(type_id: int, label: str) -> dict[str, Any]:
    return {"category": "USER_DEFINED", "typeId": type_id, "label": label}
