"""What connects loaded HubSpot records: associations, merges, and the history of their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from crm_sync.sandbox.hubspot.association_types import DEFAULT, PRIMARY
from crm_sync.sandbox.load.hall import Hall
from crm_sync.sandbox.load.sheets import Line, Sheet
from crm_sync.sandbox.load.values import instant
from crm_sync.sandbox.world import MODIFIED, FieldDef, HistoryItem

_COLUMNS: Final = {
    "contacts": "contact_id",
    "companies": "company_id",
    "deals": "deal_id",
    "engagements": "engagement_id",
}
_ACTIVITIES: Final = ("calls", "emails", "meetings", "notes", "tasks", "communications")
_HISTORIES: Final = ("contacts", "companies", "deals")

PropertyOf = Callable[[Hall, str, str], FieldDef | None]


def place_merges(hall: Hall, sheets: list[Sheet]) -> None:
    """A merge leaves one record: the others, where the export still has them, are archived."""
    for (face, name), rows in list(hall.rows.items()):
        if face == "hubspot":
            for record_id, row in rows.items():
                losers = (row.get("hs_merged_object_ids") or "").split(";")
                for loser in (one for one in losers if one in rows and one != record_id):
                    hall.archive(face, name, loser, row[MODIFIED])
    for line in _lines(sheets, "hubspot:contacts:merges"):
        _merge(hall, "contacts", line.get("canonical_vid"), line.get("vid_to_merge"), line)
    for line in _lines(sheets, "hubspot:deals:merges"):
        _merge(hall, "deals", line.get("deal_id"), line.get("merged_deal_id"), line)


def place_links(hall: Hall, sheets: list[Sheet]) -> None:
    """Associations with HubSpot's default type for the two objects, whatever number the export gives."""
    for sheet in sheets:
        if sheet.kind.startswith("hubspot:link:"):
            _, _, start, end = sheet.kind.split(":")
            for line in sheet.lines():
                _link(hall, start, end, line)
    for record_id, row in hall.rows["hubspot", "contacts"].items():
        company = row.get("associatedcompanyid")
        if company and hall.knows("hubspot", "companies", company):
            _join(hall, "contacts", record_id, "companies", company, primary=True)


def place_histories(hall: Hall, sheets: list[Sheet], property_of: PropertyOf) -> None:
    """Earlier values, of records that the export has."""
    for name in _HISTORIES:
        for line in _lines(sheets, f"hubspot:{name}:history"):
            with hall.placing(line):
                _remember(hall, name, line, line.get("name"), "timestamp", property_of)
    for line in _lines(sheets, "hubspot:deal_stages"):
        with hall.placing(line):
            _remember(hall, "deals", line, "dealstage", "date_entered", property_of)


def _lines(sheets: list[Sheet], kind: str) -> Iterator[Line]:
    for one in sheets:
        if one.kind == kind:
            yield from one.lines()


def _merge(hall: Hall, name: str, winner: str, loser: str, line: Line) -> None:
    rows = hall.rows["hubspot", name]
    if winner not in rows:
        hall.aside(line, f"{winner!r}, into which {loser!r} was merged, is not among the {name} of this export")
        return
    known = [one for one in (rows[winner].get("hs_merged_object_ids") or "").split(";") if one]
    rows[winner]["hs_merged_object_ids"] = ";".join(dict.fromkeys([*known, loser]))
    if loser in rows and loser != winner:
        hall.archive("hubspot", name, loser, rows[winner][MODIFIED])


def _link(hall: Hall, start: str, end: str, line: Line) -> None:
    left, right = line.get(_COLUMNS[start]), line.get(_COLUMNS[end])
    objects = _ACTIVITIES if start == "engagements" else (start,)
    found = next((one for one in objects if hall.knows("hubspot", one, left)), None)
    if found is None:
        hall.aside(line, f"{_COLUMNS[start]} {left!r} is not in this export")
    elif not hall.knows("hubspot", end, right):
        hall.aside(line, f"{_COLUMNS[end]} {right!r} is not in this export")
    else:
        _join(hall, found, left, end, right)


def _join(hall: Hall, start: str, left: str, end: str, right: str, *, primary: bool = False) -> None:
    for one in (DEFAULT[start, end], *([PRIMARY[start, end]] if primary else [])):
        hall.links.append((start, left, end, right, one.type_id, "HUBSPOT_DEFINED"))
        hall.links.append((end, right, start, left, one.inverse, "HUBSPOT_DEFINED"))
    hall.counts["hubspot"]["associations"] += 1


def _remember(hall: Hall, name: str, line: Line, key: str, at: str, property_of: PropertyOf) -> None:
    record_id = line.get(_COLUMNS[name])
    if not hall.knows("hubspot", name, record_id):
        hall.aside(line, f"{_COLUMNS[name]} {record_id!r} is not in this export")
        return
    stamp = line.read(at, instant)
    if property_of(hall, name, key) is not None:
        item = HistoryItem(
            record_id, key, line.get("value"), stamp, line.get("source") or "IMPORT", line.get("source_id") or None
        )
        hall.history[name].append(item)
        hall.counts["hubspot"]["history"] += 1
