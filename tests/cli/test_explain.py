"""`crm-sync explain PERSON`: asked by whatever somebody has at hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.commands import crm_on
from tests.sync.town import Town


@pytest.fixture
def judged(synced: Town) -> dict[str, Any]:
    """Somebody with an SLA verdict and records in both CRMs, as the command tells it."""
    truth = next(
        one for one in synced.truth()["people"] if one["sla"] and {ref[:3] for ref in one["records"]} == {"hub", "sal"}
    )
    found: dict[str, Any] = crm_on(synced, "explain", truth["records"][0], "--json").json["person"]
    return found | {"truth": truth}


def test_a_person_is_found_by_id_record_record_id_and_address(synced: Town, judged: dict[str, Any]) -> None:
    record = judged["truth"]["records"][0]
    for asked in (judged["person_id"], record, record.rpartition(":")[2], judged["email"], judged["email"].upper()):
        ran = crm_on(synced, "explain", asked, "--json")
        assert ran.code == 0
        assert ran.json["asked"] == asked
        assert ran.json["person"]["person_id"] == judged["person_id"]


def test_everything_is_told_with_its_reason(judged: dict[str, Any]) -> None:
    truth = judged["truth"]
    assert {one["ref"] for one in judged["records"]} == set(truth["records"])
    assert [bool(one["because"]) for one in judged["records"]].count(False) == 1
    assert judged["verdict"]["status"] == truth["sla"]["status"]
    assert all(one["because"] for one in judged["verdict"]["targets"])
    assert all(one["because"] for one in judged["history"])
    assert sum(one["counted"] is True for one in judged["journey"]) >= truth["sla"]["attempts"]


def test_on_a_terminal_the_same_person_reads_as_a_page(synced: Town, judged: dict[str, Any]) -> None:
    ran = crm_on(synced, "explain", judged["person_id"])
    assert (ran.code, ran.err) == (0, "")
    titles = [line.rstrip() for line in ran.out.splitlines() if line and not line.startswith(" ")]
    assert [line for line in titles if line in ("Records", "Stages", "Journey")] == ["Records", "Stages", "Journey"]
    assert f"SLA: {judged['verdict']['status']}" in ran.out
    for ref in judged["truth"]["records"]:
        assert ref in ran.out


def test_ids_are_printed_as_they_are(synced: Town) -> None:
    """`salesforce:label:Lead/00Q...` holds `:label:`, which is an emoji to others."""
    people = crm_on(synced, "explain", "a", "--json").json["matches"]
    told = "".join(crm_on(synced, "explain", one["person_id"]).out for one in people[:10])
    assert "salesforce:label:" in told


def test_several_people_are_listed_to_choose_from(synced: Town) -> None:
    ran = crm_on(synced, "explain", "an")
    assert ran.code == 1
    assert "people match; ask for one of them" in ran.out.splitlines()[0]
    found = crm_on(synced, "explain", "an", "--json").json
    assert found["person"] is None
    assert len(found["matches"]) > 1
    assert all(one["person_id"] in ran.out for one in found["matches"])


@pytest.mark.parametrize("asked", ["nobody@nowhere.example", "%", "[bold]", ""])
def test_nobody_is_said_in_one_sentence(synced: Town, asked: str) -> None:
    ran = crm_on(synced, "explain", asked)
    assert (ran.code, ran.out, len(ran.lines)) == (1, "", 1)
    assert f"Nobody matches {asked!r}" in ran.err
    assert crm_on(synced, "explain", asked, "--json").json == {"asked": asked, "matches": [], "person": None}


def test_a_qualified_lead_is_told_its_criteria(synced: Town, judged: dict[str, Any]) -> None:
    """By the shipped table, with the rules that held and those that did not."""
    told = judged["qualifications"][-1]
    rules = {"asked", "answered_a_campaign", "came_back", "decides", "has_a_company"}
    assert (told["version"], told["needed"], told["met"]) == ("2026-1", 10, told["points"] >= 10)
    assert {*told["rules"], *told["missed"]} == rules
    assert told["started_at"] == judged["verdict"]["started_at"]
    page = crm_on(synced, "explain", judged["person_id"]).out
    assert "Why this is a qualified lead" in page
    assert f"{told['points']} of 10" in page
