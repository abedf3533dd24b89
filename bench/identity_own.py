"""What weights learnt from a company's own records are good for: `python -m bench.identity_own [--sizes 20000]`.

Hard leads whose records have other habits than usual, made up by tests/identity with seeds that nothing was chosen on.
They are matched with the shipped weights, the company learns from them without labels as `crm-sync dupes train` does,
and they are matched again; what is learnt is measured also where a check refuses it.
"""

from __future__ import annotations

import time
from typing import Final

import pyarrow as pa
from tests.identity.habits import HABITS
from tests.identity.leads import COLUMNS, Kind, leads
from tests.identity.scores import Scores, scores

from bench.kit import command as command_of
from bench.kit import own_cpu, say, show, sizes_of, table_of
from crm_sync.connectors.files.people import COLUMNS as KNOWN
from crm_sync.connectors.files.people import Export
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import IdentityModel
from crm_sync.mappings.vocabulary import load_identity, load_usual
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.training.train import Trainer, Training
from crm_sync.sync.match import as_people

SIZES: Final = (20_000,)
SEED: Final = 930
NAMES: Final = (
    "leads", "used", "records", "F1", "poisoned", "F1 after", "poisoned after", "changed", "seconds", "cpu seconds",
)  # fmt: skip


def main() -> None:
    asked = command_of("What weights learnt from own records are good for.", SIZES, "records").parse_args()
    rows = []
    for size in sizes_of(asked):
        for number, kind in enumerate(HABITS):
            say(f"{size:,} records, {kind}")
            rows.append(measured(kind, size, SEED + number))
    show(table_of("Own weights against the truth: hard leads, without labels", NAMES, rows, words=2))


def measured(kind: str, size: int, seed: int) -> tuple[str, ...]:
    people, truth = made_up(kind, size, seed)
    engine = DuckDB()
    words, model = load_identity()
    begun, cpu = time.perf_counter(), own_cpu()
    made = Trainer(words, model, load_usual(), engine)(people)
    seconds, used = time.perf_counter() - begun, own_cpu() - cpu

    def found(by: IdentityModel) -> Scores:
        return scores(Matcher(words, by, engine)(people).leader.to_pylist(), truth)

    before, after = found(model), found(model.model_copy(update={"weights": {**model.weights, **learnt(made)}}))
    return (
        kind, said(made), f"{len(people):,}", f"{before.f1:.4f}", f"{before.poisoned:.2%}", f"{after.f1:.4f}",
        f"{after.poisoned:.2%}", f"{made.changed:,}", f"{seconds:.1f}", f"{used:.1f}",
    )  # fmt: skip


def made_up(kind: str, size: int, seed: int) -> tuple[pa.Table, list[str]]:
    """As a file would bring them, and the truth of each row."""
    rows = sorted(leads(size, seed, Kind(1.0, 0.25), HABITS[kind]), key=lambda row: (row[1], row[0]))
    told = {name: [row[place] or None for row in rows] for place, name in enumerate(COLUMNS) if name in KNOWN}
    missing = {name: [None] * len(rows) for name in KNOWN if name not in told}
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in (told | missing).items()})
    return as_people(Export(table, (), ())), [row[-1] for row in rows]


def learnt(made: Training) -> dict[str, float]:
    return {one.name: one.after for one in made.weights}


def said(made: Training) -> str:
    return "yes" if made.accepted else ", ".join(one.name for one in made.checks if not one.held) or "nothing learnt"


if __name__ == "__main__":
    main()
