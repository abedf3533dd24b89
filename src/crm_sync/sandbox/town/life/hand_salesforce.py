"""Puts an event of the town's life into Salesforce, and on its event bus."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.salesforce.changes import Origin, publish
from crm_sync.sandbox.salesforce.family import Pointer, pointing
from crm_sync.sandbox.town.life.hand import alive, insert, ours
from crm_sync.sandbox.town.life.thread import Delta, Moved
from crm_sync.sandbox.town.story import SALESFORCE
from crm_sync.sandbox.world import MODIFIED, Row, World

_VERSION: Final = "62.0"  # of the interface by which the town's own people work
_SERIALS: Final = "salesforce_serials"
#: Numbers that clients' records get begin here, above those that the living will ever have.
_FREE: Final = 400_000_000


def make_room(world: World) -> None:
    serials = world.notes.setdefault(_SERIALS, {})
    for face, name in world.tables:
        if face == SALESFORCE:
            serials[name] = max(serials.get(name, 0), _FREE)


def write_salesforce(world: World, delta: Delta) -> None:
    """To be called while the clock stands at the event."""
    made = [(table, row) for table, row in delta.made if insert(world, SALESFORCE, table, row)]
    origin = Origin(world, _user(delta), _VERSION)
    for table, row in made:
        publish(origin, "CREATE", table, row["_id"], _values(row))
    for moved in delta.moved:
        _update(origin, moved, delta.at * 1000)


def _update(origin: Origin, moved: Moved, now: int) -> None:
    row = alive(origin.world, SALESFORCE, moved.table, moved.record_id)
    values = ours(row, moved) if row is not None else {}
    if row is None or not values:
        return
    if moved.table == "Lead" and values.get("IsConverted"):
        _hand_over(origin, moved.record_id, values, now)
    _set(origin, moved.table, moved.record_id, values, now)


def _hand_over(origin: Origin, lead: str, values: Row, now: int) -> None:
    """Activities go to the contact; campaign members stay the lead's and become the contact's too."""
    contact, account = values.get("ConvertedContactId"), values.get("ConvertedAccountId")
    for name in ("Task", "Event"):
        for one in pointing(origin.world, Pointer(name, "WhoId"), lead):
            _set(origin, name, one["_id"], {"WhoId": contact, "AccountId": account}, now)
    for one in pointing(origin.world, Pointer("CampaignMember", "LeadId"), lead):
        more = {"ContactId": contact, "LeadOrContactId": contact, "Type": "Contact"}
        _set(origin, "CampaignMember", one["_id"], more, now)


def _set(origin: Origin, table: str, record_id: str, values: Row, now: int) -> None:
    origin.world.table(SALESFORCE, table).update(record_id, {**values, MODIFIED: now})
    publish(origin, "UPDATE", table, record_id, values)


def _user(delta: Delta) -> str:
    """Who did it: the maker of what was made, or whom the record belongs to."""
    rows = [row for _, row in (*delta.made, *delta.stands)]
    found = (row.get(name) for name in ("CreatedById", "OwnerId") for row in rows)
    return next((str(one) for one in found if one), "")


def _values(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.startswith("_")}
