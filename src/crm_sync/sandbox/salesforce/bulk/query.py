"""Query jobs: SOQL goes in, CSV comes out in pages, one after the other or several at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.sandbox.salesforce.bulk import sheet
from crm_sync.sandbox.salesforce.bulk.job import (
    Job,
    change_state,
    forget,
    found_job,
    listing,
    move,
    open_job,
    wrong_state,
)
from crm_sync.sandbox.salesforce.soql.parse import parse
from crm_sync.sandbox.salesforce.soql.plan import Plan, plan_records
from crm_sync.sandbox.salesforce.soql.run import columns_of, found_ids
from crm_sync.sandbox.salesforce.soql.scope import Scope, open_scope
from crm_sync.sandbox.salesforce.soql.shape import Shape, Table
from crm_sync.sandbox.salesforce.soql.tree import Field, Function, Select, TypeOf
from crm_sync.sandbox.salesforce.usage import count
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply

PAGE = 50_000
_PARALLEL = 5
COMPOUND = frozenset({"address", "mailingaddress", "otheraddress", "billingaddress", "shippingaddress"})
_STATES = {"Aborted": ("UploadComplete", "InProgress")}


@dataclass(frozen=True, slots=True)
class Found:
    """Which records a job found, in their order; their values are read when a page is asked for."""

    plan: Plan
    columns: tuple[tuple[str, ...], ...]  # where each value is in a record, by its path
    ids: tuple[str, ...]
    types: Mapping[tuple[str, ...], str]


def create(call: Call) -> Reply:
    """POST jobs/query {operation, query}: a statement that cannot be run is refused at once."""
    said = call.record()
    if said.get("operation") not in ("query", "queryAll"):
        raise Refusal(400, "INVALIDJOB", f"operation: {said.get('operation')!r} is not one of query, queryAll")
    text = str(said.get("query") or "")
    scope, select, plan = planned(call, text, everything=said["operation"] == "queryAll")
    job = open_job(call, "query", "UploadComplete", said, object=scope.root.sight.type.name)
    job.results = (scope, select, plan)
    count(call.world, "query jobs")
    return Reply(body=job.about())


def read(call: Call, job_id: str) -> Reply:
    """GET: InProgress at the first question, JobComplete at the second."""
    job = found_job(call, "query", job_id)
    if job.state == "UploadComplete":
        move(call, job, "InProgress")
    elif job.state == "InProgress":
        _run(call, job)
    return Reply(body=job.progress())


def change(call: Call, job_id: str) -> Reply:
    return change_state(call, found_job(call, "query", job_id), _STATES)


def delete(call: Call, job_id: str) -> Reply:
    return forget(call, found_job(call, "query", job_id))


def jobs(call: Call) -> Reply:
    return listing(call, "query")


def results(call: Call, job_id: str) -> Reply:
    """GET results?locator&maxRecords: the locator of the next page is in a header, `null` at the end."""
    job, found = _complete(call, job_id)
    start = _offset(found, call.query.get("locator"))
    end = start + _most(call)
    more = _locator(end) if end < len(found.ids) else "null"
    rows = list(rows_of(call, found, found.ids[start:end]))
    headers = {"Sforce-Locator": more, "Sforce-NumberOfRecords": str(len(rows))}
    return sheet.answer(job, [".".join(path) for path in found.columns], rows, headers)


def result_pages(call: Call, job_id: str) -> Reply:
    """GET resultPages: up to five pages that may be fetched side by side, and where the next five are."""
    job, found = _complete(call, job_id)
    if call.version != job.version:
        raise Refusal(409, "INVALIDJOBSTATE", f"Job {job.id} was made with version {job.version}")
    start, size = _offset(found, call.query.get("locator")), _most(call)
    starts = list(range(start, max(len(found.ids), 1), size))
    root = f"{call.root}/jobs/query/{job.id}"
    urls = [f"{root}/results?maxRecords={size}&locator={_locator(one)}" for one in starts[:_PARALLEL]]
    answer: dict[str, Any] = {"resultPages": [{"resultUrl": one} for one in urls]}
    if len(starts) > _PARALLEL:
        answer["nextRecordsUrl"] = f"{root}/resultPages?maxRecords={size}&locator={_locator(starts[_PARALLEL])}"
    return Reply(body=answer | {"done": len(starts) <= _PARALLEL})


def planned(call: Call, text: str, *, everything: bool, allowed: tuple[type, ...] = ()) -> tuple[Scope, Select, Plan]:
    """The plan of a statement that selects fields, and what else is `allowed`."""
    select = parse(text)
    unfit = any(not isinstance(item.what, (Field, *allowed)) for item in select.items)
    if unfit or select.group or select.offset:
        kinds = [type(item.what) for item in select.items]
        named = {Function: "an aggregate", Select: "a subquery", TypeOf: "TYPEOF"}
        what = next((name for kind, name in named.items() if kind in kinds), "GROUP BY or OFFSET")
        raise Refusal(400, "API_ERROR", f"Implementation restriction: {what} is not supported in Bulk Query")
    if any(isinstance(item.what, Field) and item.what.path[-1].lower() in COMPOUND for item in select.items):
        raise Refusal(400, "FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query")
    scope = open_scope(call.world, text, select, tooling=False)
    return scope, select, plan_records(scope, select, f"{call.root}/sobjects", everything=everything)


def _run(call: Call, job: Job) -> None:
    job.results = find(*job.results)
    job.processed = len(job.results.ids)
    move(call, job, "JobComplete")


def find(scope: Scope, select: Select, plan: Plan) -> Found:
    """Which records there are, now."""
    fields = [item.what for item in select.items if isinstance(item.what, Field)]
    columns = {(*scope.path_of(one), scope.column(one).label): scope.column(one).type for one in fields}
    return Found(plan, tuple(columns), found_ids(scope, select, plan), columns)


def _complete(call: Call, job_id: str) -> tuple[Job, Found]:
    job = found_job(call, "query", job_id)
    if job.state != "JobComplete":
        raise wrong_state(job)
    return job, job.results


def rows_of(call: Call, found: Found, ids: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """The values of these records, as they are now."""
    columns = columns_of(call.world, found.plan, ids)
    cells = [_cells(found.plan.shape, path, columns) for path in found.columns] if columns else []
    return zip(*cells, strict=True)


def _cells(shape: Shape, path: tuple[str, ...], columns: Table) -> list[str]:
    """One column of the sheet. Null and empty look the same, and so does what belongs to a parent that is not there."""
    *hops, label = path
    for hop in hops:
        parent = shape.parents[hop]
        assert isinstance(parent, Shape)  # what TYPEOF chooses is not selected by a path
        shape = parent
    values, type_ = columns[shape.values[label]], shape.types[label]
    if type_ == "boolean":
        there = columns[shape.id]
        return ["" if id_ is None else "true" if value else "false" for id_, value in zip(there, values, strict=True)]
    if type_ == "datetime":
        return [f"{value[:-5]}Z" if value else "" for value in values]
    return [one if isinstance(one, str) else "" if one is None else str(one) for one in values]


def value_at(record: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        record = None if record is None else record[name]
    return record


def text_of(value: Any) -> str:
    """Null and empty look the same; instants end in Z here."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"{text[:-5]}Z" if text.endswith(".000+0000") and len(text) == 28 else text


def _most(call: Call) -> int:
    text = call.query.get("maxRecords", str(PAGE))
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(400, "INVALIDJOB", f"maxRecords: {text!r} must be a whole number from 1")
    return min(int(text), PAGE)


def _locator(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(found: Found, locator: str | None) -> int:
    if locator in (None, "", "null"):
        return 0
    try:
        text = base64.urlsafe_b64decode(f"{locator}==").decode()
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    if not text.isdecimal() or int(text) > len(found.ids):
        raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(text)
