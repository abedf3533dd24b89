"""Companies: which records are one, what never is, and why."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reconciler.made import at, contact

from crm_sync.changes import Reason
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import LinkedCompanies, Matching, link_companies
from crm_sync.records import Company, Person, Ref

BY = Matching.of(load_vocabulary().companies, DuckDB(threads=1))
BORN, OLDER = at("2026-01-05 12:00"), at("2025-01-01 00:00")


def company(number: int, name: str | None = None, domain: str | None = None, **said: Any) -> Company:
    return Company(Ref("hubspot", "companies", str(number)), "1", BORN, BORN, name=name, domain=domain, **said)


def account(number: int, name: str | None = None, domain: str | None = None, **said: Any) -> Company:
    made = said.pop("created_at", BORN)
    return Company(Ref("salesforce", "Account", f"001{number}"), "1", made, made, name=name, domain=domain, **said)


def linked(*companies: Company, people: tuple[Person, ...] = (), **given: Any) -> LinkedCompanies:
    person_of = {one.ref: f"p-{one.email}" for one in people}
    return link_companies(companies, given.get("merged", ()), given.get("held", {}), people, person_of, BY)


ONE = [
    (("Grupo ACME S.A. de C.V.", "https://www.acme.com.mx/es", "Mexico"), ("Acme", None, "México")),
    (("Müller & Söhne GmbH", "müller.de", None), ("Mueller Soehne", "xn--mller-kva.de", "DE")),
    (("Ferretería López Hnos.", "linkedin.com/company/x", "MX"), ("FERRETERIA LOPEZ HERMANOS SA", None, "Mexico")),
    (("Ferretería Valdés", None, "ES"), ("Valdés Ferretería, S.L.", None, "España")),
    (("International Business Machines", "ibm.com", "US"), ("IBM", "www.ibm.com", None)),
    (("Tec Milenio", None, None), ("Tecmilenio", None, None)),
    (("Zaragüeta Internacional", None, "Spain"), ("Zaragueta Intl S.A.", None, "ES")),
    (("株式会社トヨタ", None, "JP"), ("トヨタ", None, "Japan")),
    (("ООО Ромашка", None, None), ("Ромашка", None, None)),
    ((None, "acme.com", None), ("Acme Inc.", "www.acme.com", "US")),
    (("Acme México", None, None), ("Acme", "acme.com.mx", "Mexico")),
    (("acme.com.mx", "acme.com.mx", None), ("Acme", None, "MX")),
]
TWO = [
    (("Acme", "acme.com.mx", "Mexico"), ("Acme", "acme.es", "Spain")),
    (("Acme México", "acme.com", None), ("Acme España", "acme.com", None)),
    (("Hospital General", None, "MX"), ("Hospital General", None, "MX")),
    (("Ayuntamiento", "gmail.com", None), ("Ayuntamiento", "gmail.com", None)),
    (("Sucursal Valdés 12", None, "MX"), ("Sucursal Valdés 13", None, "MX")),
    (("Banco de México", None, "MX"), ("Banco", None, "MX")),
    (("Ruiz", "facebook.com/ruiz", "MX"), ("Paz", "facebook.com/paz", "MX")),
    (("Zorba Foods", "zorba.myshopify.com", "US"), ("Kalinka", "kalinka.myshopify.com", "US")),
    (("Kalinka GmbH", None, None), ("Kalinka, S.A. de C.V.", None, None)),
    ((None, None, None), (None, None, None)),
    (("-", None, "MX"), ("n/a", None, "MX")),
]


@pytest.mark.parametrize(("one", "other"), ONE, ids=lambda told: str(told[0])[:30])
def test_what_is_said_differently_is_one_company(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    found = linked(company(1, *one[:2], country=one[2]), account(1, *other[:2], country=other[2]))
    assert len(found.records) == 1


@pytest.mark.parametrize(("one", "other"), TWO, ids=lambda told: str(told[0])[:30])
def test_what_only_looks_alike_is_two_companies(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    found = linked(company(1, *one[:2], country=one[2]), account(1, *other[:2], country=other[2]))
    assert len(found.records) == 2


def test_a_link_says_what_was_found_and_what_it_weighs() -> None:
    found = linked(account(1, "Acme", "acme.mx", created_at=OLDER), company(1, "ACME S.A.", "www.acme.mx"))
    assert [(link.ref.id, link.because) for link in found.links if link.because] == [
        ("1", "same company as Salesforce account 0011: same name (+5.0), same domain (+5.0), same country (+1.0)")
    ]


def test_what_a_crm_says_itself_holds_against_all_evidence() -> None:
    there = account(1, "Beta", "beta.es", country="ES")
    found = linked(company(1, "Acme", "acme.mx", country="MX", same_as=(there.ref,)), there)
    assert len(found.records) == 1
    assert {link.because for link in found.links} == {"", "HubSpot says so in company 1"}


def test_a_record_that_was_merged_away_belongs_to_the_company() -> None:
    gone, here = Ref("salesforce", "Account", "0019"), account(1, "Acme")
    found = linked(company(1, "Beta", same_as=(gone,)), here, merged=((gone, here.ref),))
    assert len(found.records) == 1
    assert found.company_of[gone] == found.company_of[here.ref]


def test_people_in_common_and_their_domain_stand_in_for_a_missing_site() -> None:
    without, there = account(1, "Valdés Norte"), company(1, "Valdés", "valdes.mx")
    people = tuple(contact(number, email=f"{number}@valdes.mx", company=without.ref) for number in (1, 2))
    assert len(linked(without, there, people=people).records) == 1
    assert len(linked(without, there).records) == 2


def test_a_name_of_two_companies_in_one_country_proves_nothing_without_more() -> None:
    rivals = company(1, "Valdés", "valdes.mx", country="MX"), company(2, "Valdés", "grupovds.com", country="MX")
    found = linked(*rivals, account(1, "Valdés", country="MX"))
    assert len(found.records) == 3


def test_what_is_unsure_is_for_a_person_to_look_at() -> None:
    found = linked(company(1, "Acme", "acme.mx"), account(1, "Industrias del Valle Rojo", "acme.mx"))
    told = [("same domain", 5.0), ("another name", -2.0), ("same country", 1.0)]
    assert [(one.one.id, one.other.id, one.compared.evidence) for one in found.reviews] == [
        ("1", "0011", tuple(Reason(*one) for one in told))
    ]
    assert found.reviews[0].compared.before == BY.words.thresholds.bias


def test_what_too_many_share_brings_nobody_together_and_is_listed() -> None:
    many = [company(number, f"Firma {chr(97 + number % 26) * 3}{number}", "portal.mx") for number in range(60)]
    found = linked(*many)
    assert len(found.records) == 60
    assert [one.reason for one in found.set_aside] == ["companies not compared by domain: 60 records share portal.mx"]


def test_fifty_thousand_records_without_a_name_are_no_trouble() -> None:
    found = linked(*(company(number, "N/A", "http://") for number in range(50_000)))
    assert len(found.records) == 50_000


def test_odd_texts_are_read_without_a_stumble() -> None:
    odd = ["\x00", "🦊" * 40, "شركة أكمي", "a" * 100_000, "S.A. de C.V.", "&", "..", "https://", "http://[::1]/", "@@"]
    found = linked(*(company(place, text, text, phone=text, city=text, country=text) for place, text in enumerate(odd)))
    assert len(found.links) == len(odd)


def test_an_id_stays_when_companies_join_and_when_they_fall_apart() -> None:
    one, two = company(1, "Acme", "acme.mx"), account(1, "Beta")
    apart = linked(one, two)
    held = {link.ref: link.company_id for link in apart.links}
    joined = linked(replace(one, same_as=(two.ref,)), two, held=held)
    (kept,) = joined.records
    assert kept in held.values()
    again = linked(one, two, held={link.ref: link.company_id for link in joined.links})
    assert kept in again.records
    assert len(again.records) == 2


WORDS = st.sampled_from(["Acme", "Valdés", "Norte", "Hospital General", "Kalinka 1", "Kalinka 2", "Zorba"])
COMPANIES = st.lists(
    st.builds(
        lambda name, form, domain, country, city, crm: (name + form if name else None, domain, country, city, crm),
        st.none() | WORDS,
        st.sampled_from(["", " S.A. de C.V.", " GmbH"]),
        st.sampled_from([None, "acme.mx", "acme.es", "valdes.com", "gmail.com"]),
        st.sampled_from([None, "MX", "Spain"]),
        st.sampled_from([None, "León", "Madrid"]),
        st.sampled_from([company, account]),
    ),
    max_size=12,
)


def made(told: list[tuple[Any, ...]]) -> list[Company]:
    return [
        crm(place, name, domain, country=country, city=city)
        for place, (name, domain, country, city, crm) in enumerate(told)
    ]


@settings(max_examples=25)
@given(COMPANIES, st.randoms())
def test_the_order_of_companies_makes_no_difference(told: list[tuple[Any, ...]], chance: Random) -> None:
    companies = made(told)
    assert linked(*chance.sample(companies, len(companies))) == linked(*companies)


@settings(max_examples=25)
@given(COMPANIES)
def test_no_company_stands_at_two_domains_in_two_countries(told: list[tuple[Any, ...]]) -> None:
    for records in linked(*made(told)).records.values():
        at_site = {(BY.sites.of_site(one.domain), one.country) for one in records if one.country}
        told_sites = {(site, country) for site, country in at_site if site}
        assert all(a[0] == b[0] or a[1] == b[1] for a in told_sites for b in told_sites)


@settings(max_examples=25)
@given(COMPANIES)
def test_the_same_companies_keep_their_ids(told: list[tuple[Any, ...]]) -> None:
    companies = made(told)
    first = linked(*companies)
    again = linked(*companies, held={link.ref: link.company_id for link in first.links})
    assert again.links == first.links
