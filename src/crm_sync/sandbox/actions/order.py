"""An order for a deed: done at once, or before the call that it names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.types import ASGIApp

from crm_sync.sandbox.actions import below, deeds, fields
from crm_sync.sandbox.actions.inside import Inside, Said
from crm_sync.sandbox.faults.paths import checked_match, matches
from crm_sync.sandbox.world import World

Deed = Callable[[Inside, Said], Awaitable[Any]]

DEEDS: Final[Mapping[str, Deed]] = {
    "call": deeds.call,
    "change": deeds.change,
    "delete": deeds.delete,
    "merge": deeds.merge,
    "add-field": fields.add_field,
    "drop-field": fields.drop_field,
    "same-stamp": below.same_stamp,
    "late-change": below.late_change,
    "index-lag": below.index_lag,
    "fail-bulk": below.fail_bulk,
    "expire-tokens": below.expire_tokens,
    "rotate-secret": below.rotate_secret,
}


@dataclass(slots=True)
class Order:
    """`do` is one of DEEDS, `said` what it needs. With a `match`, it is done `times` times, each before a matching
    call, after letting `after` of them pass; a later turn draws with the next seed."""

    do: str
    said: Said
    match: str = ""
    after: int = 0
    times: int = 1

    def due(self, method: str, path: str) -> bool:
        """Whether it is to be done before this call; counts the call when it matches."""
        if self.times <= 0 or not matches(self.match, method, path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class Actions:
    """Orders that still wait, and what has been done. `app` is the application behind the doors."""

    world: World
    app: ASGIApp | None = None
    waiting: list[Order] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Does it at once, or keeps it for later when it names a call. Raises ValueError with what is wrong."""
        order = _read(dict(said))
        if order.match:
            self.waiting.append(order)
            return self.told()
        return await self.perform(order)

    async def meet(self, method: str, path: str) -> None:
        """Does what is due before this call. A deed that fails is told among those done: the call goes on."""
        for order in [one for one in self.waiting if one.due(method, path)]:
            try:
                await self.perform(order)
            except ValueError as problem:
                self.done.append({"do": order.do, "problem": str(problem)})
            order.said = {**order.said, "seed": int(order.said.get("seed", 7)) + 1}
        self.waiting[:] = [one for one in self.waiting if one.times > 0]

    async def perform(self, order: Order) -> dict[str, Any]:
        if self.app is None:
            raise ValueError("nothing has been served yet")
        outcome = {"do": order.do, "outcome": await DEEDS[order.do](Inside(self.app, self.world), order.said)}
        self.done.append(outcome)
        return outcome

    def told(self) -> dict[str, Any]:
        waiting = [
            {"do": one.do, "match": one.match, "after": one.after, "times": one.times, **one.said}
            for one in self.waiting
        ]
        return {"waiting": waiting, "done": self.done}

    def forget(self) -> None:
        self.waiting.clear()
        self.done.clear()


def _read(said: dict[str, Any]) -> Order:
    do, match = said.pop("do", None), said.pop("match", "")
    after, times = said.pop("after", 0), said.pop("times", 1)
    if do not in DEEDS:
        raise ValueError(f'"do" is {do!r}; allowed are {", ".join(DEEDS)}')
    for name, value in (("after", after), ("times", times)):
        if not isinstance(value, int) or value < 0:
            raise ValueError(f'"{name}" is {value!r}; it must be a whole number, 0 or more')
    return Order(do, said, checked_match(match) if match else "", after, times)
