"""What is said of many rows at once, and in which order they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from crm_sync.engine.few.base import Cell, Node, Row, Unknown
from crm_sync.engine.few.expressions import expression

Rows = Sequence[Row]


def mean(cells: Sequence[float]) -> float | None:
    return sum(cells) / len(cells) if cells else None


#: Of the cells that are there.
OF_CELLS: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "count": len, "min": lambda cells: min(cells, default=None), "max": lambda cells: max(cells, default=None),
    "bool_or": lambda cells: any(cells) if cells else None, "bool_and": lambda cells: all(cells) if cells else None,
    "avg": mean,
}  # fmt: skip
ONCE: Final = ("count", "min", "max", "bool_or", "bool_and")


def aggregate(node: Node) -> Callable[[Rows], Any]:
    """Raises Unknown."""
    name, cells = node["qname"]["path"][-1], list(map(expression, node["children"]))
    kept = expression(node["filter"]) if node["filter"] else None
    order = in_order(node["order_bys"]["orders"]) if node["order_bys"] else None
    once = node["aggregate_type"] == "DISTINCT"
    if (once and name not in ONCE) or (order and name != "list"):
        raise Unknown(name)
    found = over(name, cells, once=once)

    def told(rows: Rows) -> Any:
        if kept is not None:
            rows = [row for row in rows if kept(row)]
        return found(order(rows) if order else rows)

    return told


def over(name: str, cells: Sequence[Cell], *, once: bool) -> Callable[[Rows], Any]:
    match name, cells:
        case "count_star", []:
            return len
        case "list", [one]:
            return lambda rows: [one(row) for row in rows] or None
        case "arg_min" | "arg_max", [one, by]:
            return least(one, by, -1 if name == "arg_max" else 1)
        case _, [one] if name in OF_CELLS:
            return of_those_there(OF_CELLS[name], one, once=once)
    raise Unknown(name)


def of_those_there(found: Callable[[Sequence[Any]], Any], one: Cell, *, once: bool) -> Callable[[Rows], Any]:
    def told(rows: Rows) -> Any:
        cells = [cell for row in rows if (cell := one(row)) is not None]
        return found(list(dict.fromkeys(cells)) if once else cells)

    return told


def least(one: Cell, by: Cell, sign: int) -> Callable[[Rows], Any]:
    def found(rows: Rows) -> Any:
        known = [(place, at) for place, row in enumerate(rows) if (at := by(row)) is not None]
        told = [(sign * at, place) for place, at in known if one(rows[place]) is not None]
        return one(rows[min(told)[1]]) if told else None

    return found


def in_order(orders: Sequence[Node]) -> Callable[[Rows], list[Row]]:
    keys = [(expression(one["expression"]), one["type"], one["null_order"]) for one in orders]
    if any(kind not in ("ASCENDING", "DESCENDING") for _, kind, _ in keys):
        raise Unknown("ORDER BY")

    def found(rows: Rows) -> list[Row]:
        told = list(rows)
        for cell, kind, nothing in reversed(keys):
            down = kind == "DESCENDING"
            told.sort(key=place_of(cell, (nothing == "NULLS LAST") is not down), reverse=down)
        return told

    return found


def place_of(cell: Cell, high: bool) -> Callable[[Row], tuple[Any, ...]]:
    """What to sort by; `high`: nothing is more than anything."""
    return lambda row: (high,) if (at := cell(row)) is None else (not high, at)
