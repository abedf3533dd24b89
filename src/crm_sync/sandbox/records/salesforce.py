"""A Salesforce record as a sheet: our fields first, then the others, and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from crm_sync.sandbox.records.sheet import OURS, FieldGroup, Happening, Instant, Link, Sheet, Shown, Value
from crm_sync.sandbox.world import ARCHIVED_AT, Row, Table, World

_FACTS: Final = ("Status", "StageName", "OwnerId", "Email", "Phone", "MobilePhone", "Website", "Amount", "CloseDate")
_SYSTEM: Final = ("CreatedById", "LastModifiedById", "MasterRecordId", "CurrencyIsoCode")
_HISTORIES: Final = {
    "Lead": ("LeadHistory", "LeadId"),
    "Contact": ("ContactHistory", "ContactId"),
    "Account": ("AccountHistory", "AccountId"),
    "Opportunity": ("OpportunityFieldHistory", "OpportunityId"),
}
_MOST: Final = 200


def salesforce_sheet(world: World, name: str, record_id: str) -> Sheet | None:
    """None when there is no such object or record."""
    table = world.tables.get(("salesforce", name))
    row = table.get([record_id]).get(record_id) if table else None
    if table is None or row is None:
        return None
    return Sheet(
        "salesforce",
        name,
        record_id,
        _title(row),
        " · ".join(str(row[key]) for key in ("Title", "Company", "City", "MailingCity", "BillingCity") if row.get(key)),
        tuple(_shown(world, table, key, row) for key in _FACTS if row.get(key) not in (None, "")),
        tuple(_groups(world, table, row)),
        tuple(_links(world, table, row)),
        tuple(sorted(_happenings(world, name, row), key=lambda what: -what.at))[:_MOST],
        deleted=row[ARCHIVED_AT] is not None,
    )


def _title(row: Row) -> str:
    return str(row.get("Name") or row.get("Subject") or row.get("LastName") or row["_id"])


def _groups(world: World, table: Table, row: Row) -> Iterator[FieldGroup]:
    """Our fields show when they are empty, too; a rep sees system fields last."""
    ours = [name for name in sorted(table.fields) if name.lower().startswith(OURS)]
    said = [name for name in table.fields if name not in (*ours, *_SYSTEM) and row.get(name) not in (None, "")]
    system = [name for name in _SYSTEM if row.get(name)]
    for word, names in (("ours", ours), ("details", said), ("system", system)):
        if names:
            yield FieldGroup(tuple(_shown(world, table, name, row) for name in names), word=word)


def _shown(world: World, table: Table, name: str, row: Row) -> Shown:
    about = table.fields[name].about
    return Shown(name, _label(about, name), _value(world, about, row.get(name)))


def _label(about: Any, name: str) -> str:
    """People see Owner where the API says Owner ID."""
    label = str(about.get("label") or name)
    return label.removesuffix(" ID") if about.get("type") == "reference" else label


def _value(world: World, about: Any, raw: Any) -> Value:
    if raw in (None, ""):
        return None
    match about.get("type"):
        case "datetime":
            return Instant(int(raw))
        case "boolean":
            return bool(raw)
        case "reference":
            return _referenced(world, about, str(raw)) or str(raw)
        case "currency":
            return f"{float(raw):,.2f}"
        case "double" | "percent" | "int":
            return f"{float(raw):,.10g}"
    return str(raw)


def _referenced(world: World, about: Any, record_id: str) -> Link | None:
    for name in about.get("referenceTo") or ():
        table = world.tables.get(("salesforce", name))
        row = table.get([record_id]).get(record_id) if table else None
        if row:
            return Link(_label(about, name), _title(row), f"/salesforce/record/{name}/{record_id}")
    return None


def _links(world: World, table: Table, row: Row) -> Iterator[Link]:
    """Records that this one points at, and the deals it has a role in."""
    for name, field in table.fields.items():
        if field.about.get("type") == "reference" and row.get(name) and name not in (*_SYSTEM, "OwnerId"):
            link = _referenced(world, field.about, str(row[name]))
            if link:
                yield link
    if table.name in ("Contact", "Opportunity"):
        yield from _roles(world, table.name, str(row["_id"]))


def _roles(world: World, name: str, record_id: str) -> Iterator[Link]:
    table = world.table("salesforce", "OpportunityContactRole")
    other = "OpportunityId" if name == "Contact" else "ContactId"
    for role in table.select(f'"{name}Id" = ? AND {ARCHIVED_AT} IS NULL', [record_id], limit=50):
        link = _referenced(world, table.fields[other].about, str(role[other]))
        if link:
            yield Link(str(role.get("Role") or link.label), link.text, link.href)


def _happenings(world: World, name: str, row: Row) -> Iterator[Happening]:
    for activity, at in (("Task", "CompletedDateTime"), ("Event", "StartDateTime")):
        table = world.table("salesforce", activity)
        where = '"WhoId" = ? OR "WhatId" = ?'
        for one in table.select(where, [row["_id"], row["_id"]], limit=_MOST):
            yield _activity(world, table, one, at)
    yield from _changes(world, name, row)
    if name == "Opportunity":
        yield from _stages(world, row)
    yield Happening(row["_created"], "created", actor=_who(world, row.get("CreatedById")))


def _activity(world: World, table: Table, row: Row, at: str) -> Happening:
    how = [str(row[key]) for key in ("CallType", "CallDisposition", "Status", "Location") if row.get(key)]
    kind = {"Call": "calls", "Email": "emails", "ListEmail": "emails"}.get(str(row.get("TaskSubtype")), "tasks")
    kind = "meetings" if table.name == "Event" else kind
    when = int(row.get(at) or row["_created"])
    return Happening(when, kind, str(row.get("Subject") or ""), " · ".join(how), _who(world, row.get("OwnerId")))


def _changes(world: World, name: str, row: Row) -> Iterator[Happening]:
    """Tracked fields; a change of owner stands there twice, of which the one with the names is shown."""
    history, parent = _HISTORIES.get(name, ("", ""))
    if ("salesforce", history) not in world.tables:
        return
    for one in world.table("salesforce", history).select(f'"{parent}" = ?', [row["_id"]], limit=_MOST):
        if str(one.get("DataType")) != "EntityId" and one["Field"] != "StageName":
            text = f"{one.get('OldValue') or '—'} → {one.get('NewValue') or '—'}"
            yield Happening(one["_created"], "changed", str(one["Field"]), text, _who(world, one.get("CreatedById")))


def _stages(world: World, row: Row) -> Iterator[Happening]:
    """Every deal has this history, tracked or not."""
    steps = world.table("salesforce", "OpportunityHistory").select('"OpportunityId" = ?', [row["_id"]], limit=_MOST)
    for one in steps:
        yield Happening(one["_created"], "changed", "Stage", one["StageName"], _who(world, one.get("CreatedById")))


def _who(world: World, user_id: Any) -> str:
    for name in ("User", "Group"):
        found = world.table("salesforce", name).get([str(user_id)])
        if found:
            return _title(found[str(user_id)])
    return ""
