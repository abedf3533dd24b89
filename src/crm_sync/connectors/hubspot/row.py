"""One HubSpot record, ready to be asked for texts, instants and amounts; what cannot be read costs a note, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from crm_sync.clock import from_iso
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.records import Ref

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Json = Mapping[str, Any]
Notes = list[tuple[Ref, str]]
Names = tuple[str, ...]


class Row:
    """One record as HubSpot sent it: values by property, empty text left out. Unreadable ones are noted.

    Rows come by the million, so this is no dataclass and loops are written out.
    """

    __slots__ = ("created_at", "history", "kind", "modified_at", "notes", "ref", "values", "version")

    def __init__(self, kind: Kind, body: Json, notes: Notes) -> None:
        self.kind, self.notes = kind, notes
        self.ref = Ref(CRM, kind.name, str(body["id"]))
        self.values = values = said(body.get("properties") or {})
        self.history: Mapping[str, Sequence[Json]] = body.get("propertiesWithHistory") or {}
        updated = str(body.get("updatedAt") or "")
        modified = self.instant_of(kind.modified) or self.readable(updated, "updatedAt") or EPOCH
        self.modified_at: datetime = modified
        made = self.instant_of(kind.created) or self.readable(str(body.get("createdAt") or ""), "createdAt")
        self.created_at: datetime = made or modified
        self.version: str = values.get(kind.modified) or updated

    def text(self, names: Names) -> str | None:
        """The first of the properties that holds something."""
        for name in names:
            if name in self.values:
                return self.values[name]
        return None

    def all(self, names: Names) -> tuple[str, ...]:
        """What the properties hold, each value once."""
        found = [self.values[name] for name in names if name in self.values]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

    def instant_of(self, name: str) -> datetime | None:
        text = self.values.get(name)
        return self.readable(text, name) if text else None

    def instant(self, names: Names) -> datetime | None:
        text = self.text(names)
        return self.readable(text, names[0]) if text else None

    def readable(self, text: str, name: str) -> datetime | None:
        try:
            return read_instant(text)
        except ValueError:
            self.notes.append((self.ref, f"{name} is not a date: {text!r}"))
            return None

    def amount(self, names: Names) -> Decimal | None:
        text = self.text(names)
        try:
            found = Decimal(text) if text else None
        except InvalidOperation:
            found = Decimal("NaN")
        if found is not None and not found.is_finite():
            self.notes.append((self.ref, f"{names[0]} is not a number: {text!r}"))
            return None
        return found

    def told(self, name: str) -> list[tuple[datetime, str, str]]:
        """The values that a property had, oldest first, with the instant and a key that later reads give again."""
        items = self.history.get(name)
        if not items:
            return []
        found: list[tuple[datetime, str]] = []
        for item in reversed(items):  # HubSpot sends the newest first
            text = item.get("timestamp") or ""
            try:
                found.append((read_instant(text), (item.get("value") or "").strip()))
            except ValueError:
                self.notes.append((self.ref, f"the history of {name} is not a date: {text!r}"))
        if len(found) > 1:
            found.sort(key=itemgetter(0))
        return keyed(name, found)


def said(properties: Json) -> Mapping[str, str]:
    """What holds something. Values are texts or null on the wire; blank ones and others are seldom."""
    found = {name: value for name, value in properties.items() if value}
    try:
        if not any(map(str.isspace, found.values())):
            return found
    except TypeError:
        pass
    return {name: str(value) for name, value in found.items() if str(value).strip()}


def keyed(name: str, found: Sequence[tuple[datetime, str]]) -> list[tuple[datetime, str, str]]:
    """With a key per change; of several at one instant, the later ones are numbered."""
    result, used = [], dict[str, int]()
    for at, value in found:
        key = f"{name}/{int(at.timestamp() * 1000)}"
        used[key] = times = used.get(key, 0) + 1
        result.append((at, value, key if times == 1 else f"{key}/{times}"))
    return result


@lru_cache(maxsize=8192)
def ref_of(kind: str, record_id: str) -> Ref:
    """Of what many records name: an owner, a company."""
    return Ref(CRM, kind, record_id)


def blank(value: object) -> bool:
    return value is None or not str(value).strip()


def read_instant(text: str) -> datetime:
    """ISO 8601, a bare date (midnight UTC), or epoch milliseconds. Raises ValueError."""
    if text[10:11] == "T":
        at = datetime.fromisoformat(text)
        return at if at.tzinfo is UTC else from_iso(text)
    if not (text.lstrip("-").isdigit() and len(text.lstrip("-")) > 8):
        return from_iso(text if "T" in text else f"{text}T00:00:00Z")
    try:
        return EPOCH + timedelta(milliseconds=int(text))
    except OverflowError:
        raise ValueError(f"{text[:30]} milliseconds lie beyond the year 9999") from None


def split_list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip()) if text else ()


def next_after(body: Json) -> str:
    return str(((body.get("paging") or {}).get("next") or {}).get("after") or "")


def body_of(body: Any) -> Json:
    return body if isinstance(body, dict) else {}
