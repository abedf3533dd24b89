"""A public app's way in: a code, tokens that expire by the world's clock, and refresh tokens that are replaced."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from crm_sync.sandbox.hubspot import account

BACK = "http://127.0.0.1:9/back"


@pytest.fixture
def logins(world):
    return account(world).logins


@pytest.fixture
async def code(anyone, logins):
    scope = "crm.objects.contacts.read crm.objects.contacts.write"
    params = {"client_id": logins.client_id, "redirect_uri": BACK, "scope": scope, "state": "s1"}
    answer = await anyone.get("/oauth/authorize", params=params)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(BACK)
    told = parse_qs(urlsplit(answer.headers["location"]).query)
    assert told["state"] == ["s1"]
    return told["code"][0]


@pytest.fixture
def ask(anyone, logins):
    async def post(path: str = "/oauth/v1/token", **form: str):
        client = {"client_id": logins.client_id, "client_secret": logins.client_secret}
        return await anyone.post(path, data={**client, **form})

    return post


@pytest.fixture
async def tokens(ask, code):
    return (await ask(grant_type="authorization_code", code=code, redirect_uri=BACK)).json()


async def read(client, token: str):
    return await client.get("/crm/v3/objects/contacts", headers={"authorization": f"Bearer {token}"})


async def test_a_code_is_good_once_and_brings_two_tokens(anyone, ask, code):
    first = await ask(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (first.json()["token_type"], first.json()["expires_in"]) == ("bearer", 1800)
    assert (await read(anyone, first.json()["access_token"])).status_code == 200
    again = await ask(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (again.status_code, again.json()["status"]) == (400, "BAD_AUTH_CODE")


async def test_an_access_token_lives_half_an_hour_of_the_world(anyone, tokens, later):
    later(minutes=29, seconds=59)
    assert (await read(anyone, tokens["access_token"])).status_code == 200
    later(minutes=2)
    gone = await read(anyone, tokens["access_token"])
    assert (gone.status_code, gone.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert gone.json()["message"] == "The OAuth token used to make this call expired 1 minute(s) ago."


async def test_a_refresh_token_is_replaced_and_the_old_one_is_void(anyone, ask, tokens, later):
    later(hours=1)
    fresh = (await ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert (await read(anyone, fresh["access_token"])).status_code == 200
    old = await ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (old.status_code, old.json()["error"], old.json()["status"]) == (
        400, "invalid_grant", "BAD_REFRESH_TOKEN",
    )  # fmt: skip


async def test_an_account_may_leave_refresh_tokens_as_they_are(world, ask, tokens):
    account(world).habits.refresh_rotates = False
    fresh = (await ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
    assert fresh["refresh_token"] == tokens["refresh_token"]


@pytest.mark.parametrize("path", ["/oauth/v3/token", "/oauth/2026-03/token"])
async def test_newer_paths_tell_the_account_and_the_scopes(world, ask, code, path):
    said = (await ask(path, grant_type="authorization_code", code=code, redirect_uri=BACK)).json()
    assert said["hub_id"] == account(world).portal_id
    assert "crm.objects.contacts.read" in said["scopes"]


async def test_a_token_may_do_what_was_granted_and_no_more(anyone, tokens):
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    refused = await anyone.get("/crm/v3/objects/deals", headers=headers)
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")


async def test_public_apps_have_their_own_burst_and_no_daily_headers(anyone, tokens):
    headers = (await read(anyone, tokens["access_token"])).headers
    assert headers["x-hubspot-ratelimit-max"] == "110"
    assert "x-hubspot-ratelimit-daily" not in headers


async def test_tokens_can_be_asked_about(anyone, ask, tokens, later):
    later(minutes=10)
    access = (await anyone.get(f"/oauth/v1/access-tokens/{tokens['access_token']}")).json()
    assert (access["token_type"], access["expires_in"]) == ("access", 1200)
    refresh = (await anyone.get(f"/oauth/v1/refresh-tokens/{tokens['refresh_token']}")).json()
    assert refresh["token_type"] == "refresh"
    told = (await ask("/oauth/v3/token/introspect", token=tokens["access_token"])).json()
    assert (told["active"], told["token_use"]) == (True, "access_token")
    later(hours=1)
    assert (await ask("/oauth/2026-03/token/introspect", token=tokens["access_token"])).json() == {"active": False}


async def test_deleting_a_refresh_token_leaves_access_tokens_alone(anyone, ask, tokens):
    await anyone.delete(f"/oauth/v1/refresh-tokens/{tokens['refresh_token']}")
    assert (await read(anyone, tokens["access_token"])).status_code == 200
    gone = await ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert gone.json()["status"] == "BAD_REFRESH_TOKEN"


async def test_a_wrong_client_is_told_so(anyone, logins):
    wrong = await anyone.post("/oauth/v1/token", data={"client_id": "x", "grant_type": "refresh_token"})
    assert (wrong.status_code, wrong.json()["status"]) == (400, "BAD_CLIENT_ID")
    params = {"client_id": logins.client_id, "redirect_uri": BACK, "scope": "crm.nonsense"}
    assert (await anyone.get("/oauth/authorize", params=params)).status_code == 400
