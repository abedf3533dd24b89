"""What a CRM grants us, as a short text that changes with it: whoever keeps the text can tell that something moved."""

from __future__ import annotations

import hashlib
import json


def fingerprint(granted: object) -> str:
    """`granted` is made of dictionaries, lists, texts and truths; the order of keys does not count."""
    return hashlib.sha256(json.dumps(granted, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:16]
