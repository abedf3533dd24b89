"""Duplicate rules: an active one refuses a record that looks like another, unless the client says to save it anyway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_sync.sandbox.salesforce.schema import FACE, Sight
from crm_sync.sandbox.salesforce.wire import Call, Refusal
from crm_sync.sandbox.world import ARCHIVED_AT, Row, Table, World, quoted

_MESSAGE = "You're creating a duplicate record. We recommend you use an existing record instead."
#: Object -> groups of fields; two records that agree in every field of one group are duplicates.
_MATCHES: dict[str, tuple[tuple[str, ...], ...]] = {
    "Lead": (("Email",), ("FirstName", "LastName", "Company")),
    "Contact": (("Email",), ("FirstName", "LastName", "AccountId")),
    "Account": (("Name", "BillingCity"), ("Name", "Website")),
}


def check_duplicates(call: Call, seen: Sight, before: Row, changes: Row) -> None:
    """Looks only when a field that is compared changes."""
    groups = _MATCHES.get(seen.type.name, ())
    if not any(changes.get(name) != before.get(name) for group in groups for name in group if name in changes):
        return
    rule = _active_rule(call.world, seen.type.name)
    if rule is None or _saves_anyway(call):
        return
    whole = before | changes
    found = dict.fromkeys(id_ for group in groups for id_ in _alike(seen.table, group, whole))
    found.pop(whole.get("_id", ""), None)
    if found:
        raise Refusal(400, "DUPLICATES_DETECTED", _MESSAGE, more={"duplicateResut": _result(call, rule, list(found))})


def _active_rule(world: World, name: str) -> Row | None:
    rules = world.table(FACE, "DuplicateRule").select('"SobjectType" = ? AND "IsActive" = 1', [name], limit=1)
    return next(rules, None)


def _saves_anyway(call: Call) -> bool:
    """Sforce-Duplicate-Rule-Header: allowSave=true"""
    said = call.headers.get("sforce-duplicate-rule-header", "")
    return "allowsave=true" in said.replace(" ", "").lower()


def _alike(table: Table, group: tuple[str, ...], row: Row) -> Iterator[str]:
    values = [row.get(name) for name in group]
    if None not in values:
        same = " AND ".join(f"{quoted(name)} = ? COLLATE NOCASE" for name in group)
        for one in table.select(f"{same} AND {ARCHIVED_AT} IS NULL", values, columns=[], limit=100):
            yield one["_id"]


def _result(call: Call, rule: Row, ids: list[str]) -> dict[str, Any]:
    name = rule["SobjectType"]
    return {
        "allowSave": True,
        "duplicateRule": rule["DeveloperName"],
        "duplicateRuleEntityType": name,
        "errorMessage": _MESSAGE,
        "matchResults": [
            {
                "entityType": name,
                "errors": [],
                "matchEngine": "FuzzyMatchEngine",
                "matchRecords": [_match(call, name, one) for one in ids],
                "rule": f"Standard_{name}_Match_Rule_v1_1",
                "size": len(ids),
                "success": True,
            }
        ],
    }


def _match(call: Call, name: str, record_id: str) -> dict[str, Any]:
    about = {"type": name, "url": f"{call.root}/sobjects/{name}/{record_id}"}
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {"attributes": about, "Id": record_id},
    }
