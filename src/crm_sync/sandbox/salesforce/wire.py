"""What every answer has in common: the parsed call, the reply, the error envelope and how instants are printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from crm_sync.sandbox.world import World, from_ms, to_ms

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)")


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request below /services/data/v{version}/."""

    world: World
    method: str
    version: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    origin: str = ""
    undo: list[Callable[[], None]] = field(
        default_factory=list
    )  # how to take back what this request wrote, shared by its subrequests

    @property
    def root(self) -> str:
        return f"/services/data/v{self.version}"

    def flag(self, name: str) -> bool:
        return self.query.get(name, "false").lower() == "true"

    def record(self) -> dict[str, Any]:
        """The body, when it must be one JSON object."""
        if not isinstance(self.body, dict):
            raise Refusal(
                400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
            )
        return self.body


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An error as Salesforce words it. `fields` is None where the answer has no such key."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.more = more or {}
        self.status, self.code, self.message, self.fields = status, code, message, fields

    def reply(self) -> Reply:
        """The envelope of a single request: a list with one error."""
        named = {} if self.fields is None else {"fields": list(self.fields)}
        return Reply(self.status, [{**self.more, "message": self.message, "errorCode": self.code, **named}])

    def in_row(self) -> dict[str, Any]:
        """The same error inside a result row of a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


def not_found(message: str = "The requested resource does not exist") -> Refusal:
    return Refusal(404, "NOT_FOUND", message)


@lru_cache(maxsize=65_536)
def printed(seconds: int) -> str:
    """An instant on the wire; Salesforce keeps whole seconds."""
    return from_ms(seconds * 1000).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def instant(ms: int) -> str:
    return printed(ms // 1000)


def read_instant(text: str) -> int | None:
    """Epoch milliseconds of an ISO instant with a zone; None when it is not one."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    try:
        return to_ms(datetime.fromisoformat("{}T{}{}".format(*found.groups())).astimezone(UTC))
    except ValueError:
        return None


def read_date(text: str) -> str | None:
    """A calendar day; a longer text that begins with one counts, as Salesforce cuts it."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


def next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
