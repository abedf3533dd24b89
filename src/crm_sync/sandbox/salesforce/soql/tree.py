"""A SOQL statement as data; `at` is where in the text a part stands, for the caret in an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Field:
    """A field, perhaps of a parent: Owner.Name is ("Owner", "Name")."""

    path: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Function:
    """COUNT(), SUM(Amount), FIELDS(ALL): the argument is a field's path, or nothing."""

    name: str
    argument: Field | None
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """`kind` is string, number, date, datetime or word; words are null, true, TODAY, LAST_N_DAYS:30 ..."""

    kind: str
    text: str
    at: int


Operand: TypeAlias = Field | Function


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is = != < <= > >= or like."""

    left: Operand
    operator: str
    right: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """IN or NOT IN a list of values or the rows of another query."""

    left: Operand
    among: tuple[Literal, ...] | Select
    inside: bool


@dataclass(frozen=True, slots=True)
class Negation:
    term: Condition


@dataclass(frozen=True, slots=True)
class Joined:
    """Terms joined by AND (`every`) or by OR."""

    terms: tuple[Condition, ...]
    every: bool


Condition: TypeAlias = Comparison | Membership | Negation | Joined


@dataclass(frozen=True, slots=True)
class TypeOf:
    """TYPEOF What WHEN Account THEN Phone ELSE Name END: what is read of each kind of parent, and of any other."""

    relationship: Field
    whens: tuple[tuple[Field, tuple[Field, ...]], ...]
    otherwise: tuple[Field, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing selected; a Select is a list of children."""

    what: Operand | Select | TypeOf
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Order:
    by: Operand
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Select:
    items: tuple[Item, ...]
    source: str
    alias: str | None
    where: Condition | None
    group: tuple[Operand, ...]
    having: Condition | None
    order: tuple[Order, ...]
    limit: int | None
    offset: int
    at: int

    def functions(self) -> list[Function]:
        return [one.what for one in self.items if isinstance(one.what, Function)]
