"""Weights from the store's own people: kept as a row, used by the next plan, outdated by new tables, taken back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.cli.context import parts_of
from crm_sync.engine.duckdb import DuckDB
from crm_sync.mappings import load_vocabulary
from crm_sync.mappings.vocabulary import load_identity, load_usual
from crm_sync.reconciler.dedupe.kept.memory import digest_of
from crm_sync.reconciler.dedupe.link import link_people
from crm_sync.reconciler.dedupe.matching.match import Matcher
from crm_sync.reconciler.dedupe.training.checks import Check
from crm_sync.reconciler.dedupe.training.train import Trainer, Training, Weight
from crm_sync.records import Ref, Snapshot
from crm_sync.settings import load_settings
from crm_sync.store import open_store
from crm_sync.store.trainings import in_force, trained_vocabulary
from crm_sync.sync.memory import load, remembered
from crm_sync.sync.train import keep, reset, train
from crm_sync.wiring import build
from tests.identity.habits import HABITS
from tests.identity.leads import COLUMNS, Kind, leads
from tests.sync.people import recorded

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROWS = 4_000
WORDS, MODEL = load_identity()
MADE = Training(
    6_000, 900, 8_000, (Weight("mail_same", 4.4295, 2.0, 40, 900),), (Check("records", 6_000, 2_000, True),)
)


def people(rows=ROWS, habit="team mailboxes"):
    """As two CRMs hold them."""
    told = [dict(zip(COLUMNS, row, strict=True)) for row in leads(rows, 61, Kind(1.0, 0.25), HABITS[habit])]
    return tuple(person(number, said) for number, said in enumerate(told))


def person(number, said):
    kind = {"hubspot": "contacts", "salesforce": "Lead"}[said["source"]]
    created_at = datetime.fromisoformat(said["created_at"]).replace(tzinfo=UTC)
    return recorded(Ref(said["source"], kind, f"{number:06}"), created_at, NOW, said)


@pytest.fixture(scope="module")
def trainer():
    return Trainer(WORDS, MODEL, load_usual(), DuckDB(threads=1))


@pytest.fixture
def store(tmp_path):
    found = open_store(f"sqlite:///{tmp_path / 'crm-sync.db'}")
    yield found
    found.close()


def test_what_the_crms_say_and_people_decide_only_checks_what_is_learnt(trainer, store):
    """Two who never met are told to be one by a CRM, two others by a person, and two that match to be two."""
    held = people()
    store.save_page("hubspot", "contacts", held, cursor="1")
    plain = train(store.snapshot(), trainer)
    one, two, three, four, *_ = held
    same = dataclasses.replace(one, version="2", same_as=(two.ref,))
    store.save_page("hubspot", "contacts", [same], cursor="2")
    store.decide(three.ref, four.ref, same=True, by="ana", now=NOW)
    store.decide(one.ref, four.ref, same=False, by="ana", now=NOW)
    told = train(store.snapshot(), trainer)
    assert told.weights == plain.weights
    numbers = {check.name: (check.number, check.before) for check in told.checks}
    assert {"said_by_crms", "decided_one", "decided_two"}.isdisjoint(check.name for check in plain.checks)
    assert [numbers[name] for name in ("said_by_crms", "decided_one", "decided_two")] == [(0, 0)] * 3


def test_the_row_says_when_from_what_and_which_checks_held(store):
    number = keep(store, MADE, MODEL.digest, "ana", NOW)
    (kept,) = store.trainings()
    assert (kept.number, kept.at, kept.by, kept.begun_with) == (number, NOW, "ana", MODEL.digest)
    assert (kept.records, kept.pairs) == (6_000, 8_900)
    assert kept.weights == {"mail_same": (4.4295, 2.0)}
    assert kept.checks[0] == {
        "name": "records",
        "number": 6_000,
        "limit": 2_000,
        "least": True,
        "before": None,
        "held": True,
    }


def test_the_last_training_is_in_force_until_somebody_goes_back(store):
    vocabulary = load_vocabulary()
    assert trained_vocabulary(vocabulary, store.last_training()) == (vocabulary, ())
    keep(store, MADE, MODEL.digest, "ana", NOW)
    found, notes = trained_vocabulary(vocabulary, store.last_training())
    assert notes == ()
    assert found.identity.model.weights == {**MODEL.weights, "mail_same": 2.0}
    assert found.identity.words == vocabulary.identity.words
    reset(store, MODEL.digest, "luis", NOW + timedelta(days=1))
    assert trained_vocabulary(vocabulary, store.last_training()) == (vocabulary, ())
    assert [one.by for one in store.trainings()] == ["luis", "ana"]  # nothing is forgotten


def test_weights_that_began_with_others_than_the_tables_have_now_are_not_used(store):
    keep(store, MADE, "0" * 16, "ana", NOW)
    vocabulary = load_vocabulary()
    found, (note,) = trained_vocabulary(vocabulary, store.last_training())
    assert found.identity.model == MODEL
    assert "not used" in note
    assert "crm-sync dupes train" in note
    assert in_force(MODEL, store.last_training()).as_json()["weights"] == "outdated"


def test_any_other_number_in_the_tables_outdates_them():
    assert MODEL.digest == MODEL.model_copy(update={"weights": dict(MODEL.weights)}).digest
    assert MODEL.digest != MODEL.model_copy(update={"link": MODEL.link + 0.1}).digest
    assert MODEL.digest != MODEL.model_copy(update={"weights": {**MODEL.weights, "mail_same": 4.0}}).digest


def test_everybody_is_matched_anew_when_other_weights_hold(store, tmp_path):
    keep(store, MADE, MODEL.digest, "ana", NOW)
    model = in_force(MODEL, store.last_training()).model
    words = WORDS.model_copy(update={"renewal": WORDS.renewal.model_copy(update={"people": 100, "hours": 240})})
    before, after = (Matcher(words, one, DuckDB(threads=1)) for one in (MODEL, model))
    snapshot, place = Snapshot(people=people(300)), tmp_path / "matching"

    def mark(matcher, at):
        with remembered(place, store) as memory:
            link_people(snapshot, matcher, memory, at)
        found = load(place)
        assert found.made_by == digest_of(matcher)
        return found.mark

    first = mark(before, NOW)
    assert mark(before, NOW + timedelta(hours=1)) == first
    assert mark(after, NOW + timedelta(hours=2)) != first


def test_a_service_that_runs_already_goes_by_what_is_learnt_meanwhile(tmp_path):
    (tmp_path / "exports").mkdir()
    lines = ['database = "sqlite:///store.db"', "[files]", 'directory = "exports"']
    (tmp_path / "crm-sync.toml").write_text("\n".join(lines))
    house = build(load_settings(tmp_path / "crm-sync.toml"))
    assert parts_of(house).vocabulary.identity.model == MODEL
    keep(house.store, MADE, MODEL.digest, "ana", NOW)
    assert parts_of(house).vocabulary.identity.model.weights["mail_same"] == 2.0
    reset(house.store, MODEL.digest, "ana", NOW)
    assert parts_of(house).vocabulary.identity.model == MODEL
    house.store.close()
