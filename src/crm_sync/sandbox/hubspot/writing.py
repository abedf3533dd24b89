"""Writing one record: what is sent is checked first and completely, then stored with its stamps and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.association_types import PRIMARY
from crm_sync.sandbox.hubspot.associations import link
from crm_sync.sandbox.hubspot.changes import tell, tell_properties
from crm_sync.sandbox.hubspot.derived import at_birth, following
from crm_sync.sandbox.hubspot.errors import BadValue, Refusal, invalid
from crm_sync.sandbox.hubspot.history import remember
from crm_sync.sandbox.hubspot.objects import BY_NAME, OBJECTS, PIPELINE_OF, STAGE_OF, CrmObject
from crm_sync.sandbox.hubspot.reading import BY_NUMBER, holder
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.user_hours import bad_hours
from crm_sync.sandbox.hubspot.values import parsed, said
from crm_sync.sandbox.hubspot.versions import keep
from crm_sync.sandbox.world import CREATED, MODIFIED, Row, World

#: Ids of an empty object start here, each object in a range of its own: an id of one is not an id of another.
_FIRST_ID, _RANGE = 30_000_000_001, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked write that nothing can refuse any more. `before` is empty for a new record."""

    values: Row
    sent: tuple[str, ...]
    before: Row = field(default_factory=dict)


def draft(world: World, one: CrmObject, properties: object, before: Row | None = None) -> Draft:
    """Checks what a client sent for one record; raises the refusal that names every bad property."""
    if not isinstance(properties, Mapping):
        raise Refusal(400, 'Invalid input JSON: "properties" must be an object')
    texts = {str(name): said(value) for name, value in properties.items()}
    if before is None and one.name == "meetings" and "hs_meeting_start_time" in texts:
        texts.setdefault("hs_timestamp", texts["hs_meeting_start_time"])
    read = {name: _read(world, one, name, text, before or {}) for name, text in texts.items()}
    bad = [value for value in read.values() if isinstance(value, BadValue)]
    bad += bad_hours(texts, before or {}) if one.name == "users" else []
    if before is None:
        bad += [_missing(name) for name in _required(one, texts) if not texts.get(name)]
    if bad:
        raise invalid(bad, account(world).portal_id)
    _check_unique(world, one, read, before)
    return Draft(_forward_only(world, one, read, before or {}), tuple(texts), before or {})


def _read(world: World, one: CrmObject, name: str, text: str, before: Row) -> Any:
    about = definition_of(world, one, name)
    if about is None:
        return BadValue(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if about["modificationMetadata"]["readOnlyValue"]:
        return BadValue(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.', text)
    known = _known_values(world, one, name)
    if known is not None and text and text not in known:
        listed = ", ".join(sorted(known))
        return BadValue(name, "INVALID_OPTION", f"{text} was not one of the allowed options: [{listed}]", text)
    if about["fieldType"] == "checkbox" and text.startswith(";"):
        text = ";".join(dict.fromkeys([*str(before.get(name) or "").split(";"), *text.split(";")])).strip(";")
    return parsed(about, text)


def _known_values(world: World, one: CrmObject, name: str) -> set[str] | None:
    """Values that the account decides: owners, pipelines and stages. None when any will do."""
    if name == "hubspot_owner_id":
        return {row["_id"] for row in world.table("hubspot", "owners").select("_archived_at IS NULL", columns=())}
    if one.name in PIPELINE_OF and name == STAGE_OF[one.name]:
        return set(account(world).stage_ids(one.name))
    return set(account(world).pipelines[one.name]) if name == PIPELINE_OF.get(one.name) else None


def _required(one: CrmObject, texts: Mapping[str, str]) -> tuple[str, ...]:
    if one.name == "companies":
        return () if texts.get("name") or texts.get("domain") else ("name",)
    return one.required


def _missing(name: str) -> BadValue:
    return BadValue(name, "MISSING_REQUIRED_PROPERTY", f"Required property '{name}' is missing")


def _check_unique(world: World, one: CrmObject, values: Row, before: Row | None) -> None:
    for name, value in values.items():
        about = definition_of(world, one, name)
        if value is None or about is None or not about["hasUniqueValue"]:
            continue
        other = holder(world, one, name, str(value))
        if other is not None and other["_id"] != (before or {}).get("_id"):
            raise taken(one, other["_id"])


def taken(one: CrmObject, record_id: str) -> Refusal:
    """409: another record holds a value that only one may hold."""
    return Refusal(409, f"{one.singular.capitalize()} already exists. Existing ID: {record_id}", "CONFLICT")


def _forward_only(world: World, one: CrmObject, values: Row, before: Row) -> Row:
    """An earlier lifecycle stage is ignored without a word, unless the stage was cleared in an earlier call."""
    about = definition_of(world, one, "lifecyclestage")
    old, new = before.get("lifecyclestage"), values.get("lifecyclestage")
    if about is None or not old or not new:
        return values
    order = [option["value"] for option in about["options"]]
    if old in order and order.index(new) < order.index(old):
        return {name: value for name, value in values.items() if name != "lifecyclestage"}
    return values


def create(world: World, one: CrmObject, checked: Draft) -> Row:
    """Stores a new record and returns it whole."""
    table, known, now = world.table("hubspot", one.name), account(world), world.clock.now_ms()
    record_id = next_id(world, one)
    born = at_birth(known, table, one, record_id, now) | _columns(checked.values)
    values = born | following(known, table, one, {}, born, now)
    table.insert([{"_id": record_id, CREATED: now, MODIFIED: now} | values])
    row = table.get([record_id])[record_id]
    remember(world, one, None, row, [name for name, value in values.items() if value is not None], now)
    tell(world, one, "creation", record_id, changeSource="INTEGRATION", changeFlag="NEW")
    tell_properties(world, one, row, [name for name, value in values.items() if value is not None])
    return _settled(world, one, row, values)


def update(world: World, one: CrmObject, checked: Draft) -> Row:
    """Changes a record; a write that changes nothing moves no stamp. Returns the record whole."""
    table, now, before = world.table("hubspot", one.name), world.clock.now_ms(), checked.before
    values = _changes(before, _columns(checked.values))
    if not values:
        return before
    moved = values | _changes(before, following(account(world), table, one, before, values, now))
    keep(world, one.name, before)
    table.update(before["_id"], {**moved, MODIFIED: now})
    row = table.get([before["_id"]])[before["_id"]]
    remember(world, one, before, row, moved, now)
    tell_properties(world, one, row, moved)
    return _settled(world, one, row, moved)


def _settled(world: World, one: CrmObject, row: Row, moved: Row) -> Row:
    """Writing the primary company of a contact is another way to associate it."""
    company_id = moved.get("associatedcompanyid")
    companies = BY_NAME["companies"]
    if one.name == "contacts" and company_id and world.table("hubspot", "companies").get([company_id], ()):
        link(world, one, row["_id"], companies, company_id, PRIMARY["contacts", "companies"].type_id)
    return row


def _changes(before: Row, values: Row) -> Row:
    return {name: value for name, value in values.items() if before.get(name) != value}


def _columns(values: Row) -> Row:
    """createdate of a deal may be written; it is kept as the record's own stamp."""
    return {derived_column(name) or name: value for name, value in values.items()}


def next_id(world: World, one: CrmObject) -> str:
    """The id of the record that is made next; an erased record's id never comes back."""
    sql = f"SELECT max({BY_NUMBER}) FROM {world.table('hubspot', one.name).sql_name}"
    last = world.db.execute(sql).fetchone()[0]
    highest = max(int(last or 0), account(world).erased.get(one.name, 0))
    return str(highest + 1 if highest else _FIRST_ID + OBJECTS.index(one) * _RANGE)
