"""What is held twice: per source, people whom two reps work at once, companies that may be one, whose lead it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from tests.reports.handing import EVA, LUIS, NOW, call, contact, june, lead, told

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import Vocabulary
from crm_sync.records import Company, Person, Record, Ref
from crm_sync.reports.duplicates import LATELY, Duplicates, duplicates
from crm_sync.store import Store

Tell = Callable[..., Duplicates]


@pytest.fixture
def tell(fresh: Store, engine: DuckDB, vocabulary: Vocabulary) -> Tell:
    def tell(*records: Iterable[Record]) -> Duplicates:
        return duplicates(told(fresh, engine, vocabulary, *records), engine, vocabulary, NOW)

    return tell


def twin(number: int, of: int = 1, **said: Any) -> Person:
    """Another record of the person `of`, which Eva owns."""
    name = {"first_name": "Ana", "last_name": f"Ruiz{of}", "email": f"ana@x{of}.example"}
    return Person(contact(number), "1", june(1), june(1), **{"owner": EVA.ref, **name, **said})


def company(number: int, name: str, domain: str | None = None, **said: Any) -> Company:
    ref = Ref("salesforce", "Account", f"001{number}")
    return Company(ref, "1", june(1), june(1), name=name, domain=domain, **said)


def test_a_person_whom_two_owners_call_is_a_pursuit_with_both_their_records(tell: Tell) -> None:
    found = tell(lead(1, "Ana", june(8)), [twin(2), call(1, june(9)), call(1, june(10), EVA)])
    (pursuit,) = found.pursuits
    reps = [(one.name, one.touches, one.last_at, one.refs) for one in pursuit.pursuers]
    assert reps == [
        (EVA.name, 1, june(10), (str(contact(2)),)),
        (LUIS.name, 1, june(9), (str(contact(1)),)),
    ]


def test_an_owner_who_does_not_call_pursues_nobody(tell: Tell) -> None:
    assert tell(lead(1, "Ana", june(8)), [twin(2), call(1, june(9), EVA)]).pursuits == ()


def test_a_call_of_long_ago_is_no_pursuit(tell: Tell) -> None:
    long_ago = NOW - LATELY - timedelta(days=1)
    assert tell(lead(1, "Ana", june(8)), [twin(2), call(1, june(9), EVA), call(1, long_ago)]).pursuits == ()


def test_duplicates_are_counted_for_the_first_source_and_in_all(tell: Tell) -> None:
    people = [one for number in range(1, 6) for one in lead(number, f"Ana{number}" if number > 1 else "Ana", june(8))]
    found = tell(people, [twin(9)])
    (source,) = found.sources
    assert (source.records, source.duplicates, source.twice) == (6, 1, 1)
    assert source.share == pytest.approx(1 / 6)
    assert (found.total.records, found.total.duplicates) == (6, 1)


def test_a_lead_belongs_to_the_account_of_its_mails_domain_and_two_that_come_into_question_are_named(
    tell: Tell, fresh: Store
) -> None:
    accounts = [company(1, "Acme", "x1.example", country="MX"), company(2, "Beta", "x1.example", country="ES")]
    found = tell(lead(1, "Ana", june(8)), accounts)
    (unsure,) = found.ambiguous
    assert unsure.because == "writes from x1.example: of 2 companies the oldest"
    (known,) = fresh.find_people("Ana")
    assert known.company_id == unsure.company_id


def test_companies_that_may_be_one_are_listed_until_somebody_decides(
    tell: Tell, fresh: Store, engine: DuckDB, vocabulary: Vocabulary
) -> None:
    found = tell([company(1, "Acme", "acme.mx"), company(2, "Industrias del Valle Rojo", "acme.mx")])
    (doubt,) = found.doubts
    assert doubt.because == "same domain (+5.0), another name (-2.0), same country (+1.0)"
    pair = Ref.parse(doubt.ref), Ref.parse(doubt.other)
    fresh.decide(*pair, same=False, by="ana", now=NOW, about="company")
    assert duplicates(fresh, engine, vocabulary, NOW).doubts == ()
