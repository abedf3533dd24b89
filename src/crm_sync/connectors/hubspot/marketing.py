"""What marketing has in HubSpot beside records: campaigns with their cost, forms that were sent, answers to mails.

These stand behind APIs and scopes of their own and decide no verdict. They are read every hour, an account that
does not offer them is read without them (a note says so), and in between the horizon of other objects goes on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from crm_sync.clock import from_iso, stopwatch, to_iso
from crm_sync.connectors.base import Page
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.errands import is_due
from crm_sync.connectors.hubspot.objects import CRM
from crm_sync.connectors.hubspot.read import began_at
from crm_sync.connectors.hubspot.row import EPOCH, Json, Notes, blank, body_of, next_after, read_instant, split_list
from crm_sync.connectors.hubspot.translate import REPLY
from crm_sync.errors import NeedsLogin
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import Campaign, Record, Ref, Touch

LATE: Final = timedelta(hours=1)  # events are listed some time after they happened
CAMPAIGN: Final = ("hs_name", "hs_start_date", "hs_end_date")
CAMPAIGNS: Final = "/marketing/v3/campaigns"
BUDGET: Final = "/marketing/campaigns/2026-03/{id}/budget/totals"
FORMS: Final = "/marketing/v3/forms"
SENT: Final = "/form-integrations/v1/submissions/forms/{id}"
EVENTS: Final = "/events/v3/events"
SENT_AT_ONCE: Final = 50
REPLIED: Final = "e_replied_email_v2"

# object → the scope that opens it, and what is missing without
MARKETING: Final[Mapping[str, tuple[str, str]]] = {
    "campaigns": ("marketing.campaigns.read", "campaigns and what they cost"),
    "forms": ("forms", "forms that people sent, other than their first and latest"),
    "marketing_emails": ("business-intelligence", "clicks in marketing e-mails and answers to them"),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How far such a read has come; kept as JSON. `since` is when the last whole read began, `began` this one."""

    since: str = ""
    began: str = ""
    at: str = ""  # the form or event type that is being read
    after: str = ""  # HubSpot's cursor in it
    ids: tuple[str, ...] = ()  # campaigns there were

    def text(self) -> str:
        return json.dumps({name: value for name in self.__slots__ if (value := getattr(self, name))})

    @classmethod
    def parse(cls, text: str | None) -> Stand:
        told: dict[str, Any] = json.loads(text) if text else {}
        return cls(**{**told, "ids": tuple(told.get("ids", ()))})

    @property
    def bound(self) -> datetime:
        return from_iso(self.since) - LATE if self.since else EPOCH


Reader = Callable[[Http, Vocabulary, Notes, Stand], AsyncGenerator[Page, None]]


async def read_marketing(
    http: Http, vocabulary: Vocabulary, notes: Notes, name: str, cursor: str | None
) -> AsyncGenerator[Page, None]:
    """What is new of one of these objects, if it is time to ask."""
    stand, sent = Stand.parse(cursor), stopwatch()
    now = http.now()
    if http.heard and stand.since and not stand.began and not is_due(name, from_iso(stand.since), now):
        yield Page((), stand.text(), horizon=now)
        return
    try:
        async for page in READERS[name](http, vocabulary, notes, stand):
            yield page
    except NeedsLogin as problem:
        if not problem.scopes:
            raise
        notes.append((Ref(CRM, name, ""), f"{MARKETING[name][1]} are not read: {problem}"))
        began = began_at(http, sent)
        yield Page((), Stand(stand.since, ids=stand.ids).text(), horizon=from_iso(began))


async def read_campaigns(http: Http, vocabulary: Vocabulary, notes: Notes, stand: Stand) -> AsyncGenerator[Page, None]:
    """All campaigns, each with what was spent on it; those that are listed no more are gone."""
    sent, listed, after = stopwatch(), list[str](), ""
    while True:
        named = {"limit": "100", "properties": ",".join(CAMPAIGN), **({"after": after} if after else {})}
        body = body_of((await http.get(CAMPAIGNS, params=named)).json())
        rows, after = body.get("results") or (), next_after(body)
        listed += [str(row["id"]) for row in rows]
        costs = await asyncio.gather(*(spent(http, str(row["id"])) for row in rows))
        records = tuple(to_campaign(row, cost) for row, cost in zip(rows, costs, strict=True))
        if not after:
            break
        yield Page(records, stand.text(), fetched=len(rows))
    began = began_at(http, sent)
    gone = tuple(Ref(CRM, "campaigns", one) for one in stand.ids if one not in set(listed))
    yield Page(records, Stand(began, ids=tuple(listed)).text(), gone, len(rows), from_iso(began))


async def spent(http: Http, campaign: str) -> Decimal | None:
    """None when nobody wrote a cost down, or the account keeps none."""
    answer = await http.get(BUDGET.format(id=campaign), accept=frozenset({404}))
    total = body_of(answer.json(parse_float=Decimal)).get("spendTotal") if answer.status == 200 else None
    return None if total is None else Decimal(total)


def to_campaign(row: Json, cost: Decimal | None) -> Campaign:
    said = {name: value for name, value in (row.get("properties") or {}).items() if not blank(value)}
    version = str(row.get("updatedAt") or "")
    return Campaign(
        Ref(CRM, "campaigns", str(row["id"])), version, stamp(row.get("createdAt")), stamp(version),
        name=said.get("hs_name"), starts_on=said.get("hs_start_date"), ends_on=said.get("hs_end_date"), cost=cost,
    )  # fmt: skip


async def read_forms(http: Http, vocabulary: Vocabulary, notes: Notes, stand: Stand) -> AsyncGenerator[Page, None]:
    """Submissions since the last read, form by form, the newest first."""
    sent = stopwatch()
    forms = {str(form["id"]): str(form.get("name") or "") for form in await listed(http, FORMS, {"formTypes": "all"})}
    began = stand.began or began_at(http, sent)
    for form in sorted(one for one in forms if one >= stand.at):
        after = stand.after if form == stand.at else ""
        while True:
            named = {"limit": str(SENT_AT_ONCE), **({"after": after} if after else {})}
            answer = await http.get(SENT.format(id=form), params=named, accept=frozenset({400, 404}))
            if answer.status >= 400:  # some kinds of forms keep their submissions to themselves
                notes.append((Ref(CRM, "forms", form), f"its submissions cannot be read: HTTP {answer.status}"))
                break
            body = body_of(answer.json())
            rows = [row for row in body.get("results") or () if submitted(row) >= stand.bound]
            after = next_after(body) if len(rows) == len(body.get("results") or ()) else ""
            onward = Stand(stand.since, began, form, after)
            yield Page(await submissions(http, rows, forms[form]), onward.text(), fetched=len(rows))
            if not after:
                break
    yield Page((), Stand(began).text(), horizon=from_iso(began))


async def submissions(http: Http, rows: Sequence[Json], form: str) -> tuple[Record, ...]:
    """Touches under the same refs as those that stand in a contact's own fields, so that each counts once."""
    sent = [(address(row), submitted(row)) for row in rows]
    people = await by_address(http, sorted({one for one, _ in sent if one}))
    return tuple(conversion(people[one], at, form) for one, at in sent if one in people)


def conversion(person: str, at: datetime, form: str) -> Touch:
    ref = Ref(CRM, "conversion", f"{person}/{int(at.timestamp())}")
    return Touch(ref, to_iso(at), at, at, at, (Ref(CRM, "contacts", person),), subject=form or None)


def address(row: Json) -> str:
    """Who sent it; empty when the form did not ask."""
    found = (str(one.get("value") or "") for one in row.get("values") or () if one.get("name") == "email")
    return next(found, "").strip().lower()


def submitted(row: Json) -> datetime:
    return stamp(str(row.get("submittedAt") or ""))


async def by_address(http: Http, addresses: Sequence[str]) -> dict[str, str]:
    """E-mail address → contact; those without a contact are left out."""
    if not addresses:
        return {}
    body = {
        "idProperty": "email", "properties": ["email", "hs_additional_emails"],
        "inputs": [{"id": one} for one in addresses],
    }  # fmt: skip
    answer = body_of((await http.post("/crm/v3/objects/contacts/batch/read", json=body)).json())
    found: dict[str, str] = {}
    for row in answer.get("results") or ():
        said = row.get("properties") or {}
        for one in (said.get("email") or "", *split_list(said.get("hs_additional_emails"))):
            found[one.lower()] = str(row["id"])
    return found


async def read_answers(http: Http, vocabulary: Vocabulary, notes: Notes, stand: Stand) -> AsyncGenerator[Page, None]:
    """Events of the types that activities.toml has a rule for, oldest first. Opens have none: machines open too."""
    sent = stopwatch()
    known = body_of((await http.get(f"{EVENTS}/event-types")).json()).get("eventTypes") or ()
    began = stand.began or began_at(http, sent)
    for kind in sorted(one for one in wanted_events(vocabulary) if one in known and one >= stand.at):
        after = stand.after if kind == stand.at else ""
        while True:
            named = {"eventType": kind, "occurredAfter": to_iso(stand.bound), "sort": "occurredAt", "limit": "100"}
            body = body_of((await http.get(EVENTS, params={**named, **({"after": after} if after else {})})).json())
            rows, after = body.get("results") or (), next_after(body)
            records = tuple(to_event(row) for row in rows if row.get("objectId"))
            yield Page(records, Stand(stand.since, began, kind, after).text(), fetched=len(rows))
            if not after:
                break
    yield Page((), Stand(began).text(), horizon=from_iso(began))


def wanted_events(vocabulary: Vocabulary) -> frozenset[str]:
    rules = vocabulary.activities.of_object.get("marketing_emails", ())
    return frozenset(one for rule, _ in rules for one in rule.allowed.get("eventType", ()))


def to_event(row: Json) -> Touch:
    """A reply has the ref under which the contact's own fields tell of it, so that it counts once."""
    at, kind, person = stamp(str(row.get("occurredAt") or "")), str(row.get("eventType") or ""), str(row["objectId"])
    ref = Ref(CRM, "marketing_emails", str(row["id"]))
    if kind == REPLIED:
        ref = Ref(CRM, REPLY, f"{person}/{int(at.timestamp())}")
    return Touch(ref, to_iso(at), at, at, at, (Ref(CRM, "contacts", person),), facts={"eventType": kind})


async def listed(http: Http, path: str, named: Mapping[str, str]) -> list[Json]:
    """All pages of a short list."""
    rows, after = list[Json](), ""
    while True:
        params = {"limit": "100", **named, **({"after": after} if after else {})}
        body = body_of((await http.get(path, params=params)).json())
        rows += body.get("results") or ()
        after = next_after(body)
        if not after:
            return rows


def stamp(value: object) -> datetime:
    try:
        return read_instant(str(value or ""))
    except ValueError:
        return EPOCH


READERS: Final[Mapping[str, Reader]] = {
    "campaigns": read_campaigns,
    "forms": read_forms,
    "marketing_emails": read_answers,
}
