"""What `crm-sync demo --once --json` prints: what a first and a second sync did, and what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.reports.funnel import Funnel
from crm_sync.reports.sla import Sla
from crm_sync.reports.sources import Sources

SECOND = ("read", "planned", "written")


@dataclass(frozen=True, slots=True)
class Trial:
    """Two summaries of `sync` as plain dictionaries, and the reports after them."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    funnel: Funnel
    sla: Sla
    sources: Sources
    seconds: float

    def as_json(self) -> dict[str, Any]:
        sides = self.sla.as_json()
        return {
            "pulled": self.first["pulled"],
            "people": self.first["people"],
            "links": self.first["links"],
            "funnel": self.funnel.as_json()["stages"],
            "sla": {"sales": sides["sales"], "marketing": sides["marketing"]},
            "sources": self.sources.as_json(),
            "written": self.first["written"],
            "second_sync": {key: in_all(self.second[key]) for key in SECOND},
            "seconds": round(self.seconds, 1),
        }


def in_all(count: Any) -> int:
    """A count, or the sum of counts per CRM."""
    return sum(count.values()) if isinstance(count, Mapping) else int(count)
