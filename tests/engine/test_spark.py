"""Spark answers as DuckDB does: every question of the product, and the same people are found."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from crm_sync.connectors.files.people import read_people
from crm_sync.engine.chosen import chosen
from crm_sync.engine.duckdb import DuckDB
from crm_sync.engine.questions import read_questions
from crm_sync.engine.spark import Spark
from crm_sync.errors import Failed
from crm_sync.mappings import load_vocabulary
from crm_sync.mappings.vocabulary import load_lists
from crm_sync.reconciler import make_plan
from crm_sync.reconciler.dedupe.companies import KeptFirms, Matching, link_companies
from crm_sync.reconciler.dedupe.lists.match import Lister
from crm_sync.reconciler.dedupe.matching import chain
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.training.measure import measured
from crm_sync.reconciler.dedupe.training.trial import asked_of
from crm_sync.records import Company, Ref
from crm_sync.reports import lists
from crm_sync.reports.closed import past
from crm_sync.reports.compliance import GROUPED_BY, compliance
from crm_sync.reports.deals import deals
from crm_sync.reports.diagnosis import diagnose
from crm_sync.reports.duplicates import duplicates
from crm_sync.reports.firms import ASKED_OF_A_SIDE, firms_of, several
from crm_sync.reports.funnel import funnel
from crm_sync.reports.handoff import handoff
from crm_sync.reports.kept import kept
from crm_sync.reports.sla import sla
from crm_sync.reports.sources import sources
from crm_sync.reports.who import duplicates as held_twice
from crm_sync.reports.who import to_review
from crm_sync.settings import load_settings
from crm_sync.store import open_store
from crm_sync.sync.match import as_people, names_of
from tests.engine.both import Both, differences, every_question
from tests.identity.companies import companies
from tests.identity.leads import Kind, leads
from tests.identity.lists import KINDS, write
from tests.identity.test_many_people import export_of
from tests.reports.story import NOW, tell
from tests.sync.town import crm_sync

LEADS, FIRMS, TOWNSPEOPLE = 1_000, 300, 150
CROWD = 60  # records that share one phone: more than matching looks at
LISTED = 600
SHOPS = ("Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel")
DAY = datetime(2026, 5, 1, tzinfo=UTC)
WANTED = (
    {},
    {"stage": "mql", "source": "email"},
    {"entered": "mql", "said": "1"},
    {"target": "first_attempt", "state": "judged", "rep": "luis@acme.test"},
    {"target": "first_attempt", "state": "open", "due": "2026-04..2026-05", "team": ""},
    {"policy": "standard", "qualified": "2026-05"},
    {"month": "2026-05", "outcome": "rejected"},
    {"month": "2026-05", "outcome": "replaced", "team": ""},
    {"held": "both"},
    {"mark": "incomplete"},
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def duck():
    return DuckDB(threads=1)


@pytest.fixture(scope="module")
def both(duck, spark):
    return Both(duck, spark)


@pytest.fixture(scope="module")
def export():
    """Hard leads, and a switchboard that many more share."""
    crowd = [
        (f"c-{one}", "hubspot", f"Name{one}", f"Other{one}", "", "+525512345678", *[""] * 5, "2026-05-01", str(-one))
        for one in range(CROWD)
    ]
    return export_of([*leads(LEADS, 77, Kind(1.0, 0.15)), *crowd])[0]


@pytest.fixture(scope="module")
def people_found(both, export):
    """Matched, and told with their names, as `dupes file` does it."""
    found = Matcher(*load_vocabulary().identity, both)(as_people(export))
    names = names_of(export)
    groups = pa.table({"rid": names["rid"], "leader": found.leader})
    tables = {"names": names, "groups": groups, "links": found.links, "reviews": found.reviews}
    for what in ("links", "reviews"):
        chain.named(tables, what, both)
    people, (words, model) = as_people(export), load_vocabulary().identity
    chain.digests(people, both)
    measured(asked_of(people, Matcher(words, model, both))[0], model, both)
    chain.keyed(chain.told(people, words, both), both, few=True)
    chain.crowd_keys(found.crowds, both)
    both.ask(chain.PAIRS["distinct_pairs"], {"found": pa.concat_tables([found.links, found.links]).select(["a", "b"])})
    return found


@pytest.fixture(scope="module")
def list_found(both, tmp_path_factory):
    """A general list, matched."""
    file = tmp_path_factory.mktemp("list") / "list.csv"
    write(file, LISTED, 7, KINDS["registry"])
    return Lister(load_vocabulary().identity[0], load_lists(), both)(as_people(read_people(file)))


def portal(number):
    """One of many companies at one site, with one phone."""
    name = f"{SHOPS[number % len(SHOPS)]} Works"
    ref = Ref("hubspot", "companies", f"9{number}")
    about = {"domain": "https://www.allshops.mx", "phone": "+525587654321", "country": "MX"}
    return Company(ref, "1", DAY, DAY, name=name, **about)


def companies_linked(engine):
    """From the beginning, and what follows when one more comes to those that share a site and a phone."""
    told, words = companies(FIRMS, seed=5), load_vocabulary().companies
    words = dataclasses.replace(words, renewal=words.renewal.model_copy(update={"people": 0}))
    held, kept, by = [*told.companies, *map(portal, range(CROWD))], KeptFirms(), Matching.of(words, engine)
    found = [link_companies(held, (), {}, told.people, told.person_of, by, (), kept, NOW)]
    kept.anew = False
    found.append(link_companies([*held, portal(CROWD)], (), {}, told.people, told.person_of, by, (), kept, NOW))
    assert kept.kept.changed == 1  # it was followed
    return found


@pytest.fixture(scope="module")
def companies_found(both):
    return companies_linked(both)


@pytest.fixture(scope="module")
def plans_made(both, duck, towns):
    """The town's plan on either engine; the reports are asked of its store, and of the story's, on both."""
    town, vocabulary = towns(TOWNSPEOPLE), load_vocabulary()
    crm_sync(town, "schema", "apply")
    crm_sync(town, "sync")
    store = open_store(load_settings(town.settings_file).database)
    try:
        snapshot, now = store.snapshot(), datetime.fromisoformat(town.truth()["now"])
        profile = vocabulary.fields.profile(False)
        told(store, both, vocabulary, now)
        return [make_plan(snapshot, vocabulary, engine, now, now, profile=profile) for engine in (duck, both)]
    finally:
        store.close()


@pytest.fixture(scope="module")
def story_told(both, tmp_path_factory):
    store = tell(open_store(f"sqlite:///{tmp_path_factory.mktemp('story')}/story.db"))
    try:
        told(store, both, load_vocabulary(), NOW)
    finally:
        store.close()


@pytest.fixture(scope="module")
def rare_told(both):
    """What neither town nor story has: doubts about companies and people, and a person whom two reps work."""
    both.ask(
        read_questions("crm_sync.reports", "who.sql")["sides"],
        {
            "asked": pa.table({"ref": ["hubspot:contacts:1"]}),
            "people": pa.table(
                {
                    name: pa.array([cell], pa.string())
                    for name, cell in {
                        "ref": "hubspot:contacts:1",
                        "first_name": "Ana",
                        "last_name": None,
                        "email": "ana@acme.test",
                        "more_emails": "[]",
                        "phones": "[]",
                        "company_name": None,
                        "company": "hubspot:companies:1",
                        "title": "CEO",
                        "country": "MX",
                        "owner": "1",
                    }.items()
                }
                | {"created_at": pa.array([DAY], pa.timestamp("us", "UTC"))}
            ),
            "links": pa.table({"ref": ["hubspot:contacts:1"], "person_id": ["p-1"]}),
            "known": pa.table({"person_id": ["p-1"], "records": [2]}),
            "companies": pa.table({"ref": ["hubspot:companies:1"], "name": ["Dos Ríos"]}),
            "owners": pa.table({"ref": ["1"], "name": ["Luis"], "email": [None]}),
        },
    )
    asked = read_questions("crm_sync.reports", "duplicates.sql")
    ends = {"one": ["hubspot:companies:1"], "other": ["salesforce:Account:2"]}
    both.ask(
        asked["doubts"],
        {
            "company_reviews": pa.table(ends | {"score": [0.61], "evidence": ['[["same name", 5.0]]']}),
            "companies": pa.table({"ref": ["hubspot:companies:1"], "name": ["Dos Ríos"]}),
        },
    )
    refs = ["hubspot:contacts:1", "salesforce:Contact:2"]
    links = pa.table({"ref": refs, "person_id": ["p-1", "p-1"]})
    both.ask(
        asked["ambiguous"],
        {
            "employers": pa.table(
                {"ref": refs, "company_id": ["c-1"] * 2, "because": ["writes from it"] * 2, "others": [None, '["c-2"]']}
            ),
            "links": links,
            "known_companies": pa.table({"company_id": ["c-1"], "name": ["Dos Ríos"]}),
        },
    )
    at = pa.array([DAY], pa.timestamp("us", "UTC"))
    both.ask(
        asked["pursuits"],
        {
            "people": pa.table({"ref": refs, "owner": ["1", "2"], "writable": [True, True]}),
            "links": links,
            "owners": pa.table({"ref": ["1", "2"], "human": [True, True]}),
            "reps": pa.table({"ref": ["1", "2"], "rep": ["ana@acme.test", "luis@acme.test"], "name": ["Ana", "Luis"]}),
            "touch_people": pa.table({"touch": ["hubspot:calls:1"], "person_id": ["p-1"]}),
            "touches": pa.table({"ref": ["hubspot:calls:1"], "at": at, "actor": ["2"]}),
            "lately": pa.table({"since": at, "until": at}),
            "known": pa.table(
                {
                    "person_id": ["p-1"],
                    "name": ["Eva"],
                    "company": ["Dos Ríos"],
                    "sla_started_at": at,
                    "sla_ended_at": pa.nulls(1, at.type),
                    "sla_owner": ["1"],
                }
            ),
        },
    )


def told(store, engine, vocabulary, now):
    """All reports."""
    for report in (funnel, sources):
        report(store, engine, vocabulary)
    for report in (sla, duplicates, handoff, diagnose, kept, past):
        report(store, engine, vocabulary, now)
    for report in (deals, held_twice, to_review, several, firms_of_all, lambda *of: lists.deals(*of, {})):
        report(store, engine)
    for by in GROUPED_BY:
        compliance(store, engine, vocabulary, now, grouped_by=by)
    for wanted in WANTED:
        lists.people(store, engine, vocabulary, wanted, now)


def firms_of_all(store, engine):
    """Not only those that wait for somebody to look."""
    tables = store.tables(*ASKED_OF_A_SIDE)
    return firms_of(tables["companies"]["ref"].to_pylist(), tables, engine)


def test_the_same_people_are_found_on_both_engines(duck, export, people_found):
    expected = Matcher(*load_vocabulary().identity, duck)(as_people(export))
    assert people_found.leader.equals(expected.leader)
    assert len(set(expected.leader.to_pylist())) < 0.7 * LEADS
    for part in ("links", "reviews", "crowds"):
        assert list(differences(getattr(expected, part), getattr(people_found, part))) == []


def test_the_same_people_of_a_list_are_found_on_both_engines(both, list_found):
    assert both.different == []
    assert len(set(list_found.leader.to_pylist())) < 0.8 * len(list_found.leader)


def test_the_same_companies_are_found_on_both_engines(duck, companies_found):
    assert companies_found == companies_linked(duck)
    _, then = companies_found
    assert any("61 records share allshops.mx" in one.reason for one in then.set_aside)


def test_the_same_plan_is_made_on_both_engines(plans_made):
    one, other = plans_made
    assert one == other
    assert one.credits


def test_the_answer_to_every_question_is_the_same(
    both, people_found, list_found, companies_found, plans_made, story_told, rare_told
):
    """The same rows, and for each question at least once some."""
    assert both.different == []
    assert every_question() - both.answered == set()


TYPES = {
    "word": pa.array(["a'\"\\\\é", "", None]),
    "long": pa.array(["x", "y", None], pa.large_string()),
    "day": pa.array([-1, 2**50, None], pa.timestamp("us")),
    "instant": pa.array([DAY, DAY, None], pa.timestamp("us", "UTC")),
    "amount": pa.array([Decimal("12.30"), Decimal("-0.01"), None], pa.decimal128(18, 2)),
    "mark": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "few": pa.array([2**16 - 1, 0, None], pa.uint16()),
    "place": pa.array([-(2**31), 2**31 - 1, None], pa.int32()),
    "share": pa.array([0.25, -1.5, None], pa.float32()),
    "odds": pa.array([1e300, -0.1, None]),
    "sure": pa.array([True, False, None]),
    "words": pa.array([["a", None], [], None], pa.list_(pa.string())),
    "found": pa.array([[{"told": "x", "weight": 0.5}], [], None]),
}


def test_rows_come_out_as_they_went_in(duck, spark):
    question = "-- name: all\n-- Each row, as it is.\nSELECT * FROM t"
    tables = {"t": pa.table(TYPES)}
    assert list(differences(duck.ask(question, tables), spark.ask(question, tables))) == []
    assert spark.ask(question, tables)["mark"].to_pylist() == [2**64 - 1, 0, None]


@pytest.mark.parametrize(
    "expression",
    [
        "words[2]",
        "words[2:]",
        "words[1 : CASE WHEN len(words) > 3 THEN 2 ELSE 1 END]",
        "len(words)",
        "length(word)",
        "left(word, 1)",
        "number // 4",
        "number / 4",
        "regexp_replace(word, '[/:?].*$', '')",
        "regexp_full_match(word, 'a|b')",
        "regexp_matches(word, 'b$')",
        "strip_accents(lower(word))",
        "strip_accents(word)",
        "damerau_levenshtein(word, other)",
        "jaro_winkler_similarity(word, other)",
        "list_has_all(words, [word])",
        "array_to_string(words, ' ')",
        "string_split(word, '.')",
        "epoch(day)",
        "epoch_us(day)",
        "sha256(word)",
        "printf('%+.1f', number / 7)",
        "concat_ws(', ', word, other)",
        "hash(word, other)",
        "hash(words)",
        "hash(number) >> 6",
    ],
)
def test_an_expression_means_the_same(duck, spark, expression):
    question = f"SELECT place, {expression} AS found FROM t"
    assert list(differences(duck.ask(question, TRICKY), spark.ask(question, TRICKY))) == []


WORDS = ["ΟΔΥΣΣΕΥΣ", "İstanbul", "straße.", "x/y\nz", "b\n", "b", "", "José 🙂", None, "a"]
TRICKY = {
    "t": pa.table(
        {
            "place": range(len(WORDS)),
            "word": WORDS,
            "other": WORDS[1:] + WORDS[:1],
            "words": pa.array([(WORDS * 2)[at : at + at % 5] if at % 4 else None for at in range(len(WORDS))]),
            "number": pa.array([None, *range(-4, 5)], pa.int64()),
            "day": pa.array([DAY.replace(tzinfo=None, day=1 + at, microsecond=at) for at in range(len(WORDS))]),
        }
    )
}


@pytest.mark.usefixtures("spark")
def test_the_settings_choose_it_with_its_master_and_options(tmp_path):
    file = tmp_path / "crm-sync.toml"
    chosen_options = (
        '[spark]\nmaster = "local[2]"\nleast_rows = 3\n[spark.options]\n"spark.sql.shuffle.partitions" = "3"\n'
    )
    file.write_text(f'engine = "spark"\n[hubspot]\ntoken = "pat"\n{chosen_options}')
    engine = chosen(load_settings(file))
    assert engine.ask("SELECT max(place) AS most FROM t", TRICKY).to_pylist() == [{"most": len(WORDS) - 1}]
    assert engine.session.conf.get("spark.sql.shuffle.partitions") == "3"


def test_few_rows_are_not_worth_to_begin_for():
    """The master does not exist: whatever is asked of it fails."""
    engine = Spark("spark://nowhere.invalid:1", {}, least_rows=len(WORDS) + 1)
    assert engine.ask("SELECT count(*) AS n FROM t", TRICKY).to_pylist() == [{"n": len(WORDS)}]
    assert "session" not in vars(engine)


def test_what_one_question_was_told_is_gone_for_the_next(spark):
    spark.ask("SELECT 1 AS one FROM t", TRICKY)
    with pytest.raises(Failed, match="t does not exist"):
        spark.ask("SELECT 1 AS one FROM t", {})


def test_no_file_is_reached_whatever_is_asked(spark, tmp_path):
    (tmp_path / "file.csv").write_text("a\n1\n")
    for question in (f"SELECT * FROM csv.`{tmp_path}/file.csv`", f"SELECT * FROM read_csv('{tmp_path}/file.csv')"):
        with pytest.raises(Failed):
            spark.ask(question, {})


def test_what_spark_cannot_be_asked_fails_with_the_name_of_the_question(spark):
    with pytest.raises(Failed, match=r"spark: question first: only the first match of 'a'"):
        spark.ask("-- name: first\n-- Oops.\nSELECT regexp_replace(word, 'a', '') AS one FROM t", TRICKY)
