"""Associations v4 over HTTP: read for many records at once, made, labelled and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from crm_sync.sandbox.hubspot.association_types import BY_ID, DEFAULT
from crm_sync.sandbox.hubspot.associations import DEFINED, check_link, link, unlink
from crm_sync.sandbox.hubspot.automation import after_link
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.link_reading import Links, links_of, shown
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.reading import batch_answer, find
from crm_sync.sandbox.hubspot.wire import Answer, Call, at
from crm_sync.sandbox.hubspot.write_api import link_types
from crm_sync.sandbox.jsontext import Json, in_quotes, objects

#: Records on the far side that one answer lists for one record.
PAGE: Final = 500


def batch_read_links(call: Call) -> Answer:
    """Links of up to 1,000 records; those without any come back as errors of a 207."""
    one, other = call.crm_object("from"), call.crm_object("to")
    inputs = [(str(item.get("id")), str(item.get("after") or "0")) for item in call.inputs(1000)]
    read = list(zip(inputs, links_of(call.world, one, inputs, other, PAGE), strict=True))
    found = [(record_id, links) for (record_id, _), links in read if links]
    ids = objects({"id": [in_quotes(record_id) for record_id, _ in found]})
    texts = objects({"from": ids, "to": [shown(links, PAGE) for _, links in found]})
    results = [Json(text) | paging(call, following(links, PAGE)) for text, (_, links) in zip(texts, found, strict=True)]
    return batch_answer(call, results, [no_links(one, other, record_id) for (record_id, _), links in read if not links])


def list_links(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    find(call.world, one, call.part("id"))
    limit = call.number("limit", PAGE, PAGE)
    links = links_of(call.world, one, [(call.part("id"), call.query("after", "0"))], other, limit)[0]
    return Answer({"results": Json(shown(links, limit)), **paging(call, following(links, limit))})


def batch_create_links(call: Call) -> Answer:
    """All inputs are checked before the first link is made."""
    one, other, made = call.crm_object("from"), call.crm_object("to"), []
    for item in call.inputs(2000):
        made.append((at(item, "from", "id"), at(item, "to", "id"), link_types(item.get("types"))))
        for type_id, _ in made[-1][2]:
            check_link(call.world, one, made[-1][0], other, made[-1][1], type_id)
    return batch_answer(call, [_make(call, one, other, *each) for each in made], [], 201)


def batch_default_links(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    pairs = [(at(item, "from", "id"), at(item, "to", "id")) for item in call.inputs(2000)]
    return batch_answer(call, [each for pair in pairs for each in _default(call, one, other, *pair)], [])


def put_default(call: Call) -> Answer:
    """The plain link between two records; making it twice is no error."""
    one, other = call.crm_object("from"), call.crm_object("to")
    return batch_answer(call, _default(call, one, other, call.part("id"), call.part("to_id")), [])


def put_labels(call: Call) -> Answer:
    """The body is the whole list of types that the link shall have from now on."""
    one, other, ids = call.crm_object("from"), call.crm_object("to"), (call.part("id"), call.part("to_id"))
    types = link_types(call.inputs())
    for type_id, _ in types:
        check_link(call.world, one, ids[0], other, ids[1], type_id)
    unlink(call.world, one, ids[0], other, ids[1])
    return Answer(_make(call, one, other, *ids, types), 201)


def delete_links(call: Call) -> Answer:
    unlink(call.world, call.crm_object("from"), call.part("id"), call.crm_object("to"), call.part("to_id"))
    return Answer(status=204)


def batch_archive_links(call: Call) -> Answer:
    one, other = call.crm_object("from"), call.crm_object("to")
    for item in call.inputs():
        for to in item.get("to") or ():
            unlink(call.world, one, at(item, "from", "id"), other, at(to, "id"))
    return Answer(status=204)


def following(links: Links, limit: int) -> str | None:
    """The id that the next page begins with."""
    return links[limit][0] if len(links) > limit else None


def paging(call: Call, after: str | None) -> dict[str, Any]:
    if after is None:
        return {}
    return {"paging": {"next": {"after": after, "link": str(call.request.url.include_query_params(after=after))}}}


def no_links(one: CrmObject, other: CrmObject, record_id: str) -> dict[str, Any]:
    context = {"fromObjectId": [record_id], "fromObjectType": [one.singular], "toObjectType": [other.singular]}
    return {
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {other.singular} is associated with {one.singular} {record_id}.", "context": context,
    }  # fmt: skip


Types = Sequence[tuple[int, str]]


def _make(call: Call, one: CrmObject, other: CrmObject, from_id: str, to_id: str, types: Types) -> dict[str, Any]:
    for type_id, category in types:
        link(call.world, one, from_id, other, to_id, type_id, category)
    after_link(call.world, one, from_id, other, to_id)
    names = call.account.labels.get((one.name, other.name), {})
    labels = [BY_ID[key].label if key in BY_ID else names.get(key) for key, _ in types]
    return {
        "fromObjectTypeId": one.type_id, "fromObjectId": int(from_id),
        "toObjectTypeId": other.type_id, "toObjectId": int(to_id), "labels": [label for label in labels if label],
    }  # fmt: skip


def _default(call: Call, one: CrmObject, other: CrmObject, from_id: str, to_id: str) -> list[dict[str, Any]]:
    kind = DEFAULT.get((one.name, other.name))
    if kind is None:
        raise Refusal(400, f"There is no default association type between {one.type_id} and {other.type_id}")
    check_link(call.world, one, from_id, other, to_id, kind.type_id)
    link(call.world, one, from_id, other, to_id, kind.type_id)
    after_link(call.world, one, from_id, other, to_id)
    ends = ((from_id, to_id, kind.type_id), (to_id, from_id, kind.inverse))
    return [
        {
            "from": {"id": start}, "to": {"id": end},
            "associationSpec": {"associationCategory": DEFINED, "associationTypeId": type_id},
        }
        for start, end, type_id in ends
    ]  # fmt: skip
