"""WHERE and HAVING as SQL with bound values: never NULL, since in SOQL a condition is either true or false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.soql.dates import span
from crm_sync.sandbox.salesforce.soql.scope import Column, Scope, open_scope
from crm_sync.sandbox.salesforce.soql.tree import (
    Comparison,
    Condition,
    Field,
    Joined,
    Literal,
    Membership,
    Negation,
    Operand,
    Select,
)

_NUMBERS = ("int", "double", "currency", "percent")
_QUOTED = "value of filter criterion for field '{}' must be of type {} and should be enclosed in quotes"
_UNQUOTED = "value of filter criterion for field '{}' must be of type {} and should not be enclosed in quotes"


@dataclass(slots=True)
class Filter:
    """Compiles conditions of one scope; `values` are what its question marks stand for, in their order."""

    scope: Scope
    everything: bool = False  # deleted rows too, in semi-joins
    values: list[Any] = field(default_factory=list)

    def sql(self, condition: Condition) -> str:
        match condition:
            case Joined(terms, every):
                return "(" + (" AND " if every else " OR ").join(self.sql(one) for one in terms) + ")"
            case Negation(term):
                return f"(NOT {self.sql(term)})"
            case Membership():
                return self._membership(condition)
            case Comparison():
                return self._comparison(condition)

    def _comparison(self, wanted: Comparison) -> str:
        column = self._column(wanted.left, wanted.right)
        if column.type == "boolean":
            return self._boolean(column, wanted)
        if self._is_null(wanted.right):
            return self._null(column, wanted)
        if wanted.operator == "like":
            self.values.append(self._text(column, wanted.right))
            return f"coalesce({column.sql} LIKE ? ESCAPE '\\', 0)"
        if column.type in ("date", "datetime"):
            return self._day(column, wanted)
        return self._plain(column, wanted)

    def _plain(self, column: Column, wanted: Comparison) -> str:
        value = self._value(column, wanted.right)
        self.values.append(value)
        compared = column.sql + collation(column, value)
        if wanted.operator in ("=", "!="):
            return f"({compared} {'IS' if wanted.operator == '=' else 'IS NOT'} ?)"
        return _known(column, f"{compared} {wanted.operator} ?")

    def _null(self, column: Column, wanted: Comparison) -> str:
        if wanted.operator not in ("=", "!="):
            self.scope.refuse("MALFORMED_QUERY", wanted.right.at, f"invalid operator on {column.label} with null")
        return f"({column.sql} IS {'' if wanted.operator == '=' else 'NOT '}NULL)"

    def _boolean(self, column: Column, wanted: Comparison) -> str:
        word = wanted.right.text.lower()
        if wanted.right.kind != "word" or word not in ("true", "false", "null") or wanted.operator not in ("=", "!="):
            self._refuse(_UNQUOTED, column, wanted.right)
        is_true = (word == "true") == (wanted.operator == "=")
        if column.sql.endswith(" IS NOT NULL)"):  # what is deleted has an index of its own
            return column.sql if is_true else f"(NOT {column.sql})"
        return f"(coalesce({column.sql}, 0) = {int(is_true)})"

    def _day(self, column: Column, wanted: Comparison) -> str:
        covered = self._span(column, wanted.right)
        start, end = covered.start, covered.end
        match wanted.operator:
            case "=" | "!=":
                self.values += [start, end]
                inside = _known(column, f"{column.sql} >= ? AND {column.sql} < ?")
                return inside if wanted.operator == "=" else f"(NOT {inside})"
            case "<" | ">=":
                self.values.append(start)
                return _known(column, f"{column.sql} {wanted.operator} ?")
            case _:
                self.values.append(end)
                return _known(column, f"{column.sql} {'>=' if wanted.operator == '>' else '<'} ?")

    def _membership(self, wanted: Membership) -> str:
        if isinstance(wanted.among, Select):
            return self._semi_join(wanted.left, wanted.among, inside=wanted.inside)
        terms = [Comparison(wanted.left, "=", one) for one in wanted.among]
        column = self._column(wanted.left, wanted.among[0])
        if column.type in ("boolean", "date", "datetime") or any(self._is_null(one) for one in wanted.among):
            found = self.sql(Joined(tuple(terms), every=False))
        else:
            found = self._listed(column, [self._value(column, one) for one in wanted.among])
        return found if wanted.inside else f"(NOT {found})"

    def _listed(self, column: Column, values: Sequence[Any]) -> str:
        self.values += values
        folded = next((one for one in (collation(column, value) for value in values) if "SALESFORCE" in one), None)
        compared = column.sql + (folded or collation(column, values[0]))
        return _known(column, f"{compared} IN ({', '.join('?' * len(values))})")

    def _semi_join(self, left: Operand, among: Select, *, inside: bool) -> str:
        column = self.scope.operand(left)
        inner = open_scope(
            self.scope.world, self.scope.text, among, tooling=self.scope.tooling, name=f"{self.scope.root.name}s"
        )
        if len(among.items) != 1 or not isinstance(among.items[0].what, Field):
            self.scope.refuse("MALFORMED_QUERY", among.items[0].at, "a semi-join selects exactly one field")
        selected, conditions = inner.column(among.items[0].what), Filter(inner, self.everything, self.values)
        where = among_sql(inner, conditions, among)
        found = _known(column, f"{column.sql} IN (SELECT {selected.sql} FROM {where} AND {selected.sql} IS NOT NULL)")
        return found if inside else f"(NOT {found})"

    def _column(self, operand: Operand, literal: Literal) -> Column:
        column = self.scope.operand(operand)
        if not column.filterable:
            self.scope.refuse(
                "INVALID_FIELD", operand.at, f"field '{column.label}' can not be filtered in a query call"
            )
        return column

    def _value(self, column: Column, literal: Literal) -> Any:
        if column.type in _NUMBERS:
            if literal.kind != "number":
                self._refuse(_UNQUOTED, column, literal)
            return float(literal.text)
        text = self._text(column, literal)
        return self._id(text, literal) if column.type in ("id", "reference") else text

    def _id(self, text: str, literal: Literal) -> str:
        found = full_id(text)
        if found is None:
            self.scope.refuse("INVALID_QUERY_FILTER_OPERATOR", literal.at, f"invalid ID field: {text}")
        return found

    def _text(self, column: Column, literal: Literal) -> str:
        if literal.kind != "string":
            self._refuse(_QUOTED, column, literal)
        return literal.text

    def _span(self, column: Column, literal: Literal) -> Any:
        user = self.scope.world.notes["salesforce_app"]["user_id"]
        zone = self.scope.world.table("salesforce", "User").get([user], ["TimeZoneSidKey"])
        name = zone.get(user, {}).get("TimeZoneSidKey") or "UTC"
        found = span(literal, self.scope.world.clock.now(), ZoneInfo(name), of_days=column.type == "date")
        if found is None:
            self._refuse(_UNQUOTED, column, literal)
        return found

    def _refuse(self, message: str, column: Column, literal: Literal) -> NoReturn:
        said = {"datetime": "dateTime", "picklist": "string", "email": "string", "phone": "string"}.get(
            column.type, column.type
        )
        self.scope.refuse("INVALID_FIELD", literal.at, message.format(column.label, said))

    @staticmethod
    def _is_null(literal: Literal) -> bool:
        return (literal.kind == "word" and literal.text.lower() == "null") or (
            literal.kind == "string" and not literal.text
        )


def _known(column: Column, condition: str) -> str:
    """False where there is no value. `coalesce` would say the same, and hide the column from its index."""
    return f"({column.sql} IS NOT NULL AND {condition})"


def among_sql(scope: Scope, conditions: Filter, select: Select) -> str:
    """FROM and WHERE of a statement: its object, the joins its conditions need, deleted rows left out unless wanted."""
    where = conditions.sql(select.where) if select.where is not None else "1"
    alive = "" if conditions.everything else f" AND {scope.root.name}._archived_at IS NULL"
    return f"{scope.root.sight.table.sql_name} AS {scope.root.name}{scope.sql} WHERE {where}{alive}"


def collation(column: Column, value: object) -> str:
    """Text compares without regard to case; SQLite's own way knows only the letters of ASCII. Ids are exact."""
    if not isinstance(value, str) or column.type in ("id", "reference"):
        return ""
    return " COLLATE NOCASE" if value.isascii() else " COLLATE SALESFORCE"
