"""HubSpot's own Node client, unchanged, against the sandbox: it comes from npm, so it runs where CI=true says so."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.proof.node import installed, told_by

from crm_sync.sandbox.server import Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script saw of an empty account."""
    place = installed("@hubspot/api-client@13.5.0", tmp_path_factory.mktemp("node"))
    with Sandbox(people=0, directory=tmp_path_factory.mktemp("sandbox")) as sandbox:
        card = sandbox.card()["hubspot"]
        environment = {"HUBSPOT_URL": card["url"], "HUBSPOT_TOKEN": card["token"]}
        return told_by("hubspot_client.mjs", place, environment)


def test_records_are_made_changed_and_read_with_their_history(told):
    assert told["created"] == {"isDate": True, "archived": False}
    read = told["read"]
    assert (read["email"], read["lifecyclestage"], read["city"]) == ("ana@node.example", "marketingqualifiedlead", None)
    assert read["history"] == ["marketingqualifiedlead", "lead"]
    assert told["everyone"] == 4


def test_batches_and_search_answer_as_the_client_expects(told):
    assert told["batch"] == {"count": 3, "status": "COMPLETE", "city": "León"}
    assert told["upserted"] == {"isNew": False, "city": "Puebla"}
    assert told["someRead"] == {"count": 1, "numErrors": 1}
    assert told["found"] == {"total": 4, "count": 2, "after": "2"}


def test_associations_are_made_and_read(told):
    assert told["linked"] == [1, 279]
    assert told["dealContacts"] == [True]


def test_definitions_and_owners_are_read(told):
    assert told["property"] == {"type": "number", "group": "node"}
    assert told["pipelines"] == ["default"]
    assert told["owners"] == 0


def test_refusals_reach_the_caller_with_status_and_category(told):
    assert (told["twice"]["status"], told["twice"]["category"]) == (409, "CONFLICT")
    assert told["gone"]["status"] == 404
    assert (told["unknown"]["status"], told["unknown"]["category"]) == (400, "VALIDATION_ERROR")
