"""Several batches of writes on their way at once, and a receipt for every write whatever becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from crm_sync.changes import Receipt, Write
from crm_sync.connectors.landing import land
from crm_sync.errors import TryLater

Send = Callable[[Sequence[Write]], Awaitable[list[Receipt]]]


async def in_lanes(writes: Sequence[Write], size: int, lanes: int, send: Send) -> list[Receipt]:
    """Sends batches of `size`, up to `lanes` at a time. Once the CRM says that it is busy no other batch is begun, and
    what was not answered is receipted as `retry`. Raises TryLater when nothing was answered at all."""
    found: list[Receipt] = []
    for wave in waves(writes):
        batches = iter([wave[start : start + size] for start in range(0, len(wave), size)])
        busy = await all_of([lane(batches, send, found) for _ in range(lanes)])
        if problem := next(filter(None, busy), None):
            if not found:
                raise problem
            answered = {receipt.key for receipt in found}
            return found + [later(write, str(problem)) for write in writes if write.key not in answered]
    return found


def waves(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """A record stands once in a wave: CRMs refuse twins in a batch, and two batches know no order."""
    waiting = list(writes)
    while waiting:
        wave = {write.ref: write for write in reversed(waiting)}
        keys = {write.key for write in wave.values()}
        yield [write for write in waiting if write.key in keys]
        waiting = [write for write in waiting if write.key not in keys]


async def lane(batches: Iterator[Sequence[Write]], send: Send, found: list[Receipt]) -> TryLater | None:
    """Takes one batch after the other; a CRM that is busy ends all lanes, since none finds another batch."""
    for batch in batches:
        try:
            found += await send(batch)
        except TryLater as problem:
            for _ in batches:
                pass
            return problem
    return None


async def all_of(work: Sequence[Awaitable[TryLater | None]]) -> list[TryLater | None]:
    """Runs all at once; the first error ends the others and is raised."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await land(tasks)


def later(write: Write, why: str) -> Receipt:
    return Receipt(write.key, "retry", "transient", f"{write.ref}: {why}")
