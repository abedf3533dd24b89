"""A town with its life, without a port: leaps through time, and everything its tables hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from tests.sandbox.town.conftest import empty_world

from crm_sync.sandbox.app import build_app
from crm_sync.sandbox.helm import Helm
from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.town import build
from crm_sync.sandbox.town.life import Life, Town
from crm_sync.sandbox.world import Row, World, to_ms


@dataclass(frozen=True, slots=True)
class Living:
    """Its clock stands still between the leaps."""

    world: World
    life: Life

    def leap(self, **by: float) -> None:
        self.world.clock.advance(timedelta(**by))
        self.life.catch_up()

    def rows(self, face: str, name: str) -> dict[str, Row]:
        return {row["_id"]: row for row in self.world.table(face, name).select()}

    def everything(self) -> dict[str, list[str]]:
        """Every record, every value that a field has held, every link, in an order that says nothing."""
        found = {f"{face} {name}": table.select() for (face, name), table in self.world.tables.items()}
        kept = {name: self.world.db.execute(f"SELECT * FROM {name}") for name in ("history", "association")}
        return {name: sorted(map(repr, rows)) for name, rows in {**found, **kept}.items()}

    def client(self) -> httpx.AsyncClient:
        """A client of HubSpot and of the control API."""
        app = build_app(self.world, Helm.of(self.world, life=self.life))
        token = next(iter(account(self.world).tokens))
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://sandbox",
            headers={"authorization": f"Bearer {token}"},
        )

    @property
    def now_ms(self) -> int:
        return to_ms(self.world.clock.now())


def living(people: int = 300, seed: int = 7) -> Living:
    """A town on its first evening."""
    world = empty_world()
    truth = build(world, people, seed)
    life = Life(world)
    life.begin(Town(seed, people, truth.now))
    return Living(world, life)


def changed_later(**by: float) -> dict[str, dict[str, Any]]:
    """What such a leap changes in the contacts of the first evening: id, field, new value."""
    town = living()
    before = town.rows("hubspot", "contacts")
    town.leap(**by)
    after = town.rows("hubspot", "contacts")
    moved = {
        key: {name: after[key][name] for name in row if row[name] != after[key][name]} for key, row in before.items()
    }
    return {key: fields for key, fields in moved.items() if fields}
