"""`crm-sync dupes list|explain|review|plan|apply|undo`: decisions hold until they are taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Ran, crm
from tests.cli.conftest import OwnStore


@pytest.fixture
def file(first_sync: tuple[Path, Ran]) -> Path:
    return first_sync[0]


def people(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = crm("--config", file, "dupes", "list", "--json").json
    return found


def tied(file: Path) -> tuple[str, str]:
    """Two records that matching made one person."""
    for one in people(file):
        for record in one["records"]:
            if "chance" in record:
                return record["ref"], record["other"]
    raise AssertionError("nobody was matched")


def settle(file: Path) -> None:
    """Concludes anew, as a sync would, but writes nothing into the CRMs that other tests share."""
    kept = file.parent / "settle.json"
    crm("--config", file, "dupes", "plan", "-o", kept)
    assert crm("--config", file, "dupes", "apply", kept).code == 0


def test_people_with_several_records_are_listed_with_their_evidence(file: Path) -> None:
    found = people(file)
    assert all(len(one["records"]) > 1 for one in found)
    assert all(not one["records"][0]["because"] for one in found)
    record = next(record for one in found for record in one["records"] if "chance" in record)
    assert record["chance"] > 0.5
    assert record["because"].startswith(record["evidence"][0]["told"])


def test_two_records_are_compared_on_request(file: Path) -> None:
    one, other = tied(file)
    ran = crm("--config", file, "dupes", "explain", one, other, "--json")
    assert ran.json["persons"][0] == ran.json["persons"][1]
    assert ran.json["chance"] > 0.5
    assert ran.json["evidence"]


def test_a_decision_parts_a_person_and_taking_it_back_joins_it_again(file: Path, tmp_path: Path) -> None:
    before, (one, other) = people(file), tied(file)
    assert crm("--config", file, "dupes", "undo", one, "--by", "ana").code == 0
    kept = tmp_path / "plan.json"
    planned = crm("--config", file, "dupes", "plan", "-o", kept, "--json")
    assert planned.code == 2
    assert one in {moved["ref"] for moved in planned.json["moved"]} | {other}
    applied = crm("--config", file, "dupes", "apply", kept, "--json")
    assert applied.code == 0, applied.err
    assert people(file) != before
    for made in crm("--config", file, "dupes", "list", "--decisions", "--json").json:
        assert made["by"] == "ana"
        assert crm("--config", file, "dupes", "undo", made["number"], "--by", "luis").code == 0
    settle(file)
    assert people(file) == before
    assert crm("--config", file, "dupes", "plan").code == 0


def test_a_plan_that_would_do_something_else_now_is_not_applied(file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "plan.json"
    crm("--config", file, "dupes", "plan", "-o", kept)
    assert crm("--config", file, "dupes", "review", *tied(file), "--apart").code == 0
    ran = crm("--config", file, "dupes", "apply", kept)
    assert ran.code == 1
    assert "Something else would change now" in ran.err
    assert json.loads(kept.read_text())["moved"] == []


def test_what_was_decided_is_not_asked_again(file: Path) -> None:
    pair = tied(file)
    crm("--config", file, "dupes", "review", *pair, "--apart", "--note", "brothers")
    settle(file)
    waiting = crm("--config", file, "dupes", "review", "--json").json
    assert set(pair) not in [{one["one"]["ref"], one["other"]["ref"]} for one in waiting]
    assert [one["note"] for one in crm("--config", file, "dupes", "list", "--decisions", "--json").json] == ["brothers"]
    assert "Times in America/Mexico_City" in crm("--config", file, "dupes", "list", "--decisions").out


def test_no_more_decisions_are_listed_than_asked_for_the_latest_first(file: Path) -> None:
    for note in ("brothers", "twins"):
        crm("--config", file, "dupes", "review", *tied(file), "--apart", "--note", note)
    ran = crm("--config", file, "dupes", "list", "--decisions", "--limit", "1")
    assert ("twins" in ran.out, "brothers" in ran.out) == (True, False)
    assert ran.lines == ["and 1 from before (--limit, --json)"]


def companies(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = crm("--config", file, "dupes", "list", "--companies", "--json").json
    return found


def tied_firms(file: Path) -> tuple[str, str]:
    """Two records that are one company."""
    ties = ((record["ref"], record["other"]) for one in companies(file) for record in one["records"] if record["other"])
    return next(ties)


def test_companies_are_parted_by_a_decision_and_joined_again_when_it_is_taken_back(file: Path) -> None:
    before, (one, other) = companies(file), tied_firms(file)
    assert all(len(firm["records"]) > 1 and not firm["records"][0]["because"] for firm in before)
    explained = crm("--config", file, "dupes", "explain", one, other, "--json").json
    assert explained["companies"][0] == explained["companies"][1]
    assert explained["chance"] > 0.5
    made = crm("--config", file, "dupes", "review", one, other, "--apart", "--by", "ana", "--json").json
    assert (made["about"], made["same"]) == ("company", False)
    assert "one company" in crm("--config", file, "dupes", "explain", one, other).out
    settle(file)
    ids = crm("--config", file, "dupes", "explain", one, other, "--json").json["companies"]
    assert ids[0] != ids[1]
    listed = crm("--config", file, "dupes", "list", "--decisions", "--companies", "--json").json
    assert [(told["about"], told["by"]) for told in listed] == [("company", "ana")]
    assert crm("--config", file, "dupes", "undo", made["number"], "--by", "luis").code == 0
    settle(file)
    assert companies(file) == before


def test_a_company_record_is_cut_off_and_is_no_persons(file: Path) -> None:
    one, _ = tied_firms(file)
    cut = crm("--config", file, "dupes", "undo", one, "--json").json
    assert all(one in (made["one"], made["other"]) for made in cut)
    settle(file)
    assert one not in {record["ref"] for firm in companies(file) for record in firm["records"]}
    person, _ = tied(file)
    ran = crm("--config", file, "dupes", "review", person, one, "--same")
    assert (ran.code, "another record of a person than the first one" in ran.err) == (4, True)


def test_pairs_of_companies_wait_side_by_side(file: Path) -> None:
    waiting = crm("--config", file, "dupes", "review", "--companies", "--json").json
    assert all(pair["evidence"] and {"domain", "people"} <= set(pair["one"]) for pair in waiting)
    ran = crm("--config", file, "dupes", "review", "--companies")
    assert ran.code == 0
    assert (f"{len(waiting):,} pairs to look at" in ran.out) if waiting else ("Nothing waits" in ran.err)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("review", "hubspot:contacts:0", "hubspot:contacts:1", "--same"), "one record that has been read"),
        (("review", "hubspot:contacts:0"), "two records and --same or --apart"),
        (("undo", "77"), "the number of a decision in force"),
        (("apply", "nowhere.json"), "a file that `crm-sync dupes plan -o FILE` wrote"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(file: Path, words: tuple[str, ...], told: str) -> None:
    ran = crm("--config", file, "dupes", *words)
    assert ran.code == 4
    assert told in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_where_nobody_is_double_that_is_said(own: OwnStore) -> None:
    ran = crm("--config", own(), "dupes", "list")
    assert (ran.code, ran.lines[-1]) == (0, "Nobody has more than one record.")
    ran = crm("--config", own(), "dupes", "list", "--companies")
    assert (ran.code, ran.lines[-1]) == (0, "No company has more than one record.")
