"""OAuth: the four grants that integrations use, the tokens they yield, and who a token belongs to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import World

SESSION_MS = 2 * 60 * 60 * 1000
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

Answer = dict[str, Any]


class Denied(Exception):
    """An OAuth error: an object with two words, not Salesforce's list."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


def grant(world: World, form: Mapping[str, str], basic: str | None, origin: str) -> Answer:
    """The token endpoint. `basic` is the Authorization header, in which client_credentials may come."""
    kinds: dict[str, Callable[[World, Mapping[str, str]], Answer]] = {
        "client_credentials": _client_credentials,
        "password": _password,
        "refresh_token": _refresh,
        _JWT_BEARER: lambda world, form: _assertion(world, form, origin),
    }
    kind = form.get("grant_type", "")
    if kind not in kinds:
        raise Denied("unsupported_grant_type", "grant type not supported")
    return _answer(world, origin, kinds[kind](world, {**_from_basic(basic), **form}))


def new_token(world: World) -> str:
    """A session of two hours on the world's clock."""
    app = world.notes["salesforce_app"]
    token = f"{app['organization_id'][:15]}!AQ{secrets.token_urlsafe(48)}"
    world.notes["salesforce_tokens"][token] = {
        "user_id": app["user_id"],
        "expires_ms": world.clock.now_ms() + SESSION_MS,
    }
    return token


def authorized(world: World, header: str | None) -> str:
    """The user behind an Authorization header; a token that is unknown or too old is refused."""
    scheme, _, token = (header or "").partition(" ")
    session = world.notes["salesforce_tokens"].get(token.strip())
    if scheme.lower() not in ("bearer", "oauth") or session is None or session["expires_ms"] <= world.clock.now_ms():
        raise Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
    return str(session["user_id"])


def known_password(world: World, username: str, password: str) -> bool:
    """Salesforce wants the security token right behind the password."""
    app = world.notes["salesforce_app"]
    expected = f"{app['password']}{app['security_token']}"
    return username.lower() == app["username"].lower() and hmac.compare_digest(password.encode(), expected.encode())


def userinfo(world: World, user_id: str, origin: str) -> Answer:
    app = world.notes["salesforce_app"]
    user = world.table("salesforce", "User").get([user_id])[user_id]
    return {
        "sub": f"{origin}/id/{app['organization_id']}/{user_id}",
        "user_id": user_id,
        "organization_id": app["organization_id"],
        "preferred_username": user["Username"],
        "nickname": user["Alias"],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "zoneinfo": user["TimeZoneSidKey"],
        "photos": {},
        "profile": f"{origin}/{user_id}",
        "urls": {"rest": f"{origin}/services/data/v{{version}}/"},
        "active": bool(user["IsActive"]),
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": 0,
        "updated_at": world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _answer(world: World, origin: str, further: Answer) -> Answer:
    app = world.notes["salesforce_app"]
    identity, issued = f"{origin}/id/{app['organization_id']}/{app['user_id']}", str(world.clock.now_ms())
    signature = hmac.new(app["client_secret"].encode(), (identity + issued).encode(), hashlib.sha256).digest()
    signed = {"issued_at": issued, "signature": base64.b64encode(signature).decode()}
    token = {"access_token": new_token(world), "instance_url": origin, "id": identity, "token_type": "Bearer"}
    return token | further if further.pop("unsigned", False) else token | signed | further


def _client_credentials(world: World, form: Mapping[str, str]) -> Answer:
    _check_client(world, form)
    return {"scope": "api"}


def _password(world: World, form: Mapping[str, str]) -> Answer:
    _check_client(world, form)
    if not known_password(world, form.get("username", ""), form.get("password", "")):
        raise Denied("invalid_grant", "authentication failure")
    return {"refresh_token": _refresh_token(world), "scope": "refresh_token api"}


def _refresh(world: World, form: Mapping[str, str]) -> Answer:
    _check_client(world, form)
    if not hmac.compare_digest(form.get("refresh_token", "").encode(), _refresh_token(world).encode()):
        raise Denied("invalid_grant", "expired access/refresh token")
    return {"scope": "refresh_token api"}


def _assertion(world: World, form: Mapping[str, str], origin: str) -> Answer:
    """JWT bearer: signed by the key that the app has registered as notes["salesforce_app"]["public_key"] (PEM)."""
    app = world.notes["salesforce_app"]
    if not app.get("public_key"):
        raise Denied("invalid_grant", "user hasn't approved this consumer")
    try:
        said = jwt.decode(
            form.get("assertion", ""),
            app["public_key"],
            algorithms=["RS256"],
            options={"verify_aud": False, "require": ["exp"]},
        )
    except jwt.ExpiredSignatureError:
        raise Denied("invalid_grant", "expired authorization code") from None
    except jwt.PyJWTError:
        raise Denied("invalid_grant", "invalid assertion") from None
    _check_claims(app, said, origin)
    return {"scope": "web openid api id", "unsigned": True}


def _check_claims(app: Mapping[str, str], said: Mapping[str, Any], origin: str) -> None:
    if said.get("iss") != app["client_id"]:
        raise Denied("invalid_client_id", "client identifier invalid")
    if str(said.get("sub", "")).lower() != app["username"].lower():
        raise Denied("invalid_grant", "user hasn't approved this consumer")
    audience = str(said.get("aud", "")).rstrip("/")
    if audience != origin and not (audience.startswith("https://") and audience.endswith(".salesforce.com")):
        raise Denied("invalid_grant", "Audience validation failed")


def _check_client(world: World, form: Mapping[str, str]) -> None:
    app = world.notes["salesforce_app"]
    if form.get("client_id") != app["client_id"]:
        raise Denied("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(form.get("client_secret", "").encode(), app["client_secret"].encode()):
        raise Denied("invalid_client", "invalid client credentials")


def _refresh_token(world: World) -> str:
    app = world.notes["salesforce_app"]
    return "5Aep861" + hashlib.sha256(f"{app['client_id']}{app['username']}".encode()).hexdigest()


def _from_basic(header: str | None) -> dict[str, str]:
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": name, "client_secret": secret}
