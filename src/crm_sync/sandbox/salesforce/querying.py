"""The query resources: SOQL in, a page of records out, the next pages by their locator."""

from __future__ import annotations

import re

from crm_sync.sandbox.salesforce.soql.run import PAGE, Query, read_on, run
from crm_sync.sandbox.salesforce.wire import Call, Reply

_BATCH = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)


def query(call: Call) -> Reply:
    return _run(call, call.root)


def query_all(call: Call) -> Reply:
    """Deleted records too."""
    return _run(call, call.root, everything=True)


def tooling_query(call: Call) -> Reply:
    return _run(call, f"{call.root}/tooling", tooling=True)


def query_more(call: Call, locator: str) -> Reply:
    return Reply(body=read_on(call.world, locator, call.root))


def _run(call: Call, root: str, *, everything: bool = False, tooling: bool = False) -> Reply:
    wanted = _BATCH.search(call.headers.get("sforce-query-options", ""))
    page = int(wanted[1]) if wanted else PAGE
    return Reply(body=run(call.world, Query(call.query.get("q", ""), root, everything, tooling, page)))
