"""SOAP login: the oldest way in, which simple-salesforce and others still take with a username and a password."""

from __future__ import annotations

from typing import Any

from crm_sync.sandbox.salesforce.auth import SESSION_MS, known_password, new_token
from crm_sync.sandbox.salesforce.soap.envelope import Ask, Fault
from crm_sync.sandbox.world import World


def login(world: World, ask: Ask, version: str, origin: str) -> dict[str, Any]:
    """The result of the login call: a session and where to use it."""
    username, password = (str(ask.said.get(one) or "") for one in ("username", "password"))
    if not known_password(world, username, password):
        message = "Invalid username, password, security token; or user locked out."
        raise Fault("INVALID_LOGIN", message, "LoginFault")
    app = world.notes["salesforce_app"]
    organization = app["organization_id"]
    return {
        "metadataServerUrl": f"{origin}/services/Soap/m/{version}/{organization}",
        "passwordExpired": False,
        "sandbox": False,
        "serverUrl": f"{origin}/services/Soap/u/{version}/{organization}",
        "sessionId": new_token(world),
        "userId": app["user_id"],
        "userInfo": user_info(world),
    }


def user_info(world: World) -> dict[str, Any]:
    app = world.notes["salesforce_app"]
    user = world.table("salesforce", "User").get([app["user_id"]])[app["user_id"]]
    return {
        "organizationId": app["organization_id"],
        "organizationName": "Acme",
        "profileId": user["ProfileId"],
        "sessionSecondsValid": SESSION_MS // 1000,
        "userEmail": user["Email"],
        "userFullName": user["Name"],
        "userId": app["user_id"],
        "userName": app["username"],
        "userTimeZone": user["TimeZoneSidKey"],
        "userType": user["UserType"],
    }
