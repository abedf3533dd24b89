"""`crm-sync dupes train`: says what it learnt and checked, keeps it only when all holds, and goes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_sync.cli.training import CHECKS, FINDINGS
from crm_sync.mappings.usual import SIDES
from crm_sync.mappings.vocabulary import load_usual
from crm_sync.settings import load_settings
from crm_sync.store import open_store
from crm_sync.sync.train import keep
from tests.cli.commands import Ran, crm
from tests.cli.conftest import OwnStore
from tests.sync.test_train import MADE, NOW, people


@pytest.fixture
def file(own: OwnStore) -> Path:
    return own()


def filled(file: Path, rows: int, habit: str) -> None:
    store = open_store(load_settings(file).database)
    store.save_page("hubspot", "contacts", people(rows, habit), cursor="1")
    store.close()


def test_a_town_is_too_small_to_learn_from(first_sync: tuple[Path, Ran]) -> None:
    ran = crm("--config", first_sync[0], "dupes", "train")
    assert ran.code == 0
    assert "does not hold" in ran.out
    assert "Not used: too few records to learn from. The weights stay as they are." in ran.err
    assert crm("--config", first_sync[0], "dupes", "train", "--json").json["accepted"] is False


def test_weights_are_shown_kept_used_and_taken_back(file: Path) -> None:
    filled(file, 6_000, "team mailboxes")
    shown = crm("--config", file, "dupes", "train", "--dry-run")
    assert shown.code == 2, shown.out + shown.err
    assert "the same e-mail" in shown.out
    assert "does not hold" not in shown.out
    assert "Keep it: crm-sync dupes train" in shown.err
    assert crm("--config", file, "status", "--json").json["matching"]["weights"] == "tables"

    kept = crm("--config", file, "dupes", "train", "--by", "ana", "--json")
    assert kept.code == 0
    assert kept.json["accepted"] is True
    assert kept.json["training"] == 1
    assert all(check["held"] for check in kept.json["checks"])
    assert crm("--config", file, "status", "--json").json["matching"]["weights"] == "trained"

    planned = crm("--config", file, "dupes", "plan", "--json").json
    back = crm("--config", file, "dupes", "train", "--reset")
    assert back.code == 0
    assert "The weights of the tables hold again" in back.err
    assert crm("--config", file, "dupes", "plan", "--json").json["people"] != planned["people"]


def test_what_a_check_refuses_is_not_kept(file: Path) -> None:
    filled(file, 6_000, "own phones")
    ran = crm("--config", file, "dupes", "train")
    assert ran.code == 1
    assert "relatives or namesakes merge" in ran.err
    store = open_store(load_settings(file).database)
    assert store.trainings() == []
    store.close()


def test_which_weights_hold_is_told_beside_the_list_and_in_the_status(first_sync: tuple[Path, Ran]) -> None:
    file = first_sync[0]
    assert "The weights are those of the tables." in crm("--config", file, "dupes", "list").err
    store = open_store(load_settings(file).database)
    keep(store, MADE, "0" * 16, "ana", NOW)
    store.close()
    assert "began with others" in crm("--config", file, "dupes", "list").err
    assert "Matching: The weights trained on 2026-03-02 began with others" in crm("--config", file, "status").out
    assert "began with others" in crm("--config", file, "dupes", "plan").err


def test_every_finding_and_check_has_its_words() -> None:
    usual = load_usual().pairs
    assert set(usual) == set(SIDES)
    assert {f"{side}_{finding}" for side, told in usual.items() for finding in told} == set(FINDINGS)
    assert all(about.words and about.otherwise for about in CHECKS.values())
