"""Recorded Salesforce interactions, and the records an org must hold before one of them can happen again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from tests.sandbox.salesforce.conftest import Org

_ID = re.compile(r"(?=\w*\d)[0-9A-Za-z]{18}")
_PREFIXES = {"001": "Account", "003": "Contact", "006": "Opportunity", "00Q": "Lead"}
_COUNTED = re.compile(r"select count\((?:Id)?\) from (\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Interaction:
    """One recorded request with its answer; paths and bodies name a version that the sandbox speaks."""

    number: int
    method: str
    path: str
    sent: Any
    status: int
    answer: Any

    @property
    def title(self) -> str:
        return f"{self.number} {self.method} {self.path[:90]}"


def interaction(number: int, recorded: dict[str, Any]) -> Interaction:
    request, response = recorded["request"], recorded["response"]
    text = str(response["body"] or "").replace("vxx.0", "v62.0")
    sent = str(request["body"] or "").replace("vxx.0", "v62.0")
    path = request["path"].replace("vxx.0", "v62.0")
    return Interaction(number, request["method"], path, _json(sent), response["status"], _json(text))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def prepare(org: Org, one: Interaction) -> None:
    """Puts into the org what the recorded one held: records that were read, counted, changed or referred to."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, id_, values in [*_referred(one.sent), *_changed(one), *_read(one.answer, **_conditions(one))]:
        rows.setdefault((name, id_), {}).update(values)
    now = org.world.clock.now_ms()
    for (name, id_), values in rows.items():
        table = org.world.table("salesforce", name)
        known = {field: value for field, value in values.items() if field in table.fields}
        table.insert([{"_id": id_, "_created": now, "_modified": now, **known}])
    for name, count in _counted(one):
        org.add(name, "001", *({"Name": str(place)} for place in range(count)))


def _conditions(one: Interaction) -> dict[str, str]:
    """What the query asked of its rows, which need not be in the answer."""
    return dict(re.findall(r"where (\w+)='([^']*)'", unquote_plus(one.path)))


Wanted = Iterator[tuple[str, str, dict[str, Any]]]


def _referred(sent: Any) -> Wanted:
    """Every id that a request names is a record."""
    for id_ in _ID.findall(json.dumps(sent)):
        if id_[:3] in _PREFIXES:
            yield _PREFIXES[id_[:3]], id_, {}


def _changed(one: Interaction) -> Wanted:
    """What an upsert found there already, by the field it looked it up with."""
    found = re.search(r"/composite/sobjects/(\w+)/(\w+)$", one.path)
    if found is None or found[2] == "Id":
        return
    for row, told in zip(one.sent["records"], one.answer, strict=True):
        if not told.get("created", True):
            yield found[1], told["id"], {found[2]: row[found[2]]}


def _read(node: Any, **beside: str) -> Wanted:
    """Records anywhere in an answer; children of a record point back to it."""
    if isinstance(node, list):
        for inner in node:
            yield from _read(inner, **beside)
    elif isinstance(node, dict):
        if "url" in node.get("attributes", {}):
            name, id_ = node["attributes"]["type"], node["attributes"]["url"].rpartition("/")[2]
            yield name, id_, {**node, **beside, **_pointers(node)}
            beside = {f"{name}Id": id_}
        for inner in node.values():
            yield from _read(inner, **beside)


def _pointers(node: dict[str, Any]) -> dict[str, str]:
    """A parent that stands in a record is pointed to: `Who` by `WhoId`."""
    parents = {name: inner for name, inner in node.items() if isinstance(inner, dict) and "attributes" in inner}
    return {f"{name}Id": inner["attributes"]["url"].rpartition("/")[2] for name, inner in parents.items()}


def _counted(one: Interaction) -> Iterator[tuple[str, int]]:
    """Objects of which only the number was asked for."""
    if "/limits/recordCount" in one.path:
        yield from ((row["name"], row["count"]) for row in one.answer["sObjects"])
    asked = [(unquote_plus(one.path), one.answer)]
    if isinstance(one.sent, dict) and "compositeRequest" in one.sent:
        answers = [part["body"] for part in one.answer["compositeResponse"]]
        asked += [(part["url"], body) for part, body in zip(one.sent["compositeRequest"], answers, strict=True)]
    for text, body in asked:
        found = _COUNTED.search(text)
        if found and isinstance(body, dict):
            yield found[1], body["records"][0]["expr0"] if body["records"] else body["totalSize"]
