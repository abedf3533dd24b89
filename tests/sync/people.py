"""Made-up people as the store holds them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crm_sync.records import Person, Ref


def recorded(ref: Ref, created_at: datetime, modified_at: datetime, said: Mapping[str, str]) -> Person:
    """`said` by the names of tests.identity.leads.COLUMNS."""
    return Person(
        ref=ref,
        version="1",
        created_at=created_at,
        modified_at=modified_at,
        first_name=said["first_name"] or None,
        last_name=said["last_name"] or None,
        email=said["email"] or None,
        phones=(said["phone"],) if said["phone"] else (),
        company_name=said["company"] or None,
        title=said["title"] or None,
        country=said["country"] or None,
    )
