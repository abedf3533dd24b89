"""The way back: after a reset, the world is what it was on its first day."""

from __future__ import annotations

import json

import httpx
import pytest

from crm_sync.sandbox.server import Sandbox

CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with Sandbox(people=50, seed=3, directory=tmp_path_factory.mktemp("sandbox"), speed=0) as running:
        yield running


@pytest.fixture
def client(sandbox):
    card = sandbox.card()["hubspot"]
    headers = {"authorization": f"Bearer {card['token']}"}
    with httpx.Client(base_url=card["url"], headers=headers, timeout=30) as found:
        found.post("/sandbox/reset", json={"people": 50, "seed": 3}).raise_for_status()
        yield found


def seen(client: httpx.Client) -> str:
    """All contacts with their stamps, and what is on order."""
    return client.get(f"{CONTACTS}?limit=100").text + client.get("/sandbox/faults").text


def test_everything_is_as_on_the_first_day(client):
    before = seen(client)
    client.post("/sandbox/clock", json={"advance": "3d", "speed": 60})
    client.post(CONTACTS, json={"properties": {"email": "new@example.com"}})
    client.post("/crm/v3/properties/contacts", json={
        "name": "extra", "label": "Extra", "type": "string", "fieldType": "text", "groupName": "contactinformation",
    })  # fmt: skip
    client.post("/sandbox/faults", json={"match": "* /crm", "after": 1000})
    assert seen(client) != before
    told = client.post("/sandbox/reset").json()
    assert (told["now"], told["speed"]) == ("2026-05-30T02:00:00+00:00", 0)
    assert seen(client) == before
    assert client.get("/crm/v3/properties/contacts/extra").status_code == 404


def test_after_a_reset_the_same_days_bring_the_same_people(client):
    def days() -> list[str]:
        told = [client.post("/sandbox/clock", json={"advance": f"{one}d"}) and seen(client) for one in (3, 9)]
        return [*told, client.get("/sandbox/truth").text]

    first = days()
    assert first[0] != first[1]
    client.post("/sandbox/reset")
    assert days() == first


def test_another_seed_is_another_town_with_its_own_truth(client, sandbox):
    before = seen(client)
    told = client.post("/sandbox/reset", json={"seed": 4, "people": 60}).json()
    assert told["records"]["hubspot"]["contacts"] > 0
    assert seen(client) != before
    truth = json.loads(sandbox.directory.joinpath("truth.json").read_text())
    assert (truth["seed"], len(truth["people"])) == (4, 60)


@pytest.mark.parametrize("said", [{"seed": "x"}, {"people": -1}, {"size": 3}])
def test_a_reset_that_cannot_be_changes_nothing(client, said):
    before = seen(client)
    assert client.post("/sandbox/reset", json=said).status_code == 400
    assert seen(client) == before


def test_however_long_the_start_takes_the_same_seed_is_the_same_town(tmp_path):
    """At an hour a second, the town would otherwise be told minutes later each time."""

    def town(sandbox: Sandbox) -> tuple[str, ...]:
        users = sandbox.world.table("salesforce", "User").select()
        return (sandbox.directory.joinpath("truth.json").read_text(), *(str(one) for one in users))

    with Sandbox(people=30, seed=3, directory=tmp_path / "still", speed=0) as standing:
        expected = town(standing)
    with Sandbox(people=30, seed=3, directory=tmp_path / "fast", speed=3_600) as running:
        assert town(running) == expected
        told = httpx.post(f"{running.url}/sandbox/reset").json()
        assert town(running) == expected
        assert told["speed"] == 3_600
        assert httpx.get(f"{running.url}/sandbox/clock").json()["now"] > told["now"]


async def test_a_world_without_a_town_becomes_empty_again(hubspot):
    await hubspot.post(CONTACTS, json={"properties": {"email": "new@example.com"}})
    assert (await hubspot.post("/sandbox/reset", json={"people": 5})).status_code == 400
    assert len((await hubspot.get(CONTACTS)).json()["results"]) == 1
    told = (await hubspot.post("/sandbox/reset")).json()
    assert told["records"]["hubspot"]["contacts"] == 0
