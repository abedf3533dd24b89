"""What many processes have seen of the contract, as lines of JSON in the file that CRM_SYNC_VIOLATIONS names.

CHECKED     an operation and a status that have been compared with their document; told once per process.
UNKNOWN     a call that no document covers, its ids made equal; told once per process.
UNANSWERED  an operation of a document that this face does not have; told once per process.
VIOLATION   as contract.py has it; told every time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

VIOLATIONS: Final = "CRM_SYNC_VIOLATIONS"

_told: set[tuple[str, str, str]] = set()  # file, kind and what: many worlds live in one process


def tell_once(kind: str, what: str) -> None:
    """A line that one process writes only once."""
    key = (os.environ.get(VIOLATIONS, ""), kind, what)
    if key not in _told:
        _told.add(key)
        tell(kind, {"what": what})


def tell(kind: str, line: Mapping[str, Any]) -> None:
    """One line, if a file is named."""
    said = os.environ.get(VIOLATIONS)
    if said:
        with Path(said).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **line}) + "\n")
