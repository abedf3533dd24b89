"""Who is who in a file of people: reads it, matches it, and says of every row which person it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from crm_sync.connectors.files.people import BadRow, Export, read_people
from crm_sync.engine.base import Engine
from crm_sync.errors import ConfigError
from crm_sync.mappings.identity import IdentityModel, IdentityWords
from crm_sync.reconciler.dedupe.matching.match import Matched, match
from crm_sync.reconciler.dedupe.matching.said import because


@dataclass(frozen=True, slots=True)
class Names:
    """A row of the file as people call it."""

    source: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.id}" if self.source else self.id


@dataclass(frozen=True, slots=True)
class People:
    """The rows of a file and who they are."""

    rows: pa.Table
    found: Matched
    bad: Sequence[BadRow]
    ignored: Sequence[str]
    links: pa.Table  # id, source, cluster_id, score, linked_to, because
    reviews: pa.Table  # a, b, score, because

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": len(self.rows), "people": len(set(self.found.leader)), "pairs_compared": self.found.pairs,
            "bad_rows": [{"row": one.row, "problem": one.problem} for one in self.bad],
            "ignored_columns": list(self.ignored), "links": self.links.to_pylist(), "reviews": self.reviews.to_pylist(),
        }  # fmt: skip


def match_file(file: Path, words: IdentityWords, model: IdentityModel, engine: Engine, language: str) -> People:
    """Raises ConfigError, Failed."""
    export = read_people(file)
    found = match(as_people(export), words, model, engine)
    names = [Names(*pair) for pair in zip(*(export.rows[name].to_pylist() for name in ("source", "id")), strict=True)]
    return People(
        export.rows, found, export.bad, export.ignored,
        links_of(names, found, words, language), reviews_of(names, found, words, language),
    )  # fmt: skip


def as_people(export: Export) -> pa.Table:
    """As matching takes it: numbered, with lists of addresses and numbers."""
    rows = export.rows
    one_each = pa.array(range(len(rows) + 1), pa.int32())
    columns = {name: rows[name] for name in rows.column_names if name not in ("id", "row", "email", "phone")}
    for ours, theirs in (("emails", "email"), ("phones", "phone")):
        columns[ours] = pa.ListArray.from_arrays(one_each, rows[theirs].combine_chunks())
    return pa.table({"rid": pa.array(range(len(rows)), pa.int32()), **columns})


def links_of(names: Sequence[Names], found: Matched, words: IdentityWords, language: str) -> pa.Table:
    """Every row with its cluster, named after the cluster's first row."""
    clusters: dict[int, str] = {}
    columns: dict[str, list[Any]] = {
        name: [] for name in ("id", "source", "cluster_id", "score", "linked_to", "because")
    }
    for row, (name, leader) in enumerate(zip(names, found.leader, strict=True)):
        why = found.why.get(row)
        other = names[why.b if why.a == row else why.a] if why else None
        cells = (
            name.id, name.source, clusters.get(leader) or clusters.setdefault(leader, cluster_id(names[leader])),
            round(why.probability, 4) if why else None, str(other) if other else None,
            because(why, words, language) if why else None,
        )  # fmt: skip
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    types = (pa.string(), pa.string(), pa.string(), pa.float64(), pa.string(), pa.string())
    return pa.table({name: pa.array(cells, kind) for (name, cells), kind in zip(columns.items(), types, strict=True)})


def cluster_id(name: Names) -> str:
    return "p-" + hashlib.sha256(str(name).encode()).hexdigest()[:12]


def reviews_of(names: Sequence[Names], found: Matched, words: IdentityWords, language: str) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "a": str(names[one.a]), "b": str(names[one.b]), "score": round(one.probability, 4),
                "because": because(one, words, language),
            }
            for one in found.reviews
        ],
        pa.schema([("a", pa.string()), ("b", pa.string()), ("score", pa.float64()), ("because", pa.string())]),
    )  # fmt: skip


def save(table: pa.Table, file: Path) -> None:
    """As CSV, or as Parquet where the name says so. Raises ConfigError."""
    try:
        if file.suffix == ".parquet":
            parquet.write_table(table, file)
        else:
            csv.write_csv(table, file)
    except OSError as problem:
        raise ConfigError(str(file), str(problem), "a file in a directory that this user may write to") from None
