"""From one type to another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from crm_sync.engine.few.base import Beyond, Node, Unknown
from crm_sync.engine.few.functions import single

WHOLE: Final = {
    "TINYINT": (8, True), "SMALLINT": (16, True), "INTEGER": (32, True), "BIGINT": (64, True), "UTINYINT": (8, False),
    "USMALLINT": (16, False), "UINTEGER": (32, False), "UBIGINT": (64, False),
}  # fmt: skip
TOLD: Final = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)?)?")


def cast(source: Node, target: Node) -> Callable[[Any], Any] | None:
    """None where nothing has to be done. Raises Unknown."""
    one, other = source["id"], target["id"]
    if source == target or one == "NULL" or (one, other) == ("FLOAT", "DOUBLE"):
        return None
    if other in WHOLE and (one in WHOLE or one == "BOOLEAN"):
        return within(other)
    if other == "INTEGER" and one in ("FLOAT", "DOUBLE"):
        return lambda number: within(other)(round(number))
    if other in ("FLOAT", "DOUBLE") and one in (*WHOLE, "BOOLEAN", "DECIMAL", "DOUBLE"):
        return single if other == "FLOAT" else float
    if (one, other) == ("VARCHAR", "TIMESTAMP"):
        return instant
    raise Unknown(f"{one} to {other}")


def within(kind: str) -> Callable[[int], int]:
    bits, signed = WHOLE[kind]
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)

    def checked(number: int) -> int:
        if not low <= number < high:
            raise Beyond
        return int(number)

    return checked


def instant(text: str) -> datetime:
    """In UTC. Raises Beyond where it is written in another way than records tell it."""
    if TOLD.fullmatch(text) is None:
        raise Beyond
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Beyond from None
    return found.replace(tzinfo=None)
