"""Who Salesforce says we are, and what of the things we need our user cannot see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping

from crm_sync.connectors.base import Account
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.auth import Login
from crm_sync.connectors.salesforce.calendars import OBJECTS as OF_CALENDARS
from crm_sync.connectors.salesforce.control import Control
from crm_sync.connectors.salesforce.describe import Sight
from crm_sync.connectors.salesforce.sources import Source, objects_in
from crm_sync.connectors.salesforce.translate import Words
from crm_sync.connectors.salesforce.values import CRM, Row, text
from crm_sync.errors import Failed

#: Below this share of the day's calls, people should know.
LOW = 0.1

TRACKING_FIX = (
    "Setup, Object Manager, Lead, Fields & Relationships, Set History Tracking: tick it; history starts then."
)
OBJECT_FIX = "Grant the app's run-as user Read and View All on it, then run `crm-sync doctor`."
FIELD_FIX = "Make it visible to the app's run-as user (field-level security), or edit fields.toml."


async def account(
    login: Login, http: Http, control: Control, words: Words, sources: Mapping[str, tuple[Source, ...]]
) -> Account:
    """The org's name and time zone (else our user's), the CRM's clock and every problem with its fix."""
    session = await login.session()
    needed = [source for parts in sources.values() for source in parts]
    await control.see_all(("Organization", *objects_in(sources), *OF_CALENDARS))
    root = f"/services/data/v{login.settings.api_version}"
    answer, (name, zone), histories, calls = await asyncio.gather(
        http.get(f"{session.instance_url}/services/oauth2/userinfo"),
        organization(control, http, root),
        untracked(control, http, root, words),
        quota(http, root),
    )
    user = answer.json()
    problems = [problem async for problem in unseen(control, words, needed)] + histories + calls
    now = http.now().replace(microsecond=0)  # the CRM tells seconds
    zone = zone or text(user.get("zoneinfo"))
    return Account(CRM, name or str(user.get("organization_id")), zone, now, tuple(problems), login.manner)


async def organization(control: Control, http: Http, root: str) -> tuple[str | None, str | None]:
    sight = await control.see("Organization")
    if sight is None:
        return None, None
    found = await rows(http, root, "SELECT Name, TimeZoneSidKey FROM Organization LIMIT 1")
    return (text(found[0].get("Name")), text(found[0].get("TimeZoneSidKey"))) if found else (None, None)


async def unseen(control: Control, words: Words, needed: Iterable[Source]) -> AsyncIterator[str]:
    """Objects that cannot be queried: they are left out of every read. Fields of fields.toml that are not there."""
    for source in needed:
        sight = await control.see(source.object)
        if sight is None and not source.rare:
            yield f"{source.object} cannot be queried and is left out. {OBJECT_FIX}"
        for line in missing_fields(source.object, sight, words) if sight else ():
            yield line


def missing_fields(kind: str, sight: Sight, words: Words) -> list[str]:
    """One sentence per field, with the lines of fields.toml that ask for it."""
    lines: dict[str, list[str]] = {}
    for group, names in words.fields.places.items():
        for name, places in names.items():
            for field in places.get(kind, ()):
                lines.setdefault(field, []).append(f"[{group}] {name}")
    for field in words.fields.same_as.get(kind, {}):
        lines.setdefault(field, []).append(f"[same_as.{kind}]")
    return [
        f"{kind} has no field {field}, asked for in fields.toml {', '.join(asked)}. {FIELD_FIX}"
        for field, asked in lines.items()
        if not sight.has(field)
    ]


async def rows(http: Http, root: str, soql: str) -> list[Row]:
    """The answer to a question that one page answers."""
    found: list[Row] = (await http.get(f"{root}/query", params={"q": soql})).json()["records"]
    return found


async def untracked(control: Control, http: Http, root: str, words: Words) -> list[str]:
    """Without field history we do not know when a lead became qualified, nor who owned it then."""
    if await control.see("LeadHistory") is None:
        return []
    question = "SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition"
    try:
        found = await rows(http, root, f"{question} WHERE EntityDefinition.QualifiedApiName = 'Lead'")
    except Failed as problem:
        return [f"Whether Lead keeps a history of its stage and owner could not be checked ({problem})."]
    tracked = {row["QualifiedApiName"] for row in found if row.get("IsFieldHistoryTracked")}
    wanted = (*words.fields.of("people", "stage", "Lead"), *words.fields.of("people", "owner", "Lead"))
    return [
        f"Lead.{field} has no field history: its past is not known. {TRACKING_FIX}"
        for field in wanted
        if field not in tracked
    ]


async def quota(http: Http, root: str) -> list[str]:
    """The day's calls, when few are left. An org that does not tell is no problem."""
    answer = await http.get(f"{root}/limits", accept=frozenset({403, 404}))
    calls = answer.json().get("DailyApiRequests") if answer.status == 200 else None
    if not calls or calls["Remaining"] >= LOW * calls["Max"]:
        return []
    fix = "Wait, or ask Salesforce for more API calls."
    return [f"{calls['Remaining']} of {calls['Max']} API calls are left for these 24 hours. {fix}"]
