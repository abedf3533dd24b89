"""What commands did on the wire: the calls that changed something in a CRM."""

from __future__ import annotations

from tests.sync.town import Town

READING = ("/search", "/batch/read", "/token", "/get/access-token-info", "/composite", "/jobs/query")


def writes(town: Town) -> dict[str, int]:
    """Writing calls since the last reset, as "POST /path" with their number."""
    calls = {call: count for face in town.calls().values() for call, count in face.items()}
    return {call: count for call, count in calls.items() if not call.startswith("GET ") and not call.endswith(READING)}


def forget_calls(town: Town) -> None:
    town.http.post("/sandbox/calls/reset").raise_for_status()


def scopes(town: Town, **change: list[str]) -> None:
    """`remove=[...]` or `add=[...]`: what the HubSpot token may do."""
    town.http.post("/sandbox/hubspot/scopes", json=change).raise_for_status()


def say_in_salesforce(town: Town, path: str, values: dict[str, str]) -> None:
    """Edits one row as a user would: `Lead/00Q...`."""
    said = town.card["salesforce"]
    login = {key: said[key] for key in ("client_id", "client_secret")} | {"grant_type": "client_credentials"}
    token = town.http.post("/services/oauth2/token", data=login).json()["access_token"]
    answer = town.http.patch(
        f"/services/data/v62.0/sobjects/{path}", json=values, headers={"Authorization": f"Bearer {token}"}
    )
    answer.raise_for_status()
