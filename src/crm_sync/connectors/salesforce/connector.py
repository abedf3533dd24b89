"""Salesforce behind the interface of every CRM: one login, one limiter, one count of calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime

import httpx

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.base import Account, Page, SchemaStep, Window
from crm_sync.connectors.budget import Budget, Meter
from crm_sync.connectors.http import Http, Wait, patient
from crm_sync.connectors.limiter import Limiter
from crm_sync.connectors.rights import fingerprint
from crm_sync.connectors.salesforce import census
from crm_sync.connectors.salesforce.auth import PASSING, SESSION_FIX, Login, base
from crm_sync.connectors.salesforce.bulk import PAGE as BULK_PAGE
from crm_sync.connectors.salesforce.bulk import Bulk, Pace
from crm_sync.connectors.salesforce.calendars import CALENDARS, read_calendars
from crm_sync.connectors.salesforce.calendars import OBJECTS as OF_CALENDARS
from crm_sync.connectors.salesforce.control import Control
from crm_sync.connectors.salesforce.describe import granted
from crm_sync.connectors.salesforce.ingest import Ingest
from crm_sync.connectors.salesforce.install import Installer
from crm_sync.connectors.salesforce.look import OBJECT_FIX, account
from crm_sync.connectors.salesforce.read import Reader, gone
from crm_sync.connectors.salesforce.related import Related, ids_of, records
from crm_sync.connectors.salesforce.rest import PAGE, Rest
from crm_sync.connectors.salesforce.sources import objects_in, sources
from crm_sync.connectors.salesforce.translate import Words
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.connectors.salesforce.ways import Ways
from crm_sync.connectors.salesforce.write import WRITABLE, Writer
from crm_sync.connectors.tokens import Keep
from crm_sync.errors import NeedsLogin
from crm_sync.mappings.fields import OurField
from crm_sync.mappings.vocabulary import Vocabulary
from crm_sync.records import Ref
from crm_sync.settings import SalesforceSettings

#: Salesforce counts calls per day, not per second; this only keeps a burst from looking like an attack.
CALLS_PER_SECOND = 100

#: Nobody can show that a run lives while it waits for a job that writes: shorter than the store's lease.
WRITE_DEADLINE = 480.0


class Salesforce:
    """A `Connector`. `size` is the number of rows per page of REST; `pace` is the patience with jobs."""

    crm = CRM

    def __init__(
        self,
        settings: SalesforceSettings,
        vocabulary: Vocabulary,
        profile: tuple[OurField, ...],
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        wait: Wait = patient,
        pace: Pace = Pace(),
        size: int = PAGE,
        keep: Keep | None = None,
    ) -> None:
        """`keep` holds the refresh token of that flow. Raises ConfigError when the settings do not suffice."""
        self.rights, self._ours = "", tuple(one.salesforce for one in profile)
        words = Words(vocabulary.fields, vocabulary.activities, profile)
        self._meter = Meter(settings.daily_calls)
        self._login = Login(settings, keep, transport=transport, wait=wait)
        self._http = Http(
            CRM,
            base(settings),
            setting="login_url",
            login_fix=SESSION_FIX,
            ca_file=settings.ca_file,
            headers=self._login.headers,
            ready=self._login.ready,
            refresh=self._login.renew,
            limiter=Limiter(CALLS_PER_SECOND, 1.0),
            watch=self._meter.hear,
            transport=transport,
            wait=wait,
            passing=PASSING,
        )
        self._login.http = self._http
        self._control = Control(self._login, self._http, wait)
        self._root = f"/services/data/v{settings.api_version}"
        self._words, self._sources = words, sources(words)
        rest, every = Rest(self._http, self._root, size), (one for parts in self._sources.values() for one in parts)
        bulk = Bulk(self._http, self._root, pace, min(size * 5, BULK_PAGE))
        self._ways = Ways(rest, bulk, settings.bulk_reads - 1)
        self._related = Related(rest, self._control.see, words, {one.object: one for one in every})
        ours = vocabulary.fields.ours
        ingest = Ingest(self._http, self._root, ours, replace(bulk, pace=replace(pace, deadline=WRITE_DEADLINE)))
        self._writer = Writer(self._http, self._root, ours, ingest, pace, settings.bulk_writes)
        self._installer = Installer(self._control, self._login, profile)

    @property
    def objects(self) -> tuple[str, ...]:
        return (CALENDARS, *self._sources)

    @property
    def calls(self) -> int:
        return self._http.calls + self._login.calls

    @property
    def budget(self) -> Budget:
        return self._meter.budget(self.now())

    def now(self) -> datetime:
        return self._http.now()

    async def look(self) -> Account:
        """Who we are; a run starts with it, so what was seen in an earlier one is forgotten."""
        self._control.forget()
        found = await account(self._login, self._http, self._control, self._words, self._sources)
        seen = await self._control.see_all(WRITABLE)
        self.rights = fingerprint({name: granted(sight, self._ours) for name, sight in seen.items()})
        return found

    async def pull(self, name: str, cursor: str | None, window: Window | None = None) -> AsyncIterator[Page]:
        await self._login.session()
        await self._control.see_all((*objects_in(self._sources), *OF_CALENDARS))
        if name == CALENDARS:
            async for page in read_calendars(self._ways.rest, self._control.see, cursor, self._http.now()):
                yield page
            return
        reader = Reader(self._ways, self._related, self._sources[name])
        async with aclosing(reader.pages(cursor, window, self._http.now())) as pages:
            async for page in pages:
                yield page

    @property
    def countable(self) -> tuple[str, ...]:
        return census.countable(self._sources)

    @property
    def uncounted(self) -> Mapping[str, str]:
        return {name: told for name in self.objects if (told := census.uncounted(name, self.countable))}

    async def count(self, name: str, window: Window) -> int:
        await self._check_seen(name)
        return await census.count(self._http, self._root, name, window)

    def ids(self, name: str, window: Window) -> AsyncIterator[tuple[str, ...]]:
        return census.ids(self._http, self._root, name, window)

    async def fetch(self, name: str, ids: Sequence[str]) -> AsyncIterator[Page]:
        """What is not among the answers was erased for good, since deleted rows are: the object itself can be seen."""
        await self._check_seen(name)
        source, related = self._sources[name][0], self._related
        for some in census.batches(ids):
            rows = await related.whole(source, await related.having(name, source.fields, "Id", some))
            told = frozenset(ids_of(rows))
            erased = tuple(Ref(CRM, name, one) for one in some if one not in told)
            yield Page(records(source, rows, self._words), "", (*gone(source, rows), *erased), len(told))

    async def push(self, writes: Sequence[Write]) -> list[Receipt]:
        await self._login.session()
        return await self._writer.push(writes)

    async def plan_schema(self) -> list[SchemaStep]:
        return await self._installer.plan()

    async def apply_schema(self) -> list[SchemaStep]:
        return await self._installer.apply()

    async def close(self) -> None:
        self._control.close()
        await self._login.close()
        await self._http.close()

    async def _check_seen(self, name: str) -> None:
        if await self._control.see(name) is None:
            raise NeedsLogin(CRM, f"{name} cannot be queried.", fix=OBJECT_FIX)
