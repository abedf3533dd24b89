"""Errands: what a run need not ask every time, since HubSpot can only list all of it, spread over the half-hour.

Were all of them due at once, one run in three would cost half as many calls again as the others. So each has its own
minute: runs that are ten minutes apart share them out, and one that comes later runs all that are due by then.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

EVERY: Final = timedelta(minutes=30)
#: In the order in which they fall due, so that dear ones (an extra call for each campaign and form) lie apart.
ERRANDS: Final = (
    "contacts", "campaigns", "companies", "deals", "forms", "calls", "emails", "marketing_emails", "meetings", "users",
    "communications",
)  # fmt: skip
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_due(errand: str, last: datetime, now: datetime) -> bool:
    """Whether the errand's minute has come since it was run last: at the latest half an hour after."""
    return now > last and turn(errand, now) > turn(errand, last)


def turn(errand: str, at: datetime) -> int:
    """How often the errand's minute had come by then."""
    return (at - BEGINNING - EVERY * ERRANDS.index(errand) / len(ERRANDS)) // EVERY
