"""A sandbox whose clock runs fast: whoever looks on sees people come and reps call them, over real HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from crm_sync.sandbox.server import Sandbox

MONDAY = "2026-06-01T10:00:00-06:00"
LOOKS = 1_500  # far more than are needed; nobody waits for ever


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(people=1_500, seed=7, speed=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {sandbox.card()['hubspot']['token']}"}
    with httpx.Client(base_url=sandbox.url, headers=headers, timeout=60) as found:
        found.post("/sandbox/reset").raise_for_status()
        yield found


def run(client: httpx.Client, speed: int) -> None:
    """On Monday morning, so many times as fast as here."""
    client.post("/sandbox/clock", json={"now": MONDAY, "speed": speed}).raise_for_status()


def newest(client: httpx.Client, name: str, stamp: str) -> dict[str, Any]:
    asked = {"limit": 1, "sorts": [{"propertyName": stamp, "direction": "DESCENDING"}]}
    answer = client.post(f"/crm/v3/objects/{name}/search", json=asked).raise_for_status()
    found: dict[str, Any] = answer.json()["results"][0]
    return found


@pytest.mark.slow
def test_leads_arrive_and_calls_are_made_while_one_watches(client: httpx.Client) -> None:
    run(client, 3_600)
    seen: dict[str, set[str]] = {"contacts": set(), "calls": set()}
    for _ in range(LOOKS):
        for name, stamp in (("contacts", "createdate"), ("calls", "hs_createdate")):
            one = newest(client, name, stamp)
            assert one["createdAt"][:19] <= client.get("/sandbox/clock").json()["now"][:19]
            seen[name].add(one["id"])
        if all(len(ids) > 3 for ids in seen.values()):
            return
        time.sleep(0.02)
    pytest.fail(f"hardly anything to see: {seen}")


def test_events_come_to_somebody_who_only_listens(client: httpx.Client, sandbox: Sandbox) -> None:
    """No request in between: the long poll itself is answered when something happens."""
    run(client, 600)
    card = sandbox.card()["salesforce"]
    login = {"grant_type": "client_credentials", "client_id": card["client_id"], "client_secret": card["client_secret"]}
    token = client.post("/services/oauth2/token", data=login).json()["access_token"]

    def say(channel: str, **more: object) -> list[dict[str, Any]]:
        said = [{"channel": channel, "id": "1", **more}]
        answer = client.post("/cometd/62.0", json=said, headers={"authorization": f"Bearer {token}"})
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return found

    hello = say("/meta/handshake", version="1.0", supportedConnectionTypes=["long-polling"])[0]
    me, tasks = {"clientId": hello["clientId"]}, "/data/TaskChangeEvent"
    say("/meta/subscribe", subscription=[tasks], ext={"replay": {tasks: -1}}, **me)
    news = say("/meta/connect", connectionType="long-polling", **me)[0]
    assert news["data"]["payload"]["ChangeEventHeader"]["entityName"] == "Task"
