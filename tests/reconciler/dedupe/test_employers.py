"""Whom a person works for: the CRM's tie, then the e-mail's domain, then the name."""

from __future__ import annotations

from dataclasses import replace

from tests.reconciler.dedupe.test_companies import BORN, BY, OLDER, account, company, linked
from tests.reconciler.made import contact, deal, lead

from crm_sync.changes import Employer
from crm_sync.reconciler.dedupe.companies import employers_of
from crm_sync.records import Company, Deal, Person, Ref


def employer(person: Person, *companies: Company, deals: tuple[Deal, ...] = ()) -> tuple[str, Employer] | None:
    """The ref id of the oldest record of the person's company, and the answer."""
    found = linked(*companies)
    answers = employers_of((person,), found, deals, BY)
    return (found.records[answers[0].company_id][0].ref.id, answers[0]) if answers else None


ACME, BETA = company(1, "Acme", "acme.mx"), company(2, "Beta", "beta.mx")


def test_the_tie_of_the_crm_comes_first() -> None:
    found = employer(contact(1, email="ana@acme.mx", company=BETA.ref), ACME, BETA)
    assert found
    assert (found[0], found[1].because) == ("2", "HubSpot ties it to company 2")


def test_then_the_domain_of_the_address() -> None:
    found = employer(lead(1, email="ana@mail.acme.mx", company_name="Beta"), ACME, BETA)
    assert found
    assert (found[0], found[1].because) == ("1", "writes from acme.mx")


def test_then_the_name_in_the_same_country() -> None:
    spain = account(3, "Beta", "beta.es", country="ES")
    found = employer(lead(1, email="ana@gmail.com", company_name="BETA, S.A.", country="España"), ACME, BETA, spain)
    assert found
    assert (found[0], found[1].because) == ("0013", "names BETA, S.A.")


def test_free_mail_and_generic_names_say_nothing() -> None:
    generic = company(3, "Hospital General", "gmail.com")
    assert employer(lead(1, email="ana@gmail.com", company_name="Hospital General"), generic) is None


def test_of_two_companies_at_one_domain_the_one_in_the_same_country_is_taken_and_the_other_named() -> None:
    one = company(1, "Acme México", "acme.com")
    two = account(2, "Acme España", "acme.com")
    found = employer(lead(1, email="ana@acme.com", country="ES"), one, two)
    assert found
    assert (found[0], found[1].because) == ("0012", "writes from acme.com: of 2 companies the one in the same country")
    assert len(found[1].others) == 1


def test_then_the_one_with_an_open_deal_then_the_oldest() -> None:
    one, two = company(1, "Acme México", "acme.com"), account(2, "Acme España", "acme.com", created_at=OLDER)
    selling = deal(Ref("hubspot", "deals", "1"), company=one.ref)
    person = lead(1, email="ana@acme.com")
    with_deal, without = employer(person, one, two, deals=(selling,)), employer(person, one, two)
    assert with_deal
    assert without
    assert with_deal[1].because == "writes from acme.com: of 2 companies the one with an open deal"
    assert without[1].because == "writes from acme.com: of 2 companies the oldest"
    assert (with_deal[0], without[0]) == ("1", "0012")
    lost = employer(person, one, two, deals=(replace(selling, state="lost", closed_at=BORN),))
    assert lost == without
