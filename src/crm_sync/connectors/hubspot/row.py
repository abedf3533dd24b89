"""One HubSpot record, ready to be asked for texts, instants and amounts; what cannot be read costs a note, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from crm_sync.clock import from_iso
from crm_sync.connectors.hubspot.objects import CRM, Kind
from crm_sync.records import Ref

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Json = Mapping[str, Any]
Notes = list[tuple[Ref, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One record as HubSpot sent it: values by property, empty text left out. Unreadable ones are noted."""

    kind: Kind
    ref: Ref
    values: Mapping[str, str]
    history: Mapping[str, Sequence[Json]]
    stamps: tuple[str, str]  # createdAt and updatedAt, outside of the properties
    notes: Notes = field(default_factory=list)

    def text(self, *names: str) -> str | None:
        """The first of the properties that holds something."""
        return next((self.values[name] for name in names if name in self.values), None)

    def all(self, *names: str) -> tuple[str, ...]:
        """What the properties hold, each value once."""
        return tuple(dict.fromkeys(self.values[name] for name in names if name in self.values))

    def instant(self, *names: str) -> datetime | None:
        text = self.text(*names)
        return self.readable(text, names[0]) if text else None

    def readable(self, text: str, name: str) -> datetime | None:
        try:
            return read_instant(text)
        except ValueError:
            self.notes.append((self.ref, f"{name} is not a date: {text!r}"))
            return None

    def amount(self, *names: str) -> Decimal | None:
        text = self.text(*names)
        try:
            found = Decimal(text) if text else None
        except InvalidOperation:
            found = Decimal("NaN")
        if found is not None and not found.is_finite():
            self.notes.append((self.ref, f"{names[0]} is not a number: {text!r}"))
            return None
        return found

    def refs(self, kind: str, *names: str) -> tuple[Ref, ...]:
        return tuple(Ref(CRM, kind, one) for one in self.all(*names))

    def told(self, name: str) -> Iterator[tuple[datetime, str, str]]:
        """The values that a property had, oldest first, with the instant and a key that later reads give again."""
        items = [(self._told_at(item, name), str(item.get("value") or "").strip()) for item in self._oldest_first(name)]
        used: dict[str, int] = {}
        for at, value in sorted(((at, value) for at, value in items if at), key=lambda item: item[0]):
            key = f"{name}/{int(at.timestamp() * 1000)}"
            used[key] = used.get(key, 0) + 1
            yield at, value, key if used[key] == 1 else f"{key}/{used[key]}"

    def _oldest_first(self, name: str) -> list[Json]:
        return list(reversed(self.history.get(name) or ()))  # HubSpot sends the newest first

    def _told_at(self, item: Json, name: str) -> datetime | None:
        return self.readable(str(item.get("timestamp") or ""), f"the history of {name}")

    @property
    def created_at(self) -> datetime:
        return self.instant(self.kind.created) or self.readable(self.stamps[0], "createdAt") or self.modified_at

    @property
    def modified_at(self) -> datetime:
        return self.instant(self.kind.modified) or self.readable(self.stamps[1], "updatedAt") or EPOCH

    @property
    def version(self) -> str:
        return self.values.get(self.kind.modified) or self.stamps[1]


def as_row(kind: Kind, body: Json, notes: Notes) -> Row:
    """The record in `body`, ready to be asked."""
    values = {name: str(value) for name, value in (body.get("properties") or {}).items() if not blank(value)}
    stamps = str(body.get("createdAt") or ""), str(body.get("updatedAt") or "")
    ref = Ref(CRM, kind.name, str(body["id"]))
    return Row(kind, ref, values, body.get("propertiesWithHistory") or {}, stamps, notes)


def blank(value: object) -> bool:
    return value is None or not str(value).strip()


def read_instant(text: str) -> datetime:
    """ISO 8601, a bare date (midnight UTC), or epoch milliseconds. Raises ValueError."""
    if not (text.lstrip("-").isdigit() and len(text.lstrip("-")) > 8):
        return from_iso(text if "T" in text else f"{text}T00:00:00Z")
    try:
        return EPOCH + timedelta(milliseconds=int(text))
    except OverflowError:
        raise ValueError(f"{text[:30]} milliseconds lie beyond the year 9999") from None


def split_list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def next_after(body: Json) -> str:
    return str(((body.get("paging") or {}).get("next") or {}).get("after") or "")


def body_of(body: Any) -> Json:
    return body if isinstance(body, dict) else {}
