"""Splink over a general list, as an anchor: `python -m bench.identity_lists_splink FILE` prints a line of JSON.

Its comparisons are those that its documentation advises for each kind of column, blocking is on pairs of columns, and
the model is trained on the list itself, without labels. Its groups are told at several thresholds, so that the best one
can be looked for.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as compute
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.identity_splink import groups_at
from bench.kit import own_cpu, peak
from crm_sync.connectors.files.people import read_people

THRESHOLDS: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999)
FUZZY: Final = (0.92, 0.85, 0.7)
COMPARED: Final[dict[str, Callable[[str], Any]]] = {
    "email": compare.EmailComparison,
    "birth_date": lambda name: compare.DateOfBirthComparison(name, input_is_string=True, datetime_format="%Y-%m-%d"),
    "postcode": compare.PostcodeComparison,
    "city": lambda name: compare.ExactMatch(name).configure(term_frequency_adjustments=True),
    "national_id": lambda name: compare.DamerauLevenshteinAtThresholds(name, [1, 2]),
    "phone": lambda name: compare.DamerauLevenshteinAtThresholds(name, [1, 2]),
    "street": lambda name: compare.JaroWinklerAtThresholds(name, FUZZY),
    "company": lambda name: compare.JaroWinklerAtThresholds(name, FUZZY).configure(term_frequency_adjustments=True),
    "title": lambda name: compare.ExactMatch(name).configure(term_frequency_adjustments=True),
}
BLOCKING: Final = (
    ("email",), ("phone",), ("national_id",), ("first_name", "last_name"), ("last_name", "birth_date"),
    ("first_name", "birth_date"), ("birth_date", "city"), ("birth_date", "postcode"), ("last_name", "city"),
    ("first_name", "city"), ("last_name", "postcode"), ("postcode", "street"), ("company",), ("company", "city"),
    ("street", "city"),
)  # fmt: skip


def main(file: Path) -> None:
    begun, cpu = time.perf_counter(), own_cpu()
    export = read_people(file)
    told = [name for name in export.rows.column_names if name == "id" or valid(export.rows, name) > 0]
    linker = trained(lowered(export.rows.select(told)), told)
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    groups = [groups_at(linker, pairs, one, len(export.rows)) for one in THRESHOLDS]
    found = {
        "name": "Splink, best threshold", "seconds": time.perf_counter() - begun, "cpu": own_cpu() - cpu,
        "peak": peak(), "pairs": len(pairs.as_record_list()), "reviews": "-", "rules": {},
        "ids": export.rows["id"].to_pylist(), "groups": groups,
    }  # fmt: skip
    print(json.dumps(found), flush=True)


def valid(rows: pa.Table, name: str) -> int:
    return int(compute.count(rows[name]).as_py())


def lowered(rows: pa.Table) -> pa.Table:
    cells = {name: compute.utf8_lower(rows[name]) for name in rows.column_names if name not in ("id", "row")}
    return pa.table({"unique_id": pa.array(range(len(rows)), pa.int64()), **cells})


def trained(people: pa.Table, told: Sequence[str]) -> Linker:
    blocking: list[Any] = [block_on(*columns) for columns in BLOCKING if set(columns) <= set(told)]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=list(comparisons(told, years_alone=years_alone(people))),
        blocking_rules_to_generate_predictions=blocking,
    )
    linker = Linker(DuckDBAPI().register(people), settings)
    linker.training.estimate_probability_two_random_records_match(blocking[:3], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in blocking[:4]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except Exception as problem:  # where a rule finds too few pairs to learn from
            print(problem, file=sys.stderr)
    return linker


def years_alone(people: pa.Table) -> bool:
    return "birth_date" in people.column_names and compute.max(
        compute.utf8_length(people["birth_date"])
    ).as_py() == len("1971")


def comparisons(told: Sequence[str], *, years_alone: bool) -> Iterator[Any]:
    if {"first_name", "last_name"} <= set(told):
        yield compare.ForenameSurnameComparison("first_name", "last_name")
    elif "full_name" in told:
        yield compare.JaroWinklerAtThresholds("full_name", FUZZY).configure(term_frequency_adjustments=True)
    for name, made in COMPARED.items():
        if name == "birth_date" and years_alone:
            yield compare.ExactMatch(name)
        elif name in told:
            yield made(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
