"""Change Data Capture: what a subscriber hears of other people's writes, from where, and what it may not hear."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.sandbox.salesforce.conftest import Org, V

DOOR = "/cometd/62.0"
LEADS = "/data/LeadChangeEvent"
PERSON = {"LastName": "Ruiz", "Company": "Acme"}


class Listener:
    """A Bayeux client without a library: one message, its replies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.id = client, ""

    async def say(self, channel: str, **more: Any) -> list[dict[str, Any]]:
        message = {"channel": channel, "id": "7", **({"clientId": self.id} if self.id else {}), **more}
        reply = await self.client.post(DOOR, json=[message])
        found: list[dict[str, Any]] = reply.json()
        return found

    async def subscribe(self, *channels: str, replay: int = -1) -> dict[str, Any]:
        if not self.id:
            (hello,) = await self.say("/meta/handshake", version="1.0", supportedConnectionTypes=["long-polling"])
            self.id = hello["clientId"]
        ext = {"replay": dict.fromkeys(channels, replay)}
        (reply,) = await self.say("/meta/subscribe", subscription=list(channels), ext=ext)
        return reply

    async def news(self) -> list[dict[str, Any]]:
        """The events of one connect, without its own reply."""
        *events, done = await self.say("/meta/connect", connectionType="long-polling")
        assert done == {"channel": "/meta/connect", "successful": True, "id": "7", "clientId": self.id}
        return events


@pytest.fixture
def listener(org: Org, client: httpx.AsyncClient) -> Listener:
    org.world.notes["salesforce_poll_seconds"] = 0.2
    return Listener(client)


def header(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["data"]["payload"]["ChangeEventHeader"]
    return found


async def test_creating_changing_deleting_and_undeleting_are_told_in_order(
    client: httpx.AsyncClient, listener: Listener
) -> None:
    await listener.subscribe(LEADS)
    lead = (await client.post(f"{V}/sobjects/Lead", json=PERSON | {"Title": "CTO"})).json()["id"]
    await client.patch(f"{V}/sobjects/Lead/{lead}", json={"Title": None, "DoNotCall": True})
    await client.delete(f"{V}/sobjects/Lead/{lead}")
    made, changed, gone = await listener.news()
    assert [header(one)["changeType"] for one in (made, changed, gone)] == ["CREATE", "UPDATE", "DELETE"]
    assert [one["data"]["event"]["replayId"] for one in (made, changed, gone)] == [1, 2, 3]
    assert (header(made)["recordIds"], header(made)["entityName"], made["channel"]) == ([lead], "Lead", LEADS)
    payload = changed["data"]["payload"]
    assert (payload["Title"], payload["DoNotCall"], "Company" in payload) == (None, True, False)
    assert header(changed)["changedFields"] == ["Title", "DoNotCall", "LastModifiedDate"]
    assert made["data"]["payload"]["CreatedDate"] == "2026-05-30T02:00:00.000Z"
    assert await listener.news() == []


async def test_a_waiting_connect_is_answered_as_soon_as_something_happens(
    org: Org, client: httpx.AsyncClient, listener: Listener
) -> None:
    org.world.notes["salesforce_poll_seconds"] = 30
    await listener.subscribe("/data/ChangeEvents")
    waiting = asyncio.create_task(listener.news())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await client.post(f"{V}/sobjects/Account", json={"Name": "Acme"})
    (told,) = await asyncio.wait_for(waiting, 10)
    assert (told["channel"], header(told)["entityName"]) == ("/data/ChangeEvents", "Account")


async def test_a_subscriber_who_was_away_goes_on_where_it_stopped(
    org: Org, client: httpx.AsyncClient, listener: Listener
) -> None:
    for name in "ABC":
        await client.post(f"{V}/sobjects/Lead", json=PERSON | {"LastName": name})
    for replay, names in ((-2, ["A", "B", "C"]), (2, ["C"]), (-1, [])):
        await listener.subscribe(LEADS, replay=replay)
        assert [one["data"]["payload"]["LastName"] for one in await listener.news()] == names
    refused = await listener.subscribe(LEADS, replay=99)
    assert (refused["successful"], refused["error"][:5]) == (False, "400::")


async def test_what_is_taken_back_is_never_told(client: httpx.AsyncClient, listener: Listener) -> None:
    await listener.subscribe(LEADS)
    rows = [{"attributes": {"type": "Lead"}, **PERSON}, {"attributes": {"type": "Lead"}, "LastName": "x"}]
    await client.post(f"{V}/composite/sobjects", json={"allOrNone": True, "records": rows})
    assert await listener.news() == []


async def test_changes_of_one_request_share_their_transaction(client: httpx.AsyncClient, listener: Listener) -> None:
    await listener.subscribe(LEADS)
    rows = [{"attributes": {"type": "Lead"}, **PERSON}] * 2
    await client.post(f"{V}/composite/sobjects", json={"records": rows})
    one, two = (header(each) for each in await listener.news())
    assert one["transactionKey"] == two["transactionKey"]
    assert (one["sequenceNumber"], two["sequenceNumber"]) == (1, 2)


async def test_a_stranger_a_wrong_channel_and_a_wrong_token_are_told_so(
    client: httpx.AsyncClient, listener: Listener
) -> None:
    (unknown,) = await listener.say("/meta/connect", clientId="nobody")
    assert (unknown["error"], unknown["advice"]["reconnect"]) == ("403::Unknown client", "handshake")
    assert (await listener.subscribe("/data/NothingChangeEvent"))["error"].startswith("404:")
    (left,) = await listener.say("/meta/disconnect")
    assert left["successful"] is True
    reply = await client.post(DOOR, json=[{"channel": "/meta/handshake"}], headers={"Authorization": "Bearer x"})
    assert (reply.status_code, reply.json()[0]["successful"]) == (401, False)
