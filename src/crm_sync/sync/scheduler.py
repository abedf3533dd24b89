"""Sync again and again, one run after the other; a busy CRM or a held lease delays a run, nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from crm_sync.clock import stopwatch
from crm_sync.errors import CrmSyncError, Locked, TryLater
from crm_sync.sync.progress import Summary


async def every(
    interval: timedelta,
    run: Callable[[], Awaitable[Summary]],
    tell: Callable[[Summary | CrmSyncError], None],
    *,
    times: int | None = None,
) -> None:
    """Runs at once and then each `interval` after the last start; `tell` hears every result. Errors that a person must
    mend end the service and are raised; `times` bounds the runs."""
    done = 0
    while times is None or done < times:
        began = stopwatch()
        try:
            tell(await run())
        except (TryLater, Locked) as passing:
            tell(passing)
        done += 1
        if times is None or done < times:
            await asyncio.sleep(max(0.0, interval.total_seconds() - (stopwatch() - began)))
