"""Deeds through a face: records that users change, delete and merge, and any call one likes."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from crm_sync.sandbox.actions.inside import DATA, Inside, Said

_MERGE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:urn="urn:partner.soap.sforce.com" xmlns:obj="urn:sobject.partner.soap.sforce.com">'
    "<soapenv:Header><urn:SessionHeader><urn:sessionId>{token}</urn:sessionId></urn:SessionHeader></soapenv:Header>"
    "<soapenv:Body><urn:merge><urn:request>"
    "<urn:masterRecord><obj:type>{object}</obj:type><obj:Id>{primary}</obj:Id></urn:masterRecord>"
    "<urn:recordToMergeIds>{other}</urn:recordToMergeIds>"
    "</urn:request></urn:merge></soapenv:Body></soapenv:Envelope>"
)


async def call(inside: Inside, said: Said) -> Any:
    """Any request of either face, as `method`, `path` and `body`."""
    answer = await inside.ask(str(said.get("method", "GET")), _path(said), said.get("body"), said.get("headers"))
    return {"status": answer.status, "body": answer.json()}


def _path(said: Said) -> str:
    path = str(said.get("path"))
    if not path.startswith("/") or path.startswith("/sandbox"):
        raise ValueError(f'"path" is {path!r}; it must be a path of one of the two faces')
    return path


async def change(inside: Inside, said: Said) -> Any:
    """`values` are written to the records meant."""
    ids, values = inside.ids(said), said.get("values")
    if not isinstance(values, dict) or not values:
        raise ValueError('"values" must be an object with at least one field')
    inside.table(said)
    for one in ids:
        await inside.do("PATCH", _record(said, one), values if _is_force(said) else {"properties": values})
    return {"ids": ids}


async def delete(inside: Inside, said: Said) -> Any:
    """HubSpot archives, Salesforce puts into the recycle bin."""
    ids = inside.ids(said)
    inside.table(said)
    for one in ids:
        await inside.do("DELETE", _record(said, one))
    return {"ids": ids}


async def merge(inside: Inside, said: Said) -> Any:
    """The first record survives. Without `ids`, the seed draws two."""
    inside.table(said)
    primary, other, *more = inside.ids({"count": 2, **said}, least=2)
    if more:
        raise ValueError(f"a merge takes two records, not {len(more) + 2}")
    if _is_force(said):
        return await _merge_in_salesforce(inside, str(said["object"]), primary, other)
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    merged = await inside.do("POST", f"/crm/v3/objects/{said['object']}/merge", body)
    return {"primary": primary, "other": other, "survivor": merged["id"]}


async def _merge_in_salesforce(inside: Inside, name: str, primary: str, other: str) -> Any:
    """Only SOAP can merge, and SOAP carries its session in the body."""
    with inside.session() as token:
        body = _MERGE.format(token=escape(token), object=escape(name), primary=escape(primary), other=escape(other))
        headers = {"content-type": "text/xml; charset=UTF-8", "soapaction": '""'}
        answer = await inside.ask("POST", "/services/Soap/u/62.0", body, headers)
    told = answer.body.decode()
    if answer.status >= 300 or "<success>true</success>" not in told:
        raise ValueError(f"Salesforce did not merge {primary} and {other}: {told[:300]}")
    return {"primary": primary, "other": other, "survivor": primary}


def _is_force(said: Said) -> bool:
    return said.get("crm") == "salesforce"


def _record(said: Said, record_id: str) -> str:
    return f"{DATA}/sobjects/{said['object']}/{record_id}" if _is_force(said) else (
        f"/crm/v3/objects/{said['object']}/{record_id}"
    )  # fmt: skip
