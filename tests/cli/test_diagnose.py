"""`crm-sync diagnose`: reads a CRM in which nothing of ours is installed, or exports, and leaves both as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import crm, crm_on
from tests.sync.town import Town

EXPORTS = Path(__file__).parents[2] / "examples" / "exports"
SYMPTOMS = ["cost", "duplicates", "black_hole", "handoff"]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """A copy of the shipped exports, without what a sync may have left in them."""
    shutil.copytree(EXPORTS, tmp_path / "exports", ignore=shutil.ignore_patterns("crm_sync_*"))
    return tmp_path / "exports"


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_crm_without_our_properties_is_read_and_left_alone(bare: Town) -> None:
    before = crm_on(bare, "schema", "plan", "--json").json
    truth = bare.truth_now()
    ran = crm_on(bare, "--quiet", "diagnose", "--json")
    assert ran.code == 0, ran.err
    assert [one["name"] for one in ran.json["symptoms"]] == SYMPTOMS
    assert ran.json["read"]["people"] == len(truth["people"])
    assert crm_on(bare, "schema", "plan", "--json").json == before
    assert bare.truth_now()["people"] == truth["people"]
    assert crm_on(bare, "status", "--json").json["progress"] == {}, "what was read is thrown away"


def test_exports_are_read_and_left_alone_without_any_settings(exports: Path, tmp_path: Path) -> None:
    before = contents(exports)
    ran = crm("--quiet", "diagnose", exports, "--as-of", "2026-05-29", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["read"] == {"people": 9, "records": 11, "leads": 6, "won_deals": 1}
    scores = {one["name"]: one["score"] for one in ran.json["symptoms"]}
    assert scores["cost"] is None
    assert scores["duplicates"] == pytest.approx(90.9)
    assert contents(exports) == before


def test_what_a_folder_does_not_hold_is_unknown(exports: Path) -> None:
    for file in exports.iterdir():
        if file.name not in ("people.csv", "owners.csv"):
            file.unlink()
    symptoms = {one["name"]: one for one in crm("--quiet", "diagnose", exports, "--json").json["symptoms"]}
    unknown = {(name, one["name"]): one["unknown"] for name, some in symptoms.items() for one in some["measures"]}
    assert unknown["cost", "no_cost"] == "campaigns"
    assert unknown["black_hole", "lost"] == "activities"
    assert symptoms["cost"]["score"] is None


@pytest.mark.parametrize(
    ("language", "title", "word"), [("en", "Do you need this?", "act now"), ("es", "¿Necesita esto?", "actuar ya")]
)
def test_the_page_has_a_bar_and_a_next_step_in_both_languages(
    exports: Path, language: str, title: str, word: str
) -> None:
    ran = crm("--quiet", "diagnose", exports, "--as-of", "2026-05-29", "--language", language)
    assert ran.out.startswith(title)
    bars = [line for line in ran.out.splitlines() if "░" in line or "█" in line]
    assert len(bars) == len(SYMPTOMS)
    assert sum(word in line for line in bars) == 2
    assert ran.out.count("→") == len(SYMPTOMS)


def test_a_folder_that_is_none_and_a_language_that_is_none_are_said_plainly(tmp_path: Path) -> None:
    missing = crm("diagnose", tmp_path / "nowhere")
    assert (missing.code, "people.csv" in missing.err) == (4, True)
    assert crm("diagnose", tmp_path, "--language", "fr").code == 4


def test_errors_name_the_folder_that_was_given(tmp_path: Path) -> None:
    empty = crm("--quiet", "diagnose", tmp_path)
    assert (empty.code, empty.err) == (
        4, f"crm-sync: {tmp_path}: found no people.csv; allowed: people.csv or people.parquet.\n",
    )  # fmt: skip
    (tmp_path / "people.csv").write_text("a,b\n1,2\n")
    assert f"crm-sync: {tmp_path}/people.csv: line 1: found a, b; allowed" in crm("--quiet", "diagnose", tmp_path).err


def test_rows_that_were_left_out_are_told(exports: Path) -> None:
    with (exports / "people.csv").open("a", encoding="utf-8") as people:
        people.write(",,,\n")
    ran = crm("diagnose", exports)
    assert ran.code == 0
    assert "not read  files: people.csv: line" in ran.err
    assert "/tmp" not in ran.err, "no file in a folder that is thrown away"


@pytest.mark.parametrize(
    ("as_of", "allowed"),
    [("", "a day or an instant, as in 2026-03-01"), ("2199-01-01", "a day or an instant up to now: no export")],
)
def test_exports_of_no_day_and_of_a_day_ahead_are_refused(exports: Path, as_of: str, allowed: str) -> None:
    ran = crm("diagnose", exports, "--as-of", as_of)
    assert (ran.code, ran.out, len(ran.lines)) == (4, "", 1)
    assert f"--as-of: found '{as_of}'; allowed: {allowed}" in ran.err
