"""Memberships of lists over HTTP: read in pages, added and removed for MANUAL and SNAPSHOT lists."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.list_api import known_list
from crm_sync.sandbox.hubspot.list_members import add, members_of, object_of, remove
from crm_sync.sandbox.hubspot.lists import RecordList
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call

_PAGE: Final = 250
_MOST: Final = 100_000


def list_members(call: Call) -> Answer:
    """A page by record id; `after` is the id that the page before ended with."""
    return _page(call, list(members_of(call.world, known_list(call)).items()))


def list_members_by_joining(call: Call) -> Answer:
    """The same in the order in which they joined."""
    members = members_of(call.world, known_list(call))
    return _page(call, sorted(members.items(), key=lambda item: (item[1], int(item[0]))))


def add_members(call: Call) -> Answer:
    made, ids = _writable(call), _ids(call.body.get("inputs", []))
    fresh, missing = add(call.world, made, ids)
    return Answer(_moved(fresh, [], missing))


def remove_members(call: Call) -> Answer:
    made, ids = _writable(call), _ids(call.body.get("inputs", []))
    gone = remove(made, ids)
    rows = call.world.table("hubspot", object_of(made).name).get(ids, ())
    return Answer(_moved([], gone, [key for key in ids if key not in rows and key not in gone]))


def change_members(call: Call) -> Answer:
    made = _writable(call)
    fresh, missing = add(call.world, made, _ids(call.body.get("recordIdsToAdd", [])))
    return Answer(_moved(fresh, remove(made, _ids(call.body.get("recordIdsToRemove", []))), missing))


def add_from_list(call: Call) -> Answer:
    """Everyone of another list, up to 100,000."""
    made, source = _writable(call), known_list(call, "source")
    members = members_of(call.world, source)
    if source.object_type_id != made.object_type_id or len(members) > _MOST:
        raise Refusal(400, f"List {source.list_id} must hold records of {made.object_type_id}, at most {_MOST}")
    add(call.world, made, members)
    return Answer(status=204)


def remove_all(call: Call) -> Answer:
    _writable(call).members.clear()
    return Answer(status=204)


def lists_of_record(call: Call) -> Answer:
    """Every list a record is on, with the instants it joined."""
    one, record_id = call.crm_object(), call.part("record")
    found = []
    for made in call.account.lists.values():
        members = members_of(call.world, made) if made.object_type_id == one.type_id and not made.deleted_at else {}
        if record_id in members:
            joined = iso(members[record_id])
            found.append(
                {
                    "listId": made.list_id, "listVersion": made.version,
                    "firstAddedTimestamp": joined, "lastAddedTimestamp": joined,
                }
            )  # fmt: skip
    return Answer({"results": found, "total": len(found)})


def _writable(call: Call) -> RecordList:
    made = known_list(call)
    if made.processing_type == "DYNAMIC":
        raise Refusal(400, f"Memberships of the DYNAMIC list {made.list_id} follow its filters and cannot be written")
    return made


def _ids(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str | int) for one in given):
        raise Refusal(400, "Invalid input JSON: expected a list of record ids")
    return [str(one) for one in given]


def _moved(added: list[str], removed: list[str], missing: list[str]) -> dict[str, Any]:
    return {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing}


def _page(call: Call, members: list[tuple[str, int]]) -> Answer:
    limit, after = call.number("limit", 100, _PAGE), call.query("after")
    keys = [key for key, _ in members]
    start = keys.index(after) + 1 if after in keys else 0
    page = members[start : start + limit]
    body: dict[str, Any] = {
        "results": [{"recordId": key, "membershipTimestamp": iso(joined)} for key, joined in page],
        "total": len(members),
    }
    if start + limit < len(members):
        last = page[-1][0]
        body["paging"] = {"next": {"after": last, "link": str(call.request.url.include_query_params(after=last))}}
    return Answer(body)
