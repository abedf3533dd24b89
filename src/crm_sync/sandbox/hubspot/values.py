"""Property values between the wire and the world: how they are printed, and what a write must look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import BadValue
from crm_sync.sandbox.world import from_ms, to_ms

#: Longer texts are refused by HubSpot.
MOST_CHARACTERS: Final = 65_536

Parser = Callable[[Mapping[str, Any], str], Any]

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def iso(ms: int) -> str:
    """An instant as HubSpot prints it: UTC, with milliseconds only when there are any."""
    seconds, rest = divmod(ms, 1000)
    day, second = divmod(seconds, 86_400)
    text = f"{_day(day)}T{_time_of_day(second)}"
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


@lru_cache(10_000)
def _day(number: int) -> str:
    return date.fromordinal(_EPOCH_DAY + number).isoformat()


@cache
def _time_of_day(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


def shown(value: Any, kind: str) -> str | None:
    """A stored value on the wire: every value is text or null."""
    if value is None or value == "":
        return None
    if kind == "datetime":
        return iso(int(value))
    return str(value)


def instant(text: str) -> int | None:
    """Epoch milliseconds of ISO 8601 or of epoch milliseconds in text."""
    if re.fullmatch(r"-?\d+", text):
        return int(text) if _is_possible(int(text)) else None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))


def _is_possible(ms: int) -> bool:
    """Whether a calendar has that instant: the years 1 to 9999."""
    return -62_135_596_800_000 <= ms <= 253_402_300_799_999


def day(text: str) -> str | None:
    """YYYY-MM-DD of a date, or of epoch milliseconds at midnight UTC."""
    if re.fullmatch(r"-?\d+", text):
        at = int(text)
        return None if at % 86_400_000 or not _is_possible(at) else from_ms(at).date().isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def said(value: Any) -> str:
    """What the client sent, as text: numbers and booleans are taken too; null clears like an empty string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def parsed(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    """The value to store for a text, None to clear it, or what is wrong with it."""
    if text == "":
        return None
    return _parser(str(definition["type"]))(definition, text)


def _parser(kind: str) -> Parser:
    return _PARSERS.get(kind, _text)


def _text(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    if len(text) > MOST_CHARACTERS:
        message = f"{definition['name']} has {len(text)} characters; the most is {MOST_CHARACTERS}"
        return BadValue(definition["name"], "VALUE_TOO_LONG", message)
    if definition["name"] == "email":
        return _email(text)
    return text


def _email(text: str) -> Any | BadValue:
    address = text.strip().lower()
    if _EMAIL.fullmatch(address) is None:
        return BadValue("email", "INVALID_EMAIL", f"Email address {text} is invalid", text)
    return address


def _number(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    if not is_number(text):
        return BadValue(definition["name"], "INVALID_INTEGER", f"{text} was not a valid number.", text)
    return text


def _datetime(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    at = instant(text)
    return BadValue(definition["name"], "INVALID_LONG", f"{text} was not a valid long.", text) if at is None else at


def _date(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    found = day(text)
    bad = BadValue(definition["name"], "INVALID_DATE", f"{text} was not a valid date.", text)
    return bad if found is None else found


def _bool(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    if text.lower() in ("true", "false"):
        return text.lower()
    message = f"{text} was not one of the allowed options: [true, false]"
    return BadValue(definition["name"], "INVALID_OPTION", message, text)


def _option(definition: Mapping[str, Any], text: str) -> Any | BadValue:
    allowed = [one["value"] for one in definition["options"]]
    many = definition["fieldType"] == "checkbox"
    wanted = [one for one in text.split(";") if one] if many else [text]
    for one in wanted:
        if allowed and one not in allowed:
            message = f"{one} was not one of the allowed options: {_listed(definition['options'])}"
            return BadValue(definition["name"], "INVALID_OPTION", message, one)
    return text


def _listed(options: list[dict[str, Any]]) -> str:
    """HubSpot prints its options as text blocks, one after the other."""
    return ", ".join(
        f'[label: "{one["label"]}"\nvalue: "{one["value"]}"\ndisplay_order: {one.get("displayOrder", -1)}\n'
        f"hidden: {str(one.get('hidden', False)).lower()}\nread_only: false\n]"
        for one in options
    )


_PARSERS: Final[Mapping[str, Parser]] = {
    "number": _number,
    "datetime": _datetime,
    "date": _date,
    "bool": _bool,
    "enumeration": _option,
}
