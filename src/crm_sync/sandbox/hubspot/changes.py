"""What happens to records, told to whoever listens: the source of webhook events.

A listener is any callable that takes one `Told`; `listen(world, listener)` adds it. Records that the town begins
with, or that an export brings, are not told, only what comes through the face and what happens as the town lives on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import shown
from crm_sync.sandbox.world import Row, World

_LISTENERS: Final = "hubspot_listeners"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a webhook carries it, before it has an event id, a subscription and an attempt.

    `kind` is the subscription type (`contact.creation`), `occurred_at` epoch milliseconds; `more` holds the keys of
    the payload that belong to the kind (propertyName, mergedObjectIds, ...)."""

    kind: str
    object_type_id: str
    object_id: str
    occurred_at: int
    more: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Told], None]


def listen(world: World, listener: Listener) -> None:
    """The listener hears every change from now on."""
    world.notes.setdefault(_LISTENERS, []).append(listener)


def has_listeners(world: World) -> bool:
    return bool(world.notes.get(_LISTENERS))


def tell(world: World, one: CrmObject, verb: str, record_id: str, **more: Any) -> None:
    """Tells `<object>.<verb>` with the payload keys in `more`."""
    for listener in world.notes.get(_LISTENERS, ()):
        listener(Told(f"{one.event_name}.{verb}", one.type_id, record_id, world.clock.now_ms(), more))


def tell_properties(world: World, one: CrmObject, row: Row, names: Iterable[str], source: str = "INTEGRATION") -> None:
    """One `propertyChange` for each named property, with the value it has now."""
    if not has_listeners(world):
        return
    for name in names:
        about = definition_of(world, one, name)
        if about is not None:
            value = shown(row.get(derived_column(name) or name), about["type"]) or ""
            tell(
                world, one, "propertyChange", row["_id"],
                propertyName=name, propertyValue=value, changeSource=source,
            )  # fmt: skip


def tell_link(world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str, **more: Any) -> None:
    """`associationChange` seen from both ends; `more` says whether it was removed and whether it is primary."""
    for start, start_id, end, end_id in ((one, from_id, other, to_id), (other, to_id, one, from_id)):
        tell(
            world, start, "associationChange", start_id,
            associationType=f"{start.singular}_to_{end.singular}".upper(),
            fromObjectId=int(start_id), toObjectId=int(end_id), **{"changeSource": "INTEGRATION", **more},
        )  # fmt: skip
