"""Errands: what a run need not ask every time, since HubSpot can only list all of it, spread over the hour.

Were all of them due at once, one run in three would cost half as many calls again as the others. So each has its own
minute: runs that are ten minutes apart share them out, and one that comes later runs all that are due by then.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
#: What is gone: two of them in ten minutes.
ARCHIVED: Final = ("contacts", "companies", "deals", "calls", "emails", "meetings", "communications")
ARCHIVED_EVERY: Final = 35 * MINUTE
#: What decides no verdict: one of them in ten minutes.
OTHERS: Final = ("campaigns", "forms", "marketing_emails", "users")
OTHERS_EVERY: Final = 60 * MINUTE
BEGINNING: Final = datetime(1970, 1, 1, 0, 1, 30, tzinfo=UTC)  # between the minutes at which schedulers start runs


def is_due(errand: str, last: datetime, now: datetime) -> bool:
    """Whether the errand's minute has come since it was run last: at the latest when its whole time has passed."""
    return now > last and turn(errand, now) > turn(errand, last)


def turn(errand: str, at: datetime) -> int:
    """How often the errand's minute had come by then."""
    names, every = (ARCHIVED, ARCHIVED_EVERY) if errand in ARCHIVED else (OTHERS, OTHERS_EVERY)
    return (at - BEGINNING - every * names.index(errand) / len(names)) // every
