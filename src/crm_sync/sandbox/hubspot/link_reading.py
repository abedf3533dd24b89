"""Links as v4 shows them, read for a whole batch of records in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Final

from crm_sync.sandbox.hubspot.account import account
from crm_sync.sandbox.hubspot.association_types import BY_ID
from crm_sync.sandbox.hubspot.associations import DEFINED
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.jsontext import as_json
from crm_sync.sandbox.world import World

#: Far ids and the JSON of each link, in the order of the ids.
Links = list[tuple[str, str]]

_SQL: Final = """
    SELECT asked.key, to_id, type_id, category FROM json_each(?) AS asked CROSS JOIN association
    WHERE from_object = ? AND from_id = json_extract(asked.value, '$[0]') AND to_object = ?
      AND CAST(to_id AS INTEGER) >= json_extract(asked.value, '$[1]')
    ORDER BY asked.key, CAST(to_id AS INTEGER), type_id
"""


def links_of(
    world: World, one: CrmObject, asked: Sequence[tuple[str, str]], other: CrmObject, limit: int
) -> list[Links]:
    """For each (id, first id on the far side): its links by id of the far side, `limit` of them and the next."""
    found: list[Links] = [[] for _ in asked]
    starts = [(key, int(after) if after.isdecimal() and len(after) < 19 else 0) for key, after in asked]
    labels = account(world).labels.get((one.name, other.name), {})
    printed = cache(partial(_type, labels))
    rows = world.db.execute(_SQL, (json.dumps(starts), one.name, other.name))
    for (place, to_id), kinds in groupby(rows, itemgetter(0, 1)):
        if len(found[place]) <= limit:
            types = ",".join([printed(type_id, category) for _, _, type_id, category in kinds])
            found[place].append((to_id, f'{{"toObjectId":{to_id},"associationTypes":[{types}]}}'))
    return found


def shown(links: Links, limit: int) -> str:
    """The first links as a JSON list."""
    return f"[{','.join([text for _, text in links[:limit]])}]"


def _type(labels: Mapping[int, str], type_id: int, category: str) -> str:
    label = BY_ID[type_id].label if category == DEFINED else labels.get(type_id)
    return as_json({"category": category, "typeId": type_id, "label": label})
