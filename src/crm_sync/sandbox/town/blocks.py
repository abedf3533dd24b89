"""A town in blocks of neighbours: each is drawn and told for itself, in any process, and always comes out alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: People in a block: a multiple of sixty, so that the users of one role mailbox are neighbours (people.py).
SIZE: Final = 3_000
_FOR_A_COMPANY = 6
_FEWEST_COMPANIES = 8
_ROOM = 100  # numbers of one kind of record that a person may use up, on average over the block


@dataclass(frozen=True, slots=True)
class Block:
    """The inhabitants from `first` to the one before `end`, and the companies in which they work."""

    number: int
    first: int
    end: int

    @property
    def companies(self) -> range:
        """A company for about six people."""
        start = self.first // _FOR_A_COMPANY
        return range(start, start + max(_FEWEST_COMPANIES, (self.end - self.first) // _FOR_A_COMPANY))

    @property
    def records(self) -> int:
        """The number of the block's first record of a kind that is counted rather than named after a person."""
        return self.first * _ROOM


def blocks_of(people: int) -> list[Block]:
    """The whole town."""
    return [Block(number, first, min(people, first + SIZE)) for number, first in enumerate(range(0, people, SIZE))]
