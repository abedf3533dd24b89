"""The matching is kept between plans: whom a change concerns is matched anew, everybody once that is due."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings.vocabulary import load_identity
from crm_sync.reconciler.dedupe.link import link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.records import Decision, Person, Ref, Snapshot
from crm_sync.sync.memory import load, remembered
from tests.identity.leads import COLUMNS, Kind, leads

MANY = 240
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS, MODEL = load_identity()
RENEWAL = WORDS.renewal.model_copy(update={"people": 100, "share": 0.1, "hours": 24})


@pytest.fixture(scope="module")
def matcher():
    return Matcher(WORDS.model_copy(update={"renewal": RENEWAL}), MODEL, DuckDB(threads=1))


def person(number, told):
    said = dict(zip(COLUMNS, told, strict=False))
    return Person(
        ref=Ref("salesforce", "Lead", f"{number:04}"),
        version="1",
        created_at=NOW - timedelta(days=number),
        modified_at=NOW,
        first_name=said["first_name"] or None,
        last_name=said["last_name"] or None,
        email=said["email"] or None,
        phones=(said["phone"],) if said["phone"] else (),
        company_name=said["company"] or None,
        title=said["title"] or None,
    )


@pytest.fixture(scope="module")
def town():
    return tuple(person(number, told) for number, told in enumerate(leads(MANY, 41, Kind(1.0, 0.15))))


def linked(matcher, people, place, now=NOW, anew=False, decisions=()):
    """As a plan does it, with what `place` keeps."""
    snapshot = Snapshot(people=tuple(people), decisions=decisions)
    with remembered(place, anew=anew) as memory:
        return link_people(snapshot, matcher, memory, now)


def groups(found):
    return {frozenset(one.ref for one in records) for records in found.records.values()}


def bases(place):
    return [one.name for one in place.iterdir() if one.name.startswith("base")]


def test_the_first_plan_says_what_it_says_without_memory(matcher, town, tmp_path):
    assert linked(matcher, town, tmp_path / "kept") == link_people(Snapshot(people=town), matcher)


def test_a_second_plan_of_the_same_people_says_the_same(matcher, town, tmp_path):
    first = linked(matcher, town, tmp_path)
    assert linked(matcher, reversed(town), tmp_path, NOW + timedelta(hours=1)) == first
    assert load(tmp_path).made_at == NOW


def test_a_copy_of_a_record_joins_its_person_and_nobody_else_moves(matcher, town, tmp_path):
    before = groups(linked(matcher, town, tmp_path))
    model = next(one for one in town if one.email and one.first_name and one.last_name and one.phones)
    copy = dataclasses.replace(model, ref=Ref("hubspot", "contacts", "77"))
    after = groups(linked(matcher, [*town, copy], tmp_path))
    home = next(group for group in before if model.ref in group)
    assert after == (before - {home}) | {home | {copy.ref}}
    assert groups(linked(matcher, town, tmp_path)) == before
    assert load(tmp_path).made_at == NOW


def test_a_decision_is_followed_and_taken_back(matcher, town, tmp_path):
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
def test_everybody_is_matched_anew_once_that_is_due(matcher, town, tmp_path, later, left_out, anew):
    linked(matcher, town, tmp_path)
    now, people = NOW + timedelta(hours=later), town[left_out:]
    found = linked(matcher, people, tmp_path, now, anew)
    assert load(tmp_path).made_at == now
    assert found == link_people(Snapshot(people=people), matcher)
    assert len(bases(tmp_path)) == 1


def test_changes_count_together_until_everybody_is_matched_anew(matcher, town, tmp_path):
    linked(matcher, town, tmp_path)
    for left_out in (10, 20):
        linked(matcher, town[left_out:], tmp_path, NOW + timedelta(hours=1))
        assert load(tmp_path).made_at == NOW
    linked(matcher, town[30:], tmp_path, NOW + timedelta(hours=1))
    assert load(tmp_path).made_at == NOW + timedelta(hours=1)


def test_other_words_and_other_weights_match_everybody_anew(matcher, town, tmp_path):
    linked(matcher, town, tmp_path)
    other = dataclasses.replace(matcher, model=MODEL.model_copy(update={"link": MODEL.link + 0.1}))
    linked(other, town, tmp_path, NOW + timedelta(hours=1))
    assert load(tmp_path).made_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("harm", ["now.json", "base-0/pairs.arrow", "base-0/names.arrow"])
def test_what_cannot_be_read_is_made_anew(matcher, town, tmp_path, harm):
    first = linked(matcher, town, tmp_path)
    (tmp_path / harm).write_bytes(b"half of it")
    assert linked(matcher, town, tmp_path) == first
    assert load(tmp_path).kept is not None


def test_of_a_few_people_nothing_is_kept(matcher, town, tmp_path):
    linked(matcher, town[:50], tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_what_is_kept_is_for_this_user_only(matcher, town, tmp_path):
    linked(matcher, town, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o77 == 0
