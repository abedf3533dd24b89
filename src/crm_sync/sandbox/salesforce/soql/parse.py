"""SOQL text to its tree, by the grammar in soql.lark; what cannot be read is a MALFORMED_QUERY with a caret."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from crm_sync.sandbox.salesforce.soql.tree import (
    Comparison,
    Condition,
    Field,
    Function,
    Item,
    Joined,
    Literal,
    Membership,
    Negation,
    Operand,
    Order,
    Select,
    TypeOf,
)
from crm_sync.sandbox.salesforce.wire import Refusal

_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_LONGEST = 100_000


def parse(text: str) -> Select:
    """The statement's tree, or the refusal that Salesforce would give."""
    if not text.strip():
        raise Refusal(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    if len(text) > _LONGEST:
        raise Refusal(400, "QUERY_TOO_COMPLICATED", f"SOQL statements cannot be longer than {_LONGEST} characters")
    try:
        tree: Any = _grammar().parse(text)
    except UnexpectedInput as error:
        _refuse(text, error)
    select: Select = _Tree().transform(tree)
    return select


def pointed(text: str, at: int, message: str) -> str:
    """The message below the line of the statement, with a caret under the place."""
    before = text[:at]
    row, column = before.count("\n") + 1, at - (before.rfind("\n") + 1)
    line = text.split("\n")[row - 1]
    start = max(0, column - 60)
    return (
        f"\n{line[start : column + 60]}\n{' ' * (column - start)}^\nERROR at Row:{row}:Column:{column + 1}\n{message}"
    )


@cache
def _grammar() -> Lark:
    text = (files(__package__) / "soql.lark").read_text("utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=True)


def _refuse(text: str, error: UnexpectedInput) -> NoReturn:
    at = error.pos_in_stream or 0
    word = text[at : at + 1]
    if isinstance(error, UnexpectedToken):
        token = _blamed(error)
        at, word = (token.start_pos or len(text), str(token)) if token.type != "$END" else (len(text), "<EOF>")
    elif isinstance(error, UnexpectedCharacters):
        word = re.match(r"\w+|.", text[at:], re.DOTALL)[0]  # type: ignore[index]  # one character is always there
    raise Refusal(400, "MALFORMED_QUERY", pointed(text, at, f"unexpected token: '{word}'"))


def _blamed(error: UnexpectedToken) -> Token:
    """A word that was taken for an alias is the one to blame: in SELECT Id FORM Lead it is FORM."""
    token: Token = error.token
    before: Token = (error.token_history or [token])[-1] or token  # the first word has nothing before it
    aliased = token.type == "NAME" and before.type == "NAME" and "_FROM" in error.expected
    return before if aliased else token


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0] if found[1] in "%_" else found[1]), text[1:-1])


@v_args(inline=True)
class _Tree(Transformer[Token, Any]):
    """Each method is named after a rule of the grammar."""

    def field(self, name: Token) -> Field:
        return Field(tuple(name.split(".")), name.start_pos or 0)

    def call(self, name: Token, argument: Token | None) -> Function:
        return Function(name.upper(), self.field(argument) if argument else None, name.start_pos or 0)

    def typeof(self, relationship: Field, *parts: Any) -> TypeOf:
        *whens, otherwise = parts
        return TypeOf(relationship, tuple(whens), otherwise or (), relationship.at)

    def when(self, kind: Field, fields: tuple[Field, ...]) -> tuple[Field, tuple[Field, ...]]:
        return kind, fields

    def item(self, what: Operand | Select | TypeOf, alias: Token | None = None) -> Item:
        return Item(what, str(alias) if alias else None, what.at)

    def items(self, *some: Item) -> tuple[Item, ...]:
        return some

    names = orders = values = fields = items

    def source(self, name: Token, alias: Token | None) -> tuple[Token, Token | None]:
        return name, alias

    def order(self, by: Operand, direction: Token | None, place: Token | None) -> Order:
        return Order(by, bool(direction and direction.lower() == "desc"), bool(place and place.lower() == "last"))

    def value(self, token: Token) -> Literal:
        kind = "word" if token.type in ("NAME", "WORD") else token.type.lower()
        return Literal(kind, _unquoted(token) if kind == "string" else str(token), token.start_pos or 0)

    def comparison(self, left: Operand, operator: Token, right: Literal) -> Comparison:
        return Comparison(left, "!=" if operator == "<>" else str(operator), right)

    def like(self, left: Operand, right: Literal) -> Comparison:
        return Comparison(left, "like", right)

    def inside(self, left: Operand, among: tuple[Literal, ...] | Select) -> Membership:
        return Membership(left, among, True)

    def outside(self, left: Operand, among: tuple[Literal, ...] | Select) -> Membership:
        return Membership(left, among, False)

    def negation(self, term: Condition) -> Negation:
        return Negation(term)

    def every(self, *terms: Condition) -> Joined:
        return Joined(terms, True)

    def some(self, *terms: Condition) -> Joined:
        return Joined(terms, False)

    def select(
        self,
        items: tuple[Item, ...],
        source: tuple[Token, Token | None],
        where: Condition | None,
        group: tuple[Operand, ...] | None,
        having: Condition | None,
        order: tuple[Order, ...] | None,
        limit: Token | None,
        offset: Token | None,
    ) -> Select:
        name, alias = source
        counts = int(limit) if limit else None, int(offset) if offset else 0
        return Select(items, str(name), alias, where, group or (), having, order or (), *counts, name.start_pos or 0)
