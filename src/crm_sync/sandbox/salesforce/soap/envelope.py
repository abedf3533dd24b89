"""SOAP envelopes: the request as plain dictionaries, the answer and the fault as XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

PARTNER, METADATA = "urn:partner.soap.sforce.com", "http://soap.sforce.com/2006/04/metadata"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    '{} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body></soapenv:Envelope>'
)
_FAULT = (
    "<soapenv:Fault><faultcode>sf:{0}</faultcode><faultstring>{0}: {1}</faultstring><detail><sf:{2}"
    ' xsi:type="sf:{2}"><sf:exceptionCode>{0}</sf:exceptionCode>'
    "<sf:exceptionMessage>{1}</sf:exceptionMessage></sf:{2}></detail></soapenv:Fault>"
)


class Fault(Exception):
    """The whole request failed."""

    def __init__(self, code: str, message: str, kind: str = "UnexpectedErrorFault") -> None:
        super().__init__(message)
        self.code, self.message, self.kind = code, message, kind

    def xml(self) -> str:
        names = ' xmlns:sf="urn:fault.partner.soap.sforce.com"'
        return _ENVELOPE.format(names, _FAULT.format(self.code, escape(self.message), self.kind))


@dataclass(frozen=True, slots=True)
class Ask:
    """One SOAP request: which operation, what it says, and the headers around it."""

    operation: str
    said: Mapping[str, Any]
    headers: Mapping[str, Any]

    @property
    def session(self) -> str:
        return str(mapping(self.headers.get("SessionHeader")).get("sessionId") or "")


def opened(body: bytes) -> Ask:
    try:
        tree = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Fault("INVALID_OPERATION", f"The request is not XML: {error}") from None
    parts = {_local(one.tag): one for one in tree}
    operation = next(iter(parts["Body"]), None) if "Body" in parts else None
    if operation is None:
        raise Fault("INVALID_OPERATION", "The request has no SOAP body with an operation in it")
    headers = mapping(value_of(parts["Header"])) if "Header" in parts else {}
    return Ask(_local(operation.tag), mapping(value_of(operation)), headers)


def answered(operation: str, results: list[Any], namespace: str = PARTNER) -> str:
    """The response of an operation, with one `result` for each thing asked."""
    inside = "".join(element("result", one) for one in results)
    names = f' xmlns="{namespace}" xmlns:sf="urn:sobject.partner.soap.sforce.com"'
    return _ENVELOPE.format(names, f"<{operation}Response>{inside}</{operation}Response>")


def mapping(value: Any) -> dict[str, Any]:
    """What is inside an element; nothing when it holds text or is not there."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """What may stand once or several times in XML."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def value_of(node: ElementTree.Element) -> Any:
    """Text, or a dictionary of what is inside; names that repeat hold lists. `xsi:type` is kept as @type."""
    kind = node.get(f"{_XSI}type")
    if not len(node) and kind is None:
        return None if node.get(f"{_XSI}nil") == "true" else (node.text or "")
    found: dict[str, Any] = {"@type": kind.rpartition(":")[2]} if kind else {}
    if not len(node):
        return node.text or ""
    for one in node:
        name, value = _local(one.tag), value_of(one)
        found[name] = [*listed(found[name]), value] if name in found else value
    return found


def element(name: str, value: Any) -> str:
    """XML of a value: lists repeat the name, mappings nest, null is said with xsi:nil."""
    if isinstance(value, list | tuple):
        return "".join(element(name, one) for one in value)
    if isinstance(value, Mapping):
        kind = f' xsi:type="{value["@type"]}"' if "@type" in value else ""
        return f"<{name}{kind}>{''.join(_inside(value))}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<{name} xsi:nil="true"/>' if value is None else f"<{name}>{escape(text)}</{name}>"


def _inside(value: Mapping[str, Any]) -> Iterator[str]:
    return (element(key, one) for key, one in value.items() if key != "@type")
