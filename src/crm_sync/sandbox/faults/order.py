"""A fault: which calls it takes, how often, and what becomes of them; replayable, because chance comes from a seed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from crm_sync.sandbox.faults.paths import checked_match, matches

#: What can become of a call, as `then`.
KINDS: Final = {
    "refuse": "never lets the call in; answers with status, body and headers",
    "handle": "applies the call and answers with status, body and headers instead of the real answer",
    "hang": "never lets the call in, and never answers",
    "handle-and-hang": "applies the call, and never answers",
    "truncate": "applies the call; the connection breaks in the middle of the real answer",
    "garble": "applies the call; the real answer is cut in half, so that it is not JSON any more",
    "half": "batches and collections: `share` of the rows fail with `row_error`, the others are applied",
    "shuffle": "lists, searches and queries: the rows of a page are in any order",
    "repeat": "lists, searches and queries: `share` of the rows of the page before stand on this page again",
}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """Takes `times` calls that match, after letting `after` of them pass, each with the `chance` that the `seed`
    gives it. `then` is one of KINDS."""

    match: str
    status: int = 503
    body: Any = None
    times: int = 1
    after: int = 0
    delay_ms: int = 0
    then: str = "refuse"
    headers: Mapping[str, str] = field(default_factory=dict)
    chance: float = 1.0
    seed: int = 7
    share: float = 0.5
    row_error: Mapping[str, Any] | None = None
    dice: Random = field(init=False, repr=False)
    last_pages: dict[str, list[Any]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        checked_match(self.match)
        if self.then not in KINDS:
            raise ValueError(f'"then" is {self.then!r}; allowed are {", ".join(KINDS)}')
        for name in ("chance", "share"):
            if not isinstance(getattr(self, name), int | float) or not 0 <= getattr(self, name) <= 1:
                raise ValueError(f'"{name}" is {getattr(self, name)!r}; it must be from 0 to 1')
        for name in ("status", "times", "after", "delay_ms", "seed"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 0:
                raise ValueError(f'"{name}" is {getattr(self, name)!r}; it must be a whole number, 0 or more')
        if not isinstance(self.headers, Mapping) or not all(isinstance(one, str) for one in self.headers.values()):
            raise ValueError(f'"headers" is {self.headers!r}; it must be an object of texts')
        if not isinstance(self.row_error, Mapping | None):
            raise ValueError(f'"row_error" is {self.row_error!r}; it must be an object')
        self.dice = Random(self.seed)

    def strikes(self, method: str, path: str) -> bool:
        """Whether this call is one of those to fail; counts it when it matches at all."""
        if self.times <= 0 or not matches(self.match, method, path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.chance < 1 and self.dice.random() >= self.chance:
            return False
        self.times -= 1
        return True

    def content(self) -> bytes:
        if isinstance(self.body, str):
            return self.body.encode()
        body = {"status": "error", "message": "fault on order"} if self.body is None else self.body
        return json.dumps(body).encode()

    def told(self) -> dict[str, Any]:
        """The order as JSON, with what is left of it."""
        names = [name for name in self.__dataclass_fields__ if name not in ("dice", "last_pages")]
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Trouble:
    """What is ordered, and what has been called so far."""

    faults: list[Fault] = field(default_factory=list)
    latency_ms: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def strike(self, method: str, path: str) -> Fault | None:
        """The first fault that takes this call."""
        return next((fault for fault in self.faults if fault.strikes(method, path)), None)

    def forget(self) -> None:
        """No fault, no latency, no calls."""
        self.faults.clear()
        self.calls.clear()
        self.latency_ms = 0
