"""`crm-sync` on a folder of exports: the shipped example from its files to its figures, and a folder beside CRMs."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import Ran, crm
from tests.cli.settings import settings_of
from tests.conftest import Towns

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The settings file of a copy of the shipped folder, with our properties installed."""
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("crm_sync_*", "*.db*"))
    settings = tmp_path / "examples" / "exports.toml"
    assert crm("--config", settings, "schema", "apply").code == 0
    return settings


def on(settings: Path, *words: str) -> Ran:
    return crm("--config", settings, "--quiet", *words)


def held(settings: Path) -> dict[str, dict[str, str]]:
    """Person → our properties, as their file has them."""
    with (settings.parent / "exports" / "crm_sync_properties.csv").open(encoding="utf-8", newline="") as text:
        return {row["id"]: row for row in csv.DictReader(text)}


def test_a_folder_of_exports_goes_from_its_files_to_properties_and_figures(example: Path) -> None:
    ran = on(example, "sync", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["people"], ran.json["links"], ran.json["pulled"]["files"]["people"]) == (9, 2, 11)
    assert ran.json["planned"] == ran.json["written"]["files"] > 100
    found = held(example)
    assert (found["1"]["smk_sla_status"], found["1"]["smk_sla_target"]) == ("breached", "cadence")
    assert found["1"]["smk_person_id"] == found["2"]["smk_person_id"], "the same e-mail address"
    assert found["4"]["smk_person_id"] == found["5"]["smk_person_id"], "the same phone and name"
    assert (found["3"]["smk_stage"], found["6"]["smk_stage"]) == ("customer", "opportunity")
    sources = on(example, "report", "sources", "--json").json["sources"]
    earned = {one["channel"]: one["models"]["first"]["revenue"] for one in sources}
    assert {channel for channel, revenue in earned.items() if float(revenue)} == {"organic_search"}
    assert earned["organic_search"] == "18000.00"


def test_the_readme_shows_what_the_example_says(example: Path) -> None:
    section = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8").partition("## Try it on your own exports")[2]
    block = section.split("```")[1].strip().splitlines()
    commands = [line.partition("#")[0].split()[4:] for line in block if line.startswith("$")]
    printed = [line.rstrip() for words in commands for line in crm("--config", example, *words).out.splitlines()]
    shown = [line for line in block if not line.startswith("$")]
    assert len(commands) == 4
    assert [line for line in shown if line not in printed] == []


def test_a_second_sync_of_the_same_files_plans_and_writes_nothing(example: Path) -> None:
    on(example, "sync")
    before = held(example)
    again = on(example, "sync", "--json").json
    assert (again["read"], again["planned"], again["written"]) == (0, 0, {"files": 0})
    assert held(example) == before


def test_an_export_that_changed_moves_only_whom_it_concerns(example: Path) -> None:
    on(example, "sync")
    touches = example.parent / "exports" / "touches.csv"
    with touches.open("a", encoding="utf-8") as text:
        text.write("t13,10,2026-05-28 15:00,call,outbound,completed,luis@north.example,First call,,\n")
    again = on(example, "sync", "--json").json
    assert (again["pulled"]["files"]["touches"], again["read"]) == (1, 1)
    assert (held(example)["10"]["smk_sla_status"], held(example)["10"]["smk_attempt_count"]) == ("on_track", "1")


def test_who_is_not_in_the_export_any_more_is_no_person_any_more(example: Path) -> None:
    on(example, "sync")
    people = example.parent / "exports" / "people.csv"
    lines = people.read_text(encoding="utf-8").splitlines(keepends=True)
    people.write_text("".join(line for line in lines if not line.startswith("11,")), encoding="utf-8")
    assert on(example, "sync", "--json").json["people"] == 8


def test_doctor_names_the_row_that_was_left_out(example: Path) -> None:
    ran = crm("--config", example, "doctor")
    assert ran.code == 1
    assert "people.csv: line 13: created_at: found '19/05/2026'" in ran.out


def test_the_words_that_no_table_maps_are_listed(example: Path) -> None:
    on(example, "sync")
    assert [(one["crm"], one["value"]) for one in on(example, "status", "--json").json["unmapped"]] == [
        ("files", "Newspaper")
    ]


def test_a_person_can_be_explained_by_the_name_and_by_the_row(example: Path) -> None:
    on(example, "sync")
    by_name, by_row = (crm("--config", example, "explain", asked).out for asked in ("bruno", "files:person:3"))
    assert by_name == by_row
    assert 'files person 3 says "MQL"' in by_name


def test_nothing_is_written_before_our_columns_are_there(example: Path) -> None:
    (example.parent / "exports" / "crm_sync_properties.csv").unlink()
    ran = on(example, "sync")
    assert (ran.code, "Run `crm-sync schema apply`" in ran.err) == (4, True)


@pytest.mark.slow
def test_a_folder_beside_the_crms_is_linked_to_their_people(towns: Towns, tmp_path: Path) -> None:
    town = towns(people=20, seed=3)
    exports = tmp_path / "exports"
    exports.mkdir()
    contact = town.http.get(
        "/crm/v3/objects/contacts?limit=1&properties=email",
        headers={"Authorization": f"Bearer {town.card['hubspot']['token']}"},
    ).json()["results"][0]
    row = f"7,2026-01-05,{contact['properties']['email']},{contact['id']}\n"
    (exports / "people.csv").write_text("id,created_at,email,hubspot_id\n" + row, encoding="utf-8")
    settings = settings_of(town, tmp_path / "own", files={"directory": str(exports)})
    assert crm("--config", settings, "schema", "apply").code == 0
    ran = crm("--config", settings, "--quiet", "sync", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["written"]["files"] > 0
    with (exports / "crm_sync_properties.csv").open(encoding="utf-8", newline="") as text:
        [held] = csv.DictReader(text)
    assert held["smk_person_id"] == town.held()[f"hubspot:contacts:{contact['id']}"]["person_id"]
