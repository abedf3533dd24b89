"""Which function answers which path below /services/data/v{version}/: one table, and the way through it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from crm_sync.sandbox.salesforce import (
    collections,
    composite,
    conversion,
    describe,
    forest,
    org_limits,
    querying,
    records,
    tooling,
    views,
)
from crm_sync.sandbox.salesforce.bulk import ingest
from crm_sync.sandbox.salesforce.bulk import query as bulk_query
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply, not_found

_OBJECT, _ID = r"(?P<object_>\w+)", r"(?P<record_id>[^/]+)"
_KEYED = rf"sobjects/{_OBJECT}/(?P<key>\w+)/(?P<value>.+)"
_JOB = r"(?P<job_id>\w+)"
_COMPONENT = r"tooling/sobjects/(?P<kind>CustomField|ValidationRule)"


def _table() -> list[tuple[str, str, Callable[..., Reply]]]:
    """Method, path below the version, and who answers; the first match counts."""
    return [
        ("GET", "", describe.resources),
        ("GET", "limits", org_limits.limits),
        ("GET", "limits/recordCount", org_limits.record_count),
        ("GET", "query", querying.query),
        ("GET", "query/(?P<locator>.+)", querying.query_more),
        ("GET", "queryAll", querying.query_all),
        ("GET", "queryAll/(?P<locator>.+)", querying.query_more),
        ("GET", "tooling/query", querying.tooling_query),
        ("GET", "tooling/query/(?P<locator>.+)", querying.query_more),
        ("POST", _COMPONENT, tooling.create),
        ("GET", rf"{_COMPONENT}/{_ID}", tooling.read),
        ("PATCH", rf"{_COMPONENT}/{_ID}", tooling.update),
        ("DELETE", rf"{_COMPONENT}/{_ID}", tooling.delete),
        ("GET", "sobjects", describe.global_describe),
        ("GET", f"sobjects/{_OBJECT}", describe.object_info),
        ("POST", f"sobjects/{_OBJECT}", records.create),
        ("GET", f"sobjects/{_OBJECT}/describe", describe.describe),
        ("GET", f"sobjects/{_OBJECT}/listviews", views.listed),
        ("GET", f"sobjects/{_OBJECT}/listviews/{_ID}", views.read),
        ("GET", f"sobjects/{_OBJECT}/listviews/{_ID}/describe", views.describe),
        ("GET", f"sobjects/{_OBJECT}/listviews/{_ID}/results", views.results),
        ("GET", f"sobjects/{_OBJECT}/updated", records.updated),
        ("GET", f"sobjects/{_OBJECT}/deleted", records.deleted),
        ("GET", f"sobjects/{_OBJECT}/{_ID}", records.read),
        ("PATCH", f"sobjects/{_OBJECT}/{_ID}", records.update),
        ("DELETE", f"sobjects/{_OBJECT}/{_ID}", records.delete),
        ("GET", _KEYED, records.read_by_key),
        ("PATCH", _KEYED, records.upsert),
        ("POST", "actions/standard/convertLead", conversion.action),
        ("POST", "jobs/ingest", ingest.create),
        ("GET", "jobs/ingest", ingest.jobs),
        ("PUT", f"jobs/ingest/{_JOB}/batches", ingest.upload),
        ("GET", f"jobs/ingest/{_JOB}/successfulResults", ingest.successful),
        ("GET", f"jobs/ingest/{_JOB}/failedResults", ingest.failed),
        ("GET", f"jobs/ingest/{_JOB}/unprocessedrecords", ingest.unprocessed),
        ("GET", f"jobs/ingest/{_JOB}", ingest.read),
        ("PATCH", f"jobs/ingest/{_JOB}", ingest.change),
        ("DELETE", f"jobs/ingest/{_JOB}", ingest.delete),
        ("POST", "jobs/query", bulk_query.create),
        ("GET", "jobs/query", bulk_query.jobs),
        ("GET", f"jobs/query/{_JOB}/results", bulk_query.results),
        ("GET", f"jobs/query/{_JOB}/resultPages", bulk_query.result_pages),
        ("GET", f"jobs/query/{_JOB}", bulk_query.read),
        ("PATCH", f"jobs/query/{_JOB}", bulk_query.change),
        ("DELETE", f"jobs/query/{_JOB}", bulk_query.delete),
        ("POST", "composite", partial(composite.composite, dispatch=dispatch)),
        ("POST", "composite/batch", partial(composite.batch, dispatch=dispatch)),
        ("POST", "composite/graph", partial(forest.graph, dispatch=dispatch)),
        ("POST", f"composite/tree/{_OBJECT}", forest.tree),
        ("POST", "composite/sobjects", collections.create),
        ("PATCH", "composite/sobjects", collections.update),
        ("DELETE", "composite/sobjects", collections.delete),
        ("GET", f"composite/sobjects/{_OBJECT}", collections.retrieve),
        ("POST", f"composite/sobjects/{_OBJECT}", collections.retrieve),
        ("PATCH", rf"composite/sobjects/{_OBJECT}/(?P<key>\w+)", collections.upsert),
    ]


def dispatch(call: Call) -> Reply:
    """Finds who answers the call's path; composite requests come here again."""
    allowed = []
    for method, pattern, answer in _TABLE:
        found = pattern.fullmatch(call.path)
        if found and method == call.method:
            return answer(call, **found.groupdict())
        allowed += [method] if found else []
    if allowed:
        message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(['HEAD', *allowed])}"
        raise Refusal(405, "METHOD_NOT_ALLOWED", message)
    raise not_found()


_TABLE = [(method, re.compile(pattern), answer) for method, pattern, answer in _table()]
