"""SOAP requests as a partner client writes them, and their answers as plain text by name."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx

_ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<soapenv:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader>{}</soapenv:Header>"
    "<soapenv:Body><{}>{}</{}></soapenv:Body></soapenv:Envelope>"
)
PARTNER, METADATA = "urn:partner.soap.sforce.com", "http://soap.sforce.com/2006/04/metadata"


async def ask(
    client: httpx.AsyncClient, operation: str, said: dict[str, Any], *, headers: str = "", namespace: str = PARTNER
) -> httpx.Response:
    session = client.headers["authorization"].removeprefix("Bearer ")
    body = _ENVELOPE.format(namespace, session, headers, operation, xml(said), operation)
    door = "u" if namespace == PARTNER else "m"
    content_type = {"Content-Type": "text/xml", "SOAPAction": '""'}
    return await client.post(f"/services/Soap/{door}/62.0", content=body, headers=content_type)


async def results(client: httpx.AsyncClient, operation: str, said: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The results of a call that worked."""
    reply = await ask(client, operation, said, **more)
    assert reply.status_code == 200, reply.text
    return [_plain(one) for one in ElementTree.fromstring(reply.content).iter() if one.tag.endswith("}result")]


def fault(reply: httpx.Response) -> str:
    assert reply.status_code == 500
    return next(one.text or "" for one in ElementTree.fromstring(reply.content).iter() if one.tag == "faultcode")


def xml(said: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in said.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        kind = value.get("@type")
        inside = xml({key: one for key, one in value.items() if key != "@type"})
        return f"<{name}{f' xsi:type={chr(34)}{kind}{chr(34)}' if kind else ''}>{inside}</{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"


def _plain(element: ElementTree.Element) -> Any:
    if not len(element):
        return element.text
    found: dict[str, Any] = {}
    for one in element:
        name, value = one.tag.rpartition("}")[2], _plain(one)
        earlier = found.get(name, [])
        found[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value] if name in found else value
        if name in ("mergedRecordIds", "updatedRelatedIds"):
            found[name] = value if isinstance(found[name], list) else [value]
    return found
