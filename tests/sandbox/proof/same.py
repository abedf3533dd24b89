"""Compares an answer with a published one, field by field: names, types and words count; ids and times do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

#: What differs from account to account and from call to call, wherever it stands in a text. The order matters.
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)"), "<time>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE), "<uuid>"),
    (re.compile(r"\b(?=\w*\d)[0-9A-Za-z]{15}([A-Z0-5]{3})?\b"), "<id>"),
    (re.compile(r"/v(\d\d|xx)\.0/"), "/vXX.0/"),
    (re.compile(r"\d{3,}"), "<n>"),
)


def plain(text: str) -> str:
    """The text with everything that changes made equal."""
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return text


def differences(wanted: Any, got: Any, free: frozenset[str] = frozenset(), at: str = "") -> Iterator[str]:
    """Where two JSON values differ. Of fields in `free` only the type counts; lists are compared item by item."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        yield from (f"{at}/{name}: missing" for name in wanted.keys() - got.keys())
        yield from (f"{at}/{name}: not in the published answer" for name in got.keys() - wanted.keys())
        for name in wanted.keys() & got.keys():
            if name in free:
                yield from _of_type(wanted[name], got[name], f"{at}/{name}")
            else:
                yield from differences(wanted[name], got[name], free, f"{at}/{name}")
    elif isinstance(wanted, list) and isinstance(got, list):
        if len(wanted) != len(got):
            yield f"{at}: {len(got)} items, not {len(wanted)}"
        for place, (one, other) in enumerate(zip(wanted, got, strict=False)):
            yield from differences(one, other, free, f"{at}/{place}")
    elif isinstance(wanted, str) and isinstance(got, str):
        if plain(wanted) != plain(got):
            yield f"{at}: {got!r}, not {wanted!r}"
    elif wanted != got or type(wanted) is not type(got):
        yield f"{at}: {got!r}, not {wanted!r}"


def _of_type(wanted: Any, got: Any, at: str) -> Iterator[str]:
    if type(wanted) is not type(got):
        yield f"{at}: {got!r} is not of the type of {wanted!r}"
