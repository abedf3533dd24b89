"""One async HTTP client per CRM account: rate-shaped, patient, and with errors that say what to do next."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from crm_sync.clock import host_now, stopwatch
from crm_sync.connectors.complaints import Answer, complaint, retry_after
from crm_sync.connectors.limiter import Limiter, Start
from crm_sync.connectors.patience import LONGEST_WAIT, NOT_LOGGED_IN, RETRIED, USED_UP, Again, Wait, patient
from crm_sync.connectors.private import Private
from crm_sync.connectors.transport import Transport
from crm_sync.connectors.trust import certificate_problem, checked_url, trusting, unsent
from crm_sync.errors import CrmSyncError, Failed, NeedsLogin, TryLater

__all__ = ["Http", "Wait", "patient"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One call to make: `accept` are the statuses that are answers to it, beside 2xx; `named` goes to httpx."""

    method: str
    path: str
    accept: frozenset[int]
    limiter: Limiter | None
    named: Mapping[str, Any]


class Http:
    """All calls to one CRM account go through here: they share the limiter, the login and the count in `calls`.

    `headers` is asked before every call, so that a renewed token is used at once. `ready` may renew it before a call,
    `refresh` renews it after a 401, once for all calls that were refused together. `setting` and `login_fix` are what
    error messages tell people to check.
    `passing` are statuses that another try may change with this CRM, beside those that are so with every one.
    `policies` names the limiters as the CRM does when it answers 429: the one that it names pauses for everybody.
    """

    def __init__(
        self,
        crm: str,
        base_url: str,
        *,
        setting: str = "base_url",
        login_fix: str = "",
        ca_file: Path | None = None,
        headers: Callable[[], Mapping[str, str]] = dict,
        ready: Callable[[], Awaitable[object]] | None = None,
        refresh: Callable[[], Awaitable[None]] | None = None,
        limiter: Limiter | None = None,
        watch: Callable[[Answer], None] = lambda answer: None,
        transport: httpx.AsyncBaseTransport | None = None,
        wait: Wait = patient,
        attempts: int = 5,
        passing: frozenset[int] = frozenset(),
    ) -> None:
        self.crm, self.setting, self.login_fix = crm, f"{crm}.{setting}", login_fix
        self.calls = self.refused = 0  # sent, and answered with 429
        self.limiter = limiter
        self._headers, self._ready, self._refresh, self._watch = headers, ready, refresh, watch
        self.policies: dict[str, Limiter] = {}
        self.wait, self._attempts, self._retried = wait, attempts, RETRIED | passing
        self._renewing = asyncio.Lock()
        self._heard: tuple[datetime, float] | None = None
        trusted: ssl.SSLContext | None = trusting(ca_file, f"{crm}.ca_file") if ca_file else None
        self.base_url = base_url
        self._client = httpx.AsyncClient(transport=transport or Transport(trusted), timeout=60.0)

    @property
    def base_url(self) -> str:
        """Where paths count from. Setting it moves the client: Salesforce tells its instance only at login."""
        return self._base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._base_url = checked_url(url, self.setting).rstrip("/")

    async def get(self, path: str, **named: Any) -> Answer:
        """Like `send`."""
        return await self.send("GET", path, **named)

    async def post(self, path: str, **named: Any) -> Answer:
        """Like `send`."""
        return await self.send("POST", path, **named)

    async def patch(self, path: str, **named: Any) -> Answer:
        """Like `send`."""
        return await self.send("PATCH", path, **named)

    async def delete(self, path: str, **named: Any) -> Answer:
        """Like `send`."""
        return await self.send("DELETE", path, **named)

    async def send(
        self,
        method: str,
        path: str,
        *,
        accept: frozenset[int] = frozenset(),
        limiter: Limiter | None = None,
        **named: Any,
    ) -> Answer:
        """The answer when it is 2xx or one of `accept`; `named` goes to httpx (params, json, data, content, headers).
        `path` may be a whole URL. Raises NeedsLogin, TryLater, Failed."""
        if self._ready:
            await self._ready()
        ask, used = Ask(method, path, accept, limiter, named), Private(self._headers())
        answer = await self._try(ask, used)
        if answer.status == 401 and 401 not in accept and self._refresh:
            await self._renew(used)
            answer = await self._try(ask, Private(self._headers()))
        if 200 <= answer.status < 300 or answer.status in accept:
            return answer
        raise self.error_for(answer)

    async def spend(self, limiter: Limiter | None = None) -> Start | None:
        """Waits for room and counts one call; official clients that call by themselves ask here first."""
        chosen = limiter or self.limiter
        start = await chosen.take() if chosen else None
        self.calls += 1
        return start

    @property
    def heard(self) -> bool:
        """Has an answer told the CRM's time?"""
        return self._heard is not None

    def now(self) -> datetime:
        """The CRM's clock: the Date of its last answer, carried on by our stopwatch; ours before the first answer."""
        if self._heard is None:
            return host_now()
        at, when = self._heard
        return at + timedelta(seconds=stopwatch() - when)

    def hear(self, answer: Answer) -> None:
        """Takes the time from an answer."""
        try:
            self._heard = instant_of(answer.headers["date"]), stopwatch()
        except (KeyError, ValueError):
            return  # an answer without a readable Date (a proxy's, say) tells no time; the one before still does

    async def close(self) -> None:
        """Ends connections."""
        await self._client.aclose()

    def error_for(self, answer: Answer) -> CrmSyncError:
        """What an answer that is not wanted means for the run."""
        said, status = complaint(answer), answer.status
        if said.code in USED_UP:
            return TryLater(self.crm, f"the quota of calls is used up: {said}", after=retry_after(answer) or 3600.0)
        if status in NOT_LOGGED_IN:
            return NeedsLogin(self.crm, f"the login is not accepted: {said}", fix=self.login_fix)
        if status == 403:
            return self._forbidden(answer)
        message = f"HTTP {status}: {said}"
        if status in self._retried:
            return TryLater(self.crm, f"{answer.call}: {message}", after=retry_after(answer) or 10.0)
        return Failed(self.crm, answer.call, message)

    def unreachable(self, problem: Exception, url: str) -> TryLater:
        """Nobody answered at `url`."""
        if certificate_problem(problem):
            fix = f"Set {self.crm}.ca_file to the certificate authority of that host, or check {self.setting}."
            return TryLater(self.crm, f"{url} shows a certificate that is not trusted here ({problem}).", fix=fix)
        what = unsent(problem) or str(problem) or type(problem).__name__
        return TryLater(self.crm, f"{url} cannot be reached ({what}).", fix=f"Check {self.setting} and the network.")

    def _forbidden(self, answer: Answer) -> NeedsLogin:
        said = complaint(answer)
        grant = f"Grant {', '.join(said.scopes)} to the app, then run `crm-sync doctor`."
        fix = grant if said.scopes else self.login_fix
        return NeedsLogin(self.crm, f"{answer.call} is not allowed: {said}", fix=fix, scopes=said.scopes)

    async def _renew(self, used: Mapping[str, str]) -> None:
        """One refresh for all calls that were refused with the same headers."""
        async with self._renewing:
            if self._refresh and dict(self._headers()) == dict(used):
                await self._refresh()

    async def _try(self, ask: Ask, headers: Mapping[str, str]) -> Answer:
        """Sends until an answer comes that another try would not change."""
        try:
            return await self._once(ask, headers)
        except Again as first:
            return await self._persist(ask, headers, first)

    async def _persist(self, ask: Ask, headers: Mapping[str, str], first: Again) -> Answer:
        """The tries after the first, which counts as one of them."""
        failed = [first]

        async def another() -> Answer:
            if failed:
                raise failed.pop()
            return await self._once(ask, headers)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._attempts), wait=self.wait, retry=retry_if_exception_type(Again), reraise=True
        )
        try:
            return await retrying(another)
        except Again as last:
            raise last.error from None

    async def _once(self, ask: Ask, headers: Mapping[str, str]) -> Answer:
        start = await self.spend(ask.limiter)
        named = {**ask.named, "headers": Private({**headers, **(ask.named.get("headers") or {})})}
        url = ask.path if "://" in ask.path else f"{self.base_url}{ask.path}"
        try:
            raw = await self._client.request(ask.method, url, **named)
        except httpx.TransportError as problem:
            raise self._not_sent(problem, ask.path) from None
        answer = Answer(
            self.crm, f"{ask.method} {raw.request.url.path}", raw.status_code, raw.content, dict(raw.headers)
        )
        if start:
            start.answered()
        self.hear(answer)
        self._watch(answer)
        if answer.status in self._retried and answer.status not in ask.accept:
            self._give_up_or_repeat(answer, ask.limiter)
        return answer

    def _not_sent(self, problem: httpx.TransportError, path: str) -> Exception:
        """A host that never answered is more likely a wrong setting than a short outage: said at once."""
        error = self.unreachable(problem, path if "://" in path else self.base_url)
        first = self._heard is None and isinstance(problem, httpx.ConnectError | httpx.UnsupportedProtocol)
        return error if first else Again(error)

    def _give_up_or_repeat(self, answer: Answer, limiter: Limiter | None) -> None:
        after, code = retry_after(answer), complaint(answer).code
        error = self.error_for(answer)
        if code in USED_UP or (after or 0.0) > LONGEST_WAIT:
            raise error
        if answer.status == 429:
            self._slow_down(self.policies.get(code, limiter or self.limiter), after)
        raise Again(error, after)

    def _slow_down(self, limiter: Limiter | None, after: float | None) -> None:
        """For everybody: whoever asked next would be refused as well."""
        self.refused += 1
        if limiter:
            limiter.pause(min(limiter.seconds, 1.0) if after is None else after)


@lru_cache(maxsize=4)
def instant_of(date: str) -> datetime:
    """A Date header; many answers in a row bear the same. Raises ValueError."""
    return parsedate_to_datetime(date).astimezone(UTC)
