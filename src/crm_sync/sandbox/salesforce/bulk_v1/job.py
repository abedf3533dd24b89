"""A job of Bulk v1 and its batches: their states, and what they show of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_sync.sandbox.salesforce.bulk.query import Found
from crm_sync.sandbox.salesforce.wire import instant
from crm_sync.sandbox.world import World

Told = dict[str, Any]

_STATES = ("Queued", "InProgress", "Completed", "Failed")


class Wrong(Exception):
    """An error as this API words it; every one of them is a 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.told = {"exceptionCode": code, "exceptionMessage": message}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: its record, or the error and its place in the words of this API."""

    id: str | None
    created: bool = False
    error: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Batch:
    """States: Queued, InProgress, Completed, Failed, NotProcessed. `first` and `end` are the ids of its chunk."""

    id: str
    job_id: str
    request: str
    at_ms: int
    state: str = "Queued"
    message: str | None = None
    processed: int = 0
    failed: int = 0
    moved_ms: int = 0
    first: str = ""
    end: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    found: Found | None = None

    def about(self) -> Told:
        return {
            "id": self.id,
            "jobId": self.job_id,
            "state": self.state,
            "stateMessage": self.message,
            "createdDate": instant(self.at_ms),
            "systemModstamp": instant(self.moved_ms or self.at_ms),
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            **_times(self.processed),
        }


@dataclass(slots=True)
class Job:
    """States: Open, Closed, Aborted. `chunk` is the size of the chunks that PK chunking makes, 0 without it."""

    id: str
    operation: str
    object: str
    content: str
    version: str
    user: str
    at_ms: int
    key: str | None = None
    concurrency: str = "Parallel"
    chunk: int = 0
    state: str = "Open"
    moved_ms: int = 0
    batches: list[Batch] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether its batches are statements."""
        return self.operation in ("query", "queryAll")

    def batch(self, batch_id: str) -> Batch:
        found = next((one for one in self.batches if one.id[:15] == batch_id[:15]), None)
        if found is None:
            raise Wrong("InvalidBatch", f"Unable to find batch for id: {batch_id}")
        return found

    def about(self) -> Told:
        states = [one.state for one in self.batches]
        processed = sum(one.processed for one in self.batches)
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user,
            "createdDate": instant(self.at_ms),
            "systemModstamp": instant(self.moved_ms or self.at_ms),
            "state": self.state,
            "externalIdFieldName": self.key,
            "concurrencyMode": self.concurrency,
            "contentType": self.content,
            **{f"numberBatches{state}": states.count(state) for state in _STATES},
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": processed,
            "numberRetries": 0,
            "apiVersion": float(self.version),
            "numberRecordsFailed": sum(one.failed for one in self.batches),
            **_times(processed),
        }


def jobs(world: World) -> dict[str, Job]:
    """All jobs of the org, by the first 15 characters of their ids."""
    found: dict[str, Job] = world.notes.setdefault("salesforce_bulk_v1", {})
    return found


def found_job(world: World, job_id: str) -> Job:
    found = jobs(world).get(job_id[:15])
    if found is None:
        raise Wrong("InvalidJob", f"Invalid job id: {job_id}")
    return found


def next_number(world: World, what: str) -> int:
    counted: dict[str, int] = world.notes.setdefault("salesforce_bulk_v1_counted", {})
    counted[what] = counted.get(what, 0) + 1
    return counted[what]


def _times(processed: int) -> Told:
    return {
        "totalProcessingTime": processed // 10,
        "apiActiveProcessingTime": processed // 20,
        "apexProcessingTime": processed // 20,
    }
