"""The CRM objects of the HubSpot face: their names, type ids, default reads and required properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class CrmObject:
    """One object type. `created` and `modified` are the stamps that every read of it carries."""

    name: str
    type_id: str
    singular: str
    defaults: tuple[str, ...] = ()
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    required: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    association_name: str = ""

    @property
    def label(self) -> str:
        """How a v3 association type spells it: meeting_event_to_contact."""
        return self.association_name or self.singular

    @property
    def scope(self) -> str:
        """Activities ride on the contacts scopes."""
        return "contacts" if self.name in ACTIVITIES else self.name

    @property
    def event_name(self) -> str:
        """How webhooks name it: those without a name of their own are `object`."""
        return self.singular if self.name in ("contacts", "companies", "deals", "products", "line_items") else "object"


_CALL_SEARCHED = ("hs_call_title", "hs_call_body")

OBJECTS: Final = (
    CrmObject(
        "contacts", "0-1", "contact", ("email", "firstname", "lastname"), "createdate", "lastmodifieddate",
        searched=("firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"),
    ),
    CrmObject(
        "companies", "0-2", "company", ("name", "domain"), "createdate",
        searched=("website", "phone", "name", "domain"),
    ),
    CrmObject(
        "deals", "0-3", "deal", ("dealname", "amount", "closedate", "pipeline", "dealstage"), "createdate",
        required=("dealname",), searched=("dealname", "pipeline", "dealstage", "description", "dealtype"),
    ),
    CrmObject("calls", "0-48", "call", required=("hs_timestamp",), searched=_CALL_SEARCHED),
    CrmObject(
        "emails", "0-49", "email", required=("hs_timestamp", "hs_email_direction"), searched=("hs_email_subject",)
    ),
    CrmObject(
        "meetings", "0-47", "meeting", required=("hs_timestamp",), searched=("hs_meeting_title", "hs_meeting_body"),
        association_name="meeting_event",
    ),
    CrmObject("notes", "0-46", "note", required=("hs_timestamp",), searched=("hs_note_body",)),
    CrmObject("tasks", "0-27", "task", required=("hs_timestamp",), searched=("hs_task_body", "hs_task_subject")),
    CrmObject(
        "communications", "0-18", "communication",
        required=("hs_timestamp", "hs_communication_channel_type", "hs_communication_logged_from"),
        searched=("hs_communication_body",),
    ),
    CrmObject("leads", "0-136", "lead", required=("hs_lead_name",), searched=("hs_lead_name",)),
    CrmObject(
        "line_items", "0-8", "line_item", ("name", "price", "quantity", "amount"), "createdate",
        searched=("name", "hs_sku"),
    ),
    CrmObject(
        "products", "0-7", "product", ("name", "price", "description"), "createdate",
        searched=("name", "hs_sku", "description"),
    ),
    CrmObject("users", "0-115", "user", searched=("hs_searchable_calculated_name", "hs_email")),
)  # fmt: skip

ACTIVITIES: Final = frozenset(("calls", "emails", "meetings", "notes", "tasks", "communications"))

#: Where a record keeps its stage and its pipeline; objects without a pipeline have no row.
STAGE_OF: Final = {
    "contacts": "lifecyclestage",
    "companies": "lifecyclestage",
    "deals": "dealstage",
    "leads": "hs_pipeline_stage",
}
PIPELINE_OF: Final = {"deals": "pipeline", "leads": "hs_pipeline"}

#: Objects that HubSpot has and this face has not: nothing is associated with one, and asking for it is no error.
ELSEWHERE: Final = frozenset(
    ("tickets", "ticket", "0-5", "quotes", "quote", "0-14", "deal_splits", "feedback_submissions", "goal_targets",
     "postal_mail", "0-116", "orders", "carts", "invoices", "subscriptions")
)  # fmt: skip

#: Every spelling a path segment may use: the plural name, the singular one and the type id.
BY_NAME: Final = {key: one for one in OBJECTS for key in (one.name, one.singular, one.type_id)}
