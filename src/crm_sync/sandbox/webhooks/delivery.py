"""Deliveries: signed POSTs to a server on this machine, and nowhere else."""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from crm_sync.sandbox.asgi import as_bytes
from crm_sync.sandbox.webhooks.signing import headers

MOST_EVENTS: Final = 100
MOST_RETRIES: Final = 10
_PATIENCE_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a status, or the problem that kept it from getting one."""

    status: int | None
    problem: str | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def checked_target(url: object) -> str:
    """A URL on this machine. Raises ValueError for any other: a sandbox must not knock on strangers' doors."""
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not _is_loopback(parts.hostname or ""):
        raise ValueError(f"targetUrl is {url!r}; the sandbox delivers to http(s)://127.0.0.1 and localhost only")
    return str(url)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def post(url: str, secret: str, events: list[dict[str, Any]]) -> Outcome:
    """One attempt; blocks until it is answered or five seconds are over."""
    parts, body = urlsplit(url), as_bytes(events)
    # The host's time, not the world's: receivers compare it with their own clock, as they do with HubSpot's.
    signed = headers(secret, url, body, time.time_ns() // 1_000_000)
    connection = _connection(parts)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json", **signed})
        answer = connection.getresponse()
        answer.read()
        return Outcome(answer.status)
    except (OSError, http.client.HTTPException) as problem:
        return Outcome(None, f"{type(problem).__name__}: {problem}")
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=_PATIENCE_SECONDS)
    trusting = ssl.create_default_context()  # whatever certificate a server on this machine has made for itself
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, parts.port, timeout=_PATIENCE_SECONDS, context=trusting)
