"""A block of the town told into rows, with the truth about it: what passes from the tellers to the one who writes."""

from __future__ import annotations

import marshal
from dataclasses import dataclass

from crm_sync.sandbox.town.ledger import Change, Kind, Pair, Sheet


@dataclass(frozen=True, slots=True)
class Answers:
    """The truth about one block: people and deals as JSON, one a line, and what the totals are made of."""

    people: str
    deals: str
    count: int
    records: int
    won: int
    won_cents: int


@dataclass(frozen=True, slots=True)
class Told:
    sheets: list[Sheet]
    changes: list[Change]
    pairs: dict[Kind, list[Pair]]
    reached: dict[int, int]  # campaign, how many of its members live here
    answers: Answers

    def packed(self) -> bytes:
        """For a process of the same Python."""
        sheets = [(one.face, one.table, one.columns, one.rows, one.same) for one in self.sheets]
        true = self.answers
        answers = (true.people, true.deals, true.count, true.records, true.won, true.won_cents)
        return marshal.dumps((sheets, self.changes, self.pairs, self.reached, answers))

    @classmethod
    def unpacked(cls, data: bytes) -> Told:
        sheets, changes, pairs, reached, answers = marshal.loads(data)
        return cls([Sheet(*one) for one in sheets], changes, pairs, reached, Answers(*answers))
