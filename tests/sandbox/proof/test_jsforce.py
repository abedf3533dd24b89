"""jsforce, unchanged: SOAP login, REST and both Bulk APIs. It comes from npm, so it runs where CI=true says so."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.proof.node import installed, told_by

from crm_sync.sandbox.server import Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script saw of an empty org."""
    place = installed("jsforce@3.10.16", tmp_path_factory.mktemp("node"))
    with Sandbox(people=0, directory=tmp_path_factory.mktemp("sandbox")) as sandbox:
        card = sandbox.card()["salesforce"]
        environment = {
            "SALESFORCE_URL": card["http_url"],
            "SALESFORCE_USER": card["username"],
            "SALESFORCE_PASSWORD": card["password"] + card["security_token"],
        }
        return told_by("salesforce_client.mjs", place, environment)


def test_a_password_logs_in_over_soap(told):
    assert told["info"] == ["id", "organizationId", "url"]
    assert told["usage"] == 100_000


def test_records_are_made_changed_upserted_read_and_deleted(told):
    assert told["made"] is True
    assert told["upserted"] == [True, True]
    assert told["read"] == ["CTO", "León"]
    assert (told["gone"], told["missing"]) == (True, "ENTITY_IS_DELETED")


def test_collections_and_queries_are_sent_as_the_client_likes(told):
    assert told["some"] == 250
    assert told["found"] == 5
    assert told["everything"] == [251, 251]
    assert told["described"] == ["Lead", True]
    assert told["malformed"] == "MALFORMED_QUERY"
    assert told["limits"] == ["Max", "Remaining"]


def test_both_bulk_apis_write_and_read(told):
    assert told["first"] == [[True, 0], [False, 1]]
    assert told["firstRead"] == ["Bulk"]
    assert told["second"] == [1, 1]
    assert told["secondRead"] == ["Bulk"]
