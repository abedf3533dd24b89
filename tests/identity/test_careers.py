"""Leads of another make: what happens to people shows in what their records say, and differs from seed to seed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from tests.identity.careers import RANGES, Habits, careers, drawn
from tests.identity.leads import COLUMNS, ROLES

ROWS = 6_000


@pytest.fixture(scope="module")
def told():
    return [dict(zip(COLUMNS, row, strict=True)) for row in careers(ROWS, 1)]


def people_of(told, key):
    found = defaultdict(set)
    for row in told:
        if value := key(row):
            found[value].add(row["truth"])
    return found


def test_a_seed_says_it_all():
    assert list(careers(300, 7)) == list(careers(300, 7))
    assert list(careers(300, 7)) != list(careers(300, 8))


def test_every_habit_is_drawn_from_a_range_of_its_own():
    worlds = [drawn(random.Random(seed)) for seed in range(30)]
    assert set(RANGES) == set(Habits._fields)
    for name, (low, high) in RANGES.items():
        values = [getattr(world, name) for world in worlds]
        assert low <= min(values) < max(values) <= high


def test_every_record_is_its_own_and_of_one_human_being_with_some_others(told):
    assert len({row["id"] for row in told}) == len(told) == ROWS
    records = Counter(Counter(row["truth"] for row in told).values())
    assert max(records) <= 5
    assert 1.5 < ROWS / sum(records.values()) < 1.9


def test_mailboxes_are_handed_on_and_phones_are_shared(told):
    own = people_of(told, lambda row: row["email"].lower() if row["email"].partition("@")[0] not in ROLES else "")
    handed_on = [mail for mail, people in own.items() if len(people) > 1]
    assert 3 < len(handed_on) < len(own) / 20
    assert max(map(len, people_of(told, lambda row: row["phone"]).values())) > 3


def test_people_move_and_some_are_namesakes(told):
    domains = defaultdict(set)
    for row in told:
        if row["domain"]:
            domains[row["truth"]].add(row["domain"])
    assert sum(len(some) > 1 for some in domains.values()) > 40
    names = people_of(told, lambda row: (row["first_name"], row["last_name"]) if row["first_name"] else None)
    assert sum(len(people) > 1 for people in names.values()) > 50
