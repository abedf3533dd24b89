"""One search filter as SQL: operators, and how each type of property is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import BY_NAME, CrmObject
from crm_sync.sandbox.hubspot.schema import definition_of, derived_column
from crm_sync.sandbox.hubspot.values import day, instant, is_number
from crm_sync.sandbox.hubspot.wire import texts_in
from crm_sync.sandbox.world import World, quoted

_COMPARED: Final = {"EQ": "=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL and the values bound to it."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """How a property is compared: its SQL expression, its type, and what its texts become."""

    sql: str
    kind: str
    read: Callable[[str], Any]


def joined(word: str, parts: Sequence[Condition]) -> Condition:
    """Several conditions as one; none of them holds for everything."""
    sql = word.join(f"({part.sql})" for part in parts)
    return Condition(sql or "1", tuple(value for part in parts for value in part.params))


def condition(world: World, one: CrmObject, item: dict[str, Any]) -> Condition:
    """The SQL of one filter of a search body."""
    name, operator = str(item.get("propertyName")), str(item.get("operator"))
    if name.startswith("associations."):
        return _associated(one, name.removeprefix("associations."), item)
    compared = compared_as(world, one, name)
    make = _OPERATORS.get(operator)
    if make is None:
        raise Refusal(400, f"Unknown operator {operator}; allowed are {', '.join(_OPERATORS)}")
    return make(compared, operator, item)


def compared_as(world: World, one: CrmObject, name: str) -> Compared:
    """How a property of an object is compared and sorted."""
    about = definition_of(world, one, name)
    if about is None:
        raise Refusal(400, f'There was a problem with the request. Property "{name}" does not exist')
    kind, column = str(about["type"]), quoted(derived_column(name) or name)
    if kind == "number":
        return Compared(f"CAST({column} AS {'INTEGER' if name == 'hs_object_id' else 'REAL'})", kind, _number)
    if kind in ("datetime", "date"):
        return Compared(column, kind, _instant if kind == "datetime" else _day)
    return Compared(column if kind == "enumeration" else f"{column} COLLATE NOCASE", kind, str)


def _number(text: str) -> float | int:
    if not is_number(text):
        raise Refusal(400, f"There was a problem with the request. {text!r} is not a number")
    return int(text) if text.isdecimal() and len(text) < 19 else float(text)


def _instant(text: str) -> int:
    at = instant(text)
    if at is None:
        raise Refusal(400, f"There was a problem with the request. {text!r} is not an instant")
    if at == 0:
        raise Refusal(500, "internal error", None)  # HubSpot's search fails on the epoch itself
    return at


def _day(text: str) -> str:
    found = day(text)
    if found is None:
        raise Refusal(400, f"There was a problem with the request. {text!r} is not a date")
    return found


def _value(item: dict[str, Any], key: str = "value") -> str:
    if item.get(key) in (None, ""):
        raise Refusal(400, f"There was a problem with the request. {item.get('operator')} needs a {key}")
    return str(item[key])


def _compare(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    return Condition(f"{compared.sql} {_COMPARED[operator]} ?", (compared.read(_value(item)),))


def _differs(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    """A record without a value differs from every value."""
    return Condition(f"{compared.sql} IS NOT ?", (compared.read(_value(item)),))


def _between(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    bounds = (compared.read(_value(item)), compared.read(_value(item, "highValue")))
    return Condition(f"{compared.sql} BETWEEN ? AND ?", bounds)


def _among(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    """On strings the values must come in lower case: HubSpot folds what it has, not what it is asked."""
    values = tuple(compared.read(value) for value in texts_in(item, "values"))
    if not values:
        raise Refusal(400, f"There was a problem with the request. {operator} needs values")
    sql = f"lower({_plain(compared)})" if compared.kind == "string" else compared.sql
    inside = f"{sql} IN ({', '.join('?' for _ in values)})"
    return Condition(inside if operator == "IN" else f"{sql} IS NULL OR NOT {inside}", values)


def _plain(compared: Compared) -> str:
    return compared.sql.removesuffix(" COLLATE NOCASE")


def _has(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    sql = f"{compared.sql} IS NOT NULL AND {compared.sql} != ''"
    return Condition(sql if operator == "HAS_PROPERTY" else f"NOT ({sql})")


def _contains(compared: Compared, operator: str, item: dict[str, Any]) -> Condition:
    sql = f"hubspot_has_token({_plain(compared)}, ?)"
    return Condition(sql if operator == "CONTAINS_TOKEN" else f"NOT {sql}", (_value(item),))


_OPERATORS: Final[dict[str, Callable[[Compared, str, dict[str, Any]], Condition]]] = {
    **dict.fromkeys(_COMPARED, _compare),
    "NEQ": _differs,
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": _among,
    "HAS_PROPERTY": _has,
    "NOT_HAS_PROPERTY": _has,
    "CONTAINS_TOKEN": _contains,
    "NOT_CONTAINS_TOKEN": _contains,
}


def _associated(one: CrmObject, name: str, item: dict[str, Any]) -> Condition:
    other, operator = BY_NAME.get(name), str(item.get("operator"))
    if other is None or operator not in ("EQ", "IN"):
        raise Refusal(400, f"There was a problem with the request. associations.{name} takes EQ or IN")
    ids = [_value(item)] if operator == "EQ" else texts_in(item, "values")
    return Condition(
        "_id IN (SELECT from_id FROM association WHERE from_object = ? AND to_object = ?"
        f" AND to_id IN ({', '.join('?' for _ in ids)}))",
        (one.name, other.name, *ids),
    )
