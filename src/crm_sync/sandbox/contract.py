"""A watch over the HubSpot face: every answer is checked against HubSpot's OpenAPI documents, where they are at hand.

DOCUMENTS   OpenAPI files under the directory that CRM_SYNC_CONTRACTS names; without it nothing is checked.
AMENDMENT   where real answers are known to differ from the documents, and why.   (contract.toml)
VIOLATION   what an answer says that the documents do not, or leaves out that they demand.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_sync.sandbox.contract_documents import Documents

#: The directory with `hubspot/v3` and `hubspot/2026-03`, and a file that takes violations as lines of JSON.
CONTRACTS: Final = "CRM_SYNC_CONTRACTS"
VIOLATIONS: Final = "CRM_SYNC_VIOLATIONS"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in one answer that the document of its operation does not allow."""

    call: str
    status: int
    document: str
    at: str
    problem: str


@dataclass(slots=True)
class Proof:
    """The documents, if any, and what has been seen so far. `unknown` are paths that no document has."""

    documents: Documents | None = None
    checked: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)

    @classmethod
    def from_environment(cls) -> Proof:
        said = os.environ.get(CONTRACTS)
        return cls(_documents(Path(said)) if said else None)

    def check(self, method: str, path: str, status: int, content: bytes) -> list[Violation]:
        """The violations of one answer, kept here as well."""
        if self.documents is None:
            return []
        operation = self.documents.find(method, path)
        if operation is None:
            self.unknown[f"{method} {path}"] += status != 404
            return []
        self.checked += 1
        problems = operation.problems(status, content)
        found = [Violation(f"{method} {path}", status, operation.document, at, text) for at, text in problems]
        self.violations += found
        _append(found)
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "documents": None if self.documents is None else str(self.documents.directory),
            "checked": self.checked,
            "unknown": {call: count for call, count in self.unknown.items() if count},
            "violations": [asdict(one) for one in self.violations],
        }


class Checked:
    """Lets every answer of the HubSpot face pass unchanged, and keeps what is wrong with it. Stands behind ordered
    faults, which may answer what they like. `GET /sandbox/violations` tells, `DELETE` forgets."""

    def __init__(self, app: ASGIApp, proof: Proof | None = None) -> None:
        self.app = app
        self.proof = Proof.from_environment() if proof is None else proof

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/sandbox/violations":
            return await self._tell(scope, receive, send)
        if scope["type"] != "http" or self.proof.documents is None or scope["path"].startswith(_NOT_HUBSPOT):
            return await self.app(scope, receive, send)
        answer = _Answer(send)
        await self.app(scope, receive, answer.send)
        self.proof.check(scope["method"], scope["path"], answer.status, bytes(answer.content))
        return None

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "DELETE":
            self.proof.violations.clear()
        await JSONResponse(self.proof.as_json())(scope, receive, send)


_NOT_HUBSPOT = ("/services", "/sandbox", "/hubspot/record", "/salesforce/record")


class _Answer:
    """Reads along while an answer is sent."""

    def __init__(self, send: Send) -> None:
        self._send, self.status, self.content = send, 0, bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.content += message.get("body", b"")
        await self._send(message)


@cache
def _documents(directory: Path) -> Documents:
    """Read once per process: many worlds live in one test run."""
    return Documents.read(directory / "hubspot")


def _append(found: list[Violation]) -> None:
    """Into the file that collects them across processes, if one is named."""
    said = os.environ.get(VIOLATIONS)
    if said and found:
        with Path(said).open("a") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in found)
