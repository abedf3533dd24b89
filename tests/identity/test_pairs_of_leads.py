"""Single cases that people would decide in a second: what is one person, and what is not."""

from __future__ import annotations

import pytest

ANA = {"first_name": "Ana", "last_name": "Ruiz", "email": "ana.ruiz@acme.mx", "company": "Acme"}
#: So that names and companies are as rare as they are among many people.
OTHERS = [
    {"first_name": first, "last_name": last, "email": f"{first}.{last}@{host}", "company": host.split(".")[0]}
    for place, first in enumerate(
        ("Luis", "Marta", "John", "Ivan", "Sofia", "Peter", "Elena", "Oscar", "Julia", "Hugo")
    )
    for last in ("Gomez", "Smith", "Torres", "Baker", "Novak", "Ibarra", "Walsh", "Quiroga", "Peralta", "Dumont")
    for host in [f"company{place}{last.lower()}.com"]
]

ONE = {
    "the same address": ({"email": "ana.ruiz@acme.mx"}, {}),
    "capitals and a tag": ({"email": "ANA.RUIZ+web@acme.mx"}, {"company": None}),
    "accents and a second surname": ({"last_name": "Ruíz Ortega", "email": None}, {}),
    "swapped names": ({"first_name": "Ruiz", "last_name": "Ana"}, {}),
    "a legal form": ({"company": "ACME, S.A. de C.V.", "email": None}, {}),
    "a whole name in one cell": ({"first_name": None, "last_name": None, "full_name": "Ana Ruiz", "email": None}, {}),
    "a mistyped surname at the same company": ({"last_name": "Riuz", "email": None}, {}),
    "a name that only the mailbox tells": ({"first_name": None, "last_name": None, "company": None}, {}),
}  # fmt: skip
TWO = {
    "namesakes of a frequent name at two companies": (
        {"last_name": "Gomez", "email": "ana@north.mx", "company": "North"},
        {"last_name": "Gomez", "email": "ana@south.mx", "company": "South"},
    ),
    "relatives with one phone": (
        {"first_name": "Ana", "phone": "+525512345678", "email": None},
        {"first_name": "Pedro", "phone": "+525512345678", "email": None},
    ),
    "colleagues with a role mailbox": (
        {"first_name": "Ana", "last_name": "Ruiz", "email": "info@acme.mx"},
        {"first_name": "Luis", "last_name": "Vega", "email": "info@acme.mx"},
    ),
    "an address that somebody else got": (
        {"first_name": "Ana", "last_name": "Ruiz", "email": "a.ruiz@acme.mx", "phone": "+525511112222"},
        {"first_name": "Alberto", "last_name": "Castro", "email": "a.ruiz@acme.mx", "phone": "+525533334444"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "before"), ONE.values(), ids=ONE.keys())
def test_one_person(groups, change, before):
    assert groups(ANA | before, ANA | change, *OTHERS) == [{0, 1}]


@pytest.mark.parametrize(("one", "other"), TWO.values(), ids=TWO.keys())
def test_two_people(groups, one, other):
    assert groups(ANA | one, ANA | other, *OTHERS) == []


def test_a_short_form_of_the_name_is_the_same_person(groups):
    bob = {"first_name": "Bob", "last_name": "Whitfield", "company": "Granite", "phone": "(512) 555-0188"}
    assert groups(bob | {"country": "US"}, bob | {"first_name": "Robert", "phone": "+1 512 555 0188"}, *OTHERS) == [
        {0, 1}
    ]


@pytest.mark.parametrize(
    "typed", ["+52 1 55 1234 5678", "0052 55 1234 5678", "55 1234 5678", "525512345678", "044 55 1234 5678 ext 9"]
)
def test_a_phone_is_the_same_however_it_is_typed(matcher, people, typed):
    told = {"first_name": "Itzel", "last_name": "Zavala", "country": "México"}
    found = matcher(people(told | {"phone": "+525512345678"}, told | {"phone": typed}, *OTHERS))
    assert found.leader.to_pylist()[:2] == [0, 0]
    assert "same phone" in found.links["because"].to_pylist()[0]
