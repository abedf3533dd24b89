"""A question is SQL text with a name and a sentence above it; tables go in as Arrow, and Arrow comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

Tables = Mapping[str, pa.Table]


class Engine(Protocol):
    """Answers SQL (DuckDB's dialect) over the given tables; keeps nothing between questions."""

    def ask(self, question: str, tables: Tables) -> pa.Table:
        """Raises Failed with the question's name when the SQL cannot be run."""
