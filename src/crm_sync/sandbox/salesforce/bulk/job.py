"""One Bulk job: its states, what it shows of itself, and the store in which the org keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, instant, not_found
from crm_sync.sandbox.world import World

CHUNK = 10_000
DELIMITERS = {"COMMA": ",", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "CARET": "^", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}

_OVER = ("JobComplete", "Failed", "Aborted")


@dataclass(slots=True)
class Job:
    """`kind` is ingest or query. States: Open, UploadComplete, InProgress, JobComplete, Failed, Aborted."""

    id: str
    kind: str
    operation: str
    object: str
    version: str
    user: str
    created_ms: int
    state: str
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    key: str | None = None  # an upsert's externalIdFieldName
    error: str | None = None
    modified_ms: int = 0
    processed: int = 0
    failed: int = 0
    retries: int = 0
    uploaded: bool = False
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)  # ingest: what has been uploaded
    done: list[tuple[list[str], str, bool]] = field(default_factory=list)  # row, id, created
    refused: list[tuple[list[str], str, str]] = field(default_factory=list)  # row, id, error
    results: Any = None  # query: what it found

    @property
    def over(self) -> bool:
        return self.state in _OVER

    def about(self) -> dict[str, Any]:
        """What creating a job and changing its state answer."""
        said: dict[str, Any] = {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user,
            "createdDate": instant(self.created_ms),
            "systemModstamp": instant(self.modified_ms or self.created_ms),
            "state": self.state,
        }
        said |= {"externalIdFieldName": self.key} if self.key else {}
        said |= {"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(self.version)}
        if self.kind == "ingest" and self.state == "Open":
            said["contentUrl"] = f"services/data/v{self.version}/jobs/ingest/{self.id}/batches"
        return said | {"lineEnding": self.line_ending, "columnDelimiter": self.delimiter}

    def progress(self) -> dict[str, Any]:
        """What GET on the job answers: all of it, and how far it is."""
        said = self.about() | {"jobType": "V2Ingest" if self.kind == "ingest" else "V2Query"}
        said |= {"retries": self.retries, "totalProcessingTime": self.processed // 10}
        if self.kind == "ingest":
            times = dict.fromkeys(("apiActiveProcessingTime", "apexProcessingTime"), self.processed // 20)
            said |= {**times, "numberRecordsFailed": self.failed}
        said |= {"numberRecordsProcessed": self.processed}
        return said | ({"errorMessage": self.error} if self.error else {})


def open_job(call: Call, kind: str, state: str, said: Mapping[str, Any], **facts: Any) -> Job:
    """A new job in the org's store."""
    jobs = _jobs(call.world)
    number = call.world.notes["salesforce_job_count"] = call.world.notes.get("salesforce_job_count", 0) + 1
    job = Job(
        salesforce_id("750", number),
        kind,
        str(said["operation"]),
        version=call.version,
        user=call.world.notes["salesforce_app"]["user_id"],
        created_ms=call.world.clock.now_ms(),
        state=state,
        delimiter=_known(said, "columnDelimiter", DELIMITERS, "COMMA"),
        line_ending=_known(said, "lineEnding", LINE_ENDINGS, "LF"),
        **facts,
    )
    jobs[job.id] = job
    return job


def found_job(call: Call, kind: str, job_id: str) -> Job:
    job = next((one for one in _jobs(call.world).values() if one.id[:15] == job_id[:15] and one.kind == kind), None)
    if job is None:
        raise not_found(f"The requested resource does not exist: job {job_id}")
    return job


def move(call: Call, job: Job, state: str) -> None:
    job.state, job.modified_ms = state, call.world.clock.now_ms()


def wrong_state(job: Job) -> Refusal:
    return Refusal(400, "INVALIDJOBSTATE", f"Object with id {job.id} is in invalid state: {job.state}")


def listing(call: Call, kind: str) -> Reply:
    """GET jobs/ingest and jobs/query."""
    jobs = [one.about() for one in _jobs(call.world).values() if one.kind == kind]
    return Reply(body={"done": True, "records": jobs, "nextRecordsUrl": None})


def change_state(call: Call, job: Job, allowed: Mapping[str, tuple[str, ...]]) -> Reply:
    """PATCH {state}: `allowed` says from which states each wanted one can be reached."""
    wanted = str(call.record().get("state"))
    if wanted not in allowed:
        raise Refusal(400, "INVALIDJOB", f"state: {wanted!r} is not one of {', '.join(allowed)}")
    if job.state not in allowed[wanted]:
        raise wrong_state(job)
    move(call, job, wanted)
    return Reply(body=job.about())


def forget(call: Call, job: Job) -> Reply:
    """DELETE: only a job that is over, or that waits, can go."""
    if not job.over and job.state != "UploadComplete":
        raise wrong_state(job)
    del _jobs(call.world)[job.id]
    return Reply(204)


def _jobs(world: World) -> dict[str, Job]:
    jobs: dict[str, Job] = world.notes.setdefault("salesforce_jobs", {})
    return jobs


def _known(said: Mapping[str, Any], key: str, known: Mapping[str, str], default: str) -> str:
    value = str(said.get(key, default))
    if value not in known:
        raise Refusal(400, "INVALIDJOB", f"{key}: {value!r} is not one of {', '.join(known)}")
    return value
