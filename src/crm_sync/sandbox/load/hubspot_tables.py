"""HubSpot tables as Fivetran lands them: `property_x` is property x, one table per kind of activity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from crm_sync.sandbox.hubspot import account, pipeline
from crm_sync.sandbox.hubspot.standard import DERIVED, definition, field_of, stage_fields
from crm_sync.sandbox.load.hall import Hall, Stamps
from crm_sync.sandbox.load.hubspot_links import place_histories, place_links, place_merges
from crm_sync.sandbox.load.sheets import Line, Sheet
from crm_sync.sandbox.load.values import Unreadable, day, flag, instant, number
from crm_sync.sandbox.world import FieldDef, Row

_IDS: Final = {"contacts": "id", "companies": "id", "deals": "deal_id"}
_ACTIVITIES: Final = ("calls", "emails", "meetings", "notes", "tasks", "communications")
_BY_TYPE: Final = {
    "CALL": "calls",
    "COMMUNICATION": "communications",
    "EMAIL": "emails",
    "NOTE": "notes",
    "TASK": "tasks",
}

#: Columns without the prefix that hold a property all the same, per object.
_RENAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "deals": {"deal_pipeline_id": "pipeline", "deal_pipeline_stage_id": "dealstage", "owner_id": "hubspot_owner_id"},
    "meetings": {
        "start_time": "hs_meeting_start_time",
        "end_time": "hs_meeting_end_time",
        "title": "hs_meeting_title",
        "body": "hs_meeting_body",
        "source": "hs_meeting_source",
        "meeting_outcome": "hs_meeting_outcome",
        "external_url": "hs_meeting_external_url",
    },
}
_CREATED: Final = (
    "property_createdate",
    "property_hs_createdate",
    "property_hs_timestamp",
    "start_time",
    "_fivetran_synced",
)
_MODIFIED: Final = ("property_lastmodifieddate", "property_hs_lastmodifieddate")


def place(hall: Hall, sheets: Iterable[Sheet]) -> None:
    """Pipelines and owners first, then records, then what connects them."""
    found = list(sheets)
    _place_pipelines(hall, found)
    for line in _lines(found, "hubspot:owners"):
        with hall.placing(line):
            _place_owner(hall, line)
    for name in (*_IDS, *_ACTIVITIES, "engagements"):
        for sheet in found:
            if sheet.kind == f"hubspot:{name}":
                _place_sheet(hall, name, sheet)
    _close_deals(hall)
    place_merges(hall, found)
    place_links(hall, found)
    place_histories(hall, found, property_of)


def property_of(hall: Hall, name: str, key: str) -> FieldDef | None:
    """The property's column, made when nobody knew the property; None for those that the record itself gives."""
    if key in DERIVED:
        return None
    table = hall.world.table("hubspot", name)
    if key not in table.fields:
        group = {"contacts": "contactinformation", "companies": "companyinformation", "deals": "dealinformation"}
        one = definition(
            key, key.replace("_", " ").capitalize(), "string", "text", group.get(name, "engagement"), custom=True
        )
        table.add_field(field_of(one))
    return table.fields[key]


def _lines(sheets: list[Sheet], kind: str) -> list[Line]:
    return [line for one in sheets if one.kind == kind for line in one.lines()]


def _place_owner(hall: Hall, line: Line) -> None:
    if not line.get("owner_id"):
        hall.aside(line, "the owner has no owner_id")
        return
    made = line.read("created_at" if line.get("created_at") else "_fivetran_synced", instant)
    changed = line.read("updated_at", instant) if line.get("updated_at") else made
    values: Row = {"email": line.get("email"), "firstName": line.get("first_name"), "lastName": line.get("last_name"),
                   "type": line.get("type") or "PERSON", "userId": _digits(line.get("active_user_id"))}  # fmt: skip
    hall.put("hubspot", "owners", line.get("owner_id"), (made, changed, None), values, line)


def _digits(text: str) -> str | None:
    return text if text.isdigit() else None


def _place_pipelines(hall: Hall, sheets: list[Sheet]) -> None:
    """Pipelines of the export beside the one that every account has; one of the same id takes its place."""
    known, stages = account(hall.world), _stages(hall, sheets)
    for order, line in enumerate(_lines(sheets, "hubspot:pipelines")):
        key = line.get("pipeline_id")
        if line.get("_fivetran_deleted").lower() == "true":
            hall.aside(line, f"pipeline {key} was deleted in HubSpot")
            continue
        known.pipelines["deals"][key] = pipeline(key, line.get("label"), stages.pop(key, []), order + 1)
        hall.counts["hubspot"]["pipelines"] += 1
    for key, lost in stages.items():
        for line, stage in _stage_lines(sheets):
            if stage[0] in {one[0] for one in lost} and line.get("pipeline_id") == key:
                hall.aside(line, f"pipeline {key!r} of the stage is not in this export")
    for one in stage_fields("deals", known):
        hall.world.table("hubspot", "deals").add_field(one)


def _stages(hall: Hall, sheets: list[Sheet]) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[int, tuple[str, str, str]]]] = {}
    for line, stage in _stage_lines(sheets):
        if line.get("_fivetran_deleted").lower() == "true":
            hall.aside(line, f"stage {stage[0]} was deleted in HubSpot")
            continue
        with hall.placing(line):
            order = line.read("display_order", number) if line.get("display_order") else 0.0
            if line.get("probability"):
                line.read("probability", number)
            found.setdefault(line.get("pipeline_id"), []).append((int(order), stage))
    return {key: [stage for _, stage in sorted(some, key=lambda one: one[0])] for key, some in found.items()}


def _stage_lines(sheets: list[Sheet]) -> list[tuple[Line, tuple[str, str, str]]]:
    lines = _lines(sheets, "hubspot:stages")
    return [(line, (line.get("stage_id"), line.get("label"), line.get("probability") or "0.5")) for line in lines]


def _place_sheet(hall: Hall, name: str, sheet: Sheet) -> None:
    lines = list(sheet.lines())
    used = [one for one in sheet.columns if any(line.get(one) for line in lines)]
    for line in lines:
        kind = _BY_TYPE.get(line.get("type").upper(), "") if name == "engagements" else name
        record_id = line.get(_IDS.get(kind, "engagement_id"))
        if not kind:
            hall.aside(line, f"type {line.get('type')!r} is no kind of activity; known are {', '.join(_BY_TYPE)}")
        elif not record_id.isdigit():
            hall.aside(line, f"{record_id!r} is no HubSpot id: those are numbers")
        else:
            with hall.placing(line):
                hall.put("hubspot", kind, record_id, _stamps(line), _values(hall, kind, line, used), line)


def _values(hall: Hall, name: str, line: Line, columns: list[str]) -> Row:
    renamed = _RENAMED.get(name, {})
    found: Row = {}
    for column in columns:
        key = column.removeprefix("property_") if column.startswith("property_") else renamed.get(column)
        field = property_of(hall, name, key) if key else None
        if field is not None:
            found[field.name] = _cell(line, column, field)
    if name in _ACTIVITIES and not found.get("hs_timestamp"):
        found["hs_timestamp"] = found.get("hs_meeting_start_time") or _stamps(line)[0]
    return found


def _cell(line: Line, column: str, field: FieldDef) -> Any:
    return line.read(column, _READERS.get(field.about.get("type"), str)) if line.get(column) else None


def _echoed_number(text: str) -> str:
    """HubSpot echoes numbers as they were sent."""
    number(text)
    return text


_READERS: Final[Mapping[Any, Callable[[str], Any]]] = {
    "datetime": instant,
    "date": day,
    "number": _echoed_number,
    "bool": lambda text: "true" if flag(text) else "false",
}


def _stamps(line: Line) -> Stamps:
    """Creation as the record says it, else as near as the export comes; modified never before it."""
    made = next((one for one in _CREATED if line.get(one)), None)
    if made is None:
        raise Unreadable(f"none of {', '.join(_CREATED)} says when the record was made")
    changed = next((one for one in _MODIFIED if line.get(one)), made)
    deleted = any(line.read(one, flag) for one in ("is_deleted", "_fivetran_deleted") if line.get(one))
    created = line.read(made, instant)
    stamp = max(created, line.read(changed, instant))
    return created, stamp, stamp if deleted else None


def _close_deals(hall: Hall) -> None:
    """Whether a deal is closed, and won, follows from its stage's probability."""
    stages = account(hall.world).stages("deals")
    for row in hall.rows["hubspot", "deals"].values():
        stage = stages.get(row.get("dealstage") or "")
        if stage is not None:
            chance = float(stage["metadata"]["probability"])
            row["hs_is_closed"] = "true" if stage["metadata"]["isClosed"] == "true" else "false"
            row["hs_is_closed_won"] = "true" if chance == 1.0 else "false"
