"""What a run tells while it works, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from crm_sync.changes import Plan


class Progress(Protocol):
    """Whoever watches a run: a terminal, a log, nobody."""

    def started(self, stage: str) -> None:
        """`stage` is wait, pull, plan, push or verify."""

    def pulled(self, crm: str, name: str, fetched: int, done: bool) -> None:
        """Rows of one object fetched so far in this run."""

    def pushed(self, crm: str, done: int, total: int) -> None:
        """Writes settled so far, of all writes of this run."""


class Silent:
    """Nobody watches."""

    def started(self, stage: str) -> None: ...

    def pulled(self, crm: str, name: str, fetched: int, done: bool) -> None: ...

    def pushed(self, crm: str, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did. `pulled` counts the rows that the CRMs sent, `read` the records among them that were new to us
    or really different; `judged` the people whom the plan looked at: all, or those whom something concerns that came
    since the last one; `planned` and `written` count property values."""

    run_id: int
    dry_run: bool
    pulled: Mapping[str, Mapping[str, int]]
    read: int
    people: int
    links: int
    planned: int
    written: Mapping[str, int]
    refused: int
    unmapped: int
    set_aside: int
    calls: Mapping[str, int]
    seconds: float
    notes: tuple[str, ...] = ()
    held_back: int = 0  # people whose SLA was over before anybody looked
    judged: int = 0
    plan: Plan | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run_id,
            "dry_run": self.dry_run,
            "pulled": {crm: dict(counts) for crm, counts in self.pulled.items()},
            "read": self.read,
            "people": self.people,
            "judged": self.judged,
            "links": self.links,
            "planned": self.planned,
            "written": dict(self.written),
            "refused": self.refused,
            "unmapped": self.unmapped,
            "set_aside": self.set_aside,
            "calls": dict(self.calls),
            "seconds": round(self.seconds, 3),
            "notes": list(self.notes),
            "held_back": self.held_back,
        }
