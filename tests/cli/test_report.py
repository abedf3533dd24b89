"""`crm-sync report`: the teams' figures on the terminal and as JSON."""

from __future__ import annotations

import pytest

from tests.cli.commands import crm, crm_on
from tests.cli.conftest import OwnStore
from tests.sync.town import Town

TITLES = {
    "funnel": "Lifecycle funnel",
    "sla": "Sales to marketing: follow-up",
    "sources": "Sources of ",
    "deals": "Deals by stage",
    "handoff": "Handoff to sales",
}


@pytest.mark.parametrize("name", TITLES)
def test_every_report_is_a_table_and_one_json_object(synced: Town, name: str) -> None:
    page, data = crm_on(synced, "report", name), crm_on(synced, "report", name, "--json")
    assert (page.code, page.err, data.code, data.err) == (0, "", 0, "")
    assert page.out.startswith(TITLES[name])
    assert isinstance(data.json, dict)


@pytest.mark.parametrize("name", TITLES)
def test_a_report_on_an_empty_store_is_empty_not_an_error(own: OwnStore, name: str) -> None:
    file = own()
    assert crm("--config", file, "report", name).code == 0
    assert crm("--config", file, "report", name, "--json").code == 0


def test_the_funnel_counts_everybody_once(synced: Town) -> None:
    stages = crm_on(synced, "report", "funnel", "--json").json["stages"]
    assert sum(one["now"] for one in stages) == len(synced.truth()["people"])


def test_the_handoff_speaks_the_language_of_the_settings(own: OwnStore) -> None:
    ran = crm("--config", own(language="es"), "report", "handoff")
    assert ran.out.startswith("Entrega a ventas  Se entregaron 0 leads")
    assert "Cuánto tardaron los leads" in ran.out


def test_sections_of_the_handoff_without_rows_say_so(own: OwnStore) -> None:
    ran = crm("--config", own(), "report", "handoff")
    for title, sentence in (
        ("What leads brought", "No lead was handed off in this time."),
        ("Why promises were missed", "Nothing was missed."),
        ("Owners of another team", "Everybody belongs to somebody of the stage's team."),
    ):
        assert f"{title}\n{sentence}" in ran.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("report", "deals"), "No deal has been read yet."),
        (("report", "sla"), "No qualified lead has a rep yet."),
        (("commitment", "report"), "No lead was delivered in this month."),
    ],
)
def test_lists_without_rows_say_so(own: OwnStore, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in crm("--config", own(), *words).out


def test_the_promise_speaks_the_language_of_the_settings(own: OwnStore) -> None:
    ran = crm("--config", own(language="es"), "report", "sla")
    assert ran.out.startswith("De ventas a marketing: seguimiento")
    for words in (
        "Meta",
        "Primer intento",
        "A tiempo",
        "De marketing a ventas: leads calificados",
        "300 leads calificados",
    ):
        assert words in ran.out
    assert "first_attempt" not in ran.out


def test_the_handoff_opens_to_the_records_in_both_crms(synced: Town) -> None:
    found = crm_on(synced, "report", "handoff", "--json").json
    assert set(found) == {"days", "completeness", "black_hole", "speed", "contact", "teams", "misses"}
    brought = found["completeness"]
    assert brought["leads"] == brought["complete"] + len(brought["incomplete"]) > 0
    truth = {ref for person in synced.truth()["people"] for ref in person["records"]}
    assert {ref for one in brought["incomplete"] for ref in one["refs"]} <= truth
