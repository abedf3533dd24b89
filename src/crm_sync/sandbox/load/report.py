"""What a load did: records per face and object, rows set aside with their reason, files that nobody could read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class LoadError(ValueError):
    """Nothing was loaded; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row of a file that has no place in the world; `line` is counted as an editor counts it."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A whole file that was left alone."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    counts: Mapping[str, Mapping[str, int]]  # face -> object -> records; associations and history items among them
    set_aside: tuple[SetAside, ...]
    unread: tuple[Unread, ...]
    now: datetime  # the world's clock afterwards

    def as_json(self) -> dict[str, Any]:
        return {
            "counts": {face: dict(objects) for face, objects in self.counts.items()},
            "set_aside": [{"file": one.file, "line": one.line, "reason": one.reason} for one in self.set_aside],
            "unread": [{"file": one.file, "reason": one.reason} for one in self.unread],
            "now": self.now.isoformat(),
        }
