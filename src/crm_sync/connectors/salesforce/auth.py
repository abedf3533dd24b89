"""Signs in to Salesforce as an app, by client credentials, a signed assertion or a refresh token; keeps the session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from pydantic import SecretStr

from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.private import Private
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.connectors.tokens import Access, Grant, Keep, alone, keep_successor
from crm_sync.errors import ConfigError, Failed, NeedsLogin
from crm_sync.settings import SalesforceSettings

TOKEN_PATH = "/services/oauth2/token"
REFUSED = frozenset({400, 401, 403, 404})
PASSING = frozenset({406})  # Salesforce's edge answers it now and then, to calls that it takes the next time
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

#: What the token endpoint says, and what to do about it.
FIXES = {
    "invalid_client_id": "Check salesforce.client_id: it is the consumer key of the external client app.",
    "invalid_client": "Check salesforce.client_secret: it is the consumer secret of the external client app.",
    "invalid_grant": "External client app: enable the client credentials flow and set a run-as user; for JWT, upload"
    " the certificate and pre-authorize the user. salesforce.login_url must be the My Domain URL.",
    "inactive_user": "The app's run-as user is inactive: set another one in the external client app.",
    "unsupported_grant_type": "External client app: enable the client credentials flow, or the JWT bearer flow.",
}
TOKEN_FIX = "Authorize the app again, and put its new refresh token in."
ANY_FIX = "Check salesforce.login_url, client_id and client_secret, and that the external client app allows this flow."
SESSION_FIX = "The app's run-as user needs `API Enabled` and access to this object: see the README, Salesforce."


@dataclass(frozen=True, slots=True)
class Session:
    """A token, where it is good, and for whom."""

    access: Access
    instance_url: str
    user_id: str

    @property
    def token(self) -> SecretStr:
        return self.access.token


class Login:
    """One session for the reading client and for the official one. `http` must be set before the first use.

    Salesforce does not say when a session ends: it is renewed when a call is refused, or before its end if it does.
    """

    http: Http

    def __init__(self, settings: SalesforceSettings, keep: Keep | None = None, **more: Any) -> None:
        """Raises ConfigError for settings that cannot work; `more` goes to the client that signs in."""
        self.settings = settings
        check(settings, keep)
        self._keep = keep
        self._session: Session | None = None
        self._turn = asyncio.Lock()
        self._door = Http(
            CRM, base(settings), setting="login_url", ca_file=settings.ca_file, passing=PASSING,
            watch=lambda answer: self.http.hear(answer), **more,
        )  # fmt: skip

    @property
    def manner(self) -> str:
        if self._keep:
            return "external client app with a refresh token"
        flow = "JWT bearer" if self.settings.private_key_file else "client credentials"
        return f"external client app, {flow}"

    @property
    def calls(self) -> int:
        return self._door.calls

    def headers(self) -> Private:
        """The current token as a header; nothing before the login."""
        return self._session.access.as_header() if self._session else Private()

    async def session(self) -> Session:
        """Signs in once, however many ask. Raises NeedsLogin, TryLater."""
        if self._session is None or not self._session.access.fresh:
            await self.replace(self._session)
        assert self._session is not None
        return self._session

    async def ready(self) -> None:
        """Signs in where nobody has yet, or where the session is about to end."""
        await self.session()

    async def renew(self) -> None:
        """A new session for one that the CRM no longer accepts."""
        await self.replace(self._session)

    async def replace(self, stale: Session | None) -> None:
        """A new session in the place of `stale`, unless somebody has put one there meanwhile."""
        async with self._turn:
            if self._session is stale:
                self._session = await self._sign_in()
                self.http.base_url = self._session.instance_url

    async def close(self) -> None:
        await self._door.close()

    async def _sign_in(self) -> Session:
        if self._keep is None:
            by_key = self.settings.private_key_file
            return to_session(
                await self._granted(assertion(self.settings, self.http.now()) if by_key else secret(self.settings))
            )
        async with alone(self._keep, CRM):
            used = self._keep.read()
            grant = await self._granted(refreshing(self.settings, used))
            keep_successor(self._keep, used, grant)
        return to_session(grant)

    async def _granted(self, form: Private) -> Grant:
        answer = await self._door.post(TOKEN_PATH, data=form, accept=REFUSED)
        if answer.status in REFUSED:
            raise refused(answer, form)
        return Grant.of(answer)


def check(settings: SalesforceSettings, keep: Keep | None = None) -> None:
    """Raises ConfigError when a login cannot even be tried."""
    if not settings.login_url:
        allowed = "the My Domain URL, as in https://acme.my.salesforce.com"
        raise ConfigError("salesforce.login_url", "nothing", allowed)
    if not settings.login_url.startswith("https://"):
        raise ConfigError("salesforce.login_url", repr(settings.login_url), "a URL that starts with https://")
    if not settings.client_id:
        raise ConfigError("salesforce.client_id", "nothing", "the consumer key of the external client app")
    if keep and settings.private_key_file:
        allowed = "either private_key_file with username, or a refresh token"
        raise ConfigError("salesforce", "a key and a refresh token", allowed, fix="Take one of them out.")
    if not settings.private_key_file and settings.secret is None and keep is None:
        allowed = "client_secret or client_secret_file, private_key_file with username, or a refresh token"
        raise ConfigError("salesforce", "neither a secret nor a key", allowed)
    if settings.private_key_file and not settings.username:
        raise ConfigError("salesforce.username", "nothing", "the user whom the private key speaks for")


def base(settings: SalesforceSettings) -> str:
    return (settings.login_url or "").rstrip("/")


def secret(settings: SalesforceSettings) -> Private:
    """The form of the client credentials flow."""
    known = {"client_secret": settings.secret.get_secret_value()} if settings.secret else {}
    return Private(grant_type="client_credentials", client_id=settings.client_id or "", **known)


def refreshing(settings: SalesforceSettings, token: SecretStr) -> Private:
    """The form of the refresh token flow; an app may ask for no client secret in it."""
    return Private(secret(settings), grant_type="refresh_token", refresh_token=token.get_secret_value())


def assertion(settings: SalesforceSettings, now: datetime) -> Private:
    """The form of the JWT bearer flow: an assertion that is good for three minutes of the CRM's clock."""
    expires = int((now + timedelta(minutes=3)).timestamp())
    claims = {"iss": settings.client_id, "sub": settings.username, "aud": base(settings), "exp": expires}
    key_file = settings.private_key_file or Path()
    try:
        signed = jwt.encode(claims, key_file.read_bytes(), algorithm="RS256")
    except OSError as problem:
        raise unreadable(key_file, problem.strerror or "cannot be read") from None
    except (jwt.PyJWTError, ValueError):
        raise unreadable(key_file, "holds no RSA private key") from None
    return Private(grant_type=JWT_BEARER, assertion=signed)


def unreadable(key_file: Path, reason: str) -> ConfigError:
    allowed = "an RSA private key as a PEM file without a passphrase"
    return ConfigError("salesforce.private_key_file", f"{str(key_file)!r}: {reason}", allowed)


def refused(answer: Answer, form: Private) -> NeedsLogin:
    said = complaint(answer)
    message = f"the login is refused: {said.code or answer.status}, {form.kept_out_of(str(said))}."
    fix = TOKEN_FIX if "refresh_token" in form and said.code == "invalid_grant" else FIXES.get(said.code, ANY_FIX)
    return NeedsLogin(CRM, message, fix=fix)


def to_session(grant: Grant) -> Session:
    """Raises Failed when the answer does not say where the token is good."""
    url, identity = grant.said.get("instance_url"), grant.said.get("id")
    if not isinstance(url, str) or not isinstance(identity, str):
        raise Failed(CRM, TOKEN_PATH, "a token without its instance_url and id", fix="Check salesforce.login_url.")
    return Session(grant.access, url, identity.rpartition("/")[2])
