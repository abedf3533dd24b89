"""HubSpot as one of our CRMs: every call of an account through one limiter and one login."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.base import Account, Page, SchemaStep, Window
from crm_sync.connectors.budget import Budget, Meter
from crm_sync.connectors.http import Wait, patient
from crm_sync.connectors.hubspot import census, install
from crm_sync.connectors.hubspot.auth import SEARCHES, Login, missing_scopes, open_http, without
from crm_sync.connectors.hubspot.marketing import MARKETING, read_marketing
from crm_sync.connectors.hubspot.objects import BY_NAME, CRM, KINDS, OWNERS, Kind, asked_in, history_of, properties_of
from crm_sync.connectors.hubspot.owners import SCOPE as USERS_SCOPE
from crm_sync.connectors.hubspot.owners import read_owners
from crm_sync.connectors.hubspot.pipelines import stage_states
from crm_sync.connectors.hubspot.read import Asked, Batch, Calls, by_ids, mark_of, read, read_window
from crm_sync.connectors.hubspot.row import Json, Notes, Row, body_of
from crm_sync.connectors.hubspot.translate import (
    MERGED_AWAY,
    Activities,
    Companies,
    Contacts,
    Deals,
    merged_away,
)
from crm_sync.connectors.hubspot.write import push
from crm_sync.connectors.limiter import Limiter
from crm_sync.connectors.private import Private
from crm_sync.connectors.rights import fingerprint
from crm_sync.connectors.tokens import Keep
from crm_sync.errors import Failed, NeedsLogin
from crm_sync.mappings.fields import OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import DealState, Record, Ref
from crm_sync.settings import HubSpotSettings

TOKEN_INFO: Final = "/oauth/v2/private-apps/get/access-token-info"
ASSOCIATIONS: Final = 150  # calls in ten seconds: the associations API has a limit of its own within the account's
#: Stages and owners of the past are not among them: they come with their records, in one answer.
UNCOUNTED: Final[Mapping[str, str]] = {
    OWNERS.name: "listed whole in every sync, users every hour",
    "campaigns": "listed whole every hour",
    "forms": "HubSpot counts no submissions; the last hour before each read is read again",
    "marketing_emails": "HubSpot counts no such events; the last hour before each read is read again",
}
Translator = Callable[[Row, Batch], list[Record]]


class HubSpot:
    """A connector (see base.py). `notes` lists single values that this run could not read, with their record.

    `searches` is our share of the searches per second that the whole account may make.
    """

    crm: str = CRM

    def __init__(
        self,
        settings: HubSpotSettings,
        vocabulary: Vocabulary,
        profile: tuple[OurField, ...],
        transport: httpx.AsyncBaseTransport | None = None,
        wait: Wait = patient,
        searches: int = SEARCHES,
        keep: Keep | None = None,
    ) -> None:
        """`keep` holds the refresh token of an OAuth app. Raises ConfigError when the settings do not suffice."""
        self.notes: Notes = []
        self.rights = ""
        self._vocabulary, self._profile = vocabulary, profile
        self._login = Login(settings, keep, transport=transport, wait=wait)
        self._meter = Meter(settings.daily_calls, ZoneInfo("UTC"))
        self._http = open_http(settings, self._login, self._meter, transport=transport, wait=wait)
        self._calls = Calls(self._http, Limiter(searches, 1.0, slack=0.5), Limiter(ASSOCIATIONS, 10.0, slack=0.3))
        self._http.policies["SECONDLY"] = self._calls.searches
        if self._http.limiter:
            self._http.limiter.shape(slack=0.3, burst=16)
            self._http.policies["TEN_SECONDLY_ROLLING"] = self._http.limiter
        self._known: dict[str, Mapping[str, bool]] = {}
        self._ours: list[Json] = []
        self._translators: dict[str, Translator] = {}

    @property
    def objects(self) -> tuple[str, ...]:
        return (OWNERS.name, *(kind.name for kind in KINDS), *MARKETING)

    @property
    def calls(self) -> int:
        return self._http.calls + self._login.calls

    @property
    def budget(self) -> Budget:
        return self._meter.budget(self.now())

    def now(self) -> datetime:
        return self._http.now()

    async def close(self) -> None:
        await self._login.close()
        await self._http.close()

    async def look(self) -> Account:
        """Who we are; a run starts with it, so what was seen in an earlier one is forgotten."""
        self._forget()
        details = body_of((await self._http.get("/account-info/v3/details")).json())
        described = (self._absent(kind) for kind in KINDS if kind.group)
        scopes, absent = await asyncio.gather(self._scopes(), asyncio.gather(*described))
        self.rights = fingerprint([sorted(scopes or ()), self._ours])
        self._meter.zone = zone_of(details.get("timeZone"))
        portal, zone = f"portal {details.get('portalId')}", details.get("timeZone")
        problems = (*self._scope_problems(scopes), *(problem for some in absent for problem in some))
        return Account(CRM, portal, zone, self.now(), problems, self._login.manner)

    async def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        if name in MARKETING:
            async with aclosing(read_marketing(self._http, self._vocabulary, self.notes, name, cursor)) as pages:
                async for page in pages:
                    yield page
            return
        if name not in BY_NAME:
            raise Failed(CRM, f"pull of {name}", f"no such object; known: {', '.join(self.objects)}")
        kind = BY_NAME[name]
        if kind is OWNERS:
            async for page in read_owners(self._http, self._vocabulary.fields, self.notes, cursor):
                yield page
            return
        asked = await self._asked(kind)
        batches = read_window(self._calls, asked, window, cursor) if window else read(self._calls, asked, cursor)
        async with aclosing(batches) as found:
            async for batch in found:
                yield await self._page(kind, batch)

    @property
    def countable(self) -> tuple[str, ...]:
        return tuple(kind.name for kind in KINDS)

    @property
    def uncounted(self) -> Mapping[str, str]:
        return UNCOUNTED

    async def count(self, name: str, window: Window) -> int:
        return await census.count(self._http, self._calls.searches, BY_NAME[name], window)

    def ids(self, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
        return census.ids(self._http, self._calls.searches, BY_NAME[name], window)

    async def fetch(self, name: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        kind = BY_NAME[name]
        asked = await self._asked(kind)
        for at in range(0, len(ids), asked.page):
            some = tuple(ids[at : at + asked.page])
            lost = await census.lost(self._http, kind, some)
            batch = await by_ids(self._calls, asked, some)
            yield await self._page(kind, replace(batch, archived=lost))

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        return await push(self._http, self._vocabulary.fields.ours, writes)

    async def plan_schema(self) -> list[SchemaStep]:
        return install.plan(await install.look_at(self._http, self._login), self._profile)

    async def apply_schema(self) -> list[SchemaStep]:
        steps = await install.apply(self._http, self._login, self._profile)
        self._forget()
        return steps

    def _forget(self) -> None:
        """Properties and pipelines may have changed; notes are of one run."""
        self._known.clear()
        self._ours = []
        self._translators.clear()
        self.notes.clear()

    async def _page(self, kind: Kind, batch: Batch) -> Page:
        records: list[Record] = []
        gone = list(batch.archived)
        if batch.rows:
            translate = await self._translator(kind)
            for body in batch.rows:
                row = Row(kind, body, self.notes)
                records += translate(row, batch)
                gone += merged_away(row)
        return Page(tuple(records), batch.cursor, tuple(dict.fromkeys(gone)), len(batch.rows), batch.horizon)

    async def _translator(self, kind: Kind) -> Translator:
        """What makes records of a row, made once a run and only where there is one."""
        if kind.name not in self._translators:
            self._translators[kind.name] = await self._new_translator(kind)
        return self._translators[kind.name]

    async def _new_translator(self, kind: Kind) -> Translator:
        """Links come beside a row, by the other object and the id."""
        fields = self._vocabulary.fields

        def linked(batch: Batch, row: Row, other: str) -> Sequence[Ref]:
            return batch.links.get(other, {}).get(row.ref.id, ())

        match kind.name:
            case "contacts":
                contacts = Contacts(fields, self._profile)
                return lambda row, batch: contacts(row)
            case "companies":
                companies = Companies(fields)
                return lambda row, batch: companies(row)
            case "deals":
                deals = Deals(fields, await self._deal_states())
                return lambda row, batch: deals(row, linked(batch, row, "contacts"), linked(batch, row, "companies"))
            case _:
                activities = Activities(kind, self._vocabulary)
                return lambda row, batch: activities(row, linked(batch, row, "contacts"))

    async def _asked(self, kind: Kind) -> Asked:
        """What to read of an object; properties that the account does not have are left out."""
        ours = tuple(one.hubspot for one in self._profile)
        wanted, history = properties_of(kind, self._vocabulary, ours), history_of(kind, self._vocabulary.fields)
        mark = mark_of(*wanted, *history, *kind.links)
        if not kind.group:
            return Asked(kind, wanted, mark=mark)
        there = await self._properties(kind)
        wanted, history = (tuple(one for one in names if one in there) for names in (wanted, history))
        mark = mark_of(*(one for one in wanted if one not in ours), *history, *kind.links)
        calculated = any(there[one] for one in wanted if one not in MERGED_AWAY)
        return Asked(kind, wanted, history, mark, calculated)

    async def _properties(self, kind: Kind) -> Mapping[str, bool]:
        """Names of the properties that the account has, and whether HubSpot calculates them; asked once a run."""
        if kind.name not in self._known:
            found = body_of((await self._http.get(f"/crm/v3/properties/{kind.name}")).json()).get("results") or ()
            self._known[kind.name] = {str(one["name"]): bool(one.get("calculated")) for one in found}
            if kind.name == install.OBJECT:
                self._ours = install.granted(found, self._profile)
        return self._known[kind.name]

    async def _deal_states(self) -> dict[str, DealState]:
        return stage_states(body_of((await self._http.get("/crm/v3/pipelines/deals")).json()))

    async def _scopes(self) -> list[str] | None:
        """HubSpot tells a private app's scopes here, and an OAuth app's with each token that it gives out."""
        access = await self._login.ready()
        if self._login.renewable:
            return list(self._login.scopes) or None
        key = Private(tokenKey=access.token.get_secret_value())
        info: Json = {}
        with suppress(Failed):  # the endpoint knows private apps only; without an answer there is nothing to compare
            answer = await self._http.post(TOKEN_INFO, json=key, accept=frozenset({400, 401, 403, 404, 405}))
            info = body_of(answer.json()) if answer.status == 200 else {}
        told = info.get("scopes")
        return list(map(str, told)) if isinstance(told, list) else None

    def _scope_problems(self, scopes: list[str] | None) -> list[str]:
        return [
            *missing_scopes(scopes),
            *(() if self._login.renewable else without(scopes, (USERS_SCOPE, *MARKETING.values()))),
        ]

    async def _absent(self, kind: Kind) -> list[str]:
        try:
            there = await self._properties(kind)
        except NeedsLogin as problem:
            return [str(problem)]
        return [
            f"{kind.name} has no property {one}, asked for in fields.toml {line}; "
            "create it in HubSpot or edit that line."
            for one, line in asked_in(self._vocabulary.fields, kind).items()
            if one not in there
        ]


def zone_of(name: object) -> ZoneInfo:
    """Where the account's midnight is: that is when its day of calls begins. UTC for a zone that nobody knows."""
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
