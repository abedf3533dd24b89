"""The matching is kept between plans: whom a change concerns is matched anew, everybody once that is due."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.evidence import compared_of
from crm_sync.reconciler.dedupe.link import link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.rows import rows_of
from crm_sync.records import Decision, Ref, Snapshot
from crm_sync.store import open_store
from crm_sync.sync.memory import load, remembered
from crm_sync.sync.relink import compare
from tests.identity.leads import COLUMNS, Kind, leads
from tests.sync.people import recorded

MANY = 240
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS, MODEL = load_identity()
RENEWAL = WORDS.renewal.model_copy(update={"people": 100, "share": 0.1, "hours": 24})


@pytest.fixture(scope="module")
def matcher():
    return Matcher(WORDS.model_copy(update={"renewal": RENEWAL}), MODEL, DuckDB(threads=1))


def person(number, told):
    said = {**dict(zip(COLUMNS, told, strict=False)), "country": ""}
    return recorded(Ref("salesforce", "Lead", f"{number:04}"), NOW - timedelta(days=number), NOW, said)


@pytest.fixture(scope="module")
def town():
    return tuple(person(number, told) for number, told in enumerate(leads(MANY, 41, Kind(1.0, 0.15))))


@pytest.fixture
def store(tmp_path):
    found = open_store(f"sqlite:///{tmp_path / 'crm-sync.db'}")
    yield found
    found.close()


@pytest.fixture
def linked(store):
    """As a plan does it, with what a place keeps."""

    def found(matcher, people, place, now=NOW, anew=False, decisions=()):
        snapshot = Snapshot(people=tuple(people), decisions=decisions)
        with remembered(place, store, anew=anew) as memory:
            return link_people(snapshot, matcher, memory, now)

    return found


def groups(found):
    return {frozenset(one.ref for one in records) for records in found.records.values()}


def bases(place):
    return [one.name for one in place.iterdir() if one.name.startswith("base")]


def test_the_first_plan_says_what_it_says_without_memory(linked, matcher, town, tmp_path):
    assert linked(matcher, town, tmp_path / "kept") == link_people(Snapshot(people=town), matcher)


def test_a_second_plan_of_the_same_people_says_the_same(linked, matcher, town, tmp_path):
    first = linked(matcher, town, tmp_path)
    assert linked(matcher, reversed(town), tmp_path, NOW + timedelta(hours=1)) == first
    assert load(tmp_path).made_at == NOW


def test_a_copy_of_a_record_joins_its_person_and_nobody_else_moves(linked, matcher, town, tmp_path):
    before = groups(linked(matcher, town, tmp_path))
    model = next(one for one in town if one.email and one.first_name and one.last_name and one.phones)
    copy = dataclasses.replace(model, ref=Ref("hubspot", "contacts", "77"))
    after = groups(linked(matcher, [*town, copy], tmp_path))
    home = next(group for group in before if model.ref in group)
    assert after == (before - {home}) | {home | {copy.ref}}
    assert groups(linked(matcher, town, tmp_path)) == before
    assert load(tmp_path).made_at == NOW


def test_a_decision_is_followed_and_taken_back(linked, matcher, town, tmp_path):
    before = groups(linked(matcher, town, tmp_path))
    one, other = next(sorted(group)[:2] for group in before if len(group) == 2)
    apart = Decision(number=1, one=one, other=other, same=False, by="ana", at=NOW)
    kept_apart = groups(linked(matcher, town, tmp_path, decisions=(apart,)))
    assert kept_apart == (before - {frozenset((one, other))}) | {frozenset((one,)), frozenset((other,))}
    assert groups(linked(matcher, town, tmp_path)) == before


@pytest.mark.parametrize(
    ("later", "left_out", "anew"), [(25, 0, False), (1, 30, False), (1, 0, True), (-1, 0, False)],
    ids=["too old", "too many changed", "asked for", "from the future"],
)  # fmt: skip
def test_everybody_is_matched_anew_once_that_is_due(linked, matcher, town, tmp_path, later, left_out, anew):
    linked(matcher, town, tmp_path)
    now, people = NOW + timedelta(hours=later), town[left_out:]
    found = linked(matcher, people, tmp_path, now, anew)
    assert load(tmp_path).made_at == now
    assert found == link_people(Snapshot(people=people), matcher)
    assert len(bases(tmp_path)) == 1


def test_changes_count_together_until_everybody_is_matched_anew(linked, matcher, town, tmp_path):
    linked(matcher, town, tmp_path)
    for left_out in (10, 20):
        linked(matcher, town[left_out:], tmp_path, NOW + timedelta(hours=1))
        assert load(tmp_path).made_at == NOW
    linked(matcher, town[30:], tmp_path, NOW + timedelta(hours=1))
    assert load(tmp_path).made_at == NOW + timedelta(hours=1)


def test_other_words_and_other_weights_match_everybody_anew(linked, matcher, town, tmp_path):
    linked(matcher, town, tmp_path)
    other = dataclasses.replace(matcher, model=MODEL.model_copy(update={"link": MODEL.link + 0.1}))
    linked(other, town, tmp_path, NOW + timedelta(hours=1))
    assert load(tmp_path).made_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("harm", ["now.json", "base-0/pairs.arrow", "base-0/names.arrow"])
def test_what_cannot_be_read_is_made_anew(linked, matcher, town, tmp_path, harm):
    first = linked(matcher, town, tmp_path)
    (tmp_path / harm).write_bytes(b"half of it")
    assert linked(matcher, town, tmp_path) == first
    assert load(tmp_path).kept is not None


def test_of_a_few_people_nothing_is_kept(linked, matcher, town, tmp_path):
    linked(matcher, town[:50], tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_what_is_kept_is_for_this_user_only(linked, matcher, town, tmp_path):
    linked(matcher, town, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o77 == 0


def changed(town, number):
    """Somebody has another surname."""
    return [dataclasses.replace(one, last_name="Zubizarreta") if one is town[number] else one for one in town]


def test_a_host_that_lags_catches_up_by_itself(linked, matcher, town, tmp_path):
    """Its files are as old as the last matching of everybody; another host followed what changed since."""
    here, there = tmp_path / "here", tmp_path / "there"
    linked(matcher, town, here)
    shutil.copytree(here, there)
    later = changed(town, 3)
    found = linked(matcher, changed(later, 7), here, NOW + timedelta(hours=1))
    assert linked(matcher, changed(later, 7), there, NOW + timedelta(hours=2)) == found
    assert load(there).made_at == NOW


def test_a_host_whose_files_stand_for_another_matching_begins_anew(linked, matcher, town, tmp_path, store):
    """It was away while another one matched everybody: with its own statistics it would move people back."""
    here, there = tmp_path / "here", tmp_path / "there"
    linked(matcher, town, here)
    first = store.matching_in_force()
    anew = linked(matcher, town[20:], there, NOW + timedelta(hours=1), anew=True)
    assert store.matching_in_force() != first
    assert linked(matcher, town[20:], here, NOW + timedelta(hours=2)) == anew
    assert load(here).made_at == NOW + timedelta(hours=2)
    assert load(here).mark == store.matching_in_force()
    assert linked(matcher, town[20:], there, NOW + timedelta(hours=3)) == anew


def test_files_of_another_database_are_of_no_use(linked, matcher, town, tmp_path, store):
    linked(matcher, town, tmp_path)
    store.put_matching_in_force("another")
    assert linked(matcher, town, tmp_path, NOW + timedelta(hours=1)) == link_people(Snapshot(people=town), matcher)
    assert load(tmp_path).made_at == NOW + timedelta(hours=1)


def test_two_records_are_compared_by_what_is_kept(linked, matcher, town, tmp_path, store):
    """Nobody else is looked at: it says what it says amid everybody with the same statistics."""
    store.save_page("salesforce", "Lead", town, cursor="1")
    linked(matcher, town[20:], tmp_path / "kept")
    by = load(tmp_path / "kept").statistics_of(matcher)
    rows = rows_of(town, {})
    for one, other in ((0, 1), (30, 5), (100, 200)):
        found = compare(store, town[one].ref, town[other].ref, matcher, tmp_path / "kept")
        assert found == compared_of(matcher.compare(rows, one, other, by))
        assert found != compare(store, town[one].ref, town[other].ref, matcher, None)


def test_where_nothing_of_use_is_kept_two_records_are_compared_amid_everybody(linked, matcher, town, tmp_path, store):
    store.save_page("salesforce", "Lead", town, cursor="1")
    linked(matcher, town[:150], tmp_path / "kept")
    other = dataclasses.replace(matcher, model=MODEL.model_copy(update={"link": MODEL.link + 0.1}))
    expected = compared_of(matcher.compare(rows_of(town, {}), 0, 1))
    assert compare(store, town[0].ref, town[1].ref, other, tmp_path / "kept") == expected
    assert compare(store, town[0].ref, town[1].ref, matcher, tmp_path / "nothing") == expected
    store.put_matching_in_force("another")
    assert compare(store, town[0].ref, town[1].ref, matcher, tmp_path / "kept") == expected
