"""A process that looks at shares of people for another one: `python -m crm_sync.sync.hand`, started by crew.py.

Messages stand on standard input and output, each with its length before it: first the store's URL and what all people
are looked at under, then shares, each of which is answered by what was found, or by a sentence that says why not.
"""

from __future__ import annotations

import gc
import os
import sys

from crm_sync.changes import Change, Known
from crm_sync.errors import CrmSyncError
from crm_sync.reconciler.findings import Findings, Inspector
from crm_sync.reconciler.packed import Packed
from crm_sync.store import open_store
from crm_sync.sync.crew import received, send


def main() -> None:
    gc.disable()  # see undisturbed.py
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody else prints is no answer
    url, brief = received(asked)
    store = open_store(url)
    inspect = Inspector(brief, store)
    while (share := received(asked)) is not None:
        try:
            send(answers, packed(inspect(share)))
        except CrmSyncError as problem:
            send(answers, str(problem))
    store.close()


def packed(found: Findings) -> Findings:
    found.known = Packed(tuple[Known, ...], found.known)
    found.changes = Packed(tuple[Change, ...], found.changes)
    return found


if __name__ == "__main__":
    main()
