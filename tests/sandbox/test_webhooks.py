"""Webhooks: what an app subscribes to reaches its server, signed, in batches, again after a failure, and only there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crm_sync.sandbox.webhooks import hooks
from crm_sync.sandbox.webhooks.hooks import DEVELOPER_KEY

CONTACTS = "/crm/v3/objects/contacts"
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"


@dataclass
class Receiver:
    """A server that notes what it is sent and answers with the statuses it was given, then with 200."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    @property
    def batches(self) -> list[list[dict]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def events(self) -> list[dict]:
        return [event for batch in self.batches for event in batch]


@pytest.fixture
def receiver():
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.statuses.pop(0) if found.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_port}/hooks?tenant=a"
        yield found
        server.shutdown()


@dataclass
class App:
    """An app with its developer's key."""

    client: object
    world: object
    path: str

    async def call(self, method, path, body=None):
        return await self.client.request(method, f"{self.path}{path}?hapikey={DEVELOPER_KEY}", json=body)

    async def wants(self, event_type, **more):
        answer = await self.call("POST", "/subscriptions", {"eventType": event_type, "active": True, **more})
        assert answer.status_code == 201
        return answer.json()

    async def delivered(self):
        """Until nothing is under way any more."""
        known = hooks(self.world)
        while known.tasks:
            await asyncio.wait(known.tasks)
            await asyncio.sleep(0)


@pytest.fixture
async def app_(hubspot, world, receiver):
    told = (await hubspot.post("/sandbox/webhooks", json={"wait_ms": 20, "retry_ms": 1})).json()
    found = App(hubspot, world, f"/webhooks/v3/{told['app_id']}")
    settings = {"targetUrl": receiver.url, "throttling": {"maxConcurrentRequests": 10, "period": "SECONDLY"}}
    assert (await found.call("PUT", "/settings", settings)).status_code == 200
    return found


async def create(client, number=1):
    inputs = [{"properties": {"email": f"p{n}@example.com", "firstname": "P"}} for n in range(number)]
    return (await client.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})).json()["results"]


async def test_a_created_contact_is_told_and_signed(app_, hubspot, receiver, world):
    subscription = await app_.wants("contact.creation")
    (made,) = await create(hubspot)
    await app_.delivered()
    (event,) = receiver.events
    assert (event["objectId"], event["subscriptionType"]) == (int(made["id"]), "contact.creation")
    assert (event["attemptNumber"], event["changeFlag"]) == (0, "NEW")
    assert (event["subscriptionId"], event["occurredAt"]) == (int(subscription["id"]), world.clock.now_ms())
    (headers, body) = receiver.got[0]
    secret = (await hubspot.get("/sandbox/webhooks")).json()["client_secret"]
    assert headers["x-hubspot-signature"] == hashlib.sha256(secret.encode() + body).hexdigest()
    signed = f"POST{receiver.url}".encode() + body + headers["x-hubspot-request-timestamp"].encode()
    expected = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["x-hubspot-signature-v3"] == expected


async def test_hubspots_own_client_accepts_the_signature(app_, hubspot, receiver):
    signature = pytest.importorskip("hubspot.utils.signature")
    await app_.wants("contact.creation")
    await create(hubspot)
    await app_.delivered()
    (headers, body) = receiver.got[0]
    assert signature.Signature.is_valid(
        signature=headers["x-hubspot-signature-v3"],
        client_secret=(await hubspot.get("/sandbox/webhooks")).json()["client_secret"],
        request_body=body.decode(), http_uri=receiver.url, http_method="POST", signature_version="v3",
        timestamp=headers["x-hubspot-request-timestamp"],
    )  # fmt: skip


async def test_only_the_property_that_was_asked_for_is_told(app_, hubspot, receiver):
    (made,) = await create(hubspot)
    await app_.wants("contact.propertyChange", propertyName="lifecyclestage")
    said = {"lifecyclestage": "marketingqualifiedlead", "city": "Puebla"}
    await hubspot.patch(f"{CONTACTS}/{made['id']}", json={"properties": said})
    await app_.delivered()
    told = [(one["propertyName"], one["propertyValue"]) for one in receiver.events]
    assert told == [("lifecyclestage", "marketingqualifiedlead")]


async def test_the_generic_kind_names_the_object_by_its_type(app_, hubspot, receiver):
    await app_.wants("object.creation", objectTypeId="0-2")
    await create(hubspot)
    await hubspot.post("/crm/v3/objects/companies", json={"properties": {"name": "Acme"}})
    await app_.delivered()
    (event,) = receiver.events
    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.creation", "0-2")


async def test_deletions_and_merges_are_told(app_, hubspot, receiver):
    for verb in ("deletion", "merge"):
        await app_.wants(f"contact.{verb}")
    first, second, third = sorted(row["id"] for row in await create(hubspot, 3))
    await hubspot.delete(f"{CONTACTS}/{third}")
    await hubspot.post(f"{CONTACTS}/merge", json={"primaryObjectId": first, "objectIdToMerge": second})
    await app_.delivered()
    told = {one["subscriptionType"]: one for one in receiver.events}
    assert set(told) == {"contact.deletion", "contact.merge"}
    assert told["contact.deletion"]["objectId"] == int(third)
    assert [int(one) for one in told["contact.merge"]["mergedObjectIds"]] == [int(second)]


async def test_250_events_come_in_posts_of_a_hundred(app_, hubspot, receiver, world):
    await app_.wants("contact.creation")
    await app_.wants("contact.propertyChange", propertyName="email")
    await app_.wants("contact.propertyChange", propertyName="firstname")
    await create(hubspot, 100)
    await app_.delivered()
    assert sorted(len(batch) for batch in receiver.batches) == [100, 100, 100]


async def test_what_fails_is_tried_again_with_the_next_attempt_number(app_, hubspot, receiver):
    receiver.statuses = [500, 404]
    await app_.wants("contact.creation")
    await create(hubspot)
    await app_.delivered()
    assert [event["attemptNumber"] for event in receiver.events] == [0, 1, 2]
    told = (await hubspot.get("/sandbox/webhooks")).json()
    assert [one["status"] for one in told["deliveries"]] == [500, 404, 200]


async def test_after_ten_retries_it_gives_up(app_, hubspot, receiver, world):
    hooks(world).manner.retry_ms = 0
    receiver.statuses = [500] * 50
    await app_.wants("contact.creation")
    await create(hubspot)
    await app_.delivered()
    assert len(receiver.got) == 11


async def test_events_may_come_twice_and_in_any_order(app_, hubspot, receiver):
    await hubspot.post("/sandbox/webhooks", json={"shuffle": 1, "repeat": 0.5, "seed": 2})
    await app_.wants("contact.creation")
    await create(hubspot, 20)
    await app_.delivered()
    ids = [event["eventId"] for event in receiver.events]
    assert len(set(ids)) == 20 < len(ids)
    assert ids != sorted(ids)


async def test_a_subscription_can_be_paused_changed_and_removed(app_, hubspot, receiver):
    made = await app_.wants("contact.creation")
    path = f"/subscriptions/{made['id']}"
    assert (await app_.call("PATCH", path, {"active": False})).json()["active"] is False
    await create(hubspot)
    await app_.delivered()
    assert receiver.got == []
    batch = {"inputs": [{"id": int(made["id"]), "active": True}]}
    assert (await app_.call("POST", "/subscriptions/batch/update", batch)).json()["results"][0]["active"] is True
    assert [one["id"] for one in (await app_.call("GET", "/subscriptions")).json()["results"]] == [made["id"]]
    assert (await app_.call("DELETE", path)).status_code == 204
    assert (await app_.call("GET", path)).status_code == 404


async def test_settings_can_be_read_and_removed(app_, receiver):
    told = (await app_.call("GET", "/settings")).json()
    assert (told["targetUrl"], told["throttling"]["maxConcurrentRequests"]) == (receiver.url, 10)
    assert (await app_.call("DELETE", "/settings")).status_code == 204
    assert (await app_.call("GET", "/settings")).status_code == 404


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://10.0.0.1/", "ftp://127.0.0.1/", "", None])
async def test_only_this_machine_is_ever_delivered_to(app_, url):
    said = {"targetUrl": url, "throttling": {"maxConcurrentRequests": 10}}
    answer = await app_.call("PUT", "/settings", said)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "said",
    [{"eventType": "contact.birthday"}, {"eventType": "contact.propertyChange"}, {"eventType": "object.creation"}],
)
async def test_a_subscription_to_nothing_is_refused(app_, said):
    assert (await app_.call("POST", "/subscriptions", said)).status_code == 400


async def test_only_the_developers_key_opens(app_, hubspot):
    assert (await hubspot.get(f"{app_.path}/settings")).status_code == 401
    assert (await hubspot.get(f"{app_.path}/settings?hapikey=guess")).status_code == 401


async def test_published_signatures_are_met():
    from crm_sync.sandbox.webhooks.signing import version_3

    body = json.dumps([{"note": "é ü 漢"}], ensure_ascii=False, separators=(",", ":")).encode()
    expected = "kEeoY94+WDd5wqebaNO9huB3nCzriIx97Wg3l7pajwo="
    assert version_3(SECRET, "POST", "https://crm-sync.test/hooks/hubspot", body, 1790000001000) == expected
