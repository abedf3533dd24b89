"""Survivorship: one value for each field, by the rule of the table, with the record and the reason."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reconciler.conftest import Planner
from tests.reconciler.made import at, contact, lead

from crm_sync.mappings import Survives
from crm_sync.reconciler.survivorship import Said, survivor
from crm_sync.records import Company, Ref

OLD, MIDDLE, NEW = (at(f"202{year}-01-01 00:00") for year in (3, 4, 5))
ONE, TWO, THREE = Ref("salesforce", "Contact", "003"), Ref("salesforce", "Lead", "00Q"), Ref("hubspot", "contacts", "1")
SAID = (Said(ONE, OLD, "ana maría ruiz"), Said(TWO, MIDDLE, "Ana Ruiz"), Said(THREE, NEW, "Ana"))


def words(said: Said) -> int:
    return len(said.value.split())


@pytest.mark.parametrize(
    ("rule", "ref", "because"),
    [
        (Survives(rule="most_complete"), ONE, "the most complete of 3 records"),
        (Survives(rule="newest"), THREE, "the newest of 3 records"),
        (Survives(rule="first"), ONE, "the oldest of 3 records"),
        (Survives(rule="crm_of_record", crm="salesforce"), TWO, "Salesforce decides"),
        (Survives(rule="crm_of_record", crm="files"), THREE, "the newest of 3 records: files says nothing"),
        (
            Survives(rule="most_trusted", order=("files", "salesforce:Contact")),
            ONE,
            "Salesforce Contact is trusted most",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_rule_decides_and_says_so(rule: Survives, ref: Ref, because: str) -> None:
    found = survivor("name", rule, SAID, words)
    assert found
    assert (found.ref, found.because) == (ref, because)


def test_who_says_nothing_never_wins() -> None:
    assert survivor("name", Survives(rule="newest"), (), words) is None
    only = survivor("name", Survives(rule="crm_of_record", crm="salesforce"), SAID[2:], words)
    assert only
    assert (only.value, only.because) == ("Ana", "no other record says anything")


def test_when_all_agree_that_is_the_reason() -> None:
    same = tuple(one._replace(value=value) for one, value in zip(SAID, ("ANA", "Ana", "ana"), strict=True))
    found = survivor("name", Survives(rule="newest"), same, words)
    assert found
    assert (found.value, found.because) == ("ana", "3 records say so")


RULES = st.sampled_from(
    [
        Survives(rule="most_complete"),
        Survives(rule="newest"),
        Survives(rule="first"),
        Survives(rule="crm_of_record", crm="hubspot"),
        Survives(rule="most_trusted", order=("salesforce:Lead", "hubspot")),
    ]
)


@given(RULES, st.lists(st.sampled_from(SAID), max_size=3, unique=True), st.randoms())
def test_the_order_of_records_makes_no_difference(rule: Survives, said: list[Said], chance: Random) -> None:
    assert survivor("name", rule, said, words) == survivor("name", rule, chance.sample(said, len(said)), words)


def test_a_person_keeps_every_value_with_its_record(plan: Planner) -> None:
    (known,) = plan(
        people=(
            contact(
                1, email="ana@x.mx", first_name="Ana", last_name="Ruiz", title="Buyer", country="MX", created_at=OLD
            ),
            lead(1, email="ana@x.mx", first_name="Ana", phones=("123", "+525512345678"), title="CEO", created_at=NEW),
        )
    ).known
    assert [(one.field, one.value, one.ref.id) for one in known.golden] == [
        ("name", "Ana Ruiz", "1"), ("email", "ana@x.mx", "00Q1"), ("phone", "+525512345678", "00Q1"),
        ("title", "CEO", "00Q1"), ("country", "MX", "1"),
    ]  # fmt: skip


def test_a_company_keeps_every_value_and_gives_its_people_its_name(plan: Planner) -> None:
    one = Company(Ref("hubspot", "companies", "1"), "1", OLD, OLD, name="Acme", domain="acme.mx", city="León")
    two = Company(
        Ref("salesforce", "Account", "001"), "1", NEW, NEW, name="ACME S.A.", domain="linkedin.com/acme", country="MX"
    )
    found = plan(people=(contact(1, company=one.ref),), companies=(one, two))
    (company,), (known,) = found.companies, found.known
    assert [(value.field, value.value, value.ref.id) for value in company.golden] == [
        ("name", "ACME S.A.", "001"), ("domain", "acme.mx", "1"), ("city", "León", "1"), ("country", "MX", "001"),
    ]  # fmt: skip
    assert (known.company, known.company_id) == ("ACME S.A.", company.company_id)
