"""The token, given or renewed; the permissions it needs; and the door for the official client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import urllib3
from hubspot import HubSpot as OfficialClient
from hubspot.crm.properties import ApiException
from pydantic import SecretStr
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from crm_sync.connectors.budget import Meter
from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import CRM
from crm_sync.connectors.limiter import Limiter
from crm_sync.connectors.patience import may_pass
from crm_sync.connectors.private import Private
from crm_sync.connectors.tokens import Access, Grant, Keep, alone, keep_successor
from crm_sync.errors import ConfigError, NeedsLogin
from crm_sync.settings import HubSpotSettings

LOGIN_FIX: Final = (
    "Put the token of a service key or private app into hubspot.token, hubspot.token_file or CRM_SYNC_HUBSPOT__TOKEN."
)
APP_FIX: Final = "Install the app in the account again, and put its new refresh token in."
TOKEN_PATH: Final = "/oauth/v3/token"
REFUSED: Final = frozenset({400, 401, 403, 404})
FIXES: Final[Mapping[str, str]] = {
    "invalid_client": "Check hubspot.client_id and hubspot.client_secret: they are those of the OAuth app.",
    "invalid_grant": APP_FIX,
}
SCOPES: Final[Mapping[str, str]] = {
    "crm.objects.contacts.read": "reading contacts and their activities",
    "crm.objects.contacts.write": "writing our properties",
    "crm.schemas.contacts.read": "seeing which properties exist",
    "crm.schemas.contacts.write": "installing our properties",
    "crm.objects.companies.read": "reading companies",
    "crm.objects.deals.read": "reading deals and their pipelines",
    "crm.objects.owners.read": "reading who owns what",
}
BURST: Final = 190  # calls in ten seconds, the lower limit of paid editions; the answers' headers correct it
ATTEMPTS: Final = 4  # of a call by the official client
APP_BURST: Final = 100  # of an OAuth app; HubSpot allows 110 per installing account
SEARCHES: Final = 5  # in one second, to the whole account, other apps included

Result = TypeVar("Result")


class Login:
    """One token for all calls: the one of the settings, or one that a refresh token renews, once for all who ask.

    HubSpot's access tokens live for half an hour. They are asked for by a client of their own, which carries none.
    """

    def __init__(self, settings: HubSpotSettings, keep: Keep | None = None, **more: Any) -> None:
        """Raises ConfigError for settings that cannot work; `more` goes to the client (transport, wait)."""
        check(settings, keep)
        self.settings, self.scopes = settings, tuple[str, ...]()
        self._keep = keep
        self._access = None if keep else Access(token_of(settings))
        self._turn = asyncio.Lock()
        self._door = Http(CRM, settings.base_url, ca_file=settings.ca_file, login_fix=APP_FIX, **more) if keep else None

    @property
    def renewable(self) -> bool:
        return self._door is not None

    @property
    def calls(self) -> int:
        return self._door.calls if self._door else 0

    @property
    def manner(self) -> str:
        return "OAuth app with a refresh token" if self.renewable else "service key or private-app token"

    def headers(self) -> Private:
        """The current token as a header; nothing before the first one."""
        return self._access.as_header() if self._access else Private()

    async def ready(self) -> Access:
        """A token with some life in it, renewed shortly before its end. Raises NeedsLogin, TryLater."""
        if self._access is None or not self._access.fresh:
            await self.replace(self._access)
        assert self._access is not None
        return self._access

    async def renew(self) -> None:
        """A new token for one that HubSpot no longer accepts."""
        await self.replace(self._access)

    async def replace(self, stale: Access | None) -> None:
        """A new token in the place of `stale`, unless somebody has put one there meanwhile."""
        async with self._turn:
            if self._keep and self._door and self._access is stale:
                self._access = await self._fetched(self._keep, self._door)

    async def close(self) -> None:
        if self._door:
            await self._door.close()

    async def _fetched(self, keep: Keep, door: Http) -> Access:
        async with alone(keep, CRM):
            used = keep.read()
            form = form_of(self.settings, used)
            answer = await door.post(TOKEN_PATH, data=form, accept=REFUSED)
            if answer.status in REFUSED:
                raise refused(answer, form)
            grant = Grant.of(answer)
            keep_successor(keep, used, grant)
        scopes = grant.said.get("scopes")
        self.scopes = tuple(map(str, scopes)) if isinstance(scopes, list) else ()
        return grant.access


def check(settings: HubSpotSettings, keep: Keep | None) -> None:
    """Raises ConfigError when a login cannot even be tried."""
    if keep is None:
        token_of(settings)
        return
    if settings.token or settings.token_file:
        allowed = "either a token, or a refresh token with client_id and client_secret"
        raise ConfigError("hubspot", "a token and a refresh token", allowed, fix="Take one of them out.")
    if not settings.client_id:
        raise ConfigError("hubspot.client_id", "nothing", "the client id of the OAuth app")
    if settings.app_secret is None:
        allowed = "the client secret of the OAuth app, here or in client_secret_file"
        raise ConfigError("hubspot.client_secret", "nothing", allowed)


def token_of(settings: HubSpotSettings) -> SecretStr:
    """Raises ConfigError when none is set, or one that no header can hold: HTTP clients quote those, complaining."""
    secret, allowed = settings.secret, "the token of a service key or private app"
    if secret is None or not secret.get_secret_value():
        raise ConfigError("hubspot.token", "nothing", allowed, fix=LOGIN_FIX)
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ConfigError("hubspot.token", "a text with blanks or letters that no token has", allowed, fix=LOGIN_FIX)
    return secret


def form_of(settings: HubSpotSettings, refresh_token: SecretStr) -> Private:
    known = settings.app_secret.get_secret_value() if settings.app_secret else ""
    return Private(
        grant_type="refresh_token", client_id=settings.client_id, client_secret=known,
        refresh_token=refresh_token.get_secret_value(),
    )  # fmt: skip


def refused(answer: Answer, form: Private) -> NeedsLogin:
    said = complaint(answer)
    message = f"the login of the OAuth app is refused: {said.code or answer.status}, {form.kept_out_of(str(said))}."
    return NeedsLogin(CRM, message, fix=FIXES.get(said.code, APP_FIX))


def open_http(settings: HubSpotSettings, login: Login | None = None, meter: Meter | None = None, **more: Any) -> Http:
    """The account's client; `more` goes to Http (transport, wait). Raises ConfigError."""
    login = login or Login(settings)
    limiter = Limiter(APP_BURST if login.renewable else BURST, 10.0)

    def learn(answer: Answer) -> None:
        told = answer.headers.get("x-hubspot-ratelimit-max", "")
        if told.isdigit():
            limiter.allow(int(told))
        if meter:
            meter.hear(answer)

    return Http(
        CRM, settings.base_url, ca_file=settings.ca_file, login_fix=APP_FIX if login.renewable else LOGIN_FIX,
        limiter=limiter, watch=learn, headers=login.headers, ready=login.ready,
        refresh=login.renew if login.renewable else None, **more,
    )  # fmt: skip


async def ask_official(http: Http, login: Login, call: Callable[[Any], Result]) -> Result:
    """`call` with the official client, in a thread since that client blocks; again while the CRM is busy, and with a
    new token where the old one has run out. Raises NeedsLogin, TryLater, Failed."""
    retrying = AsyncRetrying(
        stop=stop_after_attempt(ATTEMPTS), wait=http.wait, retry=retry_if_exception(may_pass), reraise=True
    )
    return await retrying(ask_renewing, http, login, call)


async def ask_renewing(http: Http, login: Login, call: Callable[[Any], Result]) -> Result:
    access = await login.ready()
    try:
        return await ask_once(http, login.settings, access, call)
    except ApiException as problem:
        if problem.status != 401 or not login.renewable:
            raise http.error_for(as_answer(problem)) from None
    await login.replace(access)
    try:
        return await ask_once(http, login.settings, await login.ready(), call)
    except ApiException as problem:
        raise http.error_for(as_answer(problem)) from None


async def ask_once(http: Http, settings: HubSpotSettings, access: Access, call: Callable[[Any], Result]) -> Result:
    """Raises ApiException, TryLater."""
    await http.spend()
    try:
        return await asyncio.to_thread(lambda: call(official_client(settings, access)))
    except urllib3.exceptions.HTTPError as problem:
        raise http.unreachable(problem, settings.base_url) from None


def official_client(settings: HubSpotSettings, access: Access) -> Any:
    """It repeats nothing by itself: what it asks again would be counted by nobody."""
    ca_file = str(settings.ca_file) if settings.ca_file else None
    return OfficialClient(
        access_token=access.token.get_secret_value(), host=settings.base_url.rstrip("/"), ssl_ca_cert=ca_file,
        retry=urllib3.Retry(total=0, raise_on_status=False),
    )  # fmt: skip


def as_answer(problem: ApiException) -> Answer:
    """The official client's exception in the form that our own calls are judged in."""
    headers = {str(name).lower(): str(value) for name, value in dict(problem.headers or {}).items()}
    return Answer(CRM, "the call of the official client", int(problem.status or 0), problem.body or "", headers)


def missing_scopes(granted: object) -> list[str]:
    """A sentence for each needed scope that the token lacks; nothing when HubSpot does not tell what it has."""
    if not isinstance(granted, list):
        return []
    return [
        f"The token lacks the scope {scope}, needed for {purpose}. Grant it to the app in HubSpot."
        for scope, purpose in SCOPES.items()
        if scope not in granted
    ]


def without(granted: object, offered: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each scope that the token lacks, and with it something that is passed over."""
    if not isinstance(granted, list):
        return []
    return [
        f"The token lacks the scope {scope}: {what} are not read. Grant it to the app in HubSpot if you want them."
        for scope, what in offered
        if scope not in granted
    ]
