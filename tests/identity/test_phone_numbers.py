"""Numbers of every country: the engine makes of them what the `phonenumbers` library makes of them."""

from __future__ import annotations

import random

import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.keys import phone_key
from crm_sync.reconciler.dedupe.matching import chain

FORMS = {
    "e164": PhoneNumberFormat.E164,
    "abroad": PhoneNumberFormat.INTERNATIONAL,
    "home": PhoneNumberFormat.NATIONAL,
}
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
EACH = 3  # numbers of a kind and country
TRIES = 60

SHORT = "with fewer than eight digits, country included, a number is taken for a placeholder"
RANGES = "the library knows which ranges are in use today; the engine takes what is long enough for a number"
#: Country and form, or country alone, where the engine says another thing than the library, and why that is meant.
DIFFERENT = {
    ("BY", "home"): "Belarus dials 8 and 0 before a number at home; one of the two is taken off",
    **{(region, form): SHORT for region in ("NU", "TA", "TK") for form in FORMS},
    **{(region, form): RANGES for region in ("NF", "SB", "VU") for form in FORMS},
}
#: What was dialled before a number until a reform, with a number of today.
OLD_FORMS = {
    "MX": ("+52 1 55 4823 9071", "0052 1 55 4823 9071", "044 55 4823 9071", "045 55 4823 9071", "01 55 4823 9071"),
    "AR": ("+54 9 11 4823 9071", "+54 11 4823 9071", "011 15-4823-9071", "0341 15-482-9071", "02954 15-48-9071"),
}


def numbers():
    """Region and a valid number, drawn with a seed, so that none ends like an example or a placeholder."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in KINDS:
            model = phonenumbers.example_number_for_type(region, kind)
            dice = random.Random(f"{region} {kind}")
            found = (drawn(model, dice) for _ in range(TRIES)) if model else ()
            valid = [one for one in found if phonenumbers.region_code_for_number(one) == region]
            yield from ((region, one) for one in valid[:EACH])


def drawn(model, dice):
    digits = str(model.national_number)
    made = PhoneNumber()
    made.merge_from(model)
    made.national_number = int(digits[:-4] + "".join(dice.choice("0123456789") for _ in digits[-4:]))
    return made


def cases():
    for region, number in numbers():
        for form, style in FORMS.items():
            typed = phonenumbers.format_number(number, style)
            yield region, form, typed, region
            if form != "home":
                yield region, form, typed, None


@pytest.fixture(scope="module")
def told():
    """Region, form, what was typed, what the library makes of it, and what the engine does."""
    found = list(cases())
    made = asked([(typed, country) for _, _, typed, country in found])
    return [
        (region, form, typed, (phone_key(typed, country) or "").lstrip("+") or None, made.get(place))
        for place, (region, form, typed, country) in enumerate(found)
    ]


def test_numbers_of_every_country_are_what_the_library_says_or_the_difference_is_named(told):
    different = {(region, form) for region, form, _, library, engine in told if library != engine}
    assert different == set(DIFFERENT)
    assert len({region for region, *_ in told}) > 200


def test_old_forms_of_a_number_are_the_number_of_today():
    for region, forms in OLD_FORMS.items():
        for form in forms:
            assert engine_of(form, region) == (phone_key(form, region) or "").lstrip("+"), form


def test_extensions_and_what_stands_between_digits_make_no_difference():
    for typed in ("(55) 4823-9071", "55.4823.9071 ext. 12", "+52 (55) 4823 9071 x7", " 55 4823 9071 # 3"):
        assert engine_of(typed, "Mexico") == "525548239071"


def engine_of(typed, country):
    found = asked([(typed, country)])
    return found.get(0)


def asked(typed):
    """Place → the number that the engine makes of what was typed in a country."""
    rows = [
        {**dict.fromkeys(chain.PEOPLE.names), "rid": place, "source": "x", "emails": [], "phones": [one], "country": of}
        for place, (one, of) in enumerate(typed)
    ]
    tables = chain.told(pa.Table.from_pylist(rows, chain.PEOPLE), load_identity()[0], DuckDB(threads=1))
    return {row["rid"]: row["phone"] for row in tables["telephones"].to_pylist()}
