"""Keys: what makes two records one person, and what never does."""

from __future__ import annotations

import pytest

from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.countries import region_of
from crm_sync.reconciler.dedupe.keys import email_key, phone_key

ROLES = load_vocabulary().identity.words.role_mailboxes


@pytest.mark.promise("addresses", crm="every")
@pytest.mark.parametrize("address", ["ana@x.com", " ANA@X.com ", "ana+fair@x.com", "Ana@x.com\t"])
def test_an_address_is_the_same_in_any_case_with_spaces_and_with_a_tag(address: str) -> None:
    assert email_key(address, ROLES) == "ana@x.com"


@pytest.mark.parametrize("address", [None, "", "ana", "@x.com", "a@b@x.com", "ana@localhost", "+tag@x.com"])
def test_what_is_no_address_is_no_key(address: str | None) -> None:
    assert email_key(address, ROLES) is None


@pytest.mark.parametrize("address", ["info@x.com", "VENTAS@x.com", "sales+mx@x.com", "contacto@x.com", "soporte@x.com"])
def test_role_mailboxes_never_link(address: str) -> None:
    assert email_key(address, ROLES) is None


@pytest.mark.promise("numbers", crm="every")
@pytest.mark.parametrize(
    "written",
    [
        "+52 55 5123 4567",
        "+52 1 55 5123 4567",
        "55 5123 4567",
        "(55) 5123-4567",
        "044 55 5123 4567",
        "5551234567 ext. 12",
    ],
)
def test_a_mexican_number_is_one_number_in_old_and_new_forms(written: str) -> None:
    assert phone_key(written, "México") == "+525551234567"


@pytest.mark.promise("numbers", crm="every")
def test_an_argentine_mobile_is_the_same_from_abroad_and_at_home() -> None:
    forms = ["+54 9 11 2345 6789", "+54 11 2345-6789", "011 15 2345 6789"]
    assert {phone_key(form, "Argentina") for form in forms} == {"+541123456789"}


def test_an_italian_number_keeps_its_zero() -> None:
    assert phone_key("06 6982 1234", "Italia") == "+390669821234"


def test_without_a_country_only_international_numbers_count() -> None:
    assert phone_key("55 5123 4567", None) is None
    assert phone_key("55 5123 4567", "Ruritania") is None
    assert phone_key("+34 612 34 56 78", None) == "+34612345678"


def test_what_is_no_number_is_no_key() -> None:
    assert phone_key("call me", "MX") is None
    assert phone_key("000", "MX") is None


@pytest.mark.parametrize("country", ["MX", "mx", "Mexico", " méxico ", "MEX"])
def test_a_country_is_known_by_name_and_code_in_both_languages(country: str) -> None:
    assert region_of(country) == "MX"


@pytest.mark.parametrize(
    ("country", "region"), [("España", "ES"), ("U.S.A.", None), ("EE. UU.", "US"), ("Alemania", "DE")]
)
def test_countries_that_are_not_listed_are_not_guessed(country: str, region: str | None) -> None:
    assert region_of(country) == region
