"""The watch itself, over a contract of two operations that is written here."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from crm_sync.sandbox.contract import CONTRACTS, Checked, Proof
from crm_sync.sandbox.contract_documents import Documents
from crm_sync.sandbox.contract_log import VIOLATIONS

FRUIT = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "at": {"type": "string", "format": "date-time"}},
}
SHOWN = {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fruit"}}}}


@pytest.fixture(autouse=True)
def unwatched(monkeypatch):
    """These violations are meant: the session's own watch must not see them."""
    monkeypatch.delenv(VIOLATIONS, raising=False)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Documents of both families: what the older one has, and a dated path that it lacks."""
    components = {"schemas": {"Fruit": FRUIT}}
    old = {
        "/crm/v3/fruits/{id}": {
            "get": {"responses": {"200": SHOWN}},
            "delete": {"responses": {"204": {"description": ""}}},
        },
        "/crm/v3/fruits/first": {"get": {"responses": {"202": SHOWN}}},
    }
    dated = {"/crm/nuts/2026-03/{id}": {"get": {"responses": {"200": SHOWN}}}}
    for place, paths in (("v3", old), ("2026-03", dated)):
        (tmp_path / "hubspot" / place).mkdir(parents=True)
        document = {"openapi": "3.0.3", "paths": paths, "components": components}
        (tmp_path / "hubspot" / place / "fruits.json").write_text(json.dumps(document))
    return tmp_path


@pytest.fixture
def proof(directory: Path) -> Proof:
    return Proof(Documents.read(directory / "hubspot"))


def problems(proof: Proof, path: str, status: int, body: object, method: str = "GET") -> list[tuple[str, str]]:
    content = b"" if body is None else json.dumps(body).encode()
    return [(one.at, one.problem) for one in proof.check(method, path, status, content)]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/crm/v3/fruits/7", 200, {"name": "fig", "at": "2026-05-30T02:00:00.123Z"}),
        ("/crm/v3/fruits/7/", 200, {"name": "fig"}),
        ("/crm/v3/fruits/first", 202, {"name": "fig"}),
        ("/crm/v3/fruits/7", 404, {"message": "resource not found"}),
        ("/crm/v3/nuts/7", 200, {"name": "almond"}),
        ("/crm/nuts/2026-09/7", 200, {"name": "almond"}),
        ("/crm/fruits/2026-03/7", 200, {"name": "fig"}),
        ("/crm/nuts/2026-03/7", 207, {"name": "almond"}),
    ],
)
def test_an_answer_as_documented_passes(proof, path, status, body):
    assert problems(proof, path, status, body) == []
    assert proof.checked == 1


@pytest.mark.parametrize(
    ("status", "body", "at", "problem"),
    [
        (200, {"name": 7}, "name", '7 is not of type "string"'),
        (200, {"name": "fig", "at": "yesterday"}, "at", '"yesterday" is not a "date-time"'),
        (200, {}, "body", '"name" is a required property'),
        (200, {"name": "fig", "hue": "blue"}, "body", "Additional properties are not allowed ('hue' was unexpected)"),
        (201, {"name": "fig"}, "status", "201 is not in the document; it has default, 200, 414, 530"),
        (503, {"message": "later"}, "status", "503 is not in the document; it has default, 200, 414, 530"),
        (400, {"category": "VALIDATION_ERROR"}, "body", '"message" is a required property'),
        (200, None, "body", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
    ],
)
def test_what_differs_is_told_with_its_place(proof, status, body, at, problem):
    assert problems(proof, "/crm/v3/fruits/7", status, body) == [(at, problem)]


def test_a_body_where_none_belongs_is_a_violation(proof):
    assert problems(proof, "/crm/v3/fruits/7", 204, None, "DELETE") == []
    assert problems(proof, "/crm/v3/fruits/7", 204, {}, "DELETE") == [
        ("body", "there is one, and the document has none")
    ]


def test_paths_that_no_document_has_are_counted(proof):
    problems(proof, "/crm/v3/rocks", 200, {})
    problems(proof, "/crm/v3/nowhere", 404, {})
    assert proof.as_json()["unknown"] == {"GET /crm/v3/rocks": 1}


def test_an_operation_that_is_not_imitated_is_no_violation(proof):
    assert proof.check("GET", "/crm/v3/fruits/7", 404, b"Not Found") == []
    assert proof.checked == 0
    assert proof.check("GET", "/crm/v3/fruits/7", 404, b"Nothing") != []


def test_a_directory_without_documents_is_named(tmp_path):
    with pytest.raises(ValueError, match="CRM_SYNC_CONTRACTS must name the directory above hubspot/"):
        Documents.read(tmp_path)


async def fruit(request: Request) -> Response:
    return JSONResponse({"name": "fig" if request.path_params["id"] == "7" else None})


@pytest.fixture
def app() -> Starlette:
    return Starlette(routes=[Route("/crm/v3/fruits/{id}", fruit), Route("/services/{id}", fruit)])


def client(app: Checked) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox")


async def test_answers_pass_unchanged_and_violations_are_told_and_forgotten(app, proof, monkeypatch, tmp_path):
    monkeypatch.setenv(VIOLATIONS, str(tmp_path / "violations.jsonl"))
    async with client(Checked(app, proof)) as http:
        assert (await http.get("/crm/v3/fruits/8")).json() == {"name": None}
        await http.get("/services/8")
        told = (await http.get("/sandbox/violations")).json()
        assert (await http.delete("/sandbox/violations")).json()["violations"] == []
    assert told["checked"] == 1
    [violation] = told["violations"]
    assert violation == {
        "call": "GET /crm/v3/fruits/8",
        "status": 200,
        "document": "v3/fruits.json",
        "at": "name",
        "problem": 'null is not of type "string"',
    }
    lines = [json.loads(line) for line in (tmp_path / "violations.jsonl").read_text().splitlines()]
    assert lines == [
        {"kind": "checked", "what": "GET /crm/v3/fruits/{id} 200"},
        {"kind": "violation", **violation},
    ]


async def test_a_call_that_no_document_covers_is_told_once(app, proof, monkeypatch, tmp_path):
    app.routes.append(Route("/crm/v3/rocks/{id}", fruit))
    monkeypatch.setenv(VIOLATIONS, str(tmp_path / "violations.jsonl"))
    async with client(Checked(app, proof)) as http:
        for path in ("/crm/v3/rocks/7", "/crm/v3/rocks/8", "/crm/v3/nowhere"):
            await http.get(path)
    assert json.loads((tmp_path / "violations.jsonl").read_text()) == {
        "kind": "unknown",
        "what": "GET /crm/v3/rocks/{id}",
    }


async def test_without_documents_nothing_is_checked_and_it_says_so(app, monkeypatch):
    monkeypatch.delenv(CONTRACTS, raising=False)
    async with client(Checked(app)) as http:
        assert (await http.get("/crm/v3/fruits/8")).json() == {"name": None}
        told = (await http.get("/sandbox/violations")).json()
    assert told == {"documents": None, "checked": 0, "unknown": {}, "violations": []}
