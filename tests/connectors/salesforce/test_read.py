"""What a pull brings, in which order, and that it may stop after any page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.connectors.salesforce.conftest import NOW, Org, read

from crm_sync.connectors.base import Window
from crm_sync.connectors.salesforce import Salesforce
from crm_sync.connectors.salesforce.happened import NOTE, touches
from crm_sync.connectors.salesforce.rows import Columns
from crm_sync.connectors.salesforce.translate import Words, people
from crm_sync.mappings import Vocabulary
from crm_sync.records import Assignment, Campaign, Company, Deal, Owner, Person, Ref, StageChange, Touch
from crm_sync.sandbox.world import to_ms

MAY = datetime(2026, 5, 1, 15, 30, tzinfo=UTC)
ANA = {"FirstName": "Ana", "LastName": "Ruiz", "Company": "Cafés del Sur", "Status": "Marketing Qualified"}


def ref(kind: str, record_id: str) -> Ref:
    return Ref("salesforce", kind, record_id)


async def test_a_lead_comes_with_the_label_of_its_origin(org: Org, salesforce: Salesforce) -> None:
    (luis,) = org.add("User", {"Name": "Luis Paz", "UserType": "Standard"})
    row = {**ANA, "Email": "Ana@Cafes.example", "MobilePhone": "55 1234 5678", "LeadSource": "Web", "OwnerId": luis}
    (ana,) = org.add("Lead", {**row, "HasOptedOutOfEmail": 1}, at=MAY)
    person, label = (await read(salesforce, "Lead")).records
    assert isinstance(person, Person)
    assert (person.ref, person.created_at, person.modified_at) == (ref("Lead", ana), MAY, MAY)
    assert (person.email, person.phones, person.last_name) == ("Ana@Cafes.example", ("55 1234 5678",), "Ruiz")
    assert (person.stage, person.owner, person.opted_out) == (("Marketing Qualified",), ref("User", luis), True)
    assert person.writable
    assert isinstance(label, Touch)
    assert (label.ref, label.people) == (ref("label", f"Lead/{ana}"), (ref("Lead", ana),))
    assert (label.at, label.source) == (MAY, "Web")


async def test_a_lead_of_a_queue_is_owned_by_a_group(org: Org, salesforce: Salesforce) -> None:
    (queue,) = org.add("Group", {"Name": "Inbound leads", "Type": "Queue"})
    org.add("Lead", {**ANA, "OwnerId": queue})
    (person,) = (await read(salesforce, "Lead")).records
    assert isinstance(person, Person)
    assert person.owner == ref("Group", queue)


async def test_a_converted_lead_names_its_contact_and_is_not_written(org: Org, salesforce: Salesforce) -> None:
    (contact,) = org.add("Contact", {"LastName": "Ruiz"})
    org.add("Lead", {**ANA, "IsConverted": 1, "ConvertedContactId": contact})
    (person,) = (await read(salesforce, "Lead")).records
    assert isinstance(person, Person)
    assert person.same_as == (ref("Contact", contact),)
    assert not person.writable


async def test_what_was_deleted_is_gone_and_so_is_its_label(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Lead", {**ANA, "_archived_at": to_ms(NOW)})
    found = await read(salesforce, "Lead")
    assert found.gone == [ref("Lead", ana), ref("label", f"Lead/{ana}")]
    assert not found.records


async def test_who_was_merged_away_tells_into_whom(org: Org, salesforce: Salesforce) -> None:
    """The loser's tasks may still name it: Salesforce re-parents them without a word to whoever reads changes."""
    winner, loser = org.add("Lead", ANA, ANA)
    org.change("Lead", loser, MasterRecordId=winner, _archived_at=to_ms(NOW))
    found = await read(salesforce, "Lead")
    people = {one.ref: one for one in found.records if isinstance(one, Person)}
    assert people[ref("Lead", loser)].same_as == (ref("Lead", winner),)
    assert found.gone == [ref("Lead", loser), ref("label", f"Lead/{loser}")]


async def test_users_and_queues_are_owners_of_one_read(org: Org, salesforce: Salesforce) -> None:
    (boss,) = org.add("User", {"Name": "Eva", "UserType": "Standard"})
    (luis,) = org.add(
        "User", {"Name": "Luis", "UserType": "Standard", "Department": "North", "ManagerId": boss}, first=9
    )
    (queue,) = org.add("Group", {"Name": "Inbound", "Type": "Queue"})
    org.add("Group", {"Name": "Everybody", "Type": "Regular"}, first=7)
    found = await read(salesforce, "User")
    owners = {one.ref: one for one in found.records if isinstance(one, Owner)}
    assert (owners[ref("User", luis)].team, owners[ref("User", luis)].manager) == ("North", ref("User", boss))
    assert owners[ref("User", luis)].human
    assert not owners[ref("Group", queue)].human
    assert sum(owner.human for owner in owners.values()) == 2
    assert [page.horizon for page in found.pages] == [None, NOW]


async def test_history_tells_stages_and_owners_by_id(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Lead", ANA)
    (luis,) = org.add("User", {"Name": "Luis", "UserType": "Standard"})
    (queue,) = org.add("Group", {"Name": "Inbound", "Type": "Queue"})
    rows = [
        {"LeadId": ana, "Field": "created"},
        {"LeadId": ana, "Field": "Status", "OldValue": "Open - Not Contacted", "NewValue": "Marketing Qualified"},
        {"LeadId": ana, "Field": "Owner", "OldValue": "Inbound", "NewValue": "Luis"},
        {"LeadId": ana, "Field": "Owner", "OldValue": queue, "NewValue": luis},
    ]
    ids = org.add("LeadHistory", *rows, at=MAY)
    stage, owner = (await read(salesforce, "LeadHistory")).records
    assert stage == StageChange(ref("Lead", ana), ids[1], MAY, "Marketing Qualified", "Open - Not Contacted", "Status")
    assert owner == Assignment(ref("Lead", ana), ids[3], MAY, ref("User", luis), ref("Group", queue))


async def test_history_tells_why_a_lead_was_closed_and_that_it_was_taken_back(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Lead", ANA)
    field = {"LeadId": ana, "Field": "Disqualified_Reason__c"}
    ids = org.add("LeadHistory", {**field, "NewValue": "Spam"}, {**field, "OldValue": "Spam"}, at=MAY)
    assert (await read(salesforce, "LeadHistory")).records == [
        StageChange(ref("Lead", ana), ids[0], MAY, "Spam", None, "close_reason"),
        StageChange(ref("Lead", ana), ids[1], MAY, "", "Spam", "close_reason"),
    ]


async def test_a_deal_keeps_its_cents_and_its_people(org: Org, salesforce: Salesforce) -> None:
    people = org.add("Contact", {"LastName": "Ruiz"}, {"LastName": "Paz"})
    row = {
        "Name": "Café",
        "Amount": 1234.1,
        "StageName": "Closed Won",
        "CloseDate": "2026-05-04",
        "IsWon": 1,
        "IsClosed": 1,
    }
    (deal,) = org.add("Opportunity", row)
    org.add("OpportunityContactRole", *({"OpportunityId": deal, "ContactId": one} for one in people), at=MAY)
    (found,) = (await read(salesforce, "Opportunity")).records
    assert isinstance(found, Deal)
    assert (found.state, found.amount) == ("won", Decimal("1234.1"))
    assert found.closed_at == datetime(2026, 5, 4, tzinfo=UTC)
    assert found.people == tuple(sorted(ref("Contact", one) for one in people))


async def test_a_new_role_brings_its_deal_again(org: Org, salesforce: Salesforce) -> None:
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"}, at=MAY)
    before = await read(salesforce, "Opportunity")
    (ana,) = org.add("Contact", {"LastName": "Ruiz"})
    org.add("OpportunityContactRole", {"OpportunityId": deal, "ContactId": ana})
    after = await read(salesforce, "Opportunity", before.cursor)
    (found,) = after.records
    assert isinstance(found, Deal)
    assert (found.ref, found.people, after.fetched) == (ref("Opportunity", deal), (ref("Contact", ana),), 1)


async def test_stages_of_a_deal_come_with_their_instant(org: Org, salesforce: Salesforce) -> None:
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Closed Won", "CloseDate": "2026-05-01"})
    (row,) = org.add("OpportunityHistory", {"OpportunityId": deal, "StageName": "Closed Won"}, at=MAY)
    (change,) = (await read(salesforce, "OpportunityHistory")).records
    assert change == StageChange(ref("Opportunity", deal), row, MAY, "Closed Won", field="StageName")


async def test_a_task_happened_when_it_was_completed(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Lead", ANA)
    (luis,) = org.add("User", {"Name": "Luis", "UserType": "Standard"})
    call = {"WhoId": ana, "OwnerId": luis, "TaskSubtype": "Call", "Status": "Completed", "ActivityDate": "2026-05-20"}
    done = MAY + timedelta(minutes=7)
    org.add("Task", {**call, "CompletedDateTime": to_ms(done)}, {"WhoId": ana, "Status": "Not Started"}, at=MAY)
    touch, planned = (await read(salesforce, "Task")).records
    assert isinstance(touch, Touch)
    assert isinstance(planned, Touch)
    assert (touch.at, touch.logged_at, touch.people) == (done, MAY, (ref("Lead", ana),))
    assert touch.actor == ref("User", luis)
    assert touch.facts == {"TaskSubtype": "Call", "CallType": "", "Status": "Completed"}
    assert planned.at == MAY


async def test_an_event_counts_when_it_was_booked(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Contact", {"LastName": "Ruiz"})
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"})
    org.add("Event", {"WhoId": ana, "WhatId": deal, "Subject": "Demo", "StartDateTime": to_ms(NOW)}, at=MAY)
    (touch,) = (await read(salesforce, "Event")).records
    assert isinstance(touch, Touch)
    assert (touch.at, touch.subject) == (MAY, "Demo")
    assert (touch.people, touch.deals) == ((ref("Contact", ana),), (ref("Opportunity", deal),))


async def test_a_response_counts_from_the_first_instant_of_its_day(org: Org, salesforce: Salesforce) -> None:
    (ana,), (fair,) = (
        org.add("Lead", ANA),
        org.add("Campaign", {"Name": "Expo", "Type": "Trade Show", "ActualCost": 900.5}),
    )
    member = {"LeadId": ana, "CampaignId": fair}
    responded = {**member, "HasResponded": 1, "FirstRespondedDate": "2026-05-04"}
    org.add("CampaignMember", responded, {**member, "HasResponded": 0}, at=MAY)
    yes, no = (await read(salesforce, "CampaignMember")).records
    assert isinstance(yes, Touch)
    assert isinstance(no, Touch)
    assert (yes.at, yes.source, yes.campaign) == (datetime(2026, 5, 4, tzinfo=UTC), "Trade Show", ref("Campaign", fair))
    assert (yes.facts, no.facts) == ({"HasResponded": "true"}, {"HasResponded": "false"})
    assert no.at == MAY
    (campaign,) = (await read(salesforce, "Campaign")).records
    assert isinstance(campaign, Campaign)
    assert (campaign.type, campaign.cost) == ("Trade Show", Decimal("900.5"))


async def test_owners_of_contacts_and_deals_have_a_history_too(org: Org, salesforce: Salesforce) -> None:
    (ana,) = org.add("Contact", {"LastName": "Ruiz"})
    (deal,) = org.add("Opportunity", {"Name": "Café", "StageName": "Prospecting", "CloseDate": "2026-06-01"})
    was, now = org.add("User", {"Name": "Luis", "UserType": "Standard"}, {"Name": "Eva", "UserType": "Standard"})
    change = {"Field": "Owner", "OldValue": was, "NewValue": now}
    moved = {"Field": "StageName", "OldValue": "Prospecting", "NewValue": "Closed Won"}
    (row,) = org.add("ContactHistory", {"ContactId": ana, **change}, at=MAY)
    rows = org.add(
        "OpportunityFieldHistory", {"OpportunityId": deal, **change}, {"OpportunityId": deal, **moved}, at=MAY
    )
    owners = ref("User", now), ref("User", was)
    assert (await read(salesforce, "ContactHistory")).records == [Assignment(ref("Contact", ana), row, MAY, *owners)]
    # The stages of a deal are told by OpportunityHistory, once.
    assert (await read(salesforce, "OpportunityFieldHistory")).records == [
        Assignment(ref("Opportunity", deal), rows[0], MAY, *owners)
    ]


async def test_a_message_without_a_task_counts_and_one_with_a_task_names_it(
    org: Org, salesforce: Salesforce, vocabulary: Vocabulary
) -> None:
    (ana,) = org.add("Lead", ANA)
    (task,) = org.add("Task", {"WhoId": ana, "TaskSubtype": "Email", "Status": "Completed"})
    sent = {"RelatedToId": ana, "Incoming": 0, "Status": "3", "Subject": "Demo", "MessageDate": to_ms(MAY)}
    mails = sent, {**sent, "ActivityId": task}, {**sent, "Incoming": 1}
    org.add("EmailMessage", *mails, at=NOW)
    found = [one for one in (await read(salesforce, "EmailMessage")).records if isinstance(one, Touch)]
    meant = [vocabulary.activities.classify("EmailMessage", one.facts) for one in found]
    assert [one.name for one in meant if one] == ["email_out", "email_not_personal", "email_in"]
    assert [one.same_as for one in found] == [(), (ref("Task", task),), ()]
    assert {(one.at, one.people, one.subject) for one in found} == {(MAY, (ref("Lead", ana),), "Demo")}


async def test_a_message_that_bounced_says_so_and_names_the_mail_that_it_is(
    org: Org, salesforce: Salesforce, vocabulary: Vocabulary
) -> None:
    (ana,) = org.add("Lead", ANA)
    sent = {"RelatedToId": ana, "Incoming": 0, "Status": "3", "MessageIdentifier": "<abc@acme.mx>", "IsBounced": 1}
    org.add("EmailMessage", sent, at=NOW)
    (found,) = [one for one in (await read(salesforce, "EmailMessage")).records if isinstance(one, Touch)]
    meant = vocabulary.activities.classify("EmailMessage", found.facts)
    assert meant is not None
    assert (meant.name, found.same_as) == ("email_not_delivered", (Ref("mail", "message", "abc@acme.mx"),))


async def test_a_task_says_who_wrote_it_and_an_event_when_it_begins(org: Org, salesforce: Salesforce) -> None:
    robot, luis = org.add("User", {"Name": "Robot"}, {"Name": "Luis", "UserType": "Standard"})
    org.add("Task", {"TaskSubtype": "Call", "Status": "Completed", "OwnerId": luis, "CreatedById": robot}, at=MAY)
    (copy,) = [one for one in (await read(salesforce, "Task")).records if isinstance(one, Touch)]
    assert (copy.actor, copy.logged_by) == (ref("User", luis), ref("User", robot))
    later, day = MAY + timedelta(days=2), datetime(2026, 4, 30, tzinfo=UTC)
    events = [
        {"StartDateTime": to_ms(later)},
        {"StartDateTime": to_ms(day + timedelta(hours=9))},
        {"StartDateTime": to_ms(day), "IsAllDayEvent": 1},
        {"StartDateTime": to_ms(later), "IsAllDayEvent": 1},
    ]
    org.add("Event", *events, at=MAY)
    found = [one for one in (await read(salesforce, "Event")).records if isinstance(one, Touch)]
    assert [(one.at, one.starts_at, one.day_only) for one in found] == [
        (MAY, later, False),
        (day + timedelta(hours=9), day + timedelta(hours=9), False),
        (day, day, True),
        (MAY, None, False),
    ]


def test_a_note_is_a_touch_of_its_parent(vocabulary: Vocabulary) -> None:
    columns = Columns(("Id", "CreatedDate", "SystemModstamp", "ParentId", "OwnerId", "Title"))
    stamp = "2026-05-01T15:30:00.000Z"
    row = ["0021", stamp, stamp, "00Q000000000001AAA", "005000000000001AAA", "Prefers WhatsApp", ""]
    words = Words(vocabulary.fields, vocabulary.activities, ())
    (touch,) = touches(NOTE, columns, words)(row)
    assert isinstance(touch, Touch)
    assert (touch.ref, touch.people) == (ref("Note", "0021"), (ref("Lead", "00Q000000000001AAA"),))
    assert (touch.at, touch.subject, touch.actor) == (MAY, "Prefers WhatsApp", ref("User", "005000000000001AAA"))


@pytest.mark.parametrize(("held", "score"), [("81.5", Decimal("81.5")), ("", None), ("hot", None)])
def test_the_score_stands_in_the_field_that_the_table_names(
    vocabulary: Vocabulary, held: str, score: Decimal | None
) -> None:
    places = {**vocabulary.fields.places["people"], "score": {"Lead": ("Score__c",)}}
    fields = replace(vocabulary.fields, places={**vocabulary.fields.places, "people": places})
    columns = Columns(("Id", "CreatedDate", "SystemModstamp", "Score__c"))
    stamp = "2026-05-01T15:30:00.000Z"
    person = people("Lead", columns, Words(fields, vocabulary.activities, ()))(["00Q1", stamp, stamp, held, ""])
    assert person.score == score


@pytest.mark.parametrize("name", ["Account", "Campaign", "Lead", "Contact", "Opportunity", "Task", "CampaignMember"])
async def test_bulk_and_rest_tell_the_same(org: Org, connect: Callable[..., Salesforce], name: str) -> None:
    """Down to the version: a record that was read in both ways has not changed."""
    (luis,) = org.add("User", {"Name": "Luis", "UserType": "Standard"}, at=MAY)
    (house,) = org.add("Account", {"Name": "Cafés del Sur", "Website": "cafes.example", "OwnerId": luis}, at=MAY)
    (fair,) = org.add("Campaign", {"Name": "Expo", "Type": "Webinar", "ActualCost": 900.5}, at=MAY)
    (ana,) = org.add("Lead", {**ANA, "LeadSource": "Web", "HasOptedOutOfEmail": 1, "OwnerId": luis}, at=MAY)
    (eva,) = org.add("Contact", {"LastName": 'Paz, "Eva"', "AccountId": house, "Title": "Línea 1"}, at=MAY)
    deal = {"Name": "Café", "Amount": 1234.1, "StageName": "Closed Won", "CloseDate": "2026-05-04", "IsWon": 1}
    (won,) = org.add("Opportunity", {**deal, "IsClosed": 1, "AccountId": house}, at=MAY)
    org.add("OpportunityContactRole", {"OpportunityId": won, "ContactId": eva}, at=MAY)
    done = {"TaskSubtype": "Call", "Status": "Completed", "CompletedDateTime": to_ms(MAY)}
    org.add("Task", {"WhoId": ana, "WhatId": won, "OwnerId": luis, **done}, at=MAY)
    member = {"CampaignId": fair, "LeadId": ana, "HasResponded": 1, "FirstRespondedDate": "2026-05-01"}
    org.add("CampaignMember", member, at=MAY)
    by_rest, by_bulk = await read(connect(), name), await read(connect(few=-1), name)
    assert by_rest.records
    assert org.world.notes["salesforce_jobs"]
    assert by_bulk.records == by_rest.records


async def test_an_account_is_a_company(org: Org, salesforce: Salesforce) -> None:
    org.add("Account", {"Name": "Cafés del Sur", "Website": "https://cafes.example", "BillingCountry": "Mexico"})
    (company,) = (await read(salesforce, "Account")).records
    assert isinstance(company, Company)
    assert (company.name, company.domain, company.country) == ("Cafés del Sur", "https://cafes.example", "Mexico")


async def test_hundreds_of_records_of_one_second_come_once_each(org: Org, connect: Callable[..., Salesforce]) -> None:
    """
    fri 15:30   a bulk update touches 1,050 leads in one second; a page holds 200
    """
    ids = org.add("Lead", *({**ANA, "_modified": to_ms(MAY) + place} for place in range(1_050)), at=MAY)
    small = connect(size=200)
    found = await read(small, "Lead")
    assert [one.ref.id for one in found.records] == sorted(ids)
    assert len(found.pages) == 6


async def test_a_read_goes_on_where_it_was_stopped(org: Org, connect: Callable[..., Salesforce]) -> None:
    ids = org.add("Lead", *({**ANA, "_modified": to_ms(MAY) - place * 1000} for place in range(450)), at=MAY)
    small = connect(size=200)
    first = await anext(small.pull("Lead", None))
    rest = await read(small, "Lead", first.cursor)
    assert [one.ref.id for one in (*first.records, *rest.records)] == ids
    assert json.loads(rest.cursor)["since"] == "2026-05-30T02:00:00Z"


async def test_a_second_read_brings_only_what_changed(org: Org, salesforce: Salesforce) -> None:
    ids = org.add("Lead", *({**ANA} for _ in range(5)), at=MAY)
    first = await read(salesforce, "Lead")
    org.world.clock.set(NOW + timedelta(hours=1))
    org.change("Lead", ids[3], NOW + timedelta(minutes=30), LastName="Rivas")
    await salesforce.look()  # hears the new time
    second = await read(salesforce, "Lead", first.cursor)
    assert [one.ref.id for one in second.records] == [ids[3]]
    assert second.pages[-1].horizon == NOW + timedelta(hours=1)


@pytest.mark.promise("late stamps")
async def test_what_became_visible_late_is_read_all_the_same(org: Org, salesforce: Salesforce) -> None:
    """A transaction commits after our read with a stamp from before it."""
    first = await read(salesforce, "Lead")
    late = org.add("Lead", ANA, at=NOW - timedelta(minutes=9))
    second = await read(salesforce, "Lead", first.cursor)
    assert [one.ref.id for one in second.records] == late


async def test_a_window_brings_what_was_modified_inside_it(org: Org, salesforce: Salesforce) -> None:
    days = [MAY + timedelta(days=day) for day in range(4)]
    ids = [org.add("Lead", ANA, first=place + 1, at=day)[0] for place, day in enumerate(days)]
    found = await read(salesforce, "Lead", window=Window(days[1], days[3]))
    assert [one.ref.id for one in found.records] == ids[1:3]


async def test_every_object_can_be_read_from_an_empty_org(salesforce: Salesforce) -> None:
    for name in salesforce.objects:
        found = await read(salesforce, name)
        assert found.pages[-1].horizon == NOW, name
