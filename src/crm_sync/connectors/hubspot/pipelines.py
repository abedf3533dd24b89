"""What a deal's stage means: open, won or lost, by the pipelines' own metadata."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from crm_sync.connectors.hubspot.row import Json, Row
from crm_sync.records import DealState


def stage_states(pipelines: Json) -> dict[str, DealState]:
    """Stage id → what it means, from the pipelines' metadata; stages that do not say are left out."""
    stages = [stage for line in pipelines.get("results") or () for stage in line.get("stages") or ()]
    return {str(stage["id"]): state for stage in stages if (state := state_of(stage.get("metadata") or {}))}


def state_of(metadata: Json) -> DealState | None:
    closed = str(metadata.get("isClosed") or "").lower()
    try:
        probability = Decimal(str(metadata.get("probability")))
    except InvalidOperation:
        return "open" if closed == "false" else None
    if closed == "true" or (not closed and probability in (0, 1)):
        return "won" if probability == 1 else "lost"
    return "open"


def flagged_state(row: Row) -> DealState:
    """For a stage that no pipeline has any more: the flags that HubSpot keeps on the deal."""
    if row.values.get("hs_is_closed_won") == "true":
        return "won"
    return "lost" if row.values.get("hs_is_closed") == "true" else "open"
