"""Pipelines over HTTP: read, made and changed; a stage that records stand in is not given up when asked to check."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.hubspot.account import pipeline_of
from crm_sync.sandbox.hubspot.errors import Refusal
from crm_sync.sandbox.hubspot.objects import PIPELINE_OF, STAGE_OF
from crm_sync.sandbox.hubspot.pipeline_parts import check_stages, fresh_id, metadata_of, stage_from, texts
from crm_sync.sandbox.hubspot.standard import stage_fields
from crm_sync.sandbox.hubspot.values import iso
from crm_sync.sandbox.hubspot.wire import Answer, Call, at, chosen
from crm_sync.sandbox.world import quoted

Pipeline = dict[str, Any]


def list_pipelines(call: Call) -> Answer:
    return Answer({"results": list(_pipelines(call).values())})


def get_pipeline(call: Call) -> Answer:
    return Answer(_pipeline(call))


def list_stages(call: Call) -> Answer:
    return Answer({"results": _pipeline(call)["stages"]})


def get_stage(call: Call) -> Answer:
    return Answer(_stage(call, _pipeline(call)))


def create_pipeline(call: Call) -> Answer:
    key = str(call.body.get("pipelineId") or fresh_id(call))
    if key in _writable(call):
        raise Refusal(409, f"A pipeline with the id '{key}' already exists", "CONFLICT")
    made = _from_body(call, key)
    call.account.pipelines[call.crm_object().name][key] = made
    _add_columns(call)
    return Answer(made, 201)


def replace_pipeline(call: Call) -> Answer:
    """The body is the whole pipeline; stages that it does not name are gone."""
    before = _pipeline(call)
    made = {**_from_body(call, before["id"]), "createdAt": before["createdAt"]}
    lost = {one["id"] for one in before["stages"]} - {one["id"] for one in made["stages"]}
    _check_unused(call, lost)
    _writable(call)[before["id"]] = made
    _add_columns(call)
    return Answer(made)


def update_pipeline(call: Call) -> Answer:
    made = _pipeline(call)
    made |= chosen(call.body, label=str, displayOrder=int, archived=bool)
    made["updatedAt"] = _now(call)
    return Answer(made)


def delete_pipeline(call: Call) -> Answer:
    made = _pipeline(call)
    if len(_writable(call)) == 1:
        raise Refusal(400, f"The last pipeline of {call.crm_object().name} cannot be deleted")
    _check_unused(call, {one["id"] for one in made["stages"]})
    del _writable(call)[made["id"]]
    return Answer(status=204)


def create_stage(call: Call) -> Answer:
    made = _pipeline(call)
    stage = stage_from(call, call.body, len(made["stages"]))
    check_stages(call.crm_object(), [*made["stages"], stage])
    made["stages"].append(stage)
    made["updatedAt"] = _now(call)
    _add_columns(call)
    return Answer(stage, 201)


def replace_stage(call: Call) -> Answer:
    at(call.body, "label")
    return update_stage(call)


def update_stage(call: Call) -> Answer:
    made = _pipeline(call)
    stage = _stage(call, made)
    if "metadata" in call.body:
        stage["metadata"] = metadata_of(call.crm_object(), {**stage["metadata"], **texts(call.body["metadata"])})
    stage |= chosen(call.body, label=str, displayOrder=int, archived=bool)
    stage["updatedAt"] = made["updatedAt"] = _now(call)
    return Answer(stage)


def delete_stage(call: Call) -> Answer:
    """A stage with records in it is always refused."""
    made = _pipeline(call)
    stage = _stage(call, made)
    _check_unused(call, {stage["id"]}, always=True)
    made["stages"].remove(stage)
    return Answer(status=204)


def _pipelines(call: Call) -> dict[str, Pipeline]:
    return call.account.pipelines.get(call.crm_object().name, {})


def _writable(call: Call) -> dict[str, Pipeline]:
    one = call.crm_object()
    if one.name not in PIPELINE_OF:
        raise Refusal(400, f"Object type {one.type_id} has no pipelines")
    return call.account.pipelines.setdefault(one.name, {})


def _pipeline(call: Call) -> Pipeline:
    found = _pipelines(call).get(call.part("id"))
    if found is None:
        raise Refusal(404, f"Pipeline {call.part('id')} does not exist", "OBJECT_NOT_FOUND")
    return found


def _stage(call: Call, made: Pipeline) -> dict[str, Any]:
    for stage in made["stages"]:
        if stage["id"] == call.part("stage"):
            found: dict[str, Any] = stage
            return found
    raise Refusal(404, f"Stage {call.part('stage')} does not exist", "OBJECT_NOT_FOUND")


def _from_body(call: Call, key: str) -> Pipeline:
    one, label = call.crm_object(), at(call.body, "label")
    _writable(call)
    given = call.body.get("stages")
    if not isinstance(given, list) or not given:
        raise Refusal(400, 'Invalid input JSON: "stages" must be a list with at least one stage')
    made = pipeline_of(key, label, [], chosen(call.body, displayOrder=int).get("displayOrder", 0), _now(call))
    made["stages"] = [stage_from(call, item, order) for order, item in enumerate(given)]
    check_stages(one, made["stages"])
    return made


def _check_unused(call: Call, stages: set[str], *, always: bool = False) -> None:
    asked = call.flag("validateReferencesBeforeDelete") or call.flag("validateDealStageUsagesBeforeDelete")
    if not stages or not (asked or always):
        return
    name = quoted(STAGE_OF[call.crm_object().name])
    where = f"{name} IN ({', '.join('?' for _ in stages)}) AND _archived_at IS NULL"
    rows = list(call.table().select(where, sorted(stages), columns=[STAGE_OF[call.crm_object().name]], limit=100))
    if rows:
        used = sorted({row[STAGE_OF[call.crm_object().name]] for row in rows})
        ids = [row["_id"] for row in rows]
        message = f"Stage IDs: [{', '.join(used)}] are being referenced by object IDs: [{', '.join(ids)}]"
        more = {"subCategory": "PipelineError.STAGE_ID_IN_USE", "context": {"stageIds": used, "objectIds": ids}}
        raise Refusal(400, message, "VALIDATION_ERROR", more)


def _add_columns(call: Call) -> None:
    """Every stage has its stamps on the records."""
    table = call.table()
    for one in stage_fields(call.crm_object().name, call.account):
        if one.name not in table.fields:
            table.add_field(one)


def _now(call: Call) -> str:
    return iso(call.world.clock.now_ms())
