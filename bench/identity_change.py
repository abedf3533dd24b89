"""What it costs to match one changed record among many: `python -m bench.identity_change [--full] [--sizes ...]`.

Everybody is matched once, and that is kept in files as a sync keeps it. Then records change one by one, each in what
one field says, and again a hundred at a time; the time is that from the changed record to all links that it moves. Each
size is measured in a process of its own.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import pyarrow as pa
from tests.identity.leads import Kind, write

from bench.kit import Figures, own_cpu, peak, ratio, running, say, show, sizes_of, table_of
from bench.kit import command as command_of
from crm_sync.clock import host_now
from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.kept.follow import News, follow
from crm_sync.reconciler.dedupe.kept.memory import Memory
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.sync.match import as_people
from crm_sync.sync.memory import load, save
from crm_sync.sync.undisturbed import undisturbed

SIZES: Final = (20_000, 100_000)
SEED: Final = 950
ONE_BY_ONE: Final = 40  # changes, after some that warm up
WARM: Final = 10
TOGETHER: Final = 100  # records in one batch
BATCHES: Final = 3
SIDES: Final = ("first_name", "last_name", "emails", "phones", "company", "title", "city")


def main() -> None:
    parser = command_of("What one changed record costs.", SIZES, "records", full="five minutes and 5 GB")
    show(changed(sizes_of(parser.parse_args())))


def changed(sizes: Iterable[int]) -> Any:
    """A table of what one changed record costs among so many."""
    found = []
    for size in sizes:
        say(f"{size:,} records, of which one changes")
        with running("bench.identity_change", "measure", str(size)) as process:
            found.append((size, process.hear()))
    return told(found)


def told(found: list[tuple[int, Figures]]) -> Any:
    names = (
        "records", "ms a change", "of them cpu", "ratio", "slowest of 20, ms", "the first, ms", "cpu in a batch",
        "everybody, s", "read, s", "on disk, MB", "peak MB",
    )  # fmt: skip
    first = found[0][1]["cpu"]
    return table_of(f"One changed record, and {TOGETHER} together", names, [
        (
            f"{size:,}", f"{one['ms']:.0f}", f"{one['cpu']:.0f}", ratio(one["cpu"], first), f"{one['slow']:.0f}",
            f"{one['first']:.0f}", f"{one['together']:.1f}", f"{one['everybody']:.1f}", f"{one['read']:.1f}",
            f"{one['disk']:.0f}", f"{one['peak']:.0f}",
        )
        for size, one in found
    ])  # fmt: skip


def measure(size: int) -> Figures:
    """Milliseconds of one change (median; of the processor, the slowest of twenty, and the first of a process, which
    gets the questions ready), of the processor for one among TOGETHER; seconds that matching everybody and reading it
    back take."""
    matcher, dice = Matcher(*load_identity(), DuckDB()), random.Random(SEED)
    with tempfile.TemporaryDirectory() as place, undisturbed():
        people, kept = people_of(Path(place), size), Path(place) / "kept"
        names = [f"{number:08}" for number in range(len(people))]
        began, memory = time.perf_counter(), Memory()
        memory.match(matcher, people, names, (), (), host_now())
        everybody = time.perf_counter() - began
        save(kept, memory)
        del memory
        began, memory = time.perf_counter(), load(kept)
        read = time.perf_counter() - began
        again = memory.kept
        assert again is not None  # it was saved

        def timed(rows: pa.Table) -> tuple[float, float]:
            changed = News(rows, [names[number] for number in rows["rid"].to_pylist()])
            began, used = time.perf_counter(), own_cpu()
            follow(again, matcher, changed)
            return (time.perf_counter() - began) * 1e3, (own_cpu() - used) * 1e3

        alone = [timed(rows) for rows in changes(people, dice, 1, WARM + ONE_BY_ONE)]
        together = [timed(rows)[1] / TOGETHER for rows in changes(people, dice, TOGETHER, BATCHES)]
        disk = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file()) / (1 << 20)
    wall, used = zip(*alone[WARM:], strict=True)
    return {
        "ms": median(wall), "cpu": median(used), "slow": quantiles(used, n=20)[-1],
        "first": alone[0][1], "together": median(together),
        "everybody": everybody, "read": read, "disk": disk, "peak": peak(),
    }  # fmt: skip


def people_of(place: Path, size: int) -> pa.Table:
    file = place / "people.csv"
    write(file, size, SEED, Kind(1.0, 0.25))
    return as_people(read_people(file))


def changes(people: pa.Table, dice: random.Random, together: int, times: int) -> Iterator[pa.Table]:
    """Some records, each of which says in one field what another record says."""
    for _ in range(times):
        rows = people.take(dice.sample(range(len(people)), together)).to_pylist()
        others = people.take(dice.sample(range(len(people)), together)).to_pylist()
        for row, other, side in zip(rows, others, dice.choices(SIDES, k=together), strict=True):
            row[side] = other[side]
        yield pa.Table.from_pylist(rows, people.schema)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(int(sys.argv[2]))), flush=True)
    else:
        main()
