"""A HubSpot record as a sheet: our properties first, then the others by group, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.objects import ACTIVITIES, BY_NAME, CrmObject
from crm_sync.sandbox.records.sheet import OURS, FieldGroup, Happening, Instant, Link, Sheet, Shown, Value
from crm_sync.sandbox.world import ARCHIVED_AT, FieldDef, Row, World, to_ms

_FACTS: Final = ("lifecyclestage", "dealstage", "hubspot_owner_id", "email", "phone", "domain", "amount")
_STEPS: Final = ("lifecyclestage", "hs_lead_status", "dealstage", "hubspot_owner_id")
_TITLES: Final = ("dealname", "name", "hs_lead_name", "hs_call_title", "hs_email_subject", "hs_meeting_title",
                  "hs_task_subject", "email", "domain")  # fmt: skip
_TEXTS: Final = ("hs_call_body", "hs_note_body", "hs_communication_body", "hs_email_text", "hs_task_body")
_HOW: Final = ("hs_call_direction", "hs_call_status", "hs_email_direction", "hs_email_status", "hs_meeting_outcome",
               "hs_task_status", "hs_communication_channel_type")  # fmt: skip
_MOST: Final = 200


def hubspot_sheet(world: World, name: str, record_id: str) -> Sheet | None:
    """None when there is no such object or record."""
    one = BY_NAME.get(name)
    row = world.table("hubspot", one.name).get([record_id]).get(record_id) if one else None
    if one is None or row is None:
        return None
    return Sheet(
        "hubspot",
        one.name,
        record_id,
        _title(row),
        " · ".join(str(row[key]) for key in ("jobtitle", "company", "city") if row.get(key)),
        tuple(_shown(world, one, key, row) for key in _FACTS if row.get(key)),
        tuple(_groups(world, one, row)),
        tuple(_links(world, one, record_id)),
        tuple(sorted(_happenings(world, one, row), key=lambda what: -what.at))[:_MOST],
        deleted=row[ARCHIVED_AT] is not None,
    )


def _title(row: Row) -> str:
    full = " ".join(str(row[key]) for key in ("firstname", "lastname") if row.get(key))
    return full or next((str(row[key]) for key in _TITLES if row.get(key)), str(row["_id"]))


def _groups(world: World, one: CrmObject, row: Row) -> Iterator[FieldGroup]:
    """Our group shows empty properties too: that a property is empty is an answer."""
    fields = world.table("hubspot", one.name).fields
    ours = [name for name in sorted(fields) if name.startswith(OURS)]
    if ours:
        yield FieldGroup(tuple(_shown(world, one, name, row) for name in ours), word="ours")
    for key, group in account(world).groups.get(one.name, {}).items():
        names = [name for name, about in fields.items() if _in_group(about, key) and row.get(name) not in (None, "")]
        if names:
            yield FieldGroup(tuple(_shown(world, one, name, row) for name in names), label=str(group["label"]))


def _in_group(about: FieldDef, group: str) -> bool:
    return about.about.get("groupName") == group and not about.name.startswith(OURS)


def _shown(world: World, one: CrmObject, name: str, row: Row) -> Shown:
    about = world.table("hubspot", one.name).fields[name].about
    return Shown(name, str(about.get("label") or name), _value(world, one, name, row.get(name)))


def _value(world: World, one: CrmObject, name: str, raw: Any) -> Value:
    about = world.table("hubspot", one.name).fields[name].about
    if raw in (None, ""):
        return None
    if about["type"] == "datetime":
        return _instant(str(raw))
    if about["type"] == "bool":
        return str(raw) == "true"
    if name == "hubspot_owner_id":
        return _owner(world, str(raw))
    if name == "associatedcompanyid":
        return _record_link(world, BY_NAME["companies"], str(raw)) or str(raw)
    return _option(world, name, about, str(raw))


def _instant(raw: str) -> Value:
    """Epoch milliseconds in a column, ISO 8601 in a history."""
    if raw.lstrip("-").isdigit():
        return Instant(int(raw))
    try:
        return Instant(to_ms(datetime.fromisoformat(raw)))
    except ValueError:
        return raw


def _option(world: World, name: str, about: Any, raw: str) -> str:
    """The label of an option; of several, joined."""
    if name == "dealstage":
        stage = account(world).stages("deals").get(raw)
        return str(stage["label"]) if stage else raw
    labels = {str(one["value"]): str(one["label"]) for one in about.get("options") or ()}
    return ", ".join(labels.get(part, part) for part in raw.split(";")) if labels else raw


def _owner(world: World, owner_id: str) -> str:
    row = world.table("hubspot", "owners").get([owner_id]).get(owner_id)
    return f"{row['firstName'] or ''} {row['lastName'] or ''}".strip() or str(row["email"]) if row else owner_id


def _linked(world: World, one: CrmObject, record_id: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = world.db.execute(
        "SELECT DISTINCT to_object, to_id FROM association WHERE from_object = ? AND from_id = ? ORDER BY to_id",
        (one.name, record_id),
    )
    for name, other in rows:
        found.setdefault(name, []).append(other)
    return found


def _links(world: World, one: CrmObject, record_id: str) -> Iterator[Link]:
    for name, ids in _linked(world, one, record_id).items():
        for other in ids[:50] if name not in ACTIVITIES else ():
            link = _record_link(world, BY_NAME[name], other)
            if link:
                yield link


def _record_link(world: World, one: CrmObject, record_id: str) -> Link | None:
    row = world.table("hubspot", one.name).get([record_id]).get(record_id)
    return Link(one.name, _title(row), f"/hubspot/record/{one.name}/{record_id}") if row else None


def _happenings(world: World, one: CrmObject, row: Row) -> Iterator[Happening]:
    for name, ids in _linked(world, one, row["_id"]).items():
        if name in ACTIVITIES:
            for activity in world.table("hubspot", name).get(ids).values():
                yield _activity(world, BY_NAME[name], activity)
    fields = world.table("hubspot", one.name).fields
    for name in [key for key in fields if key in _STEPS or key.startswith(OURS)]:
        label = str(fields[name].about.get("label") or name)
        for item in world.history("hubspot", one.name, row["_id"], name):
            yield Happening(item.at, "changed", label, _value(world, one, name, item.value), item.source)
    yield Happening(row["_created"], "created")


def _activity(world: World, one: CrmObject, row: Row) -> Happening:
    how = [str(_value(world, one, name, row[name])) for name in _HOW if row.get(name)]
    texts = [str(row[name]) for name in _TEXTS if row.get(name)]
    title = next((str(row[name]) for name in _TITLES if row.get(name)), "")
    owner = _owner(world, str(row["hubspot_owner_id"])) if row.get("hubspot_owner_id") else ""
    at = int(row.get("hs_timestamp") or row["_created"])
    return Happening(at, one.name, title, " · ".join([*how, *texts]), owner)
