"""A watch over the HubSpot face: every answer is checked against HubSpot's OpenAPI documents, where they are at hand.

DOCUMENTS   OpenAPI files under the directory that CRM_SYNC_CONTRACTS names; without it nothing is checked.
AMENDMENT   where real answers are known to differ from the documents, and why.   (contract.toml)
VIOLATION   what an answer says that the documents do not, or leaves out that they demand.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_sync.sandbox.contract_documents import Documents
from crm_sync.sandbox.contract_log import tell, tell_once
from crm_sync.sandbox.faults import face_of, is_ordered, is_ours, template

#: What a path says that this face does not have: it is not imitated, which is no violation.
_NOBODY: Final = (b"Not Found", b"Method Not Allowed")

#: The directory with `hubspot/v3` and `hubspot/2026-03`.
CONTRACTS: Final = "CRM_SYNC_CONTRACTS"


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
            self._no_document(method, path, status)
            return []
        if content in _NOBODY:
            tell_once("unanswered", f"{method} {operation.path}")
            return []
        self.checked += 1
        tell_once("checked", f"{method} {operation.path} {status}")
        problems = operation.problems(status, content)
        found = [Violation(f"{method} {path}", status, operation.document, at, text) for at, text in problems]
        self.violations += found
        for one in found:
            tell("violation", asdict(one))
        return found

    def _no_document(self, method: str, path: str, status: int) -> None:
        """Only what is answered counts: a path that nobody has is no gap."""
        if status != 404:
            self.unknown[f"{method} {path}"] += 1
            tell_once("unknown", f"{method} {template(path)}")

    def as_json(self) -> dict[str, Any]:
        return {
            "documents": None if self.documents is None else str(self.documents.directory),
            "checked": self.checked,
            "unknown": {call: count for call, count in self.unknown.items() if count},
            "violations": [asdict(one) for one in self.violations],
        }


class Checked:
    """Lets every answer of the HubSpot face pass unchanged, and keeps what is wrong with it; faults on order may answer
    what they like. An answer is judged before it is sent, so whoever has it can ask at once.
    `GET /sandbox/violations` tells, `DELETE` forgets."""

    def __init__(self, app: ASGIApp, proof: Proof | None = None) -> None:
        self.app = app
        self.proof = Proof.from_environment() if proof is None else proof

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/sandbox/violations":
            return await self._tell(scope, receive, send)
        if self.proof.documents is None or not _is_hubspots(scope):
            return await self.app(scope, receive, send)
        return await self.app(scope, receive, _Answer(self.proof, scope, send).send)

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "DELETE":
            self.proof.violations.clear()
        await JSONResponse(self.proof.as_json())(scope, receive, send)


def _is_hubspots(scope: Scope) -> bool:
    return scope["type"] == "http" and not is_ours(scope["path"]) and face_of(scope["path"]) == "hubspot"


class _Answer:
    """Reads along while an answer is sent, and judges it before its end goes out."""

    def __init__(self, proof: Proof, scope: Scope, send: Send) -> None:
        self._proof, self._scope, self._send = proof, scope, send
        self._status, self._content = 0, bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        self._content += message.get("body", b"")
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if last and not is_ordered(self._scope):
            self._proof.check(self._scope["method"], self._scope["path"], self._status, bytes(self._content))
        await self._send(message)


@cache
def _documents(directory: Path) -> Documents:
    """Read once per process: many worlds live in one test run."""
    return Documents.read(directory / "hubspot")
