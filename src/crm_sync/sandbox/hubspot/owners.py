"""Owners: the users that records belong to, read only."""

from __future__ import annotations

import json
from typing import Any

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.reading import BY_NUMBER
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call
from crm_sync.sandbox.world import ARCHIVED_AT, CREATED, MODIFIED, Row


def list_owners(call: Call) -> Answer:
    """A page of owners by id, the archived ones only when asked for."""
    limit, after = call.number("limit", 100, 500), call.number("after", 0, 10**18)
    state = "IS NOT NULL" if call.flag("archived") else "IS NULL"
    email = call.query("email")
    where = f"{BY_NUMBER} >= ? AND {ARCHIVED_AT} {state}" + (" AND email = ? COLLATE NOCASE" if email else "")
    params = (after, email) if email else (after,)
    rows = list(call.world.table("hubspot", "owners").select(where, params, order=BY_NUMBER, limit=limit + 1))
    body: dict[str, Any] = {"results": [_owner(row) for row in rows[:limit]]}
    if len(rows) > limit:
        link = str(call.request.url.include_query_params(after=rows[limit]["_id"]))
        body["paging"] = {"next": {"after": rows[limit]["_id"], "link": link}}
    return Answer(body)


def get_owner(call: Call) -> Answer:
    """By owner id, or by user id with `idProperty=userId`."""
    column = "userId" if call.query("idProperty") == "userId" else "_id"
    found = call.world.table("hubspot", "owners").select(f"{column} = ?", (call.part("id"),))
    for row in found:
        if (row[ARCHIVED_AT] is not None) == call.flag("archived"):
            return Answer(_owner(row))
    raise Refusal(404, "resource not found", None)


def _owner(row: Row) -> dict[str, Any]:
    """An archived owner has lost its user, whose id is still told apart; one without a user tells neither."""
    archived = row[ARCHIVED_AT] is not None
    user_id = int(row["userId"]) if row["userId"] else None
    user = {"userId": None if archived else user_id, "userIdIncludingInactive": user_id} if user_id else {}
    teams = {"teams": json.loads(row["teams"])} if row["teams"] else {}
    return {
        "id": row["_id"], "email": row["email"], "type": row["type"] or "PERSON",
        "firstName": row["firstName"] or "", "lastName": row["lastName"] or "",
        **user,
        "createdAt": iso(row[CREATED]), "updatedAt": iso(row[MODIFIED]), "archived": archived, **teams,
    }  # fmt: skip
