"""A statement made ready to run: its SQL, the values bound to it, and the shape of its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from crm_sync.sandbox.salesforce.soql.choice import choose
from crm_sync.sandbox.salesforce.soql.filters import Filter, among_sql
from crm_sync.sandbox.salesforce.soql.restricted import check_filtered
from crm_sync.sandbox.salesforce.soql.scope import Column, Scope, child_scope
from crm_sync.sandbox.salesforce.soql.shape import Columns, Shape, stored_as_printed
from crm_sync.sandbox.salesforce.soql.tree import Field, Function, Item, Order, Select, TypeOf
from crm_sync.sandbox.salesforce.wire import Refusal

_PLAIN = ("id", "reference", "int", "double", "currency", "percent", "boolean", "date", "datetime")
_FIELDS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """`source` is FROM and WHERE with their `values`; `columns` feed the `shape`."""

    columns: tuple[str, ...]
    source: str
    values: tuple[Any, ...]
    order: str
    shape: Shape
    children: tuple[Children, ...]
    long_texts: int


@dataclass(frozen=True, slots=True)
class Children:
    """A parent-to-child subquery: the list's name in the record and the column that names the parent."""

    relationship: str
    parent: str
    plan: Plan
    limit: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A statement with aggregates: `labels` are the keys of its rows, `printed` the SQL of each."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    flags: frozenset[str]
    tail: str
    values: tuple[Any, ...]


def plan_records(scope: Scope, select: Select, url: str, *, everything: bool) -> Plan:
    """The plan of a statement that returns records."""
    check_filtered(select)
    columns = Columns(scope, url)
    shape, children, texts = columns.root(), [], 0
    for item in _expanded(scope, select):
        if item.alias:
            scope.refuse("MALFORMED_QUERY", item.at, "only aggregate expressions use field aliasing")
        if isinstance(item.what, Select):
            children.append(_children(scope, item.what, url, everything=everything))
            shape.reserve(children[-1].relationship)
        elif isinstance(item.what, TypeOf):
            choose(columns, shape, item.what)
        elif isinstance(item.what, Field):
            columns.select(shape, item.what)
            texts += not scope.column(item.what).filterable
    order = _order(scope, select.order, last=f"{scope.root.name}._id")
    conditions = Filter(scope, everything)
    source = among_sql(scope, conditions, select)
    return Plan(tuple(columns.sql), source, tuple(conditions.values), order, shape, tuple(children), texts)


def plan_totals(scope: Scope, select: Select, *, everything: bool) -> Totals:
    """The plan of a statement with GROUP BY or aggregate functions."""
    check_filtered(select)
    groups = {scope.operand(one).sql for one in select.group}
    named = list(_labelled(scope, select, groups))
    conditions = Filter(scope, everything)
    having = Filter(scope, everything)
    tail = f" HAVING {having.sql(select.having)}" if select.having is not None else ""
    order = _order(scope, select.order, last="1")
    source = among_sql(scope, conditions, select)
    grouped = f" GROUP BY {', '.join(sorted(groups))}" if groups else ""
    return Totals(
        tuple(stored_as_printed(column) for _, column in named),
        tuple(label for label, _ in named),
        frozenset(label for label, column in named if column.type == "boolean"),
        f"{source}{grouped}{tail} ORDER BY {order}",
        (*conditions.values, *having.values),
    )


def is_count(select: Select) -> bool:
    """SELECT COUNT() is answered by totalSize alone."""
    only = select.items[0].what
    return len(select.items) == 1 and isinstance(only, Function) and only.name == "COUNT" and only.argument is None


def _labelled(scope: Scope, select: Select, groups: set[str]) -> Iterator[tuple[str, Column]]:
    numbered = 0
    for item in select.items:
        if isinstance(item.what, Select | TypeOf):
            scope.refuse("MALFORMED_QUERY", item.at, "aggregate queries cannot have nested queries or TYPEOF")
        column = scope.operand(item.what)
        if isinstance(item.what, Field) and column.sql not in groups:
            scope.refuse("MALFORMED_QUERY", item.at, f"Field must be grouped or aggregated: {column.label}")
        label = item.alias or (column.label if isinstance(item.what, Field) else f"expr{numbered}")
        numbered += isinstance(item.what, Function) and not item.alias
        yield label, column


def _expanded(scope: Scope, select: Select) -> Iterator[Item]:
    """FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM) become the fields they stand for."""
    for item in select.items:
        if isinstance(item.what, Function):
            yield from _macro(scope, select, item, item.what)
        else:
            yield item


def _macro(scope: Scope, select: Select, item: Item, call: Function) -> Iterator[Item]:
    which = call.argument.path[0].upper() if call.argument else ""
    if call.name != "FIELDS" or which not in ("ALL", "STANDARD", "CUSTOM"):
        scope.refuse("MALFORMED_QUERY", item.at, f"unexpected token: '{call.name}'")
    if which != "STANDARD" and (select.limit is None or select.limit > _FIELDS_LIMIT):
        raise Refusal(400, "MALFORMED_QUERY", f"The SOQL FIELDS function must have a LIMIT of at most {_FIELDS_LIMIT}")
    for one in scope.root.sight.fields.values():
        if which == "ALL" or bool(one.about.get("custom")) == (which == "CUSTOM"):
            yield replace(item, what=Field((one.name,), item.at))


def _children(scope: Scope, select: Select, url: str, *, everything: bool) -> Children:
    inner, relationship, parent = child_scope(scope, select)
    plan = plan_records(inner, select, url, everything=everything)
    return Children(relationship, inner.root.column(parent), plan, select.limit, select.offset)


def _order(scope: Scope, wanted: tuple[Order, ...], last: str) -> str:
    """Nulls come first in either direction unless the statement says otherwise. What follows `last` cannot matter."""
    parts: list[str] = []
    for one in wanted:
        column = scope.operand(one.by)
        if column.sql == last:
            return ", ".join([*parts, f"{last}{' DESC' if one.descending else ''}"])
        folded = "" if column.type in _PLAIN else " COLLATE NOCASE"
        parts.append(
            f"{column.sql}{folded} {'DESC' if one.descending else 'ASC'} NULLS {'LAST' if one.nulls_last else 'FIRST'}"
        )
    return ", ".join([*parts, last])
