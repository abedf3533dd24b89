"""Ingest jobs: CSV comes in, and each question about a running job writes the next chunk of its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crm_sync.sandbox.salesforce.bulk import sheet
from crm_sync.sandbox.salesforce.bulk.job import (
    CHUNK,
    Job,
    change_state,
    forget,
    found_job,
    listing,
    move,
    open_job,
    wrong_state,
)
from crm_sync.sandbox.salesforce.bulk.rows import ACTS, given_by
from crm_sync.sandbox.salesforce.fields import is_key
from crm_sync.sandbox.salesforce.schema import Sight
from crm_sync.sandbox.salesforce.usage import count
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply
from crm_sync.sandbox.salesforce.writer import Writer, see

_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_STATES = {"UploadComplete": ("Open",), "Aborted": ("Open", "UploadComplete", "InProgress")}
_LARGEST = 150_000_000
MOST_RETRIES = 20  # of a batch inside of a job, before the job fails


def create(call: Call) -> Reply:
    """POST jobs/ingest: a job that waits for its rows."""
    said = call.record()
    if said.get("operation") not in _OPERATIONS:
        raise Refusal(400, "INVALIDJOB", f"operation: {said.get('operation')!r} is not one of {', '.join(_OPERATIONS)}")
    if said.get("contentType", "CSV") != "CSV":
        raise Refusal(400, "INVALIDJOB", f"contentType: {said['contentType']!r} is not supported; it must be CSV")
    seen, key = _object(call, str(said.get("object", ""))), said.get("externalIdFieldName")
    if said["operation"] == "upsert":
        _check_key(seen, str(key or ""))
    return Reply(body=open_job(call, "ingest", "Open", said, object=seen.type.name, key=key).about())


def upload(call: Call, job_id: str) -> Reply:
    """PUT jobs/ingest/{id}/batches: once."""
    job, text = found_job(call, "ingest", job_id), call.body
    if job.state != "Open":
        raise wrong_state(job)
    if job.uploaded:
        raise Refusal(400, "CLIENTINPUTERROR", f"Job {job.id} has its content already; make another job for more")
    if not isinstance(text, str):
        raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Content type must be text/csv")
    if len(text) > _LARGEST:
        raise Refusal(400, "CLIENTINPUTERROR", f"The content may have {_LARGEST} bytes at most")
    job.header, job.rows = sheet.parsed(job, text)
    job.uploaded = True
    return Reply(201)


def change(call: Call, job_id: str) -> Reply:
    """PATCH {state}: UploadComplete starts the job, Aborted ends it."""
    return change_state(call, found_job(call, "ingest", job_id), _STATES)


def read(call: Call, job_id: str) -> Reply:
    """GET: a job that was told to start shows InProgress first, and then goes on by one chunk per question."""
    job = found_job(call, "ingest", job_id)
    if job.state == "InProgress":
        _go_on(call, job)
    elif job.state == "UploadComplete":
        move(call, job, "InProgress")
    return Reply(body=job.progress())


def delete(call: Call, job_id: str) -> Reply:
    return forget(call, found_job(call, "ingest", job_id))


def jobs(call: Call) -> Reply:
    return listing(call, "ingest")


def successful(call: Call, job_id: str) -> Reply:
    job = _finished(call, job_id)
    rows = ([id_, str(created).lower(), *row] for row, id_, created in job.done)
    return sheet.answer(job, ["sf__Id", "sf__Created", *job.header], rows, {})


def failed(call: Call, job_id: str) -> Reply:
    job = _finished(call, job_id)
    return sheet.answer(
        job, ["sf__Id", "sf__Error", *job.header], ([id_, error, *row] for row, id_, error in job.refused), {}
    )


def unprocessed(call: Call, job_id: str) -> Reply:
    """Rows that a job did not come to: it was aborted, or it failed."""
    job = _finished(call, job_id)
    return sheet.answer(job, job.header, job.rows[job.processed :], {})


def _object(call: Call, name: str) -> Sight:
    try:
        return see(call.world, name)
    except Refusal:
        raise Refusal(400, "INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API") from None


def _check_key(seen: Sight, key: str) -> None:
    field = seen.field(key)
    if field is None or not is_key(field):
        raise Refusal(400, "INVALIDJOB", f"externalIdFieldName: {key!r} is no external id field of {seen.type.name}")


def _finished(call: Call, job_id: str) -> Job:
    job = found_job(call, "ingest", job_id)
    if not job.over:
        raise wrong_state(job)
    return job


def _go_on(call: Call, job: Job) -> None:
    """The next chunk, or the end; an order (see actions) makes the job fail on its way, after as many tries as
    Salesforce makes."""
    faults: list[dict[str, Any]] = call.world.notes.setdefault("salesforce_bulk_faults", [])
    fault = faults[0] if faults else None
    end = min(len(job.rows), job.processed + CHUNK)
    end = min(end, int(fault.get("after_rows", 0))) if fault else end
    missing = _unknown_column(call, job)
    if missing is None:
        count(call.world, "bulk batches")
        _write(call, job, end)
    if missing or fault:
        job.error = missing or str(faults.pop(0).get("errorMessage", "InternalServerError : the job has been stopped"))
        job.retries = 0 if missing else MOST_RETRIES
        move(call, job, "Failed")
    elif job.processed == len(job.rows):
        move(call, job, "JobComplete")


def _unknown_column(call: Call, job: Job) -> str | None:
    """One header that names no field fails the whole job."""
    seen = see(call.world, job.object)
    for name in job.header:
        hop, _, _ = name.partition(".")
        if seen.field(name) is None and not ("." in name and seen.parent(hop)):
            return f"InvalidBatch : Field name not found : {name}"
    return None


def _write(call: Call, job: Job, end: int) -> None:
    writer = Writer(replace(call, undo=[], headers={}))
    act = ACTS[job.operation]
    for row in job.rows[job.processed : end]:
        given = given_by(job.header, row)
        record_id = str(next((value for name, value in given.items() if name.lower() == "id"), "") or "")
        try:
            if len(row) != len(job.header):
                raise Refusal(400, "INVALID_ROW", f"{len(row)} values for {len(job.header)} columns")
            written, created = act(writer, job, given, record_id)
            job.done.append((row, written, created))
        except Refusal as refusal:
            error = f"{refusal.code}:{refusal.message}:{','.join(refusal.fields or ())} --"
            job.refused.append((row, record_id, error))
            job.failed += 1
        job.processed += 1
