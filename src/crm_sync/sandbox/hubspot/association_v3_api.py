"""Associations v3 over HTTP, where a link has the name of its type: contact_to_company, deal_to_contact_unlabeled."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.association_api import no_links, paging
from crm_sync.sandbox.hubspot.association_types import BY_ID
from crm_sync.sandbox.hubspot.associations import check_link, link, unlink, v3_name
from crm_sync.sandbox.hubspot.automation import after_link
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.reading import batch_answer, find
from crm_sync.sandbox.hubspot.records import View, rendered, transposed
from crm_sync.sandbox.hubspot.wire import Answer, Call, at

_MOST = 500


def list_types(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    return Answer({"results": [{"id": str(key), "name": name} for name, key in _types(one, other).items()]})


def batch_read_links(call: Call) -> Answer:
    """Links of up to 1,000 records; those without any come back as errors of a 207."""
    one, other = call.crm_object("from"), call.crm_object("to")
    found = {str(item.get("id")): _links(call, one, str(item.get("id")), other) for item in call.inputs(1000)}
    results = [{"from": {"id": key}, "to": links} for key, links in found.items() if links]
    return batch_answer(call, results, [no_links(one, other, key) for key, links in found.items() if not links])


def batch_create_links(call: Call) -> Answer:
    """All inputs are checked before the first link is made."""
    one, other = call.crm_object("from"), call.crm_object("to")
    made = [(*_ends(item), _type_id(one, other, at(item, "type"))) for item in call.inputs(2000)]
    for from_id, to_id, type_id in made:
        check_link(call.world, one, from_id, other, to_id, type_id)
    for from_id, to_id, type_id in made:
        _make(call, one, from_id, other, to_id, type_id)
    told = [
        {"from": {"id": from_id}, "to": {"id": to_id}, "type": v3_name(one, other, type_id)}
        for from_id, to_id, type_id in made
    ]
    return batch_answer(call, told, [], 201)


def batch_archive_links(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    for from_id, to_id in [_ends(item) for item in call.inputs(2000)]:
        unlink(call.world, one, from_id, other, to_id)
    return Answer(status=204)


def list_links(call: Call) -> Answer:
    """GET below a record: a row for each type of each link, by the id of the far side."""
    one, other = call.crm_object("from"), call.crm_object("to")
    find(call.world, one, call.part("id"))
    limit, after = call.number("limit", _MOST, _MOST), call.number("after", 0, 10**18)
    links = [each for each in _links(call, one, call.part("id"), other) if int(each["id"]) >= after]
    following = links[limit]["id"] if len(links) > limit else None
    return Answer({"results": links[:limit], **paging(call, following)})


def put_link(call: Call) -> Answer:
    """200 with the record: what the oldest clients of v3 do."""
    one, other = call.crm_object("from"), call.crm_object("to")
    from_id, to_id = call.part("id"), call.part("to_id")
    type_id = _type_id(one, other, call.part("type"))
    check_link(call.world, one, from_id, other, to_id, type_id)
    _make(call, one, from_id, other, to_id, type_id)
    return Answer(
        rendered(call.world, one, transposed([find(call.world, one, from_id)]), View(associations=(other,)))[0]
    )


def delete_link(call: Call) -> Answer:
    unlink(call.world, call.crm_object("from"), call.part("id"), call.crm_object("to"), call.part("to_id"))
    return Answer(status=204)


def _types(one: CrmObject, other: CrmObject) -> dict[str, int]:
    """The types of a pair that have a name in v3: the plain one and the primary one."""
    pair = [kind for kind in BY_ID.values() if (kind.start, kind.end) == (one.name, other.name)]
    return {v3_name(one, other, kind.type_id): kind.type_id for kind in pair if kind.label in (None, "Primary")}


def _type_id(one: CrmObject, other: CrmObject, name: str) -> int:
    """By its name, or by its number."""
    known = _types(one, other)
    if name.lower() not in known and not (name.isdecimal() and int(name) in BY_ID):
        raise Refusal(400, f"{name} is not a valid association type between {one.type_id} and {other.type_id}")
    return known.get(name.lower()) or int(name)


def _ends(item: dict[str, Any]) -> tuple[str, str]:
    return at(item, "from", "id"), at(item, "to", "id")


def _make(call: Call, one: CrmObject, from_id: str, other: CrmObject, to_id: str, type_id: int) -> None:
    link(call.world, one, from_id, other, to_id, type_id)
    after_link(call.world, one, from_id, other, to_id)


def _links(call: Call, one: CrmObject, record_id: str, other: CrmObject) -> list[dict[str, str]]:
    rows = call.world.db.execute(
        "SELECT to_id, type_id FROM association WHERE from_object = ? AND from_id = ? AND to_object = ?"
        " ORDER BY CAST(to_id AS INTEGER), type_id",
        (one.name, record_id, other.name),
    )
    return [{"id": to_id, "type": v3_name(one, other, type_id)} for to_id, type_id in rows]
