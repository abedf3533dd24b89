"""What is asked of one object, as SOQL in the order of ids, and the ways in which an answer can end early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_sync.connectors.salesforce.describe import Sight
from crm_sync.connectors.salesforce.rows import Columns, Texts
from crm_sync.connectors.salesforce.values import quoted


class TooSlow(Exception):
    """The statement takes longer than Salesforce allows: ask for less."""


class Lost(Exception):
    """The answer broke off: ask again from the last row that is safe."""


class Short(Lost):
    """The answer is not as long as it said, and nobody knows where rows are missing."""


class NotInBulk(Exception):
    """Bulk does not take this statement."""


@dataclass(frozen=True, slots=True)
class Question:
    """Rows of one object. Only fields that our user sees are asked for: one more would cost the whole answer."""

    object: str
    fields: tuple[str, ...]
    sight: Sight
    where: tuple[str, ...] = ()

    @classmethod
    def about(cls, object_: str, fields: Sequence[str], sight: Sight, *where: str) -> Question:
        return cls(object_, tuple(filter(sight.has, fields)), sight, tuple(filter(None, where)))

    def text(self, after: str | None = None, limit: int | None = None) -> str:
        """The rows after an id, in the order of ids: ties of stamps do not matter, and every row is a place to stop."""
        where = (*self.where, f"Id > {quoted(after)}") if after else self.where
        conditions = f" WHERE {' AND '.join(where)}" if where else ""
        asked = f"SELECT {', '.join(self.fields)} FROM {self.object}{conditions} ORDER BY Id"
        return f"{asked} LIMIT {limit}" if limit else asked


@dataclass(frozen=True, slots=True)
class Rows:
    """A part of an answer."""

    columns: Columns
    rows: list[Texts]

    @property
    def last_id(self) -> str | None:
        """The id that everything here comes before; None when the rows are not in their order."""
        place = self.columns.at("Id")
        ids = [row[place] for row in self.rows]
        return ids[-1] if ids and all(map(str.__lt__, ids, ids[1:])) else None


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of an answer that has `total` rows; `more` when another follows."""

    rows: Rows
    total: int
    more: bool
