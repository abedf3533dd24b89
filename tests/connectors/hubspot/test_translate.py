"""HubSpot's JSON becomes our records; a value that cannot be read costs a note, never the record."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_sync.connectors.hubspot.objects import BY_NAME
from crm_sync.connectors.hubspot.pipelines import stage_states
from crm_sync.connectors.hubspot.row import Row
from crm_sync.connectors.hubspot.translate import Activities, Companies, Contacts, Deals
from crm_sync.mappings.vocabulary import load_vocabulary
from crm_sync.records import Assignment, Deal, Person, Ref, StageChange, Touch

VOCABULARY = load_vocabulary()
FIELDS, PROFILE = VOCABULARY.fields, VOCABULARY.fields.profile(minimal=False)
CONTACTS, COMPANIES = Contacts(FIELDS, PROFILE), Companies(FIELDS)
CREATED, MODIFIED = "2026-05-01T10:00:00Z", "2026-05-02T10:00:00.250Z"


def ref(kind, record_id):
    return Ref("hubspot", kind, str(record_id))


def row(kind="contacts", history=None, **properties):
    stamps = {BY_NAME[kind].created: CREATED, BY_NAME[kind].modified: MODIFIED}
    body = {"id": "51", "properties": {**stamps, **properties}, "propertiesWithHistory": history or {}}
    return Row(BY_NAME[kind], body, [])


def records(history=None, of=object, **properties):
    found = CONTACTS(row("contacts", history, **properties))
    return [one for one in found if isinstance(one, of)]


def person(**properties):
    return records(of=Person, **properties)[0]


def touches(one, *people):
    return Activities(one.kind, VOCABULARY)(one, people)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_contact_becomes_a_person_in_the_crms_own_words():
    one = person(
        email="Ana@X.com", hs_additional_emails="a@y.com;b@y.com", mobilephone="55 1234", phone="55 1234",
        firstname="Ana", lastname="Núñez", company="Aceros", associatedcompanyid="9", jobtitle="CTO", country="México",
        hubspot_owner_id="7", lifecyclestage="marketingqualifiedlead", hs_lead_status="NEW",
        hs_analytics_source="OFFLINE", hs_analytics_source_data_1="CRM_UI", hs_email_optout="true",
        disqualification_reason="spam", hs_persona="persona_2", salesforceleadid="00Q1",
    )  # fmt: skip
    assert (one.email, one.more_emails, one.phones) == ("Ana@X.com", ("a@y.com", "b@y.com"), ("55 1234",))
    assert (one.company, one.owner) == (ref("companies", 9), ref("owners", 7))
    assert (one.stage, one.source) == (("marketingqualifiedlead", "NEW"), "OFFLINE/CRM_UI")
    assert (one.opted_out, one.close_reason, one.persona, one.score) == (True, "spam", "persona_2", None)
    assert one.same_as == (Ref("salesforce", "Lead", "00Q1"),)
    assert (one.created_at, one.modified_at, one.version) == (at(CREATED), at(MODIFIED), MODIFIED)


def test_empty_text_is_never_stored():
    one = person(email="", firstname="  ", lastname=None, hs_analytics_source_data_1="CRM_UI", hs_email_optout="")
    assert (one.email, one.first_name, one.last_name, one.source, one.opted_out) == (None, None, None, None, False)


def test_merged_ids_are_read_in_both_spellings_and_never_name_the_record_itself():
    one = person(hs_merged_object_ids="60;61", hs_calculated_merged_vids="61:1717000000000;51:1717000000001")
    assert one.same_as == (ref("contacts", 60), ref("contacts", 61))


def test_our_fields_come_back_in_canonical_form():
    held = person(
        smk_attempt_count="3.0", smk_sla_due_at="1780093800000", smk_sla_started_at="2026-05-29T22:30:00.000Z",
        smk_sla_status="met", smk_campaign="", smk_stage=None,
    ).ours  # fmt: skip
    assert held == {
        "attempt_count": "3", "sla_due_at": "2026-05-29T22:30:00Z", "sla_started_at": "2026-05-29T22:30:00Z",
        "sla_status": "met",
    }  # fmt: skip


def item(value, stamp):
    return {"value": value, "timestamp": stamp, "sourceType": "CRM_UI"}


def test_stage_history_is_told_oldest_first_with_the_word_before():
    """
    may 1   lead
    may 2   mql
    may 3   cleared
    may 4   mql again
    may 5   mql is written once more: no change
    """
    history = [
        item("marketingqualifiedlead", "2026-05-05T00:00:00Z"),
        item("marketingqualifiedlead", "2026-05-04T00:00:00Z"),
        item("", "2026-05-03T00:00:00Z"),
        item("marketingqualifiedlead", "2026-05-02T00:00:00.5Z"),
        item("lead", "2026-05-01T00:00:00Z"),
    ]
    found = records({"lifecyclestage": history}, of=StageChange)
    assert [(one.at.day, one.value, one.was) for one in found] == [
        (1, "lead", None),
        (2, "marketingqualifiedlead", "lead"),
        (4, "marketingqualifiedlead", "marketingqualifiedlead"),
    ]
    assert {one.field for one in found} == {"lifecyclestage"}
    assert len({one.id for one in found}) == 3


def test_every_reason_for_closing_is_told_and_when_it_was_taken_back():
    history = [
        item("no_budget", "2026-05-09T00:00:00Z"),
        item("", "2026-05-04T00:00:00Z"),
        item("spam", "2026-05-03T00:00:00Z"),
        item("spam", "2026-05-02T00:00:00Z"),
    ]
    found = records({"disqualification_reason": history}, of=StageChange)
    assert [(one.at.day, one.value, one.was, one.field) for one in found] == [
        (2, "spam", None, "close_reason"), (4, "", "spam", "close_reason"), (9, "no_budget", None, "close_reason"),
    ]  # fmt: skip


def test_two_changes_in_one_millisecond_have_ids_of_their_own():
    history = [item("UNQUALIFIED", CREATED), item("NEW", CREATED)]
    found = records({"hs_lead_status": history}, of=StageChange)
    assert [(one.value, one.was) for one in found] == [("NEW", None), ("UNQUALIFIED", "NEW")]
    assert len({one.id for one in found}) == 2


def test_owners_are_assignments_and_taking_the_owner_away_is_one_too():
    history = [item("", "2026-05-03T00:00:00Z"), item("8", "2026-05-02T00:00:00Z"), item("7", "2026-05-01T00:00:00Z")]
    found = records({"hubspot_owner_id": history}, of=Assignment)
    luis, eva = ref("owners", 7), ref("owners", 8)
    assert [(one.owner, one.was) for one in found] == [(luis, None), (eva, luis), (None, eva)]


def test_the_first_and_last_reply_to_a_marketing_mail_are_touches_and_one_alone_is_one():
    first, last = {"hs_email_first_reply_date": CREATED}, {"hs_email_last_reply_date": "2026-05-02T10:00:00Z"}
    found = records(of=Touch, **first, **last)
    assert [(one.ref.kind, one.at, one.people) for one in found] == [
        ("reply", at(CREATED), (ref("contacts", 51),)), ("reply", at("2026-05-02T10:00:00Z"), (ref("contacts", 51),)),
    ]  # fmt: skip
    assert len(records(of=Touch, **first, hs_email_last_reply_date=CREATED)) == 1
    assert records(of=Touch, hs_email_replied="3") == [], "a number without a time is no touch"


def test_visits_stand_at_their_own_times_and_one_instant_counts_once():
    first = {"hs_analytics_source": "ORGANIC_SEARCH", "hs_analytics_first_timestamp": "2026-04-01T00:00:00Z"}
    later = {"hs_latest_source": "EMAIL_MARKETING", "hs_latest_source_timestamp": "2026-04-09T00:00:00Z"}
    touches = records(of=Touch, **first, **later)
    assert [(one.ref.kind, one.source, one.at.day) for one in touches] == [
        ("visit", "ORGANIC_SEARCH", 1), ("visit", "EMAIL_MARKETING", 9),
    ]  # fmt: skip
    assert touches[0].ref.id == f"51/{int(touches[0].at.timestamp())}"
    same = {"hs_latest_source": "EMAIL_MARKETING", "hs_latest_source_timestamp": "2026-04-01T00:00:00.400Z"}
    assert [one.source for one in records(of=Touch, **first, **same)] == ["ORGANIC_SEARCH"]


def test_a_source_without_any_visit_time_is_a_label_at_creation():
    [label] = records(of=Touch, hs_analytics_source="OFFLINE", hs_analytics_source_data_1="IMPORT")
    assert (label.ref, label.source, label.at) == (ref("label", 51), "OFFLINE/IMPORT", at(CREATED))
    assert records(of=Touch) == []


def test_an_imported_contact_was_never_a_visitor_even_with_a_time():
    said = {"hs_analytics_source": "OFFLINE", "hs_analytics_first_timestamp": "2026-04-01T00:00:00Z"}
    [label] = records(of=Touch, **said)
    assert (label.ref.kind, label.source) == ("label", "OFFLINE")


def test_conversions_carry_their_name():
    first = {"first_conversion_event_name": "Ebook", "first_conversion_date": "2026-04-02T00:00:00Z"}
    latest = {"recent_conversion_event_name": "Demo", "recent_conversion_date": "2026-04-03T00:00:00Z"}
    found = records(of=Touch, **first, **latest)
    assert [(one.ref.kind, one.subject, one.people) for one in found] == [
        ("conversion", "Ebook", (ref("contacts", 51),)), ("conversion", "Demo", (ref("contacts", 51),)),
    ]  # fmt: skip


def test_unreadable_values_keep_the_record_and_leave_a_note():
    one = row("deals", amount="about 5k", closedate="soon", dealstage="x", dealname="Deal")
    deal, *_ = Deals(FIELDS, {})(one, (), ())
    assert isinstance(deal, Deal)
    assert (deal.name, deal.amount, deal.closed_at) == ("Deal", None, None)
    assert one.notes == [
        (ref("deals", 51), "amount is not a number: 'about 5k'"), (ref("deals", 51), "closedate is not a date: 'soon'"),
    ]  # fmt: skip
    odd = row("contacts", createdate="yesterday", hs_latest_source_timestamp="x")
    assert isinstance(CONTACTS(odd)[0], Person)
    assert len(odd.notes) >= 2


@pytest.mark.parametrize("closed", ["9" * 17, "9" * 400, "0001-01-01T00:00:00+14:00"])
def test_an_instant_beyond_every_calendar_keeps_the_record_too(closed):
    one = row("deals", closedate=closed, dealstage="x", dealname="Deal")
    deal, *_ = Deals(FIELDS, {})(one, (), ())
    assert (deal.name, deal.closed_at) == ("Deal", None)
    assert [said.startswith("closedate is not a date") for _, said in one.notes] == [True]


@pytest.mark.parametrize(
    ("properties", "state"),
    [
        ({"dealstage": "won"}, "won"),
        ({"dealstage": "lost"}, "lost"),
        ({"dealstage": "talk"}, "open"),
        ({"dealstage": "gone", "hs_is_closed_won": "true", "hs_is_closed": "true"}, "won"),
        ({"dealstage": "gone", "hs_is_closed": "true"}, "lost"),
        ({}, "open"),
    ],
)
def test_a_deals_state_is_its_stages_and_else_its_flags(properties, state):
    stages = [
        {"id": "won", "metadata": {"isClosed": "true", "probability": "1.0"}},
        {"id": "lost", "metadata": {"isClosed": "true", "probability": "0.0"}},
        {"id": "talk", "metadata": {"isClosed": "false", "probability": "0.2"}},
        {"id": "odd", "metadata": {}},
    ]
    states = stage_states({"results": [{"stages": stages}]})
    assert "odd" not in states
    deal = Deals(FIELDS, states)(row("deals", **properties), (), ())[0]
    assert isinstance(deal, Deal)
    assert deal.state == state


def test_amounts_are_exact():
    deal = Deals(FIELDS, {})(row("deals", amount="1234567890.10"), (), ())[0]
    assert isinstance(deal, Deal)
    assert deal.amount == Decimal("1234567890.10")


def test_a_meeting_happens_when_it_is_booked_and_a_call_when_it_was_made():
    booked = row("meetings", hs_timestamp="2026-06-01T10:00:00Z", hs_meeting_source="CRM_UI", hubspot_owner_id="7")
    [meeting] = touches(booked, ref("contacts", 1))
    assert (meeting.at, meeting.actor) == (at(CREATED), ref("owners", 7))
    assert meeting.facts == {"hs_meeting_source": "CRM_UI"}
    assert meeting.starts_at == at("2026-06-01T10:00:00Z")
    [call] = touches(row("calls", hs_timestamp="2026-04-30T10:00:00Z", hs_call_direction="OUTBOUND"))
    assert (call.at, call.logged_at) == (at("2026-04-30T10:00:00Z"), at(CREATED))


def test_a_meeting_that_was_written_down_afterwards_happened_when_it_began():
    noted = row("meetings", hs_meeting_start_time="2026-04-30T10:00:00Z", hs_meeting_outcome="COMPLETED")
    [meeting] = touches(noted)
    assert (meeting.at, meeting.starts_at, meeting.logged_at) == (*[at("2026-04-30T10:00:00Z")] * 2, at(CREATED))


def test_what_came_from_salesforce_names_its_record_there_and_who_wrote_it():
    task, mail = Ref("salesforce", "Task", "00T5e000012AbCdEAK"), Ref("mail", "message", "abc@acme.mx")
    [call] = touches(row("calls", hs_engagement_source="SALESFORCE", hs_engagement_source_id=task.id))
    assert (call.same_as, call.logged_by) == ((task,), Ref("hubspot", "program", "SALESFORCE"))
    [sent] = touches(row("emails", hs_engagement_source="INTEGRATION", hs_email_message_id="<abc@acme.mx>"))
    assert (sent.same_as, sent.logged_by) == ((mail,), None)
    [other] = touches(row("calls", hs_engagement_source="INTEGRATION", hs_engagement_source_id="4711"))
    assert (other.same_as, other.logged_by) == ((), None)


def test_a_company_is_translated():
    [one] = COMPANIES(row("companies", name="Aceros", domain="aceros.mx", salesforceaccountid="0011"))
    assert (one.name, one.domain, one.same_as) == ("Aceros", "aceros.mx", (Ref("salesforce", "Account", "0011"),))


@given(st.dictionaries(st.sampled_from(FIELDS.to_read("people", "contacts")), st.text(max_size=12)))
def test_no_value_whatsoever_loses_the_person(values):
    assert person(**values).ref == ref("contacts", 51)
