"""Companies are matched again only where something that matching reads is another, and then as from the beginning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.engine.base import Engine
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.reconciler.dedupe.companies import KeptFirms, Matching, chain, link_companies, memory
from crm_sync.reconciler.dedupe.companies.memory import Read, made
from crm_sync.records import Company, Decision, Person
from crm_sync.sync.firms import FIRMS, FORMER, load, remembered_firms
from crm_sync.sync.memory import NOW as NOW_FILE
from tests.identity.companies import companies

WORDS = load_vocabulary().companies
ALWAYS = WORDS.renewal.model_copy(update={"people": 0, "share": 9.0})  # however few there are, and whatever changed
MADE_UP = companies(60, seed=11)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


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


def planned(by, place, *told, anew=False, **more):
    """As a plan does it, with what `place` keeps. Returns what was found, and whether anything was asked for it."""
    before = by.engine.asked
    with remembered_firms(place, MARKS.setdefault(place, Marks()), anew=anew) as kept:
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


def test_what_a_domain_is_registered_under_is_read_anew_with_another_list_of_suffixes(by, tmp_path, monkeypatch):
    planned(by, tmp_path, MADE_UP.companies)
    versions = memory.version
    monkeypatch.setattr(memory, "version", lambda name: "new" if name == "publicsuffixlist" else versions(name))
    assert planned(by, tmp_path, MADE_UP.companies)[1]


def spoilt(file: str, text: str | None) -> Callable[[Path], None]:
    """Another text in a file, or half of what stands there."""

    def spoil(place: Path) -> None:
        [found] = place.glob(file)
        found.write_bytes(found.read_bytes()[: found.stat().st_size // 2] if text is None else text.encode())

    return spoil


def told_otherwise(**told: Any) -> Callable[[Path], None]:
    def tell(place: Path) -> None:
        file = place / NOW_FILE
        file.write_text(json.dumps(json.loads(file.read_text()) | told))

    return tell


def without(file: str) -> Callable[[Path], None]:
    def remove(place: Path) -> None:
        [found] = place.glob(file)
        found.unlink()

    return remove


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(spoilt(NOW_FILE, "{"), id="no JSON"),
        pytest.param(spoilt(NOW_FILE, "[1]"), id="a list"),
        pytest.param(spoilt(NOW_FILE, "{}"), id="nothing told"),
        pytest.param(without(NOW_FILE), id="nothing"),
        pytest.param(told_otherwise(made_at="yesterday"), id="no date"),
        pytest.param(told_otherwise(base="elsewhere"), id="a directory that is not there"),
        pytest.param(told_otherwise(base=3), id="no directory"),
        pytest.param(told_otherwise(mark="another"), id="another matching"),
        pytest.param(told_otherwise(made_by="older"), id="other code"),
        pytest.param(without("base-*/pairs.arrow"), id="a table of the base missing"),
        pytest.param(without("changes-*/crowds.arrow"), id="a table of changes missing"),
        pytest.param(spoilt("base-*/known.arrow", None), id="half a table of the base"),
        pytest.param(spoilt("changes-*/pairs.arrow", None), id="half a table of changes"),
        pytest.param(spoilt("base-*/told.arrow", ""), id="an empty file"),
    ],
)
def test_what_is_of_no_use_is_made_anew(by, tmp_path, spoil):
    first, _ = planned(by, tmp_path, MADE_UP.companies)
    spoil(tmp_path / FIRMS)
    again, asked = planned(by, tmp_path, MADE_UP.companies, now=LATER)
    assert asked
    assert again == first
    assert load(tmp_path / FIRMS).made_at == LATER
    assert not planned(by, tmp_path, MADE_UP.companies, now=LATER)[1]


def test_files_of_another_database_are_of_no_use(by, tmp_path):
    first, _ = planned(by, tmp_path, MADE_UP.companies)
    MARKS[tmp_path].put_matching_in_force("another", "company")
    again, asked = planned(by, tmp_path, MADE_UP.companies)
    assert asked
    assert again == first
    assert load(tmp_path / FIRMS).mark == MARKS[tmp_path].matching_in_force("company") != "another"


def test_a_matching_of_people_is_none_of_companies(by, tmp_path):
    """The mark of people may change as it likes."""
    planned(by, tmp_path, MADE_UP.companies)
    MARKS[tmp_path].put_matching_in_force("another")
    assert not planned(by, tmp_path, MADE_UP.companies)[1]
    assert MARKS[tmp_path].matching_in_force() == "another"


def test_files_as_they_once_were_are_removed(by, tmp_path):
    for name in FORMER:
        (tmp_path / name).write_text("{}")
    assert planned(by, tmp_path, MADE_UP.companies)[1]
    assert [one.name for one in tmp_path.iterdir()] == [FIRMS]


def limited(by: Matching, **limits: Any) -> Matching:
    return replace(by, words=replace(by.words, renewal=ALWAYS.model_copy(update=limits)))


def followed(by, place, firms, **more) -> bool:
    """Whether it was; else all were matched anew, by new statistics, as if nothing had been kept."""
    before = MARKS[place].matching_in_force("company")
    found, _ = planned(by, place, firms, **more)
    if MARKS[place].matching_in_force("company") == before:
        return True
    assert found == linked(by, firms)
    return False


def test_once_too_many_came_changed_or_went_all_are_matched_anew(by, tmp_path):
    """However many plans it took: three in sixty may, a fourth may not, and then another three may."""
    by, firms = limited(by, share=0.06), list(MADE_UP.companies)
    planned(by, tmp_path, firms[1:])
    assert followed(by, tmp_path, firms)
    firms[1] = replace(firms[1], name="Acme")
    assert followed(by, tmp_path, firms)
    gone = firms.pop()
    assert followed(by, tmp_path, firms)
    assert followed(by, tmp_path, firms)
    firms[2] = replace(firms[2], name="Acme")
    assert not followed(by, tmp_path, firms)
    assert followed(by, tmp_path, [*(replace(one, city="Lima") for one in firms[:2]), *firms[2:], gone])
    assert not followed(by, tmp_path, [*(replace(one, city="Lima") for one in firms[:4]), *firms[4:]])
    assert not followed(by, tmp_path, firms[4:])


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        pytest.param(-timedelta(seconds=1), False, id="a clock that went back"),
    ],
)
def test_once_it_is_old_all_are_matched_anew(by, tmp_path, after, expected):
    by = limited(by, hours=24)
    planned(by, tmp_path, MADE_UP.companies)
    firms = [replace(MADE_UP.companies[0], name="Acme"), *MADE_UP.companies[1:]]
    assert followed(by, tmp_path, firms, now=NOW + after) == expected
    assert load(tmp_path / FIRMS).made_at == (NOW if expected else NOW + after)


def test_all_are_matched_anew_where_somebody_asks_for_it(by, tmp_path):
    planned(by, tmp_path, MADE_UP.companies)
    assert followed(by, tmp_path, MADE_UP.companies)
    assert not followed(by, tmp_path, MADE_UP.companies, anew=True)


def test_few_companies_are_matched_anew_every_time_and_nothing_is_kept_of_it(by, tmp_path):
    few = limited(by, people=len(MADE_UP.companies))
    planned(few, tmp_path / "few", MADE_UP.companies[1:])
    assert not (tmp_path / "few" / FIRMS).exists()
    planned(few, tmp_path / "many", MADE_UP.companies)
    found, asked = planned(few, tmp_path / "many", MADE_UP.companies[1:])
    assert asked
    assert found == linked(few, MADE_UP.companies[1:])
    assert not planned(few, tmp_path / "many", MADE_UP.companies)[1]


#: Records of a few companies, so that the same ones change again, and what they say of each other with them.
SIZE = Counter(MADE_UP.truth.values())
SOME = sorted(MADE_UP.companies, key=lambda one: (-SIZE[MADE_UP.truth[one.ref]], MADE_UP.truth[one.ref]))[:12]
STAFF = [one for one in MADE_UP.people if one.company in {firm.ref for firm in SOME}]
FIRM, PERSON = st.sampled_from(SOME), st.sampled_from(STAFF)
NEAR = ("Huerta & Ojedas", "Ulveril Hermanas", "Owens", "Clinica General", "Hospital General")  # not sure of any
DECISIONS = st.one_of(
    st.tuples(st.just("decided"), FIRM, FIRM, st.booleans()),
    st.tuples(st.just("undone"), st.integers(0, 2)),
)
SAID = st.one_of(
    st.tuples(st.just("gone"), FIRM),
    st.tuples(st.just("back"), FIRM),
    st.tuples(st.just("name"), FIRM, st.sampled_from([None, *NEAR, *(one.name for one in SOME)])),
    st.tuples(st.just("domain"), FIRM, st.sampled_from([None, "acme.mx", "gmail.com", *(one.domain for one in SOME)])),
    st.tuples(st.just("country"), FIRM, st.sampled_from([None, "MX", "Spain"])),
    st.tuples(st.just("phone"), FIRM, st.sampled_from([None, *(one.phone for one in SOME)])),
    st.tuples(st.just("same_as"), FIRM, st.one_of(st.just(()), st.tuples(FIRM.map(lambda one: one.ref)))),
    st.tuples(st.just("moves"), PERSON, FIRM),
    st.tuples(st.just("mail"), PERSON, st.sampled_from([None, "a@acme.mx", *(one.email for one in STAFF)])),
)


def edited(
    firms: dict[Any, Company], people: dict[Any, Person], decisions: list[Decision], edit: tuple[Any, ...]
) -> None:
    match edit:
        case ("gone", firm):
            firms.pop(firm.ref, None)
        case ("back", firm):
            firms[firm.ref] = firm
        case ("moves", person, firm):
            people[person.ref] = replace(people[person.ref], company=firm.ref)
        case ("mail", person, email):
            people[person.ref] = replace(people[person.ref], email=email)
        case ("decided", one, other, same):
            if one.ref != other.ref:
                ends = sorted((one.ref, other.ref))
                number = max((one.number for one in decisions), default=0) + 1
                decisions.append(Decision(number, *ends, same, "ana", NOW, about="company"))
        case ("undone", number):
            del decisions[number : number + 1]
        case (field, firm, value):
            firms[firm.ref] = replace(firms.get(firm.ref, firm), **{field: value})


def follows_like_a_full_run(by, place, batches) -> None:
    firms, people = ({one.ref: one for one in some} for some in (MADE_UP.companies, MADE_UP.people))
    decisions: list[Decision] = []
    planned(by, place, firms.values(), people.values(), decisions)
    for number, batch in enumerate(batches, start=1):
        for edit in batch:
            edited(firms, people, decisions, edit)
        told = firms.values(), people.values(), decisions
        found, _ = planned(by, place, *told, now=NOW + timedelta(hours=number))
        kept = load(place / FIRMS)
        assert kept.made_at == NOW  # it was followed
        assert found == linked(by, *told, Full(kept.kept))


def batches_of(edits, most: int = 5):
    return st.lists(st.lists(edits, max_size=most), min_size=1, max_size=6)


TRIED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@TRIED
@given(batches_of(st.one_of(DECISIONS, SAID)))
def test_whatever_changes_in_whatever_batches_the_result_is_that_of_a_full_run(by, tmp_path_factory, batches):
    follows_like_a_full_run(by, tmp_path_factory.mktemp("kept"), batches)


@TRIED
@given(batches_of(DECISIONS, most=2))
def test_whatever_is_decided_and_taken_back_the_result_is_that_of_a_full_run(by, tmp_path_factory, batches):
    follows_like_a_full_run(by, tmp_path_factory.mktemp("kept"), batches)


@pytest.fixture
def narrow(monkeypatch):
    """More than two records of one key are too many: keys begin and cease to bring records together all the time."""
    monkeypatch.setattr(chain, "MOST", dict.fromkeys(chain.MOST, 2))


@pytest.mark.usefixtures("narrow")
@TRIED
@given(batches_of(SAID))
def test_what_too_many_share_now_or_no_more_is_told_as_by_a_full_run(by, tmp_path_factory, batches):
    follows_like_a_full_run(by, tmp_path_factory.mktemp("kept"), batches)
