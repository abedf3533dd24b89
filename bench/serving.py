"""What a running sandbox serves: pages, batches and searches of HubSpot; SOQL and Bulk 2.0 pages of Salesforce."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from bench.wire import Wire

#: Forty properties, most of which a contact of the town has.
PROPERTIES: Final = (
    "email", "firstname", "lastname", "phone", "mobilephone", "company", "jobtitle", "website", "city", "country",
    "lifecyclestage", "hs_lead_status", "hubspot_owner_id", "hubspot_owner_assigneddate", "associatedcompanyid",
    "hs_analytics_source", "hs_analytics_source_data_1", "hs_analytics_source_data_2", "hs_latest_source",
    "hs_latest_source_data_1", "hs_latest_source_data_2", "hs_latest_source_timestamp",
    "hs_analytics_first_timestamp", "first_conversion_date", "first_conversion_event_name", "recent_conversion_date",
    "recent_conversion_event_name", "num_conversion_events", "hs_email_optout", "hs_additional_emails",
    "salesforceleadid", "salesforcecontactid", "disqualification_reason", "hs_v2_date_entered_subscriber",
    "hs_v2_date_entered_lead", "hs_v2_date_entered_marketingqualifiedlead", "hs_v2_date_entered_salesqualifiedlead",
    "hs_v2_date_entered_opportunity", "hs_v2_date_entered_customer", "hs_v2_date_exited_lead",
)  # fmt: skip
_AFTER = re.compile(rb'"after":"?(\d+)')
_LEAD = (
    "SELECT Id, FirstName, LastName, Email, Phone, MobilePhone, Company, Title, City, Country, Status, OwnerId,"
    " LeadSource, IsConverted, CreatedDate, LastModifiedDate, SystemModstamp, Owner.Name FROM Lead"
)
SOQL: Final = {
    "all leads": _LEAD,
    "leads by stamp": f"{_LEAD} WHERE SystemModstamp >= 2026-01-01T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000",
    "leads of a day": f"{_LEAD} WHERE SystemModstamp >= 2026-05-29T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000",
    "tasks by stamp": "SELECT Id, WhoId, OwnerId, Subject, Status, TaskSubtype, ActivityDate, SystemModstamp FROM Task"
    " WHERE SystemModstamp >= 2026-01-01T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 2000",
    "count": "SELECT count() FROM Lead WHERE IsConverted = false",
    "by status": "SELECT Status, count(Id) FROM Lead GROUP BY Status",
}

Usage = Callable[[], float]

_CONTACTS = "/crm/v3/objects/contacts"
_DATA = "/services/data/v62.0"
_TIMES = 40


async def list_pages(card: dict[str, Any], people: int, pages: int, connections: int) -> int:
    """Walks the contacts on several connections at once, each from its own place; returns the pages read."""
    ids = [10_000_001 + people * one // connections for one in range(connections)]
    walks = [_walk(card, first, pages // connections) for first in ids]
    return sum(await asyncio.gather(*walks))


async def _walk(card: dict[str, Any], after: int, pages: int) -> int:
    wire = await Wire.to(card["hubspot"]["url"], card["hubspot"]["token"])
    path, first = f"{_CONTACTS}?limit=100&properties={','.join(PROPERTIES)}&after=", after
    for _ in range(pages):
        found = _AFTER.findall(await wire.get(f"{path}{after}"))
        after = int(found[-1]) if found else first
    wire.close()
    return pages


def _calls(people: int, ids: list[str]) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """What clients ask all day: a path, and the bodies that are sent there one after the other."""
    inputs = [{"id": one} for one in ids]
    batches = [{"properties": PROPERTIES, "inputs": inputs[at : at + 100]} for at in range(0, len(ids), 100)]
    deepest, spread = min(9_800, people // 2), range(10_000_000, 10_000_000 + people // 2, people // 20)
    people_since, calls_since = ((name, "GTE", "1767225600000") for name in ("lastmodifieddate", "hs_lastmodifieddate"))
    return {
        "batch read of 100": (f"{_CONTACTS}/batch/read", batches),
        "associations of 1,000": ("/crm/v4/associations/contacts/companies/batch/read", [{"inputs": inputs}]),
        "search since": (f"{_CONTACTS}/search", [_search(people_since, at) for at in range(0, 1_000, 200)]),
        "search since, deep": (f"{_CONTACTS}/search", [_search(people_since, deepest)]),
        "search by id": (f"{_CONTACTS}/search", [_search(("hs_object_id", "GT", str(one))) for one in spread]),
        "search calls since": ("/crm/v3/objects/calls/search", [_search(calls_since, at) for at in (0, 200, 400)]),
    }


def _search(wanted: tuple[str, str, str], after: int = 0) -> dict[str, Any]:
    """A page of 200, in the order of the property that is asked for."""
    told = dict(zip(("propertyName", "operator", "value"), wanted, strict=True))
    return {
        "limit": 200, "properties": PROPERTIES, "filterGroups": [{"filters": [told]}], "after": str(after),
        "sorts": [{"propertyName": wanted[0], "direction": "ASCENDING"}],
    }  # fmt: skip


async def hubspot_calls(card: dict[str, Any], people: int, usage: Usage) -> dict[str, float]:
    """The server's processor milliseconds per call. Each call is made once before: what is made once, is made then."""
    wire = await Wire.to(card["hubspot"]["url"], card["hubspot"]["token"])
    pages = [await wire.get(f"{_CONTACTS}?limit=100&after={10_000_001 + at}") for at in range(0, 1_000, 100)]
    ids = list(dict.fromkeys(one["id"] for page in pages for one in json.loads(page)["results"]))
    found = {}
    for name, (path, bodies) in _calls(people, ids).items():
        sent = [json.dumps(body).encode() for body in bodies]
        await wire.post(path, sent[0])
        before = usage()
        for at in range(_TIMES):
            await wire.post(path, sent[at % len(sent)])
        found[name] = (usage() - before) / _TIMES * 1_000
    wire.close()
    return found


async def soql(card: dict[str, Any], usage: Usage) -> dict[str, float]:
    """The server's processor milliseconds for each statement's first page."""
    wire = await Wire.to(card["salesforce"]["http_url"], await _login(card["salesforce"]))
    found = {}
    for name, statement in SOQL.items():
        before = usage()
        await wire.get(f"{_DATA}/query?q={quote(statement)}")
        found[name] = (usage() - before) * 1_000
    wire.close()
    return found


async def rows(card: dict[str, Any], usage: Usage) -> dict[str, float]:
    """The server's processor microseconds per row of leads with 18 fields, from REST and from Bulk 2.0."""
    wire = await Wire.to(card["salesforce"]["http_url"], await _login(card["salesforce"]))
    page = f"{_DATA}/query?q={quote(SOQL['leads by stamp'])}"
    asked = json.dumps({"operation": "query", "query": _LEAD}).encode()
    job = f"{_DATA}/jobs/query/{json.loads(await wire.post(f'{_DATA}/jobs/query', asked))['id']}"
    while json.loads(await wire.get(job))["state"] != "JobComplete":
        pass
    found = {}
    for name, target, row in (
        ("REST, 2,000 a page", page, b'"type":"Lead"'),
        ("Bulk, 10,000 a page", f"{job}/results?maxRecords=10000", b'\n"00Q'),
    ):
        before, number = usage(), 0
        for _ in range(_TIMES // 4):
            number += (await wire.get(target)).count(row)
        found[name] = (usage() - before) / number * 1_000_000
    wire.close()
    return found


async def _login(force: dict[str, str]) -> str:
    wire = await Wire.to(force["http_url"], "")
    form = f"grant_type=client_credentials&client_id={quote(force['client_id'])}&client_secret={force['client_secret']}"
    answer = await wire.post("/services/oauth2/token", form.encode(), "application/x-www-form-urlencoded")
    wire.close()
    return str(json.loads(answer)["access_token"])


def paced(usage: Usage, work: Callable[[], Awaitable[int]]) -> tuple[float, float]:
    """Pages per second on the clock, and the server's processor milliseconds per page."""

    async def run() -> int:
        return await work()

    before, begun = usage(), time.perf_counter()
    pages = asyncio.run(run())
    seconds, spent = time.perf_counter() - begun, usage() - before
    return pages / seconds, spent / pages * 1_000
