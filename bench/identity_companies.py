"""How well and how fast companies are matched: `python -m bench.identity_companies [--sizes 20000]`.

The companies are made up by tests/identity; the truth is shown to nobody but the table. The anchors are what a CRM does
by itself: the same domain is the same company, or the same name is.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.identity.companies import Told, companies
from tests.identity.scores import Scores, scores

from bench.kit import command as command_of
from bench.kit import own_cpu, peak, say, show, sizes_of, table_of
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import Matching, link_companies
from crm_sync.records import Company
from crm_sync.store import Store, open_store
from crm_sync.sync.firms import remembered_firms
from crm_sync.sync.undisturbed import undisturbed

SIZES: Final = (20_000, 100_000)
SEED: Final = 900
NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES: Final = (
    "records", "matcher", "precision", "recall", "F1", "B-cubed F1", "poisoned", "to review", "peak MB",
)  # fmt: skip
COSTS: Final = ("records", "from the beginning", "one changed", "a hundred changed", "nothing changed", "kept on disk")
TOGETHER: Final = 100  # records that change in one batch


def main() -> None:
    asked = command_of("How well and how fast companies are matched.", SIZES, "records", full="a minute").parse_args()
    rows, costs = [], []
    for size in sizes_of(asked):
        say(f"{size:,} companies")
        told = companies(size, SEED)
        rows += measured(told)
        costs.append(cost(told))
    show(table_of("Matching companies against the truth", NAMES, rows, words=2))
    show(table_of("What it costs in a sync, in seconds of the processor", COSTS, costs))


def measured(told: Told) -> list[tuple[str, ...]]:
    by = Matching.of(load_vocabulary().companies, DuckDB())
    linked = link_companies(told.companies, (), {}, told.people, told.person_of, by)
    ours = [linked.company_of[one.ref] for one in told.companies]
    return [
        line(told, "crm-sync", ours, str(len(linked.reviews)), f"{peak():.0f}"),
        line(told, "same domain", [by.sites.of_site(one.domain) or one.ref for one in told.companies]),
        line(told, "same name", [as_typed(one) for one in told.companies]),
    ]


def cost(told: Told) -> tuple[str, ...]:
    """A sync from the beginning, one after a single record changed, one after a hundred did and one after nothing did;
    each reads what was kept and tells all links."""
    one, hundred = edited(told.companies, 1), edited(told.companies, TOGETHER)
    with TemporaryDirectory() as place:
        store = open_store(f"sqlite:///{place}/bench.db")
        kept = Path(place) / "kept"
        found = [planned(told, firms, kept, store) for firms in (told.companies, one, hundred, hundred)]
        store.close()
        disk = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file())
    return (f"{len(told.companies):,}", *(f"{seconds:.2f}" for seconds in found), f"{disk / 1e6:.0f} MB")


def edited(companies: Sequence[Company], count: int) -> list[Company]:
    """The first ones are called as others are."""
    firms = list(companies)
    for place in range(count):
        firms[place] = replace(firms[place], name=firms[-1 - place].name)
    return firms


def planned(told: Told, firms: Sequence[Company], place: Path, store: Store) -> float:
    by = Matching.of(load_vocabulary().companies, DuckDB())
    firms = sorted(firms, key=lambda one: one.ref)  # as a store hands them out
    began = own_cpu()
    with undisturbed(), remembered_firms(place, store) as kept:
        link_companies(firms, (), {}, told.people, told.person_of, by, (), kept, NOW)
    return own_cpu() - began


def as_typed(company: Company) -> Hashable:
    return company.name.casefold() if company.name else company.ref


def line(told: Told, matcher: str, groups: Sequence[Hashable], *rest: str) -> tuple[str, ...]:
    one: Scores = scores(groups, [told.truth[company.ref] for company in told.companies])
    figures = (f"{value:.4f}" for value in (one.precision, one.recall, one.f1, one.b_cubed))
    return (f"{len(told.companies):,}", matcher, *figures, f"{one.poisoned:.2%}", *(rest or ("", "")))


if __name__ == "__main__":
    main()
