"""simple-salesforce for what it knows best: the Tooling API, with our session, limiter and errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import requests
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import SalesforceError, SalesforceExpiredSession
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from crm_sync.connectors.complaints import Answer
from crm_sync.connectors.http import Http, Wait, patient
from crm_sync.connectors.salesforce.auth import Login, Session
from crm_sync.connectors.salesforce.describe import Sight, describe
from crm_sync.connectors.salesforce.values import CRM, Row
from crm_sync.errors import TryLater

T = TypeVar("T")

SECONDS = 60.0
ATTEMPTS = 4


class Patient(requests.Session):
    """requests with a deadline, and with our certificate authority before the one of the environment."""

    def __init__(self, ca_file: Path | None) -> None:
        super().__init__()
        self.verify = str(ca_file) if ca_file else True

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **named: Any) -> requests.Response:
        return super().request(method, url, *args, **{"verify": self.verify, "timeout": SECONDS, **named})


class Control:
    """Calls of the official client, one at a time in a thread: its connections are not made to be shared."""

    def __init__(self, login: Login, http: Http, wait: Wait = patient) -> None:
        self._login, self._http, self._wait = login, http, wait
        self._connections = Patient(login.settings.ca_file)
        self._turn, self._looking = asyncio.Lock(), asyncio.Lock()
        self._seen: dict[str, Sight | None] = {}

    async def see(self, name: str) -> Sight | None:
        """What our user can see of an object, asked once; None when it cannot be queried."""
        return (await self.see_all((name,)))[name]

    async def see_all(self, names: Iterable[str]) -> Mapping[str, Sight | None]:
        """The same of several objects, which share calls."""
        wanted = tuple(dict.fromkeys(names))
        async with self._looking:
            await self._login.session()
            if unknown := [name for name in wanted if name not in self._seen]:
                root = f"/services/data/v{self._login.settings.api_version}"
                self._seen |= await describe(self._http, root, unknown)
        return {name: self._seen[name] for name in wanted}

    def forget(self) -> None:
        """What was seen may have changed."""
        self._seen.clear()

    async def query(self, soql: str, *, tooling: bool = False) -> list[Row]:
        """All rows of a small question, by the Tooling API when told so."""
        path = "tooling/query" if tooling else "query"
        return await self.read(lambda client: rows(client, path, soql))

    async def read(self, ask: Callable[[Client], T]) -> T:
        """Like `do`, asking again while the CRM is busy."""
        patience = retry_if_exception_type(TryLater)
        stop = stop_after_attempt(ATTEMPTS)
        async for attempt in AsyncRetrying(stop=stop, wait=self._wait, retry=patience, reraise=True):
            with attempt:
                return await self.do(ask)
        raise AssertionError("tenacity ends with an answer or an exception")

    async def do(self, ask: Callable[[Client], T]) -> T:
        """What `ask` gets from the client, with a new session when the old one has run out.
        Raises NeedsLogin, TryLater, Failed."""
        session = await self._login.session()
        try:
            return await self._once(ask, session)
        except SalesforceExpiredSession:
            await self._login.replace(session)
        try:
            return await self._once(ask, await self._login.session())
        except SalesforceExpiredSession as problem:
            raise self._error_for(problem) from None

    async def _once(self, ask: Callable[[Client], T], session: Session) -> T:
        async with self._turn:
            await self._http.spend()
            try:
                return await asyncio.to_thread(ask, self._client(session))
            except SalesforceExpiredSession:
                raise
            except SalesforceError as problem:
                raise self._error_for(problem) from None
            except requests.RequestException as problem:
                raise self._http.unreachable(problem, session.instance_url) from None

    def _client(self, session: Session) -> Client:
        token, version = session.token.get_secret_value(), self._login.settings.api_version
        return Client(
            instance_url=session.instance_url, session_id=token, version=version, session=self._connections,
            object_pairs_hook=dict,
        )  # fmt: skip

    def _error_for(self, problem: SalesforceError) -> Exception:
        """The official client's exceptions in our words: they carry the body, read like any other answer."""
        where = problem.resource_name or problem.url.partition("?")[0]
        return self._http.error_for(Answer(CRM, where, problem.status, as_text(problem.content)))

    def close(self) -> None:
        self._connections.close()


def rows(client: Client, path: str, soql: str) -> list[Row]:
    said: Any = client.restful(path, params={"q": soql})
    found = list(said["records"])
    while said.get("nextRecordsUrl"):
        said = client.restful(said["nextRecordsUrl"].partition(f"/v{client.sf_version}/")[2])
        found += said["records"]
    return found


def as_text(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content)
