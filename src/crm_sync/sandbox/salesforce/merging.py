"""Merging records: the losers go to the recycle bin and say who won; what belonged to them is now the winner's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.sandbox.salesforce.family import Pointer, pointers_to, pointing
from crm_sync.sandbox.salesforce.histories import event_row
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.salesforce.schema import MERGEABLE
from crm_sync.sandbox.salesforce.wire import Refusal
from crm_sync.sandbox.salesforce.writer import Writer
from crm_sync.sandbox.world import Row

_MOST = 2
_MEMBER_KEYS = ("LeadId", "ContactId")


def merge(writer: Writer, name: str, master_id: str, losers: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    """Up to two losers into one winner, which takes the given values; ids of the records that changed hands."""
    seen = writer.see(name)
    if seen.type.name not in MERGEABLE:
        raise Refusal(400, "INVALID_TYPE", f"{name} cannot be merged; {', '.join(MERGEABLE)} can")
    master, rows = writer.alive(seen, master_id), [writer.alive(seen, one) for one in losers]
    _check(seen.type.name, master, rows)
    if values:
        writer.update(name, master["_id"], values)
    moved = [one for loser in rows for one in _hand_over(writer, seen.type.name, loser["_id"], master["_id"])]
    for loser in rows:
        writer.delete(name, loser["_id"], MasterRecordId=master["_id"])
    writer.note(*event_row(seen.type.name, master["_id"], f"{seen.type.name.lower()}Merged"))
    return moved


def _check(name: str, master: Row, losers: Sequence[Row]) -> None:
    ids = {one["_id"] for one in losers}
    if not 1 <= len(losers) <= _MOST or len(ids) < len(losers) or full_id(master["_id"]) in ids:
        raise Refusal(400, "INVALID_ARGUMENT", f"merge takes one or {_MOST} other records into the master record", [])
    if name == "Lead" and any(one["IsConverted"] for one in (master, *losers)):
        raise Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])


def _hand_over(writer: Writer, name: str, loser: str, master: str) -> list[str]:
    """Children change their parent without a stamp and without an event, as Salesforce's do without triggers."""
    moved = []
    for pointer in pointers_to(name):
        for child in pointing(writer.world, pointer, loser):
            if pointer.object == "CampaignMember" and _already_member(writer, pointer, child, master):
                writer.delete("CampaignMember", child["_id"])
            else:
                writer.point(pointer.object, child, {pointer.field: master})
                moved.append(str(child["_id"]))
    return moved


def _already_member(writer: Writer, pointer: Pointer, child: Row, master: str) -> bool:
    members = pointing(writer.world, pointer, master) if pointer.field in _MEMBER_KEYS else []
    return any(one["CampaignId"] == child["CampaignId"] for one in members)
