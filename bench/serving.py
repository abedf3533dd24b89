"""What a running sandbox serves: list and search pages of HubSpot, SOQL pages of Salesforce."""

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


async def list_pages(card: dict[str, Any], people: int, pages: int, connections: int) -> int:
    """Walks the contacts on several connections at once, each from its own place; returns the pages read."""
    ids = [10_000_001 + people * one // connections for one in range(connections)]
    walks = [_walk(card, first, pages // connections) for first in ids]
    return sum(await asyncio.gather(*walks))


async def _walk(card: dict[str, Any], after: int, pages: int) -> int:
    wire = await Wire.to(card["hubspot"]["url"], card["hubspot"]["token"])
    path, first = f"/crm/v3/objects/contacts?limit=100&properties={','.join(PROPERTIES)}&after=", after
    for _ in range(pages):
        found = _AFTER.findall(await wire.get(f"{path}{after}"))
        after = int(found[-1]) if found else first
    wire.close()
    return pages


async def search_pages(card: dict[str, Any], pages: int) -> int:
    """What an incremental read asks: contacts by the stamp of their last change, 200 a page."""
    wire = await Wire.to(card["hubspot"]["url"], card["hubspot"]["token"])
    filters = [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1767225600000"}]
    for page in range(pages):
        body = {
            "limit": 200, "properties": PROPERTIES, "filterGroups": [{"filters": filters}],
            "after": str(page * 200 % 1_400), "sorts": [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}],
        }  # fmt: skip
        await wire.post("/crm/v3/objects/contacts/search", json.dumps(body).encode())
    wire.close()
    return pages


async def soql(card: dict[str, Any], usage: Usage) -> dict[str, float]:
    """The server's processor milliseconds for each statement's first page."""
    wire = await Wire.to(card["salesforce"]["http_url"], await _login(card["salesforce"]))
    found = {}
    for name, statement in SOQL.items():
        before = usage()
        await wire.get(f"/services/data/v62.0/query?q={quote(statement)}")
        found[name] = (usage() - before) * 1_000
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
