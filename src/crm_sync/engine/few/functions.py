"""The functions that questions call, by DuckDB's names. They are asked only where nothing of what they take is missing,
but for those that say what they make of that.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from ctypes import c_float
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from crm_sync.engine.few import marks, texts
from crm_sync.engine.few.base import Beyond

Function = Callable[..., Any]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def single(number: float) -> float:
    """As a number of 32 bits."""
    return c_float(number).value


def divided(x: int, y: int) -> int:
    if x < 0 or y <= 0:
        raise Beyond
    return x // y


def logarithm(x: float) -> float:
    if x <= 0:
        raise Beyond
    return math.log(x)


def away(x: float) -> float:
    """The nearest whole number; of two, that farther away from zero."""
    return math.copysign(math.floor(abs(x) + 0.5), x)


def seconds(instant: datetime) -> float:
    return (instant.replace(tzinfo=UTC) - EPOCH) // MICROSECOND / 1e6


def right(text: str, count: int) -> str:
    return text[-count:] if count else ""


def substr(text: str, first: int) -> str:
    if first < 1:
        raise Beyond
    return text[first - 1 :]


def replace(text: str, what: str, by: str) -> str:
    return text.replace(what, by) if what else text


def string_split(text: str, between: str) -> list[str]:
    if not between:
        raise Beyond
    return text.split(between)


def item(values: Sequence[Any], place: int) -> Any:
    if place < 1:
        raise Beyond
    return values[place - 1] if place <= len(values) else None


def part(values: Sequence[Any], first: int, last: int) -> Sequence[Any]:
    if first < 1 or last < 0:
        raise Beyond
    return values[first - 1 : last]


def length(values: Sequence[Any], dimension: int = 1) -> int:
    if dimension != 1:
        raise Beyond
    return len(values)


def series(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def joined(values: Sequence[Any], how: str, between: str) -> str | None:
    if how != "string_agg":
        raise Beyond
    told = [value for value in values if value is not None]
    return between.join(told) if told else None


def distinct(values: Sequence[Any]) -> list[Any]:
    return [value for value in dict.fromkeys(values) if value is not None]


def sorted_down(values: Sequence[Any]) -> list[Any]:
    return sorted(values, reverse=True)


#: By name; those in SINGLE give numbers of 32 bits where they are said to.
STRICT: Final[Mapping[str, Function]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "*": operator.mul, "/": operator.truediv, "//": divided, ">>": operator.rshift,
    "||": operator.add, "abs": abs, "ln": logarithm, "round": away, "epoch": seconds, "chr": chr,
    "length": len, "left": lambda text, count: text[:count], "right": right, "substr": substr, "replace": replace,
    "starts_with": str.startswith, "contains": operator.contains, "ltrim": str.lstrip, "trim": texts.trim,
    "lower": texts.lower, "strip_accents": texts.strip_accents, "string_split": string_split,
    "regexp_replace": texts.replaced, "regexp_full_match": texts.matches, "regexp_split_to_array": texts.split,
    "~~": texts.like, "damerau_levenshtein": texts.damerau_levenshtein,
    "jaro_winkler_similarity": texts.jaro_winkler, "printf": texts.printed, "len": len, "array_length": length,
    "array_extract": item, "array_slice": part, "generate_series": series, "list_aggr": joined,
    "list_distinct": distinct, "list_reverse_sort": sorted_down,
}  # fmt: skip
SINGLE: Final = frozenset({"+", "-", "*", "/"})


def least(*cells: Any) -> Any:
    return min((cell for cell in cells if cell is not None), default=None)


def greatest(*cells: Any) -> Any:
    return max((cell for cell in cells if cell is not None), default=None)


def concat_ws(between: str | None, *cells: str | None) -> str | None:
    return None if between is None else between.join(cell for cell in cells if cell is not None)


def concat(*lists: list[Any] | None) -> list[Any] | None:
    told = [one for one in lists if one is not None]
    return [cell for one in told for cell in one] if told else None


def listed(*cells: Any) -> list[Any]:
    return list(cells)


def packed(*cells: Any) -> tuple[Any, ...]:
    return cells


#: What these make of something that is missing is their own.
OPEN: Final[Mapping[str, Function]] = {
    "least": least, "greatest": greatest, "concat_ws": concat_ws, "list_concat": concat, "list_value": listed,
    "struct_pack": packed, "hash": marks.mark,
}  # fmt: skip
