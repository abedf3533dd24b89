"""What the parts of a question are here: functions from a row to a cell, and from tables to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]  # of a plan, as DuckDB serializes it
Row = tuple[Any, ...]
Cell = Callable[[Row], Any]


class Unknown(Exception):
    """A plan holds something that is not done here; the question has to go another way."""


class Beyond(Exception):
    """A cell is of a kind for which the answer here might be another one; these rows have to go another way."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same in every row."""

    value: Any

    def __call__(self, row: Row) -> Any:
        return self.value
