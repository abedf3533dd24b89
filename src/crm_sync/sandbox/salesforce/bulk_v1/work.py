"""What batches do: each question about one moves it on, until its rows are written or its statement is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crm_sync.sandbox.salesforce.bulk.query import Found, find, planned, rows_of, text_of, value_at
from crm_sync.sandbox.salesforce.bulk.rows import ACTS
from crm_sync.sandbox.salesforce.bulk_v1 import content
from crm_sync.sandbox.salesforce.bulk_v1.content import document, table
from crm_sync.sandbox.salesforce.bulk_v1.job import Batch, Job, Outcome, next_number
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.salesforce.soql.run import fetch
from crm_sync.sandbox.salesforce.soql.tree import TypeOf
from crm_sync.sandbox.salesforce.usage import count
from crm_sync.sandbox.salesforce.wire import Call, Refusal, read_date, read_instant
from crm_sync.sandbox.salesforce.writer import Writer, see
from crm_sync.sandbox.world import World, as_json

MOST_ROWS = 10_000
_DAY = "T00:00:00Z"


def new_batch(call: Call, job: Job, request: str, **more: Any) -> Batch:
    """Waits in its job. With PK chunking the statement itself is not run, only once for each chunk of ids."""
    count(call.world, "bulk batches")
    batch_id = salesforce_id("751", next_number(call.world, "batches"))
    batch = Batch(batch_id, job.id, request, call.world.clock.now_ms(), **more)
    job.batches.append(batch)
    if job.chunk and not more:
        batch.state = "NotProcessed"
        for first, end in _chunks(call.world, job):
            new_batch(call, job, request, first=first, end=end)
    return batch


def go_on(call: Call, job: Job, batch: Batch) -> None:
    """Queued, then InProgress, then over."""
    if job.state == "Aborted" or batch.state not in ("Queued", "InProgress"):
        return
    batch.moved_ms = call.world.clock.now_ms()
    if batch.state == "Queued":
        batch.state = "InProgress"
        return
    try:
        _ask(call, job, batch) if job.asks else _write(call, job, batch)
        batch.state = "Completed"
    except (ValueError, Refusal) as problem:
        batch.state, batch.message = "Failed", f"InvalidBatch : {_reason(problem)}"


def abort(job: Job) -> None:
    """What has not begun will not begin."""
    for batch in job.batches:
        if batch.state in ("Queued", "InProgress"):
            batch.state = "NotProcessed"


def answer_in(call: Call, job: Job, found: Found) -> str:
    """The records that a statement found, in the job's format."""
    if job.content == "CSV":
        return table([[".".join(path) for path in found.columns], *rows_of(call, found, found.ids)])
    records = [json.loads(text) for text in fetch(call.world, found.plan, found.ids)]
    if job.content == "JSON":
        return as_json([_in_milliseconds(one, found) for one in records])
    names = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return document("queryResult", {"records": [_sobject(one, found) for one in records]}, names=names)


def _ask(call: Call, job: Job, batch: Batch) -> None:
    allowed = (TypeOf,) if job.content == "JSON" else ()
    scope, select, plan = planned(call, batch.request, everything=job.operation == "queryAll", allowed=allowed)
    if scope.root.sight.type.name != job.object:
        raise ValueError(f"the statement asks for {scope.root.sight.type.name}, the job is for {job.object}")
    found = find(scope, select, plan)
    ids = found.ids
    if batch.end:
        ids = tuple(one for one in ids if batch.first <= one <= batch.end)
    batch.found, batch.processed = replace(found, ids=ids), len(ids)


def _write(call: Call, job: Job, batch: Batch) -> None:
    rows = content.rows_of(job.content, batch.request)
    if len(rows) > MOST_ROWS:
        raise ValueError(f"the batch has {len(rows)} rows; the most is {MOST_ROWS}")
    writer = Writer(replace(call, undo=[], headers={}))
    batch.outcomes = [_outcome(writer, job, row) for row in rows]
    batch.processed, batch.failed = len(rows), sum(one.error is not None for one in batch.outcomes)


def _outcome(writer: Writer, job: Job, given: dict[str, Any]) -> Outcome:
    record_id = str(next((value for name, value in given.items() if name.lower() == "id"), None) or "")
    try:
        return Outcome(*ACTS[job.operation](writer, job, given, record_id))
    except Refusal as refusal:
        return Outcome(record_id or None, error={**refusal.in_row(), "extendedErrorDetails": None})


def _chunks(world: World, job: Job) -> Iterator[tuple[str, str]]:
    """First and last ids of so many records each, whatever the statement's conditions say of them."""
    table_ = see(world, job.object).table
    ids = [row["_id"] for row in table_.select(columns=[])]
    for start in range(0, len(ids), job.chunk):
        some = ids[start : start + job.chunk]
        yield some[0], some[-1]


def _in_milliseconds(record: dict[str, Any], found: Found) -> dict[str, Any]:
    """JSON, and no other format, says instants and days in epoch milliseconds."""
    for path in found.columns:
        at = value_at(record, path[:-1])
        if found.types.get(path) in ("date", "datetime") and at is not None and isinstance(at[path[-1]], str):
            at[path[-1]] = _milliseconds(at[path[-1]])
    return record


def _milliseconds(text: str) -> int | None:
    day = read_date(text) if len(text) == 10 else None
    return read_instant(f"{day}{_DAY}" if day else text)


def _sobject(record: dict[str, Any], found: Found) -> dict[str, Any]:
    said = {".".join(path): text_of(value_at(record, path)) or None for path in found.columns}
    return {"@type": "sObject", "type": record["attributes"]["type"], **said}


def _reason(problem: Exception) -> str:
    if isinstance(problem, Refusal):
        return f"Failed to process query: {problem.code}: {problem.message}"
    return str(problem)
