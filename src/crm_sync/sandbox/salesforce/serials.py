"""Numbers for new records: one after the highest in use, and never twice."""

from __future__ import annotations

from crm_sync.sandbox.salesforce.ids import POD, number_of, salesforce_id
from crm_sync.sandbox.salesforce.schema import Sight
from crm_sync.sandbox.world import World


def next_id(world: World, seen: Sight) -> str:
    """The id after the highest one in use; numbers given once are not given again."""
    last: dict[str, int] = world.notes.setdefault("salesforce_serials", {})
    type_ = seen.type
    number = last.get(type_.name, 0) + 1
    if number == 1 or seen.table.get([salesforce_id(type_.prefix, number)], []):
        found = next(
            seen.table.select("_id GLOB ?", [f"{type_.prefix}{POD}*"], columns=[], order="_id DESC", limit=1), None
        )
        number = max(number, number_of(found["_id"]) + 1 if found else 1)
    last[type_.name] = number
    return salesforce_id(type_.prefix, number)
