"""The diagnosis: four symptoms from data as they are, and what the data do not tell is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from tests.reports.handing import EVA, LUIS, NOW, call, contact, form, june, lead, told, touch, visit

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.records import Campaign, Deal, Person, Record, Ref
from crm_sync.reports.diagnosis import Diagnosis, Measure, diagnose
from crm_sync.reports.relations import rows
from crm_sync.store import Store, open_store

Tell = Callable[..., Diagnosis]


@pytest.fixture
def tell(tmp_path: Path, engine: DuckDB, vocabulary: Vocabulary) -> Iterator[Tell]:
    store: Store = open_store(f"sqlite:///{tmp_path}/diagnosis.db")

    def tell(*records: Iterable[Record]) -> Diagnosis:
        return diagnose(told(store, engine, vocabulary, *records), engine, vocabulary, NOW)

    yield tell
    store.close()


def measure(found: Diagnosis, symptom: str, name: str) -> Measure:
    (one,) = (one for one in found.symptoms if one.name == symptom)
    (two,) = (two for two in one.measures if two.name == name)
    return two


def spring(cost: str | None, number: int = 1) -> Campaign:
    amount = Decimal(cost) if cost else None
    return Campaign(Ref("hubspot", "campaigns", str(number)), "1", NOW, NOW, name=f"Spring {number}", cost=amount)


def won(number: int, *people: int) -> Deal:
    return Deal(
        Ref("hubspot", "deals", str(number)), "1", june(9), june(10), name=f"Deal {number}", state="won",
        currency="USD", amount=Decimal("100.00"), closed_at=june(10), people=tuple(contact(one) for one in people),
    )  # fmt: skip


def response(number: int, campaign: Campaign) -> Record:
    return replace(
        touch(number, "CampaignMember", f"m{number}", june(2), HasResponded="true"),
        source="Email",
        campaign=campaign.ref,
    )


def test_nothing_read_is_unknown_in_everything_and_healthy_in_nothing(tell: Tell) -> None:
    found = tell()
    assert [(one.score, one.level) for one in found.symptoms] == [(None, "unknown")] * 4
    assert all(one.count is None and one.unknown for symptom in found.symptoms for one in symptom.measures)
    assert (found.money.spent, found.money.returned, found.money.per_unit) == (None, None, None)


def test_a_cost_that_nobody_entered_is_unknown_not_zero(tell: Tell) -> None:
    found = tell([spring(None)], lead(1, "Ana", june(8)), [response(1, spring(None))])
    assert found.money.spent is None
    assert (measure(found, "cost", "no_return").count, measure(found, "cost", "no_return").unknown) == (None, "cost")
    assert (measure(found, "cost", "no_cost").count, measure(found, "cost", "no_cost").of) == (1, 1)


def test_a_dollar_in_tells_what_comes_out(tell: Tell) -> None:
    """The first campaign earned a deal of 100 for 50, the second cost 30 and earned nothing, the third met nobody."""
    found = tell(
        [spring("50"), spring("30", 2), spring("20", 3)],
        lead(1, "Ana", june(8)), lead(2, "Bruno", june(8)), [response(1, spring("50")), response(2, spring("30", 2))],
        [won(1, 1)],
    )  # fmt: skip
    assert (found.money.spent, found.money.returned, found.money.per_unit) == (Decimal(100), Decimal(100), Decimal(1))
    barren = measure(found, "cost", "no_return")
    assert (barren.count, barren.of, [one.name for one in barren.examples]) == (1, 2, ["Spring 2"])


def test_won_deals_without_a_source_are_counted_with_their_records(tell: Tell) -> None:
    people = [one for number in range(1, 6) for one in lead(number, f"Ana{number}", june(8))]
    found = measure(
        tell(people, [visit(1, june(2))], [won(number, number) for number in range(1, 6)]), "cost", "no_source"
    )
    assert (found.count, found.of, found.score) == (4, 5, 100.0)  # from a half on it is as bad as can be
    assert found.examples[0].refs == ("hubspot:deals:2",)


def test_a_score_grows_with_the_share_up_to_the_full_one(tell: Tell) -> None:
    """One of ten records is a duplicate: half of the share of a fifth at which it counts in full."""
    people = [one for number in range(1, 10) for one in lead(number, f"Ana{number}", june(8))]
    again = Person(contact(10), "1", june(1), june(1), email="ana1@x1.example", first_name="Ana1", last_name="Ruiz1")
    found = tell(people, [again])
    records = measure(found, "duplicates", "records")
    assert (records.count, records.of, records.score) == (1, 10, 50.0)
    assert records.examples[0].refs == ("hubspot:contacts:1", "hubspot:contacts:10")
    assert found.symptoms[1].score == 50.0
    assert found.symptoms[1].level == "act"


def test_fewer_than_five_cases_show_and_score_nothing(tell: Tell) -> None:
    found = measure(tell(lead(1, "Ana", june(8)), [call(2, june(9))], lead(2, "Bruno", june(8))), "black_hole", "lost")
    assert (found.count, found.of, found.score, found.unknown) == (1, 2, None, "few")


def test_silence_proves_nothing_where_no_work_of_sales_is_to_be_seen(tell: Tell) -> None:
    unseen = measure(tell(*(lead(number, f"Ana{number}", june(8)) for number in range(1, 7))), "black_hole", "lost")
    assert (unseen.count, unseen.unknown) == (None, "activities")
    seen = measure(tell([call(1, june(9))]), "black_hole", "lost")
    assert (seen.count, seen.of, seen.score) == (5, 6, 100.0)


def test_content_is_unknown_where_no_form_was_read_at_all(tell: Tell) -> None:
    people = [one for number in range(1, 6) for one in lead(number, f"Ana{number}", june(8))]
    assert measure(tell(people), "handoff", "no_content").unknown == "content"
    found = measure(tell([form(1, june(2))]), "handoff", "no_content")
    assert (found.count, found.of, found.unknown) == (4, 5, "")


def test_rejections_count_by_their_reason(tell: Tell) -> None:
    from tests.reports.handing import status

    people = [one for number in range(1, 6) for one in lead(number, f"Ana{number}", june(8))]
    out = [status(number, june(9), "UNQUALIFIED") for number in range(1, 6)]
    reason = lead(1, "Ana1", june(8), close_reason="no_budget")
    found = measure(tell(people, out, reason), "black_hole", "no_reason")
    assert (found.count, found.of, found.score) == (4, 5, 100.0)


def test_two_reps_on_one_person_are_a_pursuit(tell: Tell) -> None:
    twin = Person(
        contact(2), "1", june(1), june(1), email="ana@x1.example", first_name="Ana", last_name="Ruiz1", owner=EVA.ref
    )
    found = measure(
        tell(lead(1, "Ana", june(8)), [twin, call(1, june(9)), call(1, june(10), EVA)]), "duplicates", "pursuits"
    )
    assert (found.count, found.of) == (1, 1)
    assert found.examples[0].detail in (f"{EVA.name} / {LUIS.name}", f"{LUIS.name} / {EVA.name}")


def test_an_id_with_a_space_is_one_id(engine: DuckDB) -> None:
    refs = ["files:person:A 1", "files:person:B"]
    tables = {
        "holdings": pa.table({"person_id": ["p-1"], "duplicates": [1]}),
        "known": pa.table({"person_id": ["p-1"], "name": ["Ana"]}),
        "links": pa.table({"person_id": ["p-1"] * 2, "ref": refs}),
    }
    [found] = rows(engine, "diagnosis", "held_twice", tables)
    assert found["refs"] == refs
