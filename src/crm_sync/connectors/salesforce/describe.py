"""What our user can see of an object: asked once per run, several objects in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.connectors.http import Http

#: Descriptions of a grown org are megabytes long: so many share a call.
TOGETHER = 6
REFUSED = frozenset({400, 413})


@dataclass(frozen=True, slots=True)
class Column:
    """A field as describe shows it: its type, whether we may write it, and the words that it allows. A calculated one
    changes without a new stamp of its record."""

    name: str
    type: str
    updateable: bool
    options: tuple[str, ...] = ()
    calculated: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """An object as our user sees it."""

    columns: Mapping[str, Column]
    parents: frozenset[str] = frozenset()
    updateable: bool = True

    def has(self, asked: str) -> bool:
        """True for a field, and for a field of a parent (`Campaign.Type`)."""
        parent, _, of_parent = asked.partition(".")
        return parent in self.parents if of_parent else asked in self.columns


def granted(sight: Sight | None, names: Iterable[str]) -> Any:
    """Of an object and some of its fields, what decides whether a value is taken."""
    if sight is None:
        return None
    columns = [sight.columns[name] for name in names if name in sight.columns]
    return [sight.updateable, [[one.name, one.type, one.updateable, *sorted(one.options)] for one in columns]]


async def describe(http: Http, root: str, names: Sequence[str]) -> dict[str, Sight | None]:
    """What can be seen of each object; None for one that this org does not have or that cannot be queried."""
    packs = [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]
    found = await asyncio.gather(*(described(http, root, pack) for pack in packs))
    return {name: sight for part in found for name, sight in part.items()}


async def described(http: Http, root: str, names: Sequence[str]) -> dict[str, Sight | None]:
    """Objects in one call; what it does not answer is asked for alone, and then errors count."""
    asked = [{"method": "GET", "url": f"{root}/sobjects/{name}/describe", "referenceId": name} for name in names]
    answer = await http.post(f"{root}/composite", json={"compositeRequest": asked}, accept=REFUSED)
    parts = [] if answer.status in REFUSED else answer.json()["compositeResponse"]
    found = {part["referenceId"]: to_sight(part["body"]) for part in parts if part["httpStatusCode"] == 200}
    found |= {part["referenceId"]: None for part in parts if part["httpStatusCode"] == 404}
    left = [name for name in names if name not in found]
    return found | dict(zip(left, await asyncio.gather(*(alone(http, root, name) for name in left)), strict=True))


async def alone(http: Http, root: str, name: str) -> Sight | None:
    answer = await http.get(f"{root}/sobjects/{name}/describe", accept=frozenset({404}))
    return None if answer.status == 404 else to_sight(answer.json())


def to_sight(said: Mapping[str, Any]) -> Sight | None:
    """None when the object is there but cannot be queried."""
    if said.get("queryable") is False:
        return None
    columns = [to_column(one) for one in said["fields"]]
    return Sight(
        {one.name: one for one in columns},
        frozenset(one["relationshipName"] for one in said["fields"] if one.get("relationshipName")),
        said.get("updateable") is not False,
    )


def to_column(said: Mapping[str, Any]) -> Column:
    options = tuple(one["value"] for one in said.get("picklistValues") or () if one.get("active", True))
    return Column(said["name"], said["type"], said.get("updateable") is True, options, said.get("calculated") is True)
