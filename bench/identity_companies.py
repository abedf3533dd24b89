"""How well and how fast companies are matched: `python -m bench.identity_companies [--sizes 20000]`.

The companies are made up by tests/identity; the truth is shown to nobody but the table. The anchors are what a CRM does
by itself: the same domain is the same company, or the same name is.
"""

from __future__ import annotations

import resource
from collections.abc import Hashable, Sequence
from typing import Final

from tests.identity.companies import Told, companies
from tests.identity.scores import Scores, scores

from bench.kit import command as command_of
from bench.kit import say, show, sizes_of, table_of
from crm_sync.clock import stopwatch
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import Matching, link_companies
from crm_sync.records import Company

SIZES: Final = (20_000,)
SEED: Final = 900
NAMES: Final = (
    "records", "matcher", "precision", "recall", "F1", "B-cubed F1", "poisoned", "to review", "seconds", "peak MB",
)  # fmt: skip


def main() -> None:
    asked = command_of("How well and how fast companies are matched.", SIZES, "records", full="a minute").parse_args()
    rows = []
    for size in sizes_of(asked):
        say(f"{size:,} companies")
        rows += measured(companies(size, SEED))
    show(table_of("Matching companies against the truth", NAMES, rows, words=2))


def measured(told: Told) -> list[tuple[str, ...]]:
    by, began = Matching.of(load_vocabulary().companies, DuckDB()), stopwatch()
    linked = link_companies(told.companies, (), {}, told.people, told.person_of, by)
    seconds = stopwatch() - began
    ours = [linked.company_of[one.ref] for one in told.companies]
    peak = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
    return [
        line(told, "crm-sync", ours, str(len(linked.reviews)), f"{seconds:.1f}", peak),
        line(told, "same domain", [by.sites.of_site(one.domain) or one.ref for one in told.companies]),
        line(told, "same name", [as_typed(one) for one in told.companies]),
    ]


def as_typed(company: Company) -> Hashable:
    return company.name.casefold() if company.name else company.ref


def line(told: Told, matcher: str, groups: Sequence[Hashable], *rest: str) -> tuple[str, ...]:
    one: Scores = scores(groups, [told.truth[company.ref] for company in told.companies])
    figures = (f"{value:.4f}" for value in (one.precision, one.recall, one.f1, one.b_cubed))
    return (f"{len(told.companies):,}", matcher, *figures, f"{one.poisoned:.2%}", *(rest or ("", "", "")))


if __name__ == "__main__":
    main()
