"""Formulas of validation rules: read by the grammar in formula.lark, answered for one record that is being saved."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from crm_sync.sandbox.salesforce.fields import type_of
from crm_sync.sandbox.world import FieldDef, Row, from_ms

Node = Any
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COUNTS = {0: ("ISNEW", "TODAY", "NOW"), 2: ("ISPICKVAL", "BEGINS", "CONTAINS", "REGEX"), 3: ("IF",)}
_WORDS = {"true": True, "false": False, "null": None}


class BadFormula(ValueError):
    """The text is no formula, or it uses something that the sandbox does not know."""


@dataclass(frozen=True, slots=True)
class Saving:
    """A record on its way into the org: what it was (empty for a new one) and what it will be."""

    fields: Mapping[str, FieldDef]
    before: Row
    after: Row
    now: int

    def value(self, name: str, row: Row) -> Any:
        field = next(one for key, one in self.fields.items() if key.lower() == name.lower())
        stored, type_ = row.get(field.name), type_of(field)
        if type_ == "boolean":
            return bool(stored)
        return date.fromisoformat(stored) if type_ == "date" and stored else stored


@dataclass(frozen=True, slots=True)
class Formula:
    tree: Node

    def holds(self, saving: Saving) -> bool:
        """A formula that cannot be computed for this record, a text that is divided say, does not hold."""
        try:
            return bool(_answer(self.tree, saving))
        except (TypeError, AttributeError, re.error):
            return False

    def fields(self) -> Iterator[str]:
        """Names of the fields that the formula is about."""
        for one in self.tree.find_data("field"):
            name = str(one.children[0])
            if name.lower() not in _WORDS:
                yield name


def read_formula(text: str) -> Formula:
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        raise BadFormula(f"Error: Syntax error at position {error.pos_in_stream}") from None
    for call in tree.find_data("call"):
        _check_call(str(call.children[0]).upper(), call.children[1:])
    return Formula(tree)


def _check_call(name: str, said: list[Node]) -> None:
    if name not in _FUNCTIONS:
        raise BadFormula(f"Error: Unknown function {name}. Check spelling.")
    wanted = next((count for count, names in _COUNTS.items() if name in names), 1)
    if name not in ("AND", "OR") and len(said) != wanted:
        raise BadFormula(
            f"Error: Incorrect number of parameters for function {name}. Expected {wanted}, got {len(said)}"
        )
    if name in ("ISCHANGED", "PRIORVALUE"):
        _name(said[0])


@cache
def _grammar() -> Lark:
    return Lark((files(__package__) / "formula.lark").read_text("utf-8"), parser="lalr", maybe_placeholders=False)


def _answer(node: Node, saving: Saving) -> Any:
    return _NODES[node.data](node.children, saving)


def _field(children: list[Node], saving: Saving) -> Any:
    name = str(children[0])
    return _WORDS[name.lower()] if name.lower() in _WORDS else saving.value(name, saving.after)


def _compare(children: list[Node], saving: Saving) -> bool:
    left, said, right = _answer(children[0], saving), str(children[1]), _answer(children[2], saving)
    if said in ("=", "==", "<>", "!="):
        return _COMPARE[said]("" if left is None else left, "" if right is None else right)
    return type(left) is not type(None) and right is not None and bool(_COMPARE[said](left, right))


def _chain(children: list[Node], saving: Saving) -> Any:
    value = _answer(children[0], saving)
    for said, node in zip(children[1::2], children[2::2], strict=True):
        value = _combined(str(said), value, _answer(node, saving))
    return value


def _combined(said: str, left: Any, right: Any) -> Any:
    if said == "&" or isinstance(left, str) or isinstance(right, str):
        return f"{'' if left is None else left}{'' if right is None else right}"
    if left is None or right is None or (said == "/" and right == 0):
        return None
    if isinstance(left, date) or isinstance(right, date):
        return _moved(said, left, right)
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[said](left, right)


def _moved(said: str, left: Any, right: Any) -> Any:
    """Days are added to dates; two dates are days apart."""
    if isinstance(left, date) and isinstance(right, date):
        return (left - right).days
    return date.fromordinal(left.toordinal() + (int(right) if said == "+" else -int(right)))


def _call(children: list[Node], saving: Saving) -> Any:
    return _FUNCTIONS[str(children[0]).upper()](children[1:], saving)


_NODES: dict[str, Callable[[list[Node], Saving], Any]] = {
    "either": lambda nodes, saving: any(_answer(one, saving) for one in nodes),
    "both": lambda nodes, saving: all(_answer(one, saving) for one in nodes),
    "compare": _compare,
    "chain": _chain,
    "minus": lambda nodes, saving: -(_answer(nodes[1], saving) or 0),
    "negation": lambda nodes, saving: not _answer(nodes[0], saving),
    "call": _call,
    "field": _field,
    "number": lambda nodes, saving: float(nodes[0]),
    "text": lambda nodes, saving: re.sub(r"\\(.)", r"\1", nodes[0][1:-1]),
}


def _of_values(function: Callable[..., Any]) -> Callable[[list[Node], Saving], Any]:
    return lambda nodes, saving: function(*(_answer(one, saving) for one in nodes))


def _name(node: Node) -> str:
    if not isinstance(node, Tree) or node.data != "field":
        raise BadFormula("Error: this function takes the name of a field")
    return str(Token("NAME", node.children[0]))


def _changed(nodes: list[Node], saving: Saving) -> bool:
    name = _name(nodes[0])
    return bool(saving.before) and saving.value(name, saving.before) != saving.value(name, saving.after)


def _prior(nodes: list[Node], saving: Saving) -> Any:
    return saving.value(_name(nodes[0]), saving.before or saving.after)


def _if(nodes: list[Node], saving: Saving) -> Any:
    return _answer(nodes[1] if _answer(nodes[0], saving) else nodes[2], saving)


def _blank(value: Any) -> bool:
    return value is None or value == ""


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


_FUNCTIONS: dict[str, Callable[[list[Node], Saving], Any]] = {
    "AND": _NODES["both"],
    "OR": _NODES["either"],
    "NOT": _NODES["negation"],
    "IF": _if,
    "ISBLANK": _of_values(_blank),
    "ISNULL": _of_values(_blank),
    "ISPICKVAL": _of_values(lambda value, text: (value or "") == text),
    "ISNEW": lambda nodes, saving: not saving.before,
    "ISCHANGED": _changed,
    "PRIORVALUE": _prior,
    "TEXT": _of_values(_text),
    "LEN": _of_values(lambda value: float(len(value or ""))),
    "BEGINS": _of_values(lambda value, start: (value or "").startswith(start)),
    "CONTAINS": _of_values(lambda value, part: part in (value or "")),
    "REGEX": _of_values(lambda value, pattern: re.fullmatch(pattern, value or "") is not None),
    "UPPER": _of_values(lambda value: (value or "").upper()),
    "LOWER": _of_values(lambda value: (value or "").lower()),
    "TODAY": lambda nodes, saving: from_ms(saving.now).date(),
    "NOW": lambda nodes, saving: saving.now,
}
