"""One row of a file, ready to be asked for texts, instants and amounts; what cannot be read is said in one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from crm_sync.clock import from_iso, to_iso
from crm_sync.connectors.files.sheets import CRM
from crm_sync.mappings.fields import Fields
from crm_sync.mappings.hours import FORM as HOURS
from crm_sync.mappings.hours import hours_of, hours_text
from crm_sync.records import Ref

YES: Final = ("true", "yes", "1", "sí", "si", "y")
NO: Final = ("false", "no", "0", "n")
AN_INSTANT: Final = "a day or an instant in ISO 8601, as in 2026-03-01 or 2026-03-01 09:30"


class Bad(Exception):
    """A cell cannot be read: the column, what stands there, what may."""

    def __init__(self, column: str, found: str, allowed: str) -> None:
        super().__init__(f"{column}: found {found}; allowed: {allowed}")
        self.column, self.found, self.allowed = column, found, allowed


@dataclass(frozen=True, slots=True)
class Row:
    """`values` by column, empty cells left out. Instants without a zone are in `zone`."""

    group: str
    kind: str
    values: Mapping[str, str]
    fields: Fields
    zone: ZoneInfo

    def columns(self, name: str) -> tuple[str, ...]:
        """Where fields.toml says that `name` stands."""
        return self.fields.of(self.group, name, self.kind)

    def text(self, name: str) -> str | None:
        """The first of the columns that holds something."""
        return next((self.values[column] for column in self.columns(name) if column in self.values), None)

    def all(self, name: str) -> tuple[str, ...]:
        """What the columns hold, each value once."""
        return tuple(dict.fromkeys(self.values[column] for column in self.columns(name) if column in self.values))

    def listed(self, name: str) -> tuple[str, ...]:
        """`a;b;c`"""
        return tuple(part.strip() for text in self.all(name) for part in text.split(";") if part.strip())

    def needed(self, name: str) -> str:
        """Raises Bad when nothing is there."""
        text = self.text(name)
        if text is None:
            raise Bad(" or ".join(self.columns(name)), "nothing", "a value")
        return text

    def instant(self, name: str) -> datetime | None:
        """Raises Bad."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return in_utc(text, self.zone)
        except (ValueError, OverflowError):
            raise Bad(self.place(name), repr(text), AN_INSTANT) from None

    def is_day(self, name: str) -> bool:
        """Whether a date without a time stands there."""
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", self.text(name) or ""))

    def needed_instant(self, name: str) -> datetime:
        """Raises Bad."""
        self.needed(name)
        found = self.instant(name)
        assert found is not None
        return found

    def amount(self, name: str) -> Decimal | None:
        """Raises Bad."""
        text = self.text(name)
        try:
            found = None if text is None else Decimal(text)
        except InvalidOperation:
            found = Decimal("NaN")
        if found is not None and not found.is_finite():
            raise Bad(self.place(name), repr(text), "a number with a point, as in 1500.50")
        return found

    def flag(self, name: str, otherwise: bool) -> bool:
        """Raises Bad."""
        text = (self.text(name) or "").lower()
        if text and text not in (*YES, *NO):
            raise Bad(self.place(name), repr(text), "yes or no")
        return text in YES if text else otherwise

    def word(self, name: str, *allowed: str) -> str | None:
        """One of our own words. Raises Bad."""
        text = self.text(name)
        if text is not None and text.lower() not in allowed:
            raise Bad(self.place(name), repr(text), " or ".join(allowed))
        return text and text.lower()

    def hours(self, name: str) -> str | None:
        """Working hours in the one form of all of them. Raises Bad."""
        text = self.text(name)
        try:
            return hours_text(hours_of(text or ""))
        except ValueError:
            raise Bad(self.place(name), repr(text), HOURS) from None

    def spans(self, name: str) -> tuple[str, ...]:
        """`2026-06-01/2026-06-08; …`: two instants each. Raises Bad."""
        return tuple(self.span(name, one) for one in self.listed(name))

    def span(self, name: str, text: str) -> str:
        try:
            start, end = (in_utc(one.strip(), self.zone) for one in text.split("/"))
        except (ValueError, OverflowError):
            raise Bad(self.place(name), repr(text), "two days or instants, as in 2026-06-01/2026-06-08") from None
        return f"{to_iso(start)}/{to_iso(end)}"

    def ref(self, name: str, kind: str) -> Ref | None:
        text = self.text(name)
        return None if text is None else Ref(CRM, kind, text)

    def refs(self, name: str, kind: str) -> tuple[Ref, ...]:
        return tuple(Ref(CRM, kind, one) for one in self.listed(name))

    def place(self, name: str) -> str:
        """The column that `name` was read from."""
        return next((column for column in self.columns(name) if column in self.values), name)


def in_utc(text: str, zone: ZoneInfo) -> datetime:
    """Raises ValueError, OverflowError."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=zone).astimezone(UTC) if at.tzinfo is None else from_iso(text)
