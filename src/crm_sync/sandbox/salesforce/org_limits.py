"""What the org allows and has used, and how many records it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_sync.sandbox.salesforce.schema import object_types, sight
from crm_sync.sandbox.salesforce.usage import allowed, used
from crm_sync.sandbox.salesforce.wire import Call, Reply
from crm_sync.sandbox.world import ARCHIVED_AT

_MOST = {
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DataStorageMB": 1024,
    "FileStorageMB": 1024,
    "MassEmail": 5000,
    "SingleEmail": 5000,
}


def limits(call: Call) -> Reply:
    """GET limits. Batches of both Bulk APIs share one number."""
    spent = {
        "DailyApiRequests": used(call.world),
        "DailyBulkV2QueryJobs": used(call.world, "query jobs"),
        "DailyBulkApiBatches": used(call.world, "bulk batches"),
    }
    most = {"DailyApiRequests": allowed(call.world), **_MOST}
    left = {name: {"Max": one, "Remaining": max(0, one - spent.get(name, 0))} for name, one in most.items()}
    return Reply(body=dict(sorted(left.items())))


def record_count(call: Call) -> Reply:
    """GET limits/recordCount?sObjects=Lead,Contact: living records; names that lead nowhere are left out."""
    asked = call.query.get("sObjects")
    names = asked.split(",") if asked else [one.name for one in object_types().values()]
    return Reply(body={"sObjects": list(_counted(call, names))})


def _counted(call: Call, names: list[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        seen = sight(call.world, name.strip())
        if seen is not None:
            yield {"count": seen.table.count(f"{ARCHIVED_AT} IS NULL"), "name": seen.type.name}
