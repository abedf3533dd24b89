"""Search: filters, text query and sort compiled to one SQL condition on the object's table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.filters import Condition, compared_as, condition, joined
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.reading import BY_NUMBER
from crm_sync.sandbox.hubspot.records import View, columns, rendered
from crm_sync.sandbox.hubspot.spans import Span, span
from crm_sync.sandbox.hubspot.tally import Key, count_between, key_of, ready
from crm_sync.sandbox.hubspot.versions import indexed_source, lag_ms
from crm_sync.sandbox.hubspot.wire import Answer, Call, bounded, texts_in
from crm_sync.sandbox.jsontext import listed
from crm_sync.sandbox.world import CREATED, Columns, Table, World, by_column, quoted

#: HubSpot pages no further than this, whatever the total.
DEEPEST: Final = 10_000

_MOST_GROUPS, _MOST_FILTERS, _MOST_ALL = 5, 6, 18


def search(call: Call) -> Answer:
    one, body = call.crm_object(), call.body
    limit, offset = bounded("limit", body.get("limit") or 10, 200), _offset(body.get("after"))
    if offset + limit > DEEPEST:
        raise Refusal(400, "There was a problem with the request.")
    where, view = _where(call, one), View(texts_in(body, "properties"))
    order = _order(call.world, one, body)
    for key in _keys(body):
        ready(call.world, one, key)
    source = indexed_source(call.world, one)
    total = _total(call, one, source, where)
    found = _page(call, source, where, Table.kept_and(columns(call.world, one, view)), order, limit, offset)
    answer = {"total": total, "results": listed(rendered(call.world, one, found, view))}
    if offset + limit < total:
        answer["paging"] = {"next": {"after": str(offset + limit)}}
    return Answer(answer)


def _keys(body: dict[str, Any]) -> Iterator[Key]:
    """Stamps and ids that the search sorts or filters by."""
    sorts = body.get("sorts") or ["createdate"]
    names = [_sort(sorts[0])[0], *(str(item.get("propertyName")) for group in _groups(body) for item in group)]
    return (key for name in dict.fromkeys(names) if (key := key_of(name)))


def _total(call: Call, one: CrmObject, source: str, where: Condition) -> int:
    """How many records there are: from a tally, when that is all it takes."""
    asked = _span(call)
    if asked is not None:
        ready(call.world, one, asked.key)
        return count_between(call.world, one, asked.key, asked.low, asked.high)
    sql = f"SELECT count(*) FROM {source} WHERE {where.sql}"
    return int(call.world.db.execute(sql, where.params).fetchone()[0])


def _span(call: Call) -> Span | None:
    """What the search asks for, when it is a span of one key and nothing else. A late index has no tally."""
    groups = _groups(call.body)
    if lag_ms(call.world) or len(groups) > 1 or call.body.get("query"):
        return None
    return span(groups[0] if groups else [])


def _page(call: Call, source: str, where: Condition, wanted: str, order: str, limit: int, offset: int) -> Columns:
    """Ids come first: an index knows them in their order, and the records before the page stay unread."""
    cursor = call.world.db.execute(
        f"SELECT {wanted} FROM {source} WHERE _id IN (SELECT _id FROM {source} WHERE {where.sql}"
        f" ORDER BY {order} LIMIT {limit} OFFSET {offset}) ORDER BY {order}",
        where.params,
    )
    return by_column(cursor)


def _offset(after: object) -> int:
    return bounded("after", after or 0, 10**9)


def _where(call: Call, one: CrmObject) -> Condition:
    """Living records in one of the groups, with the text of the query somewhere."""
    parts = [Condition("_archived_at IS NULL")]
    groups = _groups(call.body)
    if groups:
        told = [[condition(call.world, one, item) for item in group] for group in groups]
        parts.append(joined(" OR ", [joined(" AND ", group) for group in told]))
    query = str(call.body.get("query") or "")
    if len(query) > 3_000:
        raise Refusal(400, f"query has {len(query)} characters; the most is 3000")
    return joined(" AND ", [*parts, *(_text(one, word) for word in query.split())])


def _groups(body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Groups of filters; a bare `filters` is one group, and an empty group asks for everything."""
    groups_given = body.get("filterGroups") or []
    given = [*(groups_given if isinstance(groups_given, list) else [None]), *([body] if body.get("filters") else ())]
    groups: list[list[Any]] = [_filters(group) for group in given]
    if not all(isinstance(item, dict) for group in groups for item in group):
        raise Refusal(400, 'Invalid input JSON: "filterGroups" must be a list of {"filters": [{...}]}')
    sizes = [len(group) for group in groups]
    if len(groups) > _MOST_GROUPS or max(sizes, default=0) > _MOST_FILTERS or sum(sizes) > _MOST_ALL:
        raise Refusal(
            400,
            f"A search takes at most {_MOST_GROUPS} filter groups, {_MOST_FILTERS} filters in each and {_MOST_ALL} "
            f"in all; got {len(groups)} groups with {sizes}",
        )
    return groups if all(sizes) else []


def _filters(group: object) -> list[Any]:
    """The filters of a group; what is none shows up as something that is no filter."""
    found = (group.get("filters") or []) if isinstance(group, dict) else None
    return found if isinstance(found, list) else [None]


def _text(one: CrmObject, word: str) -> Condition:
    pattern = "%" + re.sub(r"([%_!])", r"!\1", word) + "%"
    sql = " OR ".join(f"{quoted(name)} LIKE ? ESCAPE '!'" for name in one.searched)
    return Condition(sql, (pattern,) * len(one.searched))


def _order(world: World, one: CrmObject, body: dict[str, Any]) -> str:
    """One sort at most; without any, the oldest record comes first. Ties go by id."""
    sorts = body.get("sorts") or []
    if not isinstance(sorts, list) or not all(isinstance(item, dict | str) for item in sorts):
        raise Refusal(400, 'Invalid input JSON: "sorts" must be a list')
    if len(sorts) > 1:
        raise Refusal(400, f"A search takes one sort, got {len(sorts)}")
    if not sorts:
        return f"{CREATED}, {BY_NUMBER}"
    name, down = _sort(sorts[0])
    return f"{compared_as(world, one, name).sql}{' DESC' if down else ''}, {BY_NUMBER}"


def _sort(item: dict[str, Any] | str) -> tuple[str, bool]:
    if isinstance(item, str):
        return item.lstrip("-"), item.startswith("-")
    return str(item.get("propertyName")), str(item.get("direction", "ASCENDING")).upper() in ("DESCENDING", "DESC")
