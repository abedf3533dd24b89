"""Generated requests, well formed and malformed, to every operation that the sandbox answers: no 5xx, and no answer
that HubSpot's documents do not allow. The same requests every time; CRM_SYNC_SEED draws others."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from tests.sandbox.proof.grounding import Ground

from crm_sync.sandbox.contract import CONTRACTS, Proof
from crm_sync.sandbox.server import Sandbox

_DIRECTORY = Path(os.environ.get(CONTRACTS, "nowhere"))
#: Objects whose operations are the same as those of the ones that are tried.
_ALIKE = (
    *("calls", "communications", "companies", "emails", "line_items"),
    *("meetings", "postal_mail", "products", "tasks", "tickets"),
)
DOCUMENTS = sorted(
    str(one.relative_to(_DIRECTORY))
    for one in _DIRECTORY.glob("hubspot/*[0-9]/*.json")
    if not one.name.startswith(tuple(f"crm.objects.{name}." for name in _ALIKE))
)
EXAMPLES = int(os.environ.get("CRM_SYNC_EXAMPLES", "3"))
SEED = int(os.environ.get("CRM_SYNC_SEED", "7"))
_SETTINGS = settings(
    max_examples=EXAMPLES,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(people=12, seed=3, directory=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def ground(sandbox: Sandbox) -> Ground:
    table = sandbox.world.table("hubspot", "contacts")
    return Ground([row["_id"] for row in table.select("1", limit=3)] + ["5"])


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[requests.Session]:
    with requests.Session() as one:
        one.headers["authorization"] = f"Bearer {sandbox.card()['hubspot']['token']}"
        yield one


def operations(document: dict[str, Any], url: str) -> list[APIOperation]:
    """Those that the sandbox answers: without a token, they are a 401 or another refusal, and not a 404."""
    for path in document["paths"].values():
        for one in path.values():
            one["security"] = []  # the session has the token; what happens without it is tested elsewhere
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    with httpx.Client(base_url=url) as http:
        return [one for one in found if http.request(one.method, re.sub(r"\{\w+\}", "contacts", one.path)).status_code
                not in (404, 405)]  # fmt: skip


def cases(operation: APIOperation) -> Iterator[st.SearchStrategy[Case]]:
    """Requests as documented, and ones with something wrong in them where anything can be wrong."""
    for mode in GenerationMode:
        yield operation.as_strategy(generation_mode=mode)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS or [""])
def test_no_request_makes_the_hubspot_face_fail_or_leave_its_contract(contracts, sandbox, ground, session, name):
    proof = Proof.from_environment()
    document = json.loads((contracts / name).read_text(encoding="utf-8"))
    answered = operations(document, sandbox.url)
    if not answered:
        pytest.skip("the sandbox answers none of these operations")

    found: list[str] = []  # all of them, not the first: a shrunk request would meet another world

    def attempt(case: Case, draw: Any) -> None:
        case.path_parameters = ground.path(draw, case.path_parameters or {})
        case.body = ground.body(draw, case.body)
        answer = case.call(base_url=sandbox.url, session=session)
        path = urlsplit(answer.request.url).path
        for one in proof.check(case.method, path, answer.status_code, answer.content):
            found.append(f"{one.call}: {one.status} {one.at}: {one.problem}; {case.as_curl_command()[:500]}")

    for operation in answered:
        for strategy in cases(operation):
            run = seed(SEED)(_SETTINGS(given(strategy, st.data())(lambda case, data: attempt(case, data.draw))))
            try:
                run()
            except Unsatisfiable:
                continue  # nothing can be wrong with this request
    assert not found, "\n".join(found)
