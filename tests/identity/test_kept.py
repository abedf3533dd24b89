"""A matching that is kept and follows what changed is the matching of everybody with the same statistics."""

from __future__ import annotations

import random
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_sync.engine.duckdb import DuckDB
from crm_sync.reconciler.dedupe.kept.follow import News, follow
from crm_sync.reconciler.dedupe.kept.grouping import closure
from crm_sync.reconciler.dedupe.kept.kept import kept_of
from crm_sync.reconciler.dedupe.kept.tables import base_of, changes_of, kept_again
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.chain import PEOPLE
from crm_sync.reconciler.dedupe.matching.clusters import Decided
from tests.engine.both import Plain
from tests.identity.leads import COLUMNS as TOLD
from tests.identity.leads import Kind, leads

PLAIN = Plain(DuckDB(threads=1))
MANY, BEFORE = 260, 180  # made-up leads, and how many of them are there at first
SIDES = ("first_name", "last_name", "emails", "phones", "company", "title", "city")
SLOW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])

STEP = st.tuples(
    st.sampled_from(["comes", "changes", "becomes another", "goes", "one", "two", "not one"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(SIDES),
)
BATCHES = st.lists(st.lists(STEP, min_size=1, max_size=6), min_size=1, max_size=3)


def row_of(told):
    said = {name: cell or None for name, cell in zip(TOLD, told, strict=False)}
    lists = {f"{name}s": [said[name]] if said.get(name) else [] for name in ("email", "phone")}
    return {name: said.get(name) for name in PEOPLE.names} | lists


def table(rows, names):
    return pa.Table.from_pylist([{**rows[name], "rid": number} for number, name in enumerate(names)], PEOPLE)


@pytest.fixture(scope="module")
def pool():
    return [row_of(told) for told in leads(MANY, 31, Kind(1.0, 0.15))]


@pytest.fixture(scope="module")
def before(matcher, pool):
    """Rows by name, and the tables of their matching."""
    dice = random.Random(7)
    rows = {f"n{dice.randrange(10**6):06}": row for row in pool[:BEFORE]}
    names = sorted(rows)
    kept, _ = kept_of(matcher, table(rows, names), pa.array(names), Decided())
    return rows, (base_of(kept), changes_of(kept))


class World:
    """Who is there and what is decided, by name; and the matching that follows."""

    def __init__(self, matcher, pool, rows, tables):
        self.matcher, self.pool, self.rows = matcher, pool, dict(rows)
        self.one, self.two = set(), set()
        self.kept = kept_again(*tables)

    def live(self, batch):
        before, gone = dict(self.rows), set()
        for what, first, second, side in batch:
            names = sorted(self.rows)
            one, other = names[first % len(names)], names[second % len(names)]
            match what:
                case "comes":
                    self.rows[f"n{first:06}"] = self.pool[second % MANY]
                case "changes":
                    self.rows[one] = {**self.rows[one], side: self.pool[second % MANY][side]}
                case "becomes another":
                    self.rows[one] = self.pool[second % MANY]
                case "goes":
                    del self.rows[one]
                case "not one":
                    tied = self.tied()
                    self.two |= {tied[first % len(tied)]} if tied else set()
                case _ if one != other:
                    (self.one if what == "one" else self.two).add((min(one, other), max(one, other)))
        gone = set(before) - set(self.rows)
        self.one, self.two = ({pair for pair in pairs if set(pair) <= set(self.rows)} for pairs in (self.one, self.two))
        self.one -= self.two
        changed = [name for name, row in self.rows.items() if before.get(name) != row]
        follow(self.kept, self.matcher, News(table(self.rows, changed), changed, gone, self.one, self.two))

    def tied(self):
        """Pairs that are one person in the kept matching."""
        names = self.kept.names.living()["name"].to_pylist()
        leaders = self.kept.matched().leader.to_pylist()
        found = [(names[leader], name) for name, leader in zip(names, leaders, strict=True) if names[leader] != name]
        return [pair for pair in found if set(pair) <= set(self.rows)]

    def everybody(self):
        """All of them matched from the beginning, with the statistics that are kept, by DuckDB itself."""
        names = sorted(self.rows)
        number = {name: place for place, name in enumerate(names)}
        one, two = ({(number[x], number[y]) for x, y in pairs} for pairs in (self.one, self.two))
        matcher = replace(self.matcher, engine=PLAIN)
        return matcher(table(self.rows, names), Decided(one, two), self.kept.statistics)


def told(matched):
    """Everything that a matching says; scores to four digits, since sums depend on their order."""
    return {
        "leader": matched.leader.to_pylist(),
        "links": rounded(matched.links, ("rid", "a", "b")),
        "reviews": rounded(matched.reviews, ("a", "b")),
        "crowds": sorted(map(str, matched.crowds.to_pylist())),
        "compared": matched.compared,
    }


def rounded(rows, numbers):
    return [
        (
            *(row[one] for one in numbers),
            pytest.approx(row["score"], abs=1e-4),
            [one["told"] for one in row["evidence"]],
        )
        for row in sorted(rows.to_pylist(), key=lambda row: tuple(row[one] for one in numbers))
    ]


@SLOW
@given(BATCHES)
def test_whatever_changes_in_whatever_batches_the_kept_matching_is_that_of_everybody(matcher, pool, before, batches):
    world = World(matcher, pool, *before)
    for batch in batches:
        world.live(batch)
        assert told(world.kept.matched()) == told(world.everybody())


@SLOW
@given(BATCHES)
def test_decisions_hold_after_every_batch(matcher, pool, before, batches):
    world = World(matcher, pool, *before)
    for batch in batches:
        world.live(batch)
        names = world.kept.names.living()["name"].to_pylist()
        leader = dict(zip(names, world.kept.matched().leader.to_pylist(), strict=True))
        assert all(leader[one] != leader[other] for one, other in world.two)
        bound = {end for pair in world.two for end in pair}
        assert all(leader[one] == leader[other] for one, other in world.one if not {one, other} & bound)


def test_a_key_that_too_many_share_brings_nobody_together_until_one_leaves(matcher, before):
    rows, tables = before
    world = World(matcher, [], rows, tables)
    alike = {"phones": ["+1 212 555 0142"], "emails": [], "source": "hubspot"}
    most = chain.MOST["phone"]
    crowd = {f"z{number:03}": dict.fromkeys(PEOPLE.names) | alike for number in range(most + 1)}

    def change(changed, gone=()):
        world.rows = {name: row for name, row in (world.rows | changed).items() if name not in gone}
        follow(world.kept, matcher, News(table(changed, list(changed)), list(changed), gone))
        found, fresh = world.kept.matched(), world.everybody()
        assert told(found) == told(fresh)
        return [row["records"] for row in found.crowds.to_pylist()], found.compared

    first = dict(list(crowd.items())[:-1])
    _, alone = change({})
    crowds, pairs = change(first)
    assert (crowds, pairs - alone) == ([], most * (most - 1) // 2)
    crowds, pairs = change({"z999": crowd["z000"]})
    assert (crowds, pairs) == ([most + 1], alone)
    crowds, pairs = change({}, gone={"z000"})
    assert (crowds, pairs - alone) == ([], most * (most - 1) // 2)


def test_what_is_kept_outlives_its_tables(matcher, pool, before):
    world = World(matcher, pool, *before)
    world.live(
        [("changes", 3, 200, "emails"), ("comes", 5, 250, "city"), ("goes", 9, 0, "city"), ("two", 1, 2, "city")]
    )
    again = kept_again(base_of(world.kept), changes_of(world.kept))
    assert told(again.matched()) == told(world.kept.matched())
    world.kept = again
    world.live([("becomes another", 4, 220, "city"), ("goes", 40, 0, "city")])
    assert told(world.kept.matched()) == told(world.everybody())


@SLOW
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_nobody_is_touched_whom_no_chain_of_pairs_connects_with_the_change(matcher, pool, before, first, second):
    world = World(matcher, pool, *before)
    old = {number: {other for other, _ in world.kept.pairs[number]} for number in range(len(world.rows))}
    world.live([("becomes another", first, second, "city")])
    (changed,) = world.kept.said.fresh or [0]
    connected = closure({changed}, lambda one: {*old[one], *(other for other, _ in world.kept.pairs[one])})
    for shelf in (world.kept.pairs, world.kept.first, world.kept.final, world.kept.links, world.kept.known):
        assert set(shelf.fresh) <= connected


def test_of_many_the_loose_rules_find_nobody_and_the_rest_is_the_same(matcher, pool, monkeypatch):
    monkeypatch.setattr(chain, "FEW", 50)
    rows = {f"n{number:03}": row for number, row in enumerate(pool)}
    names = sorted(rows)
    kept, matched = kept_of(matcher, table(rows, names), pa.array(names), Decided())
    world = World(matcher, pool, rows, (base_of(kept), changes_of(kept)))
    assert told(world.kept.matched()) == told(matched)
    for number in range(5):
        world.live([("changes", number, 97 * number, "last_name"), ("becomes another", 13 * number, 7, "city")])
        assert told(world.kept.matched()) == told(world.everybody())
