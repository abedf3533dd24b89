"""DuckDB's `hash`, bit by bit: keys that it made are kept, and are looked for by those that are made here."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

from crm_sync.engine.few.base import Beyond
from crm_sync.engine.few.reading import home

WORD: Final = (1 << 64) - 1
FACTOR: Final = 0xD6E8FEB86659FD93
NOTHING: Final = 0xBF58476D1CE4E5B9
PROBES: Final = ("", "a", "abcdefgh", "abcdefghijklm", "ñandú 電 🙂" * 3)


def mark(*cells: Any) -> int:
    """Of texts, lists of texts, and nothing; a list that is missing counts as an empty one. Raises Beyond for anything
    else."""
    first, *others = cells
    if isinstance(first, list) and first:
        first, *others = *first, *others
    found = NOTHING if first == [] else mark_of(first)
    for other in others:
        for cell in other if isinstance(other, list) else (other,):
            found = mixed(found, mark_of(cell))
    return found


def mark_of(cell: Any) -> int:
    if cell is None:
        return NOTHING
    if not isinstance(cell, str):
        raise Beyond
    return mark_of_text(cell)


def mark_of_text(text: str) -> int:
    told = text.encode()
    found = 0xE17A1465 ^ (len(told) * 0xC6A4A7935BD1E995 & WORD)
    for place in range(0, len(told), 8):
        found = (found ^ int.from_bytes(told[place : place + 8], "little")) * FACTOR & WORD
    found = (found ^ found >> 32) * FACTOR & WORD
    found = (found ^ found >> 32) * FACTOR & WORD
    return found ^ found >> 32


def mixed(one: int, other: int) -> int:
    return ((one ^ one >> 32) * FACTOR & WORD) ^ other


@cache
def is_ours() -> bool:
    """Whether the DuckDB that is installed makes the same marks: another release may not."""
    pairs = [(one, other) for one in PROBES for other in (*PROBES, None)]
    expected = [(mark(one), mark(one, other), mark(one, [one, other])) for one, other in pairs]
    rows = ", ".join(["(?::VARCHAR, ?::VARCHAR)"] * len(pairs))
    asked = f"SELECT hash(a), hash(a, b), hash(a, [a, b]) FROM (VALUES {rows}) AS t(a, b)"
    return home(os.getpid()).execute(asked, [cell for pair in pairs for cell in pair]).fetchall() == expected
