"""HubSpot's OpenAPI documents as a table of operations, each of which can judge an answer."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Problem = tuple[str, str]

#: Documents of the date-versioned API name no status beside 200 and 204, and no errors.
_DATED = "2026-03"
_LATER = re.compile(r"/2026-0[4-9]")  # answers what the documents of the date before say, until they name it
_OLD_LINKS = re.compile(r"/crm/v3/objects/[^/]+/[^/]+/associations/.*")  # dated, this path is what v4 became
_ALSO_200 = (200, 201, 202, 207)
_ERROR: Json = {"$ref": "#/components/schemas/Error"}


@dataclass(frozen=True)
class Operation:
    """One operation of one document. `answers` are its schemas by status; None stands for an empty body, and the
    statuses of `pages` may come as HTML."""

    document: str
    method: str
    path: str
    answers: Mapping[str, Json | None]
    components: Json
    pages: frozenset[int] = frozenset()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{[^}]+\}", self.path.rstrip("/"))
        return re.compile("[^/]+".join(re.escape(part) for part in parts))

    @cached_property
    def _validators(self) -> dict[str, Any]:
        return {}

    def problems(self, status: int, content: bytes) -> list[Problem]:
        """Where the answer differs from the document, and how."""
        named = self._named(status)
        if named is None:
            return [("status", f"{status} is not in the document; it has {', '.join(self.answers) or 'no status'}")]
        if self.answers[named] is None:
            return [("body", "there is one, and the document has none")] if content else []
        if status in self.pages and content.startswith(b"<html"):
            return []
        try:
            body = json.loads(content)
        except ValueError as problem:
            return [("body", f"is not JSON: {problem}")]
        return list(_differences(self._validator(named), body))

    def _named(self, status: int) -> str | None:
        """The entry that stands for a status: its own, an equal one of a terse document, or the default."""
        if str(status) in self.answers:
            return str(status)
        if status >= 500:
            return None
        if status >= 400:
            return "default" if "default" in self.answers else None
        return "200" if _DATED in self.document and status in _ALSO_200 and "200" in self.answers else None

    def _validator(self, named: str) -> Any:
        import jsonschema_rs  # a development dependency: a sandbox without documents does without it

        if named not in self._validators:
            schema = {**(self.answers[named] or {}), "components": self.components}
            self._validators[named] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        return self._validators[named]


def _differences(validator: Any, body: Any) -> Iterator[Problem]:
    for error in validator.iter_errors(body):
        yield "/".join(str(part) for part in error.instance_path) or "body", str(error.message)[:300]


@dataclass(frozen=True)
class Documents:
    """All operations; the most literal path that fits a call stands first."""

    directory: Path
    operations: tuple[Operation, ...]

    @classmethod
    def read(cls, directory: Path) -> Documents:
        """Raises ValueError when the directory holds no document."""
        files = [*sorted(directory.glob("v3/*.json")), *sorted(directory.glob(f"{_DATED}/*.json"))]
        if not files:
            raise ValueError(
                f"{directory} holds no v3/*.json: CRM_SYNC_CONTRACTS must name the directory above hubspot/"
            )
        amendments = tomllib.loads(Path(__file__).with_name("contract.toml").read_text())
        found = [one for file in files for one in _operations(file, amendments)]
        return cls(directory, tuple(sorted(found, key=lambda one: (one.path.count("{"), -len(one.path)))))

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a call: by its own path, or by the same one in the other family of versions."""
        for spelled in _spellings(path.rstrip("/")):
            for one in self._by_length.get((method, spelled.count("/")), ()):
                if one.pattern.fullmatch(spelled):
                    return one
        return None

    @cached_property
    def _by_length(self) -> dict[tuple[str, int], list[Operation]]:
        found: dict[tuple[str, int], list[Operation]] = {}
        for one in self.operations:
            found.setdefault((one.method, one.path.rstrip("/").count("/")), []).append(one)
        return found


def _spellings(path: str) -> Iterator[str]:
    """A path, and what it is called in the other family of versions: what one lacks, the other may have."""
    path = _LATER.sub(f"/{_DATED}", path)
    yield path
    dated = re.fullmatch(rf"/([a-z-]+)/([a-z-]+)/{_DATED}(/.*)?", path)
    if dated:
        family, resource, rest = dated.groups()
        yield f"/{family}/v3/{resource}{rest or ''}"
    versioned = re.fullmatch(r"/([a-z-]+)/v[134]/([^/]+)(/.*)?", path)
    if versioned and not _OLD_LINKS.fullmatch(path):
        family, resource, rest = versioned.groups()
        yield f"/{family}/{resource}/{_DATED}{rest or ''}"
        yield f"/{family}/{_DATED}/{resource}{rest or ''}"


def _operations(file: Path, amendments: Json) -> Iterator[Operation]:
    document = json.loads(file.read_text())
    components = document.get("components", {})
    _prepare(components, amendments)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            beyond = [one for one in amendments["beyond"] if _is_meant(one, f"{method.upper()} {path}")]
            answers = _answers(operation) | {str(one["status"]): _ERROR for one in beyond}
            pages = frozenset(one["status"] for one in beyond if one.get("page"))
            yield Operation(f"{file.parent.name}/{file.name}", method.upper(), path, answers, components, pages)


def _is_meant(beyond: Json, call: str) -> bool:
    return any(fnmatch(call, pattern) for pattern in beyond["calls"])


def _answers(operation: Json) -> dict[str, Json | None]:
    """Schemas by status; every operation may also answer with an error."""
    found: dict[str, Json | None] = {"default": _ERROR}
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        found[status] = next((one.get("schema", {}) for kind, one in content.items() if "json" in kind), None)
    return found


def _prepare(components: Json, amendments: Json) -> None:
    """Closes every named object, so that a field nobody documented is seen, and then puts the amendments in. Schemas
    without a name stay open: they are pages of a client, which leave out what it does not read."""
    schemas = components.setdefault("schemas", {})
    _close(schemas)
    schemas["Error"] = amendments["error"]
    for amendment in amendments["amend"]:
        for name, schema in schemas.items():
            if any(fnmatch(name, pattern) for pattern in amendment["schemas"]):
                _amend(schema, amendment)


def _close(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            _close(inner)
    elif isinstance(node, list):
        for inner in node:
            _close(inner)


def _amend(schema: Json, amendment: Json) -> None:
    if amendment.get("anything"):
        schema.clear()
        return
    properties = schema.setdefault("properties", {})
    for name, replacement in amendment.get("fields", {}).items():
        properties[name] = replacement
    for name in amendment.get("nullable", ()):
        if name in properties:
            properties[name] = {"anyOf": [properties[name], {"type": "null"}]}
    missing = amendment.get("optional", ())
    schema["required"] = [name for name in schema.get("required", ()) if name not in missing]
