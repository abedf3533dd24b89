"""`crm-sync report`: the teams' figures on the terminal and as JSON."""

from __future__ import annotations

import pytest

from tests.cli.commands import crm, crm_on
from tests.cli.conftest import OwnStore
from tests.sync.town import Town

TITLES = {
    "funnel": "Lifecycle funnel",
    "sla": "SLA, sales to marketing",
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
