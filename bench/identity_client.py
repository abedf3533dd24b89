"""The matcher that is measured, in a process of its own: `python -m bench.identity_client FILE` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa

from bench.kit import own_cpu, peak
from crm_sync.connectors.files.people import Export, read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity, load_lists
from crm_sync.reconciler.dedupe.lists.match import Lister, general
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.sync.match import as_people, match_file

FEW = 50_000  # records: of more, the rules are not told apart


def main(file: Path) -> None:
    words, model = load_identity()
    engine, begun, cpu = DuckDB(), time.perf_counter(), own_cpu()
    found = match_file(file, Matcher(words, model, engine), Lister(words, load_lists(), engine))
    told = {
        "name": "crm-sync", "seconds": time.perf_counter() - begun, "cpu": own_cpu() - cpu, "peak": peak(),
        "pairs": found.compared, "reviews": f"{len(found.reviews) / max(found.people, 1):.1%}",
        "ids": found.links["id"].to_pylist(), "groups": [found.links["cluster_id"].to_pylist()],
    }  # fmt: skip
    export = read_people(file)
    leads = found.rows <= FEW and not general(as_people(export))
    told["rules"] = by_rule(export, told["groups"][0], engine) if leads else {}
    print(json.dumps(told), flush=True)


def by_rule(export: Export, groups: list[str], engine: DuckDB) -> dict[str, tuple[int, int, int]]:
    """Name of a rule → its pairs, those of them in one group, and those of these that no other rule found."""
    found = chain.by_rule(as_people(export), load_identity()[0], engine)
    inside = {name: linked(pairs, groups) for name, pairs in found.items()}
    times = Counter(pair for pairs in inside.values() for pair in pairs)
    return {
        name: (len(found[name]), len(pairs), sum(times[pair] == 1 for pair in pairs)) for name, pairs in inside.items()
    }


def linked(pairs: pa.Table, groups: list[str]) -> list[tuple[int, int]]:
    a, b = (pairs[side].to_pylist() for side in "ab")
    return [(x, y) for x, y in zip(a, b, strict=True) if groups[x] == groups[y]]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
