"""Merging records and forgetting people, over HTTP."""

from __future__ import annotations

from typing import Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.associations import unlink
from crm_sync.sandbox.hubspot.changes import tell
from crm_sync.sandbox.hubspot.errors import Refusal, no_record
from crm_sync.sandbox.hubspot.merging import erase, merge
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.reading import find
from crm_sync.sandbox.hubspot.records import written
from crm_sync.sandbox.hubspot.versions import keep_now
from crm_sync.sandbox.hubspot.wire import Answer, Call, at
from crm_sync.sandbox.world import Row, World

_MERGEABLE: Final = ("contacts", "companies", "deals")


def merge_records(call: Call) -> Answer:
    one = call.crm_object()
    if one.name not in _MERGEABLE:
        raise Refusal(400, f"Records of type {one.type_id} cannot be merged here; {', '.join(_MERGEABLE)} can")
    primary = find(call.world, one, at(call.body, "primaryObjectId"))
    loser = find(call.world, one, at(call.body, "objectIdToMerge"))
    if primary["_id"] == loser["_id"]:
        raise Refusal(400, "The primary object and the object to merge are the same record")
    return Answer(written(call.world, one, merge(call.world, one, primary, loser), ()))


def merge_by_id(world: World, name: str, primary_id: str, loser_id: str) -> Row:
    """The same for whoever steers the world: merges two records of `contacts`, `companies` or `deals`."""
    one = BY_NAME[name]
    return merge(world, one, find(world, one, primary_id), find(world, one, loser_id))


def gdpr_delete(call: Call) -> Answer:
    """204 whether there was such a contact or not; nothing of it remains, and no archived pass shows it."""
    one, id_property = call.crm_object(), str(call.body.get("idProperty") or "")
    if one.name != "contacts":
        raise Refusal(400, f"Only contacts can be deleted for privacy, not {one.type_id}")
    key = at(call.body, "objectId")
    if not id_property and not key.isdigit():
        raise no_record(key)
    for archived in (False, True):
        try:
            row = find(call.world, one, key, id_property, archived=archived)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            continue
        forget(call.world, one, row["_id"])
        break
    return Answer(status=204)


def forget(world: World, one: CrmObject, record_id: str) -> None:
    """Erases a record with its links, its history and its places in lists."""
    keep_now(world, one.name, record_id)
    unlink(world, one, record_id)
    erase(world, one, record_id)
    for made in account(world).lists.values():
        if made.object_type_id == one.type_id:
            made.members.pop(record_id, None)
    tell(world, one, "privacyDeletion", record_id, changeSource="INTEGRATION", changeFlag="DELETED")
