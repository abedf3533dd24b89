"""How far a read of one object has come, as the text that is kept with its pages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from crm_sync.clock import from_iso
from crm_sync.connectors.hubspot.questions import Place


class Span(NamedTuple):
    """Ids of a list that are still to be read: from where HubSpot's own cursor `after` leads up to the id `until`."""

    after: str = ""
    until: int | None = None


Spans = tuple[Span, ...]
EVERYTHING: Spans = (Span(),)


@dataclass(frozen=True, slots=True)
class Cursor:
    """`began` is the CRM's time before the first call of a read; the next one starts there.

    list     everything for the first time: `spans` are left
    changes  what changed at or after `since`; inside such a read, `at`, `after_id` and `left` are the place
    window   what changed in [since, until), a backfill
    """

    mode: str = "list"
    began: str = ""
    spans: Spans = EVERYTHING
    since: str = ""
    until: str = ""
    at: int | None = None
    after_id: int | None = None
    left: int | None = None
    asked: str = ""  # what was asked of each record (see `Asked.mark`): when that grows, all are read again
    archived: str = ""  # when archived records were listed last
    whole: str = ""  # when all records were read last, for values that change without a stamp
    again: Spans = ()  # of reading all again, what is left

    def text(self) -> str:
        """Without what is as it always is at first."""
        told = {name: getattr(self, name) for name in PLAIN}
        return json.dumps({name: value for name, value in told.items() if value != PLAIN[name]})

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        told: dict[str, Any] = json.loads(text) if text else {}
        for name in ("spans", "again"):
            if name in told:
                told[name] = tuple(Span(*one) for one in told[name])
        return cls(**told)

    def place(self) -> Place | None:
        """Where inside a walk by stamp an interrupted read goes on."""
        return None if self.at is None else Place(self.at, self.after_id, self.left)

    def moved_to(self, place: Place | None) -> Cursor:
        at, after_id, left = (place.at, place.after_id, place.left) if place else (None, None, None)
        return replace(self, at=at, after_id=after_id, left=left)


PLAIN = asdict(Cursor()) | {"mode": ""}


def milliseconds(at: datetime) -> int:
    return max(1, int(at.timestamp() * 1000))  # HubSpot's search fails on epoch 0


def stamp_of(text: str) -> int:
    return milliseconds(from_iso(text))
