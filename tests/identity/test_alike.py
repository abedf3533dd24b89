"""Cities and job titles in other words are the same, and what no table knows stays what it is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crm_sync.errors import ConfigError
from crm_sync.mappings.identity import load_identity_words
from crm_sync.mappings.vocabulary import SHIPPED, load_identity
from crm_sync.reconciler.dedupe.matching.alike import alike
from crm_sync.reconciler.dedupe.matching.chain import PEOPLE

WORDS = load_identity()[0]
CITIES = [
    ("CDMX", "Ciudad de México"), ("Mexico City", "México, D.F."), ("London, UK", "LONDON"),
    ("Las Rozas (Madrid)", "Las Rozas"), ("São Paulo - SP", "sao paulo"), ("Sevilla", "Seville"),
    ("Ciudad Autónoma de Buenos Aires", "CABA"), ("Donostia-San Sebastián", "san sebastian"), ("NYC", "New York, NY"),
]  # fmt: skip
TITLES = [
    ("Sales Mgr.", "Gerente de Ventas"), ("Jefa de Calidad", "Responsable de calidad"), ("IT Director", "Head of IT"),
    ("Manager, Quality", "Quality manager"), ("Ingeniera", "Ingeniero"), ("CEO", "Director General"),
    ("Director de Recursos Humanos", "HR Manager"), ("Vice President Sales", "VP Sales"),
    ("KAM", "Key Account Manager"),
]  # fmt: skip


def told(**columns: list[str | None]) -> pa.Table:
    rows = len(next(iter(columns.values())))
    cells = {field.name: columns.get(field.name, [None] * rows) for field in PEOPLE} | {"rid": range(rows)}
    return alike(pa.table({name: pa.array(some, PEOPLE.field(name).type) for name, some in cells.items()}), WORDS)


@pytest.mark.parametrize(("one", "other"), CITIES)
def test_a_city_is_one_whatever_it_is_called(one: str, other: str) -> None:
    found = told(city=[one, other])["city"].to_pylist()
    assert found[0] == found[1]


@pytest.mark.parametrize(("one", "other"), TITLES)
def test_a_title_is_one_however_it_is_said(one: str, other: str) -> None:
    found = told(title=[one, other])["title"].to_pylist()
    assert found[0] == found[1]


def test_what_differs_stays_different() -> None:
    cities = told(city=["Córdoba", "Granada", "San Juan", "San José", "Leon", "Lyon"])["city"].to_pylist()
    titles = told(title=["CEO", "CFO", "Sales Manager", "Sales Director", "Jefe de Compras", "Jefe de Calidad"])
    assert len({*cities}) == len(cities)
    assert len({*titles["title"].to_pylist()}) == len(titles)


def test_what_says_nothing_or_too_much_is_left_as_it_is() -> None:
    odd = [None, "", "---", "の", "مدير", "🦤", "Jefe" * 3_000_000, ", Madrid"]
    found = told(city=odd, title=odd)
    assert found["city"].to_pylist()[:6] == found["title"].to_pylist()[:6] == odd[:6]
    assert found["city"].to_pylist()[7] == ", Madrid"
    assert found["title"].to_pylist()[7] == "madrid"
    assert found.schema == PEOPLE


def test_names_of_the_tables_are_read_as_they_are_typed(tmp_path) -> None:
    edited = (SHIPPED / "identity.toml").read_text(encoding="utf-8")
    edited = edited.replace("[cities]\n", '[cities]\n"Villa Ñandú" = ["Ñ. City", "V.Ñ."]\n')
    (tmp_path / "identity.toml").write_text(edited, encoding="utf-8")
    words = load_identity_words(tmp_path / "identity.toml")
    people = told(city=["n city", "VÑ", "v ñ"]).set_column(10, "city", pa.array(["n city", "villa nandu", "v ñ"]))
    assert alike(people, words)["city"].to_pylist() == ["villa nandu"] * 3


def test_a_city_that_stands_under_two_names_is_refused(tmp_path) -> None:
    edited = (SHIPPED / "identity.toml").read_text(encoding="utf-8")
    edited = edited.replace("[cities]\n", '[cities]\nelsewhere = ["CDMX"]\n')
    (tmp_path / "identity.toml").write_text(edited, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"identity\.toml: cities: .*'cdmx' is 'elsewhere' and 'ciudad de mexico'"):
        load_identity_words(tmp_path / "identity.toml")


def test_short_forms_are_folded_and_stand_for_somebody_else() -> None:
    for short, longer in WORDS.nicknames.items():
        assert short not in longer, short
        assert 1 <= len(longer) <= 4, short
        assert all(word.isascii() and word == word.lower() for word in (short, *longer)), short
