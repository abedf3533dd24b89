"""SOAP login: the oldest way in, which simple-salesforce and others still take with a username and a password."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from crm_sync.sandbox.salesforce.auth import SESSION_MS, known_password, new_token
from crm_sync.sandbox.world import World

_LOGIN = "{urn:partner.soap.sforce.com}"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{}</soapenv:Body>'
    "</soapenv:Envelope>"
)
_FAULT = (
    "<soapenv:Fault><faultcode>sf:{0}</faultcode><faultstring>{0}: {1}</faultstring><detail><sf:LoginFault"
    ' xmlns:sf="urn:fault.partner.soap.sforce.com" xsi:type="sf:LoginFault"><sf:exceptionCode>{0}</sf:exceptionCode>'
    "<sf:exceptionMessage>{1}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
)
_RESULT = (
    "<loginResponse><result><metadataServerUrl>{server}/services/Soap/m/{version}/{organization}</metadataServerUrl>"
    "<passwordExpired>false</passwordExpired><sandbox>false</sandbox>"
    "<serverUrl>{server}/services/Soap/u/{version}/{organization}</serverUrl><sessionId>{session}</sessionId><userId>{user}</userId>"
    "<userInfo><organizationId>{organization}</organizationId><sessionSecondsValid>{seconds}</sessionSecondsValid>"
    "<userId>{user}</userId><userName>{name}</userName></userInfo></result></loginResponse>"
)


def login(world: World, body: bytes, version: str, origin: str) -> tuple[int, str]:
    """Status and XML of POST /services/Soap/u/{version}."""
    try:
        tree = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return 500, _fault("INVALID_OPERATION", f"The request is not XML: {error}")
    username, password = (tree.findtext(f".//{_LOGIN}{one}") or "" for one in ("username", "password"))
    if not known_password(world, username, password):
        return 500, _fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.")
    return 200, _ENVELOPE.format(_result(world, version, origin))


def _result(world: World, version: str, origin: str) -> str:
    app = world.notes["salesforce_app"]
    return _RESULT.format(
        server=escape(origin),
        version=escape(version),
        organization=app["organization_id"],
        session=escape(new_token(world)),
        user=app["user_id"],
        name=escape(app["username"]),
        seconds=SESSION_MS // 1000,
    )


def _fault(code: str, message: str) -> str:
    return _ENVELOPE.format(_FAULT.format(code, escape(message)))
