"""Create, update and archive over HTTP, one record at a time."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.associations import check_link, link, pairs_of, unlink
from crm_sync.sandbox.hubspot.automation import after_link, after_write
from crm_sync.sandbox.hubspot.changes import tell
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.reading import find
from crm_sync.sandbox.hubspot.records import written
from crm_sync.sandbox.hubspot.versions import keep_now
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, bounded
from crm_sync.sandbox.hubspot.writing import Draft, create, draft, update
from crm_sync.sandbox.world import MODIFIED, Row, World


def create_record(call: Call) -> Answer:
    one = call.crm_object()
    checked = draft(call.world, one, call.body.get("properties", {}))
    targets = wanted_links(call.world, one, call.body)
    check_lead(one, targets)
    row = create(call.world, one, checked)
    make_links(call.world, one, row, targets)
    location = str(call.request.url.replace(query="")) + "/" + row["_id"]
    return Answer(written(call.world, one, row, checked.sent), 201, location)


def update_record(call: Call) -> Answer:
    one = call.crm_object()
    before = find(call.world, one, call.part("id"), call.query("idProperty"))
    checked = draft(call.world, one, call.body.get("properties", {}), before)
    return Answer(written(call.world, one, changed(call.world, one, checked), checked.sent))


def changed(world: World, one: CrmObject, checked: Draft) -> Row:
    """The record after a checked change, and after what the account does on its own because of it."""
    row = update(world, one, checked)
    after_write(world, one, row)
    return row


def archive_record(call: Call) -> Answer:
    """204 for ids that are not there, too: archiving twice is no error."""
    archive(call.world, call.crm_object(), call.part("id"))
    return Answer(status=204)


def archive(world: World, one: CrmObject, record_id: str) -> None:
    """The record leaves lists, search and associations, and stays readable with `archived=true`."""
    table, now = world.table("hubspot", one.name), world.clock.now_ms()
    if table.count("_id = ? AND _archived_at IS NULL", (record_id,)):
        keep_now(world, one.name, record_id)
        table.update(record_id, {"_archived_at": now, MODIFIED: now})
        unlink(world, one, record_id)
        tell(world, one, "deletion", record_id, changeSource="INTEGRATION", changeFlag="DELETED")


Target = tuple[CrmObject, str, int, str]


def wanted_links(world: World, one: CrmObject, body: dict[str, Any]) -> list[Target]:
    """The `associations` of a create, checked before anything is written."""
    found: list[Target] = []
    given = body.get("associations") or []
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise Refusal(400, 'Invalid input JSON: "associations" must be a list of objects')
    for item in given:
        for type_id, category in link_types(item.get("types")):
            found.append((_target(world, one, type_id), at(item, "to", "id"), type_id, category))
    for other, to_id, type_id, _ in found:
        check_link(world, one, None, other, to_id, type_id)
    return found


def check_lead(one: CrmObject, targets: list[Target]) -> None:
    """A lead is somebody's: it is made together with its contact or company."""
    if one.name == "leads" and not any(other.name in ("contacts", "companies") for other, *_ in targets):
        raise Refusal(400, "A lead must be made with an association to a contact (type 578) or a company (type 580)")


def link_types(types: object) -> list[tuple[int, str]]:
    """(type id, category) of each association type that a client asks for."""
    if not isinstance(types, list) or not types:
        raise Refusal(400, 'Invalid input JSON: "types" must be a list with at least one association type')
    ids = [bounded("associationTypeId", at(one, "associationTypeId"), 10**9) for one in types]
    return list(zip(ids, (at(one, "associationCategory") for one in types), strict=True))


def _target(world: World, one: CrmObject, type_id: int) -> CrmObject:
    """A create names no object type of the other side: the association type tells it."""
    for start, end in pairs_of(world, type_id):
        if start == one.name:
            return BY_NAME[end]
    raise Refusal(400, f"Association type {type_id} does not exist for {one.type_id}")


def make_links(world: World, one: CrmObject, row: Row, targets: list[Target]) -> None:
    """The associations of a new record, and what the account does on its own because it is there."""
    for other, to_id, type_id, category in targets:
        link(world, one, row["_id"], other, to_id, type_id, category)
        after_link(world, one, row["_id"], other, to_id)
    after_write(world, one, row)
