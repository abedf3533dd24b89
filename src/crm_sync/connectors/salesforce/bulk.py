"""Many rows by Bulk 2.0: a job finds them, several of its result pages come at once, and every count is checked."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from crm_sync.clock import stopwatch
from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.landing import land
from crm_sync.connectors.salesforce.rows import Columns, from_csv
from crm_sync.connectors.salesforce.soql import Lost, NotInBulk, Rows, TooSlow
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.errors import CrmSyncError, Failed

IN_FLIGHT = 5  # as many as Salesforce names in one call
SLOTS = 8  # pages on their way of all objects together
PAGE = 3_000  # with SLOTS what bounds our memory
ATTEMPTS = 3
GONE = frozenset({400, 404, 409})


@dataclass(frozen=True, slots=True)
class Pace:
    """How often we ask whether a job is done, how often we show that we wait, and when we give it up."""

    first: float = 0.2
    longest: float = 10.0
    deadline: float = 3_600.0
    beat: float = 60.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = stopwatch


@dataclass(frozen=True, slots=True)
class Results:
    """One result page, and the locator of the one after it (None: it was the last)."""

    rows: Rows
    locator: str | None


Flight = deque[tuple[str, asyncio.Task[Answer]]]  # URL and call of every page that is on its way, in their order


@dataclass(frozen=True, slots=True)
class Bulk:
    """`root` is the REST path with its version, `size` how many rows a result page may have."""

    http: Http
    root: str
    pace: Pace = Pace()
    size: int = PAGE
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))

    async def start(self, soql: str) -> str:
        """The id of a new query job. Raises NotInBulk."""
        body = {"operation": "queryAll", "query": soql}
        answer = await self.http.post(f"{self.root}/jobs/query", json=body, accept=frozenset({400}))
        if answer.status == 400:
            raise NotInBulk(str(complaint(answer)))
        return str(answer.json()["id"])

    async def outcome(self, job: str, kind: str = "query") -> AsyncGenerator[int | None, None]:
        """None now and then while a job (`query` or `ingest`) is at work, so that whoever waits can show that it lives;
        at last the number of rows that it has processed. Raises TooSlow when it failed, was aborted or takes longer
        than its deadline; Lost when it is not there any more."""
        path, began, pause = f"{self.root}/jobs/{kind}/{job}", self.pace.clock(), self.pace.first
        shown = began
        while (found := await self.look(path)) is None:
            now = self.pace.clock()
            if now - began > self.pace.deadline:
                await self.abort(path)
                raise TooSlow(f"job {job} was not done after {self.pace.deadline:.0f} seconds")
            if now - shown > self.pace.beat:
                yield None
                shown = now
            await self.pace.sleep(pause)
            pause = min(pause * 1.5, self.pace.longest)
        yield found

    async def look(self, path: str) -> int | None:
        """The number of rows that a job has processed; None while it is at work."""
        answer = await self.http.get(path, accept=GONE)
        if answer.status in GONE:
            raise Lost(f"{answer.call}: {complaint(answer)}")
        said = answer.json()
        if said["state"] in ("Failed", "Aborted"):
            raise TooSlow(f"job {said['id']} is {said['state']}: {said.get('errorMessage', 'no reason given')}")
        return int(said["numberRecordsProcessed"]) if said["state"] == "JobComplete" else None

    async def abort(self, path: str) -> None:
        with suppress(CrmSyncError):  # it may have ended in this moment
            await self.http.patch(path, json={"state": "Aborted"})

    async def pages(self, job: str, locator: str | None = None) -> AsyncGenerator[Results, None]:
        """Result pages in their order, from a locator on; a few are on their way at any time. Raises Lost."""
        flight: Flight = deque()
        try:
            async for url in self.urls(job, locator):
                flight.append((url, asyncio.ensure_future(self.fetch(url))))
                if len(flight) == IN_FLIGHT:
                    yield await self.landed(flight)
            while flight:
                yield await self.landed(flight)
        finally:
            await land([task for _, task in flight])
            for _, task in flight:
                if not task.cancelled() and task.exception() is None:
                    self.slots.release()

    async def fetch(self, url: str) -> Answer:
        """A page takes a slot until it has landed: however many objects are read at once, memory is bounded."""
        await self.slots.acquire()
        try:
            return await self.http.get(url, accept=GONE)
        except BaseException:
            self.slots.release()
            raise

    async def landed(self, flight: Flight) -> Results:
        """The first page that is on its way."""
        url, task = flight[0]
        answer = await task
        flight.popleft()
        self.slots.release()
        return Results(await self.rows(url, answer), locator_of(flight[0][0]) if flight else None)

    async def rows(self, url: str, answer: Answer) -> Rows:
        """What a page holds; it is asked for again while it is not as long as Salesforce says."""
        for attempt in range(ATTEMPTS):
            if attempt:
                answer = await self.http.get(url, accept=GONE)
            if answer.status in GONE:
                raise Lost(f"{answer.call}: {complaint(answer)}")
            with suppress(ValueError):
                names, rows = from_csv(answer.text)
                if len(rows) == reported(answer):
                    return Rows(Columns(names), rows)
        raise Lost(f"{answer.call}: not the number of rows that it reports")

    async def urls(self, job: str, locator: str | None) -> AsyncGenerator[str, None]:
        """Where the result pages are; Salesforce names five at a time."""
        start = f"{self.root}/jobs/query/{job}/resultPages?maxRecords={self.size}"
        url, seen = f"{start}&locator={locator}" if locator else start, set[str]()
        while url and url not in seen:
            seen.add(url)
            answer = await self.http.get(url, accept=GONE)
            if answer.status in GONE:
                raise Lost(f"results of job {job}: {complaint(answer)}")
            said = answer.json()
            for page in said["resultPages"]:
                yield page["resultUrl"]
            url = "" if said.get("done", True) else said.get("nextRecordsUrl") or ""
        if url:
            raise Failed(CRM, f"job {job}", f"the same results come again and again: {url}")


def locator_of(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("locator", [""])[0]


def reported(answer: Answer) -> float:
    told = answer.headers.get("sforce-numberofrecords", "")
    return int(told) if told.isdecimal() else math.nan
