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
APART = "e-mail told apart by a number or letter at the same domain"
#: What is told of two records of Ana that differ by this.
TOLD = {
    "two initials": ({"first_name": "A."}, {"first_name": "A"}, "initial of the given name"),
    "another number": ({}, {"email": "ana.ruiz2@acme.mx"}, APART),
    "a letter more": ({}, {"email": "ana.ruizt@acme.mx"}, APART),
    "a letter less": ({"email": "ana.ruizt@acme.mx"}, {}, APART),
    "the last letter of the surname left out": ({}, {"email": "ana.rui@acme.mx"}, "e-mail with one letter changed"),
    "the same where only the other tells the surname": (
        {"last_name": None}, {"email": "ana.rui@acme.mx"}, "e-mail with one letter changed",
    ),
    "the last letter of the given name left out": (
        {"email": "ruiz.ana@acme.mx"}, {"email": "ruiz.an@acme.mx"}, "e-mail with one letter changed",
    ),
    "a private address with a letter more": (
        {"email": "anaruiz@gmail.com"}, {"email": "anaruizt@gmail.com"}, "e-mail with one letter changed",
    ),
    "another private number": (
        {"email": "anaruiz84@gmail.com"}, {"email": "anaruiz48@gmail.com"}, "private e-mail with another number",
    ),
    "a dot alone": ({"email": "ana.ruiz@acme.mx"}, {"email": "anaruiz@acme.mx"}, "e-mail with one letter changed"),
    "another letter inside": ({}, {"email": "ana.ruis@acme.mx"}, "e-mail with one letter changed"),
    "another first letter": ({}, {"email": "ina.ruiz@acme.mx"}, "another e-mail at the same domain"),
    "a domain of another country": ({}, {"email": "ana@acme.com"}, "same company name at a similar domain"),
    "a domain below another": ({}, {"email": "ana@ventas.acme.com.mx"}, "same company name at a similar domain"),
    "a domain of another name": ({}, {"email": "ana@bluerock.mx"}, "same company name at another domain"),
    "a name without a domain": (
        {"company": "North"}, {"company": "North", "email": None}, "same company",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "before"), ONE.values(), ids=ONE.keys())
def test_one_person(groups, change, before):
    assert groups(ANA | before, ANA | change, *OTHERS) == [{0, 1}]


@pytest.mark.parametrize(("one", "other"), TWO.values(), ids=TWO.keys())
def test_two_people(groups, one, other):
    assert groups(ANA | one, ANA | other, *OTHERS) == []


@pytest.mark.parametrize(("one", "other", "told"), TOLD.values(), ids=TOLD.keys())
def test_what_is_told_of_two_records(matcher, people, one, other, told):
    found = matcher.compare(people(ANA | one, ANA | other, *OTHERS), 0, 1)
    assert told in found["because"]


@pytest.mark.parametrize("swapped", [False, True])
def test_an_address_that_tells_another_given_name_speaks_against_a_record_that_tells_none(matcher, people, swapped):
    def score(email):
        two = [ANA | {"email": None}, ANA | {"first_name": None, "email": email}]
        return matcher.compare(people(*(reversed(two) if swapped else two), *OTHERS), 0, 1)["score"]

    own, other, longer = (score(f"{given}ruiz@acme.mx") for given in ("a", "h", "alberto"))
    assert own - other > 1
    assert own - longer > 1


def test_half_a_name_at_a_company_whose_name_many_have_proves_less(matcher, people):
    def score(name):
        two = [ANA | {"email": None}, ANA | {"first_name": None, "email": None}]
        rest = [
            {
                "first_name": "Zoe",
                "last_name": f"Quint{sign}",
                "company": name or f"Firm {sign}",
                "domain": f"{sign}.com",
            }
            for sign in ("north", "south", "east", "west", "inner", "outer", "upper", "lower")
        ]
        return matcher.compare(people(*two, *rest, *OTHERS), 0, 1)["score"]

    assert score("Acme") < score(None)


def test_an_address_in_anothers_name_speaks_for_a_name_that_changed(matcher, people):
    def score(email):
        two = [ANA | {"email": None}, ANA | {"last_name": "Castro", "email": email}]
        return matcher.compare(people(*two, *OTHERS), 0, 1)["score"]

    assert score("ana.ruiz@acme.mx") - score("ana.castro@acme.mx") > 2


def test_one_phone_says_less_of_two_who_work_at_its_company(matcher, people):
    def gain(company):
        lone = {"last_name": None, "email": None}
        one, other = (ANA | lone | {"company": name, "phone": "+525512345678"} for name in ("Acme", company))
        found = (matcher.compare(people(one, two, *OTHERS), 0, 1) for two in (other, other | {"phone": None}))
        with_phone, without = (told["score"] for told in found)
        return with_phone - without

    assert gain("Acme") < gain("Bolt") - 1


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
