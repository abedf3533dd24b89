"""What a pipeline and its stages must look like to be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from crm_sync.sandbox.hubspot.account import deal_metadata, stage_of
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import CrmObject
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Call, at, chosen

#: The most stages of one pipeline, where it is not a hundred.
_MOST_STAGES: Final = {"leads": 30}

_PROBABILITIES: Final = frozenset(f"{tenth / 10:.1f}" for tenth in range(11))


def stage_from(call: Call, item: object, order: int) -> dict[str, Any]:
    """A stage as it is stored, from what a client sent for it."""
    if not isinstance(item, dict):
        raise Refusal(400, 'Invalid input JSON: a stage must be an object with "label" and "metadata"')
    sent, label = chosen(item, displayOrder=int, stageId=str), at(item, "label")
    metadata = metadata_of(call.crm_object(), texts(item.get("metadata") or {}))
    now = iso(call.world.clock.now_ms())
    return stage_of(
        sent.get("stageId") or fresh_id(call), label, metadata, order=sent.get("displayOrder", order), at=now
    )


def texts(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise Refusal(400, 'Invalid input JSON: "metadata" must be an object')
    return {str(key): str(value) for key, value in given.items()}


def metadata_of(one: CrmObject, given: dict[str, str]) -> dict[str, str]:
    """A deal stage needs a probability in tenths; whether it is closed follows from that."""
    if one.name != "deals":
        return {"isClosed": "false", **given}
    probability = given.get("probability", "")
    if probability not in _PROBABILITIES:
        raise Refusal(400, f"metadata.probability of a deal stage must be 0.0 to 1.0 in tenths, not {probability!r}")
    return {**given, **deal_metadata(probability)}


def check_stages(one: CrmObject, stages: list[dict[str, Any]]) -> None:
    """Refuses twins, and more stages than a pipeline takes."""
    most = _MOST_STAGES.get(one.name, 100)
    for key in ("label", "id"):
        values = [stage[key] for stage in stages]
        if len(set(values)) != len(values):
            raise Refusal(400, f"The stages of a pipeline must have distinct {key}s")
    if len(stages) > most:
        raise Refusal(400, f"A pipeline of {one.name} takes at most {most} stages")


def fresh_id(call: Call) -> str:
    """An id nobody else has; a replay of the same calls makes the same one."""
    return str(uuid5(NAMESPACE_URL, f"hubspot stage {call.account.next_number('stage')}").int % 10**9)
