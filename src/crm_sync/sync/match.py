"""Who is who in a file of people: reads it, matches it, and says of every row which person it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from crm_sync.connectors.files.people import BadRow, Export, read_people
from crm_sync.errors import ConfigError
from crm_sync.reconciler.dedupe.matching.match import Matched, Matcher


@dataclass(frozen=True, slots=True)
class People:
    """The rows of a file and who they are. `links` has every row: id, source, cluster_id, score, linked_to, because;
    `reviews` pairs: a, b, score, because. Scores are probabilities."""

    rows: int
    people: int
    compared: int
    links: pa.Table
    reviews: pa.Table
    crowds: pa.Table
    bad: Sequence[BadRow]
    ignored: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows, "people": self.people, "pairs_compared": self.compared,
            "bad_rows": [{"row": one.row, "problem": one.problem} for one in self.bad],
            "ignored_columns": list(self.ignored), "shared_by_too_many": self.crowds.to_pylist(),
            "links": self.links.to_pylist(), "reviews": self.reviews.to_pylist(),
        }  # fmt: skip


def match_file(file: Path, matcher: Matcher) -> People:
    """Raises ConfigError, Failed."""
    export = read_people(file)
    sources, ids = (export.rows[name].to_pylist() for name in ("source", "id"))
    names = [f"{source}:{one}" if source else one for source, one in zip(sources, ids, strict=True)]
    found = matcher(as_people(export))
    return People(
        len(names), len(set(found.leader)), found.compared, links_of(export, names, found), reviews_of(names, found),
        found.crowds, export.bad, export.ignored,
    )  # fmt: skip


def as_people(export: Export) -> pa.Table:
    """As matching takes it: numbered, with lists of addresses and numbers."""
    rows = export.rows
    one_each = pa.array(range(len(rows) + 1), pa.int32())
    columns = {name: rows[name] for name in rows.column_names if name not in ("id", "row", "email", "phone")}
    for ours, theirs in (("emails", "email"), ("phones", "phone")):
        columns[ours] = pa.ListArray.from_arrays(one_each, rows[theirs].combine_chunks())
    return pa.table({"rid": pa.array(range(len(rows)), pa.int32()), **columns})


def links_of(export: Export, names: Sequence[str], found: Matched) -> pa.Table:
    """Every row with its cluster, named after the cluster's first row."""
    clusters = {leader: cluster_id(names[leader]) for leader in set(found.leader)}
    linked_to: list[str | None] = [None] * len(names)
    because: list[str | None] = [None] * len(names)
    scores: list[float | None] = [None] * len(names)
    columns = (found.links[name].to_pylist() for name in ("rid", "a", "b", "score", "because"))
    for rid, a, b, score, told in zip(*columns, strict=True):
        linked_to[rid], scores[rid], because[rid] = names[b if rid == a else a], probability(score), told
    return pa.table(
        {
            "id": export.rows["id"], "source": export.rows["source"],
            "cluster_id": pa.array([clusters[leader] for leader in found.leader], pa.string()),
            "score": pa.array(scores, pa.float64()), "linked_to": pa.array(linked_to, pa.string()),
            "because": pa.array(because, pa.string()),
        }
    )  # fmt: skip


def cluster_id(name: str) -> str:
    return "p-" + hashlib.sha256(name.encode()).hexdigest()[:12]


def reviews_of(names: Sequence[str], found: Matched) -> pa.Table:
    one, two = (pa.array([names[row] for row in found.reviews[side].to_pylist()], pa.string()) for side in "ab")
    scores = pa.array(map(probability, found.reviews["score"].to_pylist()), pa.float64())
    return pa.table({"a": one, "b": two, "score": scores, "because": found.reviews["because"]})


def probability(score: float) -> float:
    return round(1 / (1 + exp(-score)), 4)


def save(table: pa.Table, file: Path) -> None:
    """As CSV, or as Parquet where the name says so. Raises ConfigError."""
    try:
        if file.suffix == ".parquet":
            parquet.write_table(table, file)
        else:
            csv.write_csv(table, file)
    except OSError as problem:
        raise ConfigError(str(file), str(problem), "a file in a directory that this user may write to") from None
