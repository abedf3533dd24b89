"""What people did, as events: opened e-mails, visited pages, custom events. One SQL table for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.world import World, as_json

#: The unified event type of each kind of e-mail event that the older read API names.
EMAIL_TYPES: Final = {
    "SENT": "e_mta_sent_email_v2",
    "DELIVERED": "e_mta_delivered_email_v2",
    "OPEN": "e_opened_email_v2",
    "CLICK": "e_clicked_link_in_email_v2",
    "BOUNCE": "e_mta_bounced_email_v2",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a record; `at` is epoch milliseconds. E-mail events carry `hs_email_campaign_id` and `recipient`."""

    event_type: str
    object_name: str
    record_id: str
    at: int
    properties: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def event_id(self) -> str:
        return str(uuid5(NAMESPACE_URL, f"hubspot event {self.number}"))


def install_events(world: World) -> None:
    world.db.executescript(
        """
        CREATE TABLE hubspot_event (number INTEGER PRIMARY KEY, event_type TEXT, object TEXT, record_id TEXT,
                                    at INTEGER, properties TEXT);
        CREATE INDEX hubspot_event_of ON hubspot_event (object, record_id, at);
        CREATE INDEX hubspot_event_at ON hubspot_event (at);
        """
    )


def add_events(world: World, events: Iterable[Happened]) -> None:
    """Keeps events in the order in which they come."""
    world.db.executemany(
        "INSERT INTO hubspot_event (event_type, object, record_id, at, properties) VALUES (?, ?, ?, ?, ?)",
        [(one.event_type, one.object_name, one.record_id, one.at, as_json(dict(one.properties))) for one in events],
    )


def find_events(
    world: World, where: str, params: Iterable[Any], *, newest_first: bool, limit: int, offset: int
) -> list[Happened]:
    """Events for which the SQL condition holds, in the order of time."""
    way = "DESC" if newest_first else "ASC"
    rows = world.db.execute(
        "SELECT event_type, object, record_id, at, properties, number FROM hubspot_event"
        f" WHERE {where} ORDER BY at {way}, number {way} LIMIT ? OFFSET ?",
        (*params, limit, offset),
    )
    return [Happened(kind, name, key, at, json.loads(told), number) for kind, name, key, at, told, number in rows]


def event_types(world: World) -> list[str]:
    """Every type that has happened, and those of e-mails, which every account has."""
    rows = world.db.execute("SELECT DISTINCT event_type FROM hubspot_event").fetchall()
    return sorted({*EMAIL_TYPES.values(), *(row[0] for row in rows)})
