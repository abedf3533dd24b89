"""An OAuth app's way in: tokens that live for half an hour, refresh tokens that are replaced at every use."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from crm_sync.connectors.base import Page
from crm_sync.connectors.hubspot import HubSpot
from crm_sync.connectors.tokens import Access, FileKeep
from crm_sync.errors import ConfigError, NeedsLogin
from crm_sync.mappings import Vocabulary
from crm_sync.records import Person
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.account import SCOPES
from crm_sync.sandbox.hubspot.logins import Logins
from crm_sync.sandbox.world import World
from crm_sync.settings import HubSpotSettings

Connect = Callable[..., HubSpot]


@pytest.fixture
def logins(world: World) -> Logins:
    return account(world).logins


@pytest.fixture
def secret_file(world: World, logins: Logins, tmp_path: Path) -> Path:
    """The refresh token that installing the app gave us."""
    pair = logins.exchange(logins.code("http://back", SCOPES), "http://back", world.clock.now_ms())
    assert pair is not None
    file = tmp_path / "hubspot.refresh"
    file.write_text(pair.refresh_token + "\n")
    return file


@pytest.fixture
async def connect(
    vocabulary: Vocabulary, transport: httpx.ASGITransport, logins: Logins, secret_file: Path
) -> AsyncIterator[Connect]:
    """Makes connectors that share the refresh token, as processes would."""
    made: list[HubSpot] = []

    def make(base_url: str = "http://sandbox", **changes: Any) -> HubSpot:
        known = {"client_id": logins.client_id, "client_secret": SecretStr(logins.client_secret)}
        settings = HubSpotSettings(**(known | {"base_url": base_url} | changes))
        over = transport if base_url == "http://sandbox" else None
        keep = FileKeep(secret_file, "hubspot.refresh_token_file")
        profile = vocabulary.fields.profile(minimal=False)
        made.append(HubSpot(settings, vocabulary, profile, over, lambda state: 0.0, searches=1000, keep=keep))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def emails(hubspot: HubSpot) -> list[str | None]:
    return [email async for page in hubspot.pull("contacts", None) for email in emails_on(page)]


def emails_on(page: Page) -> list[str | None]:
    return [one.email for one in page.records if isinstance(one, Person)]


async def test_an_app_signs_in_reads_and_says_in_which_manner(connect: Connect, make: Callable[..., Any]) -> None:
    await make("contacts", email="ana@acme.example")
    hubspot = connect()
    found = await hubspot.look()
    assert found.login == "OAuth app with a refresh token"
    assert not [one for one in found.problems if "scope" in one]
    assert await emails(hubspot) == ["ana@acme.example"]


@pytest.mark.promise("logins")
async def test_the_next_process_goes_on_with_the_token_that_took_the_place_of_the_first(
    connect: Connect, logins: Logins, secret_file: Path
) -> None:
    first = secret_file.read_text().strip()
    await connect().look()
    assert secret_file.read_text().strip() in logins.refresh_tokens
    assert first not in logins.refresh_tokens
    assert secret_file.stat().st_mode & 0o777 == 0o600
    assert (await connect().look()).crm == "hubspot"


@pytest.mark.promise("logins")
async def test_a_token_that_ends_in_the_middle_of_a_read_costs_one_renewal_and_no_record(
    connect: Connect, make: Callable[..., Any], world: World, logins: Logins
) -> None:
    for number in range(120):
        await make("contacts", email=f"{number}@acme.example")
    hubspot = connect()
    await hubspot.look()
    before, found = logins.made, list[str | None]()
    async for page in hubspot.pull("contacts", None):
        found += emails_on(page)
        logins.expire_all(world.clock.now_ms())
    assert set(found) == {f"{number}@acme.example" for number in range(120)}
    assert len(found) == 120
    assert logins.made - before == 2 * 2, "three pages, two renewals, two tokens each"


@pytest.mark.promise("logins")
async def test_calls_that_are_refused_together_renew_once(connect: Connect, world: World, logins: Logins) -> None:
    hubspot = connect()
    await hubspot.look()
    before = logins.made
    logins.expire_all(world.clock.now_ms())
    await asyncio.gather(*(emails(hubspot) for _ in range(8)))
    assert logins.made - before == 2


async def test_shortly_before_its_end_a_token_is_renewed_with_one_call_more(
    connect: Connect, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot = connect()
    await hubspot.look()
    await emails(hubspot)
    calls = hubspot.calls
    await emails(hubspot)
    usual, renewals = hubspot.calls - calls, logins.made
    calls = hubspot.calls
    monkeypatch.setattr(Access, "fresh", fresh_once())
    await emails(hubspot)
    assert hubspot.calls - calls == usual + 1
    assert logins.made - renewals == 2


def fresh_once() -> property:
    """False the first time, as for a token about to end; the one that comes then is fresh."""
    seen: list[object] = []

    def fresh(access: object) -> bool:
        seen.append(access)
        return access is not seen[0]

    return property(fresh)


@pytest.mark.promise("logins")
async def test_two_processes_that_renew_at_the_same_time_lose_no_token(
    connect: Connect, world: World, logins: Logins
) -> None:
    crms = [connect() for _ in range(4)]
    for _ in range(5):
        await asyncio.gather(*(emails(one) for one in crms))
        logins.expire_all(world.clock.now_ms())
    assert await emails(crms[0]) == []


async def test_the_official_client_gets_a_new_token_too(
    connect: Connect, url: str, world: World, logins: Logins
) -> None:
    hubspot = connect(url)
    await hubspot.look()
    before = logins.made
    logins.expire_all(world.clock.now_ms())
    assert await hubspot.plan_schema()
    assert logins.made - before == 2


async def test_what_is_missing_among_the_scopes_of_the_app_is_said(
    connect: Connect, world: World, logins: Logins, secret_file: Path
) -> None:
    few = SCOPES - {"crm.schemas.contacts.write"}
    pair = logins.exchange(logins.code("http://back", few), "http://back", world.clock.now_ms())
    assert pair is not None
    secret_file.write_text(pair.refresh_token)
    assert any("lacks the scope crm.schemas.contacts.write" in one for one in (await connect().look()).problems)


async def test_a_token_that_is_void_is_told_with_the_next_step_and_never_shown(
    connect: Connect, secret_file: Path
) -> None:
    secret_file.write_text("na1-not-a-token")
    with pytest.raises(NeedsLogin, match=r"invalid_grant.*Install the app in the account again") as told:
        await connect().look()
    assert "na1-not-a-token" not in f"{told.value} {told.value!r}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into every directory")
async def test_a_place_where_no_successor_could_be_written_is_told_before_the_token_is_used_up(
    connect: Connect, logins: Logins, secret_file: Path
) -> None:
    secret_file.parent.chmod(0o500)
    with pytest.raises(ConfigError, match="a directory that this user may write"):
        await connect().look()
    secret_file.parent.chmod(0o700)
    assert secret_file.read_text().strip() in logins.refresh_tokens


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"client_id": None}, "hubspot.client_id"),
        ({"client_secret": None}, "hubspot.client_secret"),
        ({"token": SecretStr("pat-x")}, "a token and a refresh token"),
    ],
)
def test_settings_that_cannot_work_are_named(connect: Connect, changes: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError, match=where):
        connect(**changes)
