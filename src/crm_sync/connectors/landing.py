"""Ends calls that nobody waits for any more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

MOMENT = 2.0  # seconds


async def land(calls: Collection[asyncio.Future[Any]]) -> None:
    """Calls on their way get a moment to come back, and are cut off then: a connection that is cut stays open
    until its client ends. What they bring, errors included, is of no interest any more."""
    if calls:
        await asyncio.wait(calls, timeout=MOMENT)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
