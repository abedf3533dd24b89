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
from crm_sync.records import Company, Decision, Person, Ref

BY = Matching.of(load_vocabulary().companies, DuckDB(threads=1))
BORN, OLDER = at("2026-01-05 12:00"), at("2025-01-01 00:00")


def company(number: int, name: str | None = None, domain: str | None = None, **said: Any) -> Company:
    return Company(Ref("hubspot", "companies", str(number)), "1", BORN, BORN, name=name, domain=domain, **said)


def account(number: int, name: str | None = None, domain: str | None = None, **said: Any) -> Company:
    made = said.pop("created_at", BORN)
    return Company(Ref("salesforce", "Account", f"001{number}"), "1", made, made, name=name, domain=domain, **said)


def linked(*companies: Company, people: tuple[Person, ...] = (), **given: Any) -> LinkedCompanies:
    person_of = {one.ref: f"p-{one.email}" for one in people}
    more = given.get("merged", ()), given.get("held", {})
    return link_companies(companies, *more, people, person_of, BY, given.get("decisions", ()))


def decided(number: int, one: Company, other: Company, *, same: bool) -> Decision:
    ends = sorted((one.ref, other.ref))
    return Decision(number, ends[0], ends[1], same, "ana", BORN, about="company")


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


def test_fifty_thousand_records_at_one_domain_with_one_phone_are_skipped_and_listed() -> None:
    many = (
        company(number, f"Firma {number}", "portal.mx", phone="+52 55 4823 9071", country="MX")
        for number in range(50_000)
    )
    found = linked(*many)
    assert len(found.records) == 50_000
    assert [one.reason for one in found.set_aside] == [
        "companies not compared by domain: 50000 records share portal.mx",
        "companies not compared by phone: 50000 records share +525548239071",
    ]


def test_a_note_of_ten_megabytes_in_the_name_is_read_as_far_as_a_name_goes() -> None:
    note = "Acme " * (2 * 1024 * 1024)
    assert len(linked(company(1, note, "acme.mx"), account(1, note, "acme.mx")).records) == 1


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


def test_what_was_decided_outweighs_a_crm_and_all_evidence() -> None:
    one, two = company(1, "Acme", "acme.mx"), account(1, "Acme", "acme.mx")
    other = account(2, "Kalinka", "kalinka.de", country="DE", same_as=(one.ref,))
    found = linked(one, two, other, decisions=(decided(1, one, two, same=False), decided(2, one, other, same=False)))
    assert len(found.records) == 3
    assert found.reviews == ()
    joined = linked(two, replace(other, same_as=()), decisions=(decided(3, two, other, same=True),))
    assert len(joined.records) == 1
    because = {link.because for link in joined.links if link.because}
    assert because == {f"ana decided on {BORN:%Y-%m-%d} that it is Salesforce account 0011"}


def test_of_two_decisions_about_one_pair_the_later_one_holds() -> None:
    one, two = company(1, "Acme"), account(1, "Beta")
    again = (decided(1, one, two, same=False), decided(2, one, two, same=True))
    assert len(linked(one, two, decisions=again).records) == 1
    assert len(linked(one, two, decisions=again[:1]).records) == 2


def test_decisions_that_contradict_each_other_are_listed_and_keep_records_apart() -> None:
    one, two, three = company(1, "Acme"), account(1, "Beta"), company(2, "Kalinka")
    made = (
        decided(1, one, two, same=True), decided(2, two, three, same=True), decided(3, one, three, same=False),
    )  # fmt: skip
    found = linked(one, two, three, decisions=made)
    assert found.company_of[one.ref] != found.company_of[three.ref]
    assert [(aside.ref, aside.reason) for aside in found.set_aside] == [
        (one.ref, "decision 3 keeps it apart from HubSpot company 2, others make them one company")
    ]


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


@st.composite
def companies_with_decisions(draw: st.DrawFn) -> tuple[list[Company], list[Decision]]:
    companies = made(draw(COMPANIES))
    if len(companies) < 2:
        return companies, []
    ends = st.lists(st.sampled_from(companies), min_size=2, max_size=2, unique_by=lambda one: one.ref)
    drawn = draw(st.lists(st.tuples(ends, st.booleans()), max_size=6))
    return companies, [decided(number, *pair, same=same) for number, (pair, same) in enumerate(drawn, 1)]


@settings(max_examples=40)
@given(companies_with_decisions())
def test_two_are_never_one_and_one_is_one_unless_another_decision_says_so(
    told: tuple[list[Company], list[Decision]],
) -> None:
    companies, decisions = told
    found = linked(*companies, decisions=decisions)
    last = {(one.one, one.other): one for one in decisions}
    for (one, other), decision in last.items():
        together = found.company_of[one] == found.company_of[other]
        assert not together if not decision.same else together or not all(d.same for d in last.values())
    assert not {(one.one, one.other) for one in found.reviews} & set(last)


@settings(max_examples=25)
@given(companies_with_decisions())
def test_taking_every_decision_back_restores_what_was(told: tuple[list[Company], list[Decision]]) -> None:
    companies, decisions = told
    before = linked(*companies)
    held = {link.ref: link.company_id for link in before.links}
    meanwhile = linked(*companies, held=held, decisions=decisions)
    after = linked(*companies, held={link.ref: link.company_id for link in meanwhile.links})
    assert groups(after) == groups(before)


def groups(found: LinkedCompanies) -> set[frozenset[Ref]]:
    return {frozenset(one.ref for one in records) for records in found.records.values()}


@settings(max_examples=40)
@given(companies_with_decisions(), st.lists(st.sampled_from(range(12)), max_size=4))
def test_an_id_leads_to_a_company_for_good_whatever_joins_and_falls_apart(
    told: tuple[list[Company], list[Decision]], lost: list[int]
) -> None:
    """The oldest record of a company keeps its id; who knew a company by another one is led to where a record went."""
    companies, decisions = told
    first = linked(*companies, decisions=decisions)
    held = {link.ref: link.company_id for link in first.links}
    left = [one for place, one in enumerate(companies) if place not in lost]
    second = linked(*left, held=held)
    now = {link.ref: link.company_id for link in second.links}
    assert len(set(now.values())) == len(second.records)
    for company_id, records in second.records.items():
        claims = [held[one.ref] for one in records]
        older = [claim for claim in claims if claim == company_id]
        taken = {other for other in second.records if other != company_id}
        assert older or set(claims) <= taken  # a new id only where others hold all that its records had
    forwards = {old: now[ref] for ref, old in held.items() if ref in now and old not in now.values()}
    assert all(new in second.records for new in forwards.values())
