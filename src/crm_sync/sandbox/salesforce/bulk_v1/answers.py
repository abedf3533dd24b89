"""What each path of Bulk v1 answers: a status, and a job, a batch, batches, ids of results or a text as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from crm_sync.sandbox.salesforce.bulk_v1 import work
from crm_sync.sandbox.salesforce.bulk_v1.content import KINDS, described, outcomes_in
from crm_sync.sandbox.salesforce.bulk_v1.job import Batch, Job, Wrong, found_job, jobs, next_number
from crm_sync.sandbox.salesforce.fields import is_key
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.salesforce.schema import Sight
from crm_sync.sandbox.salesforce.wire import Call, Refusal
from crm_sync.sandbox.salesforce.writer import see

Answer = tuple[int, Job | Batch | list[Batch] | list[str] | str]

_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll")
_CHUNKING, _CHUNK, _LARGEST_CHUNK = "sforce-enable-pkchunking", 100_000, 250_000


def create(call: Call) -> Answer:
    """POST job."""
    said = described(call)
    operation, content = str(said.get("operation")), str(said.get("contentType") or "XML")
    if operation not in _OPERATIONS or content not in KINDS:
        raise Wrong("InvalidJob", f"operation {operation!r} with contentType {content!r} is not supported")
    seen, key = _object(call, said), str(said.get("externalIdFieldName") or "")
    field = seen.field(key)
    if operation == "upsert" and (field is None or not is_key(field)):
        raise Wrong("InvalidJob", f"External ID {key!r} is no external id of {seen.type.name}")
    job = Job(
        salesforce_id("750", next_number(call.world, "jobs") + 500_000),  # apart from the jobs of Bulk 2.0
        operation,
        seen.type.name,
        content,
        call.version,
        call.world.notes["salesforce_app"]["user_id"],
        call.world.clock.now_ms(),
        key or None,
        str(said.get("concurrencyMode") or "Parallel"),
    )
    job.chunk = _chunk_size(call.headers.get(_CHUNKING, "")) if job.asks else 0
    jobs(call.world)[job.id[:15]] = job
    return 201, job


def show(call: Call, job_id: str) -> Answer:
    return 200, _moved(call, found_job(call.world, job_id))


def change(call: Call, job_id: str) -> Answer:
    """POST {state}: Closed takes no more batches, Aborted lets none begin."""
    job, state = found_job(call.world, job_id), described(call).get("state")
    if state not in ("Closed", "Aborted"):
        raise Wrong("InvalidJob", f"state: {state!r} is not one of Closed, Aborted")
    _check_open(job)
    job.state, job.moved_ms = state, call.world.clock.now_ms()
    if state == "Aborted":
        work.abort(job)
    return 200, job


def add(call: Call, job_id: str) -> Answer:
    """POST batch: rows, or a statement."""
    job = found_job(call.world, job_id)
    _check_open(job)
    return 201, work.new_batch(call, job, call.body)


def batches(call: Call, job_id: str) -> Answer:
    return 200, _moved(call, found_job(call.world, job_id)).batches


def batch(call: Call, job_id: str, batch_id: str) -> Answer:
    job = found_job(call.world, job_id)
    found = job.batch(batch_id)
    work.go_on(call, job, found)
    return 200, found


def request(call: Call, job_id: str, batch_id: str) -> Answer:
    return 200, found_job(call.world, job_id).batch(batch_id).request


def result(call: Call, job_id: str, batch_id: str) -> Answer:
    """What became of the rows; of a statement, under which id its records are."""
    job = found_job(call.world, job_id)
    found = _over(job.batch(batch_id))
    return 200, [_result_id(found)] if job.asks else outcomes_in(job.content, found.outcomes)


def records(call: Call, job_id: str, batch_id: str, result_id: str) -> Answer:
    job = found_job(call.world, job_id)
    found = _over(job.batch(batch_id))
    if found.found is None or result_id != _result_id(found):
        raise Wrong("InvalidBatch", f"Unable to find result: {result_id}")
    return 200, work.answer_in(call, job, found.found)


def _object(call: Call, said: Mapping[str, Any]) -> Sight:
    try:
        return see(call.world, str(said.get("object")))
    except Refusal:
        raise Wrong("InvalidJob", f"Unable to find object: {said.get('object')}") from None


def _chunk_size(said: str) -> int:
    """`true`, or chunkSize=50000; startRow=..."""
    if said.lower() in ("", "false"):
        return 0
    found = re.search(r"chunkSize\s*=\s*(\d+)", said, re.IGNORECASE)
    size = int(found[1]) if found else _CHUNK
    if not 0 < size <= _LARGEST_CHUNK:
        raise Wrong("InvalidJob", f"chunkSize: {size} must be from 1 to {_LARGEST_CHUNK}")
    return size


def _check_open(job: Job) -> None:
    if job.state != "Open":
        raise Wrong("InvalidJobState", f"Job is {job.state}, not Open")


def _moved(call: Call, job: Job) -> Job:
    for one in job.batches:
        work.go_on(call, job, one)
    return job


def _over(found: Batch) -> Batch:
    if found.state != "Completed":
        raise Wrong("InvalidBatch", f"Batch is {found.state}, not Completed")
    return found


def _result_id(found: Batch) -> str:
    return f"752{found.id[3:15]}"


_JOB, _BATCH = r"job/(\w+)", r"batch/(\w+)"

#: Method, path below the version, and who answers.
TABLE: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
    ("POST", re.compile("job"), create),
    ("GET", re.compile(_JOB), show),
    ("POST", re.compile(_JOB), change),
    ("POST", re.compile(f"{_JOB}/batch"), add),
    ("GET", re.compile(f"{_JOB}/batch"), batches),
    ("GET", re.compile(f"{_JOB}/{_BATCH}"), batch),
    ("GET", re.compile(f"{_JOB}/{_BATCH}/request"), request),
    ("GET", re.compile(f"{_JOB}/{_BATCH}/result"), result),
    ("GET", re.compile(rf"{_JOB}/{_BATCH}/result/(\w+)"), records),
]
