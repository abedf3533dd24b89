"""Record ids as Salesforce makes them: prefix, org part, serial in base 62, and a checksum of the letters' case."""

from __future__ import annotations

import re

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
POD = "Sm0"  # the instance that issues the sandbox's ids

_ID = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")


def salesforce_id(prefix: str, number: int) -> str:
    """The 18-character id of the `number`th record (from 0) of the object with this three-character prefix."""
    return with_checksum(prefix + POD + base62(number).rjust(9, "0"))


def base62(number: int) -> str:
    """Salesforce's digits: numbers, then capitals, then small letters."""
    text = ""
    while number or not text:
        number, digit = divmod(number, 62)
        text = DIGITS[digit] + text
    return text


def number_of(record_id: str) -> int:
    """The serial number inside an id made by `salesforce_id`."""
    number = 0
    for digit in record_id[6:15]:
        number = number * 62 + DIGITS.index(digit)
    return number


def with_checksum(short: str) -> str:
    """Fifteen characters and the three that say which of them are capitals, five per character."""
    return short + "".join(ALPHABET[_capitals(short[start : start + 5])] for start in (0, 5, 10))


def full_id(text: object) -> str | None:
    """The 18-character form of an id given with 15 or 18 characters; None when it is no id."""
    return with_checksum(text[:15]) if isinstance(text, str) and _ID.fullmatch(text) else None


def _capitals(five: str) -> int:
    return sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")
