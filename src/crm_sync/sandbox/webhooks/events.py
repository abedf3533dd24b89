"""One change as a subscription of an app gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crm_sync.sandbox.hubspot.changes import Told

_OBJECTS: Final = ("contact", "company", "deal", "ticket", "product", "line_item", "object")
_VERBS: Final = ("creation", "deletion", "merge", "restore", "propertyChange", "associationChange")

#: What an app may subscribe to.
EVENT_TYPES: Final = frozenset(f"{one}.{verb}" for one in _OBJECTS for verb in _VERBS) - {
    "product.associationChange"
} | {"contact.privacyDeletion"} | {
    f"conversation.{verb}" for verb in ("creation", "deletion", "newMessage", "privacyDeletion", "propertyChange")
}  # fmt: skip

_FLAGS: Final = {"creation": "NEW", "deletion": "DELETED", "merge": "MERGED"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an app wants to hear of. `property_name` is for property changes, `object_type_id` for `object.*`."""

    id: int
    event_type: str
    active: bool
    created_ms: int
    property_name: str | None = None
    object_type_id: str | None = None
    updated_ms: int | None = None

    def wants(self, told: Told) -> bool:
        """Whether this change is meant: by the object's own name, or by type id for the generic kind."""
        name, _, verb = self.event_type.partition(".")
        same = self.object_type_id == told.object_type_id if name == "object" else self.event_type == told.kind
        if not self.active or not same or verb != told.kind.partition(".")[2]:
            return False
        return verb != "propertyChange" or self.property_name == told.more.get("propertyName")


def event(told: Told, subscription: Subscription, number: int, portal_id: int, app_id: int) -> dict[str, Any]:
    """The payload of a first attempt."""
    verb = told.kind.partition(".")[2]
    generic = {"objectTypeId": told.object_type_id} if subscription.event_type.startswith("object.") else {}
    own = {} if verb == "associationChange" else {"objectId": int(told.object_id), **generic}
    flag = {"changeFlag": _FLAGS[verb]} if verb in _FLAGS else {}
    return {
        "eventId": number,
        "subscriptionId": subscription.id,
        "portalId": portal_id,
        "appId": app_id,
        "occurredAt": told.occurred_at,
        "subscriptionType": subscription.event_type,
        "attemptNumber": 0,
        **own,
        "changeSource": "CRM",
        **flag,
        **told.more,
    }
