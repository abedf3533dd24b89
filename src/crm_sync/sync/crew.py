"""Looks at many people on all cores: processes beside this one take the shares in turns, each with a store of its own.

They are started as commands, not forked: a sync may run inside any program, with threads and all. Each ends when nobody
speaks to it any more, however this process ended.
"""

from __future__ import annotations

import copyreg
import os
import pickle
import sys
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import ExitStack, suppress
from io import BytesIO
from subprocess import PIPE, Popen
from types import MappingProxyType
from typing import IO, Any, Final

from crm_sync.errors import Failed
from crm_sync.reconciler.findings import Findings, Here
from crm_sync.reconciler.shares import Brief, Share
from crm_sync.store import Store

WORTH_IT: Final = 100_000  # people; of fewer, starting processes takes too large a part of the time
MOST: Final = 8  # processes, where nobody says how many: more of them mostly wait for the one that writes
LENGTH: Final = 8  # bytes in front of each message
HAND: Final = "crm_sync.sync.hand"
FIX: Final = "With `processes = 1` in the settings none is started; is there enough memory for several?"


class Crew:
    """Looks at people of a store: in this process, or, where there are many, in several others."""

    def __init__(self, store: Store, processes: int | None = None, worth_it: int = WORTH_IT) -> None:
        """`processes` None: one for each core. A store in memory is nobody else's."""
        several = min(cores(), MOST) if processes is None else processes
        self._store, self._worth_it = store, worth_it
        self._processes = several if store.url else 1

    def __call__(self, brief: Brief, shares: Iterable[Share], people: int, /) -> Generator[Findings, None, None]:
        """In the order of the shares. Raises Failed."""
        if self._processes < 2 or people < self._worth_it:
            yield from Here(self._store)(brief, shares, people)
            return
        with ExitStack() as stack:
            hands = deque(stack.enter_context(Hand()) for _ in range(self._processes))
            for hand in hands:  # all of them begin before the first has listened
                hand.tell((self._store.url, brief))
            busy: deque[Hand] = deque()
            for share in shares:
                if not hands:
                    hands.append(busy.popleft())
                    yield hands[0].answer()
                hands[0].tell(share)
                busy.append(hands.popleft())
            for hand in busy:
                yield hand.answer()


class Hand:
    """A process that looks at one share after the other."""

    def __init__(self) -> None:
        self._process = Popen(
            [sys.executable, "-m", HAND],
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,  # Ctrl-C is for this process to answer
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},  # the same modules
        )

    def __enter__(self) -> Hand:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def answer(self) -> Findings:
        """To the oldest share that it was told of and has not answered. Raises Failed."""
        assert self._process.stdout is not None  # it was started with a pipe
        match received(self._process.stdout):
            case Findings() as found:
                return found
            case str(problem):
                raise Failed("crm-sync", "judge", problem)
        raise self._ended()

    def tell(self, message: object) -> None:
        """Of the store and what all people are looked at under, then share by share. Raises Failed."""
        assert self._process.stdin is not None  # it was started with a pipe
        try:
            send(self._process.stdin, message)
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> Failed:
        with suppress(BrokenPipeError):
            self._process.communicate()
        return Failed("crm-sync", "judge", f"a process beside this one ended ({self._process.returncode}).", fix=FIX)


class Packer(pickle.Pickler):
    """Knows what records hold where they say nothing."""

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda held: (dict, (dict(held),))}


def send(pipe: IO[bytes], message: object) -> None:
    packed = BytesIO()
    Packer(packed, pickle.HIGHEST_PROTOCOL).dump(message)
    pipe.write(len(packed.getbuffer()).to_bytes(LENGTH))
    pipe.write(packed.getbuffer())
    pipe.flush()


def received(pipe: IO[bytes]) -> Any:
    """The next message; None: there is none any more. Between a process and those that it has started itself."""
    length = int.from_bytes(pipe.read(LENGTH))
    data = pipe.read(length)
    return pickle.loads(data) if length and len(data) == length else None


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
