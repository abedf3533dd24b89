"""General lists: people of registries, households and parishes, organisations, other scripts; none of them leads."""

from __future__ import annotations

import csv
from itertools import product
from math import exp

import pyarrow as pa
import pytest

from crm_sync.connectors.files.people import read_people
from crm_sync.mappings.lists import load_list_model
from crm_sync.mappings.vocabulary import SHIPPED
from crm_sync.reconciler.dedupe.lists.match import general, sure_link
from crm_sync.reconciler.dedupe.lists.papers import proofs
from crm_sync.sync.match import as_people, match_file
from tests.identity.lists import KINDS, write
from tests.identity.scores import scores

ROWS = 1_500
LISTS = {"members": 0.93, "registry": 0.95, "voters": 0.88, "parish": 0.93, "scripts": 0.93, "organisations": 0.87}
PERSON = {"first_name": "Ana", "last_name": "Ruiz", "birth_date": "1980-03-14", "city": "Puebla"}


@pytest.fixture
def listed(lister, tmp_path):
    """The file of some rows, matched: the export, and its groups of two and more as sets of ids."""

    def found(*rows):
        file = tmp_path / "list.csv"
        columns = dict.fromkeys(name for row in rows for name in row)
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, ("id", *columns))
            writer.writeheader()
            writer.writerows({"id": str(number), **row} for number, row in enumerate(rows))
        export = read_people(file)
        heads = lister(as_people(export)).leader.to_pylist()
        sets = [{export.rows["id"][at].as_py() for at, one in enumerate(heads) if one == head} for head in set(heads)]
        return sorted(sorted(one) for one in sets if len(one) > 1)

    return found


@pytest.mark.parametrize(("kind", "least"), LISTS.items())
def test_most_of_a_list_is_found_and_hardly_a_group_holds_two(lister, matcher, tmp_path, kind, least):
    file = tmp_path / "list.csv"
    write(file, ROWS, 55, KINDS[kind])
    with file.open(encoding="utf-8", newline="") as text:
        truth = {row["id"]: row["truth"] for row in csv.DictReader(text)}
    found = match_file(file, matcher, lister)
    told = scores(found.links["cluster_id"].to_pylist(), [truth[one] for one in found.links["id"].to_pylist()])
    assert told.f1 > least
    assert told.poisoned <= 0.03
    assert all(found.links["because"].to_pylist()[at] for at, one in enumerate(found.links["score"].to_pylist()) if one)


def crowd(number=60):
    """People of whom nobody is another."""
    givens = ("Luis", "Eva", "Noor", "Ian", "Marta", "Otto", "Sara", "Hugo", "Ines", "Raul")
    names = zip(product(givens, ("Vega", "Sosa", "Lang", "Pereda", "Quinn", "Olmos")), range(number), strict=False)
    for (given, family), day in names:
        born = f"19{50 + day % 45}-0{1 + day % 9}-{10 + day % 18}"
        yield {"first_name": given, "last_name": family, "birth_date": born, "city": f"Town {day % 7}"}


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": "14/03/1980"},
        {"birth_date": "19800314"},
        {"birth_date": "1980-03-15"},
        {"first_name": "Ruiz", "last_name": "Ana"},
        {"first_name": "Anna", "city": ""},
        {"last_name": "Ruis"},
        {"city": "Cholula"},
    ],
)
def test_what_people_mistype_and_write_otherwise_is_the_same_person(listed, other):
    assert listed(PERSON, PERSON | other, *crowd()) == [["0", "1"]]


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": "1952-11-02", "city": "Lima"},
        {"first_name": "Pedro"},
        {"first_name": "Pedro", "birth_date": "1982-07-30"},
        {"first_name": "Ruiz", "last_name": "Otero"},
        {"first_name": "Otero", "last_name": "Ana"},
    ],
)
def test_namesakes_and_brothers_are_two(listed, other):
    assert listed(PERSON, PERSON | other, *crowd()) == []


@pytest.mark.parametrize(
    ("sure", "doubtful", "raised"),
    [(1_500, 0, False), (1_500, 60, False), (1_500, 200, True), (20, 60, False)],
    ids=["none", "some", "many", "few pairs tell nothing"],
)
def test_where_many_pairs_are_doubtful_a_merge_has_to_be_surer(sure, doubtful, raised):
    model = load_list_model(SHIPPED / "identity_lists.toml")
    scores = [9.0] * sure + [1.0 + place / doubtful for place in range(doubtful)] + [-1.0] * 50
    link = sure_link(pa.chunked_array([pa.array(scores, pa.float32())]), model)
    assert (link > model.link) == raised
    linked = [score for score in scores if score >= link]
    expected = sum(1 / (1 + exp(score)) for score in linked)
    assert len(linked) > sure or not doubtful
    assert expected <= model.wrong * len(linked) or not raised


def test_two_national_numbers_that_both_hold_are_two_people_whatever_else_is_the_same(listed):
    one, two = PERSON | {"national_id": "12345678Z"}, PERSON | {"national_id": "87654321X"}
    assert listed(one, two, *crowd()) == []
    assert listed(one, PERSON | {"national_id": "12345678-z"}, *crowd()) == [["0", "1"]]


@pytest.mark.parametrize(
    ("number", "held"),
    [
        ("12345678Z", True),
        ("12345678A", False),
        ("X1234567L", True),
        ("529.982.247-25", True),
        ("529.982.247-26", False),
        ("12.345.678-5", True),
        ("RSSMRA85T10A562S", True),
        ("RSSMRA85T10A562T", False),
        ("900001", False),
        ("", False),
    ],
)
def test_a_national_number_with_a_check_is_known_by_it(number, held):
    assert list(proofs([number])) == [held]


def test_organisations_without_anybody_are_matched_by_name_and_place(listed):
    other = [{"company": f"Talleres {name} {number}", "city": "León"} for number, name in enumerate("ABCDEFGH")]
    one = {"company": "Ferretería Hidalgo S.A. de C.V.", "city": "Puebla"}
    assert listed(one, one | {"company": "FERRETERIA HIDALGO"}, one | {"city": "Tijuana"}, *other)[0][:2] == ["0", "1"]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (("first_name", "last_name", "email", "phone", "company"), False),
        (("first_name", "last_name", "email"), False),
        (("full_name", "city"), True),
        (("first_name", "last_name", "email", "birth_date"), True),
        (("company", "city"), True),
    ],
)
def test_leads_are_told_from_general_lists_by_what_is_filled_in(tmp_path, columns, told):
    file = tmp_path / "list.csv"
    rows = [(one, *"x" * len(columns)) for one in "abc"]
    file.write_text("\n".join(map(",".join, [("id", *columns), *rows])))
    assert general(as_people(read_people(file))) is told


def test_nobody_and_one_are_matched_too(lister, tmp_path):
    file = tmp_path / "list.csv"
    for rows in ([], ["1,Ana,1980-01-02"]):
        file.write_text("\n".join(["id,full_name,birth_date", *rows]) + "\n")
        found = lister(as_people(read_people(file)))
        assert (len(found.leader), len(found.links)) == (len(rows), 0)
        assert isinstance(found.reviews, pa.Table)
