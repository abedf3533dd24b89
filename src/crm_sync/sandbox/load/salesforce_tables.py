"""Salesforce tables as Fivetran lands them: snake_case columns back to API names, `_c` back to `__c`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from crm_sync.sandbox.load.hall import Hall, Stamps
from crm_sync.sandbox.load.sheets import Line, Sheet
from crm_sync.sandbox.load.values import Unreadable, day, flag, instant, number
from crm_sync.sandbox.salesforce.fields import field_def, type_of
from crm_sync.sandbox.salesforce.ids import full_id
from crm_sync.sandbox.world import FieldDef, Row, Table

#: Columns that are kept as the record's own stamps, or that only Fivetran knows.
_STAMPS: Final = ("id", "is_deleted", "created_date", "last_modified_date", "system_modstamp")

#: What a row is part of; without it the row has no place. The order is that of loading.
_PARENTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "User": (),
    "UserRole": (),
    "Campaign": (),
    "Account": (),
    "Lead": (),
    "Contact": (),
    "Opportunity": (),
    "LeadHistory": (("lead_id", "Lead"),),
    "OpportunityHistory": (("opportunity_id", "Opportunity"),),
    "OpportunityContactRole": (("opportunity_id", "Opportunity"), ("contact_id", "Contact")),
    "CampaignMember": (("campaign_id", "Campaign"),),
    "Task": (),
    "Event": (),
}


def place(hall: Hall, sheets: Iterable[Sheet]) -> None:
    """All Salesforce tables, parents first."""
    found = [(one.kind.split(":")[1], one) for one in sheets if one.kind.startswith("salesforce:")]
    for name in _PARENTS:
        for kind, sheet in found:
            if kind == name:
                _place_sheet(hall, name, sheet)


def _place_sheet(hall: Hall, name: str, sheet: Sheet) -> None:
    table, lines = hall.world.table("salesforce", name), list(sheet.lines())
    fields = _fields(table, [one for one in sheet.columns if any(line.get(one) for line in lines)])
    # Where two lines are one record, the one that Fivetran calls active is the newer.
    for line in sorted(lines, key=lambda one: one.get("_fivetran_active").lower() == "false"):
        with hall.placing(line):
            _place_line(hall, name, line, fields)


def _fields(table: Table, columns: list[str]) -> dict[str, FieldDef]:
    """The field behind each column; a column that no standard field has becomes a field of its own."""
    known = {_squeezed(name): field for name, field in table.fields.items()}
    found: dict[str, FieldDef] = {}
    for column in columns:
        if column in _STAMPS or column.startswith("_fivetran"):
            continue
        if _squeezed(api_name(column)) not in known:
            field = field_def(api_name(column), "string", length=255)
            table.add_field(field)
            known[_squeezed(field.name)] = field
        found[column] = known[_squeezed(api_name(column))]
    return found


def api_name(column: str) -> str:
    """`billing_city` is BillingCity, `utm_source_c` is utm_source__c."""
    if column.endswith("_c"):
        return f"{column[:-2]}__c"
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"_+", column))


def _squeezed(name: str) -> str:
    custom = name.lower().endswith("__c")
    return name.lower().removesuffix("__c").replace("_", "") + ("__c" if custom else "")


def _place_line(hall: Hall, name: str, line: Line, fields: Mapping[str, FieldDef]) -> None:
    record_id = full_id(line.get("id"))
    if record_id is None:
        hall.aside(line, f"{line.get('id')!r} is no Salesforce id of 15 or 18 characters")
        return
    for column, parent in _PARENTS[name]:
        if not hall.knows("salesforce", parent, full_id(line.get(column)) or ""):
            hall.aside(line, f"{column} {line.get(column)!r} is no {parent} in this export")
            return
    values: Row = {field.name: _cell(line, column, field) for column, field in fields.items()}
    hall.put("salesforce", name, record_id, _stamps(line), values, line)


def _cell(line: Line, column: str, field: FieldDef) -> Any:
    return line.read(column, _READERS.get(type_of(field), str)) if line.get(column) else None


def _stamps(line: Line) -> Stamps:
    """CreatedDate, else when Fivetran saw the row; modified by SystemModstamp, else LastModifiedDate."""
    created = _first_instant(line, "created_date", "_fivetran_synced")
    modified = _first_instant(line, "system_modstamp", "last_modified_date", "created_date", "_fivetran_synced")
    deleted = any(line.read(one, flag) for one in ("is_deleted", "_fivetran_deleted") if line.get(one))
    return created, modified, max(created, modified) if deleted else None


def _first_instant(line: Line, *columns: str) -> int:
    column = next((one for one in columns if line.get(one)), None)
    if column is None:
        raise Unreadable(f"none of {', '.join(columns)} says when the record was made")
    return line.read(column, instant)


def _reference(text: str) -> str:
    """Ids in one spelling, so that they meet; what is no id stays as it is and points nowhere."""
    return full_id(text) or text


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "boolean": lambda text: int(flag(text)),
    "datetime": instant,
    "date": day,
    "int": lambda text: int(number(text)),
    "double": number,
    "currency": number,
    "percent": number,
    "reference": _reference,
}
