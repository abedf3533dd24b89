"""What a batch brings and what its results say, as CSV, JSON or XML."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from crm_sync.sandbox.salesforce.bulk.rows import given_by
from crm_sync.sandbox.salesforce.bulk_v1.job import Outcome, Wrong
from crm_sync.sandbox.salesforce.soap.envelope import element, mapping, value_of
from crm_sync.sandbox.salesforce.wire import Call

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
KINDS = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_OUTCOME = ("Id", "Success", "Created", "Error")

Given = dict[str, Any]


def rows_of(content: str, text: str) -> list[Given]:
    """The rows of a batch, each as a client of REST would write it. Raises ValueError with what is wrong."""
    return _READ[content](text)


def outcomes_in(content: str, outcomes: Sequence[Outcome]) -> str:
    """The results of a batch that wrote."""
    if content == "CSV":
        return table([_OUTCOME, *(_line(one) for one in outcomes)])
    told = [_told(one) for one in outcomes]
    return json.dumps(told) if content == "JSON" else document("results", {"result": told})


def table(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def document(name: str, said: Given, *, names: str = "") -> str:
    """An XML document; what is null is not in it."""
    inside = "".join(element(key, value) for key, value in _without_nulls(said).items())
    return f'{_HEAD}<{name} xmlns="{NAMESPACE}"{names}>{inside}</{name}>'


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def is_json(headers: Mapping[str, str], *, otherwise: bool = False) -> bool:
    """Whether a request says that it speaks JSON; `otherwise` when it says nothing."""
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return kind == KINDS["JSON"] if kind else otherwise


def described(call: Call) -> Given:
    """The job that a request describes, in either format."""
    try:
        said = _read_json(call.body) if is_json(call.headers) else _read_xml(call.body)
    except ValueError as problem:
        raise Wrong("InvalidJob", str(problem)) from None
    return mapping(said)


def _read_xml(text: str) -> Given:
    """What is inside the root of a document."""
    try:
        return mapping(value_of(ElementTree.fromstring(text)))
    except ElementTree.ParseError as error:
        raise ValueError(f"the request is not XML: {error}") from None


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the request is not JSON: {error}") from None


def _csv_rows(text: str) -> list[Given]:
    rows = [row for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) if row]
    return [given_by(rows[0], row) for row in rows[1:]]


def _json_rows(text: str) -> list[Given]:
    said = _read_json(text)
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise ValueError("a batch in JSON is a list of records")
    return [{name: value for name, value in one.items() if name != "attributes"} for one in said]


def _xml_rows(text: str) -> list[Given]:
    said = _read_xml(text).get("sObject") or []
    return [mapping(one) for one in (said if isinstance(said, list) else [said])]


_READ = {"CSV": _csv_rows, "JSON": _json_rows, "XML": _xml_rows}


def _line(one: Outcome) -> tuple[str, str, str, str]:
    words = (str(one.error is None).lower(), str(one.created).lower())
    if one.error is None:
        return one.id or "", *words, ""
    error = one.error
    return one.id or "", *words, f"{error['statusCode']}:{error['message']}:{','.join(error['fields'])} --"


def _told(one: Outcome) -> Given:
    errors = [] if one.error is None else [dict(one.error)]
    return {"success": one.error is None, "created": one.created, "id": one.id, "errors": errors}
