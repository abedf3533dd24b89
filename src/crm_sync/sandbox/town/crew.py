"""Who tells the blocks: this process for a small town, a few others beside it for a large one.

The others are started as commands, not forked: the sandbox may run inside any program, with threads and all. Each takes
every so many-th block and answers on its standard output; who reads takes the blocks in their order.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Final

from crm_sync.sandbox.town.block import tell_block
from crm_sync.sandbox.town.blocks import blocks_of
from crm_sync.sandbox.town.told import Told

_WORTH_IT: Final = 4  # blocks; below that, starting Python takes longer than telling
_MOST: Final = 8  # more only wait for the one who writes
_LENGTH: Final = 8


def told_blocks(seed: int, people: int, now: int, workers: int | None = None) -> Iterator[Told]:
    """Every block of the town, in order."""
    blocks = blocks_of(people)
    if workers is None:
        workers = min(os.cpu_count() or 1, _MOST) if len(blocks) >= _WORTH_IT else 0
    if workers < 1:
        yield from (tell_block(seed, people, now, one) for one in blocks)
        return
    with ExitStack() as stack:
        crew = [stack.enter_context(_started(seed, people, now, number, workers)) for number in range(workers)]
        stack.callback(_dismiss, crew)
        for one in blocks:
            yield _answer(crew[one.number % workers])


def work(seed: int, people: int, now: int, first: int, step: int, out: IO[bytes]) -> None:
    """What a worker does: every `step`th block from the `first` on, each with its length before it."""
    gc.disable()  # nothing here refers to itself, and looking for it takes a tenth of the time
    for one in blocks_of(people)[first::step]:
        data = tell_block(seed, people, now, one).packed()
        out.write(len(data).to_bytes(_LENGTH))
        out.write(data)
    out.flush()


def _started(seed: int, people: int, now: int, first: int, step: int) -> subprocess.Popen[bytes]:
    numbers = [str(one) for one in (seed, people, now, first, step)]
    path = os.pathsep.join(one for one in sys.path if one)  # the same modules as here, wherever they come from
    return subprocess.Popen(
        [sys.executable, "-m", "crm_sync.sandbox.town.worker", *numbers],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _answer(worker: subprocess.Popen[bytes]) -> Told:
    assert worker.stdout is not None  # it was started with a pipe
    length = int.from_bytes(worker.stdout.read(_LENGTH))
    data = worker.stdout.read(length)
    if not length or len(data) < length:
        raise RuntimeError(f"town: a worker ended with code {worker.wait()}; its own words stand above")
    return Told.unpacked(data)


def _dismiss(crew: list[subprocess.Popen[bytes]]) -> None:
    """Also when somebody stopped reading half way."""
    for one in crew:
        one.kill()
