"""A worker of the crew: `python -m crm_sync.sandbox.town.worker SEED PEOPLE NOW FIRST STEP`."""

from __future__ import annotations

import sys

from crm_sync.sandbox.town.crew import work

if __name__ == "__main__":
    seed, people, now, first, step = map(int, sys.argv[1:])
    work(seed, people, now, first, step, sys.stdout.buffer)
