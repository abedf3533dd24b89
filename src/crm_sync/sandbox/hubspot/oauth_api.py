"""OAuth of a public app: the authorize page, its tokens, and what can be asked about them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from crm_sync.sandbox.hubspot.account import SCOPES
from crm_sync.sandbox.hubspot.errors import OAuthRefusal, Refusal
from crm_sync.sandbox.hubspot.logins import LIFE, Access, Pair
from crm_sync.sandbox.hubspot.wire import Answer, Call

_USER = "town@acme.example"
_DOMAIN = "acme.example"


def authorize(call: Call) -> Answer:
    """As if a person had clicked Connect app at once: sends the browser back with a code."""
    redirect = call.query("redirect_uri")
    if call.query("client_id") != call.account.logins.client_id:
        raise OAuthRefusal("invalid_client", "BAD_CLIENT_ID", "missing or invalid client id")
    if not redirect.startswith(("http://", "https://")):
        raise OAuthRefusal("invalid_request", "BAD_REDIRECT_URI", "missing or invalid redirect uri")
    wanted = set(call.query("scope").split())
    if not wanted or wanted - SCOPES:
        told = ", ".join(sorted(wanted - SCOPES)) or "none was asked for"
        raise OAuthRefusal("invalid_scope", "BAD_SCOPE", f"unknown scopes: {told}")
    granted = wanted | (set(call.query("optional_scope").split()) & SCOPES) | {"oauth"}
    answer = {"code": call.account.logins.code(redirect, granted)}
    state = {"state": call.query("state")} if call.query("state") else {}
    return Answer(status=302, location=f"{redirect}{'&' if '?' in redirect else '?'}{urlencode({**answer, **state})}")


def token(call: Call) -> Answer:
    """v1: the two tokens."""
    pair = _pair(call)
    return Answer(_tokens(pair))


def token_with_account(call: Call) -> Answer:
    """v3 and later: with the account and the scopes as well."""
    pair, known = _pair(call), call.account
    more = {"hub_id": known.portal_id, "user_id": known.user_id, "scopes": sorted(pair.scopes)}
    return Answer({**_tokens(pair), "token_use": "access_token", **more})


def access_token(call: Call) -> Answer:
    held = _access(call, call.part("token"))
    if held is None:
        raise Refusal(404, "access token not found or expired", "OBJECT_NOT_FOUND")
    return Answer(_access_info(call, call.part("token"), held))


def refresh_token(call: Call) -> Answer:
    if call.part("token") not in call.account.logins.refresh_tokens:
        raise Refusal(404, "refresh token not found", "OBJECT_NOT_FOUND")
    return Answer(_refresh_info(call, call.part("token")))


def delete_refresh_token(call: Call) -> Answer:
    """204, known or not. Access tokens that came from it go on until they expire."""
    call.account.logins.refresh_tokens.pop(call.part("token"), None)
    return Answer(status=204)


def introspect(call: Call) -> Answer:
    """Either kind of token, told apart by the token itself."""
    _check_client(call)
    said, known = str(call.body.get("token") or ""), call.account
    held = _access(call, said)
    more = {"active": True, "client_id": known.logins.client_id}
    if held is not None:
        info = _access_info(call, said, held)
        more |= {"is_private_distribution": False, "signed_access_token": _signed(call, held)}
        return Answer({**info, **more, "token_use": "access_token"})
    if said in known.logins.refresh_tokens:
        return Answer({**_refresh_info(call, said), **more, "app_id": known.app_id, "token_use": "refresh_token"})
    return Answer({"active": False})


def revoke(call: Call) -> Answer:
    _check_client(call)
    said, logins = str(call.body.get("token") or ""), call.account.logins
    logins.refresh_tokens.pop(said, None)
    logins.access_tokens.pop(said, None)
    return Answer({})


def _pair(call: Call) -> Pair:
    _check_client(call)
    now, logins = call.world.clock.now_ms(), call.account.logins
    match call.body.get("grant_type"):
        case "authorization_code":
            pair = logins.exchange(str(call.body.get("code")), str(call.body.get("redirect_uri")), now)
            told = ("BAD_AUTH_CODE", "missing or unknown auth code")
        case "refresh_token":
            rotates = call.account.habits.refresh_rotates
            pair = logins.refresh(str(call.body.get("refresh_token")), now, rotates=rotates)
            told = ("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
        case other:
            raise OAuthRefusal("unsupported_grant_type", "BAD_GRANT_TYPE", f"missing or unknown grant type: {other}")
    if pair is None:
        raise OAuthRefusal("invalid_grant", *told)
    return pair


def _check_client(call: Call) -> None:
    logins = call.account.logins
    if call.body.get("client_id") != logins.client_id:
        raise OAuthRefusal("invalid_client", "BAD_CLIENT_ID", "missing or invalid client id")
    if call.body.get("client_secret") != logins.client_secret:
        raise OAuthRefusal("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")


def _tokens(pair: Pair) -> dict[str, Any]:
    return {
        "token_type": "bearer", "access_token": pair.access_token, "refresh_token": pair.refresh_token,
        "expires_in": LIFE,
    }  # fmt: skip


def _access(call: Call, said: str) -> Access | None:
    held = call.account.logins.access_tokens.get(said)
    return held if held is not None and held.expires_at > call.world.clock.now_ms() else None


def _access_info(call: Call, said: str, held: Access) -> dict[str, Any]:
    left = (held.expires_at - call.world.clock.now_ms()) // 1000
    return {**_info(call, said, held.scopes), "app_id": call.account.app_id, "expires_in": left, "token_type": "access"}


def _refresh_info(call: Call, said: str) -> dict[str, Any]:
    logins = call.account.logins
    return {**_info(call, said, logins.refresh_tokens[said]), "client_id": logins.client_id, "token_type": "refresh"}


def _info(call: Call, said: str, scopes: frozenset[str]) -> dict[str, Any]:
    known = call.account
    return {
        "token": said, "hub_id": known.portal_id, "user_id": known.user_id, "user": _USER, "hub_domain": _DOMAIN,
        "scopes": sorted(scopes),
    }  # fmt: skip


def _signed(call: Call, held: Access) -> dict[str, Any]:
    """The token's insides as introspection shows them; the signatures are not imitated."""
    known = call.account
    return {
        "appId": known.app_id, "expiresAt": held.expires_at, "hubId": known.portal_id, "hublet": "na1",
        "installingUserId": known.user_id, "userId": known.user_id, "isPrivateDistribution": False,
        "isServiceAccount": False, "isUserLevel": False, "newSignature": "", "signature": "",
        "scopes": "", "scopeToScopeGroupPks": "", "trialScopes": "", "trialScopeToScopeGroupPks": "",
    }  # fmt: skip
