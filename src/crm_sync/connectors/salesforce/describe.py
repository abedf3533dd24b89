"""What our user can see of an object, asked once per run through simple-salesforce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A field as describe shows it: its type, whether we may write it, and the words that it allows."""

    name: str
    type: str
    updateable: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """An object as our user sees it."""

    columns: Mapping[str, Column]
    parents: frozenset[str] = frozenset()
    children: frozenset[str] = field(default_factory=frozenset)

    def has(self, asked: str) -> bool:
        """True for a field, for a field of a parent (`Campaign.Type`) and for a list of children in parentheses."""
        if asked.startswith("("):
            return asked.rstrip(")").split()[-1] in self.children
        parent, _, of_parent = asked.partition(".")
        return parent in self.parents if of_parent else asked in self.columns


def to_sight(said: Mapping[str, Any]) -> Sight | None:
    """None when the object is there but cannot be queried."""
    if said.get("queryable") is False:
        return None
    columns = [to_column(one) for one in said["fields"]]
    return Sight(
        {one.name: one for one in columns},
        frozenset(one["relationshipName"] for one in said["fields"] if one.get("relationshipName")),
        frozenset(one["relationshipName"] for one in said.get("childRelationships", ()) if one.get("relationshipName")),
    )


def to_column(said: Mapping[str, Any]) -> Column:
    options = tuple(one["value"] for one in said.get("picklistValues") or () if one.get("active", True))
    return Column(said["name"], said["type"], said.get("updateable") is True, options)
