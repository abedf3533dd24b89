"""Companies are matched again only where something that matching reads is another, and then as from the beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import KeptFirms, Matching, link_companies
from crm_sync.reconciler.dedupe.companies.memory import Read, made
from crm_sync.records import Company, Decision, Person
from crm_sync.sync.firms import FIRMS, load, remembered_firms
from crm_sync.sync.memory import NOW as NOW_FILE
from tests.identity.companies import companies

WORDS = load_vocabulary().companies
ALWAYS = WORDS.renewal.model_copy(update={"people": 0, "share": 1.0})  # however few there are, and whatever changed
MADE_UP = companies(60, seed=11)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Counting(Engine):
    """An engine that counts what it is asked."""

    def __init__(self) -> None:
        self.engine, self.asked = DuckDB(threads=1), 0

    def ask(self, question: str, tables: Any) -> Any:
        self.asked += 1
        return self.engine.ask(question, tables)


@pytest.fixture(scope="module")
def by():
    return Matching.of(replace(WORDS, renewal=ALWAYS), Counting())


def linked(by, firms, people=MADE_UP.people, decisions=(), kept=None, now=NOW):
    return link_companies(firms, (), {}, people, MADE_UP.person_of, by, decisions, kept, now)


class Marks:
    """A database, as far as marks of matchings go."""

    def __init__(self):
        self.marks = {}

    def matching_in_force(self, about="person"):
        return self.marks.get(about)

    def put_matching_in_force(self, mark, about="person"):
        self.marks[about] = mark


class Full(KeptFirms):
    """All are matched, by the statistics that another matching keeps."""

    def match(self, companies, people, person_of, ties, by, now=None):
        return made(Read.of(companies, people, person_of, ties), by, self.kept.statistics).matched(companies)


MARKS: dict[Any, Marks] = {}


def planned(by, place, *told, **more):
    """As a plan does it, with what `place` keeps. Returns what was found, and whether anything was asked for it."""
    before = by.engine.asked
    with remembered_firms(place, MARKS.setdefault(place, Marks())) as kept:
        found = linked(by, *told, **more, kept=kept)
    return found, by.engine.asked > before


def test_where_nothing_that_companies_read_has_changed_nothing_is_asked(by, tmp_path):
    first, asked = planned(by, tmp_path, MADE_UP.companies)
    assert asked
    elsewhere = [replace(one, version="2", modified_at=NOW, industry="toys") for one in MADE_UP.companies]
    again, asked = planned(by, tmp_path, list(reversed(elsewhere)))
    assert not asked
    assert (again.links, again.reviews, again.set_aside) == (first.links, first.reviews, first.set_aside)


@pytest.mark.parametrize("other", ["words", "language"])
def test_other_words_match_anew(by, tmp_path, other):
    planned(by, tmp_path, MADE_UP.companies)
    at = WORDS.thresholds.model_copy(update={"link": 2.0})
    told = (
        Matching.of(replace(WORDS, thresholds=at, renewal=ALWAYS), by.engine)
        if other == "words"
        else replace(by, language="es")
    )
    found, asked = planned(told, tmp_path, MADE_UP.companies)
    assert asked
    assert found == linked(told, MADE_UP.companies)


def test_what_cannot_be_read_is_made_anew(by, tmp_path):
    first, _ = planned(by, tmp_path, MADE_UP.companies)
    (tmp_path / FIRMS / NOW_FILE).write_text("{", encoding="utf-8")
    assert load(tmp_path / FIRMS) == KeptFirms()
    again, asked = planned(by, tmp_path, MADE_UP.companies)
    assert asked
    assert again == first


FIRM = st.sampled_from(MADE_UP.companies)
EDITS = st.one_of(
    st.tuples(st.just("gone"), FIRM),
    st.tuples(
        st.just("name"),
        FIRM,
        st.sampled_from([None, "Acme", "Hospital General", *(one.name for one in MADE_UP.companies[:9])]),
    ),
    st.tuples(
        st.just("domain"),
        FIRM,
        st.sampled_from([None, "acme.mx", "gmail.com", *(one.domain for one in MADE_UP.companies[:9])]),
    ),
    st.tuples(st.just("country"), FIRM, st.sampled_from([None, "MX", "Spain"])),
    st.tuples(st.just("moves"), st.sampled_from(MADE_UP.people), FIRM),
    st.tuples(st.just("mail"), st.sampled_from(MADE_UP.people), st.sampled_from(["a@acme.mx", None])),
    st.tuples(st.just("decided"), FIRM, FIRM, st.booleans()),
)


def edited(
    firms: dict[Any, Company], people: dict[Any, Person], decisions: list[Decision], edit: tuple[Any, ...]
) -> None:
    match edit:
        case ("gone", firm):
            firms.pop(firm.ref, None)
        case ("moves", person, firm):
            people[person.ref] = replace(people[person.ref], company=firm.ref)
        case ("mail", person, email):
            people[person.ref] = replace(people[person.ref], email=email)
        case ("decided", one, other, same):
            if one.ref != other.ref:
                ends = sorted((one.ref, other.ref))
                decisions.append(Decision(len(decisions) + 1, *ends, same, "ana", NOW, about="company"))
        case (field, firm, value):
            firms[firm.ref] = replace(firms.get(firm.ref, firm), **{field: value})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(EDITS, max_size=4), min_size=1, max_size=4))
def test_whatever_changes_in_whatever_batches_the_result_is_that_of_a_full_run(by, tmp_path_factory, batches):
    place = tmp_path_factory.mktemp("kept")
    firms, people = ({one.ref: one for one in some} for some in (MADE_UP.companies, MADE_UP.people))
    decisions: list[Decision] = []
    for batch in batches:
        for edit in batch:
            edited(firms, people, decisions, edit)
        found, _ = planned(by, place, firms.values(), people.values(), decisions)
        full = Full(load(place / FIRMS).kept)
        assert found == linked(by, firms.values(), people.values(), decisions, full)
