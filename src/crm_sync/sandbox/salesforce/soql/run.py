"""Runs a statement: the first page now, the others through a cursor that remembers which records it found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.jsontext import NULL, Json, listed, plain
from crm_sync.sandbox.salesforce.definitions import refresh
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.salesforce.soql.parse import parse
from crm_sync.sandbox.salesforce.soql.plan import Children, Plan, is_count, plan_records, plan_totals
from crm_sync.sandbox.salesforce.soql.restricted import check_filtered
from crm_sync.sandbox.salesforce.soql.scope import Scope, open_scope
from crm_sync.sandbox.salesforce.soql.tree import Select
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.world import World

Answer = dict[str, Any]

PAGE = 2000
_SMALLEST, _MAX_OFFSET, _MAX_CURSORS = 200, 2000, 500
_KEPT_MS = 2 * 86_400_000
_PAGE_WITH_LONG_TEXT, _PAGE_WITH_LONG_TEXTS = 1000, 200


@dataclass(frozen=True, slots=True)
class Query:
    """The statement and how it was asked: `root` is /services/data/vXX.0, perhaps with /tooling."""

    text: str
    root: str
    everything: bool = False
    tooling: bool = False
    page: int = PAGE


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which records were found, in their order; the values are read when their page is asked for."""

    plan: Plan
    ids: tuple[str, ...]
    page: int
    locator: str
    at_ms: int


def run(world: World, query: Query) -> Answer:
    """The first page of the statement's answer."""
    select = parse(query.text)
    if select.offset > _MAX_OFFSET:
        raise Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_MAX_OFFSET}")
    refresh(world, select.source)
    scope = open_scope(world, query.text, select, tooling=query.tooling)
    names = {one.name for one in select.functions()} - {"FIELDS"}
    answer = _totals(scope, select, query) if select.group or names else _records(scope, select, query)
    return _as_tooling(answer, scope) if query.tooling else answer


def read_on(world: World, locator: str, root: str) -> Answer:
    """The page at `locator-offset`; it may be asked for again."""
    name, _, offset = locator.partition("-")
    cursor = world.notes["salesforce_cursors"].get(name)
    if cursor is not None and cursor.at_ms <= world.clock.now_ms() - _KEPT_MS:
        cursor = None
    if cursor is None or not offset.isdecimal() or int(offset) >= len(cursor.ids):
        raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(world, cursor, int(offset), root)


def _records(scope: Scope, select: Select, query: Query) -> Answer:
    plan = plan_records(scope, select, f"{query.root}/sobjects", everything=query.everything)
    ids = found_ids(scope, select, plan)
    return _page(scope.world, _keep(scope.world, plan, ids, _page_size(plan, query.page)), 0, query.root)


def found_ids(scope: Scope, select: Select, plan: Plan) -> tuple[str, ...]:
    """Ids of the records that the statement finds, in its order."""
    limit = -1 if select.limit is None else select.limit
    sql = f"SELECT {scope.root.name}._id FROM {plan.source} ORDER BY {plan.order} LIMIT {limit} OFFSET {select.offset}"
    return tuple(id_ for (id_,) in scope.world.db.execute(sql, plan.values))


def _totals(scope: Scope, select: Select, query: Query) -> Answer:
    limit = "" if select.limit is None else f" LIMIT {select.limit} OFFSET {select.offset}"
    if is_count(select):
        check_filtered(select)
        return {"totalSize": _count(scope, select, limit, everything=query.everything), "done": True, "records": []}
    if limit and not select.group:
        scope.refuse(
            "MALFORMED_QUERY",
            select.at,
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
        )
    plan = plan_totals(scope, select, everything=query.everything)
    found = scope.world.db.execute(f"SELECT {', '.join(plan.columns)} FROM {plan.tail}{limit}", plan.values)
    records = [_total(zip(plan.labels, row, strict=True), plan.flags) for row in found]
    return {"totalSize": len(records), "done": True, "records": records}


def _total(named: Iterable[tuple[str, Any]], flags: frozenset[str]) -> dict[str, Any]:
    row = {label: bool(value) if label in flags else value for label, value in named}
    return {"attributes": {"type": "AggregateResult"}, **row}


def _count(scope: Scope, select: Select, limit: str, *, everything: bool) -> int:
    plan = plan_totals(scope, select, everything=everything)
    source = plan.tail.rpartition(" ORDER BY ")[0]
    found = scope.world.db.execute(f"SELECT count(*) FROM (SELECT 1 FROM {source}{limit})", plan.values).fetchone()
    return int(found[0])


def _page_size(plan: Plan, wanted: int) -> int:
    """The server shortens pages of wide records."""
    asked = max(_SMALLEST, min(wanted, PAGE))
    if plan.long_texts:
        return min(asked, _PAGE_WITH_LONG_TEXT if plan.long_texts == 1 else _PAGE_WITH_LONG_TEXTS)
    return asked


def _keep(world: World, plan: Plan, ids: tuple[str, ...], page: int) -> Cursor:
    kept = world.notes["salesforce_cursors"]
    number = world.notes["salesforce_cursor_count"] = world.notes.get("salesforce_cursor_count", 0) + 1
    cursor = Cursor(plan, ids, page, salesforce_id("0r8", number), world.clock.now_ms())
    if len(ids) > page:
        kept[cursor.locator] = cursor
        while len(kept) > _MAX_CURSORS:
            del kept[next(iter(kept))]
    return cursor


def _page(world: World, cursor: Cursor, offset: int, root: str) -> Answer:
    end = offset + cursor.page
    answer: Answer = {"totalSize": len(cursor.ids), "done": end >= len(cursor.ids)}
    if not answer["done"]:
        answer["nextRecordsUrl"] = f"{root}/query/{cursor.locator}-{end}"
    answer["records"] = listed([Json(text) for text in fetch(world, cursor.plan, cursor.ids[offset:end])])
    return answer


def fetch(world: World, plan: Plan, ids: Sequence[str]) -> list[str]:
    """The records, as JSON, with the values that they have now; those that are gone are left out."""
    columns = columns_of(world, plan, ids)
    if not columns:
        return []
    found = columns[plan.shape.id]
    children = {one.relationship: _lists(world, one, found) for one in plan.children}
    return plan.shape.texts(columns, children)


def columns_of(world: World, plan: Plan, ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """All values of each SQL column, for records that were found before; nothing for no record. They stay in their
    order, since SQLite never turns a CROSS JOIN around."""
    name = plan.source.split(" AS ", 1)[1].split(" ", 1)[0]
    source = plan.source.partition(" WHERE ")[0]
    asked = f"json_each(?) AS asked CROSS JOIN {source} WHERE {name}._id = asked.value"
    rows = world.db.execute(f"SELECT {', '.join(plan.columns)} FROM {asked}", (json.dumps(ids),))
    return list(zip(*rows, strict=True))


def _lists(world: World, children: Children, parents: Sequence[str]) -> list[str]:
    """The list that each parent has of these children; null when it has none."""
    plan = children.plan
    rows = world.db.execute(
        f"SELECT {', '.join(plan.columns)}, {children.parent} FROM {plan.source}"
        f" AND {children.parent} IN (SELECT value FROM json_each(?)) ORDER BY {plan.order}",
        (*plan.values, json.dumps(parents)),
    ).fetchall()
    lists: dict[str, list[str]] = {}
    for row, text in zip(rows, plan.shape.texts(list(zip(*rows, strict=True))) if rows else (), strict=True):
        lists.setdefault(row[-1], []).append(text)
    end = None if children.limit is None else children.offset + children.limit
    return [_list(lists.get(one, [])[children.offset : end]) for one in parents]


def _list(texts: Sequence[str]) -> str:
    return f'{{"totalSize":{len(texts)},"done":true,"records":[{",".join(texts)}]}}' if texts else NULL


def _as_tooling(answer: Answer, scope: Scope) -> Answer:
    about = {"size": len(plain(answer["records"])), "queryLocator": None, "entityTypeName": scope.root.sight.type.name}
    return {**answer, **about}
