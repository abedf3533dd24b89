"""Splink over the same normalised columns, as an anchor: `python -m bench.identity_splink FILE` prints a line of JSON.

Comparisons and blocking are those that its documentation advises for people; the model is trained on the leads
themselves, without labels. Its groups are told at several thresholds, so that the best one can be looked for.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import splink.comparison_level_library as levels
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.kit import own_cpu, peak
from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.sync.match import as_people

THRESHOLDS: Final = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)
BLOCKING: Final = (
    ("mailbox",), ("phone", "g"), ("g", "s"), ("employer", "s"), ("employer", "g"), ("s", "city"), ("local",)
)  # fmt: skip
COLUMNS: Final = ("rid", "g", "s", "mailbox", "local", "phone", "employer", "city", "country", "title")


def main(file: Path) -> None:
    begun, cpu = time.perf_counter(), own_cpu()
    export = read_people(file)
    people = chain.told(as_people(export), load_identity()[0], DuckDB())["persons"].select(COLUMNS)
    linker = trained(people.rename_columns(["unique_id", *COLUMNS[1:]]))
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    groups = [groups_at(linker, pairs, one, len(export.rows)) for one in THRESHOLDS]
    told = {
        "name": "Splink, best threshold", "seconds": time.perf_counter() - begun, "cpu": own_cpu() - cpu,
        "peak": peak(), "pairs": len(pairs.as_record_list()), "reviews": "-", "rules": {},
        "ids": export.rows["id"].to_pylist(), "groups": groups,
    }  # fmt: skip
    print(json.dumps(told), flush=True)


def trained(people: Any) -> Linker:
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            compare.ForenameSurnameComparison("g", "s"),
            compare.EmailComparison("mailbox"),
            compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
            compare.CustomComparison(
                output_column_name="employer",
                comparison_levels=[
                    levels.NullLevel("employer"),
                    levels.ExactMatchLevel("employer").configure(tf_adjustment_column="employer"),
                    levels.JaroWinklerLevel("employer", 0.93),
                    levels.ElseLevel(),
                ],
            ),
            compare.ExactMatch("city").configure(term_frequency_adjustments=True),
            compare.ExactMatch("country"),
            compare.ExactMatch("title"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKING],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(people), settings)
    certain: list[Any] = [block_on("mailbox"), block_on("g", "s", "employer")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("mailbox"), block_on("g", "s")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def groups_at(linker: Linker, pairs: Any, threshold: float, count: int) -> list[int]:
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
    cluster_of = {row["unique_id"]: row["cluster_id"] for row in found.as_record_list()}
    return [int(cluster_of.get(row, row)) for row in range(count)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
