"""JSON as both CRMs send it, and a short way from many rows to it: column by column, without an object per row.

A page of a hundred records has a hundred times the same keys. They are printed once; the values of a column are printed
together, and a row is its keys and values joined.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from json.encoder import encode_basestring as in_quotes
from typing import Any, Final

__all__ = ["NULL", "Json", "as_json", "in_quotes", "listed", "objects", "plain", "scalars"]

NULL: Final = "null"


@dataclass(frozen=True, slots=True)
class Json:
    """A value that is JSON already. It may be a whole body, or stand in one right below its keys."""

    text: str

    def __or__(self, more: Mapping[str, Any]) -> Json:
        """This object with further keys, none of which it has."""
        return Json(f"{self.text[:-1]},{as_json(more)[1:]}") if more else self


def as_json(value: Any) -> str:
    """Compact, UTF-8."""
    if isinstance(value, Json):
        return value.text
    if isinstance(value, dict) and any(isinstance(one, Json) for one in value.values()):
        return "{" + ",".join(f"{in_quotes(key)}:{as_json(one)}" for key, one in value.items()) + "}"
    return _encode(value)


_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def listed(items: Sequence[Any]) -> Json:
    """A list, whose items may be text already."""
    if any(isinstance(one, Json) for one in items):
        return Json(f"[{','.join([as_json(one) for one in items])}]")
    return Json(_encode(items))


def objects(columns: Mapping[str, Iterable[str]]) -> list[str]:
    """One object per row. Each key brings the texts that the rows have for it; there is at least one key."""
    parts: list[Iterable[str]] = []
    for key, texts in columns.items():
        parts += [repeat(f"{',' if parts else '{'}{in_quotes(key)}:"), texts]
    return ["".join(row) for row in zip(*parts, repeat("}"))]


def scalars(values: Iterable[str | float | None]) -> list[str]:
    """The texts of a column that holds texts, numbers and nulls."""
    return [in_quotes(one) if isinstance(one, str) else NULL if one is None else repr(one) for one in values]


def plain(value: Any) -> Any:
    """The same value without text in it, for those who look inside."""
    return json.loads(as_json(value))
