"""Signs in to Salesforce as an app, by client credentials or by a signed assertion, and keeps the session."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from pydantic import SecretStr

from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http
from crm_sync.connectors.salesforce.values import CRM
from crm_sync.errors import ConfigError, NeedsLogin
from crm_sync.settings import SalesforceSettings

TOKEN_PATH = "/services/oauth2/token"
REFUSED = frozenset({400, 401, 403, 404})
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
ANY_FIX = "Check salesforce.login_url, client_id and client_secret, and that the external client app allows this flow."
SESSION_FIX = "The app's run-as user needs `API Enabled` and access to this object: see the README, Salesforce."


@dataclass(frozen=True, slots=True)
class Session:
    """A token, where it is good, and for whom."""

    token: SecretStr
    instance_url: str
    user_id: str


class Login:
    """One session for the reading client and for the official one. `http` must be set before the first use."""

    http: Http

    def __init__(self, settings: SalesforceSettings) -> None:
        self.settings = settings
        check(settings)
        self._session: Session | None = None
        self._turn = asyncio.Lock()

    def headers(self) -> Mapping[str, str]:
        """The current token as a header; nothing before the login."""
        return {"Authorization": f"Bearer {self._session.token.get_secret_value()}"} if self._session else {}

    async def session(self) -> Session:
        """Signs in once, however many ask. Raises NeedsLogin, TryLater."""
        async with self._turn:
            if self._session is None:
                self._session = await self._sign_in()
                self.http.base_url = self._session.instance_url
            return self._session

    async def renew(self) -> None:
        """A new session for one that the CRM no longer accepts."""
        self._session = None
        await self.session()

    async def _sign_in(self) -> Session:
        grant = assertion(self.settings, self.http.now()) if self.settings.private_key_file else secret(self.settings)
        answer = await self.http.post(f"{base(self.settings)}{TOKEN_PATH}", data=grant, accept=REFUSED)
        if answer.status in REFUSED:
            raise refused(answer)
        return to_session(answer)


def check(settings: SalesforceSettings) -> None:
    """Raises ConfigError when a login cannot even be tried."""
    if not settings.login_url:
        allowed = "the My Domain URL, as in https://acme.my.salesforce.com"
        raise ConfigError("salesforce.login_url", "nothing", allowed)
    if not settings.login_url.startswith("https://"):
        raise ConfigError("salesforce.login_url", repr(settings.login_url), "a URL that starts with https://")
    if not settings.client_id:
        raise ConfigError("salesforce.client_id", "nothing", "the consumer key of the external client app")
    if not settings.private_key_file and settings.secret is None:
        allowed = "client_secret or client_secret_file, or private_key_file with username"
        raise ConfigError("salesforce", "neither a secret nor a key", allowed)
    if settings.private_key_file and not settings.username:
        raise ConfigError("salesforce.username", "nothing", "the user whom the private key speaks for")


def base(settings: SalesforceSettings) -> str:
    return (settings.login_url or "").rstrip("/")


def secret(settings: SalesforceSettings) -> dict[str, str]:
    """The form of the client credentials flow."""
    known = settings.secret.get_secret_value() if settings.secret else ""
    return {"grant_type": "client_credentials", "client_id": settings.client_id or "", "client_secret": known}


def assertion(settings: SalesforceSettings, now: datetime) -> dict[str, str]:
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
    return {"grant_type": JWT_BEARER, "assertion": signed}


def unreadable(key_file: Path, reason: str) -> ConfigError:
    allowed = "an RSA private key as a PEM file without a passphrase"
    return ConfigError("salesforce.private_key_file", f"{str(key_file)!r}: {reason}", allowed)


def refused(answer: Answer) -> NeedsLogin:
    said = complaint(answer)
    message = f"the login is refused: {said.code or answer.status}, {said}."
    return NeedsLogin(CRM, message, fix=FIXES.get(said.code, ANY_FIX))


def to_session(answer: Answer) -> Session:
    said = answer.json()
    return Session(SecretStr(said["access_token"]), said["instance_url"], said["id"].rpartition("/")[2])
