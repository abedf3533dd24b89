"""Everything by which a world is steered, in one place: faults, quotas, orders, webhooks, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crm_sync.sandbox import hubspot, salesforce
from crm_sync.sandbox.actions import Actions
from crm_sync.sandbox.faults import Trouble
from crm_sync.sandbox.limits import Quotas
from crm_sync.sandbox.town.life import Life
from crm_sync.sandbox.webhooks import hooks
from crm_sync.sandbox.world import World

Fill = Callable[[], None]

#: How to fill an empty world again: with the people and the seed given, or with those of the first time.
Refill = Callable[[int | None, int | None], Fill]


def install(world: World) -> None:
    """Both CRMs, without a single record."""
    hubspot.install(world)
    salesforce.install(world)


def _nothing(people: int | None, seed: int | None) -> Fill:
    if people or seed is not None:
        raise ValueError("this world has no town: it can only be emptied")
    return lambda: None


@dataclass(slots=True)
class Helm:
    """One world and what acts upon it."""

    world: World
    trouble: Trouble
    quotas: Quotas
    actions: Actions
    life: Life
    refill: Refill = _nothing

    @classmethod
    def of(cls, world: World, refill: Refill | None = None, life: Life | None = None, *, quotas: bool = False) -> Helm:
        life = life or Life(world)
        return cls(world, Trouble(), Quotas(world, on=quotas), Actions(world), life, refill or _nothing)

    def reset(self, people: int | None = None, seed: int | None = None) -> None:
        """The world as it began: records, clock, tokens, schema. No fault, no order, no subscription is left; quotas
        and the town's life begin anew and stay switched as they are."""
        fill = self.refill(people, seed)  # asked first: it refuses what cannot be
        hooks(self.world).stop()
        self.trouble.forget()
        self.actions.forget()
        self.life.forget()
        self.quotas.restart()
        with self.world.clock.from_the_start():
            self.world.clear()
            install(self.world)
            fill()
