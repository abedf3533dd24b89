"""Speed and cost of the Salesforce connector as a table: `python -m bench.salesforce [--full] [--sizes 10000,100000]`.

The sandbox runs in a process of its own, every call takes 150 ms, and the published quotas are on. Seconds depend on
what else this machine does, and include the sandbox's own work on the same machine; processor microseconds are the
client's alone. A ratio says how much a row costs compared with the first size: 1.0 means that size does not matter.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

SIZES: Final = (10_000, 100_000)
FULL: Final = 1_000_000
LATENCY_MS: Final = 150
COLUMNS: Final = ("people", "stage", "rows", "calls", "seconds", "rows/s", "client cpu µs a row", "ratio", "peak MB")


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and cost of the Salesforce connector.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="people, separated by commas")
    parser.add_argument("--full", action="store_true", help=f"and a town of {FULL:,}; takes long and 3 GB")
    asked = parser.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")] + ([FULL] if asked.full else [])
    found = {}
    for people in sizes:
        print(f"a town of {people:,} ...", file=sys.stderr)
        found[people] = measured(people)
    Console(width=None if sys.stdout.isatty() else 120).print(told(found))


def measured(people: int) -> dict[str, dict[str, float]]:
    """Starts a host, slows it down, lets a client work against it, ends it."""
    host = subprocess.Popen(
        [sys.executable, "-m", "bench.host", str(people)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert host.stdin is not None  # both were ordered
    assert host.stdout is not None
    card: dict[str, Any] = json.loads(host.stdout.readline())["card"]
    with httpx.Client(base_url=card["salesforce"]["http_url"], timeout=60.0) as client:
        client.post("/sandbox/quotas", json={"on": True}).raise_for_status()
        client.post("/sandbox/latency", json={"ms": LATENCY_MS}).raise_for_status()
    client_at_work = [sys.executable, "-m", "bench.salesforce_client", json.dumps(card)]
    answer = subprocess.run(client_at_work, stdout=subprocess.PIPE, check=True, text=True).stdout
    host.stdin.close()
    host.wait()
    stages: dict[str, dict[str, float]] = json.loads(answer)
    return stages


def told(found: dict[int, dict[str, dict[str, float]]]) -> Table:
    table = Table(title=f"Salesforce, {LATENCY_MS} ms a call", title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name == "stage" else "right")
    first = next(iter(found.values()))
    for people, stages in found.items():
        for name, one in stages.items():
            each, before = per_row(one), per_row(first[name]) if name in first else 0.0
            table.add_row(
                f"{people:,}", name, f"{one['rows']:,.0f}", f"{one['calls']:,.0f}", f"{one['seconds']:.1f}",
                f"{one['rows'] / one['seconds']:,.0f}", f"{each:.0f}", f"{each / before:.2f}" if before else "-",
                f"{one['peak']:.0f}",
            )  # fmt: skip
    return table


def per_row(one: dict[str, float]) -> float:
    return one["cpu"] / max(one["rows"], 1) * 1e6


if __name__ == "__main__":
    main()
