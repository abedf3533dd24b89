"""The filter branch of a list as one SQL condition: AND, OR and NOT branches of property and in-list filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.filters import Compared, Condition, compared_as, condition, joined
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.world import World

#: Which condition the members of another list are.
Members = Callable[[str], Condition]

Branch = Mapping[str, Any]

_NOT: Final = frozenset({"NOT_ALL", "NOT_ANY"})

#: Operators that say the same as one of search.
_AS_SEARCH: Final = {
    "IS_EQUAL_TO": "EQ",
    "IS_NOT_EQUAL_TO": "NEQ",
    "IS_GREATER_THAN": "GT",
    "IS_GREATER_THAN_OR_EQUAL_TO": "GTE",
    "IS_LESS_THAN": "LT",
    "IS_LESS_THAN_OR_EQUAL_TO": "LTE",
    "IS_AFTER": "GT",
    "IS_BEFORE": "LT",
    "IS_KNOWN": "HAS_PROPERTY",
    "IS_UNKNOWN": "NOT_HAS_PROPERTY",
}
_LIKE: Final = {"CONTAINS": "%{}%", "DOES_NOT_CONTAIN": "%{}%", "STARTS_WITH": "{}%", "ENDS_WITH": "%{}"}
_NEGATIVE: Final = frozenset({"IS_NONE_OF", "DOES_NOT_CONTAIN", "IS_NOT_BETWEEN", "IS_NOT_EQUAL_TO"})


def branch_condition(world: World, one: CrmObject, branch: Branch, members: Members) -> Condition:
    """The SQL of a branch. What the sandbox cannot evaluate is refused with its name, never ignored."""
    kind = str(branch.get("filterBranchType"))
    if kind not in ("AND", "OR", *_NOT):
        raise Refusal(400, f"filterBranchType {kind} is not supported here; AND, OR, NOT_ALL and NOT_ANY are")
    parts = [branch_condition(world, one, inner, members) for inner in branch.get("filterBranches") or ()]
    parts += [_filter(world, one, item, members) for item in branch.get("filters") or ()]
    whole = joined(" OR " if kind in ("OR", "NOT_ANY") else " AND ", parts)
    return _negated(whole) if kind in _NOT else whole


def properties_in(branch: Branch | None) -> set[str]:
    """Every property that a branch asks about."""
    if not branch:
        return set()
    here = {str(item["property"]) for item in branch.get("filters") or () if item.get("property")}
    return here.union(*(properties_in(inner) for inner in branch.get("filterBranches") or ()))


def _negated(one: Condition) -> Condition:
    """Unknown counts as no, so its negation holds."""
    return Condition(f"NOT coalesce({one.sql}, 0)", one.params)


def _filter(world: World, one: CrmObject, item: Branch, members: Members) -> Condition:
    kind = str(item.get("filterType"))
    if kind == "IN_LIST":
        found = members(str(item.get("listId")))
        return _negated(found) if item.get("operator") == "NOT_IN_LIST" else found
    if kind != "PROPERTY" or not isinstance(item.get("operation"), Mapping):
        raise Refusal(400, f"filterType {kind} is not supported here; PROPERTY and IN_LIST are")
    return _property(world, one, str(item.get("property")), item["operation"])


def _property(world: World, one: CrmObject, name: str, operation: Branch) -> Condition:
    operator = str(operation.get("operator"))
    compared = compared_as(world, one, name)
    if operator in _AS_SEARCH:
        value = operation.get("value", operation.get("timestamp"))
        text = str(value).lower() if isinstance(value, bool) else value
        asked = {"propertyName": name, "operator": _AS_SEARCH[operator], "value": text}
        return _with_unknown(compared, operation, condition(world, one, asked))
    if operator in ("IS_BETWEEN", "IS_NOT_BETWEEN"):
        bounds = {"value": operation.get("lowerBound"), "highValue": operation.get("upperBound")}
        inside = condition(world, one, {"propertyName": name, "operator": "BETWEEN", **bounds})
        return _with_unknown(compared, operation, inside if operator == "IS_BETWEEN" else _negated(inside))
    values = operation.get("values") or [operation.get("value")]
    return _with_unknown(compared, operation, _any_of(compared, operator, [str(value) for value in values]))


def _any_of(compared: Compared, operator: str, values: list[str]) -> Condition:
    """Operators over several values: one of them is enough, or none may hold."""
    if operator in ("IS_ANY_OF", "IS_NONE_OF"):
        whole = "';' || {} || ';' LIKE ? ESCAPE '!'"
        parts = [Condition(whole.format(_plain(compared)), (f"%;{_escaped(value)};%",)) for value in values]
    elif operator in ("IS_EXACTLY", "IS_NOT_EXACTLY"):
        parts = [Condition(f"{compared.sql} = ?", (";".join(values),))]
    elif operator in _LIKE:
        sql = f"{_plain(compared)} LIKE ? ESCAPE '!'"
        parts = [Condition(sql, (_LIKE[operator].format(_escaped(value)),)) for value in values]
    else:
        allowed = ", ".join((*_AS_SEARCH, *_LIKE, "IS_ANY_OF", "IS_NONE_OF", "IS_EXACTLY", "IS_BETWEEN"))
        raise Refusal(400, f"operator {operator} is not supported here; these are: {allowed}")
    found = joined(" OR ", parts)
    return _negated(found) if operator in _NEGATIVE or operator == "IS_NOT_EXACTLY" else found


def _with_unknown(compared: Compared, operation: Branch, found: Condition) -> Condition:
    """Records without a value belong only when `includeObjectsWithNoValueSet` says so."""
    if operation.get("operator") in ("IS_KNOWN", "IS_UNKNOWN"):
        return found
    known = f"{compared.sql} IS NOT NULL AND {compared.sql} != ''"
    if operation.get("includeObjectsWithNoValueSet"):
        return Condition(f"NOT ({known}) OR {found.sql}", found.params)
    return Condition(f"({known}) AND ({found.sql})", found.params)


def _plain(compared: Compared) -> str:
    return compared.sql.removesuffix(" COLLATE NOCASE")


def _escaped(value: str) -> str:
    return value.replace("!", "!!").replace("%", "!%").replace("_", "!_")
