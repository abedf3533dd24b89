"""Our data as JSON holds it: refs and money as text, instants as ISO 8601, nothing rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm_sync.clock import to_iso
from crm_sync.mappings.tables import Label
from crm_sync.records import Ref


def plain(value: Any) -> Any:
    """Any value of ours as dictionaries, lists, text, numbers."""
    match value:
        case Ref() | Decimal():
            return str(value)
        case Label():
            return value.model_dump()
        case datetime():
            return to_iso(value)
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case tuple() | list():
            return [plain(one) for one in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
