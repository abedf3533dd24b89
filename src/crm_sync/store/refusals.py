"""What a refusal means, by its class, and what gives the refused write another chance.

Another value for the same record, and `crm-sync errors release`, are another chance for every class. Beyond that:

MOVES  what has to be different from when the write was refused. "record": its version in the CRM. "rights": our
       fields' definitions and permissions there, as the connector sees them when a run begins.
PAUSE  for what passes by itself: until it is tried again, doubled with every attempt up to LONGEST.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
LONGEST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Class:
    """One line of the table: exactly one of `moves` and `pause` is given."""

    means: str
    moves: tuple[str, ...] = ()
    pause: timedelta | None = None

    @property
    def until(self) -> str:
        """What a refused write of this class waits for."""
        if self.pause:
            return f"time: {spoken(self.pause)}, doubled each time, {spoken(LONGEST)} at most"
        return " or ".join(WAITED_FOR[one] for one in self.moves)


WAITED_FOR: Final[Mapping[str, str]] = {
    "record": "a change of the record in the CRM",
    "rights": "a change of our fields or permissions there",
}
BOTH: Final = ("record", "rights")

CLASSES: Final[Mapping[str, Class]] = {
    # Who may write a record follows from its owner and its sharing: an edit of the record may be what grants it.
    "permission":  Class("we may not write the field or the record", BOTH),
    "validation":  Class("a rule or a format of the CRM does not allow it", BOTH),
    "picklist":    Class("the value is not among the options", BOTH),  # a record's type may decide which there are
    "duplicate":   Class("another record has it already, or looks the same", ("record",)),
    "association": Class("a record that this one points to does not fit", ("record",)),
    "missing":     Class("the record or the field is not there", BOTH),
    "bug":         Class("words that we do not know, or a mistake of ours", BOTH),
    "limit":       Class("storage or a quota is used up", pause=HOUR),
    "auth":        Class("the login was not accepted for this row", pause=600 * SECOND),
    "transient":   Class("the CRM was busy, a row was locked, an answer was lost", pause=30 * SECOND),
}  # fmt: skip


def class_of(reason: str | None) -> Class:
    """The line of a class; what no line names is a bug, ours to look at."""
    return CLASSES.get(reason or "", CLASSES["bug"])


def pause_after(one: Class, attempts: int) -> timedelta | None:
    """How long a write of this class rests after so many attempts; None when time alone changes nothing."""
    return min(one.pause * 2 ** min(attempts - 1, 30), LONGEST) if one.pause else None


def spoken(length: timedelta) -> str:
    """30 seconds, 10 minutes, 1 hour, 1 day."""
    units = ((timedelta(days=1), "day"), (HOUR, "hour"), (60 * SECOND, "minute"), (SECOND, "second"))
    count, name = next((length // unit, name) for unit, name in units if length >= unit)
    return f"{count} {name}" + ("s" if count > 1 else "")


def as_lines() -> Iterator[str]:
    """The table as docs show it."""
    yield from ("| class | what it means | what a refused write waits for |", "|---|---|---|")
    for name, one in CLASSES.items():
        yield f"| `{name}` | {one.means} | {one.until} |"
