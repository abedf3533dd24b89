"""An org on a real HTTPS port, with a clock that stands still, and a connector that is signed in to it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.connectors.door import Door, open_door

from crm_sync.connectors.base import Page, Window
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.bulk import Pace
from crm_sync.connectors.tokens import Keep
from crm_sync.mappings import Vocabulary, load_vocabulary
from crm_sync.records import Record, Ref
from crm_sync.sandbox.app import build_app, new_world
from crm_sync.sandbox.asgi import answer_of
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import Row, World, to_ms
from crm_sync.settings import SalesforceSettings

NOW = datetime(2026, 5, 30, 2, tzinfo=UTC)

#: The people of these tests work here; the sandbox's own records are numbered far above.
PREFIXES = {
    "Lead": "00Q", "Contact": "003", "Account": "001", "Opportunity": "006", "OpportunityContactRole": "00K",
    "OpportunityHistory": "008", "LeadHistory": "017", "Task": "00T", "Event": "00U", "Campaign": "701",
    "CampaignMember": "00v", "User": "005", "Group": "00G", "EmailMessage": "02s", "ContactHistory": "03h",
    "OpportunityFieldHistory": "0q9", "ContentNote": "069", "ContentDocumentLink": "06A", "BusinessHours": "01m",
    "Holiday": "0C0",
}  # fmt: skip


@dataclass
class Veil:
    """Hides whole objects from our user, as an org does that lacks them: their description is a 404."""

    hidden: set[str] = field(default_factory=set)
    calculated: set[str] = field(default_factory=set)  # fields, `Lead.Title`, that are told to be calculated
    unseen: set[str] = field(default_factory=set)  # fields that are not told

    def over(self, app: ASGIApp) -> ASGIApp:
        async def veiled(scope: Scope, receive: Receive, send: Send) -> None:
            if not scope["path"].endswith("/composite"):
                return await app(scope, receive, send)
            answer = await answer_of(app, scope, receive)
            body = answer.json()
            for part in body.get("compositeResponse", ()) if isinstance(body, dict) else ():
                self.cover(part)
            await answer.saying_json(body).send(send)

        return veiled

    def cover(self, part: dict[str, Any]) -> None:
        if part["referenceId"] in self.hidden:
            absent = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
            part |= {"httpStatusCode": 404, "body": [absent]}
            return
        if part["httpStatusCode"] == 200:
            named = {f"{part['referenceId']}.{one['name']}": one for one in part["body"]["fields"]}
            part["body"]["fields"] = [
                one | {"calculated": name in self.calculated} for name, one in named.items() if name not in self.unseen
            ]


@dataclass
class Org:
    """A world behind a port, and short ways to put records into it."""

    world: World
    url: str
    ca_file: Path
    veil: Veil = field(default_factory=lambda: Veil())

    def add(self, name: str, *rows: Row, first: int = 1, at: datetime = NOW) -> list[str]:
        """Inserts rows that were made at `at` and returns their ids."""
        ids = [salesforce_id(PREFIXES[name], first + place) for place in range(len(rows))]
        stamps = {"_created": to_ms(at), "_modified": to_ms(at)}
        rows_with_ids = [{"_id": id_, **stamps, **row} for id_, row in zip(ids, rows, strict=True)]
        self.world.table("salesforce", name).insert(rows_with_ids)
        return ids

    def change(self, name: str, record_id: str, at: datetime = NOW, **values: Any) -> None:
        self.world.table("salesforce", name).update(record_id, {"_modified": to_ms(at), **values})

    def row(self, name: str, record_id: str) -> Row:
        return self.world.table("salesforce", name).get([record_id])[record_id]

    def trouble(self, **wanted: Any) -> None:
        """Orders trouble: see the sandbox's control API."""
        httpx.post(f"{self.url}/sandbox/faults", json=wanted, verify=self.trusted()).raise_for_status()

    def trouble_left(self) -> list[Any]:
        """What of the trouble has not struck yet."""
        told: list[Any] = httpx.get(f"{self.url}/sandbox/faults", verify=self.trusted()).json()["faults"]
        return told

    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))

    def settings(self, **values: Any) -> SalesforceSettings:
        app = self.world.notes["salesforce_app"]
        known = {
            "login_url": self.url,
            "client_id": app["client_id"],
            "client_secret": SecretStr(app["client_secret"]),
            "ca_file": self.ca_file,
        }
        return SalesforceSettings(**(known | values))


def at_once(state: object) -> float:
    """No test waits for a retry."""
    return 0.0


async def no_pause(seconds: float) -> None:
    """Nor for a job."""


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("certificates")) as one:
        yield one


@pytest.fixture
def org(door: Door, still: None) -> Org:
    one = Org(new_world(NOW, speed=0), door.url, door.ca_file)
    door.app = one.veil.over(build_app(one.world))
    return one


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
async def connect(org: Org, vocabulary: Vocabulary) -> AsyncIterator[Callable[..., Salesforce]]:
    """Makes connectors to the org."""
    made: list[Salesforce] = []

    def make(
        *,
        size: int = 2_000,
        few: int = 9_999,
        many: int = 10_000,
        minimal: bool = False,
        keep: Keep | None = None,
        **settings: Any,
    ) -> Salesforce:
        profile, pace = vocabulary.fields.profile(minimal), Pace(sleep=no_pause)
        shape = {"bulk_reads": few + 1, "bulk_writes": many}  # with `few` less than none not even a page comes by REST
        said = org.settings().model_copy(update=shape | settings)
        made.append(Salesforce(said, vocabulary, profile, wait=at_once, pace=pace, size=size, keep=keep))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.fixture
def salesforce(connect: Callable[..., Salesforce]) -> Salesforce:
    return connect()


@dataclass
class Read:
    """Everything that one read brought."""

    pages: list[Page]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def gone(self) -> list[Ref]:
        return [ref for page in self.pages for ref in page.gone]

    @property
    def cursor(self) -> str:
        return self.pages[-1].cursor

    @property
    def fetched(self) -> int:
        return sum(page.fetched for page in self.pages)


async def read(crm: Salesforce, name: str, cursor: str | None = None, window: Window | None = None) -> Read:
    return Read([page async for page in crm.pull(name, cursor, window)])
