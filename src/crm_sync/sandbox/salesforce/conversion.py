"""Converting a lead: it becomes a contact of an account, usually with an opportunity, and is closed to changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from crm_sync.sandbox.salesforce.family import Pointer, pointing
from crm_sync.sandbox.salesforce.histories import event_row
from crm_sync.sandbox.salesforce.schema import FACE
from crm_sync.sandbox.salesforce.wire import Call, Refusal, Reply
from crm_sync.sandbox.salesforce.writer import Writer
from crm_sync.sandbox.world import ARCHIVED_AT, Row, from_ms

_CONTACT = {
    "Salutation": "Salutation", "FirstName": "FirstName", "LastName": "LastName", "Title": "Title", "Email": "Email",
    "Phone": "Phone", "MobilePhone": "MobilePhone", "LeadSource": "LeadSource", "Street": "MailingStreet",
    "City": "MailingCity", "State": "MailingState", "PostalCode": "MailingPostalCode", "Country": "MailingCountry",
    "HasOptedOutOfEmail": "HasOptedOutOfEmail", "DoNotCall": "DoNotCall", "Description": "Description",
    "CurrencyIsoCode": "CurrencyIsoCode",
}  # fmt: skip
_ACCOUNT = {
    "Company": "Name", "Phone": "Phone", "Website": "Website", "Industry": "Industry",
    "AnnualRevenue": "AnnualRevenue", "NumberOfEmployees": "NumberOfEmployees", "Street": "BillingStreet",
    "City": "BillingCity", "State": "BillingState", "PostalCode": "BillingPostalCode", "Country": "BillingCountry",
    "CurrencyIsoCode": "CurrencyIsoCode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What a client asks for, in the words of the API."""

    leadId: str  # the API's own spelling
    convertedStatus: str
    accountId: str | None = None
    contactId: str | None = None
    opportunityId: str | None = None
    opportunityName: str | None = None
    ownerId: str | None = None
    doNotCreateOpportunity: bool = False
    overwriteLeadSource: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    leadId: str
    accountId: str
    contactId: str
    opportunityId: str | None


def order(said: Mapping[str, Any]) -> Order:
    """From JSON or XML; what is empty counts as not said."""
    known = {name: value for name, value in said.items() if name in Order.__slots__ and value not in (None, "")}
    flags = ("doNotCreateOpportunity", "overwriteLeadSource")
    known |= {name: str(known[name]).lower() == "true" for name in flags if name in known}
    missing = [name for name in ("leadId", "convertedStatus") if name not in known]
    if missing:
        raise Refusal(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
    return Order(**known)


def convert(writer: Writer, wanted: Order) -> Converted:
    """Account, contact and opportunity are made or, when they are named, used."""
    lead = _open_lead(writer, wanted)
    owner = _owner(writer, lead, wanted)
    account = wanted.accountId or writer.create("Account", _mapped(lead, _ACCOUNT) | {"OwnerId": owner})
    contact = _contact(writer, lead, wanted, account, owner)
    deal = wanted.opportunityId or (
        None if wanted.doNotCreateOpportunity else _deal(writer, lead, wanted, account, owner)
    )
    if deal:
        writer.create("OpportunityContactRole", {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True})
    _hand_over(writer, lead["_id"], contact)
    _close(writer, lead, wanted.convertedStatus, Converted(lead["_id"], account, contact, deal))
    return Converted(lead["_id"], account, contact, deal)


def action(call: Call) -> Reply:
    """POST actions/standard/convertLead {inputs: [...]}: each input on its own."""
    inputs = call.record().get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise Refusal(400, "JSON_PARSER_ERROR", "inputs must be a list of objects with leadId and convertedStatus")
    results = [_acted(call, one) for one in inputs]
    return Reply(200 if all(one["isSuccess"] for one in results) else 400, results)


def _acted(call: Call, said: Mapping[str, Any]) -> dict[str, Any]:
    writer, answer = Writer(call), {"actionName": "convertLead"}
    try:
        return answer | {"errors": None, "isSuccess": True, "outputValues": asdict(convert(writer, order(said)))}
    except Refusal as refusal:
        writer.undo()
        return answer | {"errors": [refusal.in_row()], "isSuccess": False, "outputValues": None}


def _open_lead(writer: Writer, wanted: Order) -> Row:
    lead = writer.alive(writer.see("Lead"), wanted.leadId)
    if lead["IsConverted"]:
        raise Refusal(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    known = writer.world.table(FACE, "LeadStatus").count(
        '"MasterLabel" = ? AND "IsConverted" = 1', [wanted.convertedStatus]
    )
    if not known:
        raise Refusal(400, "INVALID_STATUS", f"invalid convertedStatus: {wanted.convertedStatus}", [])
    return lead


def _owner(writer: Writer, lead: Row, wanted: Order) -> str:
    owner = str(wanted.ownerId or lead["OwnerId"])
    if not owner.startswith("005"):
        message = "A converted lead must be owned by a user; this one is owned by a queue, so name an ownerId"
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", message, ["OwnerId"])
    return owner


def _mapped(lead: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """Texts as a client would send them; booleans are stored as 0 and 1."""
    values = {there: lead[here] for here, there in names.items() if lead[here] is not None}
    return {
        name: bool(value) if name in ("HasOptedOutOfEmail", "DoNotCall") else value for name, value in values.items()
    }


def _contact(writer: Writer, lead: Row, wanted: Order, account: str, owner: str) -> str:
    values = _mapped(lead, _CONTACT)
    if wanted.contactId is None:
        contact = writer.create("Contact", values | {"AccountId": account, "OwnerId": owner})
        writer.note(*event_row("Contact", contact, "contactCreatedFromLead"))
        return contact
    before = writer.alive(writer.see("Contact"), wanted.contactId)
    replaced = ("LeadSource",) if wanted.overwriteLeadSource else ()
    fill = {name: value for name, value in values.items() if before.get(name) is None or name in replaced}
    return writer.update("Contact", before["_id"], fill)


def _deal(writer: Writer, lead: Row, wanted: Order, account: str, owner: str) -> str:
    """In the first open stage, to be closed by the end of the quarter, without an amount."""
    stages = writer.world.table(FACE, "OpportunityStage").select(
        f'"IsClosed" = 0 AND {ARCHIVED_AT} IS NULL', order='"SortOrder"'
    )
    values = {
        "Name": wanted.opportunityName or f"{lead['Company']}-",
        "AccountId": account,
        "OwnerId": owner,
        "StageName": next(stages)["MasterLabel"],
        "CloseDate": _end_of_quarter(from_ms(writer.now).date()).isoformat(),
        "LeadSource": lead["LeadSource"],
    }
    deal = writer.create("Opportunity", values)
    writer.note(*event_row("Opportunity", deal, "opportunityCreatedFromLead"))
    return deal


def _end_of_quarter(day: date) -> date:
    month = (day.month - 1) // 3 * 3 + 4
    first = date(day.year + month // 13, month if month <= 12 else 1, 1)
    return first - timedelta(days=1)


def _hand_over(writer: Writer, lead: str, contact: str) -> None:
    """Activities go to the contact; campaign members stay the lead's and become the contact's too."""
    for name in ("Task", "Event"):
        for one in pointing(writer.world, Pointer(name, "WhoId"), lead):
            writer.put(name, one, {"WhoId": contact})
    for one in pointing(writer.world, Pointer("CampaignMember", "LeadId"), lead):
        writer.put("CampaignMember", one, {"ContactId": contact})


def _close(writer: Writer, lead: Row, status: str, made: Converted) -> None:
    writer.note(*event_row("Lead", lead["_id"], "leadConverted"))
    changes = {
        "Status": status,
        "IsConverted": 1,
        "ConvertedDate": from_ms(writer.now).date().isoformat(),
        "ConvertedAccountId": made.accountId,
        "ConvertedContactId": made.contactId,
        "ConvertedOpportunityId": made.opportunityId,
        "IsUnreadByOwner": 0,
    }
    writer.put("Lead", lead, changes)
