"""Lists over HTTP: made, found, renamed, deleted and brought back."""

from __future__ import annotations

from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.list_members import check_branch, members_of, size_of
from crm_sync.sandbox.hubspot.lists import RecordList
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, bounded, texts_in

_TYPES: Final = ("MANUAL", "DYNAMIC", "SNAPSHOT")

#: A deleted list can be brought back for this long.
_RESTORABLE_MS: Final = 90 * 86_400_000


def create_list(call: Call) -> Answer:
    """A SNAPSHOT list is filled once, by the branch it is made with."""
    name, kind, type_id = at(call.body, "name"), at(call.body, "processingType"), at(call.body, "objectTypeId")
    branch = call.body.get("filterBranch")
    if kind not in _TYPES:
        raise Refusal(400, f"processingType must be one of {', '.join(_TYPES)}, not {kind}")
    if type_id not in BY_NAME:
        raise Refusal(400, f"Unable to infer object type from: {type_id}")
    if (kind == "DYNAMIC") != (branch is not None) and kind != "SNAPSHOT":
        raise Refusal(400, f"A {kind} list {'needs' if kind == 'DYNAMIC' else 'takes no'} filterBranch")
    one, now = BY_NAME[type_id], call.world.clock.now_ms()
    if branch is not None:
        check_branch(call.world, one, _branch(branch))
    _refuse_name(call, one.type_id, name)
    list_id = str(max((int(key) for key in call.account.lists), default=0) + 1)
    made = RecordList(list_id, name, one.type_id, kind, now, now, str(call.account.user_id), branch)
    if kind == "SNAPSHOT" and branch is not None:
        asked = RecordList(list_id, name, one.type_id, "DYNAMIC", now, now, made.user_id, branch)
        made.members = dict.fromkeys(members_of(call.world, asked), now)
    call.account.lists[list_id] = made
    return Answer({"list": _body(call, made, filters=True)})


def get_list(call: Call) -> Answer:
    return Answer({"list": _body(call, known_list(call), filters=call.flag("includeFilters"))})


def get_list_by_name(call: Call) -> Answer:
    one = call.crm_object()
    for made in call.account.lists.values():
        if (made.object_type_id, made.name) == (one.type_id, call.part("name")) and made.deleted_at is None:
            return Answer({"list": _body(call, made, filters=call.flag("includeFilters"))})
    raise Refusal(404, f"List with name {call.part('name')} does not exist", "OBJECT_NOT_FOUND")


def get_lists(call: Call) -> Answer:
    """The lists named by `listIds`; unknown ones are left out."""
    lists = [call.account.lists.get(key) for key in call.names("listIds")]
    alive = [made for made in lists if made is not None and made.deleted_at is None]
    return Answer({"lists": [_body(call, made, filters=call.flag("includeFilters")) for made in alive]})


def search_lists(call: Call) -> Answer:
    """By id, type and words of the name, in pages of `count` from `offset` on."""
    body = call.body
    count = bounded("count", body.get("count") or 20, 500)
    offset = bounded("offset", body.get("offset") or 0, 10**9)
    found = [made for made in call.account.lists.values() if _asked_for(made, body)]
    page = [_result(call, made) for made in found[offset : offset + count]]
    following = offset + len(page)
    more = following < len(found)
    return Answer({"lists": page, "total": len(found), "offset": following, "hasMore": more})


def delete_list(call: Call) -> Answer:
    made = known_list(call)
    made.deleted_at = call.world.clock.now_ms()
    return Answer(status=204)


def restore_list(call: Call) -> Answer:
    """204 within ninety days, also for a list that is not deleted."""
    made = known_list(call, deleted=True)
    if made.deleted_at is not None and call.world.clock.now_ms() - made.deleted_at > _RESTORABLE_MS:
        raise Refusal(404, f"List {made.list_id} was deleted more than 90 days ago", "OBJECT_NOT_FOUND")
    made.deleted_at = None
    return Answer(status=204)


def rename_list(call: Call) -> Answer:
    made, name = known_list(call), call.query("listName")
    if not name:
        raise Refusal(400, "listName is missing")
    if name != made.name:
        _refuse_name(call, made.object_type_id, name)
    made.name, made.updated_at, made.version = name, call.world.clock.now_ms(), made.version + 1
    return Answer({"updatedList": _body(call, made, filters=call.flag("includeFilters"))})


def update_filters(call: Call) -> Answer:
    made = known_list(call)
    if made.processing_type != "DYNAMIC":
        raise Refusal(400, f"Filters of a {made.processing_type} list cannot be changed")
    branch = _branch(call.body.get("filterBranch"))
    check_branch(call.world, BY_NAME[made.object_type_id], branch)
    made.branch, made.updated_at, made.version = branch, call.world.clock.now_ms(), made.version + 1
    return Answer({"updatedList": _body(call, made, filters=True)})


def known_list(call: Call, part: str = "id", *, deleted: bool = False) -> RecordList:
    """The list that the path names; a deleted one only where it is asked for."""
    made = call.account.lists.get(call.part(part))
    if made is None or (made.deleted_at is not None and not deleted):
        raise Refusal(404, f"List {call.part(part)} does not exist", "OBJECT_NOT_FOUND")
    return made


def _branch(branch: object) -> dict[str, Any]:
    if not isinstance(branch, dict):
        raise Refusal(400, 'Invalid input JSON: "filterBranch" must be an object')
    return branch


def _refuse_name(call: Call, type_id: str, name: str) -> None:
    for made in call.account.lists.values():
        if (made.object_type_id, made.name) == (type_id, name) and made.deleted_at is None:
            more = {"subCategory": "ILS.DUPLICATE_LIST_NAMES"}
            raise Refusal(400, f"A list with the name '{name}' already exists", "VALIDATION_ERROR", more)


def _asked_for(made: RecordList, body: dict[str, Any]) -> bool:
    ids, kinds = texts_in(body, "listIds"), texts_in(body, "processingTypes")
    words = str(body.get("query") or "").casefold()
    named = words in made.name.casefold()
    return (
        made.deleted_at is None
        and named
        and (not ids or made.list_id in ids)
        and (not kinds or made.processing_type in kinds)
    )


def _body(call: Call, made: RecordList, *, filters: bool) -> dict[str, Any]:
    return made.body(size_of(call.world, made), with_filters=filters)


def _result(call: Call, made: RecordList) -> dict[str, Any]:
    """A search result tells the size among its additional properties."""
    body = made.body(0)
    del body["size"]
    asked = texts_in(call.body, "additionalProperties")
    told = {"hs_list_size": str(size_of(call.world, made)), "hs_list_reference_count": "0"}
    return {**body, "additionalProperties": {name: value for name, value in told.items() if not asked or name in asked}}
