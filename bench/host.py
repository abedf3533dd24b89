"""A sandbox in a process of its own that tells what it cost: `python -m bench.host PEOPLE`.

The first line on standard output is JSON: the card, and what filling the world took. After that every line on standard
input is answered with the processor seconds used so far; the end of standard input ends it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

from bench.kit import cpu, own_cpu, peak
from crm_sync.sandbox.server import Sandbox
from crm_sync.sandbox.world import World

_TOUCHES = {
    "hubspot": ("calls", "emails", "meetings", "notes", "tasks", "communications"),
    "salesforce": ("Task", "Event", "CampaignMember"),
}
_VISITS = ("hs_analytics_first_timestamp", "hs_latest_source_timestamp")


def main(people: int) -> None:
    begun = time.perf_counter()
    with Sandbox(people=people, seed=7) as sandbox:
        told = {"card": sandbox.card(), "seconds": time.perf_counter() - begun, "cpu": cpu(), "own_cpu": own_cpu()}
        told |= {"peak": peak(), "helper_peak": peak(resource.RUSAGE_CHILDREN)}
        print(json.dumps(told | _counts(sandbox.world)), flush=True)
        for _ in sys.stdin:
            print(cpu(), flush=True)


def _counts(world: World) -> dict[str, Any]:
    contacts = world.table("hubspot", "contacts")
    touches = sum(world.table(face, name).count() for face, names in _TOUCHES.items() for name in names)
    visits = sum(contacts.count(f"{name} IS NOT NULL") for name in _VISITS)
    return {"records": sum(one.count() for one in world.tables.values()), "touches": touches + visits}


if __name__ == "__main__":
    main(int(sys.argv[1]))
