"""What is kept as tables, and back: a base that stays until everybody is matched anew, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

from crm_sync.reconciler.dedupe.kept.kept import Crowd, Kept
from crm_sync.reconciler.dedupe.kept.names import Names
from crm_sync.reconciler.dedupe.kept.shelf import Sheet, Shelf, fresh_of
from crm_sync.reconciler.dedupe.matching.clusters import Decided, Pair
from crm_sync.reconciler.dedupe.matching.statistics import QUESTIONS, Statistics

Tables = Mapping[str, pa.Table]
SHELVES: Final = ("blocks", "keys", "pairs", "first", "members", "wholes", "final", "said")
SHEETS: Final = ("known", "links")
NUMBERS: Final = ("shift", "link", "review", "few")
PAIR: Final = pa.schema([("one", pa.int32()), ("two", pa.int32()), ("same", pa.bool_())])
CROWD: Final = pa.schema([("key", pa.uint64()), ("kind", pa.string()), ("value", pa.string()), ("first", pa.int32())])


def base_of(kept: Kept) -> dict[str, pa.Table]:
    statistics = kept.statistics
    return {
        **{name: getattr(kept, name).base for name in (*SHELVES, *SHEETS)},
        **{f"statistics_{name}": statistics.tables[name] for name in QUESTIONS},
        "statistics": pa.table({name: [float(getattr(statistics, name))] for name in NUMBERS}),
        "names": pa.table({"name": kept.names.base}),
    }


def changes_of(kept: Kept) -> dict[str, pa.Table]:
    """Reviews, crowds and decisions, which are few, are told as a whole."""
    reviews = kept.links.base.schema.remove(0)
    decided = [(*pair, same) for same, pairs in ((True, kept.decided.one), (False, kept.decided.two)) for pair in pairs]
    return {
        **{name: getattr(kept, name).changed() for name in SHELVES},
        **{name: getattr(kept, name).changed() for name in SHEETS},
        **{f"{name}_gone": numbers(getattr(kept, name).gone()) for name in SHEETS},
        "later": pa.table({"name": pa.array(kept.names.later, pa.string())}),
        "gone": numbers(kept.names.gone),
        "reviews": pa.Table.from_pylist(list(kept.reviews.values()), reviews),
        "crowds": pa.Table.from_pylist([{"key": key, **one._asdict()} for key, one in kept.crowds.items()], CROWD),
        "decided": pa.Table.from_pylist([dict(zip(PAIR.names, row, strict=True)) for row in decided], PAIR),
        "compared": numbers([kept.compared]),
    }


def kept_again(base: Tables, changes: Tables) -> Kept:
    """From the tables of both."""
    told = base["statistics"].to_pylist()[0]
    statistics = {name: base[f"statistics_{name}"] for name in QUESTIONS}
    names, later = base["names"]["name"].combine_chunks(), changes["later"]["name"].to_pylist()
    parts: dict[str, Any] = {name: Shelf(base[name], fresh_of(changes[name])) for name in SHELVES}
    for name in SHEETS:
        parts[name] = Sheet(base[name], sheet_of(changes[name], all_of(changes[f"{name}_gone"])))
    return Kept(
        statistics=Statistics(statistics, told["shift"], told["link"], told["review"], bool(told["few"])),
        names=Names(names, later, all_of(changes["gone"])),
        reviews={(row["a"], row["b"]): row for row in changes["reviews"].to_pylist()},
        crowds={row.pop("key"): Crowd(**row) for row in changes["crowds"].to_pylist()},
        compared=all_of(changes["compared"])[0],
        decided=Decided(pairs_in(changes["decided"], same=True), pairs_in(changes["decided"], same=False)),
        **parts,
    )


def numbers(found: Iterable[int]) -> pa.Table:
    return pa.table({"number": pa.array(sorted(found), pa.int64())})


def all_of(table: pa.Table) -> list[int]:
    found: list[int] = table["number"].to_pylist()
    return found


def sheet_of(rows: pa.Table, gone: Iterable[int]) -> dict[int, dict[str, Any] | None]:
    number = rows.column_names[0]
    return {**{row[number]: row for row in rows.to_pylist()}, **dict.fromkeys(gone)}


def pairs_in(decided: pa.Table, *, same: bool) -> frozenset[Pair]:
    return frozenset((row["one"], row["two"]) for row in decided.to_pylist() if row["same"] == same)
