"""Engagements as the oldest API tells them: calls, e-mails, meetings, notes and tasks in one stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.wire import Answer, Call
from crm_sync.sandbox.world import CREATED, MODIFIED, Row, World

_DAYS_MS: Final = 30 * 86_400_000
_DEEPEST: Final = 10_000

#: Per object: the type in this API, and where each key of its metadata comes from.
_KINDS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "calls": ("CALL", {
        "toNumber": "hs_call_to_number", "fromNumber": "hs_call_from_number", "status": "hs_call_status",
        "durationMilliseconds": "hs_call_duration", "body": "hs_call_body", "title": "hs_call_title",
        "disposition": "hs_call_disposition",
    }),
    "emails": ("EMAIL", {"subject": "hs_email_subject", "html": "hs_email_html", "text": "hs_email_text",
                         "status": "hs_email_status"}),
    "meetings": ("MEETING", {
        "title": "hs_meeting_title", "body": "hs_meeting_body", "startTime": "hs_meeting_start_time",
        "endTime": "hs_meeting_end_time", "meetingOutcome": "hs_meeting_outcome",
    }),
    "notes": ("NOTE", {"body": "hs_note_body"}),
    "tasks": ("TASK", {"subject": "hs_task_subject", "body": "hs_task_body", "status": "hs_task_status",
                       "taskType": "hs_task_type"}),
}  # fmt: skip

_NUMBERS: Final = ("durationMilliseconds",)
_LINKED: Final = {"contacts": "contactIds", "companies": "companyIds", "deals": "dealIds"}

Found = tuple[str, str]  # object and id


def recent(call: Call) -> Answer:
    """GET recent/modified: what changed in the last 30 days, newest first; nothing behind the first 10,000."""
    count, offset = call.number("count", 20, 100), call.number("offset", 0, 10**9)
    if offset + count > _DEEPEST:
        raise Refusal(400, f"Only the {_DEEPEST} most recent engagements can be read: offset + count is too large")
    since = max(call.number("since", 0, 10**15), call.world.clock.now_ms() - _DAYS_MS)
    where = f"{MODIFIED} >= {since}"
    total = sum(call.world.table("hubspot", name).count(f"_archived_at IS NULL AND {where}") for name in _KINDS)
    found = _found(call.world, where, f"at DESC, number DESC LIMIT {count} OFFSET {offset}")
    more = offset + len(found) < min(total, _DEEPEST)
    return Answer({"results": _told(call, found), "hasMore": more, "offset": offset + len(found), "total": total})


def paged(call: Call) -> Answer:
    """GET paged: all of them by id; `offset` is the id that the next page begins with."""
    limit, offset = call.number("limit", 100, 250), call.number("offset", 0, 10**18)
    found = _found(call.world, f"CAST(_id AS INTEGER) >= {offset}", f"number LIMIT {limit + 1}")
    following = int(found[limit][1]) if len(found) > limit else 0
    return Answer({"results": _told(call, found[:limit]), "hasMore": following > 0, "offset": following})


def _found(world: World, where: str, order: str) -> list[Found]:
    parts = [
        f"SELECT '{name}', _id, {MODIFIED} AS at, CAST(_id AS INTEGER) AS number"
        f" FROM {world.table('hubspot', name).sql_name} WHERE _archived_at IS NULL AND {where}"
        for name in _KINDS
    ]
    return [(name, id_) for name, id_, *_ in world.db.execute(f"{' UNION ALL '.join(parts)} ORDER BY {order}")]


def _told(call: Call, found: Sequence[Found]) -> list[dict[str, Any]]:
    rows: dict[Found, Row] = {}
    for name in {name for name, _ in found}:
        ids = [id_ for one, id_ in found if one == name]
        rows |= {(name, id_): row for id_, row in call.world.table("hubspot", name).get(ids).items()}
    return [_engagement(call, name, rows[name, id_]) for name, id_ in found]


def _engagement(call: Call, name: str, row: Row) -> dict[str, Any]:
    kind, keys = _KINDS[name]
    owner = {"ownerId": int(row["hubspot_owner_id"])} if row.get("hubspot_owner_id") else {}
    metadata = {key: _value(key, row.get(column)) for key, column in keys.items() if row.get(column) is not None}
    return {
        "engagement": {
            "id": int(row["_id"]), "portalId": call.account.portal_id, "active": True, "createdAt": row[CREATED],
            "lastUpdated": row[MODIFIED], "type": kind, "timestamp": row.get("hs_timestamp") or row[CREATED], **owner,
        },
        "associations": {
            **{key: [] for key in ("ownerIds", "workflowIds", "ticketIds", "contentIds")},
            **{key: list(_linked(call.world, name, row["_id"], other)) for other, key in _LINKED.items()},
        },
        "attachments": [],
        "metadata": metadata | (_people(row) if kind == "EMAIL" else {}),
    }  # fmt: skip


def _value(key: str, value: Any) -> Any:
    return int(float(value)) if key in _NUMBERS else value


def _people(row: Row) -> dict[str, Any]:
    to = row.get("hs_email_to_email")
    return {"from": {"email": row.get("hs_email_from_email")}, "to": [{"email": to}] if to else []}


def _linked(world: World, name: str, record_id: str, other: str) -> Iterator[int]:
    sql = "SELECT DISTINCT CAST(to_id AS INTEGER) FROM association WHERE from_object = ? AND from_id = ?"
    for (id_,) in world.db.execute(f"{sql} AND to_object = ? ORDER BY 1", (name, record_id, other)):
        yield id_
