"""Who is who in a file of people: reads it, matches it, and says of every row which person it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from crm_sync.connectors.files.people import Export, OddRow, read_people
from crm_sync.errors import ConfigError
from crm_sync.reconciler.dedupe.lists.match import Lister, general
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.sync.undisturbed import undisturbed


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
    bad: Sequence[OddRow]
    ignored: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows, "people": self.people, "pairs_compared": self.compared,
            "bad_rows": [{"row": one.row, "problem": one.problem} for one in self.bad],
            "ignored_columns": list(self.ignored), "shared_by_too_many": self.crowds.drop_columns("first").to_pylist(),
            "links": self.links.to_pylist(), "reviews": self.reviews.to_pylist(),
        }  # fmt: skip


def match_file(file: Path, matcher: Matcher, lister: Lister) -> People:
    """Leads by `matcher`, a general list of people or organisations by `lister`. Raises ConfigError, Failed."""
    export = read_people(file)
    names, bad, ignored, people = names_of(export), export.bad, export.ignored, as_people(export)
    del export  # a million records are large
    with undisturbed():
        found = lister(people) if general(people) else matcher(people)
    groups = pa.table({"rid": names["rid"], "leader": found.leader})
    tables = {"names": names, "groups": groups, "links": found.links, "reviews": found.reviews}
    links, reviews = (chain.named(tables, what, matcher.engine) for what in ("links", "reviews"))
    count = len(found.leader.unique())
    return People(len(names), count, found.compared, links, reviews, found.crowds, bad, ignored)


def names_of(export: Export) -> pa.Table:
    """rid, id, source, and both in one word, as people call the record."""
    ids, sources = export.rows["id"], export.rows["source"]
    names = compute.if_else(compute.equal(sources, ""), ids, compute.binary_join_element_wise(sources, ids, ":"))
    return pa.table({"rid": numbers(export), "id": ids, "source": sources, "name": names})


def numbers(export: Export) -> pa.Array:
    return pa.array(range(len(export.rows)), pa.int32())


def as_people(export: Export) -> pa.Table:
    """As matching takes it: numbered, with lists of addresses and numbers."""
    rows = export.rows
    one_each = pa.array(range(len(rows) + 1), pa.int32())
    columns = {name: rows[name] for name in rows.column_names if name not in ("id", "row", "email", "phone")}
    for ours, theirs in (("emails", "email"), ("phones", "phone")):
        columns[ours] = pa.ListArray.from_arrays(one_each, rows[theirs].combine_chunks())
    return pa.table({"rid": numbers(export), **columns})


def save(table: pa.Table, file: Path) -> None:
    """As CSV, or as Parquet where the name says so. Raises ConfigError."""
    try:
        if file.suffix == ".parquet":
            parquet.write_table(table, file)
        else:
            csv.write_csv(table, file)
    except OSError as problem:
        found, allowed = problem.strerror or str(problem), "a file in a directory that this user may write to"
        raise ConfigError(str(file), found, allowed) from None
