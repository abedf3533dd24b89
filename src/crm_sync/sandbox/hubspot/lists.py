"""A list of records: what HubSpot keeps about one, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm_sync.sandbox.hubspot.values import iso


@dataclass(slots=True)
class RecordList:
    """`members` (record id to the instant it joined) belongs to MANUAL and SNAPSHOT; a DYNAMIC list asks its branch."""

    list_id: str
    name: str
    object_type_id: str
    processing_type: str
    created_at: int
    updated_at: int
    user_id: str
    branch: Mapping[str, Any] | None = None
    members: dict[str, int] = field(default_factory=dict)
    deleted_at: int | None = None
    version: int = 1
    custom: Mapping[str, str] = field(default_factory=dict)

    def body(self, size: int, *, with_filters: bool = False) -> dict[str, Any]:
        """A PublicObjectList as the wire shows it."""
        more: dict[str, Any] = {"deletedAt": iso(self.deleted_at)} if self.deleted_at is not None else {}
        if self.branch is not None:
            more["filtersUpdatedAt"] = iso(self.updated_at)
            more |= {"filterBranch": self.branch} if with_filters else {}
        return {
            "listId": self.list_id, "listVersion": self.version, "name": self.name,
            "objectTypeId": self.object_type_id, "processingType": self.processing_type,
            "processingStatus": "COMPLETE", "createdAt": iso(self.created_at), "updatedAt": iso(self.updated_at),
            "createdById": self.user_id, "updatedById": self.user_id, "size": size, **more,
        }  # fmt: skip
