"""Ways in: every grant, its errors, sessions that end, and the SOAP login."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.sandbox.salesforce.conftest import NOW, Org, V

TOKEN = "/services/oauth2/token"


def credentials(org: Org, *names: str) -> dict[str, str]:
    return {name: org.world.notes["salesforce_app"][name] for name in names}


async def grant(client: httpx.AsyncClient, kind: str, **form: str) -> Any:
    return await client.post(TOKEN, data={"grant_type": kind, **form}, headers={"Authorization": ""})


async def test_client_credentials_give_a_token_that_opens_the_api(org: Org, client: httpx.AsyncClient) -> None:
    answer = (await grant(client, "client_credentials", **credentials(org, "client_id", "client_secret"))).json()
    assert answer["instance_url"] == "http://acme.test"
    assert answer["token_type"] == "Bearer"
    reply = await client.get(f"{V}/limits", headers={"Authorization": f"Bearer {answer['access_token']}"})
    assert reply.status_code == 200


async def test_client_credentials_may_come_as_basic_authorization(org: Org, client: httpx.AsyncClient) -> None:
    pair = ":".join(credentials(org, "client_id", "client_secret").values())
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    reply = await client.post(TOKEN, data={"grant_type": "client_credentials"}, headers=basic)
    assert reply.status_code == 200


async def test_a_password_needs_the_security_token_behind_it(org: Org, client: httpx.AsyncClient) -> None:
    said = credentials(org, "client_id", "client_secret", "username", "password")
    refused = await grant(client, "password", **said)
    assert refused.status_code == 400
    assert refused.json() == {"error": "invalid_grant", "error_description": "authentication failure"}
    said["password"] += org.world.notes["salesforce_app"]["security_token"]
    answer = (await grant(client, "password", **said)).json()
    renewed = await grant(
        client, "refresh_token", refresh_token=answer["refresh_token"], **credentials(org, "client_id", "client_secret")
    )
    assert renewed.json()["access_token"] != answer["access_token"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "nobody"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "old"}, "invalid_grant"),
        ({"grant_type": "magic"}, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_grant_is_refused_in_oauth_words(
    org: Org, client: httpx.AsyncClient, form: dict[str, str], error: str
) -> None:
    reply = await client.post(TOKEN, data=credentials(org, "client_id", "client_secret") | form)
    assert reply.status_code == 400
    assert reply.json()["error"] == error


def assertion(org: Org, key: rsa.RSAPrivateKey, **claims: object) -> str:
    app = org.world.notes["salesforce_app"]
    soon = datetime.now(UTC) + timedelta(minutes=3)
    said = {"iss": app["client_id"], "sub": app["username"], "aud": "https://login.salesforce.com", "exp": soon}
    return jwt.encode(said | claims, key, algorithm="RS256")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def registered(org: Org, key: rsa.RSAPrivateKey) -> Org:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    org.world.notes["salesforce_app"]["public_key"] = key.public_key().public_bytes(serialization.Encoding.PEM, form)
    return org


async def test_an_assertion_signed_with_the_registered_key_is_enough(
    registered: Org, client: httpx.AsyncClient, key: rsa.RSAPrivateKey
) -> None:
    kind = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    answer = (await grant(client, kind, assertion=assertion(registered, key))).json()
    assert answer["scope"] == "web openid api id"
    assert "refresh_token" not in answer


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"aud": "https://elsewhere.example"}, "Audience validation failed"),
        ({"sub": "somebody@else.example"}, "user hasn't approved this consumer"),
        ({"exp": datetime(2020, 1, 1, tzinfo=UTC)}, "expired authorization code"),
    ],
)
async def test_an_assertion_with_a_wrong_claim_is_refused(
    registered: Org, client: httpx.AsyncClient, key: rsa.RSAPrivateKey, claims: dict[str, object], description: str
) -> None:
    kind = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    reply = await grant(client, kind, assertion=assertion(registered, key, **claims))
    assert reply.json() == {"error": "invalid_grant", "error_description": description}


async def test_an_assertion_signed_by_another_key_or_before_registration_is_refused(
    org: Org, client: httpx.AsyncClient, key: rsa.RSAPrivateKey
) -> None:
    kind = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert (await grant(client, kind, assertion=assertion(org, key))).status_code == 400
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    org.world.notes["salesforce_app"]["public_key"] = key.public_key().public_bytes(serialization.Encoding.PEM, form)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    reply = await grant(client, kind, assertion=assertion(org, stranger))
    assert reply.json()["error_description"] == "invalid assertion"


async def test_a_session_ends_two_hours_later_on_the_worlds_clock(org: Org, client: httpx.AsyncClient) -> None:
    org.world.clock.set(NOW + timedelta(hours=1, minutes=59))
    assert (await client.get(f"{V}/limits")).status_code == 200
    org.world.clock.set(NOW + timedelta(hours=2))
    reply = await client.get(f"{V}/limits")
    assert reply.status_code == 401
    assert reply.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


async def test_userinfo_names_the_api_user(org: Org, client: httpx.AsyncClient) -> None:
    said = (await client.get("/services/oauth2/userinfo")).json()
    assert said["preferred_username"] == org.world.notes["salesforce_app"]["username"]
    assert said["urls"]["rest"] == "http://acme.test/services/data/v{version}/"
    assert (await client.get("/services/oauth2/userinfo", headers={"Authorization": "Bearer no"})).status_code == 403


async def test_soap_login_returns_a_session_and_the_server(org: Org, client: httpx.AsyncClient) -> None:
    app = org.world.notes["salesforce_app"]
    body = soap_body(app["username"], app["password"] + app["security_token"])
    reply = await client.post("/services/Soap/u/62.0", content=body, headers={"Content-Type": "text/xml"})
    assert reply.status_code == 200
    server = reply.text.partition("<serverUrl>")[2].partition("</serverUrl>")[0]
    assert urlsplit(server).netloc == "acme.test"
    refused = await client.post("/services/Soap/u/62.0", content=soap_body(app["username"], "wrong"))
    assert refused.status_code == 500
    assert "<sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode>" in refused.text


def soap_body(username: str, password: str) -> str:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        f'<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{username}</n1:username>'
        f"<n1:password>{password}</n1:password></n1:login></env:Body></env:Envelope>"
    )
