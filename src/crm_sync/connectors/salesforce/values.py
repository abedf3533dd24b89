"""Single values as Salesforce writes them, and as we write them: instants, money, ids, our own fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from crm_sync.clock import from_iso, to_iso
from crm_sync.mappings.fields import OurField
from crm_sync.records import Ref

CRM = "salesforce"
Row = Mapping[str, Any]

ID = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Z]{3})?")
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

#: The first three characters of an id name its object.
KINDS = {"00Q": "Lead", "003": "Contact", "006": "Opportunity", "005": "User", "00G": "Group"}


def text(value: object) -> str | None:
    """A value as text; None for nothing and for blanks."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    return str(value) if str(value).strip() else None


def maybe_instant(written: str) -> datetime | None:
    """`2026-01-05T10:00:00.000Z` as aware UTC; a date alone is its first instant in UTC."""
    try:
        if written.endswith("Z"):
            return datetime.fromisoformat(written)  # this is what nearly all of them look like, and already UTC
        return from_iso(written) if "T" in written else datetime.combine(date.fromisoformat(written), time(), UTC)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def amount(written: str) -> Decimal | None:
    """Money to the last digit that Salesforce sent."""
    try:
        found = Decimal(written) if written.strip() else None
    except InvalidOperation:
        return None
    return found if found is None or found.is_finite() else None


def full_id(record_id: str) -> str:
    """The 18-character form: three more characters say which of the 15 are capital letters."""
    if len(record_id) != 15:
        return record_id
    return record_id + "".join(checksum(record_id[start : start + 5]) for start in (0, 5, 10))


def checksum(five: str) -> str:
    return CHECKSUM[sum(1 << place for place, letter in enumerate(five) if letter.isascii() and letter.isupper())]


@lru_cache(maxsize=16_384)
def ref(kind: str, written: str | None) -> Ref | None:
    """The record of this kind, if there is an id."""
    return Ref(CRM, kind, full_id(written)) if written and not written.isspace() else None


@lru_cache(maxsize=16_384)
def ref_by_prefix(written: str | None, kinds: tuple[str, ...]) -> Ref | None:
    """The record that a polymorphic id names, when it is one of these kinds."""
    kind = KINDS.get((written or "")[:3], "")
    return ref(kind, written) if written and kind in kinds and ID.fullmatch(written) else None


def owner(written: str | None) -> Ref | None:
    """A user, or a queue."""
    return ref_by_prefix(written, ("User", "Group"))


def refs(*found: Ref | None) -> tuple[Ref, ...]:
    return tuple(one for one in found if one is not None)


def literal(at: datetime) -> str:
    """An instant inside SOQL, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def quoted(word: str) -> str:
    """A text inside SOQL."""
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def among(field: str, words: Iterable[str]) -> str:
    """The condition that a field holds one of these texts."""
    return f"{field} IN ({', '.join(map(quoted, words))})"


@lru_cache(maxsize=4096)
def plain_number(written: str) -> str:
    """`3` for `3.0`: Salesforce's numbers come with a fraction."""
    number = amount(written)
    return written if number is None else f"{number.normalize():f}"


def plain_instant(written: str) -> str:
    """Whole seconds, the precision that both CRMs keep."""
    if written.endswith(".000Z"):
        return f"{written[:19]}Z"
    at = maybe_instant(written)
    return to_iso(at) if at else written


#: Our fields as Salesforce holds them, in the form in which we compare, by type.
PLAIN: Mapping[str, Callable[[str], str]] = {
    "text": str, "choice": str, "number": plain_number, "datetime": plain_instant,
}  # fmt: skip


def ours_to(field: OurField, value: str | None) -> str | int | float | None:
    """One of our values as Salesforce takes it; None clears the field."""
    if value is None or field.type != "number":
        return value
    number = Decimal(value)
    return int(number) if number == number.to_integral_value() else float(number)
