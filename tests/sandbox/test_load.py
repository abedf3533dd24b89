"""Exports written by hand, loaded into an empty sandbox: what arrives, what is set aside, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from crm_sync.sandbox.hubspot import account
from crm_sync.sandbox.load import LoadError, LoadReport, load_exports
from crm_sync.sandbox.salesforce.ids import salesforce_id
from crm_sync.sandbox.world import World, to_ms

LEAD, USER, OPPORTUNITY = salesforce_id("00Q", 5), salesforce_id("005", 62), salesforce_id("006", 5_000)


def write(directory: Path, **sheets: str) -> Path:
    """One CSV file per keyword."""
    directory.mkdir(exist_ok=True)
    for name, text in sheets.items():
        (directory / f"{name}.csv").write_text(dedent(text).lstrip(), encoding="utf-8")
    return directory


def reasons(report: LoadReport) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.reason) for one in report.set_aside]


def rows(world: World, face: str, name: str) -> dict[str, dict[str, Any]]:
    return {row["_id"]: row for row in world.table(face, name).select()}


def ms(*parts: int) -> int:
    return to_ms(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]  # year, month, day and so on


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A small sales pipeline; its last three rows cannot be placed."""
    return write(
        tmp_path / "any name",
        accounts="""
            account,sector,year_established,revenue,employees,office_location,subsidiary_of
            Solmar,retail,2001,12.5,80,Mexico,
            Solmar Norte,retail,2011,1.5,9,Mexico,Solmar
        """,
        sales_teams="""
            sales_agent,manager,regional_office
            Ana Ruíz,Eva Mora,Centro
            Luis Paz,Eva Mora,Norte
        """,
        sales_pipeline="""
            opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
            A1,Ana Ruíz,GTX,Solmar,Won,2017-01-05,2017-03-01,1054.50
            A2,Luis Paz,GTX,Solmar Norte,Won,2017-01-06,2017-03-02,200
            A3,Luis Paz,GTX,Solmar,Lost,2017-01-07,2017-03-03,0
            A4,Ana Ruíz,GTX,,Engaging,2017-01-20,,
            A5,Ana Ruíz,GTX,,Prospecting,,,
            A6,Nobody Here,GTX,Solmar,Won,2017-01-05,2017-03-01,10
            A7,Ana Ruíz,GTX,Solmar,Won,2017-01-05,2017-03-01,much
            A8,Ana Ruíz,GTX,Solmar,Paused,2017-01-05,2017-03-01,10
        """,
    )


def test_a_sales_pipeline_becomes_opportunities_whose_stage_is_the_files(world: World, pipeline: Path) -> None:
    report = load_exports(world, pipeline)
    assert report.counts == {"salesforce": {"Account": 2, "User": 3, "Opportunity": 5, "OpportunityHistory": 3}}
    won = world.db.execute(
        "SELECT Department, count(*), sum(Amount) FROM salesforce_Opportunity AS deal"
        " JOIN salesforce_User AS user ON user._id = deal.OwnerId WHERE IsWon = 1 GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(one) for one in won] == [("Centro", 1, 1054.5), ("Norte", 1, 200.0)]
    stages = {
        one["ApiName"]: (one["IsClosed"], one["IsWon"])
        for one in rows(world, "salesforce", "OpportunityStage").values()
    }
    assert (stages["Won"], stages["Lost"], stages["Engaging"], stages["Prospecting"]) == (
        (1, 1),
        (1, 0),
        (0, 0),
        (0, 0),
    )


def test_pipeline_dates_are_noon_and_the_missing_ones_are_stated(world: World, pipeline: Path) -> None:
    report = load_exports(world, pipeline)
    deals = {one["Export_Id__c"]: one for one in rows(world, "salesforce", "Opportunity").values()}
    assert (deals["A1"]["_created"], deals["A1"]["_modified"]) == (ms(2017, 1, 5, 12), ms(2017, 3, 1, 12))
    assert deals["A1"]["CloseDate"] == "2017-03-01"
    assert (deals["A5"]["_created"], deals["A5"]["CloseDate"]) == (ms(2017, 1, 20, 12), "2017-04-20")
    steps = {one["OpportunityId"]: one for one in rows(world, "salesforce", "OpportunityHistory").values()}
    assert steps[deals["A3"]["_id"]]["_created"] == ms(2017, 3, 3, 12)
    assert report.now == world.clock.now() == datetime(2017, 3, 4, 12, tzinfo=UTC)
    assert world.db.execute("SELECT max(_modified) FROM salesforce_User").fetchone()[0] <= ms(2017, 3, 3, 12)


def test_pipeline_rows_without_a_place_are_listed_with_line_and_reason(world: World, pipeline: Path) -> None:
    assert reasons(load_exports(world, pipeline)) == [
        ("sales_pipeline.csv", 7, "sales_teams has no agent 'Nobody Here'"),
        ("sales_pipeline.csv", 8, "close_value: 'much' is not a number; 1234.50 would be"),
        ("sales_pipeline.csv", 9, "deal_stage 'Paused' is none of Prospecting, Engaging, Won, Lost"),
    ]


def test_accounts_and_managers_keep_their_order(world: World, pipeline: Path) -> None:
    load_exports(world, pipeline)
    accounts = {one["Name"]: one for one in rows(world, "salesforce", "Account").values()}
    assert accounts["Solmar Norte"]["ParentId"] == accounts["Solmar"]["_id"]
    assert accounts["Solmar"]["AnnualRevenue"] == 12_500_000
    users = {one["Name"]: one for one in rows(world, "salesforce", "User").values()}
    assert users["Ana Ruíz"]["ManagerId"] == users["Eva Mora"]["_id"]
    assert users["Ana Ruíz"]["Email"] == "ana.ruiz@export.example"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Raw tables of both CRMs in two folders of one directory."""
    write(
        tmp_path / "h",
        contact_data="""
            _fivetran_deleted,_fivetran_synced,property_email,id,property_firstname,property_hs_merged_object_ids,property_createdate,property_first_conversion_date,property_shoe_size
            FALSE,2021-04-02 11:16:05,ana@x.example,101,Ana,102;999,2021-04-01 7:32:47,2021-04-01 17:32:47.25,38
            FALSE,2021-04-02 11:16:05,ana.old@x.example,102,Ana,,2020-01-01 00:00:00,,
            TRUE,2021-04-02 11:16:05,gone@x.example,103,Gone,,2020-01-01 00:00:00,,
            FALSE,2021-04-02 11:16:05,bad@x.example,104,Bad,,yesterday,,
            FALSE,2021-04-02 11:16:05,none@x.example,,None,,2020-01-01 00:00:00,,
            FALSE,2021-04-02 11:16:05,twice@x.example,101,Twice,,2020-01-01 00:00:00,,
        """,
        company_data="""
            id,is_deleted,_fivetran_synced,property_name,property_createdate
            301,false,2020-12-30 3:15:52,Solmar,2019-07-05 20:35:26
        """,
        owner_data="""
            owner_id,created_at,portal_id,type,updated_at,email,first_name,last_name,active_user_id
            7,2020-02-13 18:19:32.792,47,PERSON,2020-02-13 18:19:32.860,luis@a.example,Luis,Paz,12345
        """,
        deal_data="""
            deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,portal_id,property_dealname,property_amount,property_closedate,property_createdate
            501,false,b2b,signed,7,47,Big one,1500.50,2020-02-01 10:00:00,2020-01-02 10:00:00
            502,false,,,,47,Small one,,,2020-01-03 10:00:00
            503,false,b2b,signed,7,47,Odd one,a lot,,2020-01-03 10:00:00
        """,
        deal_pipeline_data="""
            pipeline_id,_fivetran_deleted,_fivetran_synced,active,display_order,label
            b2b,FALSE,2020-07-09 15:25:37.051,TRUE,0,B2B
        """,
        deal_pipeline_stage_data="""
            _fivetran_deleted,_fivetran_synced,active,closed_won,is_closed,display_order,probability,stage_id,label,pipeline_id
            FALSE,2020-07-09 15:25:37.054,TRUE,TRUE,TRUE,1,1.0,signed,Signed,b2b
            FALSE,2020-07-09 15:25:37.054,TRUE,FALSE,FALSE,0,0.4,talking,Talking,b2b
            FALSE,2020-07-09 15:25:37.054,TRUE,FALSE,FALSE,0,0.4,lost in space,Lost,nowhere
        """,
        deal_stage_data="""
            _fivetran_start,deal_id,_fivetran_active,date_entered,source,source_id,value
            2020-01-02 10:00:00,501,TRUE,2020-01-02 10:00:00,CRM_UI,,talking
            2020-02-01 10:00:00,501,TRUE,2020-02-01 10:00:00,CRM_UI,,signed
        """,
        deal_contact_data="""
            contact_id,deal_id,type_id,category
            101,501,3,HUBSPOT_DEFINED
            101,888,3,HUBSPOT_DEFINED
        """,
        engagement_call_data="""
            engagement_id,_fivetran_deleted,property_hs_createdate,property_hs_timestamp,type
            901,false,2020-01-05 10:00:00.526000,2020-01-05 9:50:44.778000,CALL
        """,
        engagement_meeting_data="""
            engagement_id,_fivetran_synced,end_time,source,start_time,meeting_outcome,title
            902,2020-07-09 11:04:22.087,2020-01-06 14:30:00,CRM_UI,2020-01-06 13:00:00,,Demo
        """,
        engagement_contact_data="""
            contact_id,engagement_id,engagement_type,type_id,category
            101,901,CALL,194,HUBSPOT_DEFINED
        """,
        contact_property_history_data="""
            contact_id,timestamp,_fivetran_synced,source,name,value,source_id
            101,2021-04-01 08:00:00.001,2021-04-02 11:16:05,API,lifecyclestage,lead,
            777,2021-04-01 08:00:00.001,2021-04-02 11:16:05,API,lifecyclestage,lead,
        """,
        ticket_data="""
            id,is_deleted,property_subject
            1,false,Help
        """,
    )
    write(
        tmp_path / "s",
        sf_user_data=f"""
            _fivetran_deleted,_fivetran_synced,email,id,is_active,name,user_type,username
            false,2019-11-26 20:18:23,luis@acme.example,{USER},true,Luis Paz,Standard,luis@acme.example
        """,
        sf_lead_data=f"""
            id,is_converted,company,owner_id,created_date,system_modstamp,number_of_employees,utm_source_c,photo_url,converted_date,is_deleted
            {LEAD},TRUE,Solmar,{USER[:15]},2019-11-11 17:23:34,2019-11-12 17:23:34,12,google,/x.png,2019-11-12,FALSE
            {salesforce_id("00Q", 6)},maybe,Solmar,{USER},2019-11-11 17:23:34,2019-11-12 17:23:34,,,,,FALSE
            short,TRUE,Solmar,{USER},2019-11-11 17:23:34,2019-11-12 17:23:34,,,,,FALSE
        """,
        sf_opportunity_data=f"""
            id,amount,close_date,created_date,is_won,is_closed,stage_name,is_deleted,_fivetran_active
            {OPPORTUNITY},1,2018-12-19 00:00:00,2018-12-19 19:51:13,false,false,Old version,false,false
            {OPPORTUNITY},24120000,2018-12-19 00:00:00,2018-12-19 19:51:13,true,true,Closed Won,false,true
        """,
        sf_opportunity_history_data=f"""
            _fivetran_start,id,amount,created_date,is_won,stage_name
            2018-12-19 19:51:13,{OPPORTUNITY},1,2018-12-19 19:51:13,false,Old version
        """,
    )
    return tmp_path


def test_raw_tables_of_both_crms_are_known_by_their_columns(world: World, raw: Path) -> None:
    report = load_exports(world, raw)
    assert report.counts == {
        "hubspot": {
            "pipelines": 1, "owners": 1, "contacts": 3, "companies": 1, "deals": 2, "calls": 1, "meetings": 1,
            "associations": 2, "history": 3,
        },
        "salesforce": {"User": 1, "Lead": 1, "Opportunity": 1},
    }  # fmt: skip
    assert {one.file: one.reason for one in report.unread} == {
        "h/ticket_data.csv": "no object of the two CRMs has these columns",
        "s/sf_opportunity_history_data.csv": (
            "past versions of records; the records themselves come from the table without _fivetran_start"
        ),
    }


def test_raw_rows_without_a_place_are_listed_with_line_and_reason(world: World, raw: Path) -> None:
    assert sorted(reasons(load_exports(world, raw))) == [
        (
            "h/contact_data.csv",
            5,
            "property_createdate: 'yesterday' is not a date or time; 2026-05-29 14:05:00 would be",
        ),
        ("h/contact_data.csv", 6, "'' is no HubSpot id: those are numbers"),
        ("h/contact_data.csv", 7, "contacts 101 is already there, from line 2 of h/contact_data.csv"),
        ("h/contact_property_history_data.csv", 3, "contact_id '777' is not in this export"),
        ("h/deal_contact_data.csv", 3, "deal_id '888' is not in this export"),
        ("h/deal_data.csv", 4, "property_amount: 'a lot' is not a number; 1234.50 would be"),
        ("h/deal_pipeline_stage_data.csv", 4, "pipeline 'nowhere' of the stage is not in this export"),
        ("s/sf_lead_data.csv", 3, "is_converted: 'maybe' is neither true nor false"),
        ("s/sf_lead_data.csv", 4, "'short' is no Salesforce id of 15 or 18 characters"),
        (
            "s/sf_opportunity_data.csv",
            2,
            f"Opportunity {OPPORTUNITY} is already there, from line 3 of s/sf_opportunity_data.csv",
        ),
    ]


def test_contacts_keep_values_custom_properties_and_merges(world: World, raw: Path) -> None:
    load_exports(world, raw)
    contacts = rows(world, "hubspot", "contacts")
    assert contacts["101"]["_created"] == ms(2021, 4, 1, 7, 32, 47)
    assert contacts["101"]["first_conversion_date"] == ms(2021, 4, 1, 17, 32, 47) + 250
    assert contacts["101"]["shoe_size"] == "38"
    about = world.table("hubspot", "contacts").fields["shoe_size"].about
    assert (about["hubspotDefined"], about["type"]) == (False, "string")
    assert [key for key, row in contacts.items() if row["_archived_at"]] == ["102", "103"]
    assert [one.value for one in world.history("hubspot", "contacts", "101", "lifecyclestage")] == ["lead"]


def test_deals_are_closed_and_won_as_their_stage_says(world: World, raw: Path) -> None:
    load_exports(world, raw)
    deals = rows(world, "hubspot", "deals")
    won = deals["501"]
    assert (won["pipeline"], won["dealstage"], won["hubspot_owner_id"], won["amount"]) == (
        "b2b",
        "signed",
        "7",
        "1500.50",
    )
    assert (won["hs_is_closed"], won["hs_is_closed_won"]) == ("true", "true")
    assert (deals["502"]["dealstage"], deals["502"]["hs_is_closed"]) == (None, None)
    assert [one["id"] for one in account(world).pipelines["deals"]["b2b"]["stages"]] == ["talking", "signed"]
    assert [one.value for one in world.history("hubspot", "deals", "501", "dealstage")] == ["signed", "talking"]


def test_activities_keep_when_they_happened_apart_from_when_they_were_logged(world: World, raw: Path) -> None:
    load_exports(world, raw)
    call, meeting = rows(world, "hubspot", "calls")["901"], rows(world, "hubspot", "meetings")["902"]
    assert (call["hs_timestamp"], call["_created"]) == (ms(2020, 1, 5, 9, 50, 44) + 778, ms(2020, 1, 5, 10) + 526)
    assert (meeting["hs_timestamp"], meeting["hs_meeting_source"]) == (ms(2020, 1, 6, 13), "CRM_UI")
    linked = world.db.execute("SELECT to_object, to_id, type_id FROM association WHERE from_object = 'calls'")
    assert [tuple(one) for one in linked] == [("contacts", "101", 194)]


def test_snake_case_columns_become_api_names(world: World, raw: Path) -> None:
    load_exports(world, raw)
    lead = rows(world, "salesforce", "Lead")[LEAD]
    assert (lead["OwnerId"], lead["NumberOfEmployees"], lead["IsConverted"]) == (USER, 12, 1)
    assert (lead["ConvertedDate"], lead["utm_source__c"], lead["PhotoUrl"]) == ("2019-11-12", "google", "/x.png")
    assert (lead["_created"], lead["_modified"]) == (ms(2019, 11, 11, 17, 23, 34), ms(2019, 11, 12, 17, 23, 34))
    assert lead["DoNotCall"] == 0, "a checkbox is never empty"
    assert rows(world, "salesforce", "Opportunity")[OPPORTUNITY]["StageName"] == "Closed Won"


def test_the_report_is_plain_json(world: World, pipeline: Path) -> None:
    content = load_exports(world, pipeline).as_json()
    assert content["counts"]["salesforce"]["Opportunity"] == 5
    assert content["set_aside"][0] == {
        "file": "sales_pipeline.csv",
        "line": 7,
        "reason": "sales_teams has no agent 'Nobody Here'",
    }
    assert content["now"] == "2017-03-04T12:00:00+00:00"


def test_a_directory_without_exports_is_refused_in_one_sentence(world: World, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="holds no CSV files"):
        load_exports(world, tmp_path)
    write(tmp_path, weather="day,degrees\n1,20\n")
    with pytest.raises(LoadError, match="none of the 1 CSV files"):
        load_exports(world, tmp_path)
