"""The token, the permissions it needs, and the door for the official client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import urllib3
from hubspot import HubSpot as OfficialClient
from hubspot.crm.properties import ApiException
from pydantic import SecretStr
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

from crm_sync.connectors.complaints import Answer
from crm_sync.connectors.http import Http
from crm_sync.connectors.hubspot.objects import CRM
from crm_sync.connectors.limiter import Limiter
from crm_sync.connectors.patience import may_pass
from crm_sync.errors import ConfigError
from crm_sync.settings import HubSpotSettings

LOGIN_FIX: Final = (
    "Put the token of a service key or private app into hubspot.token, hubspot.token_file or CRM_SYNC_HUBSPOT__TOKEN."
)
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
SEARCHES: Final = 4  # in one second; HubSpot allows 5 to the whole account, other apps included

Result = TypeVar("Result")


def token_of(settings: HubSpotSettings) -> SecretStr:
    """Raises ConfigError when none is set, or one that no header can hold: HTTP clients quote those, complaining."""
    secret, allowed = settings.secret, "the token of a service key or private app"
    if secret is None or not secret.get_secret_value():
        raise ConfigError("hubspot.token", "nothing", allowed, fix=LOGIN_FIX)
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ConfigError("hubspot.token", "a text with blanks or letters that no token has", allowed, fix=LOGIN_FIX)
    return secret


def open_http(settings: HubSpotSettings, **more: Any) -> Http:
    """The account's client; `more` goes to Http (transport, wait). Raises ConfigError."""
    secret, limiter = token_of(settings), Limiter(BURST, 10.0)

    def learn(answer: Answer) -> None:
        told = answer.headers.get("x-hubspot-ratelimit-max", "")
        if told.isdigit():
            limiter.allow(int(told))

    return Http(
        CRM, settings.base_url, ca_file=settings.ca_file, login_fix=LOGIN_FIX, limiter=limiter, watch=learn,
        headers=lambda: {"Authorization": f"Bearer {secret.get_secret_value()}"}, **more,
    )  # fmt: skip


async def ask_official(http: Http, settings: HubSpotSettings, call: Callable[[Any], Result]) -> Result:
    """`call` with the official client, in a thread since that client blocks, again while the CRM is busy.
    Raises NeedsLogin, TryLater, Failed."""
    retrying = AsyncRetrying(
        stop=stop_after_attempt(ATTEMPTS), wait=http.wait, retry=retry_if_exception(may_pass), reraise=True
    )
    return await retrying(ask_once, http, settings, call)


async def ask_once(http: Http, settings: HubSpotSettings, call: Callable[[Any], Result]) -> Result:
    await http.spend()
    try:
        return await asyncio.to_thread(lambda: call(official_client(settings)))
    except ApiException as problem:
        raise http.error_for(as_answer(problem)) from None
    except urllib3.exceptions.HTTPError as problem:
        raise http.unreachable(problem, settings.base_url) from None


def official_client(settings: HubSpotSettings) -> Any:
    """It repeats nothing by itself: what it asks again would be counted by nobody."""
    ca_file = str(settings.ca_file) if settings.ca_file else None
    return OfficialClient(
        access_token=token_of(settings).get_secret_value(), host=settings.base_url.rstrip("/"), ssl_ca_cert=ca_file,
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
