"""What a plan does with rows: each step as a function from tables to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import isfinite
from operator import itemgetter
from typing import Any, Final

import pyarrow as pa

from crm_sync.engine.few.aggregates import aggregate, in_order
from crm_sync.engine.few.base import Beyond, Cell, Node, Row, Unknown
from crm_sync.engine.few.expressions import expression

Rows = list[Row]
ROW: Final = 1 << 63  # from here on a column is none, but the number of a row


@dataclass(slots=True)
class Given:
    """The tables that a question is asked over; their columns as cells, once they are needed; and the rows of parts of
    the question that have a name."""

    tables: Mapping[str, pa.Table]
    columns: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    named: dict[int, Rows] = field(default_factory=dict)

    def column(self, table: str, name: str) -> list[Any]:
        if (found := self.columns.get((table, name))) is None:
            found = self.columns[table, name] = cells_of(self.tables[table][name])
        return found


Step = Callable[[Given], Rows]


def cells_of(column: pa.ChunkedArray) -> list[Any]:
    """Raises Beyond for what is no number though it should be one: it is compared in another way."""
    cells: list[Any] = column.to_pylist()
    if pa.types.is_floating(column.type) and not all(cell is None or isfinite(cell) for cell in cells):
        raise Beyond
    return cells


def step(node: Node) -> tuple[Step, int]:
    """The step with those before it, and how many columns it gives. Raises Unknown."""
    kind = node["type"]
    if kind not in STEPS:
        raise Unknown(kind)
    return STEPS[kind](node)


def read(node: Node) -> tuple[Step, int]:
    table, names = node["function_data"].get("table"), node["names"]
    if node["qname"]["path"][-1] != "seq_scan" or node["projection_ids"] or node["table_filters"]["filters"]:
        raise Unknown("LOGICAL_GET")
    places = [one["index"] for one in node["column_indexes"]]
    wanted = [names[place] for place in places if place < ROW]
    if len(wanted) < len(places):  # only how many there are counts
        return lambda given: [(place,) * len(places) for place in range(given.tables[table].num_rows)], len(places)
    return lambda given: list(zip(*(given.column(table, name) for name in wanted), strict=True)), len(wanted)


def projected(node: Node) -> tuple[Step, int]:
    (before, _), expressions = step(node["children"][0]), node["expressions"]
    return over(before, row_of(list(map(expression, expressions)))), len(expressions)


def over(before: Step, told: Callable[[Row], Row]) -> Step:
    return lambda given: [told(row) for row in before(given)]


def row_of(cells: Sequence[Cell]) -> Callable[[Row], Row]:
    return lambda row: tuple([cell(row) for cell in cells])


def filtered(node: Node) -> tuple[Step, int]:
    (before, width), conditions = step(node["children"][0]), list(map(expression, node["expressions"]))
    if node["projection_map"]:
        raise Unknown("projection_map")
    return lambda given: [row for row in before(given) if all(one(row) for one in conditions)], width


def joined(node: Node) -> tuple[Step, int]:
    (left, ours), (right, theirs) = map(step, node["children"])
    kind = node["join_type"]
    if kind not in ("INNER", "LEFT", "MARK") or node["left_projection_map"] or node["right_projection_map"]:
        raise Unknown(f"join {kind}")
    if any(one["comparison"] != "COMPARE_EQUAL" for one in node["conditions"]):
        raise Unknown("a join by more than equality")
    one, other = (row_of([expression(on[side]) for on in node["conditions"]]) for side in ("left", "right"))
    if kind == "MARK":
        return marked(left, right, one, other), ours + 1
    nobody: Rows = [(None,) * theirs] if kind == "LEFT" else []

    def found(given: Given) -> Rows:
        rows, seen = left(given), keyed(right(given), other)
        return [row + match for row in rows for match in seen.get(one(row), nobody)]

    return found, ours + theirs


def keyed(rows: Rows, key: Callable[[Row], Row]) -> dict[Row, Rows]:
    """Those whose key is known."""
    found: dict[Row, Rows] = {}
    for row in rows:
        told = key(row)
        if None not in told:
            found.setdefault(told, []).append(row)
    return found


def marked(left: Step, right: Step, one: Callable[[Row], Row], other: Callable[[Row], Row]) -> Step:
    """Each row, and whether the other side has its key: unknown, where one that may be it is not known."""

    def found(given: Given) -> Rows:
        keys = {other(row) for row in right(given)}
        doubtful = any(None in key for key in keys)

        def told(key: Row) -> bool | None:
            if keys and None in key:
                return None
            return True if key in keys else None if doubtful else False

        return [(*row, told(one(row))) for row in left(given)]

    return found


def crossed(node: Node) -> tuple[Step, int]:
    (left, ours), (right, theirs) = map(step, node["children"])

    def found(given: Given) -> Rows:
        others = right(given)
        return [row + other for row in left(given) for other in others]

    return found, ours + theirs


def united(node: Node) -> tuple[Step, int]:
    if not node["setop_all"]:
        raise Unknown("UNION")
    parts = [step(child)[0] for child in node["children"]]
    return lambda given: [row for part in parts for row in part(given)], node["column_count"]


def distinct(node: Node) -> tuple[Step, int]:
    before, width = step(node["children"][0])
    if node["distinct_type"] != "DISTINCT" or len(node["distinct_targets"]) != width:
        raise Unknown("DISTINCT ON")
    return lambda given: list(dict.fromkeys(before(given))), width


def named(node: Node) -> tuple[Step, int]:
    (part, _), (whole, width) = map(step, node["children"])
    number = node["table_index"]

    def found(given: Given) -> Rows:
        given.named[number] = part(given)
        return whole(given)

    return found, width


def by_name(node: Node) -> tuple[Step, int]:
    number = node["cte_index"]
    if node["is_recurring"]:
        raise Unknown("RECURSIVE")
    return lambda given: given.named[number], len(node["chunk_types"])


def unnested(node: Node) -> tuple[Step, int]:
    before, width = step(node["children"][0])
    lists = [expression(one["child"]) for one in node["expressions"]]

    def found(given: Given) -> Rows:
        return [row + cells for row in before(given) for cells in zip_longest(*((one(row) or ()) for one in lists))]

    return found, width + len(lists)


def grouped(node: Node) -> tuple[Step, int]:
    before, _ = step(node["children"][0])
    groups, found = row_of(list(map(expression, node["groups"]))), list(map(aggregate, node["expressions"]))
    if len(node["grouping_sets"]) > 1 or node["grouping_functions"]:
        raise Unknown("GROUPING SETS")
    alone = not node["groups"]

    def told(given: Given) -> Rows:
        parts: dict[Row, Rows] = {(): []} if alone else {}
        for row in before(given):
            parts.setdefault(groups(row), []).append(row)
        return [(*key, *(one(rows) for one in found)) for key, rows in parts.items()]

    return told, len(node["groups"]) + len(found)


def windowed(node: Node) -> tuple[Step, int]:
    before, width = step(node["children"][0])
    if [one["type"] for one in node["expressions"]] != ["WINDOW_ROW_NUMBER"]:
        raise Unknown("LOGICAL_WINDOW")
    (window,) = node["expressions"]
    parts, order = row_of(list(map(expression, window["partitions"]))), in_order(window["orders"])

    def found(given: Given) -> Rows:
        together: dict[Row, Rows] = {}
        for row in before(given):
            together.setdefault(parts(row), []).append(row)
        return [(*row, place) for rows in together.values() for place, row in enumerate(order(rows), 1)]

    return found, width + 1


def ordered(node: Node) -> tuple[Step, int]:
    (before, width), order = step(node["children"][0]), in_order(node["orders"])
    if not (kept := node["projections"]):
        return lambda given: order(before(given)), width
    return over(lambda given: order(before(given)), row_of([itemgetter(place) for place in kept])), len(kept)


def limited(node: Node) -> tuple[Step, int]:
    before, width = step(node["children"][0])
    if node["limit_val"]["type"] != "CONSTANT_VALUE" or node["offset_val"]["type"] != "UNSET":
        raise Unknown("LIMIT")
    most = node["limit_val"]["constant_integer"]
    return lambda given: before(given)[:most], width


STEPS: Final[Mapping[str, Callable[[Node], tuple[Step, int]]]] = {
    "LOGICAL_GET": read, "LOGICAL_PROJECTION": projected, "LOGICAL_FILTER": filtered,
    "LOGICAL_COMPARISON_JOIN": joined, "LOGICAL_CROSS_PRODUCT": crossed, "LOGICAL_UNION": united,
    "LOGICAL_DISTINCT": distinct, "LOGICAL_MATERIALIZED_CTE": named, "LOGICAL_CTE_REF": by_name,
    "LOGICAL_UNNEST": unnested, "LOGICAL_AGGREGATE_AND_GROUP_BY": grouped, "LOGICAL_WINDOW": windowed,
    "LOGICAL_ORDER_BY": ordered, "LOGICAL_LIMIT": limited,
}  # fmt: skip
