"""What our user can see of an object: asked once per run, several objects in one call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.connectors.complaints import Answer
from crm_sync.connectors.http import Http

#: Descriptions of a grown org are megabytes long: so many share a call.
TOGETHER = 6


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

    def has(self, asked: str) -> bool:
        """True for a field, and for a field of a parent (`Campaign.Type`)."""
        parent, _, of_parent = asked.partition(".")
        return parent in self.parents if of_parent else asked in self.columns


async def describe(http: Http, root: str, names: Sequence[str]) -> dict[str, Sight | None]:
    """What can be seen of each object; None for one that this org does not have or that cannot be queried."""
    packs = [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]
    found = await asyncio.gather(*(described(http, root, pack) for pack in packs))
    return {name: sight for part in found for name, sight in part.items()}


async def described(http: Http, root: str, names: Iterable[str]) -> dict[str, Sight | None]:
    asked = [{"method": "GET", "url": f"{root}/sobjects/{name}/describe", "referenceId": name} for name in names]
    answer = await http.post(f"{root}/composite", json={"compositeRequest": asked})
    return {part["referenceId"]: seen(http, part) for part in answer.json()["compositeResponse"]}


def seen(http: Http, part: Mapping[str, Any]) -> Sight | None:
    """Raises NeedsLogin, TryLater, Failed for an answer that is neither a description nor a missing object."""
    status: int = part["httpStatusCode"]
    if status == 404:
        return None
    if status >= 300:
        raise http.error_for(Answer(http.crm, f"describe {part['referenceId']}", status, json.dumps(part["body"])))
    return to_sight(part["body"])


def to_sight(said: Mapping[str, Any]) -> Sight | None:
    """None when the object is there but cannot be queried."""
    if said.get("queryable") is False:
        return None
    columns = [to_column(one) for one in said["fields"]]
    return Sight(
        {one.name: one for one in columns},
        frozenset(one["relationshipName"] for one in said["fields"] if one.get("relationshipName")),
    )


def to_column(said: Mapping[str, Any]) -> Column:
    options = tuple(one["value"] for one in said.get("picklistValues") or () if one.get("active", True))
    return Column(said["name"], said["type"], said.get("updateable") is True, options, said.get("calculated") is True)
