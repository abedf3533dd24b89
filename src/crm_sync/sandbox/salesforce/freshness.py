"""Descriptions that a client has already are not sent again: ETag, Last-Modified and 304."""

from __future__ import annotations

import hashlib
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from crm_sync.sandbox.salesforce.wire import Call, Reply
from crm_sync.sandbox.world import as_json, to_ms


def unless_known(call: Call, body: Any) -> Reply:
    """The body, or 304 when the client's copy is as new."""
    tag = hashlib.sha256(as_json(body).encode()).hexdigest()[:8]
    since = _since(call, tag)
    headers = {"ETag": f'"{tag}"', "Last-Modified": formatdate(since, usegmt=True)}
    return Reply(304, None, headers) if _has(call, tag, since) else Reply(body=body, headers=headers)


def _since(call: Call, tag: str) -> int:
    """The second since which this answer has been what it is; a change always has a second of its own."""
    known: dict[str, tuple[str, int]] = call.world.notes.setdefault("salesforce_described", {})
    old, since = known.get(call.path, ("", 0))
    if old != tag:
        since = max(call.world.clock.now_ms() // 1000, since + 1)
        known[call.path] = tag, since
    return since


def _has(call: Call, tag: str, since: int) -> bool:
    """An ETag, when there is one, counts more than a date."""
    tags = call.headers.get("if-none-match")
    if tags is not None:
        return tag in tags.replace("W/", "").replace("--gzip", "").replace('"', "").replace(" ", "").split(",")
    said = call.headers.get("if-modified-since")
    try:
        return said is not None and to_ms(parsedate_to_datetime(said)) // 1000 >= since
    except ValueError:
        return False
