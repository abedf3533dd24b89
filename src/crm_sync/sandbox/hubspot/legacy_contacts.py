"""Contacts as the oldest API lists them, by vid or the most recently changed first, and the lists themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from crm_sync.sandbox.hubspot.history import histories
from crm_sync.sandbox.hubspot.list_members import size_of
from crm_sync.sandbox.hubspot.lists import RecordList
from crm_sync.sandbox.hubspot.merging import merged_ids
from crm_sync.sandbox.hubspot.objects import BY_NAME
from crm_sync.sandbox.hubspot.reading import BY_NUMBER
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import instant
from crm_sync.sandbox.hubspot.wire import Answer, Call
from crm_sync.sandbox.world import CREATED, MODIFIED, Row

_ALIVE: Final = "_archived_at IS NULL"
_DAYS_MS: Final = 30 * 86_400_000
_ALWAYS: Final = ("firstname", "lastname", "company", "lastmodifieddate")


def list_all(call: Call) -> Answer:
    """GET lists/all/contacts/all: `vid-offset` of an answer is the `vidOffset` of the next question."""
    count, offset = call.number("count", 20, 100), call.number("vidOffset", 0, 10**18)
    where = f"{BY_NUMBER} > ? AND {_ALIVE}"
    rows = list(_contacts(call).select(where, (offset,), order=BY_NUMBER, limit=count + 1))
    return Answer(_page(call, rows, count))


def list_recent(call: Call) -> Answer:
    """GET lists/recently_updated/contacts/recent: newest first, 30 days back; both offsets of an answer lead on."""
    count, now = call.number("count", 20, 100), call.world.clock.now_ms()
    at, vid = call.number("timeOffset", now, 10**15), call.number("vidOffset", 0, 10**18)
    where = f"({MODIFIED} < ? OR ({MODIFIED} = ? AND {BY_NUMBER} > ?)) AND {MODIFIED} >= ? AND {_ALIVE}"
    order = f"{MODIFIED} DESC, {BY_NUMBER}"
    params = (at, at, vid, now - _DAYS_MS)
    rows = list(_contacts(call).select(where, params, order=order, limit=count + 1))
    shown = rows[:count]
    return Answer(_page(call, rows, count) | {"time-offset": shown[-1][MODIFIED] if shown else at})


def _contacts(call: Call) -> Any:
    return call.world.table("hubspot", "contacts")


def _page(call: Call, rows: Sequence[Row], count: int) -> dict[str, Any]:
    shown = rows[:count]
    return {
        "contacts": [_contact(call, row) for row in shown],
        "has-more": len(rows) > count,
        "vid-offset": int(shown[-1]["_id"]) if shown else 0,
    }


def _contact(call: Call, row: Row) -> dict[str, Any]:
    vid, portal = int(row["_id"]), call.account.portal_id
    names = list(dict.fromkeys((*_ALWAYS, *call.names("property"))))
    values = {name: _value(call, row, name) for name in names}
    versions = _versions(call, row, names) if call.query("propertyMode") == "value_and_history" else {}
    return {
        "addedAt": row[CREATED], "vid": vid, "canonical-vid": vid,
        "merged-vids": [int(one) for one in merged_ids(row)], "portal-id": portal, "is-contact": True,
        "properties": {
            name: {"value": value, **versions.get(name, {})} for name, value in values.items() if value is not None
        },
        "form-submissions": [], "merge-audits": [],
        "identity-profiles": [
            {"vid": vid, "saved-at-timestamp": row[MODIFIED], "deleted-changed-timestamp": 0,
             "identities": _identities(row)}
        ],
    }  # fmt: skip


def _value(call: Call, row: Row, name: str) -> str | None:
    """As text; instants in milliseconds."""
    if definition_of(call.world, BY_NAME["contacts"], name) is None:
        return None
    value = row.get(derived_column(name) or name)
    return None if value in (None, "") else str(value)


def _versions(call: Call, row: Row, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each property has held, newest first."""
    kept = histories(call.world, BY_NAME["contacts"], [row], names)[row["_id"]]
    return {
        name: {
            "versions": [
                {"value": one["value"], "timestamp": instant(one["timestamp"]), "source-type": one["sourceType"],
                 "source-id": one.get("sourceId"), "source-label": None, "selected": False}
                for one in items
            ]
        }
        for name, items in kept.items()
    }  # fmt: skip


def _identities(row: Row) -> list[dict[str, Any]]:
    if not row.get("email"):
        return []
    return [{"type": "EMAIL", "value": row["email"], "timestamp": row[CREATED], "is-primary": True}]


def list_lists(call: Call) -> Answer:
    """GET lists: the contact lists that are not deleted, in the order they were made."""
    count, offset = call.number("count", 20, 1000), call.number("offset", 0, 10**9)
    living = [one for one in call.account.lists.values() if one.object_type_id == "0-1" and one.deleted_at is None]
    shown = living[offset : offset + count]
    more = {"has-more": offset + count < len(living), "offset": offset + len(shown), "total": len(living)}
    return Answer({"lists": [_list(call, one) for one in shown], **more})


def _list(call: Call, one: RecordList) -> dict[str, Any]:
    return {
        "listId": int(one.list_id), "portalId": call.account.portal_id, "name": one.name, "archived": False,
        "createdAt": one.created_at, "updatedAt": one.updated_at, "dynamic": one.processing_type == "DYNAMIC",
        "listType": "DYNAMIC" if one.processing_type == "DYNAMIC" else "STATIC", "deleted": False, "filters": [],
        "metaData": {"size": size_of(call.world, one), "processing": "DONE",
                     "lastProcessingStateChangeAt": one.updated_at},
    }  # fmt: skip
