"""What a campaign gathers: its assets."""

from __future__ import annotations

from typing import Any


def assets_of(campaign: dict[str, Any], kind: str) -> dict[str, Any]:
    """The assets of one type as the wire shows them."""
    return {"results": [{"id": one, "name": one, "metrics": {}} for one in campaign["assets"].get(kind, [])]}
