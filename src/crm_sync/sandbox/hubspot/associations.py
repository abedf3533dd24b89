"""Links between records: made in both directions, at most one primary company, read inline for a page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.association_types import BY_ID, DEFAULT, PRIMARY
from crm_sync.sandbox.hubspot.changes import tell_link
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import ACTIVITIES, BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.versions import keep_now
from crm_sync.sandbox.world import MODIFIED, World

DEFINED: Final = "HUBSPOT_DEFINED"

#: Inline associations of a list come in pages of this size.
INLINE_PAGE: Final = 100

Inline = dict[str, dict[str, Any]]


def inline(world: World, one: CrmObject, ids: Sequence[str], others: Sequence[CrmObject], base: str) -> Inline:
    """`associations` of each record; a record without any has no such key."""
    marks, wanted = ", ".join("?" for _ in ids), ", ".join("?" for _ in others)
    rows = world.db.execute(
        "SELECT from_id, to_object, to_id, type_id FROM association WHERE from_object = ?"
        f" AND from_id IN ({marks}) AND to_object IN ({wanted}) ORDER BY CAST(to_id AS INTEGER), type_id",
        (one.name, *ids, *(other.name for other in others)),
    )
    found: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for from_id, other, to_id, type_id in rows:
        found[from_id][other].append({"id": to_id, "type": v3_name(one, BY_NAME[other], type_id)})
    return {
        key: {"associations": {name: _page(f"{base}/{key}/associations/{name}", items) for name, items in by.items()}}
        for key, by in found.items()
    }


def _page(url: str, items: list[dict[str, str]]) -> dict[str, Any]:
    if len(items) <= INLINE_PAGE:
        return {"results": items}
    after = items[INLINE_PAGE]["id"]
    return {"results": items[:INLINE_PAGE], "paging": {"next": {"after": after, "link": f"{url}?after={after}"}}}


def v3_name(one: CrmObject, other: CrmObject, type_id: int) -> str:
    """contact_to_company is the primary type where there is one; the plain one is then called _unlabeled."""
    name = f"{one.label}_to_{other.label}"
    plain = DEFAULT.get((one.name, other.name))
    unlabeled = (one.name, other.name) in PRIMARY and plain is not None and plain.type_id == type_id
    return f"{name}_unlabeled" if unlabeled else name


def link(
    world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str, type_id: int, category: str = DEFINED
) -> None:
    """Makes a link and its inverse; making it again changes nothing. Companies are always the far side."""
    kind = BY_ID.get(type_id) if category == DEFINED else None
    back = kind.inverse if kind else type_id
    if one.name == "companies" and other.name != "companies":
        return link(world, other, to_id, one, from_id, back, category)
    is_new = not _linked(world, one, from_id, other, to_id)
    for each in _together(world, one, from_id, other, type_id, category):
        inverse = BY_ID[each].inverse if each in BY_ID else each
        there = (one.name, from_id, other.name, to_id, each, category if each == type_id else DEFINED)
        world.associate([there, (other.name, to_id, one.name, from_id, inverse, there[5])])
    if one.name == "contacts" and other.name == "companies":
        _set_company(world, from_id)
    elif is_new:
        _count_activity(world, one, from_id, other, to_id)
    if one.name == "leads" and (one.name, other.name) in PRIMARY:
        _set_lead(world, from_id, other, to_id)
    if is_new:
        is_primary = kind is not None and kind.label == "Primary"
        tell_link(
            world, one, from_id, other, to_id, associationRemoved=False, isPrimaryAssociation=is_primary
        )  # fmt: skip
    return None


def _together(
    world: World, one: CrmObject, from_id: str, other: CrmObject, type_id: int, category: str
) -> tuple[int, ...]:
    """A primary company takes over from the one before and is unlabeled too; a contact's first company is primary."""
    primary, plain = PRIMARY.get((one.name, other.name)), DEFAULT.get((one.name, other.name))
    if primary is None or plain is None or category != DEFINED:
        return (type_id,)
    if type_id == primary.type_id:
        for here, there, each in (("from", "to", primary.type_id), ("to", "from", primary.inverse)):
            sql = f"DELETE FROM association WHERE {here}_object = ? AND {here}_id = ? AND {there}_object = ?"
            world.db.execute(f"{sql} AND type_id = ?", (one.name, from_id, other.name, each))
        return (plain.type_id, primary.type_id)
    is_first = one.name == "contacts" and _primary(world, from_id) is None
    return (type_id, primary.type_id) if is_first else (type_id,)


def _linked(world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str) -> bool:
    sql = "SELECT 1 FROM association WHERE from_object = ? AND from_id = ? AND to_object = ? AND to_id = ?"
    return world.db.execute(sql, (one.name, from_id, other.name, to_id)).fetchone() is not None


def _primary(world: World, contact_id: str) -> str | None:
    sql = "SELECT to_id FROM association WHERE from_object = 'contacts' AND from_id = ? AND type_id = ?"
    primary = PRIMARY["contacts", "companies"].type_id
    row = world.db.execute(f"{sql} AND to_object = 'companies'", (contact_id, primary)).fetchone()
    return str(row[0]) if row else None


def _set_company(world: World, contact_id: str) -> None:
    """HubSpot copies the primary company onto the contact, if there is one of that id."""
    table, primary = world.table("hubspot", "contacts"), _primary(world, contact_id)
    found = table.get([contact_id], ["associatedcompanyid"]).get(contact_id)
    if found and found["associatedcompanyid"] != primary:
        keep_now(world, "contacts", contact_id)
        table.update(contact_id, {"associatedcompanyid": primary, MODIFIED: world.clock.now_ms()})


def _set_lead(world: World, lead_id: str, other: CrmObject, to_id: str) -> None:
    """A lead knows the contact or company it was made for: the first one it was associated with."""
    table, name = world.table("hubspot", "leads"), f"hs_primary_{other.singular}_id"
    if name in table.fields and not table.get([lead_id], [name])[lead_id][name]:
        table.update(lead_id, {name: to_id})


def _count_activity(world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str) -> None:
    """A contact knows its last activity: calls, e-mails and meetings count as contacted, all of them as activities."""
    if one.name == "contacts":
        one, from_id, other, to_id = other, to_id, one, from_id
    if one.name not in ACTIVITIES or other.name != "contacts":
        return
    done = world.table("hubspot", one.name).get([from_id], ["hs_timestamp"])[from_id]["hs_timestamp"] or 0
    names = {"notes_last_updated": "num_notes"}
    if one.name in ("calls", "emails", "meetings"):
        names["notes_last_contacted"] = "num_contacted_notes"
    table = world.table("hubspot", "contacts")
    held = table.get([to_id], [*names, *names.values()])[to_id]
    values = {when: max(done, held[when] or 0) for when in names}
    counts = {count: str(int(held[count] or 0) + 1) for count in names.values()}
    keep_now(world, "contacts", to_id)
    table.update(to_id, {**values, **counts, MODIFIED: world.clock.now_ms()})


def unlink(world: World, one: CrmObject, from_id: str, other: CrmObject | None = None, to_id: str = "") -> None:
    """Takes links away in both directions: to one record, or, without `other`, to everything."""
    known = other is not None and _linked(world, one, from_id, other, to_id)
    if known and other is not None:
        tell_link(world, one, from_id, other, to_id, associationRemoved=True, isPrimaryAssociation=False)
    for here, there in (("from", "to"), ("to", "from")):
        sql = f"DELETE FROM association WHERE {here}_object = ? AND {here}_id = ?"
        params = [one.name, from_id]
        if other is not None:
            sql += f" AND {there}_object = ? AND {there}_id = ?"
            params += [other.name, to_id]
        world.db.execute(sql, params)
    if one.name == "contacts" and other is not None and other.name == "companies" and known:
        _set_company(world, from_id)


def unlabel(
    world: World, one: CrmObject, from_id: str, other: CrmObject, to_id: str, type_id: int, category: str
) -> None:
    """Takes one type of a link away, in both directions."""
    kind = BY_ID.get(type_id) if category == DEFINED else None
    back = kind.inverse if kind else type_id
    sql = "DELETE FROM association WHERE from_object = ? AND from_id = ? AND to_object = ? AND to_id = ?"
    for ends in ((one.name, from_id, other.name, to_id, type_id), (other.name, to_id, one.name, from_id, back)):
        world.db.execute(f"{sql} AND type_id = ? AND category = ?", (*ends, category))
    for each, record_id, far in ((one, from_id, other), (other, to_id, one)):
        if (each.name, far.name) == ("contacts", "companies"):
            _set_company(world, record_id)


def check_link(world: World, one: CrmObject, from_id: str | None, other: CrmObject, to_id: str, type_id: int) -> None:
    """Refuses a type of another direction and records that are not there; a record about to be made has no id."""
    kind = BY_ID.get(type_id)
    if kind is not None and kind.start != one.name:
        raise Refusal(
            400,
            f"invalid from object type {one.type_id} for associations to be created. "
            f"expected: {BY_NAME[kind.start].type_id}",
        )
    if (one.name, other.name) not in pairs_of(world, type_id):
        raise Refusal(400, f"Association type {type_id} does not exist between {one.type_id} and {other.type_id}")
    for side, record_id in ((one, from_id), (other, to_id)):
        table = world.table("hubspot", side.name)
        if record_id is not None and not table.count("_id = ? AND _archived_at IS NULL", (record_id,)):
            raise Refusal(400, "One or more associations are invalid")


def pairs_of(world: World, type_id: int) -> list[tuple[str, str]]:
    """The object pairs that an association type may join."""
    kind = BY_ID.get(type_id)
    labels = account(world).labels
    return [(kind.start, kind.end)] if kind else [pair for pair, made in labels.items() if type_id in made]
