"""Speed and cost of the Salesforce connector as a table: `python -m bench.salesforce [--full] [--sizes 10000,100000]`.

The sandbox runs in a process of its own, every call takes 150 ms, and the published quotas are on. Seconds begin with
the login and depend on what else this machine does, the sandbox's own work included; waiting is the share of them in
which the client had nothing to do. Microseconds of the processor are the client's alone. A row is one of Salesforce's;
a lead or contact with a source becomes two records. A ratio says how much a record costs compared with the first size:
1.0 means that size does not matter.
"""

from __future__ import annotations

import json
from typing import Final

import httpx
from rich.table import Table

from bench.kit import LATENCY_MS, Figures, command, micros, ratio, running, say, show, sizes_of, table_of

SIZES: Final = (10_000, 100_000)
COLUMNS: Final = (
    "people", "stage", "rows", "records", "calls", "seconds", "waiting", "rows/s", "µs a row", "µs a record", "ratio",
    "peak MB",
)  # fmt: skip

Stages = dict[str, Figures]


def main() -> None:
    asked = command("Speed and cost of Salesforce.", SIZES, "people", full="long, and 3 GB").parse_args()
    found = {people: measured(people) for people in sizes_of(asked)}
    show(told(found))


def measured(people: int) -> Stages:
    """Starts a host, slows it down, lets a client work against it, ends it."""
    say(f"a town of {people:,}")
    with running("bench.host", str(people)) as host:
        card = host.hear()["card"]
        with httpx.Client(base_url=card["salesforce"]["http_url"], timeout=60.0) as control:
            control.post("/sandbox/quotas", json={"on": True}).raise_for_status()
            control.post("/sandbox/latency", json={"ms": LATENCY_MS}).raise_for_status()
        with running("bench.salesforce_client", json.dumps(card)) as client:
            stages: Stages = client.hear()
            return stages


def told(found: dict[int, Stages]) -> Table:
    first = next(iter(found.values()))
    return table_of(f"Salesforce, {LATENCY_MS} ms a call", COLUMNS, [
        (
            f"{people:,}", name, f"{one['rows']:,}", f"{one['records']:,}", f"{one['calls']:,}",
            f"{one['seconds']:.1f}", f"{max(0.0, 1 - one['cpu'] / one['seconds']):.0%}",
            f"{one['rows'] / one['seconds']:,.0f}", f"{micros(one, 'rows'):.1f}", f"{micros(one, 'records'):.1f}",
            ratio(micros(one, "records"), micros(first[name], "records")) if name in first else "-",
            f"{one['peak']:.0f}",
        )
        for people, stages in found.items() for name, one in stages.items()
    ], words=2)  # fmt: skip


if __name__ == "__main__":
    main()
