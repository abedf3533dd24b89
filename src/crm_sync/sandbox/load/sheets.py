"""CSV files as sheets: what each of them is, judged by its columns, and its rows with their line numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from crm_sync.sandbox.load.report import LoadError, Unread
from crm_sync.sandbox.load.values import Unreadable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: where it stands, and its cells without outer spaces."""

    file: str
    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str], T]) -> T:
        """The cell as `reader` understands it; a complaint names the column."""
        try:
            return reader(self.get(column))
        except Unreadable as error:
            raise Unreadable(f"{column}: {error}") from None


@dataclass(frozen=True, slots=True)
class Sheet:
    kind: str
    file: str
    path: Path
    columns: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        with self.path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened)
            next(reader)
            for row in reader:
                if any(row):
                    cells = {key: value.strip() for key, value in zip(self.columns, row, strict=False)}
                    yield Line(self.file, reader.line_num, cells)


#: What a file is: the first entry whose columns it has. Where only a column of past versions differs, that comes first.
KINDS: Final = (
    ("maven:accounts", {"account", "sector", "revenue"}),
    ("maven:teams", {"sales_agent", "manager", "regional_office"}),
    ("maven:products", {"product", "series", "sales_price"}),
    ("maven:pipeline", {"opportunity_id", "sales_agent", "deal_stage", "close_value"}),
    ("hubspot:stages", {"stage_id", "pipeline_id", "probability", "closed_won"}),
    ("", {"pipeline_id", "object_type_id"}),  # of tickets, and their stages
    ("", {"pipeline_id", "ticket_state"}),
    ("hubspot:pipelines", {"pipeline_id", "label", "display_order", "active"}),
    ("hubspot:deal_stages", {"deal_id", "value", "date_entered"}),
    ("hubspot:contacts:history", {"contact_id", "name", "value", "timestamp"}),
    ("hubspot:companies:history", {"company_id", "name", "value", "timestamp"}),
    ("hubspot:deals:history", {"deal_id", "name", "value", "timestamp"}),
    ("hubspot:contacts:merges", {"canonical_vid", "vid_to_merge"}),
    ("hubspot:deals:merges", {"deal_id", "merged_deal_id"}),
    ("hubspot:deals", {"deal_id", "property_dealname"}),
    ("hubspot:contacts", {"id", "property_email"}),
    ("hubspot:companies", {"id", "property_name"}),
    ("hubspot:link:deals:contacts", {"deal_id", "contact_id"}),
    ("hubspot:link:deals:companies", {"deal_id", "company_id"}),
    ("hubspot:link:engagements:contacts", {"engagement_id", "contact_id"}),
    ("hubspot:link:engagements:companies", {"engagement_id", "company_id"}),
    ("hubspot:link:engagements:deals", {"engagement_id", "deal_id"}),
    ("hubspot:emails", {"engagement_id", "property_hs_email_subject"}),
    ("hubspot:meetings", {"engagement_id", "start_time", "meeting_outcome"}),
    ("hubspot:tasks", {"engagement_id", "property_hs_task_type"}),
    ("hubspot:notes", {"engagement_id", "property_hs_note_body"}),
    ("hubspot:engagements", {"engagement_id", "type", "property_hs_timestamp"}),
    ("salesforce:Lead", {"id", "is_converted", "company"}),
    ("salesforce:OpportunityHistory", {"id", "opportunity_id", "stage_name"}),
    ("salesforce:LeadHistory", {"id", "lead_id", "field", "new_value"}),
    ("salesforce:OpportunityContactRole", {"id", "opportunity_id", "contact_id", "is_primary"}),
    ("salesforce:CampaignMember", {"id", "campaign_id", "has_responded"}),
    ("salesforce:Opportunity", {"id", "stage_name", "is_won"}),
    ("salesforce:Task", {"id", "who_id", "is_closed", "status"}),
    ("salesforce:Event", {"id", "who_id", "start_date_time"}),
    ("salesforce:User", {"id", "username", "user_type"}),
    ("salesforce:UserRole", {"id", "developer_name", "parent_role_id"}),
    ("salesforce:Contact", {"id", "last_name", "mailing_city"}),
    ("salesforce:Account", {"id", "name", "billing_city"}),
    ("salesforce:Campaign", {"id", "name", "start_date", "is_active"}),
    ("hubspot:owners", {"owner_id", "email", "first_name"}),
)  # fmt: skip


def find_sheets(directory: Path) -> tuple[list[Sheet], list[Unread]]:
    """Every CSV file in and below a directory, as far as its columns say what it is."""
    paths = sorted(directory.rglob("*.csv")) if directory.is_dir() else []
    if not paths:
        raise LoadError(f"load: {directory} holds no CSV files; give the directory of an export, or one above several")
    sheets: list[Sheet] = []
    unread: list[Unread] = []
    for path in paths:
        found = _recognized(path, str(path.relative_to(directory)))
        (sheets if isinstance(found, Sheet) else unread).append(found)  # type: ignore[arg-type]  # each goes to its list
    if not sheets:
        raise LoadError(
            f"load: none of the {len(paths)} CSV files in {directory} is known by its columns; known are the tables of"
            " maven_crm and HubSpot and Salesforce tables as Fivetran names their columns"
        )
    return sheets, unread


def _recognized(path: Path, file: str) -> Sheet | Unread:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            columns = tuple(one.strip() for one in next(csv.reader(opened), []))
    except UnicodeDecodeError as error:
        return Unread(file, f"not UTF-8 text (byte {error.start}); save it as UTF-8")
    kind = next((kind for kind, needed in KINDS if needed <= set(columns)), None)
    if not kind:
        return Unread(file, "no object of the two CRMs has these columns")
    if kind.startswith("salesforce") and "_fivetran_start" in columns:
        return Unread(
            file, "past versions of records; the records themselves come from the table without _fivetran_start"
        )
    return Sheet(kind, file, path, columns)
