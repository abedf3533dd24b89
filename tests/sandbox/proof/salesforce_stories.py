"""What to do in an empty org to get each of Salesforce's published answers; a story is named after its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
from tests.sandbox.salesforce.conftest import Org, V
from tests.sandbox.salesforce.test_fields_and_permissions import permit

TOKEN = "/services/oauth2/token"
OBJECTS = f"{V}/sobjects"
MISSING = "0015f00000AAAAAAA4"
Story = Callable[[Org, httpx.AsyncClient], Awaitable[httpx.Response]]
STORIES: dict[str, Story] = {}


def story(name: str) -> Callable[[Story], Story]:
    def add(tell: Story) -> Story:
        STORIES[name] = tell
        return tell

    return add


def simple(name: str, method: str, path: str, **sent: Any) -> None:
    """A story of one request."""

    async def tell(org: Org, http: httpx.AsyncClient) -> httpx.Response:
        return await http.request(method, path, **sent)

    STORIES[name] = tell


def logs_in(name: str, kind: str, *known: str, **said: str) -> None:
    """A story of one call of the token endpoint, with some of the app's own credentials in it."""

    async def tell(org: Org, http: httpx.AsyncClient) -> httpx.Response:
        app = org.world.notes["salesforce_app"]
        form = {"grant_type": kind, **{one: app[one] for one in known}, **said}
        if "password" in known:
            form["password"] += app["security_token"]
        return await http.post(TOKEN, data=form, headers={"authorization": ""})

    STORIES[name] = tell


_APP = ("client_id", "client_secret")
logs_in("oauth token, username-password", "password", *_APP, "username", "password")
logs_in("oauth token, client_credentials (My Domain host only, no refresh_token)", "client_credentials", *_APP)
logs_in("oauth error: bad user or password", "password", *_APP, "username", password="wrong")
logs_in("oauth error: refresh token revoked", "refresh_token", *_APP, refresh_token="revoked")
logs_in("oauth error: unknown client", "client_credentials", "client_secret", client_id="nobody")
logs_in("oauth error: bad secret", "client_credentials", "client_id", client_secret="wrong")
logs_in("oauth error: grant type", "magic", *_APP)

_STRANGER = {"authorization": "Bearer nobody"}
simple("error INVALID_SESSION_ID", "GET", f"{V}/limits", headers=_STRANGER)
simple("error MALFORMED_QUERY", "GET", f"{V}/query?q=SELECT+Id+FORM+Account")
simple("error INVALID_FIELD in SOQL", "GET", f"{V}/query?q=SELECT+Foo+FROM+Account")
simple("error INVALID_FIELD on write", "POST", f"{OBJECTS}/Account", json={"Name": "A", "Foo": "1"})
simple("error NOT_FOUND record", "GET", f"{OBJECTS}/Account/{MISSING}")
simple("error NOT_FOUND resource", "GET", f"{V}/nowhere")
simple("error REQUIRED_FIELD_MISSING", "POST", f"{OBJECTS}/Contact", json={"FirstName": "Ada"})
simple("error INVALID_QUERY_LOCATOR", "GET", f"{V}/query/01gD0000002HU6KIAW-2000")
simple("error STRING_TOO_LONG", "POST", f"{OBJECTS}/Contact", json={"LastName": "x" * 81})
simple("error INVALID_EMAIL_ADDRESS", "POST", f"{OBJECTS}/Contact", json={"LastName": "L", "Email": "nope"})
_JSON = {"content-type": "application/json"}
simple("error JSON_PARSER_ERROR", "POST", f"{OBJECTS}/Contact", content=b"{ x", headers=_JSON)
simple("error METHOD_NOT_ALLOWED", "PUT", f"{OBJECTS}/Account/{MISSING}", json={})
simple(
    "error NUMBER_OUTSIDE_VALID_RANGE (OFFSET > 2000)", "GET", f"{V}/query?q=SELECT+Id+FROM+Account+LIMIT+1+OFFSET+2001"
)
simple("create", "POST", f"{OBJECTS}/Account", json={"Name": "Acme"})
simple("upsert by external id, created", "PATCH", f"{OBJECTS}/Contact/Email/a@b.example", json={"LastName": "Lovelace"})
simple(
    "error INVALID_FIELD_FOR_INSERT_UPDATE",
    "POST",
    f"{OBJECTS}/Contact",
    json={"LastName": "L", "CreatedDate": "2026-01-01T00:00:00Z"},
)
simple(
    "error MALFORMED_ID", "POST", f"{OBJECTS}/Contact", json={"LastName": "L", "AccountId": "003"}
)  # fmt: skip


simple("userinfo (what the sf CLI reads first)", "GET", "/services/oauth2/userinfo")
simple("GET /services/data", "GET", "/services/data")
simple("GET /services/data/v62.0/", "GET", f"{V}/")
simple("GET /services/data/v62.0/limits", "GET", f"{V}/limits")
simple(
    "error INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "POST",
    f"{OBJECTS}/Contact",
    json={"LastName": "L", "CurrencyIsoCode": "XXX"},
)
simple("error INVALID_CROSS_REFERENCE_KEY", "POST", f"{OBJECTS}/Contact", json={"LastName": "L", "AccountId": MISSING})
simple(
    "error UNSUPPORTED_MEDIA_TYPE", "POST", f"{OBJECTS}/Contact", content=b"x", headers={"content-type": "text/plain"}
)


@story("upsert or get by external id, several matches")
async def several(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    org.add("Contact", "003", *({"LastName": one, "Email": "a@b.example"} for one in "LM"))
    return await http.get(f"{OBJECTS}/Contact/Email/a@b.example")


@story("composite/batch")
async def batch(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    [one] = org.add("Account", "001", {"Name": "Acme"})
    parts = [
        {"method": "PATCH", "url": f"v62.0/sobjects/Account/{one}", "richInput": {"Name": "A"}},
        {"method": "GET", "url": "v62.0/nowhere"},
    ]
    return await http.post(f"{V}/composite/batch", json={"batchRequests": parts})


@story("error DUPLICATE_VALUE")
async def duplicate(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    await custom_key(http)
    await permit(org, http, "Contact.HubSpot_Id__c")
    await http.post(f"{OBJECTS}/Contact", json={"LastName": "L", "HubSpot_Id__c": "512"})
    return await http.post(f"{OBJECTS}/Contact", json={"LastName": "M", "HubSpot_Id__c": "512"})


@story("error INVALIDJOBSTATE (bulk 2.0)")
async def job_moved_on(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    path = f"{V}/jobs/ingest/{(await job(org, http)).json()['id']}"
    await http.patch(path, json={"state": "Aborted"})
    return await http.patch(path, json={"state": "UploadComplete"})


@story("query first page")
async def first_page(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    org.add("Account", "001", *({"Name": f"Test {one}"} for one in range(1, 203)))
    size = {"Sforce-Query-Options": "batchSize=200"}
    return await http.get(f"{V}/query?q=SELECT+Name+FROM+Account", headers=size)


@story("query parent and child fields")
async def family(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    [account] = org.add("Account", "001", {"Name": "Acme"})
    [contact] = org.add("Contact", "003", {"LastName": "Lovelace", "AccountId": account})
    org.add("Task", "00T", {"Subject": "Call", "WhoId": contact})
    soql = "SELECT LastName, Account.Name, Owner.Name, (SELECT Subject FROM Tasks) FROM Contact"
    return await http.get(f"{V}/query", params={"q": soql})


@story("query count()")
async def count(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    org.add("Account", "001", *({"Name": str(one)} for one in range(17)))
    return await http.get(f"{V}/query?q=SELECT+COUNT()+FROM+Account")


@story("upsert by external id, updated (v46+)")
async def updated(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    org.add("Contact", "003", {"LastName": "L", "Email": "a@b.example"})
    return await http.patch(f"{OBJECTS}/Contact/Email/a@b.example", json={"LastName": "Lovelace"})


async def both(http: httpx.AsyncClient, *records: dict[str, Any], together: bool) -> httpx.Response:
    return await http.post(f"{V}/composite/sobjects", json={"allOrNone": together, "records": list(records)})


_GOOD = {"attributes": {"type": "Account"}, "Name": "Acme"}
_BAD = {"attributes": {"type": "Contact"}, "FirstName": "Ada"}


@story("collections, allOrNone false, mixed")
async def mixed(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    return await both(http, _GOOD, _BAD, together=False)


@story("collections, allOrNone true, one failed")
async def rolled_back(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    return await both(http, _GOOD, _BAD, together=True)


@story("collections retrieve: missing ids are null in place")
async def retrieved(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    [account] = org.add("Account", "001", {"Name": "Acme"})
    return await http.get(f"{V}/composite/sobjects/Account?ids={account},{MISSING}&fields=Id,Name")


@story("composite, dependent failure with allOrNone")
async def halted(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    parts = [
        {"method": "POST", "url": f"{OBJECTS}/Account", "referenceId": "refAccount", "body": {"Name": "A"}},
        {
            "method": "POST",
            "url": f"{OBJECTS}/Contact",
            "referenceId": "refContact",
            "body": {"AccountId": "@{refAccount.id}"},
        },
    ]
    return await http.post(f"{V}/composite", json={"allOrNone": True, "compositeRequest": parts})


@story("getUpdated")
async def changed(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    org.add("Contact", "003", {"LastName": "L"})
    return await http.get(f"{OBJECTS}/Contact/updated/", params=_day(org))


@story("getDeleted")
async def deleted(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    [one] = org.add("Contact", "003", {"LastName": "L"})
    await http.delete(f"{OBJECTS}/Contact/{one}")
    return await http.get(f"{OBJECTS}/Contact/deleted/", params=_day(org))


def _day(org: Org) -> dict[str, str]:
    now = org.world.clock.now()
    start, end = now - timedelta(hours=12), now + timedelta(minutes=5)
    return {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{end:%Y-%m-%dT%H:%M:%SZ}"}


@story("error ENTITY_IS_DELETED")
async def gone(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    [one] = org.add("Contact", "003", {"LastName": "L"})
    await http.delete(f"{OBJECTS}/Contact/{one}")
    return await http.patch(f"{OBJECTS}/Contact/{one}", json={"LastName": "M"})


async def custom_key(http: httpx.AsyncClient) -> httpx.Response:
    about = {"type": "Text", "label": "HubSpot", "length": 40, "externalId": True, "unique": True}
    return await http.post(
        f"{V}/tooling/sobjects/CustomField", json={"FullName": "Contact.HubSpot_Id__c", "Metadata": about}
    )


@story("tooling CustomField create")
async def field_created(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    return await custom_key(http)


_JOB = {"object": "Contact", "operation": "upsert", "externalIdFieldName": "Email", "lineEnding": "LF"}


@story("bulk 2.0 ingest create")
async def job(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    return await http.post(f"{V}/jobs/ingest", json=_JOB)


@story("bulk 2.0 ingest info, complete")
async def job_done(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    path = f"{V}/jobs/ingest/{(await job(org, http)).json()['id']}"
    rows = "Email,LastName\na@b.example,Lovelace\nc@d.example,Hopper\ne@f.example,\n"
    await http.put(f"{path}/batches", content=rows, headers={"content-type": "text/csv"})
    await http.patch(path, json={"state": "UploadComplete"})
    for _ in range(5):
        org.world.clock.set(org.world.clock.now() + timedelta(seconds=30))
        answer = await http.get(path)
        if answer.json()["state"] == "JobComplete":
            break
    return answer


@story("bulk 2.0 query create")
async def query_job(org: Org, http: httpx.AsyncClient) -> httpx.Response:
    return await http.post(f"{V}/jobs/query", json={"operation": "query", "query": "SELECT Id, Name FROM Account"})
