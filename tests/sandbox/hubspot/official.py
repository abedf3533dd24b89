"""Shorthands for the official client."""

from __future__ import annotations

from typing import Any

from hubspot.crm.contacts import SimplePublicObjectInputForCreate


def contact(client: Any, email: str) -> str:
    """Makes a contact and returns its id."""
    made = client.crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties={"email": email}))
    return str(made.id)
