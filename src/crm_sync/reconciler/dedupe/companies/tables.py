"""What is kept of companies as tables, and back: a base until all are matched anew, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from crm_sync.changes import Reason
from crm_sync.reconciler.dedupe.companies.chain import STATISTICS
from crm_sync.reconciler.dedupe.companies.kept import Crowd, Doubt, Findings, Kept, table_of
from crm_sync.reconciler.dedupe.kept.names import Names
from crm_sync.reconciler.dedupe.kept.shelf import Sheet, Shelf, fresh_of
from crm_sync.reconciler.dedupe.kept.tables import PAIR, all_of, numbers, pairs_in, sheet_of
from crm_sync.reconciler.dedupe.matching.clusters import Decided

Tables = Mapping[str, pa.Table]
SHELVES: Final = ("blocks", "keys", "pairs", "leaders", "members", "alike")
SHEETS: Final = ("said", "told", "known")
DOUBT: Final = pa.schema(
    [
        ("one", pa.int32()), ("two", pa.int32()), ("a", pa.int32()), ("b", pa.int32()), ("score", pa.float32()),
        ("finding", pa.int32()),
    ]
)  # fmt: skip
CROWD: Final = pa.schema([("key", pa.uint64()), ("rule", pa.string()), ("value", pa.string())])
FINDING: Final = pa.schema([("told", pa.list_(pa.string())), ("weights", pa.list_(pa.float64()))])


def base_of(kept: Kept) -> dict[str, pa.Table]:
    return {
        **{name: getattr(kept, name).base for name in (*SHELVES, *SHEETS)},
        **{f"statistics_{name}": kept.statistics[name] for name in STATISTICS},
        "names": pa.table({"name": kept.names.base}),
    }


def changes_of(kept: Kept) -> dict[str, pa.Table]:
    """Doubts, crowds, findings and decisions, which are few, are told as a whole."""
    decided = [(*pair, same) for same, pairs in ((True, kept.decided.one), (False, kept.decided.two)) for pair in pairs]
    told = [([one.told for one in some], [one.weight for one in some]) for some in kept.findings.told]
    return {
        **{name: getattr(kept, name).changed() for name in (*SHELVES, *SHEETS)},
        **{f"{name}_gone": numbers(getattr(kept, name).gone()) for name in SHEETS},
        "later": pa.table({"name": pa.array(kept.names.later, pa.string())}),
        "gone": numbers(kept.names.gone),
        "doubts": table_of(DOUBT, [(*ends, *one) for ends, one in kept.doubts.items()]),
        "crowds": table_of(CROWD, [(key, *one) for key, one in kept.crowds.items()]),
        "findings": table_of(FINDING, told),
        "decided": table_of(PAIR, decided),
    }


def kept_again(base: Tables, changes: Tables) -> Kept:
    """From the tables of both."""
    parts: dict[str, Any] = {name: Shelf(base[name], fresh_of(changes[name])) for name in SHELVES}
    for name in SHEETS:
        parts[name] = Sheet(base[name], sheet_of(changes[name], all_of(changes[f"{name}_gone"])))
    told = zip(*(changes["findings"][name].to_pylist() for name in FINDING.names), strict=True)
    return Kept(
        statistics={name: base[f"statistics_{name}"] for name in STATISTICS},
        names=Names(
            base["names"]["name"].combine_chunks(), changes["later"]["name"].to_pylist(), all_of(changes["gone"])
        ),
        doubts={(one, two): Doubt(*rest) for one, two, *rest in rows(changes["doubts"])},
        crowds={key: Crowd(*rest) for key, *rest in rows(changes["crowds"])},
        findings=Findings(tuple(map(Reason, *some)) for some in told),
        decided=Decided(pairs_in(changes["decided"], same=True), pairs_in(changes["decided"], same=False)),
        **parts,
    )


def rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
