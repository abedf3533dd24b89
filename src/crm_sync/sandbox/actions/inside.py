"""Both faces from inside: calls with every right, which meet no fault and no quota and are not counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from starlette.types import ASGIApp

from crm_sync.sandbox.asgi import Spoken, ask
from crm_sync.sandbox.faults import face_of
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.hubspot.account import SCOPES
from crm_sync.sandbox.salesforce.auth import new_token
from crm_sync.sandbox.world import ARCHIVED_AT, Table, World

DATA: Final = "/services/data/v62.0"
_TOKEN: Final = "inside"

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inside:
    """The application behind all the doors, and its world."""

    app: ASGIApp
    world: World

    async def ask(self, method: str, path: str, body: Any = None, headers: Said | None = None) -> Spoken:
        """The answer, whatever it says."""
        with self._token(path) as token:
            known = {"authorization": f"Bearer {token}", **(headers or {})}
            return await ask(self.app, method, path, body, known)

    async def do(self, method: str, path: str, body: Any = None, headers: Said | None = None) -> Any:
        """The parsed answer. Raises ValueError with what the face said when it refuses."""
        answer = await self.ask(method, path, body, headers)
        if answer.status >= 300:
            raise ValueError(f"{method} {path} was answered {answer.status}: {answer.body.decode()[:300]}")
        return answer.json()

    @contextmanager
    def _token(self, path: str) -> Iterator[str]:
        """A token that exists for one call."""
        if face_of(path) == "salesforce":
            with self.session() as session:
                yield session
            return
        tokens = account(self.world).tokens
        tokens[_TOKEN] = set(SCOPES)
        try:
            yield _TOKEN
        finally:
            tokens.pop(_TOKEN, None)

    @contextmanager
    def session(self) -> Iterator[str]:
        """A session of Salesforce's API user."""
        token = new_token(self.world)
        try:
            yield token
        finally:
            self.world.notes["salesforce_tokens"].pop(token, None)

    def table(self, said: Said) -> Table:
        """The object that an order names. Raises ValueError with those there are."""
        crm, name = str(said.get("crm")), str(said.get("object"))
        found = self.world.tables.get((crm, name))
        if found is None:
            names = sorted(one for face, one in self.world.tables if face == crm)
            there = f'"object" may be {", ".join(names)}' if names else '"crm" may be hubspot or salesforce'
            raise ValueError(f"there is no {name!r} in {crm!r}; {there}")
        return found

    def ids(self, said: Said, least: int = 1) -> list[str]:
        """The records an order means: those it names, or `count` living ones that its seed draws."""
        if said.get("ids"):
            if not isinstance(said["ids"], list):
                raise ValueError(f'"ids" is {said["ids"]!r}; it must be a list')
            return [str(one) for one in said["ids"]]
        table, count = self.table(said), int(said.get("count", least))
        living = [row["_id"] for row in table.select(f"{ARCHIVED_AT} IS NULL", columns=(), order="_id")]
        if not least <= count <= len(living):
            raise ValueError(f'"count" is {count}; it must be from {least} to the {len(living)} records there are')
        return Random(int(said.get("seed", 7))).sample(living, count)


def marks(values: Sequence[Any]) -> str:
    return ", ".join("?" for _ in values)
