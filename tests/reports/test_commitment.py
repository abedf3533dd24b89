"""What quotas ask of marketing, by rates of the table and by those of closed leads, on a past that can be counted."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.reports.story import LUIS, NOW, PLAN, contact, opportunity, verdict

from crm_sync.changes import Credit, Known, Link, Qualification, StageEntry
from crm_sync.engine.duckdb import DuckDB
from crm_sync.errors import ConfigError
from crm_sync.mappings import Commitment, Vocabulary
from crm_sync.records import Deal, Owner, Person
from crm_sync.reports.closed import past
from crm_sync.reports.commitment import GoalPlan, WhatIf, goal_plan
from crm_sync.reports.marketing import marketing_side
from crm_sync.reports.work import capacity_plan, depth_plan
from crm_sync.store import Store, open_store

THEN = datetime(2025, 9, 1, 15, tzinfo=UTC)  # well inside the window that ends with February 2026
LONG_AGO = datetime(2024, 9, 1, 15, tzinfo=UTC)


def lead(
    number: int, source: str, path: list[tuple[str, datetime]], attempts: int = 0, start: datetime = THEN
) -> Known:
    """Luis's lead, handed over at the start, with so many attempts since."""
    judged = replace(
        verdict(f"p-{number}", start, LUIS, "met", "met", "met"),
        attempts=tuple(start + timedelta(minutes=one) for one in range(attempts)),
    )
    band, persona = ("A" if path else None), ("Chief" if path and source == "email" else None)
    met = Qualification("2026-1", start, start, 30 if path else 0, 10, band, persona, (), ())
    history = tuple(StageEntry(stage, at, contact(number), "said so") for stage, at in [("mql", start), *path])
    return Known(
        f"p-{number}", (contact(number),), f"Person {number}", None, None, history[-1].stage, history, LUIS, None,
        source, source, None, None, None, judged, qualifications=(met,),
    )  # fmt: skip


def won(at: datetime) -> list[tuple[str, datetime]]:
    return [("sql", at), ("customer", at)]


LATER = THEN + timedelta(days=30)
# 40 leads by mail, 2 of them customers; 10 by search, 5 of them customers; 4 customers of long ago, outside the window
PEOPLE = (
    *(lead(number, "email", won(LATER) if number < 2 else [], attempts=1) for number in range(40)),
    *(lead(number, "organic_search", won(LATER), attempts=number % 5) for number in range(40, 45)),
    *(lead(number, "organic_search", []) for number in range(45, 50)),
    *(lead(number, "email", won(LATER), start=LONG_AGO) for number in range(50, 54)),
)  # fmt: skip
DEALS = tuple(
    Deal(opportunity(number), "1", THEN, LATER, state="won", amount=Decimal(amount), currency="USD", closed_at=LATER)
    for number, amount in enumerate([1000, 3000, 6000, 6000, 6000, 6000, 6000])
)
FIRST = (0, 1, 40, 41, 42, 43, 44)  # whose touch was the first of each deal
CREDITS = tuple(
    Credit(deal.ref, model, "email", deal.amount or Decimal(0), None, f"p-{person}")
    for deal, person in zip(DEALS, FIRST, strict=True)
    for model in ("first", "last")
)
SEARCH = {"name": "search", "when": {"source": "organic_search"}, "share": "0.5"}


@pytest.fixture(scope="module")
def long_past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('past')}/past.db")
    people = [Person(one.refs[0], "1", THEN, THEN, country="Spain") for one in PEOPLE]
    records = [*people, *DEALS, Owner(LUIS, "1", THEN, name="Luis Mora", email="luis@acme.test", team="North")]
    store.save_page("hubspot", "contacts", records, cursor="end", horizon=NOW, fetched=len(records))
    run_id = store.start_run("sync", NOW)
    links = tuple(Link(one.refs[0], one.person_id) for one in PEOPLE)
    store.save_plan(run_id, replace(PLAN, known=PEOPLE, links=links, credits=CREDITS, unmapped=(), set_aside=()))
    store.finish_run(run_id, "done", {}, NOW)
    yield store
    store.close()


@pytest.fixture
def asked(long_past: Store, engine: DuckDB, vocabulary: Vocabulary) -> Asked:
    return Asked(long_past, engine, vocabulary)


class Asked:
    """The reports over that past, with lines of commitment.toml changed: `customer={...}` changes those keys."""

    def __init__(self, store: Store, engine: DuckDB, vocabulary: Vocabulary) -> None:
        self.store, self.engine, self.vocabulary = store, engine, vocabulary

    def using(self, **said: Any) -> Vocabulary:
        table = self.vocabulary.commitment.model_dump()
        for name, value in {"closed": {"least": 5}, **said}.items():
            table[name] = {**table[name], **value} if isinstance(value, dict) else value
        return replace(self.vocabulary, commitment=Commitment.model_validate(table))

    def plan(self, *given: Any, **said: Any) -> GoalPlan:
        return goal_plan(self.store, self.engine, self.using(**said), NOW, *given)

    def depth(self, **said: Any) -> Any:
        using = self.using(**said)
        return depth_plan(past(self.store, self.engine, using, NOW), using)


def test_only_leads_and_deals_of_the_window_tell_rates(asked: Asked) -> None:
    """The CRMs were read at the end of May: its deals are still coming in, leads since the end of March may yet buy."""
    found = past(asked.store, asked.engine, asked.using(), NOW)
    assert str(found.of_leads) == "between 2025-03-01 and 2026-03-01"
    assert str(found.of_deals) == "between 2025-05-01 and 2026-05-01"
    assert found.leads == {"other": (50, 7)}
    assert found.deals == {"other": (7, Decimal(34_000))}


def test_a_rate_of_closed_leads_shows_its_number_and_its_window(asked: Asked) -> None:
    [part] = asked.plan(None, WhatIf(quota=Decimal(100_000))).as_json()["segments"]
    assert part["lead_to_customer"] == {
        "value": 0.14, "source": "closed", "n": 50, "customers": 7, "of": "other",
        "since": "2025-03-01T06:00:00Z", "until": "2026-03-01T06:00:00Z",
    }  # fmt: skip
    assert (part["average_revenue"]["value"], part["average_revenue"]["n"]) == (4857.142857, 7)


def test_the_numbers_of_the_table_give_forty_customers_and_two_thousand_leads(asked: Asked) -> None:
    said = WhatIf(Decimal(100_000), Decimal(2_500), Decimal("0.02"))
    company = asked.plan("2026-11", said).as_json()["company"]
    assert company["customers"] == {"raw": 40.0, "whole": 40}
    assert company["leads"] == {"raw": 2000.0, "whole": 2000}


def test_a_segment_goes_by_its_own_closed_leads_and_by_those_of_all_where_it_has_too_few(asked: Asked) -> None:
    quota = WhatIf(quota=Decimal(120_000))
    own, rest = asked.plan(None, quota, segments=[SEARCH]).parts
    assert [(one.rate.value, one.rate.of) for one in (own, rest)] == [
        (Fraction(1, 2), "search"), (Fraction(1, 20), "other"),
    ]  # fmt: skip
    assert [(one.revenue.value, one.revenue.of) for one in (own, rest)] == [
        (6000, "search"), (Fraction(34_000, 7), None),
    ]  # fmt: skip
    table = {"closed": {"least": 11}, "customer": {"average_revenue": 2_500}}
    few, _ = asked.plan(None, quota, segments=[SEARCH], **table).parts
    assert (few.rate.of, few.rate.n) == (None, 50)


def test_segments_may_go_by_score_band_and_persona(asked: Asked) -> None:
    """The customers were of band A, and two of them of the persona."""
    best = {"name": "best", "when": {"score_band": "a"}, "share": "0.5"}
    chief = {"name": "chief", "when": {"persona": "Chief"}, "share": "0.1"}
    assert past(asked.store, asked.engine, asked.using(segments=[chief, best]), NOW).leads == {
        "chief": (2, 2), "best": (5, 5), "other": (43, 0),
    }  # fmt: skip


def test_levels_hold_the_commitment_of_their_reps(asked: Asked) -> None:
    """Luis is of the North, as his CRM says, and owed 300 a month."""
    quotas = [{"period": "2026-Q2", "company": 30_000, "teams": {"north": 20_000}, "reps": {"Luis@acme.test": 10_000}}]
    found = asked.plan(quotas=quotas, customer={"average_revenue": 2_500, "lead_to_customer": "0.002"})
    company = found.company
    [north, rest] = company.below
    assert (company.line.customers.whole, company.line.leads.whole) == (12, 6000)
    assert [(one.line.level, one.line.leads.whole, one.committed, one.enough) for one in (north, *north.below)] == [
        ("team", 4000, 900, False), ("rep", 2000, 900, False), ("rest", 2000, None, None),
    ]  # fmt: skip
    assert (rest.committed, company.committed) == (None, 900)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"closed": {"least": 60}}, ("average_revenue", "7 won deals", "60 won deals")),
        (
            {"closed": {"least": 60}, "customer": {"average_revenue": 1}},
            ("lead_to_customer", "50 leads with 7", "0.02"),
        ),
    ],
)
def test_a_past_that_tells_nothing_is_an_error_with_a_name(asked: Asked, said: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as refused:
        asked.plan(None, WhatIf(quota=Decimal(1)), **said)
    assert [word for word in ("commitment.toml", *words) if word not in str(refused.value)] == []


def test_without_a_quota_for_today_it_is_told_which_there_are(asked: Asked) -> None:
    with pytest.raises(ConfigError, match=r"no quota for this month; allowed: 2027\. `--quota"):
        asked.plan(quotas=[{"period": "2027", "company": 1}])
    with pytest.raises(ConfigError, match=r"found '2028'; allowed: 2027"):
        asked.plan("2028", quotas=[{"period": "2027", "company": 1}])


def test_everybodys_hours_are_set_against_the_leads_of_the_month(asked: Asked) -> None:
    using = asked.using(reps={"luis@acme.test": {}, "eva@acme.test": {"hours_per_month": 200}})
    found = capacity_plan(marketing_side(asked.store, asked.engine, using, NOW), using).as_json()
    assert [(one["name"], one["committed"]["per_lead"], one["committed"]["feasible"]) for one in found["reps"]] == [
        ("Luis Mora", 2.67, False), ("eva@acme.test", 6.67, True),
    ]  # fmt: skip
    assert found["reps"][0]["committed"]["most_leads"] == 160
    total = found["total"]["committed"]
    assert (total["leads"], total["attempts"], total["feasible"]) == (600, 2800, False)


def test_attempts_are_recommended_by_what_a_segment_is_worth_and_when_people_answered(asked: Asked) -> None:
    """Of seven who went on, two by mail after one attempt; by search one each after 0, 1, 2, 3 and 4."""
    found = asked.depth(segments=[SEARCH], work={"cost_per_attempt": 400})
    assert [round(float(one), 3) for one in found.answers] == [0.429, 0.143, 0.143, 0.143]
    search, other = found.segments
    assert (found.n, float(search.depth.value), search.depth.attempts) == (7, 3000.0, 4)
    assert (search.depth.exempt, other.depth.exempt) == (False, True)


def test_what_is_worth_less_than_the_promise_becomes_a_policy(asked: Asked) -> None:
    iberia = {"name": "iberia", "when": {"region": "iberia", "source": ["email"]}, "average_revenue": 10}
    segments = [SEARCH, iberia, {"name": "fair", "when": {"source": "direct"}, "average_revenue": 100_000}]
    answers = {"answers": ["0.4", "0.2", "0.1", "0.1", "0.1"], "cost_per_attempt": 400}
    found = asked.depth(segments=segments, work=answers, regions={"Iberia": ["Spain", "ES"]})
    policies = tomllib.loads(found.policies)["policies"]
    assert [one["name"] for one in policies] == ["search", "iberia"]
    assert policies[0]["targets"] == {
        "first_attempt": "8bh", "cadence": "2 in 14d", "contact": "24h", "assignment": "1bh",
    }  # fmt: skip
    assert policies[1]["when"] == {"source": ["email"], "country": ["es", "spain"]}
    assert policies[1]["exempt"].startswith("such a lead is worth")


def test_the_policies_are_taken_by_the_table_of_the_promise(asked: Asked, tmp_path: Path) -> None:
    from crm_sync.mappings import load_vocabulary
    from crm_sync.mappings.vocabulary import SHIPPED

    found = asked.depth(segments=[SEARCH], work={"answers": ["0.2", "0.1"], "cost_per_attempt": 500})
    text = (SHIPPED / "sla.toml").read_text(encoding="utf-8")
    (tmp_path / "sla.toml").write_text(text.replace("[[policies]]", f"{found.policies}\n[[policies]]", 1))
    first = load_vocabulary(tmp_path).promise.policies[0][0]
    assert (first.name, [str(one) for one in first.targets]) == ("search", ["8bh", "24h", "1bh"])


def test_answers_need_people_who_went_on(asked: Asked) -> None:
    with pytest.raises(
        ConfigError, match=r"\[work\] answers: found closed, but 7 leads went on between 2025-03-01 and"
    ):
        asked.depth(closed={"least": 8}, customer={"average_revenue": 1, "lead_to_customer": 1})
