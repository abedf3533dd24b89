"""Salesforce's published answers, provoked in an org of our own and compared field by field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.sandbox.proof.salesforce_stories import STORIES
from tests.sandbox.proof.same import differences
from tests.sandbox.salesforce.conftest import Org, signed_in

#: Facts of the org rather than of the API: only their type is compared.
FREE = frozenset({
    "access_token", "refresh_token", "instance_url", "id", "signature", "issued_at", "scope", "totalSize", "fields",
    "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime", "externalIdFieldName",
    "sub", "profile", "rest", "zoneinfo", "nickname", "Max", "Remaining",
})  # fmt: skip
#: Wording that nobody recorded: the status and the codes are the contract.
APPROXIMATE = "author's knowledge"
_SEARCH = "SOSL and recently viewed records are not imitated"
_OTHER = "the published records are of a custom object"
#: Where an answer differs on purpose: the place, and why.
KNOWN = {
    "oauth token, username-password": {
        "/refresh_token": "the sandbox hands one out with a password, too, so that refreshing can be tried",
        "/scope": "as with the other grants",
    },
    "GET /services/data/v62.0/": {"/search": _SEARCH, "/recent": _SEARCH, "/parameterizedSearch": _SEARCH},
    "GET /services/data/v62.0/limits": {
        "/HourlyODataCallout": "limits of what the sandbox does not have",
        "/ConcurrentAsyncGetReportInstances": "as above",
        "/HourlyTimeBasedWorkflow": "as above",
    },
    "upsert or get by external id, several matches": {"/0": _OTHER, "/1": _OTHER},
}
#: What no story provokes, by the beginning of its name, and why.
ELSEWHERE = {
    "oauth token, authorization_code": "nobody signs in with a browser here",
    "oauth token, refresh_token": "in the tests of the logins",
    "oauth token, JWT": "in the tests of the logins",
    "oauth error: JWT": "in the tests of the logins",
    "oauth error: client credentials not enabled": "the app of the sandbox has it enabled",
    "bulk 2.0 ingest list": "in the tests of the bulk API",
    "bulk 2.0 successfulResults": "in the tests of the bulk API",
    "bulk 2.0 failedResults": "in the tests of the bulk API",
    "bulk 2.0 unprocessedrecords": "in the tests of the bulk API",
    "bulk 2.0 query results": "in the tests of the bulk API",
    "error REQUEST_LIMIT_EXCEEDED": "quotas are off unless they are switched on",
    "error FIELD_CUSTOM_VALIDATION_EXCEPTION": "in the tests of the rules",
    "error UNABLE_TO_LOCK_ROW": "in the tests of the rows",
    "error DUPLICATES_DETECTED": "in the tests of the rules",
    "error EXCEEDED_ID_LIMIT": "takes 600,000 records",
    "error INVALID_REPLICATION_DATE": "in the tests of the rows",
    "error SERVER_UNAVAILABLE": "ordered as a fault",
    "error UNKNOWN_EXCEPTION": "ordered as a fault",
}


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
async def client(org: Org) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(org) as one:
        yield one


@pytest.mark.parametrize("name", STORIES)
async def test_the_answer_equals_the_published_one(name: str, read: Any, org: Org, client: httpx.AsyncClient) -> None:
    example = next(one for one in read("salesforce/examples/examples.json")["items"] if one["name"].startswith(name))
    answer = await STORIES[name](org, client)
    assert answer.status_code == example["status"], answer.text
    wanted, got = example["body"], answer.json()
    if example["provenance"].startswith(APPROXIMATE):
        wanted, got = codes(wanted), codes(got)
    found = list(differences(one_row(wanted), one_row(got), FREE))
    unknown = [one for one in found if one.split(":")[0] not in KNOWN.get(name, ())]
    assert not unknown, "\n".join(unknown)


def codes(body: Any) -> list[Any]:
    """What a client decides by: error codes and fields."""
    errors = body if isinstance(body, list) else [body]
    return [{name: one[name] for name in ("error", "errorCode") if name in one} for one in errors]


def one_row(body: Any) -> Any:
    """Published pages show one row of many, and two versions of all."""
    if isinstance(body, list) and body and "version" in body[0]:
        return [one for one in body if one["version"] in ("62.0", "63.0")]
    if isinstance(body, dict) and isinstance(body.get("records"), list):
        return {**body, "records": body["records"][:1]}
    return body


def test_every_published_answer_is_provoked_or_says_where_else_it_is(read: Any) -> None:
    names = [one["name"] for one in read("salesforce/examples/examples.json")["items"]]
    assert [one for one in names if not one.startswith((*STORIES, *ELSEWHERE))] == []
