"""Until when an answer holds if nothing happens: what is asked of an instant is noticed, for whoever is to declare by
hand which instants matter will forget one.

A watched instant equals the plain one and answers every comparison like it. Compared with a later instant, it reports
that one: from there on the answer may be another. Compared with an earlier one it reports nothing, for it only moves
forward. Whatever else is read off it (a sum, a date, a text, a hash) may be another at any moment: that reports the
instant itself, unless whoever asks works with the `plain` one and says itself until when its answer `holds`. Only what
C reads off by itself goes unnoticed: `datetime.combine`, a zone that is asked without `astimezone`, an encoder.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

AFTER = timedelta(microseconds=1)  # what is true up to and with an instant is another just behind it


class Watch:
    """Notices when what is asked of an instant may come out otherwise, if that instant moves on."""

    __slots__ = ("_moves_at",)

    def __init__(self) -> None:
        self._moves_at: datetime | None = None

    @property
    def moves_at(self) -> datetime | None:
        """The earliest instant reported since `begin`: before it every answer is the same; None: it is for ever."""
        return self._moves_at.astimezone(UTC) if self._moves_at else None

    def begin(self) -> None:
        self._moves_at = None

    def instant(self, at: datetime) -> datetime:
        """Equal to `at`, which is aware, and reports to this watch. Several instants may, as now and the horizons: none
        comes to a reported instant before the latest of them does."""
        return watched(plain(at), self)

    def until(self, at: datetime) -> None:
        """An answer holds until then."""
        if self._moves_at is None or at < self._moves_at:
            self._moves_at = at


class Watched(datetime):
    """An instant that reports; nothing that is worked out may hold it."""

    __slots__ = ("at", "watch")
    at: datetime
    watch: Watch

    def __lt__(self, other: Any, /) -> bool:
        if type(other) is Watched:
            return beside(self, other) and self.at < other.at
        if self.at < other:
            self.watch.until(other)
            return True
        return False

    def __gt__(self, other: Any, /) -> bool:
        if type(other) is Watched:
            return beside(self, other) and self.at > other.at
        if self.at > other:
            return True
        self.watch.until(other if self.at < other else self.at + AFTER)
        return False

    def __ge__(self, other: Any, /) -> bool:
        return not self < other

    def __le__(self, other: Any, /) -> bool:
        return not self > other

    def __eq__(self, other: object, /) -> bool:
        if type(other) is Watched:
            return beside(self, other) and self.at == other.at
        if self.at == other:
            self.watch.until(self.at + AFTER)
            return True
        if isinstance(other, datetime) and other.tzinfo and self.at < other:
            self.watch.until(other)
        return False

    def __ne__(self, other: object, /) -> bool:
        return not self == other


def watched(at: datetime, watch: Watch) -> Watched:
    made = Watched(
        at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond, at.tzinfo, fold=at.fold
    )  # fmt: skip
    made.at, made.watch = at, watch
    return made


def beside(one: Watched, other: Watched) -> bool:
    """Of two that move, each as it likes, nobody knows until when they stand as they do; one is always as it is itself.
    Always true."""
    if one is not other:
        one.watch.until(one.at)
        other.watch.until(other.at)
    return True


def read_off(name: str) -> Any:
    """What a plain instant has under this name, reported as what may be another at any moment."""
    held = getattr(datetime, name)
    if not callable(held):

        def read(self: Watched) -> Any:
            self.watch.until(self.at)
            return getattr(self.at, name)

        return property(read)

    def ask(self: Watched, *args: Any, **named: Any) -> Any:
        self.watch.until(self.at)
        return held(self.at, *args, **named)

    return ask


HARMLESS = {
    "tzinfo", "min", "max", "resolution",  # the same of every instant
    "combine", "fromisocalendar", "fromisoformat", "fromordinal", "fromtimestamp", "now", "strptime", "today",
    "utcfromtimestamp", "utcnow",  # asked of no instant
    "__class__", "__delattr__", "__dir__", "__doc__", "__getattribute__", "__getstate__", "__init__",
    "__init_subclass__", "__new__", "__setattr__", "__sizeof__", "__subclasshook__",  # of every object
}  # fmt: skip
for _name in set(dir(datetime)) - HARMLESS - {"__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"}:
    setattr(Watched, _name, read_off(_name))


def plain(at: datetime) -> datetime:
    """The instant as nobody watches it. Whoever asks this one has to say until when the answer `holds`."""
    return at.at if type(at) is Watched else at


def holds(at: datetime, until: datetime) -> None:
    """An answer that was worked out of the plain instant is the same until then."""
    if type(at) is Watched:
        at.watch.until(until)
