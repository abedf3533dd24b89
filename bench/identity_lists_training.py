"""Counts how often records agree in made-up lists and writes mappings/identity_lists.toml: `python -m
bench.identity_lists_training`.

Every kind of tests/identity/lists has its say, with other seeds than the bench has; a list that is matched corrects by
itself what stands there. Takes a minute.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as csv
from tests.identity.lists import KINDS, write

from crm_sync.connectors.files.people import read_people
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.identity import load_identity_words
from crm_sync.mappings.lists import LEVELS
from crm_sync.mappings.vocabulary import SHIPPED
from crm_sync.reconciler.dedupe.lists import chain
from crm_sync.reconciler.dedupe.lists.evidence import MISS
from crm_sync.reconciler.dedupe.lists.learn import SIDES, Pattern
from crm_sync.sync.match import as_people

ROWS: Final = 3_000
SEED: Final = 300
UNSEEN: Final = 2.0  # of a thousand: what no made-up list shows may happen elsewhere
RULES: Final = {
    "link": 1.0, "wrong": 0.0175, "review": -2.0, "veto": -6.0, "contested": 0.5, "unseen": -1.0, "together": 0.0,
    "trust": 50.0,
}  # fmt: skip
#: Sides that no made-up list has: as often as their likes.
ALIKE: Final = {"site": "country"}

Shares = dict[str, dict[str, float]]


def main() -> None:
    same, other = defaultdict[str, list[Mapping[str, float]]](list), defaultdict[str, list[Mapping[str, float]]](list)
    with tempfile.TemporaryDirectory() as place:
        for number, kind in enumerate(KINDS):
            for found, pairs in zip((same, other), counted(Path(place) / "list.csv", kind, SEED + number), strict=True):
                for side, shares in pairs.items():
                    found[side].append(shares)
    file = SHIPPED / "identity_lists.toml"
    file.write_text("\n".join(lines(mean(same), mean(other))) + "\n", encoding="utf-8")


def counted(file: Path, kind: str, seed: int) -> Iterator[Shares]:
    """Of one list: the shares among pairs that are one, and among pairs at large."""
    write(file, ROWS, seed, KINDS[kind])
    engine, export = DuckDB(), read_people(file)
    told = csv.read_csv(file, convert_options=csv.ConvertOptions(column_types={"id": pa.string()}))
    truth_of = dict(zip(told["id"].to_pylist(), told["truth"].to_pylist(), strict=True))
    members = defaultdict[int, list[int]](list)
    for row, name in enumerate(export.rows["id"].to_pylist()):
        members[truth_of[name]].append(row)
    one = sorted(pair for rows in members.values() for pair in combinations(rows, 2))
    tables = chain.prepared(as_people(export), load_identity_words(SHIPPED / "identity.toml"), engine)
    ends = {side: pa.array(cells, pa.int32()) for side, cells in zip("ab", zip(*one, strict=True), strict=True)}
    for pairs in (pa.table(ends), chain.at_large(len(export.rows))):
        yield shares(chain.patterns(tables, pairs, engine))


def shares(patterns: list[Pattern]) -> Shares:
    counts: dict[str, Counter[str]] = {side: Counter() for side in SIDES}
    for one in patterns:
        for side, level in zip(SIDES, one.levels, strict=True):
            counts[side][level] += int(one.pairs)
    for count in counts.values():
        del count[MISS]
    return {
        side: {level: count[level] / count.total() for level in LEVELS[side]}
        for side, count in counts.items()
        if count.total()
    }


def mean(found: Mapping[str, list[Mapping[str, float]]]) -> Shares:
    return {side: mixed(found[ALIKE.get(side, side)], levels) for side, levels in LEVELS.items()}


def mixed(shares: list[Mapping[str, float]], levels: tuple[str, ...]) -> dict[str, float]:
    total = {level: sum(one[level] for one in shares) / len(shares) + UNSEEN / 1_000 for level in levels}
    return {level: share / sum(total.values()) for level, share in total.items()}


def lines(same: Shares, other: Shares) -> Iterator[str]:
    yield "# What matching a general list starts from: how often two records of one person, and of two people, are"
    yield "# found to agree, from `python -m bench.identity_lists_training`. A list corrects it by itself, as far as"
    yield "# it has more than `trust` pairs. Scores are natural logarithms of odds (docs/identity.md)."
    yield ""
    for name, value in RULES.items():
        yield f"{name} = {value}"
    for table, sides in (("same", same), ("other", other)):
        for side, levels in sides.items():
            yield f"\n[{table}.{side}]"
            for level, share in levels.items():
                yield f"{level} = {share:.5f}"


if __name__ == "__main__":
    main()
