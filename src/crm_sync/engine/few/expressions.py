"""An expression of a plan as a function of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from crm_sync.engine.few.base import Cell, Constant, Node, Row, Unknown
from crm_sync.engine.few.casts import cast
from crm_sync.engine.few.functions import OPEN, SINGLE, STRICT, single
from crm_sync.engine.few.marks import is_ours
from crm_sync.engine.few.texts import form_of, pattern_of

LISTS: Final = ("list_filter", "list_transform")


def expression(node: Node) -> Cell:
    """Raises Unknown."""
    match node["expression_class"]:
        case "BOUND_CONSTANT":
            return Constant(constant(node["value"]))
        case "BOUND_REF":
            return itemgetter(node["index"])
        case "BOUND_FUNCTION":
            return function(node)
        case "BOUND_CASE":
            return case(node)
        case "BOUND_CONJUNCTION":
            return conjunction(node["type"], list(map(expression, node["children"])))
        case "BOUND_OPERATOR":
            return operation(node["type"], list(map(expression, node["children"])))
        case other:
            raise Unknown(other)


def constant(value: Node) -> Any:
    if value["is_null"]:
        return None
    told, kind = value["value"], value["type"]
    match kind["id"]:
        case "DECIMAL":
            return Decimal(told).scaleb(-kind["type_info"]["scale"])
        case "FLOAT":
            return single(told)
        case "DOUBLE":
            return float(told)
        case "BOOLEAN" | "VARCHAR" | "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT" | \
             "UINTEGER" | "UBIGINT":  # fmt: skip
            return told
        case other:
            raise Unknown(other)


def type_of(node: Node) -> Node:
    """Of what an expression gives."""
    if node["expression_class"] == "BOUND_CONSTANT":
        found: Node = node["value"]["type"]
    else:
        found = node.get("return_type", {"id": "BOOLEAN", "type_info": None})
    return found


def function(node: Node) -> Cell:
    name, children = node["qname"]["path"][-1], node["children"]
    if name == "__cast":
        return strict(cast(type_of(children[0]), node["return_type"]), [expression(children[0])])
    if name in LISTS:
        return over_list(name, *children)
    if name == "struct_extract":
        names = [one["first"] for one in type_of(children[0])["type_info"]["child_types"]]
        return strict(itemgetter(names.index(children[1]["value"]["value"])), [expression(children[0])])
    if name == "array_slice":
        return piece(children)
    if name == "+" and node["return_type"]["id"] == "DOUBLE":
        return added(list(map(expression, terms(node))))
    taken = list(map(expression, children))
    check(name, taken)
    if name == "hash":
        taken = [
            or_empty(one) if type_of(child)["id"] == "LIST" else one for one, child in zip(taken, children, strict=True)
        ]
    if name in OPEN:
        return open_to_nothing(OPEN[name], taken)
    if name == "-":
        return minus(node, taken)
    if name not in STRICT:
        raise Unknown(name)
    if name == "||" and node["return_type"]["id"] != "VARCHAR":
        raise Unknown("|| of lists")
    found = STRICT[name]
    if name in SINGLE and node["return_type"]["id"] == "FLOAT":
        return strict(lambda *cells: single(found(*cells)), taken)
    if "DECIMAL" in {node["return_type"]["id"], *(type_of(child)["id"] for child in children)}:
        raise Unknown("DECIMAL")
    return strict(found, taken)


def terms(node: Node) -> list[Node]:
    """Of a sum that is added up from its first term on."""
    match node:
        case {"qname": {"path": [*_, "+"]}, "children": [one, other]}:
            return [*terms(one), other]
    return [node]


def added(taken: Sequence[Cell]) -> Cell:
    first, *others = taken

    def total(row: Row) -> float | None:
        found: float | None = first(row)
        if found is None:
            return None
        for one in others:
            if (more := one(row)) is None:
                return None
            found += more
        return found

    return total


def or_empty(values: Cell) -> Cell:
    return lambda row: values(row) or []


def check(name: str, taken: Sequence[Cell]) -> None:
    """Patterns and forms stand in the question. Raises Unknown for those that Python may read in another way."""
    if name.startswith("regexp") or name == "~~":
        told = taken[1].value if isinstance(taken[1], Constant) else None
        if not isinstance(told, str):
            raise Unknown(name)
        if name != "~~":
            pattern_of(told)
    if name == "printf":
        form_of(taken[0].value if isinstance(taken[0], Constant) else None)
    if name == "hash" and not is_ours():
        raise Unknown(name)


def minus(node: Node, taken: Sequence[Cell]) -> Cell:
    if node["return_type"]["id"] == "FLOAT":
        return strict(lambda x, y=None: single(-x if y is None else x - y), taken)
    return strict(lambda x: -x, taken) if len(taken) == 1 else strict(lambda x, y: x - y, taken)


def strict(found: Callable[..., Any] | None, taken: Sequence[Cell]) -> Cell:
    """Nothing, where something is missing."""
    if found is None:
        return taken[0]
    if all(isinstance(one, Constant) for one in taken):
        cells = [one(()) for one in taken]
        return Constant(None if None in cells else found(*cells))
    match taken:
        case [one]:
            return lambda row: None if (x := one(row)) is None else found(x)
        case [one, Constant(None)] | [Constant(None), one]:
            return Constant(None)
        case [one, Constant(y)]:
            return lambda row: None if (x := one(row)) is None else found(x, y)
        case [one, other]:
            return lambda row: None if (x := one(row)) is None or (y := other(row)) is None else found(x, y)
    return lambda row: None if None in (cells := [one(row) for one in taken]) else found(*cells)


def open_to_nothing(found: Callable[..., Any], taken: Sequence[Cell]) -> Cell:
    if all(isinstance(one, Constant) for one in taken):
        return Constant(found(*(one(()) for one in taken)))
    return lambda row: found(*[one(row) for one in taken])


def piece(children: Sequence[Node]) -> Cell:
    """A list from one place to another, or to its end."""
    whole, first, last = children
    if last["expression_class"] == "BOUND_FUNCTION" and last["qname"]["path"][-1] == "list_value":
        values, start = expression(whole), expression(first)
        return strict(lambda cells, place: STRICT["array_slice"](cells, place, len(cells)), [values, start])
    return strict(STRICT["array_slice"], list(map(expression, children)))


def over_list(name: str, values: Node, function: Node) -> Cell:
    """`list_filter` or `list_transform` by what says something of one item alone."""
    if function["captures"] or function["parameter_count"] != 1:
        raise Unknown(name)
    found, inner = expression(values), expression(function["lambda_expr"])
    if name == "list_filter":
        return strict(lambda cells: [cell for cell in cells if inner((cell,))], [found])
    return strict(lambda cells: [inner((cell,)) for cell in cells], [found])


def case(node: Node) -> Cell:
    checks, other = node["case_checks"], expression(node["else_expr"])
    if table := lookup(checks):
        place, found = table
        default = other.value if isinstance(other, Constant) else None
        if isinstance(other, Constant):
            return lambda row: found.get(row[place], default)
    branches = [(expression(one["when_expr"]), expression(one["then_expr"])) for one in checks]
    if len(branches) == 1:
        ((when, then),) = branches
        if isinstance(when, Constant):
            return then if when.value else other
        return lambda row: then(row) if when(row) else other(row)

    def chosen(row: Row) -> Any:
        for when, then in branches:
            if when(row):
                return then(row)
        return other(row)

    return chosen


def lookup(checks: Sequence[Node]) -> tuple[int, dict[Any, Any]] | None:
    """A column and what stands for each of its values, where a case is no more than that."""
    places: set[int] = set()
    found: dict[Any, Any] = {}
    for one in checks:
        when, then = one["when_expr"], one["then_expr"]
        if when["type"] != "COMPARE_EQUAL" or when["children"][0]["expression_class"] != "BOUND_REF":
            return None
        value, told = expression(when["children"][1]), expression(then)
        if not isinstance(value, Constant) or not isinstance(told, Constant) or value.value is None:
            return None
        places.add(when["children"][0]["index"])
        found.setdefault(value.value, told.value)
    return (places.pop(), found) if len(places) == 1 else None


def conjunction(kind: str, taken: Sequence[Cell]) -> Cell:
    """What decides alone decides; else nothing is known where anything is not."""
    decides = kind == "CONJUNCTION_OR"

    def decided(row: Row) -> bool | None:
        found: bool | None = not decides
        for one in taken:
            told: bool | None = one(row)
            if told is None:
                found = None
            elif told is decides:
                return told
        return found

    return decided


def operation(kind: str, taken: Sequence[Cell]) -> Cell:
    first = taken[0]
    match kind:
        case "OPERATOR_IS_NULL":
            return lambda row: first(row) is None
        case "OPERATOR_IS_NOT_NULL":
            return lambda row: first(row) is not None
        case "OPERATOR_NOT":
            return strict(lambda told: not told, taken)
        case "OPERATOR_COALESCE":
            return coalesced(taken)
        case "COMPARE_IN" | "COMPARE_NOT_IN":
            return among(first, taken[1:], inside=kind == "COMPARE_IN")
    raise Unknown(kind)


def coalesced(taken: Sequence[Cell]) -> Cell:
    match taken:
        case [one, other]:
            return lambda row: other(row) if (cell := one(row)) is None else cell
    return lambda row: next((cell for one in taken if (cell := one(row)) is not None), None)


def among(first: Cell, others: Sequence[Cell], *, inside: bool) -> Cell:
    if all(isinstance(one, Constant) for one in others) and None not in (cells := {one(()) for one in others}):
        return strict(lambda cell: (cell in cells) is inside, [first])

    def found(row: Row) -> bool | None:
        if (cell := first(row)) is None:
            return None
        told = [one(row) for one in others]
        return inside if cell in told else None if None in told else not inside

    return found
