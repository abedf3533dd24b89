"""Working hours as one line of text: which days, and when on them.

    monday-friday 09:00-14:00 15:00-18:00; saturday 10:00-14:00

Times are those on the wall where they hold, from the first minute up to the last, which is not worked any more; 24:00
is the end of a day, and a shift that ends before it begins (22:00-06:00) ends on the next one. Days with the same hours
stand together, in the order of the week, so that the same hours are always the same text, whichever CRM told them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
END_OF_DAY: Final = 24 * 60
FORM: Final = 'hours such as "monday-friday 09:00-14:00 15:00-18:00; saturday 10:00-14:00"'

Window = tuple[int, int]  # half-open, in minutes after midnight
Day = tuple[Window, ...]
Weekly = tuple[Day, ...]  # seven days, Monday first


def weekly_of(windows: Iterable[tuple[int, int, int]]) -> Weekly:
    """From (weekday, start, end), Monday being 0; what lies beyond midnight belongs to the next day. Windows that
    overlap or touch become one; empty ones say nothing."""
    found: tuple[list[Window], ...] = tuple([] for _ in WEEKDAYS)
    for day, start, end in windows:
        if start < min(end, END_OF_DAY):
            found[day].append((start, min(end, END_OF_DAY)))
        if end > END_OF_DAY:
            found[(day + 1) % 7].append((0, end - END_OF_DAY))
    return tuple(tuple(united(day)) for day in found)


def united(windows: Iterable[Window]) -> Iterator[Window]:
    held: Window | None = None
    for start, end in sorted(windows):
        if held and start <= held[1]:
            held = held[0], max(held[1], end)
            continue
        if held:
            yield held
        held = start, end
    if held:
        yield held


def hours_text(weekly: Weekly) -> str | None:
    """None when nobody works on any day: that says no more than nothing."""
    days = groupby(enumerate(weekly), key=lambda day: day[1])
    told = [f"{named([at for at, _ in some])} {' '.join(map(window_text, hours))}" for hours, some in days if hours]
    return "; ".join(told) or None


def named(days: list[int]) -> str:
    return WEEKDAYS[days[0]] if len(days) == 1 else f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"


def window_text(window: Window) -> str:
    """As `window_of` reads it."""
    start, end = window
    end = end - END_OF_DAY if end > END_OF_DAY else end
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start, end))


def hours_of(text: str) -> Weekly:
    """What `hours_text` wrote, or a person. Raises ValueError."""
    return weekly_of(one for part in text.split(";") if part.strip() for one in part_of(part.split()))


def part_of(words: list[str]) -> Iterator[tuple[int, int, int]]:
    first, _, last = words[0].lower().partition("-")
    days = range(weekday(first), weekday(last or first) + 1)
    if not days or not words[1:]:
        raise ValueError(f"{' '.join(words)!r} names no days with their hours")
    yield from ((day, *window_of(word)) for word in words[1:] for day in days)


def weekday(word: str) -> int:
    found = [at for at, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    if not found:
        raise ValueError(f"{word!r} is no day of the week")
    return found[0]


def window_of(text: str) -> Window:
    """`09:00-14:00`; of a shift through the night (`22:00-06:00`) the end lies beyond the end of the day. Raises
    ValueError."""
    match = re.fullmatch(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", text)
    start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if start == end or start >= END_OF_DAY or end > END_OF_DAY:
        raise ValueError(f"{text!r} is no window of a day")
    return start, end if start < end else end + END_OF_DAY
