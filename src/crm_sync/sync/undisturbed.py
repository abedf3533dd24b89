"""Keeps Python's search for circular garbage away from work that makes millions of small records and no circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Records point one way, so that each is freed when the last use of it ends. The search would look at all of them
    again and again: at 20,000 people it took a third of the time of a plan, and a growing part beyond."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
